"""How the answers to the exercises of "RNN, LSTM and GRU, measured" are judged."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 5.1: count the parameters --------------------------------------------------------------------

_BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}
_BIASES = {"rnn": 1, "lstm": 1, "gru": 2}


def _layers(rng: Generator) -> list[Inputs]:
    return [(cell, *map(int, rng.integers(2, 90, 2))) for cell in ("rnn", "gru", "lstm")]


def _count(
    cell: str,
    d: int,
    u: int,
    blocks: Mapping[str, int] = _BLOCKS,
    biases: Mapping[str, int] = _BIASES,
) -> int:
    return blocks[cell] * u * (d + u + biases[cell])


def _all(number: int) -> dict[str, int]:
    return dict.fromkeys(_BLOCKS, number)


PARAMETERS = compared(
    _count,
    [
        Mistake(
            "second-bias-forgotten",
            lambda cell, d, u: _count(cell, d, u, biases=_all(1)),
            "Right for two of the cells. The GRU has a second row of biases by default.",
        ),
        Mistake(
            "no-bias",
            lambda cell, d, u: _count(cell, d, u, biases=_all(0)),
            "Biases are missing.",
        ),
        Mistake(
            "two-biases-everywhere",
            lambda cell, d, u: _count(cell, d, u, biases=_all(2)),
            "All three cells have two rows of biases in your count. In Keras only one of them has.",
        ),
        Mistake(
            "gates-only",
            lambda cell, d, u: _count(cell, d, u, blocks={"rnn": 1, "lstm": 3, "gru": 2}),
            "You count the blocks of the gates only. The candidate has a block, too.",
        ),
        Mistake(
            "no-recurrent-weights",
            lambda cell, d, u: _BLOCKS[cell] * u * (d + _BIASES[cell]),
            "The recurrent weights are missing.",
        ),
    ],
)

# --- 5.3: how small can the p-value be? -----------------------------------------------------------


def _pairs(rng: Generator) -> list[Inputs]:
    return [(int(n),) for n in rng.choice(np.arange(3, 12), 3, replace=False)]


SMALLEST = compared(
    lambda pairs: 2 / 2**pairs,
    [
        Mistake(
            "one-side",
            lambda pairs: 1 / 2**pairs,
            "That is the smallest p-value of a test of one side.",
        ),
        Mistake(
            "orders",
            lambda pairs: 1 / math.factorial(pairs),
            "That counts orders. The test changes signs: how many choices of signs are there?",
        ),
        Mistake(
            "zero",
            lambda pairs: 0.0,
            "0 is not possible: what was found is itself one of the choices that are counted.",
        ),
    ],
    tolerance=1e-9,
)

# --- 5.5: the exact test --------------------------------------------------------------------------


def _differences(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for n in (5, 6, 8):
        differences = np.abs(rng.normal(0.3, 0.5, n)) + 0.05
        differences[0] *= -1
        drawn.append((differences,))
    return drawn


def _means(differences: Array) -> Array:
    choices = np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences))
    signed: Array = ((1 - 2 * (choices & 1)) * differences).mean(axis=1)
    return signed


def _exact(differences: Array) -> float:
    return float((abs(_means(differences)) >= abs(differences.mean()) - 1e-12).mean())


def _sign_test(differences: Array) -> float:
    n, positive = len(differences), int((differences > 0).sum())
    extreme = sum(math.comb(n, k) for k in range(max(positive, n - positive), n + 1))
    return float(min(1.0, 2 * extreme / 2**n))


def _normal_like(differences: Array) -> float:
    """Compute the p-value of a t-test by numerical integration, without SciPy."""
    n = len(differences)
    t = abs(differences.mean()) / (differences.std(ddof=1) / np.sqrt(n))
    freedom = n - 1
    x = np.linspace(0, t, 20_001)
    log_scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    density = np.exp(log_scale) / np.sqrt(freedom * np.pi)
    curve = density * (1 + x**2 / freedom) ** (-(freedom + 1) / 2)
    return float(1 - 2 * np.trapezoid(curve, x))


EXACT = compared(
    _exact,
    [
        Mistake(
            "one-side",
            lambda d: (_means(d) >= abs(d.mean()) - 1e-12).mean(),
            "This counts one side only. A mean that is as far from 0 on the other side is as "
            "extreme.",
        ),
        Mistake(
            "strictly-farther",
            lambda d: (abs(_means(d)) > abs(d.mean()) + 1e-12).mean(),
            "This leaves out choices that are equally far, and with them the one that was found.",
        ),
        Mistake(
            "sign-test",
            _sign_test,
            "That is the sign test: it looks at only the signs. Here the sizes of the differences "
            "count, too.",
        ),
        Mistake(
            "t-test",
            _normal_like,
            "That is the t-test, which assumes normal differences. The exact test counts choices "
            "of signs.",
        ),
    ],
    tolerance=1e-5,
)

TASKS = [
    Task("5.1", "parameters", True, _layers, PARAMETERS),
    Task("5.3", "smallest_p", True, _pairs, SMALLEST),
    Task("5.5", "exact_p", True, _differences, EXACT),
]
