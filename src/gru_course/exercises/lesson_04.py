"""How the answers to the exercises of "Memory on trial" are judged."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task, Verdict
from gru_course.exercises.judging import Mistake, as_numbers, compared
from gru_course.exercises.plain import Plain

Bools = NDArray[np.bool_]

# --- 4.5: the baseline without memory -------------------------------------------------------------


def _answers(rng: Generator) -> list[Inputs]:
    """Draw skewed numbers, so that mean and median differ, and the test is another one."""
    return [(rng.gamma(1.5, size=40), rng.gamma(1.5, size=25) + 0.2) for _ in range(3)]


CONSTANT = compared(
    lambda train, test: np.mean((test - train.mean()) ** 2),
    [
        Mistake(
            "leaked-test",
            lambda train, test: test.var(),
            "Your constant was chosen on the test answers, which nobody knows beforehand.",
        ),
        Mistake(
            "error-of-training",
            lambda train, test: train.var(),
            "That is the error on the training answers. How large is it on the test answers?",
        ),
        Mistake(
            "median",
            lambda train, test: np.mean((test - np.median(train)) ** 2),
            "The median is the best constant for another error. Which one is the best for the mean "
            "of squares?",
        ),
        Mistake(
            "root",
            lambda train, test: np.sqrt(np.mean((test - train.mean()) ** 2)),
            "That is the root of what is asked for.",
        ),
        Mistake(
            "absolute",
            lambda train, test: np.abs(test - train.mean()).mean(),
            "That is the mean absolute error. Asked for is the mean of squares.",
        ),
    ],
)

# --- 4.6: whole strings ---------------------------------------------------------------------------


def _strings(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for strings, steps in ((12, 5), (9, 7), (15, 4)):
        asked = rng.random((strings, steps)) < 0.6
        asked[:, -1] = True
        right = rng.random((strings, steps)) < 0.85
        right[: strings // 3] |= asked[: strings // 3]  # some strings are right as a whole
        right[0] = asked[0] = True
        right[1:3, 0], asked[1:3, 0] = False, False  # not asked, so it does not matter
        right[3, -1] = False
        drawn.append((right, asked))
    return drawn


def _whole(right: Bools, asked: Bools, axis: int = 1) -> Any:
    return (right | ~asked).all(axis=axis)


WHOLE = compared(
    lambda right, asked: _whole(right, asked).mean(),
    [
        Mistake(
            "answers",
            lambda right, asked: right[asked].mean(),
            "That is the share of right answers. One wrong answer should spoil its whole string.",
        ),
        Mistake(
            "padding-counted",
            lambda right, asked: right.all(axis=1).mean(),
            "You also count steps at which nothing was asked.",
        ),
        Mistake(
            "axis",
            lambda right, asked: _whole(right, asked, axis=0).mean(),
            "You put answers together along the wrong axis: a string is a row.",
        ),
        Mistake(
            "number",
            lambda right, asked: _whole(right, asked).sum(),
            "That is a number of strings. Asked for is a share.",
        ),
        Mistake(
            "mean-of-shares",
            lambda right, asked: ((right & asked).sum(axis=1) / asked.sum(axis=1)).mean(),
            "That is the mean of the shares of right answers in each string. A string is right or "
            "not.",
        ),
    ],
)

# --- 4.7: a layer that remembers ------------------------------------------------------------------


def _wanted(rng: Generator) -> list[Inputs]:
    return [(int(d), int(u), int(k)) for d, u, k in rng.integers([2, 2, 20], [5, 6, 200], (3, 3))]


def _bias(steps: int) -> float:
    z = 0.5 ** (1 / steps)
    return float(np.log(z / (1 - z)))


def _blocks(units: int, *biases: float) -> Array:
    return np.repeat(biases, units)


OF_BLOCKS = compared(
    lambda features, units, steps: _blocks(units, _bias(steps), 0, 0),
    [
        Mistake(
            "initializer-for-all",
            lambda features, units, steps: np.full(3 * units, 2 * _bias(steps)),
            "All three blocks have the bias, and in both rows, so it counts twice. An initializer "
            "fills the whole array.",
        ),
        Mistake(
            "both-rows",
            lambda features, units, steps: _blocks(units, 2 * _bias(steps), 0, 0),
            "The update gate gets the bias twice: its two rows are added.",
        ),
        Mistake(
            "all-blocks",
            lambda features, units, steps: np.full(3 * units, _bias(steps)),
            "Reset gate and candidate have the bias, too. Only the update gate should.",
        ),
        Mistake(
            "reset-gate",
            lambda features, units, steps: _blocks(units, 0, _bias(steps), 0),
            "That is the block of the reset gate. In Keras the update gate comes first.",
        ),
        Mistake(
            "sign",
            lambda features, units, steps: _blocks(units, -_bias(steps), 0, 0),
            "With this sign the update gate is near 0, and a gate near 0 overwrites.",
        ),
        Mistake(
            "gate-instead-of-bias",
            lambda features, units, steps: _blocks(units, 0.5 ** (1 / steps), 0, 0),
            "That is the gate that is needed. Which bias makes it?",
        ),
    ],
    tolerance=1e-3,
)


def _layer_bias(inputs: Sequence[Inputs], outputs: Sequence[Plain]) -> Verdict:
    """Only the sum of the two rows counts, so judge that."""
    biases = [as_numbers(output) for output in outputs]
    shapes = [(2, 3 * units) for _, units, _ in inputs]  # type: ignore[operator]
    if [None if bias is None else bias.shape for bias in biases] != shapes:
        return Verdict(False, "Return the bias of the layer, an array of shape (2, 3 * units).")
    return OF_BLOCKS(inputs, [bias.sum(axis=0) for bias in biases if bias is not None])


TASKS = [
    Task("4.5", "constant_error", True, _answers, CONSTANT),
    Task("4.6", "whole_strings", True, _strings, WHOLE),
    Task("4.7", "remembering_bias", True, _wanted, _layer_bias),
]
