"""How the answers to the exercises of "Which z, which r?" are judged."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 2.1: from Chung's convention to Keras --------------------------------------------------------


def _blocks(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for features, units in ((2, 3), (4, 2), (3, 5)):
        shapes = [(features, units), (units, units), (units,)] * 3
        drawn.append(tuple(rng.normal(size=shape) for shape in shapes))
    return drawn


def _to_keras(
    *arrays: Array,
    update: tuple[Callable[[Array], Array], ...] = (np.negative,) * 3,
    order: tuple[int, int, int] = (0, 1, 2),
) -> list[Array]:
    blocks = [list(arrays[3 * gate : 3 * gate + 3]) for gate in range(3)]
    blocks[0] = [change(array) for change, array in zip(update, blocks[0], strict=True)]
    return [np.concatenate([blocks[gate][part] for gate in order], axis=-1) for part in range(3)]


def _with(**fault: Any) -> Callable[..., list[Array]]:
    return lambda *arrays: _to_keras(*arrays, **fault)


def _same(array: Array) -> Array:
    return array


def _from_one(array: Array) -> Array:
    return 1 - array


_SOME = "The sign is changed for some, but not all arrays of the update gate."
TO_KERAS = compared(
    _to_keras,
    [
        Mistake(
            "update-gate-swapped",
            _with(update=(_same,) * 3),
            "The blocks stand right, but this layer keeps where it should write: in that text an "
            "update gate near 0 copies.",
        ),
        Mistake("bias-kept", _with(update=(np.negative, np.negative, _same)), _SOME),
        Mistake("recurrent-kept", _with(update=(np.negative, _same, np.negative)), _SOME),
        Mistake("only-kernel", _with(update=(np.negative, _same, _same)), _SOME),
        Mistake(
            "one-minus-weights",
            _with(update=(_from_one,) * 3),
            "You changed the weights as the gate changes, but 1 − W is not the same as what makes "
            "the gate 1 − z.",
        ),
        Mistake(
            "order",
            _with(order=(1, 0, 2)),
            "Signs are right, the order of the blocks is not. The order of Keras is update, reset, "
            "candidate.",
        ),
    ],
)

# --- 2.5: a PyTorch layer for Keras ---------------------------------------------------------------


def _pytorch(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for features, units in ((2, 3), (5, 4), (3, 2)):
        shapes = [(3 * units, features), (3 * units, units), (3 * units,), (3 * units,)]
        drawn.append(tuple(rng.normal(size=shape) for shape in shapes))
    return drawn


def _update_first(stacked: Array) -> Array:
    reset, update, candidate = np.split(stacked, 3)
    return np.concatenate([update, reset, candidate])


def _from_pytorch(
    *arrays: Array,
    matrix: Callable[[Array], Array] = lambda a: _update_first(a).T,
    biases: Callable[[Array, Array], Array] = lambda b, c: np.stack(
        [_update_first(b), _update_first(c)]
    ),
) -> list[Array]:
    weight_ih, weight_hh, bias_ih, bias_hh = arrays
    return [matrix(weight_ih), matrix(weight_hh), biases(bias_ih, bias_hh)]


def _pytorch_with(**fault: Any) -> Callable[..., list[Array]]:
    return lambda *arrays: _from_pytorch(*arrays, **fault)


PYTORCH = compared(
    _from_pytorch,
    [
        Mistake(
            "order",
            _pytorch_with(matrix=np.transpose, biases=lambda b, c: np.stack([b, c])),
            "The matrices are turned, but the blocks are still in PyTorch's order: reset before "
            "update.",
        ),
        Mistake(
            "order-of-biases",
            _pytorch_with(biases=lambda b, c: np.stack([b, c])),
            "The matrices are right, but the blocks of the biases are still in PyTorch's order.",
        ),
        Mistake(
            "biases-merged",
            _pytorch_with(biases=lambda b, c: np.stack([_update_first(b + c), 0 * b])),
            "You merged the two biases. That is right for the gates, not for the candidate, where "
            "one of them is multiplied by the reset gate.",
        ),
        Mistake(
            "second-bias-forgotten",
            _pytorch_with(biases=lambda b, c: np.stack([_update_first(b), 0 * c])),
            "`bias_hh` is not used. Keras has a place for it: the second row.",
        ),
        Mistake(
            "biases-swapped",
            _pytorch_with(biases=lambda b, c: np.stack([_update_first(c), _update_first(b)])),
            "The two biases have changed places: input biases stand in the first row.",
        ),
        Mistake(
            "reshaped",
            _pytorch_with(matrix=lambda a: _update_first(a).reshape(a.shape[::-1])),
            "The shapes are right, but reshape does not transpose: it fills in the numbers in "
            "their old order.",
        ),
    ],
)

# --- 2.6: does it keep or write? ------------------------------------------------------------------


def _units(rng: Generator) -> list[Inputs]:
    """Draw four units: none of the gates says by itself what it does."""
    gate = np.array([0.3, 0.7, 0.25, 0.65]) + rng.uniform(-0.05, 0.05, 4)
    old = rng.uniform(0.3, 0.9, 4) * rng.choice([-1, 1], 4)
    candidate = -np.sign(old) * rng.uniform(0.3, 0.9, 4)
    keeps = rng.permutation([True, True, False, bool(rng.integers(2))])
    share = np.where(keeps, gate, 1 - gate)
    return [(gate, old, candidate, share * old + (1 - share) * candidate)]


def _words(keeps: NDArray[np.bool_]) -> list[str]:
    return ["keeps" if kept else "writes" for kept in keeps]


def _which(gate: Array, old: Array, candidate: Array, new: Array) -> list[str]:
    return _words(np.isclose(new, gate * old + (1 - gate) * candidate))


UNITS = compared(
    _which,
    [
        Mistake(
            "all-swapped",
            lambda *unit: ["writes" if word == "keeps" else "keeps" for word in _which(*unit)],
            "It is exactly the other way round. Which line gives the new state: the one that "
            "multiplies the old state by z, or the one that multiplies the candidate by z?",
        ),
        Mistake(
            "nearness",
            lambda gate, old, candidate, new: _words(abs(new - old) < abs(new - candidate)),
            "You judged by how near the new state is to the old one. That also depends on the "
            "gate, and not all of these gates are above one half.",
        ),
    ],
)

TASKS = [
    Task("2.1", "to_keras", True, _blocks, TO_KERAS),
    Task("2.5", "pytorch_to_keras", True, _pytorch, PYTORCH),
    Task("2.6", "conventions", False, _units, UNITS),
]
