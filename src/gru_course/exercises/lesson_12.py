"""How the answers to the exercises of "Better" are judged."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task, Verdict
from gru_course.exercises.judging import Mistake, compared, told_apart
from gru_course.exercises.plain import Plain
from gru_course.exercises.two_classes import Labels

Bools = NDArray[np.bool_]

# --- 12.4: evidence from the other folds ----------------------------------------------------------


def _runs(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for reviews in (20, 25, 30):
        labels = rng.permutation(np.arange(reviews) % 2)
        has_run = rng.random(reviews) < np.where(labels == 1, 0.7, 0.3)
        drawn.append((has_run, labels, rng.permutation(np.arange(reviews) % 5)))
    return drawn


def _ratio(counted: Bools, labels: Labels) -> float:
    p, q = ((counted & (labels == c)).sum() for c in (1, 0))
    return float(np.log((p + 1) / (q + 1)))


def _each(use: Callable[[Labels, int], Bools]) -> Callable[[Bools, Labels, Labels], Array]:
    """Count, for the review with a number, where `use` says."""
    return lambda has_run, labels, folds: np.array(
        [_ratio(has_run & use(folds, i), labels) for i in range(len(labels))]
    )


_right = _each(lambda folds, i: folds != folds[i])
CROSS_FITTED = compared(
    _right,
    [
        Mistake(
            "leaked-label",
            _each(lambda folds, i: folds >= 0),
            "A review is counted with its own label, so the label leaks into the feature.",
        ),
        Mistake(
            "leave-one-out",
            _each(lambda folds, i: np.arange(len(folds)) != i),
            "You leave out only the review itself. That leaks, too, as exercise 12.2 shows: leave "
            "out its whole fold.",
        ),
        Mistake(
            "own-fold",
            _each(lambda folds, i: folds == folds[i]),
            "You count in the review's own fold. Those are the ones to leave out.",
        ),
        Mistake(
            "inverted",
            lambda *arguments: -_right(*arguments),
            "It is the other way round: positive evidence should be above 0.",
        ),
    ],
)

# --- 12.5: leave out the copies -------------------------------------------------------------------

_WORDS = ("a", "good", "film", "dull", "never", "boring", "plot", "and", "moving")


def _texts(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for _ in range(3):
        texts = [" ".join(rng.permutation(_WORDS)[:6].tolist()) for _ in range(8)]
        new = ["New " + text for text in texts[:4]]
        copies = [texts[4].upper(), texts[5].replace(" ", "  "), texts[6]]
        turned = " ".join(texts[7].split()[::-1])
        unlabelled: list[Any] = rng.permutation([*new, *copies, turned]).tolist()
        drawn.append((unlabelled, list(texts[4:])))
    return drawn


def _kept(unlabelled: Sequence[str], test: Sequence[str], form: Callable[[str], object]) -> Any:
    seen = {form(text) for text in test}
    return [text for text in unlabelled if form(text) not in seen]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.lower().split())


def _without_copies(unlabelled: Sequence[str], test: Sequence[str]) -> Any:
    return _kept(unlabelled, test, _words)


def _copies(inputs: Sequence[Inputs], outputs: Sequence[Plain]) -> Verdict:
    """Compare letter by letter: `same` overlooks capital letters."""
    mistakes: list[tuple[str, Callable[..., Any], str]] = [
        (
            "exact",
            lambda a, b: _kept(a, b, lambda text: text),
            "You compare letter by letter. Capital letters and blanks should not matter.",
        ),
        (
            "changed",
            lambda a, b: [" ".join(_words(text)) for text in _without_copies(a, b)],
            "The right reviews, but you return them in a changed form.",
        ),
        (
            "order",
            lambda a, b: _kept(a, b, lambda text: frozenset(_words(text))),
            "This ignores the order of the words: another order is another review.",
        ),
        (
            "inverted",
            lambda a, b: [text for text in a if text not in _without_copies(a, b)],
            "You return the copies instead of the others.",
        ),
    ]
    expected: list[list[str]] = [_without_copies(*a) for a in inputs]  # type: ignore[arg-type]
    if not all(isinstance(o, list) and all(isinstance(t, str) for t in o) for o in outputs):
        return Verdict(False, f"Your answer should be a list of {len(expected[0])} texts here.")
    found: list[list[str]] = list(outputs)  # type: ignore[arg-type]
    if found == expected:
        return Verdict(True, "Right.")
    for name, makes, said in mistakes:
        if found == [makes(*a) for a in inputs]:
            return Verdict(False, said, name)
    if [sorted(texts) for texts in found] == [sorted(texts) for texts in expected]:
        return Verdict(False, "The right reviews, but no longer in their order.")
    return Verdict(False, "Your list leaves out other reviews than the copies, or too few.")


# --- 12.6: what the counts have read --------------------------------------------------------------


def _parts(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for reviews in (30, 40, 50):
        labels = rng.permutation(np.arange(reviews) % 2)
        often = np.where(labels[:, None] == 1, rng.uniform(0.2, 0.8, 4), 0.4)
        train = rng.permutation(np.arange(reviews) < 0.7 * reviews)
        drawn.append((rng.random((reviews, 4)) < often, labels, train))
    return drawn


def _ratios(has_run: Bools, labels: Labels, train: Bools) -> Array:
    return np.array([_ratio(column & train, labels) for column in has_run.T])


_RATIOS = [
    Mistake(
        "validation-counted",
        lambda has_run, labels, train: _ratios(has_run, labels, train | True),
        "The validation reviews are counted, too, with their labels. So the ratios know the "
        "answers that they are to be judged by.",
    ),
    Mistake(
        "validation-only",
        lambda has_run, labels, train: _ratios(has_run, labels, ~train),
        "The training reviews are left out, and the validation reviews are counted.",
    ),
    Mistake(
        "inverted",
        lambda *given: -_ratios(*given),
        "It is the other way round: positive evidence should be above 0.",
    ),
    Mistake(
        "no-logarithm",
        lambda *given: np.exp(_ratios(*given)),
        "There is no logarithm. Without it, no evidence would be 1 instead of 0.",
    ),
]
RATIOS = compared(_ratios, _RATIOS)

TASKS = [
    Task("12.4", "cross_fitted", True, _runs, CROSS_FITTED),
    Task("12.5", "without_copies", True, _texts, _copies),
    Task("12.6", "ratios", True, told_apart(_parts, _ratios, _RATIOS), RATIOS),
]
