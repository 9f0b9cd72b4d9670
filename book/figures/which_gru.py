"""Which GRU for which problem: five wirings by the question that leads to them."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapes import arrow, box, canvas, label

from gru_course.course.style import ANOTHER, GRU, INPUT, SIMPLE_RNN, STATE

WIDTH = 4.6
ROW = 1.36
CELL = (0.34, 0.26)
STEP = 0.46
RISE = 0.36


def _wiring(
    ax: Axes,
    left: float,
    middle: float,
    reads: Sequence[int],
    answers: Sequence[int],
    *,
    cells: int = 5,
    writer_from: int | None = None,
    feedback: bool = False,
    both_ways: bool = False,
) -> None:
    """Draw cells in a row, the steps that get an input and those that give an output."""
    xs = [left + STEP * step for step in range(cells)]
    for step, x in enumerate(xs):
        writes = writer_from is not None and step >= writer_from
        box(ax, (x, middle), CELL, "", GRU, linestyle="--" if writes else "-", rounding=0.04)
        if step:
            ends = xs[step - 1] + CELL[0] / 2, x - CELL[0] / 2
            shift = 0.05 if both_ways else 0.0
            for (start, end), by in ((ends, shift), (ends[::-1], -shift))[: 1 + both_ways]:
                arrow(
                    ax,
                    [(start, middle + by), (end, middle + by)],
                    STATE,
                    head_size=6,
                    width=1.2,
                )
        if step in reads:
            arrow(ax, [(x, middle - RISE), (x, middle - CELL[1] / 2)], INPUT, head_size=7)
        if step in answers:
            arrow(ax, [(x, middle + CELL[1] / 2), (x, middle + RISE)], ANOTHER, head_size=7)
        if feedback and step + 1 < cells and step in answers:
            between = x + STEP / 2
            arrow(
                ax,
                [
                    (x + 0.05, middle + RISE - 0.05),
                    (between, middle + RISE - 0.05),
                    (between, middle - RISE + 0.02),
                    (xs[step + 1] - 0.02, middle - RISE + 0.02),
                    (xs[step + 1] - 0.02, middle - CELL[1] / 2),
                ],
                SIMPLE_RNN,
                linestyle=(0, (2, 1.5)),
                width=1.1,
                head_size=6,
                zorder=1,
            )


def draw_which_gru() -> Figure:
    """Draw five questions, and the wiring that a yes leads to."""
    rows: list[tuple[str, str, list[int], list[int], dict[str, Any]]] = [
        ("One answer for\nthe whole sequence?", "many-to-one", [0, 1, 2, 3, 4], [4], {}),
        (
            "One answer per step,\nall of it known?",
            "aligned, both ways\nallowed",
            [0, 1, 2, 3, 4],
            [0, 1, 2, 3, 4],
            {"both_ways": True},
        ),
        (
            "One answer per step,\nat once?",
            "streaming,\nforwards only",
            [0, 1, 2, 3, 4],
            [0, 1, 2, 3, 4],
            {},
        ),
        (
            "Another sequence of\nanother length?",
            "encoder–decoder,\nwith attention",
            [0, 1, 2],
            [3, 4],
            {"writer_from": 3, "feedback": True},
        ),
        (
            "A sequence from\na start alone?",
            "one-to-many,\nautoregressive",
            [0],
            [0, 1, 2, 3, 4],
            {"feedback": True},
        ),
    ]
    height = ROW * len(rows) + 0.3
    figure, ax = canvas(WIDTH, height)
    for number, (question, name, reads, answers, options) in enumerate(rows):
        middle = height - 0.2 - ROW * (number + 0.5)
        label(ax, (0.08, middle + 0.28), question, size=10, align="left", weight="bold")
        label(ax, (0.08, middle - 0.2), name, "#595959", 10, align="left")
        _wiring(ax, 2.35, middle, reads, answers, **options)
        if name.startswith("streaming"):
            arrow(
                ax,
                [(2.35 + 4 * STEP + CELL[0] / 2, middle), (4.54, middle)],
                STATE,
                head_size=6,
                width=1.2,
                linestyle=(0, (2, 1.5)),
            )
        if number:
            ax.plot(
                [0.05, WIDTH - 0.05],
                [middle + ROW / 2] * 2,
                color="#DDDDDD",
                linewidth=0.8,
                linestyle="-",
            )
    y = 0.14
    arrow(ax, [(0.1, y), (0.4, y)], INPUT, head_size=7)
    label(ax, (0.47, y), "input", size=10, align="left")
    arrow(ax, [(1.0, y), (1.3, y)], ANOTHER, head_size=7)
    label(ax, (1.37, y), "output", size=10, align="left")
    arrow(ax, [(2.0, y), (2.3, y)], STATE, head_size=6, width=1.2)
    label(ax, (2.37, y), "state", size=10, align="left")
    arrow(ax, [(2.9, y), (3.2, y)], SIMPLE_RNN, linestyle=(0, (2, 1.5)), width=1.1, head_size=6)
    label(ax, (3.27, y), "output fed back", size=10, align="left")
    return figure
