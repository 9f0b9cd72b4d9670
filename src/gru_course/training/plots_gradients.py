"""Plots of gradients: how far they reach, what clipping does, and the paths they take.

Import from ``gru_course.training.plots_gradients``.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.ticker import LogLocator, MultipleLocator, NullLocator
from numpy.typing import ArrayLike

from gru_course.course import style
from gru_course.course.checked import finite

_CELLS: dict[str, dict[str, Any]] = {
    "simple RNN": {"color": style.SIMPLE_RNN, "linestyle": "--", "marker": "s"},
    "LSTM": {"color": style.LSTM, "linestyle": ":", "marker": "^"},
    "GRU": {"color": style.GRU, "linestyle": "-", "marker": "o"},
}
_MORE_LINES = [("-.", "D"), ((0, (6, 2)), "v"), ("-", "X"), ("--", "P")]


def _looks(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give every line its colour, dashes and marker.

    The three cells have their own. Another line whose name begins with that of a cell has its
    colour and hollow marks.
    """
    names = list(names)
    others = [name for name in names if name not in _CELLS]
    if len(others) > len(_MORE_LINES):
        raise ValueError(
            f"{len(others)} lines beside {', '.join(_CELLS)}; expected at most {len(_MORE_LINES)}"
        )
    looks = dict(_CELLS)
    for name, (dashes, marker) in zip(others, _MORE_LINES, strict=False):
        color = next((_CELLS[c]["color"] for c in _CELLS if name.startswith(c)), style.STATE)
        looks[name] = {"color": color, "linestyle": dashes, "marker": marker}
        looks[name]["markerfacecolor"] = style.GROUND
    return {name: looks[name] for name in names}


def _log_axis(ax: Axes, lowest: float, highest: float) -> None:
    ax.set(yscale="log", ylim=(lowest, highest))
    ax.yaxis.set_major_locator(LogLocator(numticks=7))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.axhline(1, color=style.STATE, linewidth=1, linestyle="-")


def reach(
    panels: Mapping[str, Mapping[str, ArrayLike]],
    *,
    lowest: float = 1e-12,
    highest: float = 10.0,
    mark: tuple[float, str] | None = None,
) -> Figure:
    """Plot gradient norms against distance on a logarithmic axis, at most two panels in a row.

    Parameters
    ----------
    panels : mapping
        Title of a panel to its lines: name of a line to norms, shape ``(distances,)``, or
        ``(runs, distances)``, then drawn as the median and, thin, every run. The names
        ``simple RNN``, ``LSTM`` and ``GRU`` have fixed looks; at most four others may stand beside
        them, and have the colour of the cell that their name begins with. Zeros are left out.
    lowest, highest : float
        Ends of the vertical axis.
    mark : tuple, optional
        A distance to mark by a vertical line, and what stands beside it.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is nothing to draw, more than can be told apart, or a norm is below 0 or infinite.

    Examples
    --------
    >>> reach({"untrained": {"GRU": [1.0, 0.5, 0.2]}}).axes[0].get_title()
    'untrained'
    """
    if not panels:
        raise ValueError("there is no panel to draw")
    if mark:
        finite(mark[0], "the mark", what_to_do="")
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    fig, axes = plt.subplots(
        rows,
        columns,
        sharex=True,
        sharey=True,
        squeeze=False,
        figsize=(style.PAGE_WIDTH, 0.9 + 2.3 * rows),
    )
    looks = _looks(dict.fromkeys(name for lines in panels.values() for name in lines))
    for ax, (title, lines) in zip(axes.flat, panels.items(), strict=False):
        for number, (name, values) in enumerate(lines.items()):
            look = looks[name]
            runs = np.atleast_2d(finite(values, f"the norms of {name}").astype(float))
            if not runs.size or runs.min() < 0:
                raise ValueError(f"{name} has no norms to draw; expected some, each from 0 up")
            runs = np.where(runs > 0, runs, np.nan)
            median = 10 ** np.median(np.log10(runs), axis=0)
            if len(runs) > 1:
                thin = {key: look[key] for key in ("color", "linestyle")}
                ax.plot(runs.T, **thin, linewidth=0.8, alpha=0.5)
            ax.plot(
                median,
                **look,
                markersize=5,
                markevery=(2 + 3 * number, 12),  # beside each other where lines coincide
                label=name,
            )
        _log_axis(ax, lowest, highest)
        ax.set_title(title, fontsize=10.5)
        if mark:
            ax.axvline(mark[0], color=style.STATE, linewidth=1, linestyle=":")
    for ax in axes.flat[len(panels) :]:
        ax.axis("off")
    if mark:
        axes[0, 0].text(mark[0] + 1, 2 * lowest, mark[1], va="bottom", fontsize=10)
    fig.supxlabel("distance back in time (steps)", fontsize=10.5)
    fig.supylabel("length of the gradient", fontsize=10.5)
    handles = {
        line.get_label(): line
        for ax in axes.flat
        for line in ax.get_lines()
        if line.get_label() in looks
    }
    fig.legend(
        handles.values(), handles.keys(), loc="outside upper left", ncols=3, handlelength=3.2
    )
    return fig  # zeros are left out on purpose


