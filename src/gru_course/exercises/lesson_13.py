"""How the answers to the exercises of "Fast" are judged."""

import numpy as np
from numpy.random import Generator

from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 13.4: count the operations -------------------------------------------------------------------


def _sizes(rng: Generator) -> list[Inputs]:
    return [tuple(map(int, rng.integers(2, 80, 4))) for _ in range(3)]


OPERATIONS = compared(
    lambda batch, steps, d, u: 18 * batch * steps * (d + u) * u,
    [
        Mistake(
            "third",
            lambda batch, steps, d, u: 6 * batch * steps * (d + u) * u,
            "That is a third of it: either the forward pass only, or one of the three blocks only.",
        ),
        Mistake(
            "no-additions",
            lambda batch, steps, d, u: 9 * batch * steps * (d + u) * u,
            "Additions are missing: each product is also added to a sum.",
        ),
        Mistake(
            "no-recurrent",
            lambda batch, steps, d, u: 18 * batch * steps * d * u,
            "The recurrent weights are missing: the state is multiplied, too.",
        ),
        Mistake(
            "product-of-widths",
            lambda batch, steps, d, u: 18 * batch * steps * d * u * u,
            "You multiply the numbers of features and units. Input and state have products of "
            "their own, which are added.",
        ),
    ],
    tolerance=1e-9,
)

# --- 13.5: how many times faster ------------------------------------------------------------------


def _times(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for runs in (7, 9, 11):
        old, new = (size * rng.uniform(0.97, 1.08, runs) for size in rng.uniform(1, 4, 2))
        old[rng.integers(runs)] *= 6
        drawn.append((old, new))
    return drawn


SPEED_UP = compared(
    lambda old, new: np.median(old) / np.median(new),
    [
        Mistake(
            "inverted",
            lambda old, new: np.median(new) / np.median(old),
            "That is upside down: a new program that takes half the time is two times faster.",
        ),
        Mistake(
            "means",
            lambda old, new: np.mean(old) / np.mean(new),
            "That is the ratio of the means: one disturbed run changes it a lot.",
        ),
        Mistake(
            "best",
            lambda old, new: np.min(old) / np.min(new),
            "That compares the best run of each. Asked for is the usual one.",
        ),
        Mistake(
            "mean-ratio",
            lambda old, new: np.mean(old / new),
            "That is the mean of the ratios: one disturbed run changes it a lot.",
        ),
        Mistake(
            "saved",
            lambda old, new: 1 - np.median(new) / np.median(old),
            "That is the share of the time that is saved.",
        ),
    ],
)

TASKS = [
    Task("13.4", "operations", True, _sizes, OPERATIONS),
    Task("13.5", "speed_up", True, _times, SPEED_UP),
]
