"""Nothing and silence in sound: padding is padding, silence is sound, and neither becomes NaN."""

import numpy as np
import pytest

from gru_course.apps.speech.features import (
    FLOOR,
    NEXT_TO_NOTHING,
    log_mel,
    mel_filters,
    padded,
)
from gru_course.apps.speech.spoken import SpokenWords, by_speaker
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

RATE = 8_000
TONE = (20_000 * np.sin(np.arange(4_000) / 3)).astype(np.int16)


def words(*waveforms, **other):
    offsets = np.cumsum([0, *map(len, waveforms)])
    n = len(waveforms)
    fields = {
        "title": "Some words", "profile": "quick", "rate": RATE, "words": ("a", "b"),
        "speakers": ("A",), "samples": np.concatenate([np.array([], np.int16), *waveforms]),
        "offsets": offsets, "labels": np.zeros(n, np.uint8), "speaker": np.zeros(n, np.uint8),
        "take": np.arange(n, dtype=np.uint8),
    }  # fmt: skip
    return SpokenWords(**{**fields, **other})


@pytest.fixture
def frames():
    """A tone; a tone, then silence; a muted recording; and a row that is all padding."""
    muted, half = np.zeros(4_000, np.int16), TONE.copy()
    half[2_000:] = 0
    spoken = word_frames(words(TONE, half, muted))
    return np.concatenate([spoken, 0 * spoken[:1]])


LENGTHS = [24, 24, 24, 0]


def test_silence_is_heard_after_every_step(frames):
    assert frames[2, :24] == pytest.approx(np.log(FLOOR))
    assert heard(frames).sum(axis=1).tolist() == LENGTHS
    scaling = Scaling.of(frames)
    only_silence = Scaling.of(frames[2:])
    for changed in (
        scaling.apply(frames),
        only_silence.apply(frames[2:]),
        normalised_by_word(frames),
        normalised_by_word(normalised_by_word(frames)),
    ):
        assert np.isfinite(changed).all()
        assert heard(changed).sum(axis=1).tolist() == LENGTHS[-len(changed) :]
        assert changed.dtype == np.float32
    assert normalised_by_word(frames)[2, :24] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("bands", [1, 4, 26])
def test_other_voices_keep_what_is_heard(frames, bands):
    """A gap of five bands may take all there are, and a muted word has nothing but silence."""
    scaled = normalised_by_word(frames)[..., :bands]
    for seed in range(20):
        changed = other_voices(scaled, np.random.default_rng(seed))
        assert np.isfinite(changed).all()
        lengths = heard(changed).sum(axis=1)
        assert (lengths[:3] >= 24 / 1.3 - 1).all()
        assert lengths[3] == 0


def test_a_frame_that_is_not_silent_stays_bit_for_bit(frames):
    spoken = frames[:2]
    mean, deviation = Scaling.of(spoken).mean, Scaling.of(spoken).deviation
    expected = ((spoken - mean) / deviation * heard(spoken)[..., None]).astype("float32")
    np.testing.assert_array_equal(Scaling.of(spoken).apply(spoken), expected)


def test_rectangles_tell_silence_from_padding():
    batch = padded([np.zeros((2, 3), "f4"), np.zeros((0, 3), "f4"), np.ones((3, 3), "f4")])
    assert (batch != 0).any(axis=-1).tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
    assert batch[0, :2] == pytest.approx(NEXT_TO_NOTHING)


def test_one_frame_and_a_constant():
    constant = np.full(200, 16_384, np.int16)
    one = word_frames(words(constant))
    assert heard(one).sum() == 1
    assert np.isfinite(normalised_by_word(one)).all()
    assert np.isfinite(Scaling.of(one).apply(one)).all()
    assert np.isfinite(log_mel(np.full(200, 0.5), RATE)).all()


def spoilt(value):
    samples = np.zeros(400)
    samples[7] = value
    return samples


def bad_frames(value=np.nan):
    return np.array([[[1.0], [value], [0.0]]], "f4")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: log_mel(spoilt(np.nan), RATE), "samples: 1 of 400 .* the first at 7: nan"),
        (lambda: log_mel(spoilt(-np.inf), RATE), "the first at 7: -inf"),
        (lambda: log_mel(TONE, RATE), r"type int16, up to 2e\+04; .*Divide whole numbers"),
        (lambda: log_mel(TONE.astype("f8"), RATE), "between -1 and 1"),
        (lambda: log_mel(np.zeros(400, np.int16), RATE), "type int16, up to 0"),
        (lambda: log_mel([], RATE), r"shape \(0,\); expected one row of at least 200"),
        (lambda: log_mel(np.zeros(400), 0), "0 samples per second; expected at least 100"),
        (lambda: log_mel(np.zeros(400), RATE, bands=0), "0 bands; expected at least 1"),
        (lambda: mel_filters(RATE, 256, -1), "-1 bands"),
        (lambda: padded([np.ones((2, 3)), np.array([[1, 2, np.inf]])]), "sequence 1: 1 of 3"),
        (lambda: padded([np.ones(3)]), r"expected at least one sequence, of shape"),
        (lambda: padded([np.ones((2, 3))], timesteps=0), "0 timesteps; expected at least 1"),
        (lambda: Scaling.of(np.zeros((2, 3, 4), "f4")), "all padding"),
        (lambda: Scaling.of(np.zeros((0, 3, 4), "f4")), "all padding"),
        (lambda: Scaling.of(bad_frames()), r"the frames: .*\(0, 1, 0\): nan"),
        (lambda: Scaling.of(np.ones((1, 2, 1), "f4")).apply(bad_frames(np.inf)), "inf"),
        (lambda: normalised_by_word(bad_frames()), "the frames: "),
        (lambda: other_voices(bad_frames(), np.random.default_rng(0)), "the frames: "),
        (lambda: other_speed(bad_frames(), np.random.default_rng(0)), "the frames: "),
        (lambda: other_pitch(bad_frames(), np.random.default_rng(0)), "the frames: "),
        (lambda: other_room(bad_frames(), np.random.default_rng(0)), "the frames: "),
        (lambda: word_frames(words(TONE, TONE[:199])), "recording 1: .*at least 200 samples"),
        (lambda: word_frames(words(TONE[:0])), "recording 0: "),
        (lambda: word_frames(words()), "0 sequences"),
        (lambda: words(TONE / 2**15), "type float64.*Multiply floats"),
        (lambda: words(TONE.astype(np.int32)), "type int32"),
        (lambda: words(TONE, offsets=np.array([0, 3_000])), "rising from 0 to all samples"),
        (lambda: words(TONE, TONE, offsets=np.array([0, 9_000, 8_000])), "rising from 0"),
        (lambda: words(TONE, labels=np.array([2])), r"labels: .*\[2\]; .* from 0 to 1"),
        (lambda: words(TONE, speaker=np.array([0, 0])), "expected one a recording"),
        (lambda: by_speaker(words(TONE), "A"), "1 speakers; expected at least 3"),
    ],
)
def test_what_is_no_sound_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
