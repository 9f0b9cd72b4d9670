"""Frames of sound against values that librosa 0.11 gives, and against what they must be."""

import numpy as np
import pytest

from gru_course.apps.speech.features import HOP_SECONDS, log_mel, mel_filters, padded

RATE = 8_000


def tone(hertz, seconds=0.5, rate=RATE):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def test_filters_equal_those_of_librosa():
    # librosa.filters.mel(sr=8000, n_fft=256, n_mels=26, htk=True, norm=None), row 3
    filters = mel_filters(RATE, 256, 26)
    assert np.flatnonzero(filters[3]).tolist() == [6, 7, 8, 9]
    np.testing.assert_allclose(
        filters[3, 6:10], [0.35690653, 0.8513321, 0.67778754, 0.21703121], atol=1e-6
    )
    np.testing.assert_allclose(filters.sum(), 121.981026, atol=1e-4)


def test_too_many_bands_are_refused():
    with pytest.raises(ValueError, match="100 bands are too many"):
        mel_filters(RATE, 256, 100)


def test_frames_equal_those_of_librosa():
    # The mean frame of a second at 440 Hz, by the filters above on |librosa.stft|^2 with
    # n_fft=256, hop_length=80, win_length=200, center=False. It puts its window in the middle
    # of 256 samples, so its frames begin 28 samples later, and takes a periodic window: nearly
    # equal, and on average only.
    frames = log_mel(tone(440, 1.0), RATE)
    assert frames.shape == (98, 26)
    np.testing.assert_allclose(
        frames.mean(axis=0)[4:9], [-0.39287, 6.71182, 8.18928, 5.92707, -2.81096], atol=0.05
    )
    assert frames.std(axis=0)[6] < 0.01  # a tone does not change


@pytest.mark.parametrize("hertz", [300, 1_000, 2_500])
def test_a_tone_is_loudest_in_the_band_that_holds_it(hertz):
    filters = mel_filters(RATE, 256, 26)
    expected = filters[:, round(hertz / (RATE / 256))].argmax()
    assert abs(log_mel(tone(hertz), RATE).mean(axis=0).argmax() - expected) <= 1


def test_twice_as_loud_adds_the_same_everywhere():
    noise = np.random.default_rng(0).normal(0, 0.1, RATE)
    difference = log_mel(2 * noise, RATE) - log_mel(noise, RATE)
    np.testing.assert_allclose(difference, np.log(4), atol=1e-4)


def test_frames_do_not_look_ahead():
    """What was heard so far gives the same frames as the whole, so a stream can be read."""
    sound = np.random.default_rng(0).normal(0, 0.1, RATE)
    whole, heard = log_mel(sound, RATE), log_mel(sound[:2_000], RATE)
    np.testing.assert_array_equal(whole[: len(heard)], heard)
    assert len(heard) == 1 + (2_000 - 200) // round(HOP_SECONDS * RATE)


def test_silence_has_a_floor():
    frames = log_mel(np.zeros(400), RATE)
    assert np.isfinite(frames).all()
    assert frames.dtype == np.float32


@pytest.mark.parametrize("samples", [np.zeros(199), np.zeros((2, 400))])
def test_too_short_or_not_one_row(samples):
    with pytest.raises(ValueError, match="expected one row of at least 200 samples"):
        log_mel(samples, RATE)


def test_rectangles():
    batch = padded([np.full((2, 1), 3, "f4"), np.full((5, 1), 4, "f4")], timesteps=4)
    assert batch[:, :, 0].tolist() == [[3, 3, 0, 0], [4, 4, 4, 4]]
    with pytest.raises(ValueError, match="the same features"):
        padded([np.zeros((2, 1), "f4"), np.zeros((2, 3), "f4")])
    with pytest.raises(ValueError, match="at least one sequence"):
        padded([])
