"""Plots of what goes on inside a trained classifier, and texts with numbers under their words."""

from collections.abc import Mapping, Sequence
from html import escape

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from gru_course.course import style
from gru_course.course.checked import finite
from gru_course.reviews.probing import ProbeResult

_INK = "#111111"
_STRONGEST = 0.55  # of the colour in the ground; black text on it is still easy to read
_HIDDEN = (
    "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
)


def word_strips(
    words: Sequence[str],
    rows: Mapping[str, tuple[ArrayLike, str]],
    caption: str,
    *,
    signed: bool = False,
) -> HTML:
    """Write a text with one or more numbers under every word, on a ground that shows their size.

    The numbers are there for everybody who does not see the colours; a screen reader reads each
    word, then the name and the value of each number. Text and ground bring their own colours, so
    the strip looks the same on a dark page.

    Parameters
    ----------
    words : sequence of str
        The text.
    rows : mapping
        Name of a quantity to its values, one per word, and its colour.
    caption : str
        What is shown.
    signed : bool
        Whether the values may be negative. They are then scaled by the largest one of their row
        and shown with their sign, negative ones in orange; otherwise they lie between 0 and 1.

    Returns
    -------
    IPython.display.HTML

    Raises
    ------
    ValueError
        If there is no word, a row has not one value per word, or a value is not finite.

    Examples
    --------
    >>> strip = word_strips(["not", "dull"], {"update": ([0.25, 1.0], "#0072B2")}, "Two words.")
    >>> "not" in strip.data and ".25" in strip.data
    True
    """
    if not words:
        raise ValueError("there is no word to write")
    columns = [[f"<b>{escape(word)}</b>"] for word in words]
    for name, (values, colour) in rows.items():
        values = finite(values, f"the values of {name}").astype(float)
        if values.shape != (len(words),):
            raise ValueError(f"{name} has shape {values.shape}; expected ({len(words)},)")
        largest = (float(np.abs(values).max()) or 1.0) if signed else 1.0
        for column, value in zip(columns, values, strict=True):
            shade = _shade(value / largest, colour if value >= 0 else style.OTHER)
            shown = f"{value:+.2f}" if signed else f"{value:.2f}"
            shown = shown[1:] if shown in ("-0.00", "+0.00") else shown
            column.append(
                f'<span style="{_HIDDEN}">, {escape(name)} </span>'
                f'<span style="display:block;background:{shade};font-size:.8em;padding:0 .25em">'
                f"{shown}</span>"
            )
    items = "".join(
        '<li style="display:inline-block;position:relative;margin:.15em .1em;text-align:center;'
        f'vertical-align:top;list-style:none">{"".join(column)}</li>'
        for column in columns
    )
    keys = ", ".join(f"line {number}: {escape(name)}" for number, name in enumerate(rows, start=1))
    return HTML(
        f'<figure style="background:{style.GROUND};color:{_INK};padding:.6em;margin:0;'
        'font-family:sans-serif;line-height:1.35">'
        f'<ul style="margin:0;padding:0">{items}</ul>'
        f'<figcaption style="color:{_INK};text-align:left;margin-top:.5em">'
        f"{escape(caption)} Under each word, {keys}.</figcaption></figure>"
    )


def _shade(size: float, colour: str) -> str:
    """Mix a colour into the ground, ``size`` from 0 (none) to 1 in either sign."""
    share = _STRONGEST * min(abs(size), 1.0)
    mixed = (1 - share) * np.array(to_rgb(style.GROUND)) + share * np.array(to_rgb(colour))
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed)


def running_answers(
    probabilities: Sequence[ArrayLike],
    words: Sequence[Sequence[str]],
    names: Sequence[str],
    jumps: int = 3,
) -> Figure:
    """Plot the answer after each word, and name the words at which it jumps most.

    Parameters
    ----------
    probabilities : sequence of array_like
        For each text, one probability per word.
    words : sequence of sequences
        Its words.
    names : sequence of str
        A title for each text.
    jumps : int
        How many words are named.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a text has no words.
    """
    if not all(np.size(values) for values in probabilities):
        raise ValueError("a text has no words; leave it out")
    fig, axes = plt.subplots(
        len(names), 1, figsize=(style.PAGE_WIDTH, 0.4 + 2.1 * len(names)), squeeze=False
    )
    for ax, values, text, name in zip(axes[:, 0], probabilities, words, names, strict=True):
        values = np.asarray(values)
        steps = np.arange(1, len(values) + 1)
        ax.step(steps, values, where="mid", color=style.STATE)
        ax.axhline(0.5, color=style.STATE, linewidth=1, linestyle=":")
        changes = np.diff(values, prepend=0.5)
        named = sorted(np.argsort(-np.abs(changes))[:jumps])
        # Where the curve is not, and beside each other only where there is room.
        rows = (0.02, 0.17, 0.32) if values.mean() > 0.5 else (0.93, 0.78, 0.63)
        taken = [0.0] * len(rows)
        for place in named:
            x, value, up = steps[place], values[place], changes[place] > 0
            wide = 0.02 * len(values) * (len(text[place]) + 1)
            start = min(x, len(values) - wide)
            row = next((n for n, end in enumerate(taken) if end <= start), len(rows) - 1)
            taken[row] = start + wide
            ax.plot([x, x], [value, rows[row]], "-", color=style.STATE, linewidth=0.7)
            color = style.GRU if up else style.OTHER
            ax.plot([x], [value], "^" if up else "v", color=color, markersize=9)
            box = {"facecolor": style.GROUND, "edgecolor": "none", "pad": 1}
            ax.text(start, rows[row], text[place], va="center", bbox=box)
        ax.set(ylim=(-0.05, 1.05), ylabel="positive", title=name)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[-1, 0].set_xlabel("words read")
    return style.finished(fig)


