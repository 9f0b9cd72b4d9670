"""Plots of training runs and of what came out of them."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from gru_course.course import style
from gru_course.course.checked import finite


def learning_curves(curves: Mapping[str, Sequence[float]], held_out: str) -> Figure:
    """Plot accuracy and loss by epoch, training beside held-out data.

    Parameters
    ----------
    curves : mapping
        ``epoch``, ``accuracy``, ``loss``, ``val_accuracy``, ``val_loss``, as
        :func:`gru_course.training.fitting.train` returns them.
    held_out : str
        What the held-out data are, for the legend: ``"validation"`` or ``"test"``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    epochs = curves["epoch"]
    best = int(np.argmax(curves["val_accuracy"]))
    fig, axes = plt.subplots(1, 2, figsize=(style.PAGE_WIDTH, 2.7))
    for ax, name in zip(axes, ("accuracy", "loss"), strict=True):
        ax.plot(epochs, curves[name], "-o", markersize=4, color=style.INPUT, label="training")
        ax.plot(
            epochs,
            curves[f"val_{name}"],
            "--s",
            markersize=4,
            color=style.UPDATE_GATE,
            label=held_out,
        )
        ax.axvline(epochs[best], color=style.STATE, linewidth=1, linestyle=":")
        ax.set(xlabel="epoch", title=name)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].legend(loc="best")
    return style.finished(fig)


def seed_spread(results: Mapping[str, Sequence[float]], references: Mapping[str, float]) -> Figure:
    """Plot one dot per seed, the mean of each row, and reference results as lines.

    Parameters
    ----------
    results : mapping
        Name of a model to its accuracies, one per seed.
    references : mapping
        Name of a result without spread to its accuracy.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = len(results)
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 1.6 + 0.45 * rows))
    for row, values in enumerate(results.values()):
        ax.plot(values, [row] * len(values), "o", color=style.GRU, alpha=0.6)
        ax.plot([np.mean(values)], [row], "|", color=style.STATE, markersize=22, markeredgewidth=2)
    dashes = ["--", ":", "-."]
    for number, (name, value) in enumerate(references.items()):
        ax.axvline(
            value,
            color=style.STATE,
            linestyle=dashes[number % len(dashes)],
            linewidth=1.5,
            label=name,
        )
    ax.set(yticks=range(rows), yticklabels=list(results), xlabel="test accuracy")
    ax.set_ylim(-0.6, rows - 0.4)
    ax.invert_yaxis()
    fig.legend(loc="outside upper left", ncols=1)
    return style.finished(fig)


def confusion_matrix(counts: ArrayLike, names: Sequence[str]) -> Figure:
    """Plot how many of each class were taken for which.

    Parameters
    ----------
    counts : array_like
        Shape ``(classes, classes)``, truth in the rows, prediction in the columns.
    names : sequence of str
        The classes.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the counts are no square of that size, or a row is empty.

    Examples
    --------
    >>> confusion_matrix([[5, 1], [0, 7]], ["negative", "positive"]).axes[0].get_xlabel()
    'predicted'
    """
    counts = finite(counts, "the counts")
    if counts.shape != (len(names), len(names)) or not (counts.sum(axis=1) > 0).all():
        raise ValueError(
            f"counts of shape {counts.shape} for {len(names)} names; expected a square with "
            "something in each row"
        )
    fig, ax = plt.subplots(figsize=(3.4, 2.9))
    ax.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        share = count / counts[row].sum()
        ax.text(
            column,
            row,
            f"{count:,}\n{share:.1%}",
            ha="center",
            va="center",
            color="white" if share > 0.5 else "black",
        )
    ax.set(
        xticks=range(len(names)),
        xticklabels=names,
        yticks=range(len(names)),
        yticklabels=names,
        xlabel="predicted",
        ylabel="true",
    )
    ax.grid(False)
    return style.finished(fig)
