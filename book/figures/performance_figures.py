"""The parts of one update of a GRU under the roof of an example machine."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from gru_course.course.style import INPUT, PAGE_WIDTH, STATE

OPERATIONS = 100.0
"""Billions of operations a second of the example machine."""
BYTES = 20.0
"""Billions of bytes a second."""


def draw_roofline() -> Figure:
    """Draw the two limits, and how far a part of the update can get at its intensity."""
    figure, ax = plt.subplots(figsize=(PAGE_WIDTH, 3.9))
    intensity = np.geomspace(0.1, 200, 200)
    ax.plot(intensity, np.minimum(OPERATIONS, BYTES * intensity), color=STATE, ls="-", lw=2.2)
    ax.set(xscale="log", yscale="log", xlim=(0.1, 200), ylim=(1, 300))
    ax.set(xlabel="operations per byte", ylabel="billion operations a second, at most")
    ax.text(0.35, 10.5, "memory is the limit", rotation=45, rotation_mode="anchor", ha="center")
    ax.text(45, 118, "arithmetic is the limit", ha="center")
    balance = OPERATIONS / BYTES
    ax.plot([balance, balance], [1, OPERATIONS], color=STATE, ls=":", lw=1.2)
    ax.text(balance * 0.9, 1.2, "balance", ha="right")
    parts = [
        (12 / 28, "Adam on the\nword vectors", "s", (0.7, 4.6), "left"),
        (13.7, "state product\nof one step", "^", (5.6, 4.2), "left"),
        (17.5, "input product\nof one step", "v", (16.5, 14), "left"),
        (37.9, "all input\nproducts at once", "o", (190, 44), "right"),
    ]
    for at, text, marker, (x, y), align in parts:
        height = min(OPERATIONS, BYTES * at)
        ax.plot(at, height, marker, color=INPUT, ms=8, ls="none")
        if height == OPERATIONS:
            ax.plot([at, at], [y * 1.4, height * 0.88], color=INPUT, ls="-", lw=0.8)
        ax.text(x, y, text, ha=align, va="center", color=INPUT, linespacing=1.15)
    return figure
