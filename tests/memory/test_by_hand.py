"""Training in NumPy: its gradient, its optimizer and its truncation."""

import numpy as np
import pytest

from gru_course.cells import GRUWeights
from gru_course.cells.checks import numerical_gradient, relative_error
from gru_course.layers.backend import keras, tf
from gru_course.memory.by_hand import (
    Adam,
    Classifier,
    accuracy,
    clip,
    cross_entropy,
    differentiate,
    train,
)
from gru_course.memory.tasks import adding, counting, recall
from gru_course.memory.trials import CELLS, trial_model

TASK = recall(500, lag=5, kinds=3, seed=1)
X, Y = TASK.x[:6].astype(float), TASK.y[:6]


def small_gru(units=8, seed=0):
    rng = np.random.default_rng(seed)
    cell = GRUWeights.random(TASK.features, units, seed, scale=0.3)
    return Classifier(cell, rng.normal(scale=0.3, size=(units, 3)), np.zeros(3))


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_are_those_of_keras(cell):
    model = trial_model(cell, 4, TASK)
    found = differentiate(Classifier.from_model(model), X, Y)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(Y, model(X.astype("float32")))
    theirs = tape.gradient(value, [v.value for v in model.trainable_variables])
    assert found.loss == pytest.approx(float(value), rel=1e-5)
    for mine, framework in zip(found.weights.arrays, theirs, strict=True):
        assert relative_error(mine, framework.numpy()) < 1e-4  # Keras computes in 32 bits


def test_gradients_are_differences():
    model = small_gru(4)
    found = differentiate(model, X, Y).weights.arrays
    for place, array in enumerate(model.arrays):

        def loss(changed, place=place):
            arrays = [changed if i == place else a for i, a in enumerate(model.arrays)]
            return differentiate(model.with_arrays(arrays), X, Y).loss

        assert relative_error(found[place], numerical_gradient(loss, array)) < 1e-6


def test_cross_entropy_of_huge_logits_is_finite():
    loss, d_logits = cross_entropy(np.array([[1000.0, -1000.0]]), np.array([1]))
    assert loss == pytest.approx(2000)
    np.testing.assert_allclose(d_logits, [[1.0, -1.0]])


def test_clipping_changes_the_length_and_not_the_direction():
    gradient = differentiate(small_gru(), X, Y).weights
    clipped = clip(gradient, gradient.norm / 4)
    assert clipped.norm == pytest.approx(gradient.norm / 4)
    for before, after in zip(gradient.arrays, clipped.arrays, strict=True):
        np.testing.assert_allclose(after, before / 4)
    same = clip(gradient, 2 * gradient.norm)
    assert all((a == b).all() for a, b in zip(same.arrays, gradient.arrays, strict=True))


def test_adam_moves_as_in_keras():
    model, theirs = small_gru(), keras.optimizers.Adam(0.01)
    variables = [keras.Variable(a, dtype="float64") for a in model.arrays]
    ours = Adam(0.01)
    for update in range(3):
        gradient = differentiate(model, X[update:], Y[update:]).weights
        theirs.apply(gradient.arrays, variables)
        model = ours.update(model, gradient)
    for mine, variable in zip(model.arrays, variables, strict=True):
        np.testing.assert_allclose(mine, variable.numpy(), atol=1e-6)


def test_a_whole_sequence_is_learned_and_a_short_window_is_not():
    long = recall(2000, lag=11, kinds=3, seed=1)

    def after(window):
        model, losses = train(small_gru(), long, updates=300, window=window, learning_rate=0.02)
        assert len(losses) == 300
        return accuracy(model, recall(500, lag=11, kinds=3, seed=2))

    assert after(None) > 0.9
    assert after(4) < 0.6


def test_what_does_not_fit():
    cell = GRUWeights.random(3, 4, seed=0)
    with pytest.raises(ValueError, match=r"kernel has shape \(5, 2\); expected \(4, classes\)"):
        Classifier(cell, np.zeros((5, 2)), np.zeros(2))
    with pytest.raises(ValueError, match=r"bias has shape \(3,\); expected \(2,\)"):
        Classifier(cell, np.zeros((4, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"\['Dense'\]; expected a recurrent one"):
        Classifier.from_model(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (adding(8, 3), "with 0 classes; expected one of 3 classes"),
        (recall(8, lag=2, kinds=4), "with 4 classes; expected one of 3"),
        (counting([1, 2]), "asked for after the last step"),
    ],
)
def test_tasks_that_ask_for_something_else(task, said):
    for use in (accuracy, lambda model, task: train(model, task, updates=1)):
        with pytest.raises(ValueError, match=said):
            use(small_gru(), task)


def test_a_training_that_diverges_says_so():
    model = small_gru()
    with pytest.raises(ValueError, match=r"not finite.*Did the training diverge\?"):
        clip(model.with_arrays([array * np.inf for array in model.arrays]), 1.0)
    with pytest.raises(ValueError, match="learning_rate is nan"):
        Adam(float("nan"))
    with pytest.raises(ValueError, match="y holds int64 0 to 2; expected 0 to 1"):
        cross_entropy(np.zeros((2, 2)), np.array([0, 2]))
