"""Plots of what choices are worth: data, dropout, remedies, searches, calibration, abstention."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import ArrayLike

from gru_course.course import style
from gru_course.course.checked import finite
from gru_course.stats.calibration import Reliability

_LINES = (
    (style.INPUT, "--s"),
    (style.GRU, "-o"),
    (style.OTHER, ":^"),
    (style.ANOTHER, "-.D"),
)


def text_lengths(lengths: ArrayLike, window: int) -> Figure:
    """Plot how long texts are, up to all but one in a hundred, and where a window ends.

    Parameters
    ----------
    lengths : array_like of int
        Tokens of each text.
    window : int

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no length, or one is not finite.

    Examples
    --------
    >>> text_lengths([120, 80, 300], window=100).axes[0].get_ylabel()
    'reviews'
    """
    lengths = finite(lengths, "the lengths")
    if not lengths.size:
        raise ValueError("there is no length to draw; expected that of one text or more")
    width = max(1, int(lengths.max()) // 60)
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 2.6))
    bins = np.arange(0, np.percentile(lengths, 99), width)
    ax.hist(lengths, bins=bins, color=style.INPUT)  # type: ignore[arg-type]
    ax.axvline(window, color=style.STATE, linestyle="--")
    ax.text(window, ax.get_ylim()[1], " window", color=style.STATE, va="top")
    ax.set(xlabel="tokens in a training review", ylabel="reviews")
    return style.finished(fig)


def by_data_size(
    sizes: Sequence[int], series: Mapping[str, Sequence[Sequence[float]]], *, ylabel: str
) -> Figure:
    """Plot learning curves against the number of training texts.

    Parameters
    ----------
    sizes : sequence of int
        On a logarithmic axis.
    series : mapping
        Label to the results of every size, one number per seed; at most four series.
    ylabel : str
        What was measured.

    Returns
    -------
    matplotlib.figure.Figure
        The line joins the means, the bars reach from the lowest to the highest seed.

    Raises
    ------
    ValueError
        If there are more than four series, one has no result for a size, or one is not finite.

    Examples
    --------
    >>> figure = by_data_size([100, 200], {"GRU": [[0.7], [0.8]]}, ylabel="accuracy")
    >>> figure.axes[0].get_xscale()
    'log'
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.3))
    for (label, results), (colour, line) in style.told_apart(series, _LINES):
        if not all(finite(each, f"the results of {label}").size for each in results):
            raise ValueError(f"{label} has a size without a result; expected one for each seed")
        mean, low, high = np.array([(np.mean(r), min(r), max(r)) for r in results]).T
        bars = (mean - low, high - mean)
        ax.errorbar(sizes, mean, yerr=bars, fmt=line, color=colour, capsize=3, label=label)
    ax.set(xscale="log", xlabel="training texts", ylabel=ylabel)
    ax.xaxis.set_major_locator(FixedLocator(list(sizes)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    fig.legend(loc="outside upper left", ncols=2)
    return style.finished(fig)


def changes(
    results: Mapping[str, Sequence[float]], base: float, *, unsure: float, xlabel: str
) -> Figure:
    """Plot what came of changes to a base: a row per change, a dot per seed, a bar at the mean.

    Parameters
    ----------
    results : mapping
        Name of a change to one result per seed.
    base : float
        Mean result without a change, a vertical line.
    unsure : float
        How far from the base a mean may be by chance; shaded.
    xlabel : str
        What was measured.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 1.2 + 0.3 * len(results)))
    ax.axvspan(base - unsure, base + unsure, color=style.GRID, zorder=0, label="may be chance")
    ax.axvline(base, color=style.STATE, linewidth=1.2, zorder=1, label="base")
    for row, values in enumerate(results.values()):
        ax.plot(values, [row] * len(values), "o", color=style.GRU, alpha=0.6, markersize=5)
        ax.plot([np.mean(values)], [row], "|", color=style.STATE, markersize=15, markeredgewidth=2)
    ax.set(yticks=range(len(results)), yticklabels=list(results), xlabel=xlabel)
    ax.set_ylim(-0.6, len(results) - 0.4)
    ax.invert_yaxis()
    fig.legend(loc="outside upper left", ncols=2)
    return style.finished(fig)


def kept_by_dropout(kept: Mapping[str, ArrayLike]) -> Figure:
    """Plot which numbers of a sequence of word vectors a kind of dropout keeps, one panel a kind.

    Parameters
    ----------
    kept : mapping
        Kind to whether each number is kept, shape ``(words, features)``.

    Returns
    -------
    matplotlib.figure.Figure
        What is left out is light.

    Raises
    ------
    ValueError
        If there is no kind, or what it keeps has another shape.
    """
    if not kept:
        raise ValueError("there is nothing to draw; expected at least one kind of dropout")
    grids = {name: finite(grid, f"what {name} keeps") for name, grid in kept.items()}
    for name, grid in grids.items():
        if grid.ndim != 2 or not grid.size:
            raise ValueError(f"{name} has the shape {grid.shape}; expected (words, features)")
    size = (style.PAGE_WIDTH, 1.9)
    fig, axes = plt.subplots(1, len(kept), figsize=size, sharey=True, squeeze=False)
    for ax, (name, grid) in zip(axes[0], grids.items(), strict=True):
        ax.imshow(grid != 0, cmap="Blues", vmin=-0.6, vmax=1.4)
        ax.set(title=name, xlabel="features", xticks=[], yticks=[])
        ax.grid(False)
    axes[0, 0].set_ylabel("words")
    return style.finished(fig)


def reliability_diagram(found: Mapping[str, Reliability]) -> Figure:
    """Plot how often answers are right against how confident the model was.

    Parameters
    ----------
    found : mapping
        Label to the bins of :func:`gru_course.stats.calibration.reliability`.

    Returns
    -------
    matplotlib.figure.Figure
        On the diagonal confidence means what it says; below it the model is too bold.
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.6))
    ax.plot([0.5, 1], [0.5, 1], color=style.STATE, linewidth=1.2, label="calibrated")
    for (label, bins), (colour, line) in style.told_apart(found, _LINES[1:]):
        ax.plot(bins.confidence, bins.accuracy, line, color=colour, markersize=5, label=label)
    ax.set(xlabel="mean confidence of the answers", ylabel="share of right answers")
    fig.legend(loc="outside upper left", ncols=3)
    return style.finished(fig)


