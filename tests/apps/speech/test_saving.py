"""The recogniser is trained once, kept, and asked about recordings of every kind."""

import numpy as np
import pytest

from gru_course.apps import speech
from gru_course.apps.speech import saving
from gru_course.apps.speech.data import SPOKEN_DIGITS
from gru_course.apps.speech.spoken import by_take
from gru_course.apps.speech.voices import Scaling, heard, word_frames
from gru_course.course.media import wav_file
from gru_course.data import loading
from gru_course.data.errors import DataError


@pytest.fixture(scope="module")
def data():
    return loading.load(SPOKEN_DIGITS, "quick")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Train for a few passes only."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setattr(saving, "RECIPE", saving.SpeechRecipe(epochs=4, learning_rate=0.01))
    yield speech.load("quick", folder=folder), folder
    patch.undo()


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert speech.load("quick", folder=folder).digest == package.digest


def test_its_card_says_what_it_is(kept):
    card = kept[0].card
    assert "STAND-IN" in card.data
    assert card.value > 0.5
    assert "known voices only" in card.limits[0]


def test_a_recording_is_prepared_as_in_training(data):
    frames = word_frames(data)
    scaling = Scaling.of(frames[by_take(data).train])
    x = scaling.apply(frames)
    preparation = saving.preparation_of(data, scaling)
    for number in (0, 7, 500):
        samples = data.samples[data.offsets[number] : data.offsets[number + 1]]
        found = saving.prepared(samples, preparation)
        np.testing.assert_array_equal(found, x[number, : heard(x[number : number + 1]).sum()])


def test_it_understands_words_of_the_test(kept, data):
    right = [
        saving.understood(kept[0], wav_file(data.waveform(n), data.rate))["word"]
        == data.words[data.labels[n]]
        for n in by_take(data).test[::10]
    ]
    assert np.mean(right) > 0.5


@pytest.mark.parametrize(
    ("seconds", "loud", "said"),
    [(1.0, 0.0, "next to no sound"), (2.5, 0.5, "takes 2.5 s"), (0.01, 0.5, "length of a frame")],
)
def test_what_is_no_word_is_refused(seconds, loud, said, kept):
    samples = loud * np.sin(np.arange(int(8_000 * seconds)) / 3)
    with pytest.raises(ValueError, match=said):
        saving.understood(kept[0], wav_file(samples, 8_000))


def test_what_is_no_recording_is_refused(kept):
    with pytest.raises(DataError, match="no WAV file"):
        saving.understood(kept[0], b"hello")
    with pytest.raises(DataError, match="44,100 Hz"):
        saving.understood(kept[0], wav_file(np.ones(4_000) / 2, 44_100))
    with pytest.raises(ValueError, match="expected one row of int16"):
        saving.prepared(np.zeros((2, 3), "int16"), kept[0].preparation)


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        speech.load("fast")
