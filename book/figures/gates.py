"""The GRU cell: one gate at a time, one whole step, the unrolled sequence."""

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapes import (
    DASHED,
    FADED_TEXT,
    arrow,
    box,
    canvas,
    cell,
    dot,
    gate_scale,
    label,
    operator,
    step_number,
)

from gru_course.course.style import CANDIDATE, INPUT, RESET_GATE, STATE, UPDATE_GATE

PARTS = frozenset({"update", "reset", "candidate", "blend"})

# Heights and columns of the cell, in inches above its lower left corner.
X_BUS, H_BUS, PROJECTION, GATES, CANDIDATE_ROW, BRANCH, HIGHWAY = (
    0.62, 0.88, 1.27, 1.72, 2.44, 3.10, 3.66,
)  # fmt: skip
UPDATE_COLUMN, RESET_COLUMN, STATE_COLUMN, CANDIDATE_COLUMN, INPUT_COLUMN = (
    1.50, 2.62, 3.62, 3.82, 4.04,
)  # fmt: skip


def _gate_inputs(ax: Axes, column: float, bottom: float, faded: bool) -> None:
    """Lead the old state and the input from their buses into one gate."""
    state, value = column - 0.2, column + 0.2
    arrow(ax, [(state, H_BUS), (state, bottom)], STATE, faded)
    level = 1.0 if faded else 2.0
    arrow(
        ax, [(value, X_BUS), (value, bottom)], INPUT, faded,
        linestyle=DASHED, bridge=not faded, zorder=level,
    )  # fmt: skip
    if not faded:
        dot(ax, (state, H_BUS), STATE)
        dot(ax, (value, X_BUS), INPUT)