def trajectories(paths: Mapping[str, ArrayLike], cloud: ArrayLike, positive: ArrayLike) -> Figure:
    """Plot how the state moves over a text, in the two directions in which states differ most.

    Parameters
    ----------
    paths : mapping
        Name of a text to its states in two dimensions, shape ``(steps, 2)``.
    cloud : array_like
        Last states of many texts, shape ``(n, 2)``.
    positive : array_like
        Which of those texts are positive, shape ``(n,)``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    cloud, positive = np.asarray(cloud), np.asarray(positive, dtype=bool)
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.9))
    for chosen, marker, colour, name in (
        (positive, "+", style.GRU, "ends of positive texts"),
        (~positive, ".", style.OTHER, "ends of negative texts"),
    ):
        ax.plot(*cloud[chosen].T, marker, color=colour, markersize=5, alpha=0.45, label=name)
    for number, (name, path) in enumerate(paths.items()):
        path = np.asarray(path)
        line = ["-", "--", "-."][number % 3]
        colour = [style.STATE, style.ANOTHER, style.STATE][number % 3]
        ax.plot(*path.T, line, color=colour, linewidth=1.5, label=name)
        ax.plot(*path[0], "o", color=colour, markersize=8, markerfacecolor=style.GROUND)
        ax.plot(*path[-1], "s", color=colour, markersize=9)
    ax.set(xlabel="first component", ylabel="second component")
    fig.legend(loc="outside upper left", ncols=2)
    return style.finished(fig)


def spread_of_agreement(correlations: Mapping[str, ArrayLike]) -> Figure:
    """Plot rank correlations over many texts, a histogram for each comparison.

    Parameters
    ----------
    correlations : mapping
        Name of a comparison to one rank correlation per text.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plt.subplots(
        len(correlations), 1, sharex=True, figsize=(style.PAGE_WIDTH, 0.6 + 1.5 * len(correlations))
    )
    for ax, (name, found) in zip(np.atleast_1d(axes), correlations.items(), strict=True):
        values = np.asarray(found)
        ax.hist(values, bins=np.linspace(-1, 1, 41), color=style.UPDATE_GATE)
        ax.axvline(float(np.median(values)), color=style.STATE, linewidth=1.5, linestyle="--")
        ax.set(ylabel="texts", title=name)
    np.atleast_1d(axes)[-1].set_xlabel("rank correlation (dashed: median)")
    return style.finished(fig)


def gates_and_gradient(update_gate: ArrayLike, norms: ArrayLike) -> Figure:
    """Plot how the update gates are distributed, and how the gradient fades with distance.

    Parameters
    ----------
    update_gate : array_like
        All gates of all words, any shape.
    norms : array_like
        Norm of the gradient by distance from the end, shape ``(texts, timesteps)``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If a number is not finite, or the norms do not begin with one above 0 for each text.

    Examples
    --------
    >>> gates_and_gradient([0.2, 0.9], [[1.0, 0.5, 0.1]]).axes[0].get_xlabel()
    'update gate'
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(style.PAGE_WIDTH, 2.8))
    left.hist(np.ravel(update_gate), bins=40, range=(0, 1), density=True, color=style.UPDATE_GATE)
    left.set(xlabel="update gate", ylabel="density", title="gates")
    finite(update_gate, "the gates")
    norms = finite(norms, "the norms")
    if norms.ndim != 2 or not norms.size or not (norms[:, 0] > 0).all():
        raise ValueError(
            f"norms of shape {norms.shape}; expected (texts, timesteps), and more than 0 at "
            "distance 0 of each text"
        )
    relative = norms / norms[:, :1]
    low, middle, high = np.quantile(relative, [0.25, 0.5, 0.75], axis=0)
    distance = np.arange(relative.shape[1])
    right.fill_between(distance, low, high, color=style.UPDATE_GATE, alpha=0.25, linewidth=0)
    right.plot(distance, middle, color=style.UPDATE_GATE)
    right.set(xlabel="words before the end", title="gradient", yscale="log")
    return style.finished(fig)


def reach(
    kept: Sequence[int], curves: Mapping[str, Sequence[Sequence[float]]], level: float
) -> Figure:
    """Plot how much of the answer changes when only the last words are kept.

    Parameters
    ----------
    kept : sequence of int
        How many words were kept.
    curves : mapping
        Name of a way to take older words away to the changes, one list per seed.
    level : float
        The change that counts as nearly none; drawn as a line.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.3))
    looks = (
        (style.UPDATE_GATE, "-", "o"),
        (style.OTHER, "--", "s"),
        (style.STATE, ":", "^"),
    )
    for (name, seeds), (colour, line, marker) in style.told_apart(curves, looks):
        for values in seeds:
            ax.plot(kept, values, line, color=colour, linewidth=0.8, alpha=0.5)
        middle = np.median(np.asarray(seeds), axis=0)
        ax.plot(kept, middle, line, marker=marker, color=colour, markersize=5, label=name)
    ax.axhline(level, color=style.STATE, linewidth=1, linestyle=":")
    ax.set_xscale("function", functions=(_root, np.square))  # room for the last few words
    ax.set_xticks([tick for tick in (0, 2, 5, 10, 20, 50, 100, 200, 400) if tick <= max(kept)])
    ax.set(xlabel="last words kept", ylabel="change of the answer", ylim=(0, None))
    fig.legend(loc="outside upper left", ncols=2, handlelength=3)
    return style.finished(fig)


