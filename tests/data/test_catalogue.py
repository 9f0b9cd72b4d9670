"""What holds for the data of the applications: real or refused, and a stand-in says it is one."""

import socket
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from gru_course.catalogue import DATASETS
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.loading import load

# These have tests of their own; a new data set is tested here at once.
NAMES = sorted(DATASETS.keys() - {"imdb", "unlabelled", "spoken-digits", "action-films"})


@pytest.fixture(params=NAMES)
def dataset(request):
    return DATASETS[request.param]


def no_download(url, *_):
    raise DataUnavailable(f"{url} may not be downloaded here")


def same(one, other):
    """Compare data sets value by value; NaN equals NaN."""
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def test_quick_is_a_stand_in_without_files_or_network(dataset, monkeypatch, tmp_path, kept):
    def refuse(*_, **__):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "not looked for"))
    data = load(dataset, "quick")
    assert data.profile == "quick"
    assert data.statement.startswith("STAND-IN")
    assert data.statement.endswith("(quick profile)")
    assert same(data, load(dataset, "quick"))
    assert not kept()


def test_what_cannot_be_had_is_never_replaced_in_silence(dataset, monkeypatch, capsys):
    monkeypatch.setattr("gru_course.data.fetch.download", no_download)
    with pytest.raises(DataUnavailable, match="may not be downloaded"):
        load(dataset, "full")
    assert load(dataset).profile == "quick"
    assert f"{dataset.title} cannot be had" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "complaint"),
    [(lambda size: b"0" * (size - 1), "cut off"), (lambda size: b"0" * size, "altered or damaged")],
)
def test_no_file_is_read_that_is_not_the_published_one(
    dataset, monkeypatch, tmp_path, body, complaint
):
    monkeypatch.setattr("gru_course.data.fetch.download", no_download)
    for file in dataset.files:
        path = tmp_path / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body(file.size))
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=complaint):
        load(dataset)


def test_files_have_an_address_and_a_place(dataset):
    for file in dataset.files:
        assert file.url
        assert "/" in file.name  # the layout of the data folder


@pytest.mark.full
def test_the_real_data_say_so(dataset):
    data = load(dataset, "full")
    assert data.profile == "full"
    assert data.statement.startswith(data.title)
    assert data.statement.endswith("(full profile)")
    assert "STAND-IN" not in data.statement