def _gru_cell(ax: Axes, focus: frozenset[str] = PARTS) -> None:
    """Draw one time step and fade the parts that are not in ``focus``."""
    update, reset, candidate, blend = (
        part in focus for part in ("update", "reset", "candidate", "blend")
    )
    read = update or reset or candidate
    bottom = GATES - 0.29

    cell(ax, (0.70, 0.40), (3.95, 3.62))
    # The two inputs and their buses.
    label(ax, (0.30, HIGHWAY), r"$\mathbf{h}_{t-1}$", size=15)
    label(ax, (1.10, 0.14), r"$\mathbf{x}_t$", INPUT if read else FADED_TEXT, size=15)
    bus_end = STATE_COLUMN if candidate else RESET_COLUMN - 0.2 if reset else UPDATE_COLUMN - 0.2
    arrow(ax, [(0.95, H_BUS), (STATE_COLUMN, H_BUS)], faded=True, head=False, zorder=1.0)
    arrow(ax, [(1.10, X_BUS), (INPUT_COLUMN, X_BUS)], faded=True, head=False, zorder=1.0)
    arrow(ax, [(0.95, HIGHWAY), (0.95, H_BUS)], faded=True, head=False, zorder=1.0)
    if read:
        arrow(ax, [(0.95, HIGHWAY), (0.95, H_BUS), (bus_end, H_BUS)], STATE, head=False)
        end = bus_end + 0.4 if not candidate else INPUT_COLUMN
        arrow(ax, [(1.10, 0.27), (1.10, X_BUS), (end, X_BUS)], INPUT, head=False, linestyle=DASHED)
    else:
        arrow(ax, [(1.10, 0.27), (1.10, X_BUS)], faded=True, head=False)
    dot(ax, (0.95, HIGHWAY), STATE, not read and not blend)

    # The state line on top.
    arrow(ax, [(0.52, HIGHWAY), (UPDATE_COLUMN - 0.15, HIGHWAY)], STATE, not blend and not read)
    arrow(
        ax,
        [(UPDATE_COLUMN + 0.15, HIGHWAY), (CANDIDATE_COLUMN - 0.15, HIGHWAY)],
        STATE,
        not blend,
        width=2.4,
    )
    arrow(ax, [(CANDIDATE_COLUMN + 0.15, HIGHWAY), (4.82, HIGHWAY)], STATE, not blend, width=2.4)
    label(ax, (4.98, HIGHWAY), r"$\mathbf{h}_t$", STATE if blend else FADED_TEXT, 15)
    operator(
        ax, (UPDATE_COLUMN, HIGHWAY), r"$\odot$", STATE if blend else UPDATE_GATE,
        not (blend or update),
    )  # fmt: skip
    operator(ax, (CANDIDATE_COLUMN, HIGHWAY), "+", STATE, not blend)

    # The update gate.
    seen = update or blend
    _gate_inputs(ax, UPDATE_COLUMN, bottom, not update)
    box(
        ax,
        (UPDATE_COLUMN, GATES),
        (1.0, 0.58),
        "update gate\n$\\sigma$",
        UPDATE_GATE,
        not seen,
    )
    branch = [(UPDATE_COLUMN, GATES + 0.29), (UPDATE_COLUMN, HIGHWAY - 0.15)]
    arrow(ax, branch, UPDATE_GATE, not seen)
    dot(ax, (UPDATE_COLUMN, BRANCH), UPDATE_GATE, not seen)
    arrow(ax, [(UPDATE_COLUMN, BRANCH), (RESET_COLUMN - 0.19, BRANCH)], UPDATE_GATE, not seen)
    operator(ax, (RESET_COLUMN, BRANCH), "1−", UPDATE_GATE, not seen, radius=0.18, size=11)
    arrow(
        ax,
        [(RESET_COLUMN + 0.18, BRANCH), (CANDIDATE_COLUMN - 0.15, BRANCH)],
        UPDATE_GATE,
        not seen,
    )
    ink = UPDATE_GATE if seen else FADED_TEXT
    label(ax, (UPDATE_COLUMN - 0.17, 2.42), r"$\mathbf{z}_t$", ink, 14)
    label(ax, (3.22, BRANCH + 0.15), r"$1-\mathbf{z}_t$", ink, 12.5)

    # The reset gate.
    seen = reset or candidate
    _gate_inputs(ax, RESET_COLUMN, bottom, not reset)
    box(ax, (RESET_COLUMN, GATES), (1.0, 0.58), "reset gate\n$\\sigma$", RESET_GATE, not seen)
    arrow(ax, [(RESET_COLUMN + 0.5, GATES), (STATE_COLUMN - 0.15, GATES)], RESET_GATE, not seen)
    label(
        ax, (RESET_COLUMN + 0.64, GATES + 0.17), r"$\mathbf{r}_t$",
        RESET_GATE if seen else FADED_TEXT, 14,
    )  # fmt: skip

    # The candidate state.
    off = not candidate
    arrow(ax, [(STATE_COLUMN, H_BUS), (STATE_COLUMN, PROJECTION - 0.16)], STATE, off)
    box(ax, (STATE_COLUMN, PROJECTION), (0.46, 0.32), r"$\mathbf{U}_h$", STATE, off, 12, fill=0.06)
    arrow(
        ax, [(STATE_COLUMN, PROJECTION + 0.16), (STATE_COLUMN, GATES - 0.15)], STATE, off,
        head_size=8,
    )  # fmt: skip
    operator(ax, (STATE_COLUMN, GATES), r"$\odot$", STATE if candidate else RESET_GATE, not seen)
    low = CANDIDATE_ROW - 0.29
    arrow(ax, [(STATE_COLUMN, GATES + 0.15), (STATE_COLUMN, low)], STATE, off)
    arrow(ax, [(INPUT_COLUMN, X_BUS), (INPUT_COLUMN, low)], INPUT, off, linestyle=DASHED)
    seen = candidate or blend
    box(
        ax,
        (CANDIDATE_COLUMN, CANDIDATE_ROW),
        (1.0, 0.58),
        "candidate\ntanh",
        CANDIDATE,
        not seen,
    )
    arrow(
        ax,
        [(CANDIDATE_COLUMN, CANDIDATE_ROW + 0.29), (CANDIDATE_COLUMN, BRANCH - 0.15)],
        CANDIDATE,
        not seen,
    )
    label(
        ax, (CANDIDATE_COLUMN + 0.21, 2.845), r"$\tilde{\mathbf{h}}_t$",
        CANDIDATE if seen else FADED_TEXT, 14,
    )  # fmt: skip
    operator(
        ax, (CANDIDATE_COLUMN, BRANCH), r"$\odot$", STATE if blend else UPDATE_GATE,
        not (blend or update),
    )  # fmt: skip
    arrow(
        ax,
        [(CANDIDATE_COLUMN, BRANCH + 0.15), (CANDIDATE_COLUMN, HIGHWAY - 0.15)],
        CANDIDATE,
        not blend,
    )


