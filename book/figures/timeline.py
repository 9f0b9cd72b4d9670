"""The history of recurrent networks as one vertical timeline."""

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gru_course.course.style import GRU, LSTM, SIMPLE_RNN, STATE

WIDTH = 4.6
ROW_HEIGHT = 0.54
YEAR_EDGE = 0.52
AXIS = 0.78
TEXT = 1.06

KINDS = {
    "feedback": (SIMPLE_RNN, "s", "feedback and learning"),
    "problem": (STATE, "v", "trouble with gradients"),
    "lstm": (LSTM, "D", "LSTM"),
    "gru": (GRU, "o", "GRU"),
    "other": (STATE, "P", "other ideas"),
}

EVENTS = [
    ("1943", "feedback", "McCulloch, Pitts", "nets of formal neurons, some with circles"),
    ("1972", "feedback", "Amari", "a network stores sequences of patterns"),
    ("1982", "feedback", "Hopfield", "makes networks with feedback famous"),
    ("1986", "feedback", "Jordan", "outputs are fed back to produce sequences"),
    ("1986", "feedback", "Rumelhart, Hinton, Williams", "backpropagation becomes widely known"),
    ("1990", "feedback", "Elman", "the hidden state is fed back: the simple RNN"),
    ("1990", "feedback", "Werbos", "backpropagation through time, step by step"),
    ("1991", "problem", "Hochreiter", "diploma thesis: why gradients vanish"),
    ("1994", "problem", "Bengio, Simard, Frasconi", "long-term dependencies are hard to learn"),
    ("1997", "lstm", "Hochreiter, Schmidhuber", "LSTM: input and output gate, no forget gate"),
    ("Sept 1999", "lstm", "Gers, Schmidhuber, Cummins", "the forget gate (journal article: 2000)"),
    ("2006", "other", "Graves and others", "CTC: labels for unsegmented sequences"),
    ("2013", "problem", "Pascanu, Mikolov, Bengio", "gradient clipping against explosion"),
    ("June 2014", "gru", "Cho and others", "a new gated “hidden unit” (first version)"),
    ("Sept 2014", "other", "Bahdanau, Cho, Bengio", "attention, on top of a gated network"),
    ("Sept 2014", "gru", "Cho and others", "third version: the reset gate moves"),
    ("Dec 2014", "gru", "Chung and others", "compared with the LSTM, and named GRU"),
    ("2017", "other", "Vaswani and others", "the Transformer: attention, no recurrence"),
    ("2017", "other", "Lei and others", "SRU: a very light recurrence"),
    ("2018", "other", "Martin and Cundy", "linear recurrences by a parallel scan"),
    ("2023", "other", "LRU, RWKV, Mamba", "such recurrences grow to large models"),
    ("2024", "other", "Griffin, xLSTM, minGRU", "gated recurrence is revived"),
]


def _draw_gap(axes: Axes, upper: float, lower: float, years: int) -> None:
    """Break the axis between two events and say how many years lie between."""
    middle = (upper + lower) / 2
    axes.plot([AXIS, AXIS], [upper, lower], color=STATE, linewidth=1.4, linestyle=(0, (1, 2)))
    axes.text(TEXT, middle, f"{years} years", color="#595959", va="center", style="italic")


def draw_timeline() -> Figure:
    """Draw the milestones from 1943 to today, one below the other."""
    heights = []
    height = 0.0
    previous = None
    for label, *_ in EVENTS:
        year = int(label[-4:])
        if previous is not None:
            height -= ROW_HEIGHT + (0.34 if year - previous > 5 else 0.0)
        heights.append(height)
        previous = year

    bottom = heights[-1] - 1.25
    top = 0.34
    figure = plt.figure(figsize=(WIDTH, top - bottom), layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(bottom, top)
    axes.axis("off")

    for (label, kind, who, what), y in zip(EVENTS, heights, strict=True):
        color, marker, _ = KINDS[kind]
        month, _, year_text = label.rpartition(" ")
        axes.text(
            YEAR_EDGE,
            y,
            f"{month}\n{year_text}" if month else year_text,
            ha="right",
            va="center",
            fontweight="bold",
            linespacing=1.05,
        )
        axes.plot(AXIS, y, marker=marker, color=color, markersize=11, zorder=3)
        axes.text(TEXT, y + 0.115, who, va="center", fontweight="bold")
        axes.text(TEXT, y - 0.115, what, va="center")

    years = [int(label[-4:]) for label, *_ in EVENTS]
    for index in range(1, len(EVENTS)):
        upper, lower = heights[index - 1] - 0.13, heights[index] + 0.13
        gap = years[index] - years[index - 1]
        if gap > 5:
            _draw_gap(axes, upper, lower, gap)
        else:
            axes.plot([AXIS, AXIS], [upper, lower], color=STATE, linewidth=1.4, linestyle="-")

    legend_top = heights[-1] - 0.48
    axes.plot([0.05, WIDTH - 0.05], [legend_top] * 2, color="#BBBBBB", lw=0.8, ls="-")
    for index, (color, marker, name) in enumerate(KINDS.values()):
        x = 0.2 + (2.2 * index if index < 2 else 1.1 * (index - 2))
        y = legend_top - (0.22 if index < 2 else 0.5)
        axes.plot(x, y, marker=marker, color=color, markersize=9, linestyle="none")
        axes.text(x + 0.17, y, name, va="center")
    return figure
