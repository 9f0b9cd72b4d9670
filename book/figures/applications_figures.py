"""How a GRU is wired to its task, and two pictures about honest forecasts."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from shapes import arrow, box, canvas, label, tint

from gru_course.course.style import ANOTHER, INPUT, OTHER, SIMPLE_RNN, STATE, UPDATE_GATE

WIDTH = 4.5
STEP = 0.73
FIRST = 0.42
CELL = (0.46, 0.36)
CHIP_HEIGHT = 0.27
CHIP_GAP = 0.5
PANEL = 2.1


def _columns(count: int) -> list[float]:
    """Return the middle of each timestep."""
    return [FIRST + STEP * index for index in range(count)]


def _heading(ax: Axes, top: float, letter: str, name: str, shapes: str, uses: str) -> None:
    """Write the two lines above a panel."""
    label(ax, (0.1, top), f"{letter}  {name}", size=11.5, align="left", weight="bold")
    label(ax, (WIDTH - 0.1, top), shapes, size=10.5, align="right")
    label(ax, (0.1, top - 0.22), uses, "#595959", 10.5, align="left")


def _cells(ax: Axes, xs: Sequence[float], y: float, color: str, text: str) -> None:
    """Draw one cell per timestep and the state that runs through them."""
    for index, x in enumerate(xs):
        box(ax, (x, y), CELL, text, color, rounding=0.05)
        if index:
            arrow(ax, [(xs[index - 1] + CELL[0] / 2, y), (x - CELL[0] / 2, y)], head_size=9)


def _chip(ax: Axes, x: float, y: float, text: str, color: str, linestyle: str = "-") -> None:
    """Draw one input or output with its text."""
    width = STEP - 0.07 if len(text) > 2 else 0.34
    box(ax, (x, y), (width, CHIP_HEIGHT), "", color, linestyle=linestyle, rounding=0.04)
    label(ax, (x, y - 0.005), text, size=10, vertical="center_baseline")


def _inputs(ax: Axes, xs: Sequence[float], y: float, texts: Sequence[str]) -> None:
    """Draw the inputs below the cells, with arrows."""
    for x, text in zip(xs, texts, strict=True):
        _chip(ax, x, y - CHIP_GAP, text, INPUT)
        start = y - CHIP_GAP + CHIP_HEIGHT / 2
        arrow(ax, [(x, start), (x, y - CELL[1] / 2)], INPUT, head_size=9)


def _outputs(ax: Axes, xs: Sequence[float], y: float, texts: Sequence[str]) -> None:
    """Draw the outputs above the cells, with arrows."""
    for x, text in zip(xs, texts, strict=True):
        _chip(ax, x, y + CHIP_GAP, text, ANOTHER, "--")
        end = y + CHIP_GAP - CHIP_HEIGHT / 2
        arrow(ax, [(x, y + CELL[1] / 2), (x, end)], ANOTHER, head_size=9)


def draw_arrangements() -> Figure:
    """Draw the four ways in which a GRU is wired to a task."""
    height = 4 * PANEL + 0.36
    figure, ax = canvas(WIDTH, height)
    xs = _columns(6)
    tops = [height - 0.2 - PANEL * index for index in range(4)]
    middles = [top - 1.06 for top in tops]

    _heading(ax, tops[0], "A", "Many-to-one", "one output", "sentiment, intent, keyword, action")
    _cells(ax, xs, middles[0], UPDATE_GATE, "GRU")
    _inputs(ax, xs, middles[0], ["not", "a", "dull", "minute", "in", "it"])
    _outputs(ax, xs[-1:], middles[0], ["good"])

    _heading(
        ax,
        tops[1],
        "B",
        "Aligned many-to-many",
        "$T$ outputs",
        "one tag a step, one forecast a step",
    )
    _cells(ax, xs, middles[1], UPDATE_GATE, "GRU")
    _inputs(ax, xs, middles[1], ["play", "some", "jazz", "by", "Nina", "Simone"])
    _outputs(ax, xs, middles[1], ["–", "–", "genre", "–", "artist", "artist"])

    _heading(
        ax, tops[2], "C", "Encoder–decoder", "another length", "translation, summaries, replies"
    )
    middle = middles[2]
    _cells(ax, xs[:3], middle, UPDATE_GATE, "enc")
    _cells(ax, xs[3:], middle, UPDATE_GATE, "dec")
    arrow(
        ax,
        [(xs[2] + CELL[0] / 2, middle), (xs[3] - CELL[0] / 2, middle)],
        STATE,
        width=2.6,
        head_size=11,
    )
    _inputs(ax, xs, middle, ["the", "cat", "sleeps", "start", "le", "chat"])
    _outputs(ax, xs[3:], middle, ["le", "chat", "dort"])
    label(ax, ((xs[0] + xs[2]) / 2, middle + 0.45), "the last state is\nall that crosses", size=10)

    _heading(
        ax, tops[3], "D", "Autoregressive", "as many as we like", "text, music, many-step forecasts"
    )
    middle = middles[3]
    _cells(ax, xs, middle, UPDATE_GATE, "GRU")
    _inputs(ax, xs, middle, ["h", "e", "l", "l", "o", "!"])
    _outputs(ax, xs[:-1], middle, ["e", "l", "l", "o", "!"])
    _outputs(ax, xs[-1:], middle, ["end"])
    for left, right in pairwise(xs):
        between = left + 0.31
        arrow(
            ax,
            [
                (left + 0.17, middle + CHIP_GAP),
                (between, middle + CHIP_GAP),
                (between, middle - CHIP_GAP),
                (right - 0.17, middle - CHIP_GAP),
            ],
            SIMPLE_RNN,
            linestyle=(0, (2, 1.5)),
            width=1.3,
            head_size=8,
            zorder=1,
        )

    _chip(ax, 0.42, 0.2, "input", INPUT)
    _chip(ax, 1.27, 0.2, "output", ANOTHER, "--")
    arrow(ax, [(1.82, 0.2), (2.12, 0.2)], head_size=9)
    label(ax, (2.18, 0.2), "state", size=10, align="left")
    arrow(
        ax, [(2.72, 0.2), (3.04, 0.2)], SIMPLE_RNN, linestyle=(0, (2, 1.5)), width=1.3, head_size=8
    )
    label(ax, (3.1, 0.2), "output fed back", size=10, align="left")
    return figure


def draw_price_illusion() -> Figure:
    """Draw a copy of yesterday's price beside the changes it fails to foresee."""
    changes = np.random.default_rng(7).normal(0.0, 1.0, 61)
    price = 100.0 + np.cumsum(changes)
    days = np.arange(1, 61)
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=(4.6, 5.2), sharex=True, height_ratios=(1.25, 1)
    )
    upper.plot(days, price[1:], color=STATE, linestyle="-", label="price")
    upper.plot(days, price[:-1], color=OTHER, linestyle="--", label="forecast: yesterday's price")
    upper.set(title="Levels: the forecast looks excellent", ylabel="price")
    low, high = price.min(), price.max()
    upper.set_ylim(low - 0.6, high + 0.42 * (high - low))
    upper.legend(loc="upper left")
    lower.vlines(days, 0, changes[1:], color=STATE, linewidth=2)
    lower.plot(days, np.zeros(60), color=OTHER, linestyle="--")
    lower.set(
        title="Changes: it foresees none of them", xlabel="day", ylabel="change from yesterday"
    )
    return figure


