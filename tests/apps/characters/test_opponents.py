"""Other networks for characters: none sees what comes, each is asked with its whole past."""

import numpy as np
import pytest

from gru_course.apps.characters import learn
from gru_course.apps.characters.model import character_model
from gru_course.apps.characters.opponents import (
    lstm_model,
    train_on_windows,
    transformer_model,
    window_probabilities,
)
from gru_course.layers.backend import keras

RNG = np.random.default_rng(0)


def small(context=8):
    keras.utils.set_random_seed(0)
    return transformer_model(5, context=context, width=16, heads=2, blocks=2, dropout=0.0)


def test_they_have_as_many_parameters_as_the_gru():
    gru = character_model(66).count_params()
    for build in (lstm_model, transformer_model):
        assert build(66).count_params() == pytest.approx(gru, rel=0.03)


def test_the_lstm_hands_on_both_parts_of_its_state():
    keras.utils.set_random_seed(0)
    model = lstm_model(5, units=6, embedding_dim=3, dropout=0.0)
    ids = RNG.integers(0, 5, (2, 9)).astype("int32")
    start = np.zeros((2, 12), "float32")
    whole, end = model([ids, start])
    first, state = model([ids[:, :4], start])
    second, again = model([ids[:, 4:], np.asarray(state)])
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-6)
    np.testing.assert_allclose(again, end, atol=1e-6)
    said = learn.probabilities(model, ids[0], RNG.integers(0, 5, 300), lanes=2)
    assert said.shape == (9,)


def test_no_place_of_the_transformer_sees_what_comes():
    model, ids = small(), RNG.integers(0, 5, (1, 8)).astype("int32")
    other = ids.copy()
    other[0, 5:] = (other[0, 5:] + 1) % 5
    before, after = np.asarray(model(ids)), np.asarray(model(other))
    np.testing.assert_allclose(after[:, :5], before[:, :5], atol=1e-6)
    assert np.abs(after[:, 5:] - before[:, 5:]).max() > 1e-3


@pytest.mark.parametrize(("characters", "fresh"), [(9, 3), (10, 4), (3, 3), (7, 1)])
def test_each_character_is_asked_for_once_behind_its_own_past(characters, fresh):
    model, history = small(), RNG.integers(0, 5, 20)
    ids = RNG.integers(0, 5, characters)
    said = window_probabilities(model, ids, history, fresh=fresh)
    text = np.concatenate([history, ids])
    firsts = np.minimum(np.arange(0, characters, fresh), characters - fresh)
    for place in range(characters):
        first = firsts[firsts <= place][-1]
        end = 20 + first + fresh - 1  # behind the last character that the window reads
        logits = np.asarray(model(text[None, end - 8 : end].astype("int32")))[0]
        column = logits[8 - fresh + place - first].astype(float)
        share = np.exp(column - column.max())
        assert said[place] == pytest.approx((share / share.sum())[ids[place]], abs=1e-5)


def test_it_learns_what_follows_what():
    text = np.tile([1, 2, 3, 4], 400)
    model = small()
    curve = train_on_windows(model, text, seed=0, epochs=12, batch_size=8, learning_rate=0.01)
    assert curve[-1] < curve[0]
    assert window_probabilities(model, text[:40], text, fresh=4).min() > 0.9


def test_the_seed_of_the_windows_decides():
    text = RNG.integers(0, 5, 400)

    def weights(seed):
        model = small()
        train_on_windows(model, text, seed=seed, epochs=1, batch_size=8)
        return model.get_weights()

    same, again, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(same, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(same, other, strict=True))


def test_refused():
    model, text = small(), np.zeros(300, int)
    with pytest.raises(ValueError, match="width is 3 for 4 heads"):
        transformer_model(5, width=3)
    with pytest.raises(ValueError, match="40 characters; expected at least 17 windows of 8"):
        train_on_windows(model, text[:40], seed=0)
    with pytest.raises(ValueError, match="out of range"):
        train_on_windows(model, text + 9, seed=0)
    with pytest.raises(ValueError, match="epochs"):
        train_on_windows(model, text, seed=0, epochs=0)
    for ids, history, fresh in ((text[:9], text[:7], 2), (text[:1], text, 2), (text, text, 9)):
        with pytest.raises(ValueError, match="characters of history"):
            window_probabilities(model, ids, history, fresh=fresh)
