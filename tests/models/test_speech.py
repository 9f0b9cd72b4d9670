"""Recognisers of words: they learn order, a stream never looks ahead, shuffled labels show red."""

import numpy as np
import pytest

from gru_course.backend import keras
from gru_course.data.spoken import by_take
from gru_course.data.voices import Scaling, heard, word_frames
from gru_course.data.vowels import vowel_words
from gru_course.models.speech import (
    SpeechConfig,
    SpeechRecipe,
    choose_threshold,
    decide,
    decide_at,
    decide_early,
    probabilities,
    recogniser,
    train,
)

SMALL = SpeechConfig(units=24)
RECIPE = SpeechRecipe(epochs=6, learning_rate=0.01)


@pytest.fixture(scope="module")
def words():
    data = vowel_words()
    frames, split = word_frames(data), by_take(data)
    x = Scaling.of(frames[split.train]).apply(frames)
    return x, data.labels.astype(int), split


def accuracy(words, labels_to_learn):
    x, labels, split = words
    keras.utils.set_random_seed(0)
    model = recogniser(SMALL)
    part = split.validation
    train(model, x[split.train], labels_to_learn[split.train], RECIPE, (x[part], labels[part]))
    return float(np.mean(decide(model, x[split.test]) == labels[split.test]))


def test_it_learns_the_order_and_nothing_from_shuffled_labels(words):
    _, labels, _ = words
    shuffled = np.random.default_rng(0).permutation(labels)
    assert accuracy(words, labels) > 0.9  # the mean of the frames gets 0.71
    assert accuracy(words, shuffled) < 0.3


def test_the_best_epoch_is_kept(words):
    """Held to what it said before any training, a model agrees less with every epoch."""
    x, labels, split = words
    keras.utils.set_random_seed(0)
    model = recogniser(SMALL)
    held = x[split.validation]
    untrained = decide(model, held)
    curve = train(model, x[split.train], labels[split.train], RECIPE, (held, untrained))
    assert curve[-1] < max(curve)
    assert np.mean(decide(model, held) == untrained) == max(curve)


def test_a_stream_never_looks_ahead(words):
    x = words[0][:4].copy()
    model = recogniser(SpeechConfig(units=5, streaming=True))
    before = probabilities(model, x)[:, :10]
    x[:, 10:] += 3
    assert np.allclose(probabilities(model, x)[:, :10], before, atol=1e-6)
    both_ways = recogniser(SpeechConfig(units=5))
    x[:, 10:] -= 1
    assert not np.allclose(probabilities(both_ways, x), probabilities(both_ways, words[0][:4]))


def test_padding_changes_nothing(words):
    x = words[0][:3]
    model = recogniser(SpeechConfig(units=5))
    shorter = recogniser(SpeechConfig(units=5, timesteps=44))
    assert not heard(x)[:, 44:].any()
    shorter.set_weights(model.get_weights())
    difference = probabilities(model, x) - probabilities(shorter, x[:, :44])
    assert np.abs(difference).max() < 1e-5


def test_early_decisions_end_with_the_word():
    said = np.full((1, 6, 2), 0.5, dtype="float32")
    said[0, 4] = (0.01, 0.99)  # padding: the word has four frames
    for threshold in (0.9, 1.0):
        assert decide_early(said, np.array([4]), threshold)[1].tolist() == [4]


def test_a_threshold_that_costs_too_much_is_not_chosen():
    said = np.array([[[0.92, 0.08], [0.05, 0.95]]] * 10, dtype="float32")
    lengths, y = np.full(10, 2), np.ones(10, dtype=int)
    threshold = choose_threshold(said, lengths, y)
    assert threshold > 0.9
    assert (decide_early(said, lengths, threshold)[0] == y).all()
    assert (decide_early(said, lengths, 0.5)[0] != y).all()


def test_what_does_not_belong_together_is_refused(words):
    x, labels, _ = words
    with pytest.raises(ValueError, match="labels"):
        train(recogniser(SMALL), x[:60], labels[:50], RECIPE, (x, labels))
    with pytest.raises(ValueError, match="share"):
        decide_at(np.zeros((1, 2, 2), "f4"), np.array([2]), 0.0)