def reach_by_bias(curves: Mapping[float, ArrayLike], lowest: float = 1e-14) -> Figure:
    """Plot gradient norms of a GRU against distance, a line for each bias of the update gate.

    Parameters
    ----------
    curves : mapping
        Bias to norms, shape ``(distances,)``; each line is named at its end.
    lowest : float
        Lower end of the vertical axis.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no curve, or one does not end above 0.

    Examples
    --------
    >>> reach_by_bias({1.0: [1.0, 0.5], 3.0: [1.0, 0.9]}).axes[0].get_yscale()
    'log'
    """
    for bias, norms in curves.items():
        norms = finite(norms, "the norms")
        if norms.ndim != 1 or not norms.size or not norms[-1] > 0:
            raise ValueError(
                f"the norms of bias {bias} have shape {norms.shape}; expected (distances,), and "
                "more than 0 at the last"
            )
    if not curves:
        raise ValueError("there is no curve to draw")
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.6))
    free = np.inf
    for number, bias in enumerate(sorted(curves, reverse=True)):
        values = np.asarray(curves[bias])
        ax.plot(values, color=style.GRU, linestyle=["-", "--", "-.", ":"][number % 4])
        free = min(np.log10(values[-1]), free - 0.9)  # names must not overlap
        name = f"$b_z$ = {bias:g}"
        ax.text(len(values), 10**free, name, color=style.GRU, va="center", fontsize=10)
    _log_axis(ax, lowest, 10)
    ax.set(
        xlim=(0, len(values) * 1.16),
        xlabel="distance back in time (steps)",
        ylabel="length of the gradient",
        title="The bias of the update gate sets the reach",
    )
    return style.finished(fig)


def rate_against_radius(points: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Plot the factor per step that a gradient meets against the spectral radius of one step.

    Parameters
    ----------
    points : mapping
        Name of a cell to pairs of radius and factor.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.4))
    looks = _looks(points)
    ends = [min(min(p) for ps in points.values() for p in ps) - 0.05, 1.0]
    ends[1] = max(max(p) for ps in points.values() for p in ps) + 0.05
    ax.plot(ends, ends, color=style.STATE, linewidth=1, linestyle="-", label="equal")
    for name, pairs in points.items():
        dots = looks[name] | {"linestyle": "", "markersize": 7, "alpha": 0.8, "label": name}
        ax.plot(*zip(*pairs, strict=True), **dots)
    for line in (ax.axhline, ax.axvline):
        line(1, color=style.STATE, linewidth=1, linestyle=":")
    ax.set(
        xlabel="spectral radius of one step (median)",
        ylabel="factor per step over 50 steps",
        title="One step foretells the whole way",
    )
    ax.legend(loc="upper left")
    return style.finished(fig)


def memory_against_gradient(points: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Plot how well networks answer against how long their gradient is.

    Parameters
    ----------
    points : mapping
        Name of a network to pairs of gradient length, relative, and accuracy; one pair per seed.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 3.6))
    looks = _looks(points)
    for name, pairs in points.items():
        dots = looks[name] | {"linestyle": "", "markersize": 7, "alpha": 0.8, "label": name}
        ax.plot(*zip(*pairs, strict=True), **dots)
    ax.set(
        xscale="log",
        ylim=(-0.05, 1.05),
        xlabel="length of the gradient 50 steps back, relative",
        ylabel="accuracy at a lag of 60",
    )
    ax.xaxis.set_minor_locator(NullLocator())
    fig.legend(loc="outside upper left", ncols=2)
    return style.finished(fig)