def _focus_figure(focus: frozenset[str], color: str, zero: str, one: str, symbol: str) -> Figure:
    """Draw the cell with one gate in colour above the scale of that gate."""
    figure, ax = canvas(5.2, 5.05)
    gate_scale(ax, (0.72, 0.55), 3.92, color, zero, one, symbol)
    inner = figure.add_axes((0, 0.98 / 5.05, 1, 4.07 / 5.05))
    inner.set(xlim=(0, 5.2), ylim=(0, 4.07))
    inner.axis("off")
    _gru_cell(inner, focus)
    return figure


def draw_update_gate() -> Figure:
    """Draw the path that computes the update gate."""
    return _focus_figure(
        frozenset({"update"}),
        UPDATE_GATE,
        "write the candidate,\ndrop the old state",
        "keep the old state,\nignore the candidate",
        r"$\mathbf{z}_t$",
    )


def draw_reset_gate() -> Figure:
    """Draw the path that computes the reset gate."""
    return _focus_figure(
        frozenset({"reset"}),
        RESET_GATE,
        "the candidate sees\nonly the input",
        "the candidate sees the\nwhole old state",
        r"$\mathbf{r}_t$",
    )


def draw_candidate_state() -> Figure:
    """Draw the path that computes the candidate state."""
    figure, ax = canvas(5.2, 4.1)
    _gru_cell(ax, frozenset({"candidate"}))
    return figure


def draw_final_state() -> Figure:
    """Draw the blend of old state and candidate, with a worked number below."""
    figure, ax = canvas(5.2, 5.35)
    left, width, y = 0.72, 3.92, 0.40
    share = 0.75
    for start, length, color, text in (
        (0.0, share, UPDATE_GATE, "keep 0.75"),
        (share, 1 - share, CANDIDATE, "write 0.25"),
    ):
        box(
            ax,
            (left + (start + length / 2) * width, y + 0.43),
            (length * width - 0.03, 0.46),
            text,
            color,
            rounding=0.04,
        )
    label(
        ax,
        (left + width / 2, 0.22),
        r"$0.75\times 0.8\;+\;0.25\times(-0.4)\;=\;0.5$",
        size=13,
    )
    label(ax, (left, 1.22), r"One unit with $z_t=0.75$:", align="left", size=11.5)
    inner = figure.add_axes((0, 1.3 / 5.35, 1, 4.05 / 5.35))
    inner.set(xlim=(0, 5.2), ylim=(0, 4.05))
    inner.axis("off")
    _gru_cell(inner, frozenset({"blend"}))
    return figure


def draw_gru_step() -> Figure:
    """Draw one whole time step with its steps numbered."""
    figure, ax = canvas(5.2, 4.1)
    _gru_cell(ax)
    step_number(ax, (0.95, 2.75), 1, STATE)
    step_number(ax, (UPDATE_COLUMN - 0.5, GATES + 0.29), 2, UPDATE_GATE)
    step_number(ax, (RESET_COLUMN - 0.5, GATES + 0.29), 3, RESET_GATE)
    step_number(ax, (CANDIDATE_COLUMN - 0.5, CANDIDATE_ROW + 0.29), 4, CANDIDATE)
    step_number(ax, (CANDIDATE_COLUMN - 0.16, HIGHWAY + 0.19), 5, STATE)
    return figure


