"""Any cell over whole sequences: forward, and backward through time."""

from dataclasses import dataclass
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from gru_course.cells.layout import Array, State, Weights, check_finite
from gru_course.course.checked import finite, whole

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Trace(Generic[Weights]):
    """Everything a forward pass has computed, kept for the backward pass.

    Parameters
    ----------
    x : numpy.ndarray
        Inputs, shape ``(batch, timesteps, features)``.
    weights : CellWeights
        The layer.
    mask : numpy.ndarray or None
        Shape ``(batch, timesteps)``; False where a sequence pauses.
    states : tuple
        The state before the first step, then the state after each step.
    steps : tuple
        What each step computed, such as :class:`~gru_course.cells.gru.GRUStep`.
    """

    x: Array
    weights: Weights
    mask: Mask | None
    states: tuple[State, ...]
    steps: tuple[Any, ...]

    @property
    def hidden(self) -> Array:
        """Hidden states of all steps, shape ``(batch, timesteps, units)``."""
        return np.stack([state[0] for state in self.states[1:]], axis=1)


@dataclass(frozen=True)
class Gradients(Generic[Weights]):
    """Gradients of a loss with respect to everything that went into a forward pass.

    Parameters
    ----------
    x : numpy.ndarray
        Shape ``(batch, timesteps, features)``.
    initial_state : tuple of numpy.ndarray
        Each part ``(batch, units)``.
    weights : CellWeights
        Laid out as the weights themselves.
    states : tuple of numpy.ndarray
        With respect to each part of the state after each step, ``(batch, timesteps, units)``:
        the direct share of the loss and all that comes back from later steps.
    """

    x: Array
    initial_state: State
    weights: Weights
    states: tuple[Array, ...]

    @property
    def hidden(self) -> Array:
        """With respect to the hidden state after each step, ``(batch, timesteps, units)``."""
        return self.states[0]


def run(
    x: Array,
    weights: Weights,
    state: Array | State | None = None,
    mask: Mask | None = None,
) -> Trace[Weights]:
    """Run one layer over a batch of sequences: the same step again and again.

    Parameters
    ----------
    x : numpy.ndarray
        Inputs, shape ``(batch, timesteps, features)``.
    weights : CellWeights
        The layer, the same at every time step.
    state : numpy.ndarray or tuple of numpy.ndarray, optional
        Initial hidden state, ``(batch, units)``; for an LSTM hidden and cell state. Zeros if
        not given.
    mask : numpy.ndarray, optional
        Booleans, shape ``(batch, timesteps)``. Where False, the state is carried on unchanged.

    Returns
    -------
    Trace
        ``.hidden`` holds the hidden states, ``(batch, timesteps, units)``; the last one,
        ``[:, -1]``, is what a Keras layer returns by default.

    Raises
    ------
    ValueError
        If ``x``, ``state`` or ``mask`` does not fit, or a number is not finite.

    Examples
    --------
    >>> from gru_course.cells import GRUWeights
    >>> weights = GRUWeights.random(features=4, units=5, seed=0)
    >>> run(np.zeros((2, 7, 4)), weights).hidden.shape
    (2, 7, 5)
    """
    if x.ndim != 3 or x.shape[1] == 0:
        raise ValueError(f"x has shape {x.shape}; expected (batch, timesteps >= 1, features)")
    if mask is not None and (mask.shape != x.shape[:2] or mask.dtype != bool):
        raise ValueError(
            f"mask has shape {mask.shape} and type {mask.dtype}; expected booleans of shape "
            f"{x.shape[:2]} for this x"
        )
    finite(x, "the inputs x")
    check_finite(weights)
    states: list[State] = [_checked(state, weights.zero_state(len(x)))]
    steps = []
    for t in range(x.shape[1]):
        step, new = weights.step(x[:, t], states[-1])
        if mask is not None:
            live = mask[:, t, np.newaxis]
            new = tuple(np.where(live, n, o) for n, o in zip(new, states[-1], strict=True))
        steps.append(step)
        states.append(new)
    return Trace(x, weights, mask, tuple(states), tuple(steps))


def _checked(state: Array | State | None, zeros: State) -> State:
    """Return the initial state in its parts, zeros if there is none."""
    if state is None:
        return zeros
    parts = state if isinstance(state, tuple) else (state,)
    found, expected = ([np.shape(part) for part in of] for of in (parts, zeros))
    if found != expected:
        raise ValueError(f"the state has parts of shape {found}; expected {expected}")
    for part in parts:
        finite(part, "the numbers of the state")
    return parts


def backpropagate(
    trace: Trace[Weights], d_hidden: Array, window: int | None = None
) -> Gradients[Weights]:
    """Carry the gradient of a loss back through time (Werbos 1990).

    Parameters
    ----------
    trace : Trace
        The forward pass.
    d_hidden : numpy.ndarray
        Direct gradient of the loss with respect to each hidden state,
        ``(batch, timesteps, units)``: zero where the loss does not look.
    window : int, optional
        Truncate: cut the sequence into windows of this many steps and let no gradient pass
        from one window to the one before. The states are passed on all the same.

    Returns
    -------
    Gradients

    Raises
    ------
    ValueError
        If ``d_hidden`` does not have the shape of the hidden states, a number in it is not finite,
        or ``window`` is below 1.

    Examples
    --------
    The last of three states, with every weight 0 and every gate at one half: each step back
    halves the gradient.

    >>> from gru_course.cells import GRUWeights
    >>> idle = GRUWeights(np.zeros((1, 3)), np.zeros((1, 3)), np.zeros(3))
    >>> trace = run(np.zeros((1, 3, 1)), idle)
    >>> backpropagate(trace, np.array([[[0.0], [0.0], [1.0]]])).hidden.ravel().tolist()
    [0.25, 0.5, 1.0]
    """
    x, weights, timesteps = trace.x, trace.weights, len(trace.steps)
    if d_hidden.shape != (expected := (len(x), timesteps, weights.units)):
        raise ValueError(f"d_hidden has shape {d_hidden.shape}; expected {expected}")
    finite(d_hidden, "the gradients")
    if window is not None:
        whole(window, "window")
    nothing = weights.zero_state(len(x))
    d_x = np.zeros(x.shape)
    d_arrays = [np.zeros(a.shape) for a in vars(weights).values()]
    d_state, d_states = nothing, []
    for t in reversed(range(timesteps)):
        d_state = (d_state[0] + d_hidden[:, t], *d_state[1:])
        d_states.append(d_state)
        live = 1.0 if trace.mask is None else trace.mask[:, t, np.newaxis]
        through = tuple(d * live for d in d_state)
        past = tuple(d - p for d, p in zip(d_state, through, strict=True))  # a paused step copies
        back = weights.step_backward(through, x[:, t], trace.states[t], trace.steps[t])
        d_x[:, t] = back.x
        for total, share in zip(d_arrays, vars(back.weights).values(), strict=True):
            total += share
        d_state = tuple(b + p for b, p in zip(back.state, past, strict=True))
        if window is not None and t > 0 and t % window == 0:
            d_state = nothing
    states = tuple(np.stack(part[::-1], axis=1) for part in zip(*d_states, strict=True))
    return Gradients(d_x, d_state, type(weights)(*d_arrays), states)
