"""Plots of trials of memory."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator
from numpy.typing import ArrayLike

from gru_course.course import style

LOOKS: dict[str, dict[str, Any]] = {
    "rnn": {"color": style.SIMPLE_RNN, "linestyle": ":", "marker": "^", "label": "simple RNN"},
    "lstm": {"color": style.LSTM, "linestyle": "--", "marker": "s", "label": "LSTM"},
    "gru": {"color": style.GRU, "linestyle": "-", "marker": "o", "label": "GRU"},
    "lstm_remembering": {
        "color": style.LSTM,
        "linestyle": "-.",
        "marker": "D",
        "markerfacecolor": style.GROUND,
        "label": "LSTM, bias 4",
    },
    "gru_remembering": {
        "color": style.GRU,
        "linestyle": (0, (5, 1)),
        "marker": "o",
        "markerfacecolor": style.GROUND,
        "label": "GRU, bias 4",
    },
}
"""Colour, line and marker of every cell, in every figure."""


def in_order(results: Mapping[str, Any]) -> dict[str, Any]:
    """Put the arms of a study into the order of `LOOKS`.

    Examples
    --------
    >>> in_order({"gru": 0.9, "rnn": 0.2})
    {'rnn': 0.2, 'gru': 0.9}
    """
    return {arm: results[arm] for arm in LOOKS if arm in results}


def success_curves(
    curves: Mapping[str, tuple[Sequence[int], Sequence[Sequence[float]]]],
    *,
    xlabel: str,
    ylabel: str,
    baseline: float,
    baseline_label: str = "without memory",
    trained: int | None = None,
    logarithmic: bool = False,
) -> Figure:
    """Plot how success falls with length: the median of the seeds, and every seed.

    Parameters
    ----------
    curves : mapping
        Name of an arm (see `LOOKS`) to its lengths and, for each length, one score per seed.
    xlabel, ylabel : str
        What is on the axes.
    baseline : float
        What an answer without memory gets; drawn as a line.
    baseline_label : str
        Its name in the legend.
    trained : int, optional
        The longest length of training, if longer ones were only tested; drawn as a line.
    logarithmic : bool
        Whether the scores are errors of very different size.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If an arm has no look.
    """
    if unknown := set(curves) - set(LOOKS):
        raise ValueError(f"no look for {', '.join(sorted(unknown))}; there are {', '.join(LOOKS)}")
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.6))
    for arm, (lengths, scores) in curves.items():
        look = LOOKS[arm]
        ax.plot(lengths, [np.median(values) for values in scores], markersize=7, **look)
        for length, values in zip(lengths, scores, strict=True):
            ax.plot([length] * len(values), values, ".", color=look["color"], alpha=0.5)
    ax.axhline(baseline, color=style.STATE, linewidth=1.2, label=baseline_label)
    if trained is not None:
        ax.axvline(
            trained, color=style.STATE, linewidth=1.2, linestyle=":", label="limit of training"
        )
    ticks = sorted({length for lengths, _ in curves.values() for length in lengths})
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log" if logarithmic else "linear")
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    if not logarithmic:
        ax.set_ylim(-0.03, 1.04)
    else:
        ax.yaxis.set_minor_formatter(NullFormatter())
    fig.legend(loc="outside upper left", ncols=2, handlelength=3.2)
    return style.finished(fig)


def longest_counts(longest: Mapping[str, Sequence[int]], trained: int) -> Figure:
    """Plot how far each seed of each cell counts without a mistake.

    Parameters
    ----------
    longest : mapping
        Name of a cell to the largest number counted, one per seed.
    trained : int
        The largest number of training.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 1.3 + 0.45 * len(longest)))
    for row, (cell, values) in enumerate(longest.items()):
        look = LOOKS[cell]
        ax.plot(
            values,
            [row] * len(values),
            look["marker"],
            color=look["color"],
            markersize=9,
            alpha=0.65,
        )
        ax.plot([np.median(values)], [row], "|", color=style.STATE, markersize=24)
    ax.axvline(trained, color=style.STATE, linewidth=1.2, linestyle=":")
    ax.text(trained, -0.62, " limit of training", color=style.STATE, va="center")
    ax.set(
        yticks=range(len(longest)),
        yticklabels=[LOOKS[cell]["label"] for cell in longest],
        xlabel="largest n up to which every string is right",
    )
    ax.set_ylim(-0.85, len(longest) - 0.5)
    ax.set_xlim(left=0)
    ax.invert_yaxis()
    return style.finished(fig)


