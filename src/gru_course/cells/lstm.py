r"""The LSTM in NumPy, forward and backward, with a forget gate and without peepholes.

.. math::

   \mathbf{i}_t = \sigma(\mathbf{x}_t \mathbf{W}_i + \mathbf{h}_{t-1} \mathbf{U}_i + \mathbf{b}_i)

   \mathbf{f}_t = \sigma(\mathbf{x}_t \mathbf{W}_f + \mathbf{h}_{t-1} \mathbf{U}_f + \mathbf{b}_f)

   \tilde{\mathbf{c}}_t = \tanh(\mathbf{x}_t \mathbf{W}_c + \mathbf{h}_{t-1} \mathbf{U}_c
   + \mathbf{b}_c)

   \mathbf{o}_t = \sigma(\mathbf{x}_t \mathbf{W}_o + \mathbf{h}_{t-1} \mathbf{U}_o + \mathbf{b}_o)

   \mathbf{c}_t = \mathbf{f}_t \odot \mathbf{c}_{t-1} + \mathbf{i}_t \odot \tilde{\mathbf{c}}_t

   \mathbf{h}_t = \mathbf{o}_t \odot \tanh(\mathbf{c}_t)

(Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000; blocks in the order of Keras.)
"""

from typing import NamedTuple

import numpy as np

from gru_course.cells.layout import (
    Array,
    CellWeights,
    State,
    StepGradients,
    check_last_axis,
    logistic,
)


class LSTMStep(NamedTuple):
    """Everything one time step computes, each of shape ``(batch, units)``."""

    input_gate: Array
    forget_gate: Array
    candidate: Array
    output_gate: Array
    cell_state: Array
    hidden_state: Array


class LSTMWeights(CellWeights[LSTMStep]):
    """The weights of one LSTM layer: blocks input, forget, candidate, output, as in Keras.

    Examples
    --------
    >>> LSTMWeights.random(features=4, units=5, seed=0).parameters
    200
    """

    blocks = 4

    def zero_state(self, batch: int) -> State:
        """Return the hidden state and the cell state before the first time step."""
        return (np.zeros((batch, self.units)), np.zeros((batch, self.units)))

    def step(self, x: Array, state: State) -> tuple[LSTMStep, State]:
        """Carry the state over one time step, see :func:`lstm_step`."""
        h, c = state
        step = lstm_step(x, h, c, self)
        return step, (step.hidden_state, step.cell_state)

    def step_backward(
        self, d_state: State, x: Array, state: State, step: LSTMStep
    ) -> "StepGradients[LSTMWeights]":
        """Carry the gradient back, see :func:`lstm_step_backward`."""
        (d_h_new, d_c_new), (h, c) = d_state, state
        return lstm_step_backward(d_h_new, d_c_new, x, h, c, step, self)


def lstm_step(x: Array, h: Array, c: Array, weights: LSTMWeights) -> LSTMStep:
    """Carry the hidden state and the cell state over one time step.

    Parameters
    ----------
    x : numpy.ndarray
        Input of this time step, shape ``(batch, features)``.
    h, c : numpy.ndarray
        Hidden state and cell state of the step before, each ``(batch, units)``.
    weights : LSTMWeights
        The layer.

    Returns
    -------
    LSTMStep
        Gates, candidate and both new states, each ``(batch, units)``.

    Raises
    ------
    ValueError
        If ``x``, ``h`` or ``c`` does not fit the weights.

    Examples
    --------
    With the forget gate and the input gate both open, an LSTM counts; a GRU cannot:

    >>> bias = np.array([50.0, 50.0, 50.0, 50.0])  # input, forget, candidate, output
    >>> counts = LSTMWeights(np.zeros((1, 4)), np.zeros((1, 4)), bias)
    >>> c = np.array([[7.0]])
    >>> lstm_step(np.zeros((1, 1)), np.zeros((1, 1)), c, counts).cell_state.tolist()
    [[8.0]]
    """
    check_last_axis("x", x, weights.features, "features")
    check_last_axis("h", h, weights.units, "units")
    check_last_axis("c", c, weights.units, "units")
    a_i, a_f, a_c, a_o = np.split(
        x @ weights.kernel + h @ weights.recurrent_kernel + weights.bias, 4, axis=1
    )
    i, f, o = logistic(a_i), logistic(a_f), logistic(a_o)
    candidate = np.tanh(a_c)
    c_new = f * c + i * candidate
    h_new = o * np.tanh(c_new)
    return LSTMStep(i, f, candidate, o, c_new, h_new)


def lstm_step_backward(
    d_h_new: Array,
    d_c_new: Array,
    x: Array,
    h: Array,
    c: Array,
    step: LSTMStep,
    weights: LSTMWeights,
) -> StepGradients[LSTMWeights]:
    """Carry the gradient of the loss back over one time step.

    Parameters
    ----------
    d_h_new, d_c_new : numpy.ndarray
        Gradients with respect to the new hidden state and the new cell state, each
        ``(batch, units)``; the second without what reaches the cell state through ``h_new``.
    x, h, c : numpy.ndarray
        What went into the step.
    step : LSTMStep
        What came out of it.
    weights : LSTMWeights
        The layer.

    Returns
    -------
    StepGradients
        Gradients with respect to ``x``, ``(h, c)`` and the weights.
    """
    i, f, candidate, o, c_new, _ = step
    squashed = np.tanh(c_new)
    d_c_new = d_c_new + d_h_new * o * (1 - squashed**2)
    d_sums = np.concatenate(
        [
            d_c_new * candidate * i * (1 - i),
            d_c_new * c * f * (1 - f),
            d_c_new * i * (1 - candidate**2),
            d_h_new * squashed * o * (1 - o),
        ],
        axis=1,
    )
    return StepGradients(
        x=d_sums @ weights.kernel.T,
        state=(d_sums @ weights.recurrent_kernel.T, d_c_new * f),
        weights=LSTMWeights(x.T @ d_sums, h.T @ d_sums, d_sums.sum(axis=0)),
    )
