"""Preparing sequences, training through time, and stopping at the right moment."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from shapes import DASHED, FADED_TEXT, LineStyle, arrow, box, canvas, curve, label

from gru_course.course.style import (
    ANOTHER,
    INPUT,
    LSTM,
    OTHER,
    SIMPLE_RNN,
    STATE,
    UPDATE_GATE,
)

DOTTED: LineStyle = (0, (1.2, 1.6))


def _row(ax: Axes, y: float, ids: tuple[int | None, ...], left: float, step: float) -> None:
    """Draw a row of token ids; ``None`` is a padded place."""
    for index, value in enumerate(ids):
        x = left + (index + 0.5) * step
        if value is None:
            box(ax, (x, y), (step - 0.05, 0.34), "0", FADED_TEXT, fill=0.0, linestyle=(0, (3, 2)),
                text_color=FADED_TEXT, rounding=0.03)  # fmt: skip
        else:
            box(ax, (x, y), (step - 0.05, 0.34), str(value), UPDATE_GATE, rounding=0.03)


def draw_padding_and_truncation() -> Figure:
    """Draw one short and one long review cut to a window of five tokens."""
    figure, ax = canvas(5.2, 3.5)
    step, left, right = 0.44, 0.10, 2.76
    label(ax, (left, 3.36), "short review", weight="bold", align="left")
    _row(ax, 3.02, (7, 3, 9), left, step)
    label(ax, (right, 3.36), "long review", weight="bold", align="left")
    _row(ax, 3.02, (5, 8, 2, 6, 4, 1, 9), right, 0.335)
    rows = (
        (2.12, "pre", (None, None, 7, 3, 9), "zeros in front\n(the default)",
         (2, 6, 4, 1, 9), "keeps the last tokens\n(the default)"),
        (0.72, "post", (7, 3, 9, None, None), "zeros behind",
         (5, 8, 2, 6, 4), "keeps the first tokens"),
    )  # fmt: skip
    ax.plot([0.1, 5.1], [2.70, 2.70], color="#BBBBBB", lw=1, ls="-")
    for y, name, padded, pad_note, cut, cut_note in rows:
        for x, argument, ids, note in (
            (left, "padding", padded, pad_note),
            (right, "truncating", cut, cut_note),
        ):
            label(ax, (x, y + 0.34), f'{argument}="{name}"', OTHER, align="left",
                  weight="bold")  # fmt: skip
            _row(ax, y, ids, x, step)
            label(ax, (x, y - 0.26), note, align="left", vertical="top")
    return figure


def draw_masking() -> Figure:
    """Draw how a mask carries the state unchanged over padded steps."""
    figure, ax = canvas(5.2, 2.55)
    ids = (7, 3, 9, None, None)
    columns = [0.92 + 0.88 * index for index in range(5)]
    y = 1.45
    label(ax, (0.12, y), r"$\mathbf{h}_0$", size=14)
    arrow(ax, [(0.28, y), (columns[0] - 0.27, y)])
    for index, (value, x) in enumerate(zip(ids, columns, strict=True)):
        real = value is not None
        box(
            ax, (x, 0.66), (0.5, 0.34), str(value) if real else "0",
            UPDATE_GATE if real else FADED_TEXT, fill=0.16 if real else 0.0,
            linestyle="-" if real else (0, (3, 2)), rounding=0.03,
            text_color=STATE if real else FADED_TEXT,
        )  # fmt: skip
        if real:
            arrow(ax, [(x, 0.83), (x, y - 0.25)], INPUT, linestyle=DASHED)
        box(
            ax, (x, y), (0.54, 0.5), "GRU" if real else "copy",
            UPDATE_GATE if real else FADED_TEXT, linestyle="-" if real else (0, (3, 2)),
            fill=0.16 if real else 0.0, text_color=STATE,
        )  # fmt: skip
        if index < 4:
            arrow(ax, [(x + 0.27, y), (columns[index + 1] - 0.27, y)])
        name = index + 1 if real else 3
        middle = x + 0.44
        label(ax, (middle, y + 0.2), f"$\\mathbf{{h}}_{name}$", size=12.5)
    arrow(ax, [(columns[-1] + 0.27, y), (5.1, y)])
    label(ax, (0.12, 0.24), "mask", align="left", weight="bold")
    for value, x in zip(ids, columns, strict=True):
        label(ax, (x, 0.24), "True" if value is not None else "False")
    label(ax, (columns[3] + 0.44, y + 0.62), "the state passes unchanged", FADED_TEXT)
    return figure


def _chain(ax: Axes, columns: list[float], y: float, names: list[str], color: str) -> None:
    """Draw a row of states joined by forward arrows."""
    for index, (x, name) in enumerate(zip(columns, names, strict=True)):
        box(ax, (x, y), (0.62, 0.5), name, color, text_size=13.5)
        if index:
            arrow(ax, [(columns[index - 1] + 0.31, y + 0.1), (x - 0.31, y + 0.1)])


def draw_bptt() -> Figure:
    """Draw the forward pass and the way of the gradient back through time."""
    figure, ax = canvas(5.2, 3.35)
    columns = [0.55 + 1.17 * index for index in range(4)]
    y = 1.55
    _chain(ax, columns, y, [f"$\\mathbf{{h}}_{i}$" for i in range(1, 5)], UPDATE_GATE)
    for index, x in enumerate(columns, start=1):
        label(ax, (x, 0.62), f"$\\mathbf{{x}}_{index}$", INPUT, 14)
        arrow(ax, [(x, 0.80), (x, y - 0.25)], INPUT)
        if index > 1:
            arrow(
                ax, [(x - 0.31, y - 0.12), (columns[index - 2] + 0.31, y - 0.12)], OTHER,
                linestyle=DASHED, width=2,
            )  # fmt: skip
    last = columns[-1]
    box(ax, (last, 2.62), (0.74, 0.46), "loss $L$", STATE, fill=0.08, text_size=12)
    arrow(ax, [(last - 0.1, y + 0.25), (last - 0.1, 2.39)])
    arrow(ax, [(last + 0.1, 2.39), (last + 0.1, y + 0.25)], OTHER, linestyle=DASHED, width=2)
    for index in range(1, 4):
        x = (columns[index - 1] + columns[index]) / 2
        label(
            ax, (x, y - 0.42),
            rf"$\frac{{\partial \mathbf{{h}}_{index + 1}}}{{\partial \mathbf{{h}}_{index}}}$",
            OTHER, 15,
        )  # fmt: skip
    arrow(ax, [(0.24, 2.93), (0.74, 2.93)])
    label(ax, (0.84, 2.93), "forward: compute the states", align="left")
    arrow(ax, [(0.74, 2.62), (0.24, 2.62)], OTHER, linestyle=DASHED, width=2)
    label(ax, (0.84, 2.62), "backward: multiply derivatives", OTHER, align="left",
          vertical="center")  # fmt: skip
    label(ax, (2.3, 0.2), "every step adds its share to the gradient of the same weights")
    return figure


def draw_truncated_bptt() -> Figure:
    """Draw a long sequence cut into segments between which only the state passes."""
    figure, ax = canvas(5.2, 2.75)
    columns = [0.42 + 0.545 * index for index in range(9)]
    y = 1.35
    for segment in range(3):
        start = columns[3 * segment] - 0.245
        box(
            ax, (start + 0.79, y + 0.10), (1.58, 1.30), "", SIMPLE_RNN, fill=0.06,
            linestyle="-", zorder=0.5,
        )  # fmt: skip
        label(ax, (start + 0.79, 0.58), f"segment {segment + 1}")
    for index, x in enumerate(columns):
        box(ax, (x, y), (0.36, 0.42), "", UPDATE_GATE, rounding=0.05)
        label(ax, (x, y), f"$\\mathbf{{h}}_{index + 1}$", size=12)
        if index:
            arrow(ax, [(columns[index - 1] + 0.18, y + 0.05), (x - 0.18, y + 0.05)], head_size=8)
        if index % 3:
            curve(ax, (x, y + 0.23), (columns[index - 1], y + 0.23), 0.75, OTHER,
                  linestyle=DASHED)  # fmt: skip
    for index in (3, 6):
        x = (columns[index - 1] + columns[index]) / 2
        ax.plot([x, x], [y + 0.22, y + 0.72], color=OTHER, lw=2.4, ls="-")
        ax.plot([x - 0.09, x + 0.09], [y + 0.72, y + 0.72], color=OTHER, lw=2.4, ls="-")
    arrow(ax, [(0.2, 2.58), (0.62, 2.58)])
    label(ax, (0.70, 2.58), "the state crosses the border", align="left")
    arrow(ax, [(0.62, 2.31), (0.2, 2.31)], OTHER, linestyle=DASHED)
    label(ax, (0.70, 2.31), "the gradient stops at the border", OTHER, align="left")
    label(ax, (2.6, 0.22), "one weight update after each segment")
    return figure


def draw_gradient_clipping() -> Figure:
    """Draw a long gradient shortened to the clipping threshold."""
    figure, ax = canvas(4.7, 2.75)
    origin = np.array([1.25, 1.2])
    radius = 0.95
    ax.add_patch(Circle((1.25, 1.2), radius, facecolor="#F4F4F4", edgecolor=SIMPLE_RNN, lw=1.4,
                            ls=DASHED))  # fmt: skip
    direction = np.array([0.92, 0.39])
    direction /= np.linalg.norm(direction)
    tip = origin + 3.0 * direction
    cut = origin + radius * direction
    arrow(ax, [tuple(cut), tuple(tip)], OTHER, linestyle=DASHED, width=2)
    arrow(ax, [tuple(origin), tuple(cut)], UPDATE_GATE, width=3, head_size=14)
    label(ax, (tip[0] + 0.1, tip[1] - 0.2), r"$\mathbf{g}$", OTHER, 15)
    label(ax, (cut[0] + 0.22, cut[1] - 0.2), r"clipped $\hat{\mathbf{g}}$", UPDATE_GATE, 13,
          align="left")  # fmt: skip
    small = origin + np.array([-0.38, 0.34])
    arrow(ax, [tuple(origin), tuple(small)], STATE, width=2)
    label(ax, (0.2, 2.42), "inside the circle:\nno change", align="left")
    arrow(ax, [tuple(origin), (origin[0], origin[1] - radius)], SIMPLE_RNN, head=False,
          linestyle=DOTTED)  # fmt: skip
    label(ax, (origin[0] + 0.14, 0.68), r"$c$", SIMPLE_RNN, 15)
    label(ax, (2.55, 0.55), "same direction,\nlength at most $c$", align="left", size=11)
    return figure


def draw_splits() -> Figure:
    """Draw the three parts of the data and what each is for."""
    figure, ax = canvas(5.2, 2.05)
    y, height = 1.62, 0.5
    parts = (
        (0.08, 2.46, "training set", UPDATE_GATE, "fits the\nweights", "each batch"),
        (2.62, 1.10, "validation", ANOTHER, "chooses the\nsettings", "each epoch"),
        (3.88, 1.24, "test set", OTHER, "reports one\nnumber", "once, at the end"),
    )
    for x, width, name, color, role, when in parts:
        box(ax, (x + width / 2, y), (width, height), name, color, text_size=11, weight="bold")
        label(ax, (x + width / 2, y - 0.37), role, vertical="top")
        label(ax, (x + width / 2, y - 0.88), when, color, vertical="top")
    ax.plot([3.80, 3.80], [0.35, 2.0], color=STATE, lw=1.6, ls=(0, (2, 2)))
    label(ax, (5.14, 0.2), "no decision may use what lies right of this line", align="right")
    return figure


def draw_early_stopping() -> Figure:
    """Draw a sketch of training and validation loss with the epoch to keep."""
    figure, ax = plt.subplots(figsize=(4.8, 2.9))
    epochs = np.linspace(0, 10, 200)
    training = 0.65 * np.exp(-epochs / 3.2) + 0.03
    validation = 0.55 * np.exp(-epochs / 1.7) + 0.25 + 0.012 * epochs**1.35
    best = int(np.argmin(validation))
    stop = int(np.searchsorted(epochs, epochs[best] + 2.5))
    ax.plot(epochs, training, color=UPDATE_GATE, ls="-")
    ax.plot(epochs, validation, color=OTHER, ls="--")
    ax.plot(epochs[best], validation[best], "o", color=OTHER, ms=7)
    for place in (best, stop):
        ax.axvline(epochs[place], color=SIMPLE_RNN, lw=1.2, ls=":")
    ax.text(7.4, 0.56, "validation loss", color=OTHER)
    ax.text(7.4, 0.13, "training loss", color=UPDATE_GATE)
    ax.annotate("keep these\nweights", (epochs[best] + 0.12, 0.76), va="center")
    ax.annotate("patience\nis over", (epochs[stop] + 0.12, 0.76), va="center")
    ax.set(xlabel="epoch", ylabel="loss", xticks=[], yticks=[], xlim=(0, 10), ylim=(0, 0.85))
    ax.grid(visible=False)
    return figure


def draw_sequential_steps() -> Figure:
    """Draw the steps of a GRU in a row and those of attention side by side."""
    figure, ax = canvas(5.2, 2.9)
    columns = [0.62 + 0.98 * index for index in range(5)]
    label(ax, (0.3, 2.73), "GRU: step 5 waits for steps 1 to 4", align="left", weight="bold")
    y = 2.30
    for index, x in enumerate(columns):
        box(ax, (x, y), (0.56, 0.42), str(index + 1), UPDATE_GATE, text_size=11)
        if index:
            arrow(ax, [(columns[index - 1] + 0.28, y), (x - 0.28, y)])
    label(ax, (0.3, 1.55), "Attention: all positions at once", align="left", weight="bold")
    top, low = 1.12, 0.30
    for index, x in enumerate(columns):
        for other in range(index + 1):
            ax.plot([columns[other], x], [low + 0.19, top - 0.19], color=SIMPLE_RNN, lw=1, ls="-",
                    zorder=1)  # fmt: skip
        box(ax, (x, top), (0.56, 0.38), str(index + 1), OTHER, text_size=11)
        box(ax, (x, low), (0.56, 0.38), f"$\\mathbf{{x}}_{index + 1}$", INPUT, text_size=13)
    return figure


def draw_counting() -> Figure:
    """Draw a counter in an LSTM cell state beside the same count in a GRU state."""
    figure, axes = plt.subplots(2, 1, figsize=(4.8, 4.2), sharex=True)
    steps = np.arange(0, 41)
    keep = 0.9
    axes[0].plot(steps, steps, marker="o", color=LSTM, ms=3.5, lw=1.2, ls="-")
    axes[0].set(title="LSTM cell state: one more at every step", ylabel="value")
    axes[1].plot(steps, 1 - keep**steps, marker="o", color=UPDATE_GATE, ms=3.5, lw=1.2, ls="-")
    axes[1].axhline(1, color=SIMPLE_RNN, ls=":", lw=1.4)
    axes[1].text(0.4, 1.03, "a GRU state cannot pass 1", color=STATE, va="bottom")
    axes[1].set(
        title="GRU state: the steps shrink", ylabel="value", xlabel="symbols read", ylim=(0, 1.22)
    )
    return figure
