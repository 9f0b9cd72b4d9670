r"""The simple recurrent cell in NumPy, forward and backward.

.. math::

   \mathbf{h}_t = \tanh(\mathbf{x}_t \mathbf{W}_h + \mathbf{h}_{t-1} \mathbf{U}_h + \mathbf{b}_h)

(Elman 1990, with the hyperbolic tangent of Keras in place of the logistic function.)
"""

from typing import NamedTuple

import numpy as np

from gru_course.cells.layout import Array, CellWeights, State, StepGradients, check_last_axis


class SimpleRNNStep(NamedTuple):
    """Everything one time step computes, shape ``(batch, units)``."""

    hidden_state: Array


class SimpleRNNWeights(CellWeights[SimpleRNNStep]):
    """The weights of one simple recurrent layer, in the layout of Keras.

    Examples
    --------
    >>> SimpleRNNWeights.random(features=4, units=5, seed=0).parameters
    50
    """

    blocks = 1

    def step(self, x: Array, state: State) -> tuple[SimpleRNNStep, State]:
        """Carry the state over one time step, see :func:`simple_rnn_step`."""
        (h,) = state
        step = simple_rnn_step(x, h, self)
        return step, (step.hidden_state,)

    def step_backward(
        self, d_state: State, x: Array, state: State, step: SimpleRNNStep
    ) -> "StepGradients[SimpleRNNWeights]":
        """Carry the gradient back, see :func:`simple_rnn_step_backward`."""
        (d_h_new,), (h,) = d_state, state
        return simple_rnn_step_backward(d_h_new, x, h, step, self)


def simple_rnn_step(x: Array, h: Array, weights: SimpleRNNWeights) -> SimpleRNNStep:
    """Carry the hidden state over one time step.

    Parameters
    ----------
    x : numpy.ndarray
        Input of this time step, shape ``(batch, features)``.
    h : numpy.ndarray
        Hidden state of the step before, shape ``(batch, units)``.
    weights : SimpleRNNWeights
        The layer.

    Returns
    -------
    SimpleRNNStep
        New hidden state, ``(batch, units)``.

    Raises
    ------
    ValueError
        If ``x`` or ``h`` does not fit the weights.

    Examples
    --------
    >>> one = np.ones((1, 1))
    >>> weights = SimpleRNNWeights(0 * one, one, np.zeros(1))
    >>> simple_rnn_step(one, 0.5 * one, weights).hidden_state.round(3).tolist()  # tanh(0.5)
    [[0.462]]
    """
    check_last_axis("x", x, weights.features, "features")
    check_last_axis("h", h, weights.units, "units")
    return SimpleRNNStep(np.tanh(x @ weights.kernel + h @ weights.recurrent_kernel + weights.bias))


def simple_rnn_step_backward(
    d_h_new: Array, x: Array, h: Array, step: SimpleRNNStep, weights: SimpleRNNWeights
) -> StepGradients[SimpleRNNWeights]:
    """Carry the gradient of the loss back over one time step.

    Parameters
    ----------
    d_h_new : numpy.ndarray
        Gradient with respect to the new hidden state, shape ``(batch, units)``.
    x, h : numpy.ndarray
        What went into the step.
    step : SimpleRNNStep
        What came out of it.
    weights : SimpleRNNWeights
        The layer.

    Returns
    -------
    StepGradients
        Gradients with respect to ``x``, ``(h,)`` and the weights.
    """
    d_sum = d_h_new * (1 - step.hidden_state**2)  # through tanh
    return StepGradients(
        x=d_sum @ weights.kernel.T,
        state=(d_sum @ weights.recurrent_kernel.T,),
        weights=SimpleRNNWeights(x.T @ d_sum, h.T @ d_sum, d_sum.sum(axis=0)),
    )
