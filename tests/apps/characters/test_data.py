import re

import numpy as np
import pytest

from gru_course.apps.characters.data import (
    PLACES,
    SHAKESPEARE,
    SPEAKERS,
    VERBS,
    CharacterData,
    load_shakespeare,
    small_play,
    split_by_position,
)
from gru_course.data.errors import DataError
from gru_course.data.loading import load


@pytest.fixture(params=["quick", pytest.param("full", marks=pytest.mark.full)])
def data(request):
    return load(SHAKESPEARE, request.param)


def test_three_stretches_of_whole_speeches(data):
    whole = data.train + data.validation + data.test
    assert len(data.train) / len(whole) == pytest.approx(0.9, abs=0.005)
    assert len(data.test) / len(whole) == pytest.approx(0.05, abs=0.005)
    for part in (data.train, data.validation, data.test):
        assert re.match(r"[A-Z][A-Za-z ]*:\n", part)
    assert data.train.endswith("\n\n")
    assert data.validation.endswith("\n\n")


def test_every_character_is_known_and_comes_back(data):
    for part in (data.validation, data.test):
        ids = data.encode(part)
        assert ids.min() > 0
        assert data.decode(ids) == part
    assert data.encode("☃a").tolist() == [0, data.characters.index("a") + 1]
    with pytest.raises(IndexError, match="stands for no character"):
        data.decode(np.array([len(data.characters) + 1]))


def test_an_opening_as_people_type_it_has_no_unknown_character(data):
    ids = data.encode("Is’t so,\u00a0ｔｈｅｎ\r\nso")
    assert data.decode(ids).replace("\ufffd", "'") == "Is't so, then\nso"
    assert data.encode("Où").tolist()[1] == 0  # what the plays do not have stays unknown
    assert len(data.encode("so…")) == 5


@pytest.mark.full
def test_published_figures():
    data = load(SHAKESPEARE, "full")
    whole = data.train + data.validation + data.test
    assert len(whole) == 1_115_394
    assert whole.count("\n") == 40_000
    assert len(data.characters) == 65


def test_no_sentence_of_the_play_occurs_twice():
    play = small_play()
    spoken = (play.train + play.validation + play.test).replace("\nso it was", " so it was")
    lines = [line for line in spoken.split("\n") if line and not line.endswith(":")]
    assert len(lines) == len(set(lines)) == 3_000
    speakers = set(re.findall(r"^([A-Z ]+):$", spoken, re.M))
    assert speakers == set(SPEAKERS)


def test_the_verb_agrees_with_the_subject_and_not_with_its_neighbour():
    play = small_play(1_000)
    singular, plural = ("|".join(forms) for forms in zip(*VERBS, strict=True))
    subject = re.compile(rf"[Tt]he (?:\w+ )??(\w+)((?: (?:{'|'.join(PLACES)}) the [\w ]+?)*)"
                         rf" ({singular}|{plural}) the ")  # fmt: skip
    found = subject.findall(play.train)
    assert len(found) > 850
    misled = 0
    for noun, between, verb in found:
        assert noun.endswith("s") == (verb in plural.split("|"))
        misled += bool(between) and between.endswith("s") != noun.endswith("s")
    assert misled / len(found) > 0.25


def test_the_seed_decides():
    assert small_play(100).train == small_play(100).train != small_play(100, seed=1).train


def test_one_paragraph_is_not_enough():
    with pytest.raises(ValueError, match="too few paragraphs"):
        split_by_position("short", "quick", "one paragraph\n")


def test_bytes_that_are_not_the_published_ones(server, tmp_path, monkeypatch):
    (tmp_path / "text").mkdir()
    (tmp_path / SHAKESPEARE.files[0].name).write_bytes(b"To be,\nor not to be.\n")
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="cut off"):
        load_shakespeare()


def test_paragraphs_of_a_text_from_windows():
    text = "A:\nwords\n\n" * 40
    plain, windows = (
        split_by_position("mine", "own", t) for t in (text, text.replace("\n", "\r\n"))
    )
    for part in ("train", "validation", "test"):
        assert getattr(windows, part).replace("\r\n", "\n") == getattr(plain, part)


def test_an_empty_text_and_one_character():
    assert split_by_position("letters", "own", "a\n\n" * 40).encode("").shape == (0,)
    for text in ("", "\n\n", "a"):
        with pytest.raises(ValueError, match="too few paragraphs"):
            split_by_position("short", "own", text)


def test_an_accent_that_follows_its_letter():
    data = CharacterData("café", "own", "A café, at night.\n", "", "")
    assert data.decode(data.encode("cafe\u0301")) == "café"
