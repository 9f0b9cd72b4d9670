"""Gestures and clips: repeats dropped, order alone decides, the real movements counted."""

import hashlib

import numpy as np
import pytest

from gru_course.apps.actions.clips import turning_dots
from gru_course.apps.actions.data import LIBRAS, load_libras
from gru_course.apps.actions.dtw import nearest
from gru_course.apps.actions.gestures import gestures
from gru_course.data.errors import DataError
from gru_course.data.loading import load
from gru_course.data.sources import RemoteFile
from gru_course.data.splits import fold


def body(*rows):
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode()


FIRST, SECOND = [0.25] * 89 + [0.5, 3], [0.125] * 90 + [1]


@pytest.fixture
def file(server):
    content = body(FIRST, SECOND, FIRST)
    server.serve("libras.data", content)
    url = f"{server.url}/libras.data"
    return RemoteFile("actions/libras.data", url, hashlib.sha256(content).hexdigest(), len(content))


def test_downloaded_once_and_repeats_dropped(file, server):
    for _ in range(2):
        data = load_libras(file)
        assert data.x.shape == (2, 45, 2)
        assert data.x[0, -2].tolist() == [0.25, 0.75]  # upwards, in the order of the file
        assert [data.classes[label] for label in data.labels] == ["vertical swing", "curved swing"]
        assert data.statement == ("LIBRAS hand movements, 2 gestures of 15 kinds (full profile)")
    assert server.asked == ["/libras.data"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (body(FIRST, SECOND), "is cut off"),
        (body(FIRST, SECOND, [0.26] * 89 + [0.5, 3]), "altered or damaged"),
    ],
)
def test_other_bytes_are_refused(file, server, tmp_path, monkeypatch, content, said):
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "libras.data").write_bytes(content)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=said):
        load_libras(file)
    assert not server.asked


def test_the_stand_in_says_so_and_has_the_same_form():
    data = load(LIBRAS, "quick")
    assert data.statement.startswith("STAND-IN, not real gestures")
    assert data.x.shape == (360, 45, 2)
    assert (data.x.min() >= 0) & (data.x.max() <= 1)
    assert np.bincount(data.labels).tolist() == [24] * 15
    assert len(np.unique(data.x, axis=0)) == 360
    assert (gestures().x == data.x).all()
    with pytest.raises(ValueError, match="0 paths of each kind"):
        gestures(0)


def test_the_arcs_differ_in_direction_only():
    data = gestures(per_class=100)
    arcs = {}
    for name in ("anti-clockwise arc", "clockwise arc"):
        arcs[name] = data.x[data.labels == data.classes.index(name)].mean(axis=0)
    there, back = arcs.values()
    assert np.abs(there - back[::-1]).max() < 0.06
    assert np.abs(there - back).max() > 0.3


def test_twins_have_the_same_frames_and_opposite_labels():
    clips = turning_dots(pairs=50, seed=2)
    for first in range(0, len(clips), 2):
        assert (clips.frames[first] == clips.frames[first + 1, ::-1]).all()
    assert (clips.labels[::2] + clips.labels[1::2] == 1).all()
    assert 10 < clips.labels[::2].sum() < 40  # the place in the pair says nothing
    train, validation, test = clips.split()
    assert sorted(np.concatenate([train, validation, test])) == list(range(100))
    assert all(len(part) % 2 == 0 and part[0] % 2 == 0 for part in (train, validation, test))


def test_frames_without_order_are_at_chance_and_with_order_tell():
    clips = turning_dots()
    x = clips.x[..., 0]
    assert x.shape == (1_000, 12, 16, 16)
    assert 0 <= x.min() < x.max() <= 1
    for summary in (x.mean(axis=1), x.max(axis=1), np.sort(x, axis=1)):
        np.testing.assert_allclose(summary[::2], summary[1::2], atol=1e-6)  # equal for twins
    # Where the dot is, and whether it turns left or right about the centre from frame to frame.
    light = np.maximum(x - 0.2, 0)
    rows, columns = np.mgrid[:16, :16]
    places = np.stack([(light * axis).sum((2, 3)) for axis in (columns, -rows)], axis=-1)
    places = places / light.sum((2, 3))[..., None]
    steps = np.diff(places, axis=1)
    a, b = steps[:, :-1], steps[:, 1:]
    turns = (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]).sum(axis=1)
    assert ((turns < 0) == clips.labels).mean() > 0.99
    with pytest.raises(ValueError, match="4 pairs of clips"):
        turning_dots(4)


def test_the_clips_say_that_they_are_generated():
    assert turning_dots(5).statement == (
        "dots turning one way or the other, 10 clips (generated in every profile)"
    )


@pytest.mark.full
def test_the_real_ones():
    data = load(LIBRAS, "full")
    assert data.x.shape == (330, 45, 2)  # 360 rows, 30 of them repeats
    assert np.bincount(data.labels).tolist() == [24] * 3 + [21] * 3 + [24] * 2 + [21] * 7
    assert len(np.unique(data.x, axis=0)) == 330
    assert (data.x.min(), data.x.max()) == (0, 1)
    train, validation, test = fold(data.labels, 0)
    assert [len(part) for part in (train, validation, test)] == [198, 66, 66]
    found = nearest(data.x[train], data.labels[train], data.x[test], band=5)
    assert (found == data.labels[test]).mean() > 0.75


@pytest.mark.full
def test_the_names_fit_the_shapes():
    data = load(LIBRAS, "full")

    def paths(name):
        return data.x[data.labels == data.classes.index(name)]

    extent = {name: np.ptp(paths(name), axis=1).mean() for name in data.classes}
    assert min(extent, key=extent.get) == "tremble"
    for kind in ("zigzag", "wavy"):
        across, up = (
            np.ptp(paths(f"{axis} {kind}"), axis=1) for axis in ("horizontal", "vertical")
        )
        assert across[:, 0].mean() > across[:, 1].mean()
        assert up[:, 1].mean() > up[:, 0].mean()
    for name, sign in (("anti-clockwise arc", 1), ("clockwise arc", -1)):
        centred = paths(name) - paths(name).mean(axis=1, keepdims=True)
        angle = np.unwrap(np.arctan2(centred[..., 1], centred[..., 0]), axis=1)
        assert sign * (angle[:, -1] - angle[:, 0]).mean() > 3
    for name, sign in (("face-up curve", -1), ("face-down curve", 1)):
        ends = (paths(name)[:, 0, 1] + paths(name)[:, -1, 1]) / 2
        assert sign * (paths(name)[:, 22, 1] - ends).mean() > 0.1
