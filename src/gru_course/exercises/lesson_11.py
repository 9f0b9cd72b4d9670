"""How the answers to the exercises of "Looking inside" are judged."""

from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

Labels = NDArray[np.integer[Any]]

# --- 11.5: a memory that is known -----------------------------------------------------------------


def _gate(rng: Generator) -> list[Inputs]:
    return [(float(rng.integers(82, 98)) / 100, 0.1)]


def _words(z: float, level: float) -> int:
    return int(np.ceil(np.log(level) / np.log(z)))


KEPT = compared(
    _words,
    [
        Mistake(
            "one-too-few",
            lambda z, level: _words(z, level) - 1,
            "With one word more it holds. Which whole number is the first that is large enough?",
        ),
        Mistake(
            "half-life",
            lambda z, level: _words(z, 0.5),
            "That is when one half is left.",
        ),
        Mistake(
            "gate-inverted",
            lambda z, level: _words(1 - z, level),
            "You take 1 − z for the share that stays. Near 1 this gate keeps.",
        ),
        Mistake(
            "linear",
            lambda z, level: int(np.ceil((1 - level) / (1 - z))),
            "You take off the same amount at each word. Each word takes the same *share* of what "
            "is left.",
        ),
    ],
    tolerance=1e-9,
)

# --- 11.6: which unit is needed? ------------------------------------------------------------------


def _states(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for units in (3, 4, 5):
        last, output = rng.normal(size=(60, units)), rng.normal(size=units)
        bias = float(rng.uniform(0.7, 1.2))
        labels = (last @ output + bias + rng.normal(size=60) > 0).astype(int)
        drawn.append((last, output, bias, labels))
    return drawn


def _without_each(
    last: Array, output: Array, bias: float, labels: Labels, *, cut: float = 0.0, only: bool = False
) -> Array:
    found = []
    for unit in range(len(output)):
        without = np.where((np.arange(len(output)) == unit) != only, 0, output)
        found.append(float((((last @ without + bias) > cut) == labels).mean()))
    return np.array(found)


WITHOUT_EACH = compared(
    _without_each,
    [
        Mistake(
            "only-one",
            partial(_without_each, only=True),
            "You leave only that unit. Leave it out and keep the others.",
        ),
        Mistake(
            "bias-forgotten",
            lambda last, output, bias, labels: _without_each(last, output, 0.0, labels),
            "The bias is missing.",
        ),
        Mistake(
            "half-of-a-logit",
            partial(_without_each, cut=0.5),
            "You compare a logit with one half. A probability of one half is a logit of 0.",
        ),
        Mistake(
            "loss-instead-of-accuracy",
            lambda last, output, bias, labels: (
                (((last @ output + bias) > 0) == labels).mean()
                - _without_each(last, output, bias, labels)
            ),
            "That is what is lost. Asked for is the accuracy without each unit.",
        ),
    ],
)

# --- 11.7: leave a word out -----------------------------------------------------------------------


def _texts(rng: Generator) -> list[Inputs]:
    return [
        (rng.integers(0, 12, size=n), rng.normal(size=12), float(rng.uniform(0.6, 0.9)))
        for n in (4, 6, 9)
    ]


def _score(worth: Array, keep: float) -> float:
    return float(worth @ keep ** np.arange(len(worth))[::-1])


def _occlusion(ids: Labels, worth: Array, keep: float, *, zeroed: bool = False) -> Array:
    words, whole = worth[ids], _score(worth[ids], keep)
    found = []
    for place in range(len(ids)):
        rest = np.delete(words, place)
        if zeroed:
            rest = np.where(np.arange(len(ids)) == place, 0, words)
        found.append(whole - _score(rest, keep))
    return np.array(found)


OCCLUSION = compared(
    _occlusion,
    [
        Mistake(
            "zeroed",
            partial(_occlusion, zeroed=True),
            "You put a word without worth in its place. If the word is left out, all words before "
            "it move one step closer to the end.",
        ),
        Mistake(
            "inverted",
            lambda *arguments: -_occlusion(*arguments),
            "The sign is turned round: a word that raises the score has a positive number.",
        ),
        Mistake(
            "score-without",
            lambda ids, worth, keep: _score(worth[ids], keep) - _occlusion(ids, worth, keep),
            "Those are the scores without the words. By how much does the score change?",
        ),
        Mistake(
            "order-ignored",
            lambda ids, worth, keep: worth[ids],
            "That is the worth of each word, wherever it stands.",
        ),
    ],
)

TASKS = [
    Task("11.5", "kept", False, _gate, KEPT),
    Task("11.6", "without_each", True, _states, WITHOUT_EACH),
    Task("11.7", "occlusion", True, _texts, OCCLUSION),
]
