"""How the answers to the exercises of "Translation" are judged."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

# --- 17.4: BLEU by hand ---------------------------------------------------------------------------


def _counts(rng: Generator) -> list[Inputs]:
    """Draw precisions and lengths: too short, too long, and just right."""
    drawn: list[Inputs] = []
    for more in (-7, 6, 0):
        precisions = np.sort(rng.uniform(0.1, 0.9, 4))[::-1].round(3)
        length = int(rng.integers(20, 40))
        drawn.append((precisions, length + more, length))
    return drawn


def _geometric(precisions: Array) -> float:
    return float(np.exp(np.log(precisions).mean()))


def _brevity(length: int, reference: int) -> float:
    return float(np.exp(min(0, 1 - reference / length)))


BLEU = compared(
    lambda precisions, length, reference: _geometric(precisions) * _brevity(length, reference),
    [
        Mistake(
            "no-brevity",
            lambda precisions, length, reference: _geometric(precisions),
            "The brevity factor is missing: a translation of two sure words would be perfect.",
        ),
        Mistake(
            "arithmetic-mean",
            lambda precisions, length, reference: precisions.mean() * _brevity(length, reference),
            "You take the plain mean of the precisions. BLEU takes the geometric one: if no four "
            "words in a row are right, the score is 0.",
        ),
        Mistake(
            "long-punished",
            lambda precisions, length, reference: (
                _geometric(precisions) * float(np.exp(1 - reference / length))
            ),
            "A translation that is longer than the reference gets a factor above 1.",
        ),
        Mistake(
            "lengths-swapped",
            lambda precisions, length, reference: (
                _geometric(precisions) * _brevity(reference, length)
            ),
            "The lengths have changed places: you punish long translations. Those are punished by "
            "the precisions already.",
        ),
        Mistake(
            "linear-factor",
            lambda precisions, length, reference: (
                _geometric(precisions) * min(1, length / reference)
            ),
            "The brevity factor is exponential, not the ratio of the lengths.",
        ),
    ],
)

# --- 17.5: one step of a beam ---------------------------------------------------------------------


def _beams(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for beams in (2, 3, 4):
        words = rng.dirichlet(np.full(6, 0.7), size=beams) + 1e-3
        drawn.append((-rng.exponential(2, beams), np.log(words)))
    return drawn


def _best(totals: Array, width: int) -> Array:
    order = np.argsort(-totals, axis=None)[:width]
    return np.stack(np.unravel_index(order, totals.shape), axis=1)


def _step(scores: Array, words: Array) -> Array:
    return _best(scores[:, None] + words, len(scores))


def _greedy_each(scores: Array, words: Array) -> Array:
    choice = words.argmax(axis=1)
    order = np.argsort(-(scores + words.max(axis=1)))
    return np.stack([order, choice[order]], axis=1)


_BEAM_MISTAKES = [
    Mistake(
        "each-by-itself",
        _greedy_each,
        "You continue each beginning once. Two continuations of one beginning may both be better "
        "than any of another.",
    ),
    Mistake(
        "scores-ignored",
        lambda scores, words: _best(words, len(scores)),
        "You compare the new words only. A likely word after an unlikely beginning is no likely "
        "sentence.",
    ),
    Mistake(
        "multiplied",
        lambda scores, words: _best(scores[:, None] * words, len(scores)),
        "You multiply logarithms. Probabilities are multiplied, their logarithms are added.",
    ),
    Mistake(
        "worst-first",
        lambda scores, words: _step(scores, words)[::-1],
        "The right pairs, but the best one should come first.",
    ),
    Mistake(
        "columns-swapped",
        lambda scores, words: _step(scores, words)[:, ::-1],
        "First the beginning, then the word: the two columns have changed places.",
    ),
]
BEAM = compared(_step, _BEAM_MISTAKES, tolerance=1e-9)

# --- 17.6: clipped precision ----------------------------------------------------------------------


def _sentences(rng: Generator) -> list[Inputs]:
    """Draw a translation that repeats words, and a reference of another length."""
    drawn: list[Inputs] = []
    for n in (6, 8, 9):
        reference = rng.choice(list("abcdefg"), size=n).tolist()
        written = [*reference[: n - 3], reference[0], reference[0], "x", reference[0]]
        drawn.append((written, [*reference, "y", "y"]))
    return drawn


def _clipped(written: Sequence[str], reference: Sequence[str]) -> int:
    return (Counter(written) & Counter(reference)).total()


def _precision(written: Sequence[str], reference: Sequence[str]) -> float:
    return _clipped(written, reference) / len(written)


_PRECISION_MISTAKES = [
    Mistake(
        "not-clipped",
        lambda written, reference: np.mean([word in reference for word in written]),
        "A word that the reference has once is counted as often as it is written. Somebody who "
        "writes it ten times would be perfect.",
    ),
    Mistake(
        "recall",
        lambda written, reference: _clipped(written, reference) / len(reference),
        "You divide by the length of the reference: that is a recall.",
    ),
    Mistake(
        "each-word-once",
        lambda written, reference: len(set(written) & set(reference)) / len(set(written)),
        "You count each different word once. Words that the reference has twice may be written "
        "twice.",
    ),
    Mistake(
        "in-place",
        lambda written, reference: (
            sum(a == b for a, b in zip(written, reference, strict=False)) / len(written)
        ),
        "You compare place by place. One missing word at the beginning would spoil everything.",
    ),
]
PRECISION = compared(_precision, _PRECISION_MISTAKES)

TASKS = [
    Task("17.4", "bleu", True, _counts, BLEU),
    Task("17.5", "beam_step", True, told_apart(_beams, _step, _BEAM_MISTAKES), BEAM),
    Task(
        "17.6",
        "precision",
        True,
        told_apart(_sentences, _precision, _PRECISION_MISTAKES),
        PRECISION,
    ),
]
