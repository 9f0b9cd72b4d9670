"""Which data a notebook gets: never anything else than it was told."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from gru_course.catalogue import DATASETS
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.loading import load
from gru_course.reviews.imdb import IMDB, load_imdb


@pytest.fixture
def dataset(tiny):
    """IMDB with the tiny source in place of the real one."""
    return replace(IMDB, load_full=lambda: load_imdb(tiny.source))


def test_quick_touches_no_network_and_no_file(monkeypatch, tmp_path, kept):
    def refuse(*_, **__):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "not looked for"))
    assert load(IMDB, "quick").profile == "quick"
    monkeypatch.setenv("GRU_COURSE_PROFILE", "quick")
    assert load(IMDB).profile == "quick"
    assert not kept()


def test_full_gives_the_real_data(dataset):
    assert load(dataset, "full").profile == "full"


def test_full_never_falls_back(dataset, server, monkeypatch, capsys):
    server.answers.clear()
    with pytest.raises(DataUnavailable, match="404"):
        load(dataset, "full")
    monkeypatch.setenv("GRU_COURSE_PROFILE", "full")
    with pytest.raises(DataUnavailable):
        load(dataset)
    assert "stand-in" not in capsys.readouterr().out


def test_undecided_is_full_where_the_data_can_be_had(dataset):
    assert load(dataset).profile == "full"


def test_undecided_falls_back_with_a_notice(dataset, server, capsys, monkeypatch):
    monkeypatch.setenv("GRU_COURSE_PROFILE", "")
    server.answers.clear()
    assert load(dataset).profile == "quick"
    notice = capsys.readouterr().out
    assert "Large Movie Review Dataset cannot be had" in notice
    assert "stand-in (quick profile)" in notice
    assert "404" in notice


def test_undecided_does_not_hide_what_is_wrong_on_this_machine(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match="not a folder"):
        load(dataset)


def test_the_argument_beats_the_variable(monkeypatch):
    monkeypatch.setenv("GRU_COURSE_PROFILE", "full")
    assert load(IMDB, "quick").profile == "quick"


@pytest.mark.parametrize("wrong", ["imdb", None, IMDB.make_quick, Path("aclImdb")])
def test_something_that_is_no_data_set(wrong):
    with pytest.raises(TypeError, match=r"not .*from gru_course\.data\.loading import load"):
        load(wrong, "quick")


def test_unknown_profiles(monkeypatch):
    with pytest.raises(ValueError, match=r"'fast' \(from the argument\).*quick or full"):
        load(IMDB, "fast")
    monkeypatch.setenv("GRU_COURSE_PROFILE", "Full")
    with pytest.raises(ValueError, match=r"'Full' \(from GRU_COURSE_PROFILE\)"):
        load(IMDB)


def test_every_data_set_says_what_it_is():
    for name, dataset in DATASETS.items():
        assert dataset.name == name
        assert dataset.homepage.startswith("https://")
        assert all((dataset.title, dataset.licence, dataset.citation))
        for file in dataset.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.size > 0
            assert file.url is None or file.url.startswith("https://")
            assert not file.name.startswith(("/", "."))
