"""Where a decoder looked: weights of attention as a picture."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gru_course.course import style

_COLOURS = [style.UPDATE_GATE, style.RESET_GATE, style.CANDIDATE, style.LSTM, style.INPUT]
_MARKS = "os^Dv"


def alignment(source: Sequence[str], target: Sequence[str], weights: ArrayLike) -> Figure:
    """Draw one row per word written, one column per word read; dark means looked at.

    Parameters
    ----------
    source, target : sequence of str
        Words.
    weights : array_like, shape (target, source)
        Between 0 and 1. Weights of 0.1 and more are also written into the cells.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the shape does not fit the words.

    Examples
    --------
    >>> figure = alignment(["red", "car"], ["voiture", "rouge"], [[0.1, 0.9], [0.8, 0.2]])
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['voiture', 'rouge']
    >>> plt.close(figure)
    """
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(target), len(source)):
        raise ValueError(
            f"weights has shape {values.shape}; expected ({len(target)}, {len(source)}), one row "
            "for each word written"
        )
    figure, axes = plt.subplots(figsize=(style.PAGE_WIDTH, 0.9 + 0.32 * len(target)))
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if value >= 0.1:
            colour = "white" if value > 0.6 else "black"
            text = f"{value:.1f}".lstrip("0")
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=10)
    axes.set_xticks(range(len(source)), source, rotation=35, ha="left", rotation_mode="anchor")
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(target)), target)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return style.finished(figure)


def by_length(groups: Sequence[str], scores: Mapping[str, ArrayLike], quantity: str) -> Figure:
    """Draw scores by length of the sentence, with the range over seeds.

    Parameters
    ----------
    groups : sequence of str
        Names of the groups, short to long.
    scores : mapping of str to array_like, shape (seeds, groups)
    quantity : str
        Title of the vertical axis.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = plt.subplots()
    places = np.arange(len(groups))
    for n, (name, values) in enumerate(scores.items()):
        array = np.asarray(values, dtype=float)
        mean = array.mean(axis=0)
        spread = np.abs(array[[array.argmin(axis=0), array.argmax(axis=0)], places] - mean)
        axes.errorbar(
            places + 0.06 * n,
            mean,
            yerr=spread,
            label=name,
            color=_COLOURS[n % len(_COLOURS)],
            marker=_MARKS[n % len(_MARKS)],
            capsize=3,
        )
    axes.set_xticks(places, groups)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("words of the English sentence")
    axes.set_ylabel(quantity)
    axes.legend()
    return style.finished(figure)
