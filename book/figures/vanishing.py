"""How fast gradients fade with distance: computed curves and the paths they take."""

from collections.abc import Callable

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from numpy.typing import NDArray

from gru_course.course.style import (
    GRU,
    LSTM,
    PAGE_WIDTH,
    SIMPLE_RNN,
    STATE,
)

Array = NDArray[np.float64]
Step = Callable[[Array, Array], tuple[Array, Array]]
"""From an input and a state to the next state and its Jacobian, for row vectors."""

UNITS = 64
FEATURES = 8
GATED_UNITS = 32
"""Units of the networks of the second figure, as in the notebook on vanishing gradients."""
SYMBOLS = 4
"""Kinds of symbols that these networks read, one-hot, beside a flag that is 0."""
DISTANCE = 60
WARM_UP = 10
NETWORKS = 7


def _logistic(values: Array) -> Array:
    return 1 / (1 + np.exp(-values))


def _glorot(rng: np.random.Generator, features: int, columns: int) -> Array:
    limit = np.sqrt(6 / (features + columns))
    return rng.uniform(-limit, limit, (features, columns))


def _orthogonal(rng: np.random.Generator, units: int, blocks: int) -> list[Array]:
    """Return the recurrent weights of a fresh Keras layer, one matrix for each block."""
    q, _ = np.linalg.qr(rng.standard_normal((blocks * units, units)))
    return np.split(q.T, blocks, axis=1)


def gaussian_inputs(rng: np.random.Generator) -> Array:
    """Return one small random input."""
    return 0.3 * rng.standard_normal(FEATURES)


def symbol(rng: np.random.Generator) -> Array:
    """Return one input of the recall task: a random symbol, one-hot, and a flag of 0."""
    drawn = np.zeros(SYMBOLS + 1)
    drawn[rng.integers(SYMBOLS)] = 1
    return drawn


def _gaussian(rng: np.random.Generator, radius: float) -> Array:
    """Return a random matrix with the given spectral radius."""
    matrix = rng.standard_normal((UNITS, UNITS))
    return matrix * float(radius / np.abs(np.linalg.eigvals(matrix)).max())


def simple_rnn_step(input_weights: Array, recurrent_weights: Array) -> Step:
    """Return one step of a simple RNN without bias."""

    def step(x: Array, h: Array) -> tuple[Array, Array]:
        new = np.tanh(x @ input_weights + h @ recurrent_weights)
        return new, recurrent_weights * (1 - new**2)

    return step


def gru_step(rng: np.random.Generator, update_bias: float) -> Step:
    """Return one step of a fresh GRU (reset_after=True) with this bias in its update gate."""
    w_z, w_r, w_h = np.split(_glorot(rng, SYMBOLS + 1, 3 * GATED_UNITS), 3, axis=1)
    u_z, u_r, u_h = _orthogonal(rng, GATED_UNITS, 3)

    def step(x: Array, h: Array) -> tuple[Array, Array]:
        z = _logistic(x @ w_z + h @ u_z + update_bias)
        r = _logistic(x @ w_r + h @ u_r)
        recurrent = h @ u_h
        candidate = np.tanh(x @ w_h + r * recurrent)
        through_candidate = (u_h * r + u_r * (r * (1 - r) * recurrent)) * (1 - candidate**2)
        jacobian = np.diag(z) + u_z * (z * (1 - z) * (h - candidate)) + through_candidate * (1 - z)
        return z * h + (1 - z) * candidate, jacobian

    return step


def lstm_step(rng: np.random.Generator, forget_bias: float) -> Step:
    """Return one step of a fresh LSTM; its state is the cell state, then the hidden state."""
    w_i, w_f, w_g, w_o = np.split(_glorot(rng, SYMBOLS + 1, 4 * GATED_UNITS), 4, axis=1)
    u_i, u_f, u_g, u_o = _orthogonal(rng, GATED_UNITS, 4)

    def step(x: Array, state: Array) -> tuple[Array, Array]:
        c, h = np.split(state, 2)
        i = _logistic(x @ w_i + h @ u_i)
        f = _logistic(x @ w_f + h @ u_f + forget_bias)
        g = np.tanh(x @ w_g + h @ u_g)
        o = _logistic(x @ w_o + h @ u_o)
        new_c = f * c + i * g
        tanh_c = np.tanh(new_c)
        c_from_c = np.diag(f)
        c_from_h = u_f * (f * (1 - f) * c) + u_i * (i * (1 - i) * g) + u_g * ((1 - g**2) * i)
        squash = o * (1 - tanh_c**2)
        h_from_h = c_from_h * squash + u_o * (o * (1 - o) * tanh_c)
        jacobian = np.block([[c_from_c, c_from_c * squash], [c_from_h, h_from_h]])
        return np.concatenate([new_c, o * tanh_c]), jacobian

    return step


