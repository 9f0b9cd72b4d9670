"""Sequences: order, shapes, unrolling, and the kinds of sequence problems."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from gru_course.course.style import (
    GRID,
    INPUT,
    STATE,
)

INPUT_FILL = "#FBF3D5"
STATE_FILL = "#D5DBE3"
OUTPUT_FILL = "#FFFFFF"
SCALAR_INPUT_WEIGHT = 0.5
SCALAR_RECURRENT_WEIGHT = 0.8


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty drawing whose units are inches."""
    figure = plt.figure(figsize=(width, height), layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.axis("off")
    return figure, axes


def _box(
    axes: Axes,
    center: tuple[float, float],
    text: str,
    edge: str,
    fill: str,
    size: tuple[float, float] = (0.66, 0.44),
) -> None:
    width, height = size
    axes.add_patch(
        FancyBboxPatch(
            (center[0] - width / 2, center[1] - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor=fill,
            edgecolor=edge,
            linewidth=1.6,
            zorder=3,
        )
    )
    size_of_text = 13 if text.startswith("$") else 10.5
    axes.text(
        *center,
        text,
        ha="center",
        va="center",
        fontsize=size_of_text,
        math_fontfamily="stix",
        zorder=4,
    )


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            color=STATE,
            linewidth=1.5,
            shrinkA=0,
            shrinkB=0,
            zorder=2,
        )
    )


def draw_bag_of_words() -> Figure:
    """Draw two opposite reviews that fall into the same bag of words."""
    figure, axes = _canvas(4.7, 3.5)
    sentences = [
        (3.08, "good not bad", "praise"),
        (2.36, "bad not good", "complaint"),
    ]
    for y, text, label in sentences:
        for index, word in enumerate(text.split()):
            _box(axes, (0.62 + 0.95 * index, y), word, STATE, STATE_FILL, (0.82, 0.42))
        _arrow(axes, (2.99, y), (3.44, y))
        axes.text(3.54, y, label, va="center", fontweight="bold")

    axes.text(0.2, 1.83, "Both give the same counts:", fontweight="bold", va="center")
    counts = ["bad", "good", "not", "film", "plot"]
    for index, word in enumerate(counts):
        x = 0.56 + 0.88 * index
        value = 1 if word in {"bad", "good", "not"} else 0
        axes.text(x, 1.45, word, ha="center", va="center")
        axes.add_patch(
            Rectangle(
                (x - 0.38, 0.83),
                0.76,
                0.42,
                facecolor=STATE_FILL if value else "white",
                edgecolor=STATE,
                linewidth=1.4,
            )
        )
        axes.text(x, 1.03, str(value), ha="center", va="center")
    axes.text(0.2, 0.5, "One bag, one prediction,", va="center")
    axes.text(0.2, 0.25, "so one of the two reviews must be misread.", va="center")
    return figure


def _scalar_states(inputs: list[float]) -> list[float]:
    """Run the scalar RNN of the chapter and return its states, the first one being zero."""
    states = [0.0]
    for x in inputs:
        states.append(
            float(np.tanh(SCALAR_INPUT_WEIGHT * x + SCALAR_RECURRENT_WEIGHT * states[-1]))
        )
    return states


def draw_order_in_the_state() -> Figure:
    """Draw the state of the scalar RNN over time for the same values in two orders."""
    figure, axes = plt.subplots(figsize=(4.7, 3.1))
    runs = [
        ([1.0, 0.0, 0.0], "-", "o", "inputs 1, 0, 0"),
        ([0.0, 0.0, 1.0], "--", "s", "inputs 0, 0, 1"),
    ]
    for inputs, linestyle, marker, label in runs:
        states = _scalar_states(inputs)
        axes.plot(
            range(4), states, color=STATE, linestyle=linestyle, marker=marker, label=label, ms=7
        )
        axes.annotate(
            f"{states[-1]:.3f}",
            (3, states[-1]),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            color=STATE,
            fontweight="bold",
        )
    axes.set_xticks(range(4), ["start", "1", "2", "3"])
    axes.set_xlim(-0.15, 3.45)
    axes.set_ylim(-0.03, 0.66)
    axes.set_xlabel("Timestep")
    axes.set_title("State of the scalar RNN")
    axes.legend(loc="upper left", ncols=2, columnspacing=1.2, handlelength=2.4)
    return figure


