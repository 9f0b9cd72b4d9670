"""How the answers to the exercises of "Chorales" are judged."""

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

# --- 23.4: nats per step --------------------------------------------------------------------------


def _pieces(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for steps, keys in ((5, 4), (8, 6), (6, 5)):
        piece = (rng.random((steps, keys)) < 0.4).astype(float)
        drawn.append((rng.uniform(0.05, 0.95, (steps, keys)), piece))
    return drawn


def _surprises(p: Array, piece: Array) -> Array:
    surprises: Array = -np.log(np.where(piece == 1, p, 1 - p))
    return surprises


def _next(p: Array, piece: Array) -> Array:
    return _surprises(p[:-1], piece[1:])


NATS = compared(
    lambda p, piece: _next(p, piece).sum(axis=1).mean(),
    [
        Mistake(
            "mean-over-keys",
            lambda p, piece: _next(p, piece).mean(),
            "You take the mean over the keys, too. Keras does that; the literature adds the keys "
            "of a chord up.",
        ),
        Mistake(
            "heard-chord",
            lambda p, piece: _surprises(p, piece).sum(axis=1).mean(),
            "You compare with the chord that was heard last. What is said after step t is about "
            "step t + 1.",
        ),
        Mistake(
            "only-keys-down",
            lambda p, piece: -(np.log(p[:-1]) * piece[1:]).sum(axis=1).mean(),
            "Keys that stay up cost nothing in yours: a model that expects every key would be "
            "perfect.",
        ),
        Mistake(
            "bits",
            lambda p, piece: _next(p, piece).sum(axis=1).mean() / np.log(2),
            "Those are bits. A nat comes from the natural logarithm.",
        ),
        Mistake(
            "sum-over-steps",
            lambda p, piece: _next(p, piece).sum(),
            "That is the sum over the piece. Asked for is the mean over its steps.",
        ),
    ],
)

# --- 23.5: clashes --------------------------------------------------------------------------------


def _rolls(rng: Generator) -> list[Inputs]:
    """Draw chords with no clash, one and two, and whole tones."""
    drawn: list[Inputs] = []
    for _ in range(3):
        chords = [[0, 4, 7], [2, 5, 9], [0, 2, 7], [3, 4, 9], [3, 4, 8, 9], [0, 11], [1, 5, 6]]
        chosen = [chords[i] for i in rng.integers(0, len(chords), size=12)]
        roll = np.zeros((12, 12))
        for row, chord in zip(roll, chosen, strict=True):
            row[chord] = 1
        drawn.append((roll,))
    return drawn


def _pairs(roll: Array, apart: int = 1) -> Array:
    pairs: Array = (roll[:, apart:] == 1) & (roll[:, :-apart] == 1)
    return pairs


def _clashes(roll: Array) -> float:
    return float(_pairs(roll).any(axis=1).mean())


_CLASHES = [
    Mistake(
        "clashes-not-chords",
        lambda roll: _pairs(roll).sum() / len(roll),
        "You count clashes. A chord with two of them is one chord with a clash.",
    ),
    Mistake(
        "number",
        lambda roll: _pairs(roll).any(axis=1).sum(),
        "That is a number of chords, not a share.",
    ),
    Mistake(
        "ends-joined",
        lambda roll: ((roll * np.roll(roll, 1, axis=1)).any(axis=1)).mean(),
        "The lowest and the highest key are neighbours in yours.",
    ),
    Mistake(
        "whole-tones",
        lambda roll: (_pairs(roll).any(axis=1) | _pairs(roll, 2).any(axis=1)).mean(),
        "You count whole tones, too. A clash is a semitone: two keys side by side.",
    ),
    Mistake(
        "in-time",
        lambda roll: (roll[1:] * roll[:-1]).any(axis=1).mean(),
        "You compare neighbours in time. A clash happens within one chord.",
    ),
]
CLASHES = compared(_clashes, _CLASHES)

# --- 23.6: repair the temperature -----------------------------------------------------------------


def _chances(rng: Generator) -> list[Inputs]:
    return [(rng.uniform(0.02, 0.98, 6), tau) for tau in (0.5, 0.7, 2.0)]


def _heated(p: Array, tau: float) -> Array:
    up, down = p ** (1 / tau), (1 - p) ** (1 / tau)
    heated: Array = up / (up + down)
    return heated


def _softmax(p: Array, tau: float) -> Array:
    shares: Array = p ** (1 / tau) / (p ** (1 / tau)).sum()
    return shares


HEATED = compared(
    _heated,
    [
        Mistake(
            "one-key-only",
            _softmax,
            "Your probabilities add up to 1 over all keys, as if exactly one of them went down. "
            "Each key is a question of its own.",
        ),
        Mistake(
            "power-only",
            lambda p, tau: p ** (1 / tau),
            "Up is changed and down is not: for each key the two have to add up to 1.",
        ),
        Mistake(
            "inverted",
            lambda p, tau: _heated(p, 1 / tau),
            "A low temperature should make a likely key likelier. Yours does the opposite.",
        ),
        Mistake(
            "divided",
            lambda p, tau: p / tau,
            "You divide the probabilities themselves. At a low temperature some are above 1.",
        ),
        Mistake(
            "not-used",
            lambda p, tau: p,
            "The temperature is not used.",
        ),
    ],
)

TASKS = [
    Task("23.4", "nats_per_step", True, _pieces, NATS),
    Task("23.5", "clashes", True, told_apart(_rolls, _clashes, _CLASHES), CLASHES),
    Task("23.6", "at_temperature", True, _chances, HEATED),
]
