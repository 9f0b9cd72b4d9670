"""How the answers to the exercises of "A GRU in ten minutes" are judged."""

from functools import partial

import numpy as np
from numpy.random import Generator

from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared
from gru_course.exercises.two_classes import Labels, labels_and_answers, right_shares

# --- 0.6: one row of the table --------------------------------------------------------------------


def _reviews(rng: Generator) -> list[Inputs]:
    """Draw a short review, a long one, and one that just fits."""
    sizes = ((3, 8), (11, 6), (5, 5), (1, 4))
    return [(rng.integers(3, 90, size=n).tolist(), steps) for n, steps in sizes]


ROW = compared(
    lambda review, steps: [0] * (steps - len(review)) + review[-steps:],
    [
        Mistake(
            "post-padding",
            lambda review, steps: review[-steps:] + [0] * (steps - len(review)),
            "Your zeros stand behind the words. The GRU would read them last, just before it gives "
            "its answer.",
        ),
        Mistake(
            "first-words",
            lambda review, steps: [0] * (steps - len(review)) + review[:steps],
            "You keep the first words of a long review. Here the last ones are kept.",
        ),
        Mistake(
            "not-shortened",
            lambda review, steps: [0] * (steps - len(review)) + review,
            "Short reviews are right, but a long review is not shortened.",
        ),
        Mistake(
            "not-filled",
            lambda review, steps: review[-steps:],
            "Long reviews are right, but a short review is not filled up.",
        ),
    ],
)

# --- 0.7: each class by itself --------------------------------------------------------------------


def _both(labels: Labels, answers: Labels) -> Labels:
    return np.array([np.sum((labels == label) & (answers == label)) for label in (0, 1)])


BY_CLASS = compared(
    right_shares,
    [
        Mistake(
            "accuracy",
            lambda labels, answers: (labels == answers).mean(),
            "That is the accuracy over both classes. It hides what happens to the rarer one.",
        ),
        Mistake(
            "swapped",
            lambda labels, answers: right_shares(labels, answers)[::-1],
            "Both shares are right, but in the other order: label 0 comes first.",
        ),
        Mistake(
            "precision",
            lambda labels, answers: right_shares(answers, labels),
            "Those are shares of the answers. Asked for are shares of the reviews with a label.",
        ),
        Mistake(
            "counts",
            _both,
            "Those are numbers of reviews. Divide each by the size of its class.",
        ),
        Mistake(
            "of-all",
            lambda labels, answers: _both(labels, answers) / len(labels),
            "Those are shares of all reviews. Divide by the size of each class instead.",
        ),
    ],
)

TASKS = [
    Task("0.6", "row", True, _reviews, ROW),
    Task(
        "0.7", "right_by_class", True, partial(labels_and_answers, positives=(5, 24, 11)), BY_CLASS
    ),
]