def _root(values: ArrayLike) -> NDArray[np.floating]:
    """Square root, for a scale whose margin may lie below zero."""
    found: NDArray[np.floating] = np.sqrt(np.maximum(values, 0.0))
    return found


def unit_beside(states: ArrayLike, feature: ArrayLike, names: tuple[str, str]) -> Figure:
    """Plot the state of one unit over a text above the feature it is said to follow.

    Parameters
    ----------
    states, feature : array_like
        One value per word, shape ``(words,)``.
    names : tuple of str
        Titles of the two.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plt.subplots(2, 1, sharex=True, figsize=(style.PAGE_WIDTH, 3.4))
    for ax, values, name, colour in zip(
        axes, (states, feature), names, (style.STATE, style.INPUT), strict=True
    ):
        values = np.asarray(values)
        ax.step(np.arange(1, len(values) + 1), values, where="mid", color=colour)
        ax.axhline(0, color=style.STATE, linewidth=0.8)
        ax.set_title(name)
    axes[-1].set_xlabel("words read")
    return style.finished(fig)


def probe_shares(results: Mapping[str, Sequence[ProbeResult]]) -> Figure:
    """Plot the share of pairs of each kind, with intervals, for several models.

    Parameters
    ----------
    results : mapping
        Name of a model to its results.

    Returns
    -------
    matplotlib.figure.Figure
        Above what was noticed, below what was flipped. Controls are shown (hollow) below only;
        above they have no right answer.
    """
    everything = [result for found in results.values() for result in found]
    noticed = list(dict.fromkeys(r.kind for r in everything if not r.is_control))
    flipped = list(dict.fromkeys(r.kind for r in everything))
    rows = (len(noticed), len(flipped))
    size = (style.PAGE_WIDTH, 1.6 + 0.5 * sum(rows))
    fig, axes = plt.subplots(2, 1, figsize=size, height_ratios=rows, sharex=True)
    for ax, measure, kinds in zip(axes, ("noticed", "flipped"), (noticed, flipped), strict=True):
        _probe_shares(ax, results, measure, kinds)
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return style.finished(fig)


def _probe_shares(
    ax: Axes, results: Mapping[str, Sequence[ProbeResult]], measure: str, kinds: list[str]
) -> None:
    """Draw one measure, a row for each kind."""
    looks = ((style.GRU, "o"), (style.OTHER, "s"), (style.ANOTHER, "D"))
    for number, (name, found) in enumerate(results.items()):
        colour, marker = looks[number % len(looks)]
        ax.plot([], [], marker, color=colour, markersize=7, label=name)
        for result in found:
            if result.is_control and measure == "noticed":
                continue
            share = getattr(result, measure)
            shift = number - (len(results) - 1) / 2 + (0.25 if result.is_control else -0.25)
            place = kinds.index(result.kind) + 0.28 * shift
            ax.plot([share.low, share.high], [place] * 2, "-", color=colour, linewidth=1.5)
            face = style.GROUND if result.is_control else colour
            point = [share.estimate], [place]
            ax.plot(*point, marker, color=colour, markerfacecolor=face, markersize=7)
    ax.set(yticks=range(len(kinds)), yticklabels=kinds, xlim=(-0.04, 1.04))
    ax.set_xlabel(f"share of pairs {measure}")
    ax.axvline(0.5, color=style.STATE, linewidth=0.8, linestyle=":")
    ax.invert_yaxis()
