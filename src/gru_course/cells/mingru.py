r"""minGRU in NumPy: gates that read only the input, so that no step waits for another.

Feng et al. 2024 take from the GRU all that reads the old state: the reset gate, the recurrent
weights and the squashing of the candidate. In the convention of this course, in which
**an update gate near 1 keeps the old state**, what is left is

.. math::

   \mathbf{z}_t = \sigma(\mathbf{x}_t \mathbf{W}_z + \mathbf{b}_z)

   \tilde{\mathbf{h}}_t = \mathbf{x}_t \mathbf{W}_h + \mathbf{b}_h

   \mathbf{h}_t = \mathbf{z}_t \odot \mathbf{h}_{t-1} + (1 - \mathbf{z}_t) \odot
   \tilde{\mathbf{h}}_t

The paper prints the last line as :math:`(1 - \mathbf{z}_t) \odot \mathbf{h}_{t-1} + \mathbf{z}_t
\odot \tilde{\mathbf{h}}_t`: its gate near 1 writes. To carry its weights over, change the sign of
:math:`\mathbf{W}_z` and :math:`\mathbf{b}_z`, since :math:`\sigma(-a) = 1 - \sigma(a)`.

Given the inputs, the last line is linear in the state, :math:`\mathbf{h}_t = \mathbf{a}_t \odot
\mathbf{h}_{t-1} + \mathbf{b}_t`, and :func:`linear_scan` computes all states of it in about
:math:`\log_2 T` passes instead of :math:`T` steps. The paper does so in the logarithms of positive
states (Heinsen 2023). Our scan only multiplies numbers between 0 and 1 and never divides, so it
needs no logarithms, and a state may have either sign.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gru_course.cells.layout import Array, check_finite, logistic
from gru_course.course.checked import finite, whole


@dataclass(frozen=True)
class MinGRUWeights:
    """The weights of one minGRU layer; there are no recurrent ones.

    Parameters
    ----------
    kernel : numpy.ndarray
        Input weights, shape ``(features, 2 * units)``: ``W_z`` and ``W_h`` side by side.
    bias : numpy.ndarray
        Shape ``(2 * units,)``: ``b_z`` and ``b_h``.

    Raises
    ------
    ValueError
        If the two shapes do not belong to one layer.

    Examples
    --------
    >>> weights = MinGRUWeights.random(features=4, units=5, seed=0)
    >>> weights.features, weights.units, weights.parameters  # 2 * units * (features + 1)
    (4, 5, 50)
    """

    kernel: Array
    bias: Array

    def __post_init__(self) -> None:
        if self.kernel.ndim != 2 or self.kernel.shape[1] % 2:
            raise ValueError(
                f"kernel has shape {self.kernel.shape}; expected (features, 2 * units)"
            )
        if self.bias.shape != self.kernel.shape[1:]:
            raise ValueError(
                f"bias has shape {self.bias.shape}; expected {self.kernel.shape[1:]}, "
                f"two blocks of the {self.units} units of kernel"
            )

    @property
    def features(self) -> int:
        """Number of input features."""
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        """Number of units, the width of the hidden state."""
        return int(self.kernel.shape[1]) // 2

    @property
    def parameters(self) -> int:
        """Number of trainable numbers."""
        return self.kernel.size + self.bias.size

    @classmethod
    def random(cls, features: int, units: int, seed: int, *, scale: float = 0.5) -> "MinGRUWeights":
        """Draw normal weights, biases included.

        Parameters
        ----------
        features, units : int
            Width of the input and of the hidden state.
        seed : int
            Seed of NumPy's generator.
        scale : float
            Standard deviation of every number.

        Returns
        -------
        MinGRUWeights

        Raises
        ------
        ValueError
            If a width is below 1, or the scale is no finite number from 0 up.
        """
        whole(features, "features")
        whole(units, "units")
        finite(scale, "the scale", what_to_do="")
        rng = np.random.default_rng(seed)
        return cls(
            rng.normal(scale=scale, size=(features, 2 * units)),
            rng.normal(scale=scale, size=2 * units),
        )


class MinGRUStates(NamedTuple):
    """Everything a minGRU computes, all time steps at once: ``(batch, timesteps, units)``."""

    update_gate: Array
    candidate: Array
    hidden_state: Array


def linear_loop(a: Array, b: Array) -> Array:
    """Compute ``h[t] = a[t] * h[t - 1] + b[t]`` from a zero state, one step after the other.

    Parameters
    ----------
    a, b : numpy.ndarray
        Shape ``(batch, timesteps, units)``.

    Returns
    -------
    numpy.ndarray
        All states, the same shape.

    Raises
    ------
    ValueError
        If the shapes are not three-dimensional and equal.

    Examples
    --------
    >>> half, ones = np.full((1, 4, 1), 0.5), np.ones((1, 4, 1))
    >>> linear_loop(half, ones).ravel().tolist()
    [1.0, 1.5, 1.75, 1.875]
    """
    _check_pair(a, b)
    h, states = np.zeros_like(b[:, 0]), []
    for t in range(b.shape[1]):
        h = a[:, t] * h + b[:, t]
        states.append(h)
    return np.stack(states, axis=1)


def linear_scan(a: Array, b: Array) -> Array:
    """Compute ``h[t] = a[t] * h[t - 1] + b[t]`` from a zero state in about ``log2`` passes.

    A step is a pair ``(a, b)``, and two steps in a row are a pair again, ``(a2 a1, a2 b1 + b2)``.
    Every pass joins each pair with the one ``reach`` places before it, all at once, and doubles
    the reach (the scheme of Hillis and Steele 1986 with the pairs of Blelloch 1990).

    Parameters
    ----------
    a, b : numpy.ndarray
        Shape ``(batch, timesteps, units)``.

    Returns
    -------
    numpy.ndarray
        All states, the same shape.

    Raises
    ------
    ValueError
        If the shapes are not three-dimensional and equal.

    Examples
    --------
    >>> half, ones = np.full((1, 4, 1), 0.5), np.ones((1, 4, 1))
    >>> linear_scan(half, ones).ravel().tolist()
    [1.0, 1.5, 1.75, 1.875]
    """
    _check_pair(a, b)
    a, b = a.copy(), b.copy()
    for reach in (2**k for k in range(scan_passes(b.shape[1]))):
        # The first pairs have nothing before them: they are complete already.
        b[:, reach:] += a[:, reach:] * b[:, :-reach]
        a[:, reach:] *= a[:, :-reach].copy()
    return b


def scan_passes(timesteps: int) -> int:
    """Return how many passes :func:`linear_scan` makes, the logarithm to base 2, rounded up.

    Raises
    ------
    ValueError
        If there is no time step, or no whole number of them.

    Examples
    --------
    >>> [scan_passes(timesteps) for timesteps in (1, 2, 3, 4, 5, 1000)]
    [0, 1, 2, 2, 3, 10]
    """
    whole(timesteps, "timesteps")
    return (timesteps - 1).bit_length()


def mingru(
    x: Array,
    weights: MinGRUWeights,
    state: Array | None = None,
    *,
    solve: Callable[[Array, Array], Array] = linear_scan,
) -> MinGRUStates:
    """Run one minGRU layer over a batch of sequences.

    Parameters
    ----------
    x : numpy.ndarray
        Inputs, shape ``(batch, timesteps, features)``.
    weights : MinGRUWeights
        The layer, the same at every time step.
    state : numpy.ndarray, optional
        Initial hidden state, shape ``(batch, units)``; zeros if not given.
    solve : callable
        :func:`linear_scan` or :func:`linear_loop`: how the recurrence is computed.

    Returns
    -------
    MinGRUStates
        Update gates, candidates and hidden states, each ``(batch, timesteps, units)``.

    Raises
    ------
    ValueError
        If ``x`` or ``state`` does not fit the weights, or a number in it is not finite.

    Examples
    --------
    >>> weights = MinGRUWeights.random(features=4, units=5, seed=0)
    >>> x = np.random.default_rng(1).normal(size=(2, 7, 4))
    >>> step_by_step = mingru(x, weights, solve=linear_loop).hidden_state
    >>> np.allclose(mingru(x, weights).hidden_state, step_by_step, rtol=0, atol=1e-14)
    True
    """
    if x.ndim != 3 or x.shape[1] == 0 or x.shape[2] != weights.features:
        raise ValueError(
            f"x has shape {x.shape}; expected (batch, timesteps >= 1, {weights.features})"
        )
    finite(x, "the inputs x")
    check_finite(weights)
    gate_input, candidate = np.split(x @ weights.kernel + weights.bias, 2, axis=-1)
    z = logistic(gate_input)
    a, b = z, (1 - z) * candidate
    if state is not None:
        if state.shape != b[:, 0].shape:
            raise ValueError(f"state has shape {state.shape}; expected {b[:, 0].shape}")
        finite(state, "the numbers of the state")
        b[:, 0] += a[:, 0] * state
    return MinGRUStates(z, candidate, solve(a, b))


def mingru_backward(
    x: Array, weights: MinGRUWeights, states: MinGRUStates, d_hidden: Array
) -> tuple[Array, MinGRUWeights]:
    """Carry the gradient of a loss back through a minGRU that started from a zero state.

    What reaches a state from later ones is again a linear recurrence, read from the end to the
    beginning, so the backward pass is a scan as well.

    Parameters
    ----------
    x : numpy.ndarray
        Inputs of the forward pass, shape ``(batch, timesteps, features)``.
    weights : MinGRUWeights
        The layer.
    states : MinGRUStates
        What :func:`mingru` returned for them.
    d_hidden : numpy.ndarray
        Direct gradient of the loss with respect to each hidden state,
        ``(batch, timesteps, units)``: zero where the loss does not look.

    Returns
    -------
    tuple
        Gradients with respect to ``x`` and to the weights, the latter as `MinGRUWeights`.

    Raises
    ------
    ValueError
        If ``d_hidden`` does not have the shape of the hidden states, or a number in it is not
        finite.
    """
    finite(d_hidden, "the gradients")
    finite(x, "the inputs x")
    check_finite(weights)
    z, candidate, hidden = states
    if x.shape != (*hidden.shape[:2], weights.features):
        raise ValueError(f"x has shape {x.shape}; expected {(*hidden.shape[:2], weights.features)}")
    _check_pair(hidden, d_hidden, ("hidden_state", "d_hidden"))
    z_next = np.concatenate([z[:, 1:], np.zeros_like(z[:, :1])], axis=1)
    d_h = linear_scan(z_next[:, ::-1], d_hidden[:, ::-1])[:, ::-1]
    h_before = np.concatenate([np.zeros_like(hidden[:, :1]), hidden[:, :-1]], axis=1)
    d_z = d_h * (h_before - candidate) * z * (1 - z)  # through the logistic function
    d_sum = np.concatenate([d_z, d_h * (1 - z)], axis=-1)
    d_kernel = np.tensordot(x, d_sum, axes=([0, 1], [0, 1]))
    return d_sum @ weights.kernel.T, MinGRUWeights(d_kernel, d_sum.sum(axis=(0, 1)))


def _check_pair(a: Array, b: Array, names: tuple[str, str] = ("a", "b")) -> None:
    if a.ndim != 3 or a.shape != b.shape or a.shape[1] == 0:
        raise ValueError(
            f"{names[0]} and {names[1]} have shapes {a.shape} and {b.shape}; expected the same "
            "(batch, timesteps >= 1, units)"
        )
