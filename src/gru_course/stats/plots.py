"""Pictures of measured times: of an update, under the roofline of a machine, and by size."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gru_course.course.style import (
    OTHER,
    PAGE_WIDTH,
    STATE,
    UPDATE_GATE,
    finished,
)


def times(samples: Mapping[str, Sequence[float]], floor: float) -> Figure:
    """Draw the median and every sample of each program, in milliseconds, and what none can beat.

    Parameters
    ----------
    samples : mapping of str to sequence of float
        Milliseconds of each program.
    floor : float
        Milliseconds.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> times({"Keras": [50.0, 52.0, 49.0]}, floor=8.0).axes[0].get_xlabel()
    'milliseconds'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 4))
    for place, taken in enumerate(samples.values()):
        axes.barh(place, np.median(taken), color=UPDATE_GATE, alpha=0.8)
        axes.plot(taken, [place] * len(taken), ".", color="black", markersize=3)
    axes.axvline(floor, color=OTHER, linestyle="--", label="lower bound")
    axes.set_yticks(range(len(samples)), list(samples))
    axes.set(xlabel="milliseconds", ylim=(len(samples) - 0.4, -0.6))
    figure.legend(loc="outside upper right")
    return finished(figure)


def roofline(parts: Mapping[str, tuple[float, float]], memory: float, arithmetic: float) -> Figure:
    """Draw parts of a program under the roof of a machine.

    Parameters
    ----------
    parts : mapping of str to pair of float
        Operations per byte, and billion operations a second.
    memory : float
        Billion bytes a second, the slope.
    arithmetic : float
        Billion operations a second, the flat part.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> roofline({"update": (2.0, 15.0)}, memory=10.0, arithmetic=100.0).axes[0].get_xlabel()
    'operations per byte'
    """
    figure, axes = plt.subplots()
    intensity = np.geomspace(0.1, 200, 100)
    axes.loglog(intensity, np.minimum(arithmetic, memory * intensity), color=STATE)
    axes.text(0.7, memory, "limit: memory", color=STATE, ha="right")
    axes.text(200, 1.1 * arithmetic, "limit: arithmetic", color=STATE, ha="right")
    for name, place in parts.items():
        axes.plot(*place, "o", color=UPDATE_GATE)
        axes.annotate(name, place, xytext=(6, -12), textcoords="offset points")
    axes.set(xlabel="operations per byte", ylabel="billion operations a second")
    axes.set_ylim(top=2 * arithmetic)  # room for what stands above the roof
    return finished(figure)


def growth(taken: Mapping[str, Mapping[int, float]]) -> Figure:
    """Draw how a time in milliseconds grows with each of several sizes, logarithmic both ways.

    Parameters
    ----------
    taken : mapping of str to mapping of int to float
        For each quantity its sizes, with milliseconds.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> [axes.get_xlabel() for axes in growth({"timesteps": {25: 4.0, 50: 5.0}}).axes]
    ['timesteps']
    """
    figure, panels = plt.subplots(
        len(taken), 1, figsize=(PAGE_WIDTH, 2.6 * len(taken)), squeeze=False
    )
    for axes, (size, milliseconds) in zip(panels[:, 0], taken.items(), strict=True):
        axes.loglog(list(milliseconds), list(milliseconds.values()), "o-", color=STATE)
        axes.minorticks_off()
        axes.set_xticks(list(milliseconds), list(map(str, milliseconds)))
        axes.set_yticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"])
        axes.set(xlabel=size, ylabel="milliseconds")
    return finished(figure)
