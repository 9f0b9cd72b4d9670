"""Pictures of paths and of a network that watches a film."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gru_course.apps.actions.gestures import Gestures
from gru_course.apps.actions.model import FloatArray
from gru_course.course.style import ANOTHER, OTHER, PAGE_WIDTH, STATE, UPDATE_GATE, finished


def gallery(data: Gestures, columns: int = 3) -> Figure:
    """Draw the first path of each kind, its start marked.

    Parameters
    ----------
    data : Gestures
    columns : int
        Pictures side by side.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from gru_course.apps.actions.gestures import gestures
    >>> len(gallery(gestures(per_class=1)).axes)
    15
    """
    rows = -(-len(data.classes) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(PAGE_WIDTH, 1.55 * rows), sharex=True, sharey=True
    )
    for number, (name, panel) in enumerate(zip(data.classes, axes.flat, strict=False)):
        path = data.x[np.flatnonzero(data.labels == number)[0]]
        panel.plot(*path.T, color=UPDATE_GATE)
        panel.plot(*path[0], "o", color=STATE, markersize=4)
        panel.set_title(name, size=10, weight="normal")
        panel.set(aspect="equal", xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
    for panel in list(axes.flat)[len(data.classes) :]:
        panel.remove()
    return finished(figure)


def versions(
    path: FloatArray,
    disturb: Callable[[FloatArray, np.random.Generator], FloatArray],
    count: int = 6,
) -> Figure:
    """Draw a path and some disturbed versions of it.

    Parameters
    ----------
    path : ndarray of float, shape (timesteps, 2)
    disturb : callable
        Takes paths, shape (n, timesteps, 2), and a random generator; gives others of that shape.
    count : int
        How many versions.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> line = np.linspace(0, 1, 9)[:, None] * [1.0, 0.5]
    >>> len(versions(line, lambda paths, rng: paths + 0.1, count=2).axes[0].lines)
    4
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.6))
    others = disturb(np.repeat(path[None], count, axis=0), np.random.default_rng(0))
    for other in others:
        axes.plot(*other.T, color=UPDATE_GATE, linewidth=1, linestyle="--", alpha=0.7)
    axes.plot(*path.T, color=STATE)
    axes.plot(*path[0], "o", color=STATE)
    axes.set(aspect="equal", xlabel="across", ylabel="up")
    return finished(figure)


def while_watching(
    running: FloatArray, right: NDArray[np.floating], labels: NDArray[np.integer], each: int = 4
) -> Figure:
    """Draw answers after each frame.

    Parameters
    ----------
    running : ndarray, shape (n, timesteps)
        Probabilities of class 1.
    right : ndarray, shape (timesteps,)
        Share of all clips that are answered rightly.
    labels : ndarray of int, shape (n,)
    each : int
        How many clips of each class to show.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.4))
    frames = np.arange(1, running.shape[1] + 1)
    looks = ((1, "clockwise", UPDATE_GATE, "-"), (0, "anti-clockwise", OTHER, "--"))
    for label, name, color, line in looks:
        shown = running[labels == label][:each]
        axes.plot(frames, shown.T, color=color, linestyle=line, linewidth=1)
        axes.plot([], [], color=color, linestyle=line, linewidth=1, label=name)
    axes.plot(frames, right, color=ANOTHER, linewidth=3, label="share right")
    axes.set(xlabel="frames seen", ylim=(-0.03, 1.03))
    axes.set_ylabel("probability of clockwise (thin)\nshare right (thick)")
    axes.set_xticks(frames[1::2])
    axes.legend(loc="center right")
    return finished(figure)


def confusion(counts: NDArray[np.integer], classes: tuple[str, ...]) -> Figure:
    """Draw which action is taken for which, as shares of each row.

    Parameters
    ----------
    counts : ndarray of int, shape (classes, classes)
        True classes in rows, answers in columns.
    classes : tuple of str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the counts are not a square of that size.

    Examples
    --------
    >>> len(confusion(np.array([[3, 1], [0, 4]]), ("wave", "kick")).axes)
    1
    """
    if not len(classes) or counts.shape != (len(classes), len(classes)):
        raise ValueError(f"counts of shape {counts.shape} for {len(classes)} classes")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, PAGE_WIDTH))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(shares):
        if value >= 0.1:
            color = "white" if value > 0.6 else "black"
            text = f"{100 * value:.0f}"
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=color)
    axes.set_xticks(range(len(classes)), classes, rotation=90, fontsize=8)
    axes.set_yticks(range(len(classes)), classes, fontsize=8)
    axes.set(xlabel="answered", ylabel="done")
    axes.grid(False)
    return finished(figure)