def draw_reset_before_after() -> Figure:
    """Draw the two places where the reset gate can act on the way to the candidate."""
    figure, ax = canvas(4.9, 3.95)
    for left, title, order in (
        (0.08, "reset_after=True", "after"),
        (2.52, "reset_after=False", "before"),
    ):
        cell(ax, (left, 0.05), (2.3, 3.5))
        label(ax, (left + 1.15, 3.75), title, size=11.5, weight="bold")
        column = left + 0.78
        label(ax, (column, 0.27), r"$\mathbf{h}_{t-1}$", size=14)
        low, high = 1.0, 1.72
        product, matrix = (high, low) if order == "after" else (low, high)
        text = (
            r"$\times\,\mathbf{U}_h+\mathbf{c}_h$"
            if order == "after"
            else r"$\times\,\mathbf{U}_h$"
        )
        half = {matrix: 0.2, product: 0.15}
        arrow(ax, [(column, 0.42), (column, low - half[low])])
        arrow(ax, [(column, low + half[low]), (column, high - half[high])])
        arrow(ax, [(column, high + half[high]), (column, 2.28)])
        box(ax, (column, matrix), (1.16, 0.4), text, STATE, text_size=12.5, fill=0.06)
        operator(ax, (column, product), r"$\odot$", RESET_GATE)
        gate = left + 1.86
        box(ax, (gate, product), (0.52, 0.4), r"$\mathbf{r}_t$", RESET_GATE, text_size=14)
        arrow(ax, [(gate - 0.26, product), (column + 0.15, product)], RESET_GATE)
        label(ax, (gate, 0.27), r"$\mathbf{x}_t$", INPUT, 14)
        box(ax, (column, 2.42), (1.16, 0.3), "tanh", CANDIDATE)
        arrow(ax, [(column, 2.57), (column, 2.95)], CANDIDATE)
        label(ax, (column, 3.15), r"$\tilde{\mathbf{h}}_t$", CANDIDATE, 15)
        turn = gate + 0.34
        path = [(gate + 0.13, 0.27), (turn, 0.27), (turn, 2.42), (column + 0.58, 2.42)]
        arrow(ax, path, INPUT, linestyle=DASHED)
    return figure


def draw_gru_unrolled() -> Figure:
    """Draw the same cell at four steps of a short review."""
    figure, ax = canvas(5.2, 3.6)
    words = ("a", "slow", "but", "superb")
    columns = [0.98 + 1.12 * index for index in range(4)]
    middle = 1.78
    label(ax, (0.16, middle), r"$\mathbf{h}_0$", size=14)
    arrow(ax, [(0.3, middle), (columns[0] - 0.38, middle)], width=2.4)
    for index, (word, x) in enumerate(zip(words, columns, strict=True), start=1):
        box(ax, (x, 0.22), (0.82, 0.34), f"“{word}”", INPUT, fill=0.05, text_size=11)
        arrow(ax, [(x, 0.39), (x, 0.66)], INPUT, head_size=9)
        box(ax, (x, 0.83), (0.82, 0.34), f"$\\mathbf{{x}}_{index}$", INPUT, text_size=14)
        arrow(ax, [(x, 1.0), (x, middle - 0.36)], INPUT, linestyle=DASHED)
        box(ax, (x, middle), (0.76, 0.72), "GRU", UPDATE_GATE, weight="bold", text_size=12)
        if index < 4:
            arrow(ax, [(x + 0.38, middle), (x + 0.74, middle)], width=2.4)
            label(ax, (x + 0.55, middle + 0.2), f"$\\mathbf{{h}}_{index}$", size=13)
    label(ax, (columns[0] + 0.56, 0.525), "embedding", INPUT)
    last = columns[-1]
    arrow(ax, [(last, middle + 0.36), (last, 3.02)], width=2.4)
    label(ax, (last + 0.2, 2.74), r"$\mathbf{h}_4$", size=13)
    box(ax, (last, 3.22), (0.9, 0.4), r"Dense, $\sigma$", STATE, fill=0.08, text_size=11.5)
    arrow(ax, [(last - 0.45, 3.22), (last - 0.82, 3.22)])
    label(ax, (last - 0.9, 3.22), "probability that\nthe review is positive", align="right")
    # One dotted bracket says that the weights are shared.
    top, shift = middle + 0.52, -0.2
    for x in columns:
        ax.plot([x + shift] * 2, [middle + 0.36, top], color=UPDATE_GATE, lw=1.4, ls=":")
    ax.plot([columns[0] + shift, last + shift], [top, top], color=UPDATE_GATE, lw=1.4, ls=":")
    label(ax, (columns[1] + 0.3, top + 0.16), "the same weights at every step", UPDATE_GATE)
    return figure


