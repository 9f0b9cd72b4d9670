"""Every cell, forward and backward through time, against Keras and against differences."""

from dataclasses import replace

import numpy as np
import pytest

from gru_course.cells import GRUWeights, backpropagate, run
from gru_course.cells.checks import numerical_gradient, relative_error
from gru_course.layers.backend import keras, tf

BATCH, TIMESTEPS = 2, 6
LAYERS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}
NAMES = ("kernel", "recurrent_kernel", "bias")
rng = np.random.default_rng(6)
X = rng.normal(size=(BATCH, TIMESTEPS, 3))
MASK = np.arange(TIMESTEPS) < np.array([[6], [4]])
LOOK = rng.normal(size=(BATCH, TIMESTEPS, 4))  # the loss is the sum of LOOK * hidden


def loss_of(trace):
    return float((LOOK * trace.hidden).sum())


def initial_state(weights):
    return tuple(0.5 + part for part in weights.zero_state(BATCH))


def in_keras(kind, weights):
    """The same layer in 64-bit floats: outputs and gradients of the same loss."""
    options = {"reset_after": weights.reset_after} if kind.startswith("gru") else {}
    layer = LAYERS.get(kind, keras.layers.GRU)(
        weights.units, return_sequences=True, dtype="float64", **options
    )
    layer.build((None, None, weights.features))
    layer.set_weights([getattr(weights, name) for name in NAMES])
    return layer


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_equal_to_keras(kind, weights, mask):
    layer = in_keras(kind, weights)
    start = [tf.constant(part) for part in initial_state(weights)]
    x, arrays = tf.constant(X), [v.value for v in layer.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch([x, *start])
        hidden = layer(x, initial_state=start, mask=mask)
        loss = tf.reduce_sum(LOOK * hidden)
    expected = [g.numpy() for g in tape.gradient(loss, [x, *start, *arrays])]

    trace = run(X, weights, initial_state(weights), mask)
    found = backpropagate(trace, LOOK)
    assert relative_error(trace.hidden, hidden.numpy()) < 1e-12
    ours = [found.x, *found.initial_state, *(getattr(found.weights, name) for name in NAMES)]
    for mine, theirs in zip(ours, expected, strict=True):
        assert relative_error(mine, theirs) < 1e-8


@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_gradients_are_differences(weights, mask):
    found = backpropagate(run(X, weights, initial_state(weights), mask), LOOK)
    for name in NAMES:
        expected = numerical_gradient(
            lambda array, name=name: loss_of(
                run(X, replace(weights, **{name: array}), initial_state(weights), mask)
            ),
            getattr(weights, name),
        )
        assert relative_error(getattr(found.weights, name), expected) < 1e-7
    expected = numerical_gradient(
        lambda x: loss_of(run(x, weights, initial_state(weights), mask)), X
    )
    assert relative_error(found.x, expected) < 1e-7


def test_a_wrong_backward_pass_is_seen(weights):
    """The comparison above must fail when one term is forgotten: here the last step back."""
    trace = run(X, weights, initial_state(weights))
    cut = backpropagate(trace, LOOK, window=TIMESTEPS - 1)
    whole = backpropagate(trace, LOOK)
    assert relative_error(cut.weights.kernel, whole.weights.kernel) > 1e-4


def test_gradients_of_the_states_are_differences(weights):
    """Disturb the state after step 3, run on from there, and see the loss change."""
    trace = run(X, weights)
    found = backpropagate(trace, LOOK)
    for part in range(len(trace.states[0])):

        def rest(array, part=part):
            state = tuple(array if p == part else a for p, a in enumerate(trace.states[3]))
            later = (LOOK[:, 3:] * run(X[:, 3:], weights, state).hidden).sum()
            return float(later + (LOOK[:, 2] * state[0]).sum())

        expected = numerical_gradient(rest, trace.states[3][part])
        assert relative_error(found.states[part][:, 2], expected) < 1e-7


def test_padding_counts_for_nothing(weights):
    """A short sequence alone and the same padded: equal final states and gradients."""
    look = np.zeros(LOOK.shape)
    look[:, -1] = LOOK[:, -1]
    padded = run(X, weights, mask=MASK)
    alone = run(X[1:, :4], weights)
    np.testing.assert_allclose(padded.hidden[1, -1], alone.hidden[0, -1])
    d_padded = backpropagate(padded, look * [[[0.0]], [[1.0]]])
    look_alone = np.zeros((1, 4, 4))
    look_alone[:, -1] = LOOK[1, -1]
    d_alone = backpropagate(alone, look_alone)
    np.testing.assert_allclose(d_padded.x[1, :4], d_alone.x[0])
    assert not d_padded.x[1, 4:].any()
    np.testing.assert_allclose(d_padded.weights.kernel, d_alone.weights.kernel)


def test_truncation_cuts_the_gradient_and_not_the_state(weights):
    trace = run(X, weights)
    last = np.zeros(LOOK.shape)
    last[:, -1] = 1.0
    cut = backpropagate(trace, last, window=2)
    assert not cut.hidden[:, :4].any()
    assert cut.hidden[:, 4:].all()
    whole = backpropagate(trace, last, window=TIMESTEPS)
    np.testing.assert_array_equal(whole.x, backpropagate(trace, last).x)


def test_weights_of_a_layer_can_be_taken_over(kind, weights):
    taken = type(weights).from_layer(in_keras(kind, weights))
    assert all((getattr(taken, name) == getattr(weights, name)).all() for name in NAMES)


def test_parameters_as_keras_counts_them(kind, weights):
    assert weights.parameters == in_keras(kind, weights).count_params()


def test_inputs_that_do_not_fit():
    weights = GRUWeights.random(3, 4, seed=0)
    trace = run(X, weights)
    with pytest.raises(ValueError, match=r"mask has shape \(2, 5\) and .* \(2, 6\)"):
        run(X, weights, mask=np.ones((2, 5), dtype=bool))
    with pytest.raises(ValueError, match=r"d_hidden has shape \(2, 4\); expected \(2, 6, 4\)"):
        backpropagate(trace, np.zeros((2, 4)))
    with pytest.raises(ValueError, match="window is 0"):
        backpropagate(trace, LOOK, window=0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": np.zeros((1, 4))}, r"state has parts of shape \[\(1, 4\)\]; expected \[\(2, 4"),
        ({"state": (np.zeros((2, 4)),) * 2}, "parts of shape"),
        ({"state": np.full((2, 4), np.nan)}, "the numbers of the state: 8 of 8"),
        ({"mask": np.ones((2, 6), dtype=int)}, "type int64; expected booleans"),
        ({"x": np.where(X > 0, np.inf, X)}, "the inputs x: .* not finite, the first at"),
        ({"weights": GRUWeights(*(np.full(s, np.nan) for s in ((3, 12), (4, 12), 12)))}, "kernel"),
    ],
)
def test_a_run_refuses_what_would_spread(changed, said):
    with pytest.raises(ValueError, match=said):
        run(**{"x": X, "weights": GRUWeights.random(3, 4, seed=0), **changed})
