"""Pictures of forecasts: one with its interval, and errors and coverage by horizon."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gru_course.apps.forecasting.task import Floats
from gru_course.course.style import (
    ANOTHER,
    CASES,
    GRID,
    GRU,
    INPUT,
    OTHER,
    PAGE_WIDTH,
    SIMPLE_RNN,
    STATE,
    finished,
    told_apart,
)


def fan(
    past: Floats,
    truth: Floats,
    forecast: tuple[Floats, Floats, Floats],
    seasonal: Floats,
    quantity: str,
) -> Figure:
    """Draw what was known, what came, and two forecasts of it.

    Parameters
    ----------
    past, truth : ndarray, shape (steps,)
    forecast : tuple of ndarray, shape (steps,)
        Low, middle and high.
    seasonal : ndarray, shape (steps,)
        The seasonal naive forecast, for comparison.
    quantity : str
        What the series is, with its unit.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> ones = np.ones(4)
    >>> fan(ones, ones, (ones, ones, ones), ones, "load, MW").axes[0].get_ylabel()
    'load, MW'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.6))
    low, middle, high = forecast
    ahead = np.arange(1, len(truth) + 1)
    axes.fill_between(ahead, low, high, color=GRID, label="90% interval")
    axes.plot(np.arange(1 - len(past), 1), past, color=STATE, linewidth=1.2, label="known")
    axes.plot(ahead, truth, ".-", color=STATE, linewidth=1, markersize=5, label="what came")
    axes.plot(ahead, middle, color=GRU, linestyle="--", label="forecast")
    axes.plot(ahead, seasonal, color=SIMPLE_RNN, linestyle=":", label="seasonal naive")
    axes.set(xlabel="steps from the origin", ylabel=quantity)
    figure.legend(ncols=3, loc="outside upper left")
    return finished(figure)


def errors_by_horizon(errors: Mapping[str, Sequence[float]], unit: str) -> Figure:
    """Draw the mean absolute error of each method against the number of steps ahead.

    Parameters
    ----------
    errors : mapping of str to sequence of float
        For each method its error one step ahead, two steps ahead and so on.
    unit : str

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> errors_by_horizon({"GRU": [1.0, 2.0]}, "MW").axes[0].get_ylabel()
    'mean absolute error, MW'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.4))
    looks = [(GRU, "-"), (SIMPLE_RNN, ":"), (INPUT, "--"), (OTHER, "-."), (ANOTHER, "--")]
    for (name, values), (color, line) in told_apart(errors, looks):
        axes.plot(range(1, len(values) + 1), values, color=color, linestyle=line, label=name)
    axes.set(xlabel="steps ahead", ylabel=f"mean absolute error, {unit}")
    axes.set_ylim(bottom=0)
    axes.legend(ncols=2)
    return finished(figure)


def coverage_by_horizon(shares: Mapping[str, Sequence[float]], promised: float) -> Figure:
    """Draw the share of values inside their intervals against the number of steps ahead.

    Parameters
    ----------
    shares : mapping of str to sequence of float
        For each method its share one step ahead, two steps ahead and so on.
    promised : float
        The share that the intervals are meant to hold.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> coverage_by_horizon({"GRU": [0.9, 0.88]}, promised=0.9).axes[0].get_ylabel()
    'share inside'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.0))
    axes.set_prop_cycle(CASES)
    for name, values in shares.items():
        axes.plot(range(1, len(values) + 1), values, label=name)
    axes.axhline(promised, color=SIMPLE_RNN, linestyle=":", label="promised")
    axes.set(xlabel="steps ahead", ylabel="share inside", ylim=(0.5, 1.0))
    axes.legend(loc="lower right")
    return finished(figure)
