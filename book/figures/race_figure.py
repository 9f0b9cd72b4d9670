"""The state at rest of the live figure "Forgetting race", for pages without scripts."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from mulberry import random
from page_arrays import read_arrays

from gru_course.cells import GRUWeights, LSTMWeights, SimpleRNNWeights, run
from gru_course.cells.sequence import backpropagate
from gru_course.course.style import GRU, LSTM, PAGE_WIDTH, SIMPLE_RNN

STUDY = Path(__file__).resolve().parents[2] / "studies" / "forgetting_race.json"
CELLS = {"gru": GRUWeights, "lstm": LSTMWeights, "rnn": SimpleRNNWeights}
KINDS, LONGEST, OTHERS = 8, 100, 2
LAG, NUMBER = 40, 1
LOOKS = {
    "gru": ("GRU", GRU, "-"), "lstm": ("LSTM", LSTM, "--"), "rnn": ("simple RNN", SIMPLE_RNN, ":"),
}  # fmt: skip


class Network(NamedTuple):
    """A trained cell, and the kernel and bias of the layer that answers."""

    weights: Any
    head: tuple[np.ndarray, np.ndarray]


def networks(trained: bool = True, study: Path = STUDY) -> dict[str, Network]:
    """Read the three networks that the page loads, trained or as Keras makes them."""
    found = json.loads(study.read_text(encoding="utf-8"))["results"]
    stored = read_arrays(study.with_suffix(".npz"), found["kept"]["weights"])
    arrays = {name: np.asarray(array, dtype=float) for name, array in stored.items()}

    def of(cell: str, *names: str) -> list[np.ndarray]:
        return [arrays[f"{'' if trained else 'fresh.'}{cell}.{name}"] for name in names]

    return {
        cell: Network(
            make(*of(cell, "kernel", "recurrentKernel", "bias")),
            tuple(of(cell, "outputKernel", "outputBias")),  # type: ignore[arg-type]
        )
        for cell, make in CELLS.items()
    }


def symbols(seed: int) -> list[int]:
    """Draw the symbols of a sequence."""
    return [number % KINDS for number in random(seed, LONGEST + 1)]


def memory(
    network: Network, number: int, shift: float = 0.0, steps: int = LAG + 1
) -> dict[str, Any]:
    """Compute what is left of the first symbol, the answers, and the gradient of the last one."""
    weights, (kernel, bias) = network
    if shift:
        moved = weights.bias.copy()
        moved[0, : weights.units] += shift
        weights = GRUWeights(weights.kernel, weights.recurrent_kernel, moved)
    first = symbols(number)[0]
    rest = [symbols(number + 1000 * other)[1:steps] for other in range(OTHERS)]
    rows = np.array([[symbol, *row] for row in rest for symbol in range(KINDS)])
    flag = np.zeros((*rows.shape, 1))
    flag[:, 0] = 1
    x = np.concatenate([np.eye(KINDS)[rows], flag], axis=2)
    trace = run(x, weights)
    states = np.stack([np.concatenate(state, axis=-1) for state in trace.states[1:]], axis=1)
    states = states.reshape(OTHERS, KINDS, steps, -1)
    within = ((states - states.mean(axis=1, keepdims=True)) ** 2).sum(axis=(0, 1, 3))
    total = ((states - states.mean(axis=(0, 1))) ** 2).sum(axis=(0, 1, 3))
    logits = (trace.hidden @ kernel + bias).reshape(OTHERS, KINDS, steps, KINDS)
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    d_hidden = np.zeros((1, steps, weights.units))
    d_hidden[0, -1] = kernel[:, first]
    back = backpropagate(run(x[[first]], weights), d_hidden).states
    lengths = np.linalg.norm(np.concatenate(back, axis=-1)[0], axis=1)
    return {
        "left": within / total,
        "right": np.einsum("mksk->s", shares) / (OTHERS * KINDS),
        "answers": shares[0, first].argmax(axis=1).tolist(),
        "gradients": lengths / lengths[-1],
    }


def draw_forgetting_race() -> Figure:
    """Draw what is left of the first step before training and after it, gradient and answers."""
    figure, axes = plt.subplots(
        3, 2, figsize=(PAGE_WIDTH, 5.4), sharex=True, sharey="row", height_ratios=(1.3, 1.3, 1)
    )
    steps = np.arange(1, LAG + 2)
    for column, trained in zip(axes.T, (False, True), strict=True):
        column[0].set_title("trained" if trained else "as Keras makes them")
        for name, network in networks(trained).items():
            found = memory(network, NUMBER)
            title, color, style = LOOKS[name]
            for ax, key in zip(column, ("left", "gradients", "right"), strict=True):
                ax.plot(steps, found[key], style, color=color, linewidth=2, label=title)
    axes[0, 0].set(ylabel="left", ylim=(-0.05, 1.05))
    axes[1, 0].set(ylabel="gradient", yscale="log", ylim=(1e-8, 20))
    axes[2, 0].set(ylabel="p(right)", ylim=(-0.05, 1.05), xlim=(1, LAG + 1))
    for ax in axes[2]:
        ax.set_xlabel("step")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure
