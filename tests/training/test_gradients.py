"""The reach of a gradient: our own cells, the framework, and products of Jacobians agree."""

import numpy as np
import pytest

from gru_course.cells import (
    GRUWeights,
    LSTMWeights,
    SimpleRNNWeights,
    backpropagate,
    run,
)
from gru_course.cells.checks import numerical_gradient, relative_error
from gru_course.layers.backend import keras, tf
from gru_course.training.gradients import (
    framework_gradients,
    jacobians,
    norms_by_distance,
    products_by_distance,
    spectral_radius,
)

CELLS = {
    "rnn": (SimpleRNNWeights, keras.layers.SimpleRNN),
    "lstm": (LSTMWeights, keras.layers.LSTM),
    "gru": (GRUWeights, keras.layers.GRU),
}
rng = np.random.default_rng(3)
X = rng.normal(size=(2, 7, 3))
LOOK = rng.normal(size=(2, 7, 4))


@pytest.fixture(params=CELLS)
def kind(request):
    return request.param


@pytest.fixture
def trace(kind):
    return run(X, CELLS[kind][0].random(3, 4, seed=2))


def in_keras(kind, weights):
    layer = CELLS[kind][1](weights.units, dtype="float64")
    layer.build((None, None, weights.features))
    layer.set_weights(list(vars(weights).values()))
    return layer


def last_step_only():
    look = np.zeros(LOOK.shape)
    look[:, -1] = LOOK[:, -1]
    return look


@pytest.mark.parametrize("look", [LOOK, last_step_only()], ids=["every step", "last step"])
def test_the_framework_finds_the_same(kind, trace, look):
    theirs = framework_gradients(
        in_keras(kind, trace.weights), X, lambda hidden: tf.reduce_sum(look * hidden)
    )
    ours = backpropagate(trace, look).states
    assert len(ours) == len(theirs) == (2 if kind == "lstm" else 1)
    for mine, framework in zip(ours, theirs, strict=True):
        assert relative_error(mine, framework) < 1e-8
    assert relative_error(norms_by_distance(*ours), norms_by_distance(*theirs)) < 1e-8


def test_another_gradient_is_seen(kind, trace):
    """The comparison above must fail for a gradient that misses something: here one step."""
    theirs = framework_gradients(
        in_keras(kind, trace.weights), X, lambda hidden: tf.reduce_sum(LOOK * hidden)
    )
    cut = backpropagate(trace, LOOK, window=6).states
    assert relative_error(norms_by_distance(*cut), norms_by_distance(*theirs)) > 1e-3


def test_norms_are_per_sequence_and_start_at_the_last_step(trace):
    found = backpropagate(trace, last_step_only())
    norms = norms_by_distance(*found.states)
    assert norms.shape == (2, 7)
    np.testing.assert_allclose(norms[:, 0], np.linalg.norm(LOOK[:, -1], axis=1))
    together = sum(norms_by_distance(part) ** 2 for part in found.states)
    np.testing.assert_allclose(norms**2, together)
    with pytest.raises(ValueError, match="no gradient given"):
        norms_by_distance()


def test_jacobians_are_differences(trace):
    state = tuple(part[:1] for part in trace.states[4])
    units = trace.weights.units
    found = jacobians(trace)[4]
    for j in range(len(found)):

        def number_j(flat, j=j):
            parts = tuple(flat.reshape(1, -1)[:, i * units :][:, :units] for i in range(len(state)))
            _, new = trace.weights.step(X[:1, 4], parts)
            return float(np.concatenate(new, axis=1)[0, j])

        expected = numerical_gradient(number_j, np.concatenate(state, axis=1)[0])
        np.testing.assert_allclose(found[:, j], expected, atol=1e-8)


def test_products_carry_the_gradient_as_backpropagation_does(trace):
    found = np.concatenate(backpropagate(trace, last_step_only()).states, axis=2)[1]
    products = products_by_distance(jacobians(trace, sequence=1))
    assert len(products) == 8
    for distance in range(7):
        np.testing.assert_allclose(products[distance] @ found[-1], found[-1 - distance], atol=1e-12)


def test_masked_traces_are_refused():
    trace = run(X, GRUWeights.random(3, 4, seed=2), mask=np.arange(7) < np.array([[7], [3]]))
    with pytest.raises(ValueError, match="the trace has a mask"):
        jacobians(trace)


def test_spectral_radius_sets_the_growth_of_powers():
    matrix = rng.normal(size=(6, 6))
    grown = np.linalg.norm(np.linalg.matrix_power(matrix, 400), 2) ** (1 / 400)
    assert spectral_radius(matrix) == pytest.approx(grown, rel=0.02)