def draw_sequence_tensor() -> Figure:
    """Draw a batch of sequences as a stack of tables: batch, timesteps, features."""
    figure, axes = _canvas(4.5, 2.95)
    cell = 0.4
    rows, columns, depth = 4, 3, 3
    left, bottom = 1.15, 0.45
    for layer in reversed(range(depth)):
        x0 = left + 0.34 * layer
        y0 = bottom + 0.26 * layer
        axes.add_patch(
            Rectangle(
                (x0, y0),
                columns * cell,
                rows * cell,
                facecolor=INPUT_FILL if layer == 0 else "white",
                edgecolor=INPUT,
                linewidth=1.5,
                zorder=3 * (depth - layer),
            )
        )
        for row in range(1, rows):
            axes.plot(
                [x0, x0 + columns * cell],
                [y0 + row * cell] * 2,
                color=INPUT,
                linewidth=0.7,
                linestyle="-",
                zorder=3 * (depth - layer) + 1,
            )
        for column in range(1, columns):
            axes.plot(
                [x0 + column * cell] * 2,
                [y0, y0 + rows * cell],
                color=INPUT,
                linewidth=0.7,
                linestyle="-",
                zorder=3 * (depth - layer) + 1,
            )
    axes.add_patch(
        Rectangle(
            (left, bottom + 2 * cell),
            columns * cell,
            cell,
            facecolor="none",
            edgecolor=STATE,
            linewidth=2.6,
            zorder=20,
        )
    )
    for row in range(rows):
        axes.text(
            left - 0.12,
            bottom + (rows - row - 0.5) * cell,
            f"t = {row + 1}",
            ha="right",
            va="center",
        )
    axes.text(left + columns * cell / 2, bottom - 0.2, "3 features", ha="center", va="center")
    axes.text(
        left - 0.78, bottom + rows * cell / 2, "4 timesteps", rotation=90, ha="center", va="center"
    )
    axes.annotate(
        "batch of 3",
        xy=(left + 0.34 * 2 - 0.02, bottom + 0.26 * 2 + rows * cell + 0.1),
        xytext=(left - 0.2, bottom + rows * cell + 0.3),
        ha="right",
        va="center",
        arrowprops={"arrowstyle": "-|>", "color": STATE, "lw": 1.4},
    )
    axes.annotate(
        "one timestep\nof one sequence,\nshape 1 × 3",
        xy=(left + columns * cell + 0.03, bottom + 2.5 * cell),
        xytext=(left + columns * cell + 1.0, bottom + 1.15 * cell),
        va="center",
        color=STATE,
        fontweight="bold",
        linespacing=1.3,
        zorder=30,
        arrowprops={"arrowstyle": "-", "color": STATE, "lw": 1.6, "zorder": 30},
    )
    return figure


def draw_unrolled_rnn() -> Figure:
    """Draw a simple RNN with its loop, and the same network unrolled over four timesteps."""
    figure, axes = _canvas(4.9, 4.3)
    axes.text(0.1, 4.1, "Rolled up: one cell and a loop", fontweight="bold", va="center")
    _box(axes, (1.5, 2.45), "$x_t$", INPUT, INPUT_FILL)
    _box(axes, (1.5, 3.35), "$h_t$", STATE, STATE_FILL)
    _arrow(axes, (1.5, 2.67), (1.5, 3.13))
    axes.text(1.6, 2.9, "W", va="center", fontweight="bold")
    loop_x, loop_y = [1.83, 2.25, 2.25, 0.75, 0.75], [3.35, 3.35, 3.83, 3.83, 3.35]
    axes.plot(loop_x, loop_y, color=STATE, lw=1.5, ls="-")
    _arrow(axes, (0.743, 3.35), (1.17, 3.35))
    axes.text(2.36, 3.59, "U", va="center", fontweight="bold")
    axes.text(2.56, 3.59, "the state comes back", va="center")
    axes.text(2.56, 3.35, "one timestep later", va="center")

    axes.text(
        0.1, 1.95, "Unrolled: the same cell, once per timestep", fontweight="bold", va="center"
    )
    for index in range(1, 5):
        x = 0.28 + 1.05 * index
        _box(axes, (x, 0.32), f"$x_{index}$", INPUT, INPUT_FILL, (0.6, 0.44))
        _box(axes, (x, 1.3), f"$h_{index}$", STATE, STATE_FILL, (0.6, 0.44))
        _arrow(axes, (x, 0.54), (x, 1.08))
        axes.text(x + 0.09, 0.8, "W", va="center", fontweight="bold")
        _arrow(axes, (x - 0.75, 1.3), (x - 0.3, 1.3))
        axes.text(x - 0.54, 1.45, "U", ha="center", va="center", fontweight="bold")
    axes.text(0.52, 1.3, "$h_0$", ha="right", va="center", fontsize=13, math_fontfamily="stix")
    return figure


def draw_sequence_tasks() -> Figure:
    """Draw four shapes of sequence problems, one below the other."""
    figure, axes = _canvas(4.7, 6.85)
    small = (0.46, 0.32)

    def column(x: float, y: float, has_input: bool, has_output: bool) -> None:
        if has_input:
            _box(axes, (x, y), "", INPUT, INPUT_FILL, small)
            _arrow(axes, (x, y + 0.16), (x, y + 0.34))
        _box(axes, (x, y + 0.5), "", STATE, STATE_FILL, small)
        if has_output:
            _arrow(axes, (x, y + 0.66), (x, y + 0.84))
            _box(axes, (x, y + 1.0), "", STATE, OUTPUT_FILL, small)

    def problem(
        y: float, title: str, example: str, columns: list[tuple[bool, bool]], start: float = 0.42
    ) -> None:
        axes.text(0.15, y + 1.56, title, fontweight="bold", va="center")
        for index, (has_input, has_output) in enumerate(columns):
            x = start + 0.78 * index
            column(x, y, has_input, has_output)
            if index:
                _arrow(axes, (x - 0.55, y + 0.5), (x - 0.23, y + 0.5))
        axes.text(0.15, y + 1.33, example, va="center")

    problem(
        5.1, "Many-to-one", "a review in, one opinion out", [(True, False)] * 3 + [(True, True)]
    )
    problem(
        3.0,
        "Many-to-many, step by step",
        "characters in, the next character out each time",
        [(True, True)] * 4,
    )
    problem(
        0.9,
        "Many-to-many, encoder–decoder",
        "a sentence in, then its translation out",
        [(True, False)] * 3 + [(False, True)] * 3,
    )
    axes.plot([0.1, 4.6], [0.57, 0.57], color=GRID, lw=1, ls="-")
    legend = [
        (0.4, INPUT, INPUT_FILL, "input"),
        (1.75, STATE, STATE_FILL, "state"),
        (3.1, STATE, OUTPUT_FILL, "output"),
    ]
    for x, edge, fill, name in legend:
        _box(axes, (x, 0.28), "", edge, fill, small)
        axes.text(x + 0.34, 0.28, name, va="center")
    return figure
