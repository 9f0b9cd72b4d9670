"""How the answers to the exercises of "First GRU on IMDB" are judged."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared
from gru_course.exercises.two_classes import Labels, labels_and_answers, right_shares

Ids = list[int]

# --- 7.1: the first words instead of the last -----------------------------------------------------


def _reviews(rng: Generator) -> list[Inputs]:
    """Draw short and long reviews, with rare words and the first id that counts as rare."""
    drawn: list[Inputs] = []
    for length in (6, 5, 8):
        reviews: list[Any] = [rng.integers(3, 40, size=n).tolist() for n in (3, 12, length)]
        for review in reviews:
            review[0], review[2] = 1, 25
            review[-2:] = [30, 7]
        drawn.append((reviews, length, 25))
    return drawn


def _first_window(
    reviews: list[Ids],
    length: int,
    words: int,
    *,
    keep: Callable[[Ids, int], Ids] = lambda ids, length: ids[:length],
    behind: bool = False,
    rare: Callable[[int, int], int] = lambda i, words: i if i < words else 2,
) -> Labels:
    window = np.zeros((len(reviews), length), dtype="int32")
    for row, review in zip(window, reviews, strict=True):
        ids = [rare(i, words) for i in keep(review, length)]
        start = 0 if behind else length - len(ids)
        row[start : start + len(ids)] = ids
    return window


def _left_out(reviews: list[Ids], length: int, words: int) -> Labels:
    return _first_window([[i for i in ids if i < words] for ids in reviews], length, words)


FIRST_WINDOW = compared(
    _first_window,
    [
        Mistake(
            "last-words",
            partial(_first_window, keep=lambda ids, length: ids[-length:]),
            "You kept the last words of long reviews. Asked for are the first.",
        ),
        Mistake(
            "post-padding",
            partial(_first_window, behind=True),
            "Short reviews are filled behind the words. The zeros belong in front, so that the "
            "words are the last thing that the GRU reads.",
        ),
        Mistake(
            "rare-left-out",
            _left_out,
            "Rare words are left out. They should become 2, so that their places stay.",
        ),
        Mistake(
            "off-by-one",
            partial(_first_window, rare=lambda i, words: i if i <= words else 2),
            "The limit of the vocabulary is off by one: `words` itself is the first id that is too "
            "rare.",
        ),
        Mistake(
            "rare-kept",
            partial(_first_window, rare=lambda i, words: i),
            "Rare words are still there. An embedding with `words` rows has no row for them.",
        ),
    ],
)

# --- 7.4: find the leak ---------------------------------------------------------------------------


def _splits(rng: Generator) -> list[Inputs]:
    """Draw splits with copies, copies of copies, and the same words in another order."""
    drawn: list[Inputs] = []
    for _ in range(3):
        reviews = [rng.integers(3, 50, size=rng.integers(6, 9)).tolist() for _ in range(10)]
        train, test = reviews[:6], reviews[6:]
        several = int(rng.integers(2, 4))
        test += [reviews[0]] * several + [reviews[1], reviews[2][::-1]]
        train += [reviews[1]] * 4
        drawn.append(
            (
                [train[i] for i in rng.permutation(len(train))],
                [test[i] for i in rng.permutation(len(test))],
            )
        )
    return drawn


def _leaked(
    train: list[Ids], test: list[Ids], key: Callable[[Ids], object] = lambda ids: tuple(ids)
) -> int:
    seen = {key(ids) for ids in train}
    return sum(key(ids) in seen for ids in test)


_ORDER = "This ignores the order of the words: another order is another review."
LEAKED = compared(
    _leaked,
    [
        Mistake(
            "distinct",
            lambda train, test: len({tuple(r) for r in train} & {tuple(r) for r in test}),
            "This counts each different text once. How many of the test *reviews* are known from "
            "training?",
        ),
        Mistake("set-of-words", partial(_leaked, key=frozenset), _ORDER),
        Mistake("sorted-words", partial(_leaked, key=lambda ids: tuple(sorted(ids))), _ORDER),
        Mistake(
            "pairs",
            lambda train, test: sum(a == b for a in train for b in test),
            "This counts pairs. A test review that stands in the training part four times is one "
            "leaked review.",
        ),
        Mistake(
            "wrong-side",
            lambda train, test: _leaked(test, train),
            "This counts training reviews that stand in the test part. Asked for are test reviews.",
        ),
        Mistake(
            "share",
            lambda train, test: _leaked(train, test) / len(test),
            "That is a share, not a number of reviews.",
        ),
    ],
)

# --- 7.5: an accuracy for unequal classes ---------------------------------------------------------


BALANCED = compared(
    lambda labels, answers: np.mean(right_shares(labels, answers)),
    [
        Mistake(
            "accuracy",
            lambda labels, answers: (labels == answers).mean(),
            "That is the plain accuracy: a model that always gives the frequent class would look "
            "good.",
        ),
        Mistake(
            "one-class",
            lambda labels, answers: right_shares(labels, answers)[1],
            "That is the recall: it looks at only the class 1, and a model that always answers 1 "
            "would be perfect.",
        ),
        Mistake(
            "precision",
            lambda labels, answers: np.mean(right_shares(answers, labels)),
            "Your shares are shares of the answers, not of the labels: the mean precision.",
        ),
        Mistake(
            "sum",
            lambda labels, answers: sum(right_shares(labels, answers)),
            "That is the sum of the two shares.",
        ),
    ],
)

# --- 7.6: repair this report ----------------------------------------------------------------------


def _accuracies(rng: Generator) -> list[Inputs]:
    """Draw accuracies whose usual wrong reports all differ from the right one."""
    drawn: list[Inputs] = []
    while len(drawn) < 3:
        validation, test = rng.uniform(0.7, 0.9, size=(2, 4, 5)).round(4)
        reports = [way(validation, test) for way in (_chosen, *_REPORTS)]
        if len(set(reports)) == len(reports):
            drawn.append((validation, test))
    return drawn


def _chosen(validation: Array, test: Array) -> float:
    return float(test.flat[np.argmax(validation)])


def _highest_test(validation: Array, test: Array) -> float:
    return float(test.max())


def _validation(validation: Array, test: Array) -> float:
    return float(validation.max())


def _last_epoch(validation: Array, test: Array) -> float:
    return float(test[np.argmax(validation[:, -1]), -1])


def _epoch_by_test(validation: Array, test: Array) -> float:
    return float(test[np.argmax(validation.max(axis=1))].max())


def _model_by_test(validation: Array, test: Array) -> float:
    return max(_chosen(v, t) for v, t in zip(validation, test, strict=True))


def _mean(validation: Array, test: Array) -> float:
    return float(test.mean())


_REPORTS = {
    _highest_test: "You report the highest test accuracy. It was chosen among many, by the test "
    "reviews themselves, so it is too good.",
    _validation: "You report the number by which you chose: the highest of many validation "
    "accuracies is too good, too.",
    _last_epoch: "You look at the last epoch only. Each model should be stopped where validation "
    "says.",
    _epoch_by_test: "The model is chosen by validation, but the epoch by the test reviews.",
    _model_by_test: "The epochs are chosen by validation, but the model by the test reviews.",
    _mean: "A mean over all models and epochs tells nothing about the model that is chosen.",
}
REPORTED = compared(
    _chosen,
    [Mistake(way.__name__.strip("_"), way, said) for way, said in _REPORTS.items()],
    passed="Right. The test reviews decide nothing.",
)

TASKS = [
    Task("7.1", "first_window", True, _reviews, FIRST_WINDOW),
    Task("7.4", "leaked", True, _splits, LEAKED),
    Task(
        "7.5",
        "balanced_accuracy",
        True,
        partial(labels_and_answers, positives=(4, 25, 9)),
        BALANCED,
    ),
    Task("7.6", "reported", True, _accuracies, REPORTED),
]
