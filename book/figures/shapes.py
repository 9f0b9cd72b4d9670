"""Drawing primitives for the diagrams of the book: boxes, arrows, gate symbols.

A canvas is measured in inches, so that sizes in the code are sizes on paper.
"""

from collections.abc import Sequence

from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from gru_course.course.style import GRID, GROUND, STATE

Point = tuple[float, float]
LineStyle = str | tuple[float, tuple[float, ...]]

DASHED: LineStyle = (0, (4, 1.6))
"""Line style of the input in every diagram."""

FADED = "#B8B8B8"
"""Lines of the parts that a figure does not talk about."""

FADED_TEXT = "#757575"
"""Text of the parts that a figure does not talk about."""

MATH = "stix"
"""Family of the formulas inside figures."""


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty sheet of ``width`` by ``height`` inches, measured in inches."""
    figure = plt.figure(figsize=(width, height), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_aspect("equal")
    ax.axis("off")
    return figure, ax


def tint(color: str, share: float = 0.16) -> tuple[float, float, float]:
    """Mix ``share`` of a colour with white."""
    red, green, blue = to_rgb(color)
    return (1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue))


def label(
    ax: Axes,
    at: Point,
    text: str,
    color: str = STATE,
    size: float = 10.5,
    align: str = "center",
    vertical: str = "center",
    weight: str = "normal",
    halo: bool = False,
) -> None:
    """Write text; ``halo`` puts a white rim around it."""
    ax.text(
        *at,
        text,
        color=color,
        fontsize=size,
        ha=align,
        va=vertical,
        fontweight=weight,
        math_fontfamily=MATH,
        linespacing=1.25,
        zorder=6,
        path_effects=[patheffects.withStroke(linewidth=3, foreground=GROUND)] if halo else None,
    )


def box(
    ax: Axes,
    center: Point,
    size: Point,
    text: str = "",
    color: str = STATE,
    faded: bool = False,
    text_size: float = 10.5,
    text_color: str | None = None,
    weight: str = "normal",
    linestyle: LineStyle = "-",
    fill: float = 0.16,
    rounding: float = 0.07,
    zorder: float = 3,
) -> None:
    """Draw a rounded box with text in its middle."""
    (x, y), (width, height) = center, size
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2 + rounding, y - height / 2 + rounding),
            width - 2 * rounding,
            height - 2 * rounding,
            boxstyle=f"round,pad={rounding}",
            facecolor="#F7F7F7" if faded else tint(color, fill),
            edgecolor=FADED if faded else color,
            linewidth=1.1 if faded else 1.6,
            linestyle=linestyle,
            zorder=zorder,
        )
    )
    if text:
        ink = FADED_TEXT if faded else (text_color or STATE)
        label(ax, center, text, ink, text_size, weight=weight)


def cell(ax: Axes, corner: Point, size: Point, color: str = GRID, fill: str = "#FBFBFB") -> None:
    """Draw the large quiet frame that stands for one recurrent cell."""
    (x, y), (width, height) = corner, size
    ax.add_patch(
        FancyBboxPatch(
            (x + 0.12, y + 0.12),
            width - 0.24,
            height - 0.24,
            boxstyle="round,pad=0.12",
            facecolor=fill,
            edgecolor=color,
            linewidth=1.3,
            zorder=0,
        )
    )


def operator(
    ax: Axes,
    center: Point,
    symbol: str,
    color: str = STATE,
    faded: bool = False,
    radius: float = 0.15,
    size: float = 13,
) -> None:
    """Draw a round element-wise operation such as a product or a sum."""
    ink = FADED if faded else color
    ax.add_patch(
        Circle(
            center,
            radius,
            facecolor=GROUND,
            edgecolor=ink,
            linewidth=1.1 if faded else 1.6,
            zorder=4,
        )
    )
    label(ax, center, symbol, FADED_TEXT if faded else color, size)


def arrow(
    ax: Axes,
    points: Sequence[Point],
    color: str = STATE,
    faded: bool = False,
    head: bool = True,
    width: float = 1.6,
    linestyle: LineStyle = "-",
    bridge: bool = False,
    zorder: float = 2,
    head_size: float = 11,
) -> None:
    """Draw an arrow along straight pieces; ``bridge`` cuts a gap into lines below it."""
    ink = FADED if faded else color
    line = 1.1 if faded else width
    if head:
        (x0, y0), (x1, y1) = points[-2], points[-1]
        length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
        back = 0.7 * head_size / 72
        joint = (x1 - (x1 - x0) / length * back, y1 - (y1 - y0) / length * back)
        ax.add_patch(
            FancyArrowPatch(
                joint,
                (x1, y1),
                arrowstyle="-|>,head_width=0.32,head_length=0.7",
                mutation_scale=head_size,
                shrinkA=0,
                shrinkB=0,
                color=ink,
                linewidth=0,
                zorder=zorder + 0.1,
            )
        )
        line_points = [*points[:-1], joint]
    else:
        line_points = list(points)
    xs, ys = zip(*line_points, strict=True)
    ax.plot(
        xs,
        ys,
        color=ink,
        linewidth=line,
        linestyle=linestyle,
        marker="",
        solid_capstyle="butt",
        dash_capstyle="butt",
        solid_joinstyle="round",
        dash_joinstyle="round",
        zorder=zorder,
        path_effects=(
            [patheffects.Stroke(linewidth=line + 5, foreground="#FBFBFB"), patheffects.Normal()]
            if bridge
            else None
        ),
    )


def curve(
    ax: Axes,
    start: Point,
    end: Point,
    bend: float,
    color: str = STATE,
    linestyle: LineStyle = "-",
    width: float = 1.6,
    zorder: float = 2,
) -> None:
    """Draw a curved arrow; a positive ``bend`` curves to the right of its direction."""
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>,head_width=0.32,head_length=0.7",
            mutation_scale=11,
            shrinkA=0,
            shrinkB=0,
            color=color,
            linewidth=width,
            linestyle=linestyle,
            zorder=zorder,
        )
    )


def dot(ax: Axes, center: Point, color: str = STATE, faded: bool = False) -> None:
    """Mark the place where one line becomes two."""
    ax.add_patch(Circle(center, 0.036, color=FADED if faded else color, linewidth=0, zorder=5))


def step_number(ax: Axes, center: Point, number: int, color: str = STATE) -> None:
    """Draw a filled disc with the number of a step."""
    ax.add_patch(Circle(center, 0.118, color=color, linewidth=0, zorder=6))
    ax.text(
        center[0],
        center[1] - 0.008,
        str(number),
        color=GROUND,
        fontsize=10.5,
        fontweight="bold",
        ha="center",
        va="center_baseline",
        zorder=7,
    )


def gate_scale(
    ax: Axes, left: Point, width: float, color: str, zero: str, one: str, symbol: str
) -> None:
    """Draw a bar from 0 to 1 that says what both ends of a gate mean."""
    x, y = left
    pieces = 48
    for index in range(pieces):
        ax.add_patch(
            Rectangle(
                (x + index * width / pieces, y),
                width / pieces + 0.004,
                0.17,
                facecolor=tint(color, 0.06 + 0.84 * index / (pieces - 1)),
                linewidth=0,
                zorder=2,
            )
        )
    ax.add_patch(
        Rectangle((x, y), width, 0.17, facecolor="none", edgecolor=color, linewidth=1.3, zorder=3)
    )
    label(ax, (x, y + 0.31), f"{symbol}$\\,=0$", color, 11, align="left", weight="bold")
    label(ax, (x + width, y + 0.31), f"{symbol}$\\,=1$", color, 11, align="right", weight="bold")
    label(ax, (x, y - 0.09), zero, align="left", vertical="top")
    label(ax, (x + width, y - 0.09), one, align="right", vertical="top")


def tokens(
    ax: Axes,
    left: Point,
    words: Sequence[str],
    widths: Sequence[float],
    colors: Sequence[str],
    height: float = 0.32,
    fills: Sequence[float] | None = None,
    linestyles: Sequence[LineStyle] | None = None,
) -> None:
    """Draw a row of word boxes side by side."""
    x, y = left
    for index, (word, width, color) in enumerate(zip(words, widths, colors, strict=True)):
        box(
            ax,
            (x + width / 2, y + height / 2),
            (width - 0.04, height),
            word,
            color,
            fill=fills[index] if fills else 0.16,
            linestyle=linestyles[index] if linestyles else "-",
            rounding=0.04,
        )
        x += width


__all__ = [
    "DASHED",
    "FADED",
    "FADED_TEXT",
    "LineStyle",
    "Point",
    "arrow",
    "box",
    "canvas",
    "cell",
    "curve",
    "dot",
    "gate_scale",
    "label",
    "operator",
    "step_number",
    "tint",
    "tokens",
]
