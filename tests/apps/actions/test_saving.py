"""The reader of paths is trained once, kept, and asked about paths of every kind."""

import numpy as np
import pytest

from gru_course.apps import actions
from gru_course.apps.actions import saving
from gru_course.apps.actions.data import LIBRAS
from gru_course.apps.actions.own_path import own_path
from gru_course.data import loading
from gru_course.data.errors import DataError
from gru_course.data.splits import fold


@pytest.fixture(scope="module")
def data():
    return loading.load(LIBRAS, "quick")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setitem(saving.OPTIONS, "quick", {"units": 16, "versions": 4, "epochs": 8})
    yield actions.load("quick", folder=folder), folder
    patch.undo()


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train_on_paths", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert actions.load("quick", folder=folder).digest == package.digest


def test_its_card_says_what_it_is(kept):
    card = kept[0].card
    assert "STAND-IN" in card.data
    assert card.value > 0.5
    assert "formulas" in card.limits[0]


def test_it_recognises_movements_of_the_test(kept, data):
    test = fold(data.labels, number=0).test[::4]
    names = [saving.recognised(kept[0], data.x[place])["movement"] for place in test]
    assert np.mean(np.array(data.classes)[data.labels[test]] == names) > 0.5


def test_place_size_and_number_of_frames_do_not_matter(kept, data):
    path = data.x[0]
    first = saving.recognised(kept[0], path)
    assert saving.recognised(kept[0], path * 640 + 80) == first
    twice = np.stack([np.interp(np.linspace(0, 44, 89), np.arange(45), axis) for axis in path.T], 1)
    assert saving.recognised(kept[0], twice)["movement"] == first["movement"]
    assert set(first) == {"movement", "probability", "next"}


@pytest.mark.parametrize("between", [",", "; ", "\t"])
def test_a_file_is_read_as_its_rows(tmp_path, data, between):
    file = tmp_path / "own.csv"
    rows = [f"{x!r}{between}{y!r}" for x, y in data.x[0].tolist()]
    file.write_text("\n".join(["right, up", *rows, "", ""]), encoding="utf-8-sig")
    np.testing.assert_array_equal(own_path(file), own_path(data.x[0]))
    np.testing.assert_array_equal(own_path(str(file)), data.x[:1])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (np.zeros((20, 2)), r"the hand rests at \[0.0, 0.0\]; expected a movement"),
        (np.full((20, 2), 1e6), "the hand rests"),
        (np.ones((5, 2)), "expected 10 to 5,000 rows of two numbers"),
        (np.ones((20, 3)), r"shape \(20, 3\)"),
        (np.ones((2, 45)), r"shape \(2, 45\)"),
        ([], r"shape \(0,\)"),
        ([[0.0, np.nan]] * 20, "not finite"),
        ([["a", "b"]] * 20, "the coordinates"),
        (np.arange(40).reshape(20, 2) * 1e60, "as float32"),
    ],
)
def test_what_is_no_path_is_refused(rows, said):
    with pytest.raises(ValueError, match=said):
        own_path(rows)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"shape \(0, 2\); expected 10"),
        (b"0.1,0.2\n" * 3, r"shape \(3, 2\)"),
        (b"0,1;0,2\n" * 20, "line 1 of own.csv is '0,1;0,2'; expected two numbers.*point"),
        (b"0.1,0.2\n0.1\n" * 20, "line 2 of own.csv is '0.1'"),
        (b"right,up\n" * 20, "line 2 of own.csv is 'right,up'"),
        (b"0.1,nan\n" * 20, "line 1 of own.csv is '0.1,nan'"),
        (b"\xff\xfe\x00", "own.csv is no text: its byte 0"),
        (b"0.1,0.2\n" * 200_000, "more than 1,000,000 bytes"),
    ],
)
def test_what_is_no_file_of_a_path_is_refused(tmp_path, content, said):
    file = tmp_path / "own.csv"
    file.write_bytes(content)
    with pytest.raises((DataError, ValueError), match=said):
        own_path(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read: No such file"):
        own_path(tmp_path / "none.csv")


def test_another_package_is_refused(kept, data):
    from gru_course.export.package import Package

    other = Package(kept[0].model, {"words": ["zero"]}, kept[0].card, kept[0].digest)
    with pytest.raises(ValueError, match=r"expected one from gru_course\.apps\.actions\.load"):
        saving.recognised(other, data.x[0])


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        actions.load("slow")
