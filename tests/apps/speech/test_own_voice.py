"""One's own voice: every usual kind of WAV file gives the same word, and every fault its error."""

import io
import wave

import numpy as np
import pytest
from scipy.io import wavfile

from gru_course.apps.speech.data import SPOKEN_DIGITS
from gru_course.apps.speech.own_voice import PEAK, RATE, own_word, read_word
from gru_course.apps.speech.spoken import by_take
from gru_course.apps.speech.voices import word_frames
from gru_course.data.errors import DataError
from gru_course.data.loading import load


def tone(rate, seconds=0.4, silence=0.3, loud=0.5):
    time = np.arange(round(rate * seconds)) / rate
    sound = loud * np.sin(2 * np.pi * 440 * time)
    still = np.zeros(round(rate * silence))
    return np.concatenate([still, sound, still])


def written(samples, rate=RATE):
    content = io.BytesIO()
    wavfile.write(content, rate, samples)
    return content.getvalue()


def wav24(samples, rate):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(rate)
        whole = np.round(samples * (2**23 - 1)).astype("<i4")
        file.writeframes(whole.view("u1").reshape(-1, 4)[:, :3].tobytes())
    return content.getvalue()


def kinds(rate):
    samples = tone(rate)
    whole = np.round(samples * 32767).astype("i2")
    return {
        "16 bits": written(whole, rate),
        "8 bits": written(np.round(samples * 127 + 128).astype("u1"), rate),
        "24 bits": wav24(samples, rate),
        "32 bits": written(np.round(samples * (2**31 - 1)).astype("i4"), rate),
        "floats": written(samples.astype("f4"), rate),
        "stereo": written(np.stack([whole // 9, whole], axis=1), rate),
        "sides that cancel": written(np.stack([whole, -whole], axis=1), rate),
    }


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("kind", kinds(8_000))
def test_every_usual_kind_gives_the_same_word(rate, kind):
    word = read_word(kinds(rate)[kind])
    assert word.dtype == np.float32
    assert 0.38 <= len(word) / RATE <= 0.46
    spectrum = np.abs(np.fft.rfft(word, 8_000))
    assert abs(int(spectrum.argmax()) - 440) <= 2
    assert np.abs(word).max() == pytest.approx(PEAK)


def test_a_file_by_its_path(tmp_path):
    path = tmp_path / "seven.wav"
    path.write_bytes(kinds(16_000)["16 bits"])
    assert (read_word(path) == read_word(str(path))).all()


def test_in_the_form_of_the_data_set():
    word = own_word(kinds(44_100)["stereo"], ("zero", "one"))
    assert (len(word), word.rate, word.words) == (1, RATE, ("zero", "one"))
    np.testing.assert_allclose(
        word.waveform(0), read_word(kinds(44_100)["stereo"]), atol=2 / 32_767
    )
    assert word_frames(word).shape == (1, 48, 26)


@pytest.mark.full
def test_a_word_is_as_loud_as_a_training_recording_at_the_median():
    data = load(SPOKEN_DIGITS, "full")
    peaks = [np.abs(data.waveform(number)).max() for number in by_take(data).train]
    assert round(float(np.median(peaks)), 3) == PEAK


@pytest.mark.parametrize("loudness", [0.01, 0.1, 0.9])
def test_how_loud_it_was_recorded_makes_no_difference(loudness):
    quiet = np.round(32767 * tone(RATE, loud=loudness)).astype("i2")
    usual = read_word(kinds(RATE)["16 bits"])
    np.testing.assert_allclose(read_word(written(quiet)), usual, atol=0.002)


def clipped():
    return np.clip(3 * tone(RATE), -1, 1)


sound = kinds(RATE)["16 bits"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"ID3\x04 an MP3", "is no WAV file"),
        (b"", "is no WAV file"),
        (sound[:40], "cannot be read"),
        (sound[:-3001], "cannot be read|seconds of sound"),
        (sound[:20] + b"\x55\x00" + sound[22:], "cannot be read"),  # MP3 inside a WAV
        (written(np.zeros(8_000, "i2")), "is silent"),
        (written(np.round(32767 * clipped()).astype("i2")), "is clipped"),
        (written(np.zeros(0, "i2")), "holds no sample|cannot be read"),
        (written(np.zeros(90_000, "i2")), "lasts 11.2 seconds"),
        (written(tone(4_000).astype("f4"), 4_000), "4,000 samples per second"),
        (written(tone(RATE).astype("f4"), 900_000_011), "900,000,011 samples per second"),
        (sound[:4] + b"\x1c\0\0\0" + sound[8:36], "cannot be read"),  # a head and no sound
        (sound[:32] + b"\x10" + sound[33:], "cannot be read"),  # samples of 16 bytes
        (written(tone(RATE, seconds=2).astype("f4")), "2.04 seconds of sound"),
        (written(tone(RATE, seconds=0.02).astype("f4")), "0.06 seconds of sound"),
        (written(np.full(8_000, np.nan, "f4")), "no numbers"),
    ],
)
def test_every_fault_has_its_error(content, said):
    with pytest.raises(DataError, match=said):
        read_word(content)


def test_no_such_file(tmp_path):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_word(tmp_path / "none.wav")
