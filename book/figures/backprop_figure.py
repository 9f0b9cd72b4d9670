"""The state at rest of the live figure "Backpropagation by hand", for pages without scripts."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from gru_course.cells import GRUWeights, backpropagate, run
from gru_course.course.style import CANDIDATE, PAGE_WIDTH, RESET_GATE, STATE, UPDATE_GATE

PATHS = {
    "direct": UPDATE_GATE, "update gate": "#56B4E9", "candidate": CANDIDATE,
    "reset gate": RESET_GATE,
}  # fmt: skip
X, START, TARGET = (1.0, -0.5, 0.5), 0.5, 1.0
WEIGHTS = GRUWeights(
    np.array([[2.0, 0.0, 1.0]]), np.array([[-2.0, 4.0, -1.0]]), np.array([[-1.0, 0, 0], [0, 0, 0]])
)


def by_hand(
    weights: GRUWeights = WEIGHTS,
    x: tuple[float, ...] = X,
    start: float = START,
    target: float = TARGET,
) -> dict[str, np.ndarray]:
    """Compute the paths of each step, and the gradients by the backward pass of the course."""
    trace = run(np.reshape(x, (1, -1, 1)).astype(float), weights, np.array([[start]]))
    z, r, candidate, _ = np.array([np.ravel(step) for step in trace.steps]).T
    h = np.array([start, *trace.hidden[0, :, 0]])
    U_z, U_r, U_h = weights.recurrent_kernel[0]
    old, slope = h[:-1], 1 - candidate**2
    paths = [
        z,
        z * (1 - z) * U_z * (old - candidate),
        slope * r * U_h * (1 - z),
        r * (1 - r) * U_r * slope * (old * U_h + weights.bias[1, 2]) * (1 - z),
    ]
    d_hidden = np.zeros(trace.hidden.shape)
    d_hidden[0, -1] = h[-1] - target
    back = backpropagate(trace, d_hidden)
    gradients = np.array([back.initial_state[0].item(), *back.hidden[0, :, 0]])
    shares = gradients[1:] * (old - candidate) * z * (1 - z) * old
    return {
        "z": z, "r": r, "candidate": candidate, "h": h, "paths": np.array(paths),
        "gradients": gradients, "shares": shares, "U_z": back.weights.recurrent_kernel[0, 0],
    }  # fmt: skip


def draw_backprop_by_hand() -> Figure:
    """Draw the four paths of each step, and the gradient at each state."""
    found = by_hand()
    figure, (above, below) = plt.subplots(2, 1, figsize=(PAGE_WIDTH, 4.8))
    for k, (name, color) in enumerate(PATHS.items()):
        above.bar(np.arange(3) + 0.2 * (k - 1.5), found["paths"][k], 0.18, color=color, label=name)
    above.axhline(0, color=STATE, linewidth=0.8)
    above.set(
        ylabel="part of the factor", xticks=range(3), xticklabels=["step 1", "step 2", "step 3"]
    )
    figure.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    below.bar(range(4), found["gradients"], 0.5, color=STATE)
    below.axhline(0, color=STATE, linewidth=0.8)
    names = [f"at $h_{t}$" for t in range(4)]
    below.set(ylabel="gradient", xticks=range(4), xticklabels=names)
    return figure
