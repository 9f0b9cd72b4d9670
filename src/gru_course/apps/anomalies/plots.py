"""Pictures of anomalies: a series with its alarms, beats and what was made of them."""

from collections.abc import Sequence

import matplotlib.dates as dates
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

from gru_course.apps.anomalies.sensors import SensorData
from gru_course.course.checked import finite
from gru_course.course.style import CASES, GRID, GRU, OTHER, PAGE_WIDTH, SIMPLE_RNN, STATE, finished

FloatArray = NDArray[np.floating]


def series_with_alarms(
    data: SensorData, scores: FloatArray, threshold: float, counted_from: int, quantity: str
) -> Figure:
    """Draw a series and its scores, the labelled windows shaded, the alarms marked.

    Parameters
    ----------
    data : SensorData
    scores : ndarray, shape (n,)
    threshold : float
        A score from which on there is an alarm.
    counted_from : int
        Where the probation ends.
    quantity : str
        What was measured, with its unit.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is not a score for each time, or one or the threshold is not finite.
    """
    if finite(scores, "the scores").shape != data.series.times.shape:
        raise ValueError(f"scores of shape {scores.shape}; expected {data.series.times.shape}")
    finite(threshold, "the threshold", what_to_do="")
    times = data.series.times
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(PAGE_WIDTH, 4.4), sharex=True)
    for axes in (upper, lower):
        for start, end in data.windows:
            axes.axvspan(start, end, color=GRID, zorder=0)
    upper.plot(times, data.series.values[:, 0], color=STATE, linewidth=0.6)
    shown = np.arange(len(times)) >= counted_from
    lower.plot(times[shown], scores[shown], color=GRU, linewidth=0.6)
    lower.axhline(threshold, color=SIMPLE_RNN, linestyle="--", linewidth=1)
    alarms = shown & (scores >= threshold)
    level = np.full(alarms.sum(), np.nanmax(data.series.values))
    upper.plot(times[alarms], level, "v", color=OTHER, markersize=5, label="alarm")
    upper.set(ylabel=quantity)
    lower.set(ylabel="score")
    if alarms.any():
        figure.legend(loc="outside upper right")
    locator = dates.AutoDateLocator(maxticks=5)
    lower.xaxis.set_major_locator(locator)
    lower.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    return figure  # gaps are shown as gaps


def beats_rebuilt(
    beats: Sequence[FloatArray], rebuilt: Sequence[FloatArray], titles: Sequence[str]
) -> Figure:
    """Draw beats and what an autoencoder made of them, one above the other.

    Parameters
    ----------
    beats, rebuilt : sequence of ndarray, each of shape (timesteps,)
    titles : sequence of str
        One for each beat.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> beat = np.sin(np.arange(20.0))
    >>> beats_rebuilt([beat], [beat * 0.9], ["a normal beat"]).axes[0].get_title()
    'a normal beat'
    """
    figure, panels = plt.subplots(
        len(beats), 1, figsize=(PAGE_WIDTH, 1.9 * len(beats)), sharex=True, squeeze=False
    )
    rows = zip(panels[:, 0], beats, rebuilt, titles, strict=True)
    for axes, beat, other, title in rows:
        axes.fill_between(range(len(beat)), beat, other, color=GRID)
        axes.plot(beat, color=STATE, label="as measured")
        axes.plot(other, color=GRU, linestyle="--", label="rebuilt")
        axes.set_title(title, size=10.5)
    panels[0, 0].legend(loc="lower right")
    panels[-1, 0].set(xlabel="timestep")
    return finished(figure)


def roc(curves: Sequence[tuple[str, NDArray[np.bool_], FloatArray]]) -> Figure:
    """Draw the share of anomalies found against that of false alarms, up to a fifth of these.

    Parameters
    ----------
    curves : sequence of (str, ndarray of bool, ndarray of float)
        Name, which of the n examples are anomalies, and the score of each.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = roc([("GRU", np.array([False, True]), np.array([0.1, 0.9]))])
    >>> figure.axes[0].get_ylabel()
    'share of anomalies found'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.6))
    axes.set_prop_cycle(CASES)
    for name, anomalous, scores in curves:
        false, found, _ = roc_curve(anomalous, scores)
        axes.plot(false, found, label=name)
    axes.plot([0, 1], [0, 1], color=SIMPLE_RNN, linewidth=1, linestyle=":", label="chance")
    axes.set(xlabel="share of false alarms", ylabel="share of anomalies found", xlim=(-0.004, 0.2))
    axes.set_xticks([0, 0.05, 0.1, 0.15, 0.2])
    axes.legend(loc="center right")
    return finished(figure)
