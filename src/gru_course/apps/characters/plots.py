"""Pictures of language models: surprise along a text, orders of counting, temperature."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gru_course.course.checked import finite, whole
from gru_course.course.style import GRU, OTHER, PAGE_WIDTH, SIMPLE_RNN, finished, told_apart

FloatArray = NDArray[np.floating]


def by_order(
    counting: Mapping[int, float], gru: float | None = None, name: str = "validation"
) -> Figure:
    """Draw bits per character of n-gram models, and of a GRU as a line.

    Parameters
    ----------
    counting : mapping of int to float
        Order to bits per character.
    gru : float, optional
    name : str
        On which text.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> by_order({1: 4.8, 2: 3.6}, gru=2.3).axes[0].get_xlabel()
    'order of the n-gram model'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.2))
    axes.plot(list(counting), list(counting.values()), "o-", color=SIMPLE_RNN, label="counting")
    if gru is not None:
        axes.axhline(gru, color=GRU, linestyle="--", label="GRU")
        axes.legend()
    axes.set(xlabel="order of the n-gram model", ylabel=f"{name}, bits per character")
    axes.set_xticks(list(counting))
    return finished(figure)


def surprise(text: str, series: Mapping[str, FloatArray], columns: int = 34) -> Figure:
    """Draw how many bits each character of a text was worth to each model.

    Parameters
    ----------
    text : str
    series : mapping of str to ndarray, shape (characters,)
        Probabilities.
    columns : int
        Characters in a line.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no text, more than two models, or not a probability above 0 for each character.

    Examples
    --------
    >>> surprise("to be", {"GRU": np.full(5, 0.5)}).axes[0].get_ylabel()
    'bits'
    """
    whole(columns, "columns")
    if not text:
        raise ValueError("there is no text to draw")
    for name, values in series.items():
        if np.shape(values) != (len(text),) or not (finite(values, name) > 0).all():
            raise ValueError(
                f"{name} has shape {np.shape(values)}; expected a probability above 0 for "
                f"each of {len(text)} characters"
            )
    rows = -(-len(text) // columns)
    figure, panels = plt.subplots(
        rows, 1, figsize=(PAGE_WIDTH, 1.75 * rows + 0.3), sharey=True, squeeze=False
    )
    looks = ((GRU, "-"), (SIMPLE_RNN, "--"))
    for row, axes in enumerate(panels[:, 0]):
        part = slice(row * columns, (row + 1) * columns)
        letters = ["↵" if c == "\n" else "␣" if c == " " else c for c in text[part]]
        for (name, values), (color, line) in told_apart(series, looks):
            axes.plot(
                -np.log2(values[part]),
                color=color,
                linestyle=line,
                drawstyle="steps-mid",
                linewidth=1.5,
                label=name,
            )
        axes.set_xticks(range(len(letters)), letters, size=10)
        axes.set(xlim=(-0.5, columns - 0.5), ylabel="bits")
        axes.grid(axis="x", visible=False)
        axes.tick_params(axis="x", length=0)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), ncols=2, loc="outside upper right")
    return finished(figure)


def temperatures(values: Sequence[float], bits: Sequence[float], natural: float) -> Figure:
    """Draw the mean entropy of the next character against the temperature.

    Parameters
    ----------
    values, bits : sequences of float
    natural : float
        The surprise that the real text gives the model: what its entropy should be.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> temperatures([0.5, 1.0], [1.2, 2.0], natural=1.9).axes[0].get_xlabel()
    'temperature'
    """
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, 3.0))
    axes.plot(values, bits, color=GRU, label="entropy of what is drawn")
    axes.axhline(natural, color=OTHER, linestyle="--", label="surprise at the real text")
    axes.axvline(1, color=SIMPLE_RNN, linewidth=1, linestyle=":")
    axes.set(xlabel="temperature", ylabel="bits per character")
    axes.legend()
    return finished(figure)
