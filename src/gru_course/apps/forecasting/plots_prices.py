"""Forecast prices as they are shown, and as they should be."""

from collections.abc import Mapping

import matplotlib.dates as dates
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gru_course.apps.forecasting.pricing import Tomorrow
from gru_course.apps.forecasting.task import Floats
from gru_course.course.style import (
    GRID,
    GRU,
    PAGE_WIDTH,
    SIMPLE_RNN,
    STATE,
    finished,
    told_apart,
)


def levels(said: Tomorrow) -> Figure:
    """Draw prices and their forecasts over the days of the test part.

    Parameters
    ----------
    said : Tomorrow

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import numpy as np
    >>> days = np.zeros(3)
    >>> levels(Tomorrow(days, days, days)).axes[0].get_ylabel()
    'price'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.0))
    axes.plot(np.exp(said.truth), color=STATE, linewidth=1.5, label="price")
    axes.plot(np.exp(said.said), color=GRU, linewidth=1, linestyle="--", label="forecast")
    axes.set(xlabel="day of the test part", ylabel="price")
    axes.legend()
    return finished(figure)


def changes(said: Tomorrow) -> Figure:
    """Draw forecast changes against the changes that came, in percent.

    Parameters
    ----------
    said : Tomorrow

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange(3.0)
    >>> changes(Tomorrow(days, days + 0.02, days + 0.01)).axes[0].get_xlabel()
    'change that came, %'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.2))
    came, foreseen = (100 * (values - said.today) for values in (said.truth, said.said))
    reach = 1.05 * np.abs(came).max()
    axes.plot([-reach, reach], [-reach, reach], color=SIMPLE_RNN, linestyle=":", label="perfect")
    axes.plot(came, foreseen, ".", color=GRU, markersize=4, label="one day")
    axes.set(
        xlim=(-reach, reach),
        ylim=(-reach, reach),
        xlabel="change that came, %",
        ylabel="forecast change, %",
    )
    axes.legend(loc="upper left")
    return finished(figure)


def restless_days(
    days: NDArray[np.datetime64], changes: Floats, deviations: Mapping[str, Floats]
) -> Figure:
    """Draw how large changes were, and how large they were expected to be.

    Parameters
    ----------
    days : ndarray of datetime64, shape (n,)
    changes : ndarray, shape (n,)
        In percent.
    deviations : mapping of str to ndarray of shape (n,)
        For each method the standard deviation that it expected, in percent.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> days = np.arange("2024-01-01", "2024-01-04", dtype="M8[D]")
    >>> restless_days(days, np.ones(3), {"GRU": np.ones(3)}).axes[0].get_ylabel()
    'change, %'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.2))
    axes.vlines(days, 0, np.abs(changes), color=GRID, linewidth=0.8, label="size that came")
    looks = [(GRU, "-"), (SIMPLE_RNN, "--"), (STATE, ":")]
    for (name, values), (color, line) in told_apart(deviations, looks):
        axes.plot(days, values, color=color, linestyle=line, linewidth=1.2, label=name)
    locator = dates.AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    axes.set(ylabel="change, %")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left")
    return finished(figure)
