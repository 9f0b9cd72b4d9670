"""Plots of what came after the GRU: attention, gains over one GRU, the parallel scan, costs."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gru_course.cells.mingru import scan_passes
from gru_course.course import style
from gru_course.course.checked import finite
from gru_course.stats.statistics import Interval

_LOOKS = [
    (style.GRU, "-", "o"),
    (style.OTHER, "--", "s"),
    (style.ANOTHER, "-.", "^"),
    (style.STATE, ":", "D"),
]


def attention_weights(weights: ArrayLike, flagged: int) -> Figure:
    """Plot how much attention each state of one sequence gets.

    Parameters
    ----------
    weights : array_like
        Shape ``(timesteps,)``, with the sum 1.
    flagged : int
        The timestep that holds the answer; it is marked.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a weight is not finite, or there is no such timestep.

    Examples
    --------
    >>> attention_weights([0.1, 0.7, 0.2], flagged=1).axes[0].get_xlabel()
    'timestep'
    """
    weights = finite(weights, "the weights")
    if weights.ndim != 1 or flagged not in range(len(weights)):
        raise ValueError(
            f"weights of shape {weights.shape} and timestep {flagged}; expected (timesteps,) and "
            "one of these"
        )
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 2.6))
    ax.bar(np.arange(len(weights)), weights, width=0.8, color=style.UPDATE_GATE)
    ax.plot([flagged], [-0.06 * weights.max()], "^", color=style.INPUT, clip_on=False)
    ax.annotate(
        "the symbol asked for",
        (flagged, weights.max()),
        xytext=(10, -4),
        textcoords="offset points",
        va="top",
    )
    ax.axhline(1 / len(weights), color=style.STATE, linestyle=":", linewidth=1.2)
    ax.text(0, 0.04 * weights.max() + 1 / len(weights), "dotted: equal weights", va="bottom")
    ax.set(xlabel="timestep", ylabel="attention", ylim=(-0.12 * weights.max(), None))
    return style.finished(fig)


def gains(intervals: Mapping[str, Mapping[str, Interval]]) -> Figure:
    """Plot gains over one GRU with their intervals, one panel per task, each with its own scale.

    Parameters
    ----------
    intervals : mapping
        Task to variant to the gain in accuracy with the bounds of its interval.

    Returns
    -------
    matplotlib.figure.Figure
        A mark that points right is a gain and one that points left a loss; a round one may
        be neither, since its interval holds zero.

    Raises
    ------
    ValueError
        If there is no interval, or a bound of one is not finite.

    Examples
    --------
    >>> figure = gains({"copy": {"two layers": Interval(0.1, 0.05, 0.15)}})
    >>> figure.axes[0].get_title()
    'copy'
    """
    rows = max((len(of_task) for of_task in intervals.values()), default=0)
    if not rows:
        raise ValueError("there is no interval to draw; expected at least one task and one variant")
    fig, axes = plt.subplots(
        len(intervals),
        1,
        figsize=(style.PAGE_WIDTH, len(intervals) * (0.55 + 0.27 * rows)),
        squeeze=False,
    )
    for ax, (task, of_task) in zip(axes[:, 0], intervals.items(), strict=True):
        for row, (estimate, low, high) in enumerate(of_task.values()):
            color, marker = (
                (style.GRU, ">")
                if low > 0
                else (style.OTHER, "<")
                if high < 0
                else (style.STATE, "o")
            )
            ax.plot([low, high], [row, row], "-", color=color)
            ax.plot([estimate], [row], marker, color=color, markersize=7)
        ax.axvline(0, color=style.STATE, linewidth=1)
        ax.set(yticks=range(len(of_task)), yticklabels=list(of_task), title=task)
        ax.set_ylim(len(of_task) - 0.5, -0.5)
    axes[-1, 0].set_xlabel("test accuracy above one GRU of the same size")
    return style.finished(fig)


def scan_diagram(timesteps: int, follow: int) -> Figure:
    """Draw the passes of a scan and what flows into one of its results.

    Parameters
    ----------
    timesteps : int
        Length of the sequence, better below 20.
    follow : int
        The timestep whose inputs are traced, counted from 0.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no such timestep.

    Examples
    --------
    >>> len(scan_diagram(timesteps=8, follow=7).axes[0].get_yticks())
    4
    """
    passes = scan_passes(timesteps)
    if follow not in range(timesteps):
        raise ValueError(f"follow is {follow}; expected a timestep from 0 to {timesteps - 1}")
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 0.75 + 0.62 * (passes + 1)))
    traced = {follow}
    for level in range(passes, 0, -1):
        reach = 2 ** (level - 1)
        for t in range(timesteps):
            for source in (t, t - reach) if t >= reach else (t,):
                on = t in traced
                ax.plot(
                    [source, t],
                    [level - 1, level],
                    linestyle="-",
                    color=style.UPDATE_GATE if on else style.GRID,
                    linewidth=2.2 if on else 1.2,
                    zorder=2 if on else 1,
                )
        _nodes(ax, timesteps, level, traced)
        traced = traced | {t - reach for t in traced if t >= reach}
    _nodes(ax, timesteps, 0, traced)
    ax.set(
        xticks=range(timesteps),
        yticks=range(passes + 1),
        yticklabels=["pairs (a, b)", *(f"pass {n}" for n in range(1, passes + 1))],
        xlabel="timestep",
    )
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    ax.invert_yaxis()
    return style.finished(fig)


def _nodes(ax: Axes, timesteps: int, level: int, traced: set[int]) -> None:
    for t in range(timesteps):
        on = t in traced
        ax.plot(
            [t],
            [level],
            "o" if on else "s",
            markersize=7 if on else 5,
            color=style.GRU if on else style.STATE,
            zorder=3,
        )


def against_length(
    lengths: Sequence[int],
    curves: Mapping[str, ArrayLike],
    ylabel: str,
    *,
    xlabel: str = "timesteps",
    title: str = "",
) -> Figure:
    """Plot quantities that grow with the length of a sequence, both axes logarithmic.

    Parameters
    ----------
    lengths : sequence of int
        Where each curve has a point.
    curves : mapping
        Name to values, shape ``(lengths,)``, or to samples, shape ``(lengths, samples)``, of which
        the median is drawn and a band from the lowest to the highest.
    ylabel, xlabel, title : str
        What stands at the axes and above.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a curve has not a value for each length, or one is not finite.

    Examples
    --------
    >>> figure = against_length([10, 100], {"GRU": [1.0, 9.0]}, "milliseconds")
    >>> figure.axes[0].get_xscale()
    'log'
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.2))
    marked = len(lengths) <= 12
    for (name, values), (color, dash, marker) in style.told_apart(curves, _LOOKS):
        samples = finite(values, f"the values of {name}")
        if not samples.size or samples.shape[:1] != (len(lengths),):
            raise ValueError(
                f"{name} has values of shape {samples.shape} for {len(lengths)} lengths; expected "
                "one or more for each"
            )
        samples = samples.reshape(len(lengths), -1)
        middle = np.median(samples, axis=1)
        ax.plot(
            lengths,
            middle,
            color=color,
            linestyle=dash,
            marker=marker if marked else "",
            markersize=5,
            label=name,
        )
        if samples.shape[1] > 1:
            ax.fill_between(
                lengths, samples.min(axis=1), samples.max(axis=1), color=color, alpha=0.15
            )
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel=ylabel, title=title)
    if marked:
        ax.set_xticks(list(lengths), [f"{length:,}" for length in lengths])
        ax.minorticks_off()
    ax.grid(True, which="major")
    ax.legend(loc="best")
    return style.finished(fig)
