"""Plots of one unit of a GRU: what its gates do, and what wrong weights do to it."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gru_course.cells.gru import GRUStep
from gru_course.course import style
from gru_course.course.checked import finite

_PARTS: dict[str, dict[str, Any]] = {
    "update_gate": {"color": style.UPDATE_GATE, "linestyle": "--", "label": "update gate z"},
    "reset_gate": {"color": style.RESET_GATE, "linestyle": "--", "label": "reset gate r"},
    "candidate": {"color": style.CANDIDATE, "linestyle": "-.", "label": "candidate"},
    "hidden_state": {"color": style.STATE, "linestyle": "-", "label": "new state"},
}


def turned_gate(
    biases: ArrayLike,
    steps: Sequence[GRUStep],
    parts: Sequence[str],
    *,
    gate: str,
    level: tuple[float, str],
) -> Figure:
    """Plot parts of one step of one unit against the bias of a gate.

    Parameters
    ----------
    biases : array_like
        Shape ``(n,)``.
    steps : sequence of GRUStep
        One step for each bias, a single number in each of its parts.
    parts : sequence of str
        Names of these parts: ``update_gate``, ``reset_gate``, ``candidate``, ``hidden_state``.
    gate : str
        Which gate is turned, for the axis: ``"update gate, $b_z$"``.
    level : tuple
        A value to compare with, drawn as a dotted line, and what it is.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is not a step for each bias, a step has no such part, or a number is not finite.
    """
    biases = finite(biases, "the biases")
    if biases.shape != (len(steps),) or not len(steps):
        raise ValueError(
            f"{len(steps)} steps for biases of shape {biases.shape}; expected (steps,)"
        )
    if unknown := sorted(set(parts) - set(_PARTS)):
        raise ValueError(f"a step has no part {unknown[0]!r}; expected some of {', '.join(_PARTS)}")
    fig, ax = plt.subplots()
    for part in parts:
        ax.plot(biases, [getattr(step, part).item() for step in steps], **_PARTS[part])
    value, name = level
    ax.axhline(finite(value, "the level").item(), color=style.STATE, linewidth=1, linestyle=":")
    if value > 0:  # away from the curves: they leave a high level, and come down to a low one
        ax.text(biases[0], value - 0.04, name, color=style.STATE, ha="left", va="top")
    else:
        ax.text(biases[-1], value + 0.04, name, color=style.STATE, ha="right", va="bottom")
    ax.set(xlabel=f"bias of the {gate}", ylabel="value")
    fig.legend(loc="outside upper left", ncols=3, handlelength=1.6, columnspacing=1.2)
    return style.finished(fig)


def written_memory(value: ArrayLike, write: ArrayLike, state: ArrayLike) -> Figure:
    """Plot what a unit is told to remember above what it remembers.

    Parameters
    ----------
    value, write : array_like
        Shape ``(timesteps,)``: what is read, and a flag that is not 0 where it is to be written.
    state : array_like
        The state of the unit, of the same shape.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the three are not of one shape ``(timesteps,)``, or a number is not finite.

    Examples
    --------
    >>> written_memory([0.5, 0.1], [1, 0], [0.4, 0.4]).axes[1].get_ylabel()
    'hidden state'
    """
    value, state = finite(value, "the values"), finite(state, "the states")
    flagged = np.flatnonzero(finite(write, "the flags"))
    if not value.shape == state.shape == np.shape(write) or value.ndim != 1:
        raise ValueError(
            f"values, flags and states of shapes {value.shape}, {np.shape(write)}, {state.shape}; "
            "expected (timesteps,) for each"
        )
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(style.PAGE_WIDTH, 3.8))
    top.stem(value, linefmt=style.INPUT, markerfmt="o", basefmt=" ")
    top.set(ylabel="value", title="What comes in (triangles: write flag)")
    bottom.step(range(len(state)), state, where="mid", color=style.STATE, linestyle="-")
    bottom.set(xlabel="timestep", ylabel="hidden state", title="What the GRU remembers")
    for axis in (top, bottom):
        axis.plot(flagged, np.full(len(flagged), -1.1), "^", color=style.UPDATE_GATE, markersize=8)
        axis.set_ylim(-1.3, 1.2)
    return style.finished(fig)


def mirrored_gates(
    pre_activation: ArrayLike, states: Mapping[str, ArrayLike], *, old: float, candidate: float
) -> Figure:
    """Plot the new state against what enters the update gate, in conventions that differ in z.

    Parameters
    ----------
    pre_activation : array_like
        Shape ``(n,)``.
    states : mapping
        Name of a convention to the new states, shape ``(n,)``; at most two.
    old, candidate : float
        The two values between which the gate chooses.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots()
    for (name, values), dashes in style.told_apart(states, ("-", "--")):
        ax.plot(pre_activation, values, color=style.UPDATE_GATE, linestyle=dashes, label=name)
    for level, name, color in (
        (old, "old state", style.STATE),
        (candidate, "candidate", style.CANDIDATE),
    ):
        ax.axhline(finite(level, name).item(), color=color, linewidth=1, linestyle=":")
        ax.text(0, level + 0.04, name, color=color, ha="center", va="bottom")
    ax.set(
        xlabel="what enters the update gate, before the logistic function",
        ylabel="new state",
        title="The same knob, turned the same way",
        ylim=(-0.95, 1.05),
    )
    ax.legend(loc="center left")
    return style.finished(fig)


_MISTAKES = (
    (style.UPDATE_GATE, "-o"),
    (style.RESET_GATE, "--s"),
    (style.STATE, "-.^"),
    (style.STATE, ":D"),
    (style.STATE, "-v"),
)
"""The first is about the update gate, the second about the reset gate, the others about both."""


def mistakes_by_scale(scales: Sequence[float], differences: Mapping[str, ArrayLike]) -> Figure:
    """Plot how far the states of a wrongly converted layer are off, against the scale of weights.

    Parameters
    ----------
    scales : sequence of float
        Standard deviations of the weights.
    differences : mapping
        Name of a mistake to the largest difference in a state at each scale; at most five, the
        first one about the update gate, the second about the reset gate.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.6))
    for (name, values), (color, line) in style.told_apart(differences, _MISTAKES):
        ax.loglog(scales, values, line, color=color, markersize=5, label=name)
    ax.axhline(2, color=style.STATE, linewidth=1)
    ax.text(min(scales), 2.15, "no difference can be larger", color=style.STATE, va="bottom")
    ax.set(
        xlabel="standard deviation of the weights",
        ylabel="largest difference in a state",
        title="How wrong is an unconverted layer?",
        ylim=(2e-4, 5),
    )
    ax.set_xticks(scales, [str(scale) for scale in scales])
    ax.minorticks_off()
    ax.legend(loc="lower right")
    return style.finished(fig)