def gradient_norms(
    rng: np.random.Generator, step: Step, width: int, draw: Callable[[np.random.Generator], Array]
) -> Array:
    """Return the largest singular value of the product of Jacobians for each distance.

    The state of an LSTM is its cell state and its hidden state together. Rounded to a
    thousandth of a power of ten, below what the eye sees, so that processors that differ in
    the last digits agree.
    """
    state = np.zeros(width)
    for _ in range(WARM_UP):
        state, _ = step(draw(rng), state)
    product = np.eye(width)
    norms = [1.0]
    for _ in range(DISTANCE):
        state, jacobian = step(draw(rng), state)
        product = product @ jacobian
        norms.append(float(np.linalg.norm(product, 2)))
    return np.asarray(10 ** np.round(np.log10(norms), 3), dtype=np.float64)


def _curve(
    axes: Axes,
    runs: list[Array],
    label: str,
    color: str,
    linestyle: object,
    label_y: float | None = None,
) -> None:
    """Plot the median over networks, their range as a band, and a label at the end."""
    distance = np.arange(DISTANCE + 1)
    median = np.median(runs, axis=0)
    axes.fill_between(
        distance, np.min(runs, axis=0), np.max(runs, axis=0), color=color, alpha=0.15, lw=0
    )
    axes.plot(distance, median, color=color, linestyle=linestyle)
    y = median[-1] if label_y is None else label_y
    ink = "#595959" if color == SIMPLE_RNN else color
    axes.text(DISTANCE + 1.5, y, label, color=ink, va="center", fontweight="bold")


def _decay_axes(lowest: float, highest: float, height: float) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(PAGE_WIDTH, height))
    axes.set_yscale("log")
    axes.set_xlim(0, DISTANCE)
    axes.set_ylim(lowest, highest)
    axes.axhline(1, color=STATE, linewidth=1, linestyle="-")
    axes.set_xlabel("Distance back in time (timesteps)")
    axes.set_title("Size of the gradient (logarithmic)")
    return figure, axes


def draw_gradient_decay() -> Figure:
    """Draw the gradient of simple RNNs against distance for several spectral radii."""
    figure, axes = _decay_axes(1e-20, 1e10, 4.2)
    for radius, linestyle in ((3.0, "--"), (2.0, ":"), (1.2, "-"), (0.9, "-."), (0.5, (0, (5, 1)))):
        runs = []
        for seed in range(NETWORKS):
            rng = np.random.default_rng(seed)
            step = simple_rnn_step(_glorot(rng, FEATURES, UNITS), _gaussian(rng, radius))
            runs.append(gradient_norms(rng, step, UNITS, gaussian_inputs))
        _curve(axes, runs, f"ρ = {radius}", SIMPLE_RNN, linestyle)
    axes.set_yticks([10.0**power for power in range(-20, 11, 5)])
    axes.text(2, 1e8, "exploding", style="italic", va="center")
    axes.text(2, 1e-17, "vanishing", style="italic", va="center")
    return figure


def draw_gated_decay() -> Figure:
    """Draw the gradient of fresh simple, LSTM and GRU networks against distance."""
    figure, axes = _decay_axes(1e-14, 10, 4.2)
    units = GATED_UNITS
    makers: list[tuple[str, str, str, int, float | None, Callable[[np.random.Generator], Step]]] = [
        ("GRU, update\nbias 4", GRU, "-", units, None, lambda rng: gru_step(rng, 4.0)),
        (
            "simple RNN",
            SIMPLE_RNN,
            "--",
            units,
            6e-3,
            lambda rng: simple_rnn_step(
                _glorot(rng, SYMBOLS + 1, units), _orthogonal(rng, units, 1)[0]
            ),
        ),
        ("LSTM, forget\nbias 1", LSTM, ":", 2 * units, 7e-5, lambda rng: lstm_step(rng, 1.0)),
        ("GRU, update\nbias 0", GRU, "-.", units, None, lambda rng: gru_step(rng, 0.0)),
    ]
    for label, color, linestyle, width, label_y, make in makers:
        runs = []
        for seed in range(NETWORKS):
            rng = np.random.default_rng(seed)
            runs.append(gradient_norms(rng, make(rng), width, symbol))
        _curve(axes, runs, label, color, linestyle, label_y)
    return figure


