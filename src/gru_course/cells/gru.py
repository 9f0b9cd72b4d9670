r"""The GRU in NumPy, written to be read beside the equations of the book.

Row vectors, shapes and the layout of the weights are those of Keras: the gates
stand in the order update, reset, candidate, and **an update gate near 1 keeps
the old state**. ``reset_after=True`` (the default of Keras, and the book's GRU)
applies the reset gate after the recurrent product,

.. math::

   \mathbf{z}_t = \sigma(\mathbf{x}_t \mathbf{W}_z + \mathbf{b}_z + \mathbf{h}_{t-1}
   \mathbf{U}_z + \mathbf{c}_z)

   \mathbf{r}_t = \sigma(\mathbf{x}_t \mathbf{W}_r + \mathbf{b}_r + \mathbf{h}_{t-1}
   \mathbf{U}_r + \mathbf{c}_r)

   \tilde{\mathbf{h}}_t = \tanh(\mathbf{x}_t \mathbf{W}_h + \mathbf{b}_h + \mathbf{r}_t
   \odot (\mathbf{h}_{t-1} \mathbf{U}_h + \mathbf{c}_h))

   \mathbf{h}_t = \mathbf{z}_t \odot \mathbf{h}_{t-1} + (1 - \mathbf{z}_t) \odot
   \tilde{\mathbf{h}}_t

and ``reset_after=False`` applies it before, with one set of biases
(Cho et al. 2014, the version printed in the proceedings of EMNLP).
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
from gru_course.course.checked import whole


class GRUStep(NamedTuple):
    """Everything one time step computes, each of shape ``(batch, units)``."""

    update_gate: Array
    reset_gate: Array
    candidate: Array
    hidden_state: Array


class GRUWeights(CellWeights[GRUStep]):
    """The weights of one GRU layer: blocks update, reset, candidate, as in Keras.

    Parameters
    ----------
    kernel : numpy.ndarray
        Input weights, shape ``(features, 3 * units)``: ``W_z``, ``W_r``, ``W_h`` side by side.
    recurrent_kernel : numpy.ndarray
        Recurrent weights, shape ``(units, 3 * units)``: ``U_z``, ``U_r``, ``U_h`` side by side.
    bias : numpy.ndarray
        Shape ``(2, 3 * units)``, input biases ``b`` above recurrent biases ``c``, for the reset
        gate after the product; shape ``(3 * units,)`` for the reset gate before it.

    Raises
    ------
    ValueError
        If the three shapes do not belong to one layer.

    Examples
    --------
    >>> weights = GRUWeights.random(features=4, units=5, seed=0)
    >>> weights.kernel.shape, weights.recurrent_kernel.shape, weights.bias.shape
    ((4, 15), (5, 15), (2, 15))
    >>> weights.reset_after, weights.parameters
    (True, 165)
    """

    blocks = 3

    @classmethod
    def _bias_shapes(cls, width: int) -> dict[str, tuple[int, ...]]:
        return {" for reset_after=True": (2, width), " for reset_after=False": (width,)}

    @property
    def reset_after(self) -> bool:
        """Whether the reset gate acts after the recurrent product; the bias tells by its shape."""
        return self.bias.ndim == 2

    @classmethod
    def random(
        cls, features: int, units: int, seed: int, *, scale: float = 0.5, reset_after: bool = True
    ) -> "GRUWeights":
        """Draw normal weights, biases included, so that no term of the equations is idle.

        Parameters
        ----------
        features, units : int
            Width of the input and of the hidden state.
        seed : int
            Seed of NumPy's generator.
        scale : float
            Standard deviation of every number.
        reset_after : bool
            Which of the two variants the weights are for.

        Returns
        -------
        GRUWeights

        Raises
        ------
        ValueError
            If a width is below 1, or the scale is no finite number from 0 up.
        """
        whole(features, "features")
        whole(units, "units")
        width = 3 * units
        bias_shape = (2, width) if reset_after else (width,)
        return cls._drawn([(features, width), (units, width), bias_shape], seed, scale)

    def step(self, x: Array, state: State) -> tuple[GRUStep, State]:
        """Carry the state over one time step, see :func:`gru_step`."""
        (h,) = state
        step = gru_step(x, h, self)
        return step, (step.hidden_state,)

    def step_backward(
        self, d_state: State, x: Array, state: State, step: GRUStep
    ) -> "StepGradients[GRUWeights]":
        """Carry the gradient back, see :func:`gru_step_backward`."""
        (d_h_new,), (h,) = d_state, state
        return gru_step_backward(d_h_new, x, h, step, self)


def gru_step(x: Array, h: Array, weights: GRUWeights) -> GRUStep:
    """Carry the hidden state over one time step.

    Parameters
    ----------
    x : numpy.ndarray
        Input of this time step, shape ``(batch, features)``.
    h : numpy.ndarray
        Hidden state of the step before, shape ``(batch, units)``.
    weights : GRUWeights
        The layer; its biases say whether the reset gate acts before or after the product.

    Returns
    -------
    GRUStep
        Update gate, reset gate, candidate and new hidden state, each ``(batch, units)``.

    Raises
    ------
    ValueError
        If ``x`` or ``h`` does not fit the weights.

    Examples
    --------
    One unit whose update gate is held at 1 by its bias keeps its state, whatever comes in:

    >>> bias = np.array([[50.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> keeps = GRUWeights(np.ones((1, 3)), np.ones((1, 3)), bias)
    >>> gru_step(np.array([[7.0]]), np.array([[0.25]]), keeps).hidden_state.tolist()
    [[0.25]]
    """
    check_last_axis("x", x, weights.features, "features")
    check_last_axis("h", h, weights.units, "units")
    W_z, W_r, W_h = np.split(weights.kernel, 3, axis=1)
    U_z, U_r, U_h = np.split(weights.recurrent_kernel, 3, axis=1)
    no_bias = np.zeros(3 * weights.units)
    input_bias, recurrent_bias = weights.bias if weights.reset_after else (weights.bias, no_bias)
    b_z, b_r, b_h = np.split(input_bias, 3)
    c_z, c_r, c_h = np.split(recurrent_bias, 3)

    z = logistic(x @ W_z + b_z + h @ U_z + c_z)
    r = logistic(x @ W_r + b_r + h @ U_r + c_r)
    if weights.reset_after:
        candidate = np.tanh(x @ W_h + b_h + r * (h @ U_h + c_h))
    else:
        candidate = np.tanh(x @ W_h + b_h + (r * h) @ U_h)
    h_new = z * h + (1 - z) * candidate
    return GRUStep(z, r, candidate, h_new)


def gru_step_backward(
    d_h_new: Array, x: Array, h: Array, step: GRUStep, weights: GRUWeights
) -> StepGradients[GRUWeights]:
    """Carry the gradient of the loss back over one time step.

    Parameters
    ----------
    d_h_new : numpy.ndarray
        Gradient with respect to the new hidden state, shape ``(batch, units)``.
    x, h : numpy.ndarray
        What went into the step.
    step : GRUStep
        What came out of it.
    weights : GRUWeights
        The layer.

    Returns
    -------
    StepGradients
        Gradients with respect to ``x``, ``(h,)`` and the weights.
    """
    z, r, candidate, _ = step
    U_h = np.split(weights.recurrent_kernel, 3, axis=1)[2]

    # h_new = z * h + (1 - z) * candidate
    d_z = d_h_new * (h - candidate)
    d_h = d_h_new * z
    d_a_h = d_h_new * (1 - z) * (1 - candidate**2)  # and through tanh

    # The reset gate, after or before the product with U_h.
    if weights.reset_after:
        c_h = np.split(weights.bias[1], 3)[2]
        d_r = d_a_h * (h @ U_h + c_h)
        d_product = d_a_h * r
        d_U_h = h.T @ d_product
    else:
        d_reset = d_a_h @ U_h.T
        d_r, d_h = d_reset * h, d_h + d_reset * r
        d_product = np.zeros_like(d_a_h)
        d_U_h = (r * h).T @ d_a_h

    # Through both logistic functions, then through x W + b and h U + c.
    d_gates = np.concatenate([d_z * z * (1 - z), d_r * r * (1 - r)], axis=1)
    d_from_x = np.concatenate([d_gates, d_a_h], axis=1)
    d_from_h = np.concatenate([d_gates, d_product], axis=1)
    input_bias, recurrent_bias = d_from_x.sum(axis=0), d_from_h.sum(axis=0)
    return StepGradients(
        x=d_from_x @ weights.kernel.T,
        state=(d_h + d_from_h @ weights.recurrent_kernel.T,),
        weights=GRUWeights(
            kernel=x.T @ d_from_x,
            recurrent_kernel=np.concatenate([h.T @ d_gates, d_U_h], axis=1),
            bias=np.stack([input_bias, recurrent_bias]) if weights.reset_after else input_bias,
        ),
    )