def risk_coverage_curve(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]], chosen: tuple[float, float]
) -> Figure:
    """Plot the share of wrong answers against the share of texts that get an answer.

    Parameters
    ----------
    curves : mapping
        Label to coverage and risk, as
        :func:`gru_course.stats.calibration.risk_coverage` returns them.
    chosen : tuple of float
        Coverage and risk at the threshold that was chosen, a star.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.0))
    for (label, (coverage, risk)), (colour, line) in style.told_apart(curves, _LINES):
        start = len(np.asarray(coverage)) // 50  # the first few answers say nothing about a share
        ax.plot(
            np.asarray(coverage)[start:],
            np.asarray(risk)[start:],
            line[:-1],
            color=colour,
            label=label,
        )
    ax.plot(*chosen, "*", color=style.OTHER, markersize=14, label="threshold chosen")
    ax.set(xlabel="share of texts that get an answer", ylabel="share of wrong answers")
    ax.set_ylim(bottom=0)
    ax.legend(loc="upper left")
    return style.finished(fig)


def choosing(texts: Sequence[int], chooses: Sequence[float], does_not: Sequence[float]) -> Figure:
    """Plot the accuracy of the best of many runs on the texts that chose it, and on others.

    Parameters
    ----------
    texts : sequence of int
        How many texts chose; on a logarithmic axis.
    chooses, does_not : sequence of float
        Mean accuracy of the chosen run on the texts that chose it, and on others.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 2.9))
    ax.plot(texts, chooses, "--s", color=style.INPUT, label="on the texts that chose it")
    ax.plot(texts, does_not, "-o", color=style.GRU, label="on other texts")
    ax.fill_between(texts, does_not, chooses, color=style.GRID, zorder=0)
    ax.set(xscale="log", xlabel="texts that choose", ylabel="accuracy of the chosen run")
    ax.xaxis.set_major_locator(FixedLocator(list(texts)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.legend()
    return style.finished(fig)