def counting_states(states: Mapping[str, ArrayLike], trained: int) -> Figure:
    """Plot the state of one unit of each cell while it reads a's and then as many b's.

    Parameters
    ----------
    states : mapping
        Name of a cell to the states of one of its units, shape ``(2 n,)``.
    trained : int
        The largest n of training.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plt.subplots(
        len(states), 1, sharex=True, figsize=(style.PAGE_WIDTH, 1.0 + 1.6 * len(states))
    )
    for ax, (cell, values) in zip(np.atleast_1d(axes), states.items(), strict=True):
        values, look = np.asarray(values), LOOKS[cell]
        ax.plot(np.arange(1, len(values) + 1), values, look["linestyle"], color=look["color"])
        ax.axvline(trained, color=style.STATE, linewidth=1.2, linestyle=":")
        ax.axvline(len(values) / 2, color=style.STATE, linewidth=1.2)
        ax.set(ylabel="state", title=f"{look['label']}: the unit that counts best")
    ax.set_xlabel("timestep: a's up to the solid line, then b's")
    return style.finished(fig)


def adding_example(x: ArrayLike) -> Figure:
    """Plot one sequence of the adding problem: the values, and which two are marked.

    Parameters
    ----------
    x : array_like
        Shape ``(timesteps, 2)``: values and marks.

    Returns
    -------
    matplotlib.figure.Figure
    """
    values, marks = np.asarray(x).T
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 2.2))
    steps = np.arange(1, len(values) + 1)
    ax.vlines(steps, 0, values, color=style.INPUT, linewidth=1)
    ax.plot(steps, values, "o", color=style.INPUT, markersize=4)
    marked = marks > 0
    ax.vlines(steps[marked], 0, values[marked], color=style.UPDATE_GATE, linewidth=3)
    ax.plot(steps[marked], values[marked], "D", color=style.UPDATE_GATE, markersize=9)
    ax.set(xlabel="timestep", ylabel="value", ylim=(0, 1.1))
    return style.finished(fig)


def digit_rows(images: ArrayLike, names: Sequence[Any]) -> Figure:
    """Draw digits as the network reads them: one row of pixels per timestep.

    Parameters
    ----------
    images : array_like
        Shape ``(n, 8, 8)``.
    names : sequence
        What each one is.

    Returns
    -------
    matplotlib.figure.Figure
    """
    images = np.asarray(images)
    fig, axes = plt.subplots(1, len(images), figsize=(style.PAGE_WIDTH, 1.9))
    for ax, image, name in zip(np.atleast_1d(axes), images, names, strict=True):
        ax.imshow(image, cmap="Greys", vmin=0, vmax=1)
        for row in range(1, len(image)):
            ax.axhline(row - 0.5, color=style.UPDATE_GATE, linewidth=1)
        ax.set(xticks=[], yticks=[0, len(image) - 1], title=str(name))
        ax.set_yticklabels(["1", str(len(image))])
        ax.grid(False)
    np.atleast_1d(axes)[0].set_ylabel("timestep")
    return style.finished(fig)


def plateau(curves: Mapping[str, Mapping[str, Sequence[float]]], constant: float) -> Figure:
    """Plot the validation error of trials against the updates, beside that of a constant answer.

    Parameters
    ----------
    curves : mapping
        Name of a cell to the curves of its trial, with ``updates`` and ``val_score``.
    constant : float
        The error of the best constant answer, drawn as a line.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.2))
    for cell, curve in curves.items():
        ax.plot(curve["updates"], curve["val_score"], markersize=5, **LOOKS[cell])
    ax.axhline(constant, color=style.STATE, linewidth=1.2, label="constant answer")
    ax.set(xlabel="updates", ylabel="mean squared error", yscale="log")
    fig.legend(loc="outside upper left", ncols=2, handlelength=3.2)
    return style.finished(fig)


def gates_over_time(update_gate: ArrayLike, names: Sequence[str]) -> Figure:
    """Show the update gate of each unit at each step of one sequence.

    Parameters
    ----------
    update_gate : array_like
        Shape ``(timesteps, units)``; the units are drawn in the order of their first gate.
    names : sequence of str
        What was read at each step.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is not a name for each step.
    """
    gates = np.asarray(update_gate)
    if len(names) != len(gates):
        raise ValueError(f"{len(names)} names for {len(gates)} steps; expected one for each")
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.2))
    ordered = gates.T[np.argsort(gates[0])]
    shown = ax.imshow(ordered, cmap="Blues", vmin=0, vmax=1, aspect="auto", interpolation="none")
    ax.set(xlabel="symbol read", ylabel="unit", yticks=[])
    ax.set_xticks(range(len(names)), names)
    ax.grid(False)
    fig.colorbar(shown, label="update gate: 1 keeps")
    return style.finished(fig)
