"""Models of chords: the loss is the literature's, and only the past is read."""

import numpy as np
import pytest

from gru_course.apps.chorales.canons import canons
from gru_course.apps.chorales.learn import (
    compose,
    loss_of_frequencies,
    loss_of_kept_keys,
    loss_on,
    texture,
    train,
)
from gru_course.apps.chorales.model import (
    chord_model,
    key_loss,
    lessons,
    likelihood_loss,
    questions,
)
from gru_course.layers.backend import keras


def test_loss_of_keras_and_ours_agree():
    rng = np.random.default_rng(0)
    expected = (rng.random((2, 5, 88)) < 0.1).astype("float32")
    logits = rng.normal(size=(2, 5, 88)).astype("float32")
    ours = likelihood_loss(expected, logits, np.ones((2, 5)))
    assert ours == pytest.approx(float(np.mean(key_loss(expected, logits))), rel=1e-5)


def test_steps_behind_the_end_do_not_count():
    music = canons(3, 1, 1, timesteps=20)
    model = chord_model(units=4)
    pieces = [music.train[0], music.train[1][:7]]
    apart = [loss_on(model, [piece]) for piece in pieces]
    assert loss_on(model, pieces) == pytest.approx(np.average(apart, weights=[19, 6]), rel=1e-5)


@pytest.fixture(scope="module")
def taught():
    music = canons()
    losses = {}
    for name, units in (("gru", 100), ("no memory", 0)):
        keras.utils.set_random_seed(0)
        model = chord_model(units, dropout=0.1)
        train(model, music.train, music.validation, epochs=50, batch_size=4)
        losses[name] = loss_on(model, music.test)
    rng = np.random.default_rng(0)
    mixed = [rng.permutation(piece) for piece in music.train]  # the chords without their order
    keras.utils.set_random_seed(0)
    model = chord_model(100, dropout=0.1)
    train(model, mixed, music.validation, epochs=50, batch_size=4)
    losses["taught in disorder"] = loss_on(model, music.test)
    losses["kept keys"] = loss_of_kept_keys(music.train, music.test)
    losses["frequencies"] = loss_of_frequencies(music.train, music.test)
    return losses


def test_memory_pays_in_a_canon(taught):
    assert taught["gru"] < taught["no memory"] - 0.5
    assert taught["no memory"] < taught["frequencies"]


def test_chords_in_disorder_teach_nothing_about_order(taught):
    assert taught["taught in disorder"] > taught["no memory"]


def test_composing_reads_only_the_past():
    keras.utils.set_random_seed(0)
    model = chord_model(units=8)
    opening = canons(1, 1, 1, timesteps=8).train[0]
    pieces = [compose(model, opening, steps, np.random.default_rng(0)) for steps in (12, 16)]
    np.testing.assert_array_equal(pieces[1][:12], pieces[0])
    np.testing.assert_array_equal(pieces[0][:8], opening)


def test_a_cold_model_takes_what_is_likely():
    keras.utils.set_random_seed(0)
    model = chord_model(units=8)
    opening = canons(1, 1, 1, timesteps=8).train[0]
    piece = compose(model, opening, 9, np.random.default_rng(0), temperature=1e-4)
    given, _, _ = questions([piece])
    np.testing.assert_array_equal(piece[8], np.asarray(model(given))[0, 7] > 0)


def test_refusals():
    model = chord_model(units=4)
    with pytest.raises(ValueError, match="at least one chord"):
        compose(model, np.zeros((0, 88), bool), 4, np.random.default_rng(0))
    with pytest.raises(ValueError, match="more than 0"):
        compose(model, np.zeros((1, 88), bool), 4, np.random.default_rng(0), temperature=0)
    with pytest.raises(ValueError, match="multiple of 5"):
        train(model, [], [], epochs=7)
    with pytest.raises(ValueError, match="0 or more"):
        chord_model(units=-1)


def test_texture_counts_clashes():
    piece = np.zeros((4, 88), bool)
    piece[:2, [40, 41]] = piece[2:, [40, 44]] = True
    assert texture([piece]) == {"notes": 2.0, "clashes": 0.5, "repeats": pytest.approx(2 / 3)}


SILENCE = np.zeros((3, 88), bool)
ONE = SILENCE[:1]


def random():
    return np.random.default_rng(0)


def spoilt():
    model = chord_model(units=2)
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    return model


def test_silence_is_music():
    model = chord_model(units=2)
    assert np.isfinite(loss_on(model, [SILENCE]))
    assert np.isfinite(train(model, [SILENCE], [SILENCE], epochs=5)).all()
    assert all(np.isfinite(weights).all() for weights in model.get_weights())
    assert texture([SILENCE]) == {"notes": 0, "clashes": 0, "repeats": 1}
    assert texture([SILENCE, ONE])["repeats"] == 1
    assert np.isfinite(loss_of_kept_keys([SILENCE], [SILENCE]))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: questions([]), "no pieces"),
        (lambda: questions([SILENCE, ONE]), "piece 1 has 1 chords; expected at least 2"),
        (lambda: train(chord_model(2), [SILENCE, ONE], [SILENCE], epochs=5), "piece 1 has"),
        (lambda: train(chord_model(2), [SILENCE], [ONE], epochs=5), "piece 0 has 1"),
        (lambda: train(chord_model(2), [], [SILENCE], epochs=5), "no pieces"),
        (lambda: train(chord_model(2), [SILENCE], [], epochs=5), "no pieces"),
        (lambda: next(lessons([SILENCE, ONE], random(), 1)), "piece 0 has 1 chords"),
        (lambda: next(lessons([], random(), 1)), "no piece"),
        (lambda: questions([64 * np.ones((3, 88))]), "holds 64.0"),
        (lambda: loss_of_frequencies([SILENCE + 0.5], [SILENCE]), "holds 0.5"),
        (lambda: loss_on(spoilt(), [SILENCE]), "the logits: 176 of 176"),
        (lambda: train(spoilt(), [SILENCE], [SILENCE], epochs=5), "the logits: "),
        (lambda: compose(spoilt(), SILENCE, 5, random()), "the logits for step 3: 88 of 88"),
        (lambda: compose(chord_model(2), SILENCE, 5, random(), np.nan), "temperature nan"),
        (lambda: compose(chord_model(2), 64 * np.ones((3, 88)), 5, random()), "opening holds 64.0"),
        (lambda: likelihood_loss(SILENCE, SILENCE * 1.0, np.zeros(3)), "no step of 3 counts"),
        (lambda: texture([]), "0 pieces, none of two steps"),
        (lambda: texture([ONE, ONE]), "2 pieces, none of two steps"),
    ],
)
def test_what_cannot_be_learnt_or_measured_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