def _lane_node(axes: Axes, x: float, y: float, text: str, color: str) -> None:
    axes.add_patch(Circle((x, y), 0.19, facecolor="white", edgecolor=color, lw=1.8, zorder=3))
    axes.text(x, y - 0.005, text, ha="center", va="center", fontsize=13, zorder=4)


def _lane_box(axes: Axes, x: float, y: float, text: str, color: str, width: float = 0.74) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - 0.19),
            width,
            0.38,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="white",
            edgecolor=color,
            lw=1.8,
            zorder=3,
        )
    )
    axes.text(x, y - 0.005, text, ha="center", va="center", zorder=4)


def _lane_arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            color=STATE,
            lw=1.6,
            shrinkA=0,
            shrinkB=0,
        )
    )


def draw_memory_lanes() -> Figure:
    """Draw what one step does to the memory of a simple RNN, an LSTM and a GRU."""
    figure = plt.figure(figsize=(4.7, 5.0), layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 4.7)
    axes.set_ylim(0, 5.0)
    axes.set_aspect("equal")
    axes.axis("off")

    def lane(y: float, name: str, old: str, new: str, color: str) -> None:
        axes.text(0.05, y + 0.42, name, fontweight="bold", color=color)
        for x, name_of_state in ((0.3, old), (4.4, new)):
            axes.text(
                x, y, name_of_state, ha="center", va="center", fontsize=14, math_fontfamily="stix"
            )

    y = 4.34
    lane(y, "Simple RNN: everything is rewritten", "$h_{t-1}$", "$h_t$", "#595959")
    _lane_arrow(axes, (0.62, y), (1.08, y))
    _lane_box(axes, 1.45, y, "× U", SIMPLE_RNN)
    _lane_arrow(axes, (1.82, y), (2.24, y))
    _lane_node(axes, 2.43, y, "+", STATE)
    _lane_arrow(axes, (2.62, y), (2.93, y))
    _lane_box(axes, 3.3, y, "tanh", SIMPLE_RNN)
    _lane_arrow(axes, (3.67, y), (4.16, y))
    _lane_arrow(axes, (2.43, y - 0.62), (2.43, y - 0.19))
    axes.text(2.43, y - 0.78, "input × W, plus bias", ha="center", va="center")

    y = 2.64
    lane(y, "LSTM: the cell state is scaled, then added to", "$c_{t-1}$", "$c_t$", LSTM)
    _lane_arrow(axes, (0.62, y), (1.26, y))
    _lane_node(axes, 1.45, y, "×", LSTM)
    _lane_arrow(axes, (1.64, y), (2.86, y))
    _lane_node(axes, 3.05, y, "+", STATE)
    _lane_arrow(axes, (3.24, y), (4.16, y))
    _lane_arrow(axes, (1.45, y - 0.62), (1.45, y - 0.19))
    _lane_arrow(axes, (3.05, y - 0.62), (3.05, y - 0.19))
    axes.text(1.45, y - 0.78, "forget gate", ha="center", va="center")
    axes.text(3.05, y - 0.78, "input gate × candidate", ha="center", va="center")

    y = 0.94
    lane(y, "GRU: the state is blended", "$h_{t-1}$", "$h_t$", GRU)
    _lane_arrow(axes, (0.62, y), (1.26, y))
    _lane_node(axes, 1.45, y, "×", GRU)
    _lane_arrow(axes, (1.64, y), (2.86, y))
    _lane_node(axes, 3.05, y, "+", STATE)
    _lane_arrow(axes, (3.24, y), (4.16, y))
    _lane_arrow(axes, (1.45, y - 0.62), (1.45, y - 0.19))
    _lane_arrow(axes, (3.05, y - 0.62), (3.05, y - 0.19))
    axes.text(1.45, y - 0.78, "update gate z", ha="center", va="center")
    axes.text(3.05, y - 0.78, "(1 − z) × candidate", ha="center", va="center")
    return figure
