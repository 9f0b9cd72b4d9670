"""The simple RNN, the LSTM and the GRU side by side, and what they cost."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapes import DASHED, arrow, box, canvas, cell, dot, label, operator

from gru_course.course.style import (
    CANDIDATE,
    INPUT,
    LSTM,
    RESET_GATE,
    SIMPLE_RNN,
    STATE,
    UPDATE_GATE,
)

LEFT, RIGHT = 0.78, 4.44
SMALL = 0.13


def _frame(ax: Axes, bottom: float, height: float, title: str, note: str, color: str) -> None:
    """Draw the frame of one cell with its name and what it carries."""
    cell(ax, (LEFT, bottom), (RIGHT - LEFT, height), color)
    label(ax, (LEFT, bottom + height + 0.15), title, color, 12, "left", weight="bold")
    label(ax, (RIGHT, bottom + height + 0.15), note, align="right")


def _input_bus(ax: Axes, bottom: float, end: float) -> float:
    """Draw the joined input of a cell and return the height of its bus."""
    bus = bottom + 0.24
    arrow(ax, [(1.0, bottom - 0.13), (1.0, bus), (end, bus)], INPUT, head=False, linestyle=DASHED)
    label(ax, (1.0, bottom - 0.26), r"$\mathbf{x}_t$", INPUT, 14)
    return bus


def _reads(ax: Axes, column: float, state_bus: float, input_bus: float, target: float) -> None:
    """Lead both buses up into a gate."""
    arrow(ax, [(column - 0.13, state_bus), (column - 0.13, target)], head_size=9)
    arrow(
        ax, [(column + 0.13, input_bus), (column + 0.13, target)], INPUT, linestyle=DASHED,
        bridge=True, head_size=9,
    )  # fmt: skip
    dot(ax, (column - 0.13, state_bus))
    dot(ax, (column + 0.13, input_bus), INPUT)


def _draw_simple(ax: Axes, bottom: float) -> None:
    """Draw the simple RNN: one box from state to state."""
    _frame(ax, bottom, 1.2, "Simple RNN", "1 state, no gates", SIMPLE_RNN)
    line = bottom + 0.82
    label(ax, (0.42, line), r"$\mathbf{h}_{t-1}$", size=14)
    label(ax, (4.80, line), r"$\mathbf{h}_t$", size=14)
    arrow(ax, [(0.62, line), (2.2, line)], width=2.2)
    box(ax, (2.65, line), (0.9, 0.44), "tanh", SIMPLE_RNN)
    arrow(ax, [(3.1, line), (4.62, line)], width=2.2)
    bus = bottom + 0.28
    arrow(
        ax, [(1.0, bottom - 0.13), (1.0, bus), (2.65, bus), (2.65, line - 0.22)], INPUT,
        linestyle=DASHED,
    )  # fmt: skip
    label(ax, (1.0, bottom - 0.26), r"$\mathbf{x}_t$", INPUT, 14)


def _draw_lstm(ax: Axes, bottom: float) -> None:
    """Draw the LSTM: cell state on top, hidden state below, three gates."""
    _frame(ax, bottom, 2.72, "LSTM", "2 states, 3 gates", LSTM)
    top, low, gates = bottom + 2.40, bottom + 0.5, bottom + 1.06
    forget, write, candidate, out = 1.32, 2.12, 2.92, 3.72
    label(ax, (0.42, top), r"$\mathbf{c}_{t-1}$", LSTM, 14)
    label(ax, (4.80, top), r"$\mathbf{c}_t$", LSTM, 14)
    label(ax, (0.42, low), r"$\mathbf{h}_{t-1}$", size=14)
    label(ax, (4.80, gates + 0.58), r"$\mathbf{h}_t$", size=14)
    bus = _input_bus(ax, bottom, out + 0.13)
    arrow(ax, [(0.62, low), (out - 0.13, low)], head=False)
    for column, name, color in (
        (forget, "forget\n$\\sigma$", LSTM),
        (write, "input\n$\\sigma$", LSTM),
        (candidate, "cand.\ntanh", CANDIDATE),
        (out, "output\n$\\sigma$", LSTM),
    ):
        _reads(ax, column, low, bus, gates - 0.24)
        box(ax, (column, gates), (0.70, 0.48), name, color)
    join = top - 0.55
    arrow(ax, [(0.62, top), (forget - SMALL, top)], LSTM, width=2.2)
    arrow(ax, [(forget + SMALL, top), (candidate - SMALL, top)], LSTM, width=2.2)
    arrow(ax, [(candidate + SMALL, top), (4.62, top)], LSTM, width=2.2)
    arrow(ax, [(forget, gates + 0.24), (forget, top - SMALL)], LSTM)
    arrow(ax, [(write, gates + 0.24), (write, join), (candidate - SMALL, join)], LSTM)
    arrow(ax, [(candidate, gates + 0.24), (candidate, join - SMALL)], CANDIDATE, head_size=9)
    arrow(ax, [(candidate, join + SMALL), (candidate, top - SMALL)], CANDIDATE, head_size=9)
    operator(ax, (forget, top), r"$\odot$", LSTM, radius=SMALL)
    operator(ax, (candidate, top), "+", LSTM, radius=SMALL)
    operator(ax, (candidate, join), r"$\odot$", LSTM, radius=SMALL)
    # The output gate filters tanh of the cell state.
    level = gates + 0.58
    turn = 4.08
    dot(ax, (turn, top), LSTM)
    box(ax, (turn, top - 0.34), (0.5, 0.26), "tanh", STATE, fill=0.06, rounding=0.05)
    arrow(ax, [(turn, top), (turn, top - 0.21)], LSTM, head=False)
    arrow(ax, [(turn, top - 0.47), (turn, level + SMALL)], STATE, head_size=7)
    arrow(ax, [(out, gates + 0.24), (out, level), (turn - SMALL, level)], LSTM, head_size=9)
    operator(ax, (turn, level), r"$\odot$", STATE, radius=SMALL)
    arrow(ax, [(turn + SMALL, level), (4.62, level)], width=2.2)


def _draw_gru(ax: Axes, bottom: float) -> None:
    """Draw the GRU: one state, two gates."""
    _frame(ax, bottom, 2.72, "GRU", "1 state, 2 gates", UPDATE_GATE)
    top, low, gates = bottom + 2.40, bottom + 0.5, bottom + 1.06
    update, reset, inner, candidate = 1.42, 2.37, 3.22, 3.60
    label(ax, (0.42, top), r"$\mathbf{h}_{t-1}$", size=14)
    label(ax, (4.80, top), r"$\mathbf{h}_t$", size=14)
    bus = _input_bus(ax, bottom, 3.95)
    arrow(ax, [(0.62, top), (update - SMALL, top)], width=2.2)
    arrow(ax, [(update + SMALL, top), (candidate - SMALL, top)], width=2.2)
    arrow(ax, [(candidate + SMALL, top), (4.62, top)], width=2.2)
    dot(ax, (0.92, top))
    # The product with U_h comes first, then the reset gate, as in the equation.
    product = low + 0.245
    arrow(ax, [(0.92, top), (0.92, low), (inner, low), (inner, product - 0.13)], head_size=8)
    box(ax, (inner, product), (0.36, 0.26), r"$\mathbf{U}_h$", STATE, fill=0.06, rounding=0.05,
        text_size=11.5)  # fmt: skip
    arrow(ax, [(inner, product + 0.13), (inner, gates - SMALL)], head_size=7)
    for column, name, color in ((update, "update\n$\\sigma$", UPDATE_GATE),
                                (reset, "reset\n$\\sigma$", RESET_GATE)):  # fmt: skip
        _reads(ax, column, low, bus, gates - 0.24)
        box(ax, (column, gates), (0.76, 0.48), name, color)
    operator(ax, (inner, gates), r"$\odot$", RESET_GATE, radius=SMALL)
    arrow(ax, [(reset + 0.38, gates), (inner - SMALL, gates)], RESET_GATE)
    body = gates + 0.46
    arrow(ax, [(inner, gates + SMALL), (inner, body - 0.14)], head_size=8)
    arrow(ax, [(3.95, bus), (3.95, body - 0.14)], INPUT, linestyle=DASHED, head_size=9)
    box(ax, (candidate, body), (0.98, 0.28), "cand. tanh", CANDIDATE, rounding=0.05)
    join = top - 0.42
    arrow(ax, [(candidate, body + 0.14), (candidate, join - SMALL)], CANDIDATE, head_size=7)
    arrow(ax, [(candidate, join + SMALL), (candidate, top - SMALL)], CANDIDATE, head_size=7)
    arrow(ax, [(update, gates + 0.24), (update, top - SMALL)], UPDATE_GATE)
    dot(ax, (update, join), UPDATE_GATE)
    middle = (update + candidate) / 2
    arrow(ax, [(update, join), (middle - 0.16, join)], UPDATE_GATE)
    arrow(ax, [(middle + 0.16, join), (candidate - SMALL, join)], UPDATE_GATE)
    operator(ax, (middle, join), "1−", UPDATE_GATE, radius=0.16, size=10.5)
    operator(ax, (update, top), r"$\odot$", STATE, radius=SMALL)
    operator(ax, (candidate, join), r"$\odot$", STATE, radius=SMALL)
    operator(ax, (candidate, top), "+", STATE, radius=SMALL)


def draw_three_cells() -> Figure:
    """Draw the three recurrent cells one above the other."""
    figure, ax = canvas(5.2, 8.72)
    _draw_simple(ax, 7.12)
    _draw_lstm(ax, 3.75)
    _draw_gru(ax, 0.40)
    return figure


def draw_parameter_blocks() -> Figure:
    """Draw the weight matrices of the three cells for d = 4 and u = 3.

    Each block has the colour of its part: update gate, reset gate and candidate in the GRU.
    """
    figure, ax = canvas(5.2, 4.35)
    unit, inputs, units = 0.142, 4, 3
    width = units * unit
    left = 1.30
    rows = (
        (3.12, "Simple RNN", SIMPLE_RNN, (SIMPLE_RNN,), "h", 1, ""),
        (
            1.58, "GRU", UPDATE_GATE, (UPDATE_GATE, RESET_GATE, CANDIDATE), "zrh", 2,
            "three blocks, each\nwith two rows of\nbiases",
        ),
        (0.12, "LSTM", LSTM, (LSTM, LSTM, CANDIDATE, LSTM), "ifco", 1, "four blocks"),
    )  # fmt: skip
    for low, name, color, blocks, letters, biases, text in rows:
        middle = low + (inputs + units + biases) * unit / 2
        label(ax, (0.05, middle), name, color, 11.5, "left", weight="bold")
        for index, (ink, letter) in enumerate(zip(blocks, letters, strict=True)):
            x = left + index * (width + 0.11) + width / 2
            y = low
            for count, symbol, fill, note in (
                (biases, "", 0.75, r"$1\times u$  biases"),
                (units, f"$\\mathbf{{U}}_{letter}$", 0.36, r"$u\times u$  recurrent weights"),
                (inputs, f"$\\mathbf{{W}}_{letter}$", 0.14, r"$d\times u$  input weights"),
            ):
                height = count * unit
                box(
                    ax, (x, y + height / 2), (width, height), symbol, ink,
                    fill=fill, rounding=0.01, text_size=12,
                )  # fmt: skip
                if len(blocks) == 1:
                    label(ax, (x + width / 2 + 0.12, y + height / 2), note, size=11, align="left")
                y += height
        label(ax, (left + len(blocks) * (width + 0.11) + 0.08, middle), text, align="left")
    return figure
