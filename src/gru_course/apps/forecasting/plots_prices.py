"""Forecast prices as they are shown, and as they should be."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gru_course.apps.forecasting.pricing import Tomorrow
from gru_course.course.style import GRU, PAGE_WIDTH, SIMPLE_RNN, STATE, finished


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
