"""How the answers to the exercises of "The architecture zoo" are judged."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 8.4: Holm's correction -----------------------------------------------------------------------


def _p_values(rng: Generator) -> list[Inputs]:
    """Draw p-values of which some are nearly equal, and the largest exceed 1 when corrected."""
    drawn: list[Inputs] = []
    for n in (5, 6, 8):
        first, second = rng.uniform(0.01, 0.05), rng.uniform(0.6, 0.9)
        others = rng.uniform(0.001, 0.3, n - 4)
        ordered = np.sort([first, first * 1.01, second, second * 1.05, *others])
        drawn.append((np.roll(ordered, 1 + int(rng.integers(n - 1))),))
    return drawn


def _holm(p: Array, *, keep_order: bool = True, rising: bool = True, capped: bool = True) -> Array:
    order = np.argsort(p)
    raised = np.arange(len(p), 0, -1) * p[order]
    raised = np.maximum.accumulate(raised) if rising else raised
    raised = np.minimum(raised, 1) if capped else raised
    if not keep_order:
        return raised
    corrected = np.empty(len(p))
    corrected[order] = raised
    return corrected


HOLM = compared(
    _holm,
    [
        Mistake(
            "bonferroni",
            lambda p: np.minimum(p * len(p), 1),
            "That is Bonferroni's correction: all are multiplied by the same number.",
        ),
        Mistake(
            "sorted",
            lambda p: _holm(p, keep_order=False),
            "The numbers are right, but still sorted. Bring them back into the order in which they "
            "came.",
        ),
        Mistake(
            "falls",
            lambda p: _holm(p, rising=False),
            "In some cases a corrected value is smaller than that of a smaller p-value.",
        ),
        Mistake(
            "above-one",
            lambda p: _holm(p, capped=False),
            "Some corrected values are more than 1, which no p-value is.",
        ),
    ],
)

# --- 8.5: a mean over words -----------------------------------------------------------------------


def _states(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for batch, steps, units in ((3, 6, 2), (4, 5, 3), (2, 7, 4)):
        words = rng.integers(1, steps - 1, batch)
        read = np.arange(steps) >= steps - words[:, None]
        drawn.append((rng.normal(size=(batch, steps, units)), read))
    return drawn


def _sum(states: Array, read: NDArray[np.bool_]) -> Array:
    total: Array = (states * read[:, :, None]).sum(axis=1)
    return total


MEAN = compared(
    lambda states, read: _sum(states, read) / read.sum(axis=1, keepdims=True),
    [
        Mistake(
            "mask-ignored",
            lambda states, read: states.mean(axis=1),
            "`read` is not used: padding counts, too.",
        ),
        Mistake(
            "divided-by-steps",
            lambda states, read: _sum(states, read) / read.shape[1],
            "The sum is right, but you divide by the number of steps: short texts get small means.",
        ),
        Mistake("sum", _sum, "That is the sum, not the mean: it grows with the length of a text."),
        Mistake(
            "maximum",
            lambda states, read: np.where(read[:, :, None], states, -np.inf).max(axis=1),
            "That is the largest value. Asked for is the mean.",
        ),
    ],
)

TASKS = [
    Task("8.4", "holm", True, _p_values, HOLM),
    Task("8.5", "mean_over_words", True, _states, MEAN),
]