def draw_tv_series() -> Figure:
    """Draw which facts of a series stay in memory, and when the reset gate sets the past aside."""
    figure, ax = canvas(5.2, 3.95)
    left, width, top, bottom = 1.52, 0.71, 3.42, 0.12
    right = left + 5 * width
    for index in range(6):
        x = left + index * width
        ax.plot([x, x], [bottom, top], color="#DDDDDD", lw=1, ls="-", zorder=0)
        if index < 5:
            label(ax, (x + width / 2, 3.66), str(index + 1), weight="bold", size=11)
    label(ax, (left - 0.12, 3.66), "episode", align="right", weight="bold")
    middle = (left + right) / 2
    rows = (
        (3.12, "the family\nfeud"),
        (2.40, "who is in\nthe room"),
        (1.68, "the colour\nof a coat"),
        (0.62, "is the past used\nto read this\nepisode?"),
    )
    for y, name in rows:
        label(ax, (left - 0.12, y), name, align="right")
    box(ax, (middle, 3.12), (5 * width - 0.06, 0.42), r"kept:  $z\approx 1$", UPDATE_GATE,
        text_size=11)  # fmt: skip
    box(ax, (middle, 1.68), (5 * width - 0.06, 0.42), "seen, never written", FADED_TEXT,
        linestyle=(0, (1, 2)), fill=0.0)  # fmt: skip
    ax.plot([0.1, right], [1.2, 1.2], color=STATE, lw=1, ls="-")
    for index in range(5):
        x = left + (index + 0.5) * width
        box(ax, (x, 2.40), (width - 0.06, 0.42), r"$z\approx 0$", UPDATE_GATE, text_size=11,
            fill=0.0, linestyle=(0, (3, 2)))  # fmt: skip
        past = index != 3
        box(
            ax,
            (x, 0.74),
            (width - 0.06, 0.42),
            r"$r\approx 1$" if past else r"$r\approx 0$",
            RESET_GATE,
            text_size=11,
            fill=0.45 if past else 0.0,
            linestyle="-" if past else (0, (3, 2)),
        )
    label(ax, (left + 3.5 * width, 0.33), "a new plot starts", RESET_GATE, halo=True)
    return figure


def draw_memory_decay() -> Figure:
    """Draw how much of a state is left after many steps for four values of z."""
    figure, ax = plt.subplots(figsize=(4.8, 3.2))
    steps = range(101)
    for value, style, at in (
        (0.5, "-", (7.5, 0.035)),
        (0.9, "--", (15.5, 0.25)),
        (0.97, "-.", (32, 0.42)),
        (0.99, ":", (57, 0.62)),
    ):
        ax.plot(steps, [value**step for step in steps], color=UPDATE_GATE, linestyle=style)
        ax.text(
            at[0], at[1], f"$z={value}$", color=UPDATE_GATE, fontsize=13, math_fontfamily="stix"
        )
    ax.set(
        xlabel="steps back in time",
        ylabel="share that is left",
        xlim=(0, 100),
        ylim=(0, 1.02),
    )
    return figure
