"""The state at rest of the live figure "Gates by hand", for pages without scripts."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from gru_course.cells import GRUWeights, run
from gru_course.course.style import CANDIDATE, INPUT, PAGE_WIDTH, RESET_GATE, STATE, UPDATE_GATE

INPUTS = {3: 1.0, 6: -0.5, 9: -1.0, 12: -0.5}
STEPS = np.arange(1, 17)


def at_rest() -> tuple[np.ndarray, ...]:
    """Compute inputs, z, r, candidates and states of the unit that remembers."""
    weights = GRUWeights(
        np.array([[-12.0, 0.0, 3.0]]), np.zeros((1, 3)), np.array([[6.0, 6.0, 0.0], [0, 0, 0]])
    )
    x = np.array([INPUTS.get(int(step), 0.0) for step in STEPS])
    trace = run(x[np.newaxis, :, np.newaxis], weights)
    z, r, candidate, h = np.array([np.ravel(step) for step in trace.steps]).T
    return x, z, r, candidate, h


def draw_gates_by_hand() -> Figure:
    """Draw the inputs, both gates and the state over the steps."""
    x, z, r, candidate, h = at_rest()
    figure, axes = plt.subplots(
        4, 1, figsize=(PAGE_WIDTH, 4.6), sharex=True, height_ratios=(1.1, 0.8, 0.8, 2)
    )
    rows = (("input x", x, INPUT), ("update z", z, UPDATE_GATE), ("reset r", r, RESET_GATE))
    for ax, (name, values, color) in zip(axes, rows, strict=False):
        ax.bar(STEPS, values, color=color, width=0.62)
        ax.set(ylabel=name, ylim=(-1.1 if name == "input x" else 0, 1.1))
    axes[3].plot(STEPS, candidate, "D", color=CANDIDATE, mfc="none", label="candidate")
    axes[3].plot([0, *STEPS], [0, *h], "-", color=STATE)
    axes[3].plot(STEPS, h, "o", color=STATE, label="state h")
    axes[3].set(ylabel="state", xlabel="step", ylim=(-1.1, 1.1), xticks=STEPS, xlim=(0.2, 16.8))
    axes[3].legend(loc="center", bbox_to_anchor=(0.6, 0.74), ncols=2)
    return figure
