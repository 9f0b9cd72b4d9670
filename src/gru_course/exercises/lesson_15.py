"""How the answers to the exercises of "After the GRU" are judged."""

from functools import partial

import numpy as np
from numpy.random import Generator

from gru_course.cells import logistic
from gru_course.cells.layout import Array
from gru_course.cells.mingru import linear_loop
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared


def _linear(a: Array, b: Array) -> Array:
    """Return the states of one sequence, (timesteps, units)."""
    states: Array = linear_loop(a[np.newaxis], b[np.newaxis])[0]
    return states


# --- 15.4: two steps are one ----------------------------------------------------------------------


def _pairs(rng: Generator) -> list[Inputs]:
    return [tuple(rng.normal(size=(4, 3))) for _ in range(3)]


JOINED = compared(
    lambda a1, b1, a2, b2: [a2 * a1, a2 * b1 + b2],
    [
        Mistake(
            "order-swapped",
            lambda a1, b1, a2, b2: [a2 * a1, a1 * b2 + b1],
            "You make the second step first. What the first one adds is multiplied by the factor "
            "of the second.",
        ),
        Mistake(
            "sum-only",
            lambda a1, b1, a2, b2: [a2 * a1, b1 + b2],
            "What the first step adds goes through the second step, too.",
        ),
        Mistake(
            "factors-added",
            lambda a1, b1, a2, b2: [a2 + a1, a2 * b1 + b2],
            "The factors are multiplied, not added: the state goes through both.",
        ),
    ],
)

# --- 15.5: minGRU ---------------------------------------------------------------------------------


def _layers(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for steps, d, u in ((5, 3, 2), (1, 2, 4), (8, 2, 3)):
        shapes = [(steps, d), (d, u), (u,), (d, u), (u,)]
        drawn.append(tuple(rng.normal(size=shape) for shape in shapes))
    return drawn


def _min_gru(
    x: Array,
    W_z: Array,
    b_z: Array,
    W_h: Array,
    b_h: Array,
    *,
    keeps: bool = True,
    tanh: bool = False,
    from_candidate: bool = False,
) -> Array:
    z = logistic(x @ W_z + b_z)
    z = z if keeps else 1 - z
    candidate = x @ W_h + b_h
    candidate = np.tanh(candidate) if tanh else candidate
    if from_candidate:
        z[0] = 0
    return _linear(z, (1 - z) * candidate)


MIN_GRU = compared(
    _min_gru,
    [
        Mistake(
            "update-gate-swapped",
            partial(_min_gru, keeps=False),
            "Old state and candidate have changed places: in this book an update gate near 1 "
            "keeps the old state.",
        ),
        Mistake(
            "tanh",
            partial(_min_gru, tanh=True),
            "The candidate of minGRU has no tanh.",
        ),
        Mistake(
            "start",
            partial(_min_gru, from_candidate=True),
            "You start from the first candidate. The state before the first step is 0, and the "
            "first gate counts.",
        ),
    ],
)

# --- 15.6: repair the short cut -------------------------------------------------------------------


def _long(rng: Generator) -> list[Inputs]:
    """Draw a short sequence, a long one whose product is too small for a float, and a zero."""
    drawn: list[Inputs] = []
    for steps in (6, 3000, 40):
        a = rng.uniform(0.3, 0.9, size=(steps, 2))
        if steps == 40:
            a[10, 0] = 0.0
        drawn.append((a, rng.normal(size=(steps, 2))))
    return drawn


def _short_cut(a: Array, b: Array, *, floor: float = 0.0) -> Array:
    products: Array = np.cumprod(a, axis=0)
    products = np.maximum(products, floor) if floor else products
    with np.errstate(all="ignore"):
        made: Array = products * np.cumsum(b / products, axis=0)
    return made


STATES = compared(
    _linear,
    [
        Mistake(
            "floor",
            partial(_short_cut, floor=1e-300),
            "It gives numbers now, but the wrong ones: a product that is held up is another "
            "product.",
        ),
        Mistake(
            "zeros-for-nan",
            lambda a, b: np.nan_to_num(_short_cut(a, b), posinf=0, neginf=0),
            "You replace what is no number. The states there are numbers, and not 0.",
        ),
        Mistake(
            "last-only",
            lambda a, b: b,
            "Those are the new parts alone: the old state is missing.",
        ),
    ],
    passed="Right. It never divides.",
)

TASKS = [
    Task("15.4", "joined", True, _pairs, JOINED),
    Task("15.5", "min_gru", True, _layers, MIN_GRU),
    Task("15.6", "states", True, _long, STATES),
]
