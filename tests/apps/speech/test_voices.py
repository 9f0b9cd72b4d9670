"""Frames of spoken words: scaled by the training part, padded, warped, and nothing invented."""

import numpy as np
import pytest

from gru_course.apps.speech.voices import (
    Scaling,
    heard,
    normalised_by_word,
    other_pitch,
    other_room,
    other_speed,
    other_voices,
    word_frames,
)
from gru_course.apps.speech.vowels import vowel_words


@pytest.fixture(scope="module")
def frames():
    return word_frames(vowel_words(takes=11))


def test_padding_stays_padding(frames):
    scaled = Scaling.of(frames).apply(frames)
    for changed in (scaled, normalised_by_word(frames)):
        assert not changed[~heard(frames)].any()
    assert np.abs(scaled[heard(frames)].mean(axis=0)).max() < 1e-3


def test_a_louder_word_is_the_same_after_normalising(frames):
    louder = np.where(heard(frames)[..., None], frames + np.float32(2), 0)
    assert np.allclose(normalised_by_word(louder), normalised_by_word(frames), atol=2e-3)
    assert not np.allclose(Scaling.of(frames).apply(louder), Scaling.of(frames).apply(frames))


def test_other_voices_differ_and_repeat_with_the_seed(frames):
    scaled = Scaling.of(frames).apply(frames)
    first, again, other = (other_voices(scaled, np.random.default_rng(s)) for s in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    lengths, warped = (heard(x).sum(axis=1) for x in (scaled, first))
    assert (warped <= np.ceil(lengths / 0.75) + 1).all()
    assert np.abs(first).max() <= np.abs(scaled).max() + 1e-4  # between frames, never beyond


@pytest.mark.parametrize("change", [other_speed, other_pitch, other_room])
def test_each_change_repeats_with_the_seed_and_keeps_padding(frames, change):
    scaled = Scaling.of(frames).apply(frames)
    first, again, other = (change(scaled, np.random.default_rng(s)) for s in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
    assert not change(0 * scaled, np.random.default_rng(0)).any()
    if change is not other_speed:
        assert np.array_equal(heard(first), heard(scaled))


def test_speed_moves_frames_and_pitch_moves_bands():
    ramp = np.ones((40, 30, 1), "f4") * np.arange(1, 6, dtype="f4")  # the same in every frame
    spoken = np.where(np.arange(30)[:, None] < 16, ramp, 0).astype("f4")
    slower = other_speed(spoken, np.random.default_rng(0))
    lengths = heard(slower).sum(axis=1)
    assert lengths.min() < 16 < lengths.max() <= np.ceil(16 / 0.75)
    assert all(np.unique(word[heard(slower)[0]], axis=0).shape[0] == 1 for word in slower[:1])
    higher = other_pitch(spoken, np.random.default_rng(0))
    middle = higher[:, 0, 2]  # of 1 to 5 the third: 0.82 to 1.22 times two bands up
    assert (np.abs(middle - 3) <= 0.45).all()
    assert middle.min() < 3 < middle.max()


def test_no_timesteps():
    with pytest.raises(ValueError, match="at least 1"):
        word_frames(vowel_words(takes=11), timesteps=0)
