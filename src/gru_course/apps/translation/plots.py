"""Where a decoder looked: weights of attention as a picture."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from gru_course.course import style


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