def clipping(runs: Mapping[str, Mapping[str, Sequence[float]]], limit: float) -> Figure:
    """Plot the length of the gradient and the loss by update, with and without clipping.

    Parameters
    ----------
    runs : mapping
        Name of a run to its ``norm`` (before clipping) and ``loss``, one number per update.
    limit : float
        The length beyond which the clipped run was clipped.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(style.PAGE_WIDTH, 4.6))
    looks = [(style.SIMPLE_RNN, "--"), (style.STATE, "-")]
    for (name, run), (color, dashes) in zip(runs.items(), looks, strict=True):
        for ax, key in ((top, "norm"), (bottom, "loss")):
            ax.plot(run[key], color=color, linestyle=dashes, linewidth=1.3, label=name)
    top.axhline(limit, color=style.STATE, linewidth=1, linestyle=":")
    top.set(yscale="log", title="Length of the gradient before clipping")
    top.yaxis.set_minor_locator(NullLocator())
    bottom.set(xlabel="update", title="Loss of the batch", ylim=(0, None))
    fig.legend(*top.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return style.finished(fig)


def cut_by_windows(lengths: Mapping[str, ArrayLike], borders: Mapping[str, int | None]) -> Figure:
    """Plot the length of the gradient at each step, a row for each window.

    Parameters
    ----------
    lengths : mapping
        Name of a window to the norms of the gradient, shape ``(timesteps,)``, first step first.
    borders : mapping
        The same names to the number of steps in a window, None for no window.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, axes = plt.subplots(
        len(lengths),
        1,
        sharex=True,
        sharey=True,
        squeeze=False,
        figsize=(style.PAGE_WIDTH, 0.7 + 1.1 * len(lengths)),
    )
    for ax, (name, values) in zip(axes.flat, lengths.items(), strict=True):
        values = np.asarray(values)
        steps = np.arange(1, len(values) + 1)
        ax.bar(steps, values, width=0.7, color=style.GRU)
        for border in range(0, len(values), borders[name] or len(values))[1:]:
            ax.axvline(border + 0.5, color=style.STATE, linestyle="--", linewidth=1.5)
        ax.set_title(name, fontsize=10.5)
        ax.xaxis.set_major_locator(MultipleLocator(5))
    axes[-1, 0].set_xlabel("timestep (the loss is at the last)")
    fig.supylabel("length of the gradient", fontsize=10.5)
    return style.finished(fig)


