"""How the answers to the exercises of "Vanishing gradients, seen" are judged."""

from typing import Any

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 3.4: the factor per step ---------------------------------------------------------------------


def _jacobians(rng: Generator) -> list[Inputs]:
    """Draw matrices whose largest eigenvalue is negative, complex, or not the singular value."""
    drawn: list[Inputs] = []
    for turn in (0.0, 0.5, 1.0):  # of the largest eigenvalue, in half circles
        size = rng.uniform(0.7, 1.3)
        a, b = size * np.cos(np.pi * turn), size * np.sin(np.pi * turn)
        matrix = np.diag([a, a, *rng.uniform(0.1, 0.4, 2)])
        matrix[0, 1], matrix[1, 0] = -b, b
        matrix[:2, 2:] = rng.normal(size=(2, 2))
        base = np.linalg.qr(rng.normal(size=(4, 4)))[0]
        drawn.append((base @ matrix @ base.T,))
    return drawn


FACTOR = compared(
    lambda j: np.abs(np.linalg.eigvals(j)).max(),
    [
        Mistake(
            "singular-value",
            lambda j: np.linalg.norm(j, 2),
            "That is the largest singular value: how much one step can stretch a gradient. Many "
            "steps in a row stretch it by less.",
        ),
        Mistake(
            "no-absolute-value",
            lambda j: np.linalg.eigvals(j).real.max(),
            "You took the largest eigenvalue without its absolute value. A factor of −1 does not "
            "make a gradient fade.",
        ),
        Mistake(
            "real-part",
            lambda j: np.abs(np.linalg.eigvals(j).real).max(),
            "The imaginary part of the eigenvalues is lost. It belongs to their absolute value.",
        ),
        Mistake(
            "all-entries",
            lambda j: np.linalg.norm(j),
            "That is the length of all entries together. It says little about powers of a matrix.",
        ),
    ],
)

# --- 3.5: clip a gradient -------------------------------------------------------------------------


def _gradients(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for scale in (3.0, 0.1, 1.5):
        arrays: list[Any] = [scale * rng.normal(size=shape) for shape in ((2, 6), (3,))]
        drawn.append((arrays, float(rng.uniform(0.9, 1.1))))
    return drawn


def _length(arrays: list[Array]) -> float:
    return float(np.sqrt(sum((array**2).sum() for array in arrays)))


CLIPPED = compared(
    lambda arrays, limit: [min(1.0, limit / _length(arrays)) * a for a in arrays],
    [
        Mistake(
            "each-array",
            lambda arrays, limit: [min(1.0, limit / _length([a])) * a for a in arrays],
            "You clipped each array by itself. Then the gradient changes its direction.",
        ),
        Mistake(
            "each-number",
            lambda arrays, limit: [np.clip(a, -limit, limit) for a in arrays],
            "You clipped each number by itself. Then the gradient changes its direction.",
        ),
        Mistake(
            "lengthens",
            lambda arrays, limit: [limit / _length(arrays) * a for a in arrays],
            "Long gradients are right, but this makes short gradients longer. Those should stay "
            "as they are.",
        ),
        Mistake(
            "no-root",
            lambda arrays, limit: [min(1.0, limit / _length(arrays) ** 2) * a for a in arrays],
            "You took the sum of squares without the root for the length.",
        ),
    ],
)

# --- 3.6: make the LSTM forget --------------------------------------------------------------------


def _biases(rng: Generator) -> list[Inputs]:
    return [(rng.normal(size=4 * units), float(rng.uniform(0.6, 0.97))) for units in (2, 3, 5)]


def _with_block(bias: Array, value: float, block: int = 1) -> Array:
    units = len(bias) // 4
    changed = bias.copy()
    changed[block * units : (block + 1) * units] = value
    return changed


def _logit(gate: float) -> float:
    return float(np.log(gate / (1 - gate)))


_OTHER = "You changed the block of another gate. The order is input, forget, candidate, output."
FORGET = compared(
    lambda bias, keep: _with_block(bias, _logit(keep)),
    [
        Mistake("block-0", lambda bias, keep: _with_block(bias, _logit(keep), 0), _OTHER),
        Mistake("block-2", lambda bias, keep: _with_block(bias, _logit(keep), 2), _OTHER),
        Mistake("block-3", lambda bias, keep: _with_block(bias, _logit(keep), 3), _OTHER),
        Mistake(
            "gate-instead-of-bias",
            _with_block,
            "You put the gate itself into the bias. The logistic function still comes after it.",
        ),
        Mistake(
            "forgets",
            lambda bias, keep: _with_block(bias, _logit(1 - keep)),
            "This cell forgets the share that it should keep: a forget gate near 1 keeps.",
        ),
        Mistake(
            "all-gates",
            lambda bias, keep: np.full_like(bias, _logit(keep)),
            "The value is right, but the biases of the other gates have changed, too.",
        ),
    ],
)

TASKS = [
    Task("3.4", "factor_per_step", True, _jacobians, FACTOR),
    Task("3.5", "clipped", True, _gradients, CLIPPED),
    Task("3.6", "with_forget_gate", True, _biases, FORGET),
]
