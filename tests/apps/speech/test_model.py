"""Recognisers of words: they learn order, a stream never looks ahead, shuffled labels show red."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gru_course.apps.speech.learn import (
    SpeechRecipe,
    choose_threshold,
    decide,
    decide_at,
    decide_early,
    probabilities,
    train,
)
from gru_course.apps.speech.model import SpeechConfig, recogniser
from gru_course.apps.speech.spoken import by_take
from gru_course.apps.speech.voices import Scaling, heard, word_frames
from gru_course.apps.speech.vowels import vowel_words
from gru_course.layers.backend import keras

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


@pytest.mark.parametrize("streaming", [False, True])
def test_a_word_of_nothing_gets_an_answer_and_spoils_no_training(words, streaming):
    """One such row made every answer for it, and after training every weight, NaN."""
    x, labels, split = words
    keras.utils.set_random_seed(0)
    model = recogniser(SpeechConfig(units=4, streaming=streaming))
    part = x[split.train][:100].copy()
    before = probabilities(model, part[1:])
    part[0] = 0
    said = probabilities(model, part)
    assert np.isfinite(said).all()
    np.testing.assert_allclose(said.sum(axis=-1), 1, rtol=1e-5)
    np.testing.assert_allclose(said[1:], before, atol=1e-6)
    bias = np.exp(model.get_weights()[-1])
    np.testing.assert_allclose(said[0], np.broadcast_to(bias / bias.sum(), said[0].shape), 1e-5)
    held = x[split.validation][:50], labels[split.validation][:50]
    train(model, part, labels[split.train][:100], SpeechRecipe(2, 50), held)
    assert all(np.isfinite(weights).all() for weights in model.get_weights())


def test_a_batch_of_nothing_trains_to_finite_weights():
    for streaming in (False, True):
        model = recogniser(replace(TINY, streaming=streaming))
        x, y = np.zeros((4, 4, 2), "f4"), np.arange(4) % 3
        train(model, x, y, SpeechRecipe(epochs=2, batch_size=4), (x, y))
        assert all(np.isfinite(weights).all() for weights in model.get_weights())


def test_of_nothing_no_frame_is_taken():
    said = np.array([[[0.9, 0.1], [0.2, 0.8]]] * 2, "f4")
    words, taken = decide_early(said, np.array([0, 2]), 0.95)
    assert words.tolist() == [0, 1]
    assert taken.tolist() == [0, 2]
    assert decide_at(said, np.array([0, 2]), 1.0).tolist() == [0, 1]


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


SAID = np.full((2, 3, 2), 0.5, "f4")
SPOILT = np.where(np.arange(3)[:, None] == 1, np.nan, SAID)
TINY = SpeechConfig(words=3, timesteps=4, bands=2, units=3)
X, Y = np.ones((4, 4, 2), "f4"), np.array([0, 1, 2, 0])


def taught(x=X, y=Y, held=(X, Y)):
    return train(recogniser(TINY), x, y, SpeechRecipe(epochs=1, batch_size=4), held)


def with_nan_weights():
    model = recogniser(TINY)
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    return probabilities(model, X)


def test_labels_of_a_table_are_taken_by_their_places(words):
    x, labels, split = words
    rows = split.train[::10]  # of several words
    weights = []
    for given in (labels[rows], pd.Series(labels[rows], index=np.arange(len(rows))[::-1])):
        keras.utils.set_random_seed(0)
        model = recogniser(SMALL)
        held = x[split.validation[:9]], labels[split.validation[:9]]
        train(model, x[rows], given, SpeechRecipe(epochs=1, batch_size=20), held)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: decide_early(SAID, np.array([2, 4]), 0.5), "from 0 to 3 frames"),
        (lambda: decide_early(SAID, np.array([2, -1]), 0.5), "from 0 to 3 frames"),
        (lambda: decide_early(SAID, np.array([2]), 0.5), "expected one a recording"),
        (lambda: decide_early(SAID, np.array([2, 2]), np.nan), "threshold is nan"),
        (lambda: decide_early(SAID, np.array([2, 2]), 95), "threshold is 95; .* from 0 to 1"),
        (lambda: decide_early(SPOILT, np.array([2, 2]), 0.5), r"\(0, 1, 0\): nan"),
        (lambda: decide_at(SPOILT, np.array([2, 2]), 0.5), "the probabilities: "),
        (lambda: decide_at(SAID[0], np.array([2, 2, 2]), 0.5), r"\(n, timesteps, words\)"),
        (lambda: decide_at(SAID, np.array([2, np.nan]), 0.5), "expected one a recording"),
        (lambda: decide_at(SAID, np.array([2, 2]), np.nan), "share is nan"),
        (lambda: choose_threshold(SAID[:0], np.zeros(0, int), np.zeros(0, int)), "0 words for 0"),
        (lambda: choose_threshold(SAID, np.array([2, 2]), np.array([1])), "1 words for 2"),
        (lambda: probabilities(recogniser(TINY), X[:0]), "the batch is empty"),
        (lambda: probabilities(recogniser(TINY), np.where(X > 0, np.inf, X)), "the frames: 32 of"),
        (with_nan_weights, "the scores of the model: .*train it again"),
        (lambda: taught(x=X * np.nan), "the frames: 32 of 32"),
        (lambda: taught(y=np.array([0, 1, 2, 3])), "the labels: .*at 3: 3; .* from 0 to 2"),
        (lambda: taught(y=np.array([0, 1, 2, -1])), "the labels: .*at 3: -1"),
        (lambda: taught(y=np.array([0.0, 1, 2, 0])), "type float64"),
        (lambda: taught(held=(X[:0], Y[:0])), "0 words and 0 labels for validation"),
        (lambda: taught(held=(X, Y + 1)), "the labels for validation: "),
    ],
)
def test_what_cannot_be_decided_or_learnt_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
