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

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]


def logistic(x: ArrayLike) -> Array:
    """Squash any number into (0, 1); written so that no large input overflows.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    numpy.ndarray
        ``1 / (1 + exp(-x))``, the same shape.

    Examples
    --------
    >>> logistic([-1000.0, 0.0, 1000.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x)))


class GRUStep(NamedTuple):
    """Everything one time step computes, each of shape ``(batch, units)``."""

    update_gate: Array
    reset_gate: Array
    candidate: Array
    hidden_state: Array


@dataclass(frozen=True)
class GRUWeights:
    """The weights of one GRU layer, in the layout of Keras.

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

    kernel: Array
    recurrent_kernel: Array
    bias: Array

    def __post_init__(self) -> None:
        units = self.recurrent_kernel.shape[0]
        if self.recurrent_kernel.shape != (units, 3 * units):
            raise ValueError(
                f"recurrent_kernel has shape {self.recurrent_kernel.shape}; "
                f"expected (units, 3 * units), here ({units}, {3 * units})"
            )
        if self.kernel.ndim != 2 or self.kernel.shape[1] != 3 * units:
            raise ValueError(
                f"kernel has shape {self.kernel.shape}; expected (features, {3 * units}), "
                f"three blocks of the {units} units of recurrent_kernel"
            )
        if self.bias.shape not in {(2, 3 * units), (3 * units,)}:
            raise ValueError(
                f"bias has shape {self.bias.shape}; expected (2, {3 * units}) for reset_after=True "
                f"or ({3 * units},) for reset_after=False"
            )

    @property
    def features(self) -> int:
        """Number of input features."""
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        """Number of units, the width of the hidden state."""
        return int(self.recurrent_kernel.shape[0])

    @property
    def reset_after(self) -> bool:
        """Whether the reset gate acts after the recurrent product; the bias tells by its shape."""
        return self.bias.ndim == 2

    @property
    def parameters(self) -> int:
        """Number of trainable numbers."""
        return self.kernel.size + self.recurrent_kernel.size + self.bias.size

    @classmethod
    def random(
        cls, features: int, units: int, seed: int, *, reset_after: bool = True, scale: float = 0.5
    ) -> "GRUWeights":
        """Draw normal weights, biases included, so that no term of the equations is idle.

        Parameters
        ----------
        features, units : int
            Width of the input and of the hidden state.
        seed : int
            Seed of NumPy's generator.
        reset_after : bool
            Which of the two variants the weights are for.
        scale : float
            Standard deviation of every number.

        Returns
        -------
        GRUWeights
        """
        rng = np.random.default_rng(seed)
        bias_shape = (2, 3 * units) if reset_after else (3 * units,)
        shapes = [(features, 3 * units), (units, 3 * units), bias_shape]
        return cls(*(rng.normal(scale=scale, size=shape) for shape in shapes))


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
    _check_last_axis("x", x, weights.features, "features")
    _check_last_axis("h", h, weights.units, "units")
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


def gru_sequence(x: Array, weights: GRUWeights, h: Array | None = None) -> Array:
    """Run one GRU layer over whole sequences.

    Parameters
    ----------
    x : numpy.ndarray
        Inputs, shape ``(batch, timesteps, features)``.
    weights : GRUWeights
        The layer, the same at every time step.
    h : numpy.ndarray, optional
        Initial hidden state, shape ``(batch, units)``; zeros if not given.

    Returns
    -------
    numpy.ndarray
        Hidden states of all steps, shape ``(batch, timesteps, units)``; the last one,
        ``[:, -1]``, is what ``keras.layers.GRU`` returns by default.

    Raises
    ------
    ValueError
        If ``x`` is not three-dimensional or has no time step, or does not fit the weights.

    Examples
    --------
    >>> weights = GRUWeights.random(features=4, units=5, seed=0)
    >>> gru_sequence(np.zeros((2, 7, 4)), weights).shape
    (2, 7, 5)
    """
    if x.ndim != 3 or x.shape[1] == 0:
        raise ValueError(f"x has shape {x.shape}; expected (batch, timesteps >= 1, features)")
    if h is None:
        h = np.zeros((len(x), weights.units))
    states = []
    for t in range(x.shape[1]):
        h = gru_step(x[:, t], h, weights).hidden_state
        states.append(h)
    return np.stack(states, axis=1)


def _check_last_axis(name: str, array: Array, width: int, meaning: str) -> None:
    if array.ndim != 2 or array.shape[1] != width:
        raise ValueError(
            f"{name} has shape {array.shape}; expected (batch, {width}): the weights have "
            f"{width} {meaning}"
        )