def accuracy_by_window(accuracies: Mapping[str, Sequence[float]], chance: float) -> Figure:
    """Plot the accuracy reached with each window, one dot per seed.

    Parameters
    ----------
    accuracies : mapping
        Name of a window to its accuracies.
    chance : float
        What guessing reaches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig, ax = plt.subplots(figsize=(style.PAGE_WIDTH, 1.5 + 0.45 * len(accuracies)))
    for row, values in enumerate(accuracies.values()):
        ax.plot(values, [row] * len(values), "o", color=style.GRU, alpha=0.6, markersize=8)
        ax.plot([np.mean(values)], [row], "|", color=style.STATE, markersize=22, markeredgewidth=2)
    ax.axvline(chance, color=style.STATE, linestyle="--", linewidth=1.5)
    ax.text(chance + 0.01, -0.75, "guessing", color=style.STATE, va="center")
    ax.set(
        yticks=range(len(accuracies)),
        yticklabels=list(accuracies),
        xlabel="test accuracy (bar: mean)",
        xlim=(0, 1.04),
        ylim=(-1.1, len(accuracies) - 0.5),
    )
    return style.finished(fig)


_STEP_NODES = {
    "old": (0.45, 1.75, r"$h_{t-1}$", style.STATE),
    "r": (1.75, 3.05, "$r_t$", style.RESET_GATE),
    "candidate": (3.55, 3.05, r"$\tilde{h}_t$", style.CANDIDATE),
    "z": (2.6, 0.5, "$z_t$", style.UPDATE_GATE),
    "new": (4.75, 1.75, "$h_t$", style.STATE),
}
_STEP_EDGES = {
    # from, to, derivative, place of the label
    "keep": ("old", "new", "$z$", (2.1, 1.55)),
    "into z": ("old", "z", "$z(1-z)U_z$", (0.98, 0.72)),
    "out of z": ("z", "new", r"$h_{t-1}-\tilde{h}$", (4.3, 0.8)),
    "into candidate": ("old", "candidate", r"$(1-\tilde{h}^2)\,r\,U_h$", (2.62, 2.17)),
    "out of candidate": ("candidate", "new", "$1-z$", (4.72, 2.6)),
    "into r": ("old", "r", "$r(1-r)U_r$", (0.52, 2.75)),
    "r to candidate": ("r", "candidate", r"$(1-\tilde{h}^2)(h_{t-1}U_h+c_h)$", (2.65, 3.38)),
}


def _sheet(height: float) -> tuple[Figure, Axes]:
    fig = plt.figure(figsize=(style.PAGE_WIDTH, height), layout="none")
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, style.PAGE_WIDTH), ylim=(0, height))
    ax.axis("off")
    return fig, ax


def _node(ax: Axes, x: float, y: float, text: str, color: str) -> None:
    ax.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=14,
        math_fontfamily="stix",
        zorder=4,
        bbox={"boxstyle": "circle,pad=0.28", "facecolor": "white", "edgecolor": color, "lw": 1.8},
    )


def _edge(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    dashes: str = "-",
    bend: float = 0.0,
) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=13,
            color=color,
            lw=1.6,
            linestyle=dashes,
            shrinkA=17,
            shrinkB=17,
            connectionstyle=f"arc3,rad={bend}",
        )
    )


def step_graph(values: Mapping[str, float]) -> Figure:
    """Draw one step of a one-unit GRU as a graph, the derivative of each edge beside it.

    Parameters
    ----------
    values : mapping
        Name of an edge to its derivative: ``keep``, ``into z``, ``out of z``,
        ``into candidate``, ``out of candidate``, ``into r``, ``r to candidate``.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If an edge is missing or unknown.
    """
    if set(values) != set(_STEP_EDGES):
        raise ValueError(f"values for {sorted(values)}; expected {sorted(_STEP_EDGES)}")
    fig, ax = _sheet(3.75)
    for name, (start, end, text, place) in _STEP_EDGES.items():
        (x0, y0, _, _), (x1, y1, _, color_in) = _STEP_NODES[start], _STEP_NODES[end]
        color = _STEP_NODES[start][3] if end == "new" else color_in
        _edge(ax, (x0, y0), (x1, y1), color)
        ax.text(
            *place,
            f"{text}\n{values[name]:+.3f}",
            color=color,
            ha="center",
            va="center",
            fontsize=10,
            math_fontfamily="stix",
            linespacing=1.25,
            zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )
    for x, y, text, color in _STEP_NODES.values():
        _node(ax, x, y, text, color)
    return style.finished(fig)


def chain(factors: Sequence[float], gradients: Sequence[float]) -> Figure:
    """Draw the states of a one-unit cell in a row, with the way back below.

    Parameters
    ----------
    factors : sequence of float
        Derivative of each state by the one before, in the order of time.
    gradients : sequence of float
        Gradient of the loss with respect to each state, the initial one first.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is not one state more than there are factors.
    """
    if len(gradients) != len(factors) + 1:
        raise ValueError(
            f"{len(factors)} factors and {len(gradients)} gradients; expected one gradient more"
        )
    fig, ax = _sheet(2.3)
    places = np.linspace(0.5, style.PAGE_WIDTH - 0.5, len(gradients) + 1)
    y = 1.35
    names = [f"$h_{t}$" for t in range(len(gradients))] + ["$L$"]
    below = [f"{value:+.4f}" for value in gradients] + ["1"]
    for t, (x, name, value) in enumerate(zip(places, names, below, strict=True)):
        _node(ax, x, y, name, style.STATE)
        target = f"$\\partial L/\\partial h_{t}$" if name != "$L$" else r"$\partial L/\partial L$"
        ax.text(
            x,
            0.42,
            f"{target}\n{value}",
            ha="center",
            va="center",
            fontsize=10,
            math_fontfamily="stix",
        )
    for t, (x0, x1) in enumerate(pairwise(places)):
        _edge(ax, (x0, y), (x1, y), style.STATE, bend=-0.35)
        _edge(ax, (x1, y), (x0, y), style.UPDATE_GATE, "--", bend=-0.35)
        middle = (x0 + x1) / 2
        if t < len(factors):
            text = f"$\\partial h_{t + 1}/\\partial h_{t}$\n{factors[t]:+.3f}"
        else:
            text = f"$\\partial L/\\partial h_{t}$\n{gradients[-1]:+.3f}"
        ax.text(
            middle,
            2.0,
            text,
            color=style.UPDATE_GATE,
            ha="center",
            va="center",
            fontsize=10,
            math_fontfamily="stix",
        )
    return style.finished(fig)
