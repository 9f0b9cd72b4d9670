"""Plots of what was measured with its uncertainty: intervals, and times."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from gru_course.course import style
from gru_course.stats.statistics import Interval

CELL_STYLES = {
    "rnn": ("simple RNN", style.SIMPLE_RNN, ":^"),
    "gru": ("GRU", style.GRU, "-o"),
    "lstm": ("LSTM", style.LSTM, "--s"),
}
"""Label, colour, line and marker of each cell."""


def intervals(
    series: Mapping[str, Mapping[str, Interval]], *, xlabel: str, lines: Mapping[str, float]
) -> Figure:
    """Plot estimates with their intervals, one row each, beside values to compare with.

    Parameters
    ----------
    series : mapping
        Name of a series to its rows, label to interval; the same rows in every series.
    xlabel : str
        What is estimated.
    lines : mapping
        Label to a value that is marked by a vertical line, for example no difference.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the series differ in their rows.
    """
    rows = list(next(iter(series.values()), {}))
    if not rows or any(list(values) != rows for values in series.values()):
        raise ValueError("every series needs the same rows in the same order")
    marks = [("o", style.GRU), ("s", style.OTHER), ("^", style.ANOTHER)]
    height = 1.2 + (0.22 + 0.14 * len(series)) * len(rows)
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, height))
    for number, ((label, values), (marker, colour)) in enumerate(style.told_apart(series, marks)):
        estimate, low, high = np.array(list(values.values())).T
        ax.errorbar(
            estimate,
            np.arange(len(rows)) + 0.26 * (number - (len(series) - 1) / 2),
            xerr=(estimate - low, high - estimate),
            fmt=marker,
            color=colour,
            markersize=5.5,
            capsize=3,
            linewidth=1.5,
            label=label,
        )
    for (label, value), dashes in style.told_apart(lines, ("-", ":", "--")) if lines else ():
        ax.axvline(value, color=style.STATE, linestyle=dashes, linewidth=1.2, label=label, zorder=0)
    ax.set(yticks=range(len(rows)), yticklabels=rows, xlabel=xlabel)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.invert_yaxis()
    fig.legend(loc="outside upper left", ncols=1 if len(series) + len(lines) < 3 else 2)
    return style.finished(fig)


def times_by_cell(
    x: Sequence[int], samples: Mapping[str, Sequence[Sequence[float]]], *, xlabel: str
) -> Figure:
    """Plot the median time of each cell against a size, with bars from quartile to quartile.

    Parameters
    ----------
    x : sequence of int
        The sizes; both axes are logarithmic.
    samples : mapping
        Cell, a key of :data:`CELL_STYLES`, to the samples in milliseconds at each size.
    xlabel : str
        What the sizes are.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no such cell, or a time is not finite.

    Examples
    --------
    >>> figure = times_by_cell([10, 20], {"gru": [[1.0, 1.2], [2.0, 2.1]]}, xlabel="units")
    >>> figure.axes[0].get_xscale()
    'log'
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.2))
    if unknown := sorted(set(samples) - set(CELL_STYLES)):
        raise ValueError(f"there is no cell {unknown[0]!r}; expected {', '.join(CELL_STYLES)}")
    for cell, values in samples.items():
        label, colour, line = CELL_STYLES[cell]
        low, middle, high = np.array([np.quantile(v, (0.25, 0.5, 0.75)) for v in values]).T
        bars = (middle - low, high - middle)
        ax.errorbar(x, middle, yerr=bars, fmt=line, color=colour, capsize=3, label=label)
    ax.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="milliseconds per update")
    for axis, ticks in ((ax.xaxis, FixedLocator(list(x))), (ax.yaxis, LogLocator(subs=(1, 2, 5)))):
        axis.set_major_locator(ticks)
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.legend()
    return style.finished(fig)


def runs_by_model(results: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """Plot each run's accuracy on what it was trained on and on test data, a row per model.

    Parameters
    ----------
    results : mapping
        Label of a model to ``train`` and ``test``, one accuracy per seed.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 1.3 + 0.42 * len(results)))
    for row, found in enumerate(results.values()):
        for part, marker, colour, shift in (
            ("train", "s", style.INPUT, -0.14),
            ("test", "o", style.UPDATE_GATE, 0.14),
        ):
            values = found[part]
            where = [row + shift] * len(values)
            ax.plot(
                values,
                where,
                marker,
                color=colour,
                alpha=0.6,
                markersize=5,
                label="" if row else {"train": "training", "test": "test"}[part],
            )
            ax.plot(
                [np.mean(values)],
                [row + shift],
                "|",
                color=style.STATE,
                markersize=14,
                markeredgewidth=2,
                label="mean of the seeds" if row == 0 and part == "test" else "",
            )
    ax.set(yticks=range(len(results)), yticklabels=list(results), xlabel="accuracy")
    ax.set_ylim(-0.6, len(results) - 0.4)
    ax.invert_yaxis()
    fig.legend(loc="outside upper left", ncols=3)
    return style.finished(fig)
