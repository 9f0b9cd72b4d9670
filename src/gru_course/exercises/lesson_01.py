"""How the answers to the exercises of "GRU from scratch" are judged."""

from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator

from gru_course.cells import logistic
from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared


def _steps(rng: Generator) -> list[Inputs]:
    """Draw batches, states and weights in the layout of Keras, reset gate after the product."""
    drawn: list[Inputs] = []
    for _ in range(4):
        batch, features, units = (int(n) for n in rng.permutation([2, 3, 4]))
        shapes = [(batch, features), (batch, units), (features, 3 * units), (units, 3 * units)]
        drawn.append(tuple(rng.normal(size=shape) for shape in [*shapes, (2, 3 * units)]))
    return drawn


def _gru_step(
    x: Array,
    h: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array,
    *,
    keeps: bool = True,
    order: tuple[int, int] = (0, 1),
    second_bias: float = 1.0,
    reset: str = "after",
) -> Array:
    from_x = np.split(x @ kernel + bias[0], 3, axis=1)
    from_h = np.split(h @ recurrent_kernel + second_bias * bias[1], 3, axis=1)
    z, r = (logistic(from_x[block] + from_h[block]) for block in order)
    if reset == "after":
        candidate = np.tanh(from_x[2] + r * from_h[2])
    elif reset == "before":
        block, c_h = (np.split(a, 3, axis=-1)[2] for a in (recurrent_kernel, bias[1]))
        candidate = np.tanh(from_x[2] + (r * h) @ block + c_h)
    else:
        candidate = np.tanh(from_x[2] + from_h[2])
    made: Array = z * h + (1 - z) * candidate if keeps else (1 - z) * h + z * candidate
    return made


def _mistakes() -> list[Mistake]:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (
            "update-gate-swapped",
            {"keeps": False},
            "Old state and candidate have changed places: in this book an update gate near 1 "
            "keeps the old state.",
        ),
        (
            "gates-swapped",
            {"order": (1, 0)},
            "The update gate has the weights of the reset gate, and the other way round. In Keras "
            "the blocks stand in the order update, reset, candidate.",
        ),
        (
            "second-bias-forgotten",
            {"second_bias": 0.0},
            "The second row of `bias` is not used. With the reset gate after the product there is "
            "a bias on the side of the state, too.",
        ),
        (
            "reset-before",
            {"reset": "before"},
            "Your reset gate acts on the state before the product with the weights. Here it acts "
            "after the product.",
        ),
        (
            "no-reset",
            {"reset": "none"},
            "The reset gate is computed, but changes nothing: it belongs into the candidate.",
        ),
    ]
    return [Mistake(name, partial(_gru_step, **fault), says) for name, fault, says in wrong]


TASKS = [
    Task("1.1", "gru_step", True, _steps, compared(_gru_step, _mistakes())),
]
