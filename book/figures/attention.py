"""How a decoder looks back at all states of an encoder."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from shapes import arrow, box, canvas, label

from gru_course.course.style import GRU, INPUT, STATE

WIDTH, HEIGHT = 4.6, 3.6
WORDS = ("where", "is", "the", "cat")
WEIGHTS = (0.05, 0.05, 0.2, 0.7)
CELL = (0.62, 0.34)


def draw_attention() -> Figure:
    """Draw one look back: scores, weights, and the weighted sum that the decoder reads."""
    figure, ax = canvas(WIDTH, HEIGHT)
    xs = [0.55 + 0.86 * n for n in range(4)]
    for n, (x, word, weight) in enumerate(zip(xs, WORDS, WEIGHTS, strict=True)):
        label(ax, (x, 0.2), word)
        arrow(ax, [(x, 0.34), (x, 0.6)], INPUT, head_size=9)
        box(ax, (x, 0.78), CELL, f"$\\mathbf{{h}}_{n + 1}$", GRU, rounding=0.05)
        if n:
            arrow(ax, [(xs[n - 1] + CELL[0] / 2, 0.78), (x - CELL[0] / 2, 0.78)], head_size=9)
        # The bar of the weight, and the thicker arrow the more is read.
        bar = Rectangle((x - 0.2, 1.5), 0.4, 0.9 * weight, facecolor=STATE, alpha=0.75, zorder=3)
        ax.add_patch(bar)
        ax.plot([x - 0.26, x + 0.26], [1.5, 1.5], "-", color=STATE, linewidth=1)
        arrow(ax, [(x, 0.95), (x, 1.44)], STATE, head_size=8, width=1.0)
        label(ax, (x, 1.62 + 0.9 * weight), f"{weight:g}", size=10)
        arrow(ax, [(x, 2.42), (2.2, 2.9)], STATE, head_size=8, width=0.8 + 3 * weight)
    label(ax, (0.12, 2.62), "weights,\nsum 1", size=10, align="left")
    box(ax, (2.2, 3.08), (1.5, 0.34), "weighted sum", STATE, rounding=0.05)
    box(ax, (4.12, 1.95), (0.72, 0.5), "decoder\nstate", GRU, rounding=0.05, text_size=9.5)
    arrow(ax, [(3.74, 1.95), (3.5, 1.95)], STATE, head_size=8, width=1.0)
    label(ax, (4.12, 1.5), "compared with\neach state", size=9.5)
    box(ax, (4.12, 3.08), (0.72, 0.34), "chat", STATE, rounding=0.05, linestyle="--")
    label(ax, (4.12, 3.4), "next word", size=9.5)
    arrow(ax, [(2.97, 3.08), (3.74, 3.08)], STATE, head_size=8, width=1.2)
    arrow(ax, [(4.12, 2.22), (4.12, 2.89)], STATE, head_size=8, width=1.2)
    return figure
