"""Chorales and canons: rolls and notes into each other, the real pieces counted."""

import hashlib
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_course.apps.chorales.canons import DELAY, HIGHEST, INTERVAL, canons, pitch_of
from gru_course.apps.chorales.data import CHORALES, CHORALES_FILE, load_chorales
from gru_course.apps.chorales.rolls import (
    KEYS,
    LOWEST,
    Note,
    batch,
    checked_roll,
    to_chords,
    to_notes,
    to_roll,
)
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.loading import load
from gru_course.data.sources import RemoteFile

PIECES = {"train": [[[60, 64], []], [[62]]], "valid": [[[67]]], "test": [[[21, 108]]]}


@pytest.fixture
def file(server):
    body = json.dumps(PIECES).encode()
    server.serve("pieces.json", body)
    url = f"{server.url}/pieces.json"
    return RemoteFile("music/pieces.json", url, hashlib.sha256(body).hexdigest(), len(body))


def test_downloaded_once_and_split(file, server):
    for _ in range(2):
        music = load_chorales(file)
        assert [to_chords(roll) for roll in music.train] == PIECES["train"]
        assert [to_chords(roll) for roll in music.validation] == PIECES["valid"]
        assert [to_chords(roll) for roll in music.test] == PIECES["test"]
        assert music.statement == (
            "JSB chorales in quarter notes, 2 pieces for training, 1 for validation and 1 for "
            "the test (full profile)"
        )
    assert server.asked == ["/pieces.json"]


def test_found_in_the_data_folder_or_refused(file, server, tmp_path, monkeypatch):
    path = tmp_path / "music" / "pieces.json"
    path.parent.mkdir()
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    body = json.dumps(PIECES).encode()
    path.write_bytes(body)
    assert len(load_chorales(file).train) == 2
    path.write_bytes(body[:-1])
    with pytest.raises(DataError, match="is cut off"):
        load_chorales(file)
    path.write_bytes(body.replace(b"60", b"61"))
    with pytest.raises(DataError, match="altered or damaged"):
        load_chorales(file)
    assert not server.asked


def test_neither_here_nor_there(file):
    with pytest.raises(DataUnavailable, match="no download address"):
        load_chorales(replace(file, url=None))


rolls = st.lists(st.sets(st.integers(21, 108), max_size=5), min_size=1, max_size=12).map(to_roll)


@given(rolls)
def test_a_roll_survives_as_chords_and_as_notes(roll):
    assert (to_roll(to_chords(roll)) == roll).all()
    notes = to_notes(roll)
    played = np.zeros_like(roll)
    for pitch, start, steps in notes:
        played[start : start + steps, pitch - LOWEST] = True
    assert (played == roll).all()
    assert sum(note.steps for note in notes) == roll.sum()
    assert notes == sorted(notes, key=lambda n: (n.start, n.pitch))


def test_shifted_notes():
    assert to_notes(to_roll([[60]]), shift=-12) == [Note(48, 0, 1)]


@pytest.mark.parametrize("pitch", [20, 109])
def test_no_such_key(pitch):
    with pytest.raises(ValueError, match=f"pitch {pitch} is not on a piano"):
        to_roll([[pitch]])
    with pytest.raises(ValueError, match="a roll of shape"):
        to_notes(np.zeros((3, 10), bool))


@pytest.mark.parametrize("use", [to_notes, to_chords, checked_roll, lambda roll: batch([roll])])
@pytest.mark.parametrize(
    ("roll", "said"),
    [
        (np.full((2, KEYS), 64, "uint8"), "holds 64 at step 0, key 0; .*roll > 0"),
        (np.eye(3, KEYS) * 0.5, "holds 0.5 at step 0, key 0"),
        (np.where(np.eye(3, KEYS, 1) > 0, np.nan, 0), "holds nan at step 0, key 1"),
        (np.zeros((2, 1), bool), r"shape \(2, 1\); expected \(timesteps, 88\)"),
        (np.zeros((2, KEYS, 1), bool), "expected"),
        (np.zeros(KEYS, bool), "expected"),
    ],
)
def test_what_is_no_roll_is_refused(use, roll, said):
    with pytest.raises(ValueError, match=said):
        use(roll)


@pytest.mark.parametrize("kind", ["uint8", "int64", "float32"])
def test_zeros_and_ones_will_do(kind):
    roll = to_roll([[60, 64], [60], []])
    assert to_notes(roll.astype(kind)) == to_notes(roll)
    assert to_chords(roll.astype(kind)) == to_chords(roll)


@pytest.mark.parametrize("pitch", [60.5, np.nan, -1, None, "60"])
def test_what_is_no_pitch(pitch):
    with pytest.raises(ValueError, match=f"pitch {pitch} is not on a piano; expected a whole"):
        to_roll([[60], [pitch]])


def test_no_pieces_and_pieces_of_nothing():
    with pytest.raises(ValueError, match="there are no pieces"):
        batch([])
    assert to_notes(to_roll([])) == to_notes(to_roll([[], []])) == []
    x, weights = batch([to_roll([[], []]), to_roll([[]])])
    assert not x.any()
    assert weights.tolist() == [[1, 1], [1, 0]]  # silence is music


def test_silence_in_a_piece_counts_and_padding_does_not():
    x, weights = batch([to_roll([[60], [], [62]]), to_roll([[64]])])
    assert weights.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert x.sum(axis=2).tolist() == [[1, 0, 1], [1, 0, 0]]
    assert x.dtype == weights.dtype == np.float32


def test_the_stand_in_says_so_and_has_the_same_form():
    music = load(CHORALES, "quick")
    assert music.statement.startswith("STAND-IN, not by Bach")
    pieces = [*music.train, *music.validation, *music.test]
    assert {(roll.shape, roll.dtype.name) for roll in pieces} == {((64, KEYS), "bool")}
    assert len({roll.tobytes() for roll in pieces}) == len(pieces)  # none in two parts
    assert all((a == b).all() for a, b in zip(pieces, canons().train, strict=False))


def test_the_second_voice_is_known_to_whoever_remembers():
    """By construction: the lower voice repeats the upper one, later and lower."""
    scale = {pitch_of(degree): degree for degree in range(-INTERVAL, HIGHEST + 1)}
    for roll in canons(20, 1, 1, seed=3).train:
        chords = [[scale[pitch] for pitch in chord] for chord in to_chords(roll)]
        first = [chord[-1] for chord in chords]
        assert [chord[0] for chord in chords[DELAY:]] == [x - INTERVAL for x in first[:-DELAY]]
        assert [len(chord) for chord in chords] == [1] * DELAY + [2] * (64 - DELAY)
        assert {abs(a - b) for a, b in pairwise(first)} <= {1, 2, 3}
    with pytest.raises(ValueError, match="more than the delay"):
        canons(timesteps=4)


@pytest.mark.full
def test_the_real_ones():
    music = load(CHORALES, "full")
    parts = (music.train, music.validation, music.test)
    assert [len(part) for part in parts] == [229, 76, 77]
    assert [sum(map(len, part)) for part in parts] == [13_807, 4_602, 4_725]
    pieces = [roll for part in parts for roll in part]
    assert len({roll.tobytes() for roll in pieces}) == 382  # none twice
    at_once = np.concatenate([roll.sum(axis=1) for roll in pieces])
    assert np.bincount(at_once).tolist() == [64, 13, 17, 2_205, 20_835]
    pitches = np.flatnonzero(np.concatenate(pieces).any(axis=0)) + 21
    assert (pitches.min(), pitches.max()) == (43, 96)
    assert CHORALES.files == (CHORALES_FILE,)
