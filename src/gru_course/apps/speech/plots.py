"""Plots of spoken words: what is heard, and what a model makes of it."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from gru_course.course import style
from gru_course.course.checked import finite


def voices(frames: Sequence[ArrayLike], speakers: Sequence[str]) -> Figure:
    """Plot the same word by several speakers side by side.

    Parameters
    ----------
    frames : sequence of array_like, each of shape (timesteps, bands)
    speakers : sequence of str
        One for each.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> voices([np.ones((20, 26)), np.ones((24, 26))], ["theo", "lucas"]).axes[0].get_ylabel()
    'band, low to high'
    """
    figure, panels = plt.subplots(1, len(frames), sharey=True, squeeze=False)
    for axes, heard, speaker in zip(panels[0], frames, speakers, strict=True):
        axes.imshow(np.transpose(heard), origin="lower", aspect="auto", cmap="viridis")
        axes.set(title=speaker, xlabel="frame")
        axes.grid(visible=False)
    panels[0, 0].set_ylabel("band, low to high")
    return style.finished(figure)


def accuracy_by_share(
    shares: Sequence[float], seeds: Sequence[Sequence[float]], chance: float
) -> Figure:
    """Plot accuracy against the share of the word that was heard.

    Parameters
    ----------
    shares : sequence of float
    seeds : sequence of sequences of float
        One row per seed, one value per share.
    chance : float
        Accuracy of a guess, as a dotted line.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a row has not one value per share.
    """
    if not len(seeds) or any(len(row) != len(shares) for row in seeds):
        raise ValueError(
            f"{len(seeds)} rows; expected some, with {len(shares)} values in each, one per share"
        )
    figure, axes = plt.subplots()
    mean = np.mean(finite(seeds, "the accuracies"), axis=0)
    for number, row in enumerate(seeds):
        name = "one seed" if number == 0 else None
        axes.plot(shares, row, "-", color=style.GRU, alpha=0.35, linewidth=1, label=name)
    axes.plot(shares, mean, "o-", color=style.GRU, label="mean of the seeds")
    axes.axhline(chance, color=style.STATE, linestyle=":", label="a guess")
    axes.set(xlabel="share of the word heard", ylabel="accuracy", ylim=(0, 1.02))
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(loc="center right")
    return style.finished(figure)


def confusion(counts: ArrayLike, words: Sequence[str]) -> Figure:
    """Plot which word is taken for which; counts are written into their fields.

    Parameters
    ----------
    counts : array_like of int, shape (words, words)
        Said in rows, understood in columns.
    words : sequence of str

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the counts are not a square of that size.
    """
    table = finite(counts, "the counts")
    if not len(words) or table.shape != (len(words), len(words)):
        raise ValueError(f"counts of shape {table.shape} for {len(words)} words")
    figure, axes = plt.subplots(figsize=(style.PAGE_WIDTH, style.PAGE_WIDTH))
    wrong = table * (1 - np.eye(len(words), dtype=int))
    axes.imshow(wrong, cmap="Blues", vmax=2 * max(int(wrong.max()), 1))
    for (row, column), count in np.ndenumerate(table):
        if count:
            axes.text(column, row, str(count), ha="center", va="center", fontsize=9)
    ticks = range(len(words))
    axes.set_xticks(ticks, words, rotation=60)
    axes.set_yticks(ticks, words)
    axes.set(xlabel="understood", ylabel="said")
    axes.grid(visible=False)
    return style.finished(figure)
