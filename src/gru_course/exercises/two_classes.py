"""Answers of a classifier of two classes, drawn and judged, for exercises about accuracies."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.exercises.exercise import Inputs

Labels = NDArray[np.integer[Any]]


def labels_and_answers(rng: Generator, positives: Sequence[int]) -> list[Inputs]:
    """Draw labels of 40 reviews, of which so many are positive, and answers with some mistakes.

    Parameters
    ----------
    rng : numpy.random.Generator
    positives : sequence of int
        One draw for each, from 2 to 38.

    Returns
    -------
    list of tuple
        Labels and answers, each of shape (40,), of zeros and ones. The first review of each class
        is answered wrongly, so both answers occur.

    Examples
    --------
    >>> ((labels, answers),) = labels_and_answers(np.random.default_rng(0), [5])
    >>> int(labels.sum()), sorted(set(answers.tolist()))
    (5, [0, 1])
    """
    drawn: list[Inputs] = []
    for positive in positives:
        labels = rng.permutation(np.repeat([0, 1], [40 - positive, positive]))
        answers = np.where(rng.random(40) < 0.25, 1 - labels, labels)
        first, second = np.flatnonzero(labels)[0], np.flatnonzero(labels == 0)[0]
        answers[first], answers[second] = 0, 1
        drawn.append((labels, answers))
    return drawn


def right_shares(labels: Labels, answers: Labels) -> list[float]:
    """Return which share of each class is answered rightly, of class 0 first."""
    return [float((answers[labels == label] == label).mean()) for label in (0, 1)]
