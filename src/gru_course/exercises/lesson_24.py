"""How the answers to the exercises of "Actions" are judged."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

Bools = NDArray[np.bool_]

# --- 24.4: the same path, wherever it is drawn ----------------------------------------------------


def _paths(rng: Generator) -> list[Inputs]:
    """Draw paths that are wider than high, somewhere and of some size."""
    drawn: list[Inputs] = []
    for steps in (6, 9, 12):
        path = np.cumsum(rng.normal(size=(steps, 2)), axis=0) * [3.0, 1.0]
        drawn.append((rng.uniform(0.1, 5) * path + rng.uniform(-20, 20, 2),))
    return drawn


def _centred(path: Array) -> Array:
    centred: Array = path - path.mean(axis=0)
    return centred


PLACED = compared(
    lambda path: _centred(path) / _centred(path).std(axis=0).max(),
    [
        Mistake(
            "stretched",
            lambda path: _centred(path) / path.std(axis=0),
            "You scale width and height each by itself: a flat path becomes as high as it is wide. "
            "One number for both keeps its form.",
        ),
        Mistake(
            "only-moved",
            _centred,
            "The place no longer matters, but the size still does.",
        ),
        Mistake(
            "mean-of-everything",
            lambda path: (path - path.mean()) / _centred(path).std(axis=0).max(),
            "You subtract one mean for both coordinates. Each has its own.",
        ),
        Mistake(
            "smaller-one",
            lambda path: _centred(path) / _centred(path).std(axis=0).min(),
            "You divide by the smaller deviation. A path along a straight line would be blown up "
            "without end.",
        ),
        Mistake(
            "first-point",
            lambda path: (path - path[0]) / _centred(path).std(axis=0).max(),
            "You move the first point to the origin. Asked for is the mean.",
        ),
    ],
)

# --- 24.5: McNemar by hand ------------------------------------------------------------------------


def _two_models(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for only_a, only_b, both in ((2, 9, 40), (7, 3, 25), (1, 6, 50)):
        a = np.repeat([True, False, True, False], [only_a, only_b, both, 5])
        b = np.repeat([False, True, True, False], [only_a, only_b, both, 5])
        extra = rng.random(8) < 0.5
        order = rng.permutation(len(a) + 8)
        drawn.append((np.r_[a, extra][order], np.r_[b, extra][order]))
    return drawn


def _tail(least: int, of: int) -> float:
    return float(sum(math.comb(of, k) for k in range(least, of + 1)) / 2**of)


def _sign(a: Bools, b: Bools, sides: int = 2) -> float:
    first, second = int((a & ~b).sum()), int((b & ~a).sum())
    return min(1.0, sides * _tail(max(first, second), first + second))


def _of_all(a: Bools, b: Bools) -> float:
    return min(1.0, 2 * _tail(max(int(a.sum()), int(b.sum())), len(a)))


def _chi(a: Bools, b: Bools) -> float:
    first, second = int((a & ~b).sum()), int((b & ~a).sum())
    return math.erfc(abs(first - second) / math.sqrt(2 * (first + second)))


MCNEMAR = compared(
    _sign,
    [
        Mistake(
            "one-side",
            lambda a, b: _sign(a, b, sides=1),
            "That is one side. Before you looked, either model might have been ahead.",
        ),
        Mistake(
            "all-examples",
            _of_all,
            "You count all examples. Those on which both are right, or both wrong, say nothing "
            "about which is better.",
        ),
        Mistake(
            "approximation",
            _chi,
            "That is the approximation by a normal distribution. With so few examples that decide, "
            "count exactly.",
        ),
        Mistake(
            "one-outcome",
            lambda a, b: (
                2 * math.comb(int((a != b).sum()), int((a & ~b).sum())) / 2 ** int((a != b).sum())
            ),
            "That is the probability of exactly this outcome. More extreme ones belong to it.",
        ),
    ],
    tolerance=1e-6,
)

# --- 24.6: repeats in two parts -------------------------------------------------------------------


def _repeated(rng: Generator) -> list[Inputs]:
    """Draw paths of which some repeat an earlier one, some of them more than once."""
    drawn: list[Inputs] = []
    for n in (8, 10, 12):
        paths = rng.normal(size=(n, 3, 2)).round(2)
        again = rng.permutation(np.r_[np.arange(n), rng.integers(0, n, 5), [0, 0]])
        drawn.append((paths[again],))
    return drawn


def _kept(paths: Array, keep: Callable[[list[int]], list[int]]) -> list[Any]:
    places: dict[bytes, list[int]] = {}
    for place, path in enumerate(paths):
        places.setdefault(path.tobytes(), []).append(place)
    return sorted(place for same in places.values() for place in keep(same))


def _first_of_each(paths: Array) -> Any:
    return np.array(_kept(paths, lambda same: same[:1]))


_KEPT = [
    Mistake(
        "all-copies-gone",
        lambda paths: np.array(_kept(paths, lambda same: same if len(same) == 1 else [])),
        "You drop every path that is repeated, the first one included. One of each should stay.",
    ),
    Mistake(
        "last-kept",
        lambda paths: np.array(_kept(paths, lambda same: same[-1:])),
        "You keep the last of each. Keep the first.",
    ),
    Mistake(
        "neighbours-only",
        lambda paths: np.flatnonzero(np.r_[True, (paths[1:] != paths[:-1]).any(axis=(1, 2))]),
        "You find only repeats that stand side by side.",
    ),
    Mistake(
        "the-repeats",
        lambda paths: np.array(_kept(paths, lambda same: same[1:])),
        "Those are the repeats. Asked for are the paths that stay.",
    ),
]
KEPT = compared(_first_of_each, _KEPT, tolerance=1e-9)

TASKS = [
    Task("24.4", "placed", True, _paths, PLACED),
    Task("24.5", "p_value", True, _two_models, MCNEMAR),
    Task("24.6", "kept", True, told_apart(_repeated, _first_of_each, _KEPT), KEPT),
]