def draw_window_split() -> Figure:
    """Draw sliding windows, and a split by time against a shuffled split."""
    figure, ax = canvas(WIDTH, 3.95)
    count, width, height = 20, 0.2, 0.27
    left = (WIDTH - count * width) / 2

    def strip(y: float, kinds: str) -> None:
        colors = {
            "t": (UPDATE_GATE, ""),
            "v": (INPUT, "///"),
            "x": (OTHER, "xxx"),
            ".": (SIMPLE_RNN, ""),
            "i": (INPUT, "///"),
            "o": (ANOTHER, "..."),
        }
        for index, kind in enumerate(kinds):
            color, hatch = colors[kind]
            ax.add_patch(
                Rectangle(
                    (left + index * width, y),
                    width - 0.02,
                    height,
                    facecolor=tint(color, 0.08 if kind == "." else 0.3),
                    edgecolor="#C8C8C8" if kind == "." else color,
                    hatch=hatch,
                    linewidth=1,
                )
            )

    label(ax, (left, 3.78), "One series, cut into windows", size=11.5, align="left", weight="bold")
    for row, start in enumerate((0, 1, 2)):
        kinds = "." * start + "i" * 6 + "." * 2 + "o"
        strip(3.28 - 0.34 * row, kinds + "." * (count - len(kinds)))
    strip_key = [(INPUT, "///", "window of $T$ values"), (ANOTHER, "...", "target")]
    for index, (color, hatch, text) in enumerate(strip_key):
        x = left + 1.95 * index
        ax.add_patch(
            Rectangle(
                (x, 2.22), 0.18, 0.18, facecolor=tint(color, 0.3), edgecolor=color, hatch=hatch
            )
        )
        label(ax, (x + 0.27, 2.31), text, size=10.5, align="left")

    label(ax, (left, 1.86), "Split by time: honest", size=11.5, align="left", weight="bold")
    strip(1.46, "t" * 12 + "v" * 4 + "x" * 4)
    label(
        ax,
        (left, 1.2),
        "Shuffled split: the past sees the future",
        size=11.5,
        align="left",
        weight="bold",
    )
    strip(0.8, "ttxtvtttvxttxttvtxtv")
    parts = [(UPDATE_GATE, "", "train"), (INPUT, "///", "validation"), (OTHER, "xxx", "test")]
    for index, (color, hatch, text) in enumerate(parts):
        x = left + (0.0, 0.95, 2.25)[index]
        ax.add_patch(
            Rectangle(
                (x, 0.36), 0.18, 0.18, facecolor=tint(color, 0.3), edgecolor=color, hatch=hatch
            )
        )
        label(ax, (x + 0.27, 0.45), text, size=10.5, align="left")
    arrow(ax, [(left, 0.14), (left + 3.4, 0.14)], head_size=9, width=1.2)
    label(ax, (left + 3.48, 0.14), "time", size=10.5, align="left")
    return figure
