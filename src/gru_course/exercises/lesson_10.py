"""How the answers to the exercises of "Tuning and testing" are judged."""

from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells import logistic
from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

Labels = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]

# --- 10.3: a temperature by hand ------------------------------------------------------------------


def _probability(rng: Generator) -> list[Inputs]:
    """Draw until two of the mistakes, the log-odds and the power, are clearly different numbers."""
    while True:
        p, tau = float(rng.integers(88, 99)) / 100, float(rng.integers(14, 28)) / 10
        if abs(_log_odds(p) / tau - p ** (1 / tau)) > 0.01:
            return [(p, tau)]


def _log_odds(p: float) -> float:
    return float(np.log(p / (1 - p)))


COOLED = compared(
    lambda p, tau: logistic(_log_odds(p) / tau),
    [
        Mistake(
            "multiplied",
            lambda p, tau: logistic(_log_odds(p) * tau),
            "You multiply by the temperature: that makes the model surer than it was.",
        ),
        Mistake(
            "probability-divided",
            lambda p, tau: p / tau,
            "You divide the probability itself. Then one half would not stay one half: the "
            "temperature divides the log-odds.",
        ),
        Mistake(
            "log-odds",
            lambda p, tau: _log_odds(p) / tau,
            "Those are the new log-odds. Which probability do they belong to?",
        ),
        Mistake(
            "not-normalised",
            lambda p, tau: p ** (1 / tau),
            "The probability of the other class has to be changed in the same way, and the two "
            "have to add up to 1.",
        ),
    ],
    tolerance=1e-3,
)

# --- 10.4: a threshold that was chosen before -----------------------------------------------------


def _confident(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for _ in range(3):
        parts: list[Any] = []
        for n in (30, 40):
            confidence = rng.uniform(0.5, 1, n).round(3)
            confidence[0] = 1.0
            parts += [confidence, (rng.random(n) < confidence) | (confidence == 1)]
        drawn.append((*parts, 0.9))
    return drawn


def _threshold(confidence: Array, right: Bools, wanted: float) -> float:
    return min(float(t) for t in confidence if right[confidence >= t].mean() >= wanted)


def _given_answers(confidence: Array, right: Bools, threshold: float) -> Array:
    answered = confidence >= threshold
    return np.array([answered.mean(), right[answered].mean()])


def _on_test(held: Array, held_right: Bools, test: Array, right: Bools, wanted: float) -> Array:
    return _given_answers(test, right, _threshold(held, held_right, wanted))


def _by_test(held: Array, held_right: Bools, test: Array, right: Bools, wanted: float) -> Array:
    return _given_answers(test, right, _threshold(test, right, wanted))


def _of_held(held: Array, held_right: Bools, test: Array, right: Bools, wanted: float) -> Array:
    return _given_answers(held, held_right, _threshold(held, held_right, wanted))


def _of_all(held: Array, held_right: Bools, test: Array, right: Bools, wanted: float) -> Array:
    answered = test >= _threshold(held, held_right, wanted)
    return np.array([answered.mean(), (right & answered).mean()])


def _as_threshold(
    held: Array, held_right: Bools, test: Array, right: Bools, wanted: float
) -> Array:
    return _given_answers(test, right, wanted)


_WRONG_THRESHOLDS = {
    _by_test: "The threshold is chosen on the test set, so the accuracy there is one that you have "
    "asked for, not one that you have measured.",
    _of_held: "You report the validation set, on which the threshold was chosen.",
    _of_all: "Your accuracy counts texts without an answer as wrong. How many of the *given* "
    "answers are right?",
    _as_threshold: "You take the wanted share as the threshold. A confidence means that share only "
    "in a model that is calibrated.",
}
_THRESHOLDS = [
    Mistake(way.__name__.strip("_"), way, said) for way, said in _WRONG_THRESHOLDS.items()
]
ON_TEST = compared(_on_test, _THRESHOLDS)

# --- 10.5: the calibration error ------------------------------------------------------------------


def _predictions(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for n in (40, 60, 80):
        p = rng.beta(0.6, 0.6, n)
        p[:2] = 0.03, 0.07  # sure of the other class
        drawn.append((p, (rng.random(n) < 0.2 + 0.6 * p).astype(int)))
    return drawn


def _bins(p: Array, labels: Labels, *, of_answer: bool = True) -> Array:
    """Return weight and distance of five bins between one half and one."""
    confidence = np.maximum(p, 1 - p) if of_answer else p
    right = (p > 0.5) == labels if of_answer else labels
    low, width = (0.5, 0.1) if of_answer else (0.0, 0.2)
    places = np.minimum(((confidence - low) / width).astype(int), 4)
    found = []
    for place in range(5):
        inside = places == place
        if inside.any():
            found.append([inside.mean(), abs(confidence[inside].mean() - right[inside].mean())])
    return np.array(found).T


def _error(p: Array, labels: Labels, *, of_answer: bool = True) -> float:
    weights, distances = _bins(p, labels, of_answer=of_answer)
    return float(weights @ distances)


CALIBRATION = compared(
    _error,
    [
        Mistake(
            "probability-of-one-class",
            partial(_error, of_answer=False),
            "You sort by the probability of the class 1. A model that says 0.03 is sure, too: its "
            "answer is 0, with a confidence of 0.97.",
        ),
        Mistake(
            "bins-unweighted",
            lambda p, labels: _bins(p, labels)[1].mean(),
            "All bins count the same in yours, however few answers they hold.",
        ),
        Mistake(
            "largest",
            lambda p, labels: _bins(p, labels)[1].max(),
            "That is the largest distance of a bin. Asked for is the mean, weighted by how many "
            "answers a bin holds.",
        ),
        Mistake(
            "no-bins",
            lambda p, labels: abs(np.maximum(p, 1 - p).mean() - ((p > 0.5) == labels).mean()),
            "That is one bin for everything. There, too high here and too low there cancel.",
        ),
    ],
)

# --- 10.6: repair this training -------------------------------------------------------------------

EPOCHS, RATE, PATIENCE = 12, 0.1, 2


def _parts(rng: Generator) -> list[Inputs]:
    """Draw few training examples, so that the validation loss has its lowest point on the way."""
    while True:
        parts: list[Array] = []
        truth = rng.normal(size=4)
        for n in (6, 12, 12):
            x = rng.normal(size=(n, 4))
            parts += [x, x @ truth + rng.normal(size=n)]
        ways = [_kept(*parts), _kept(*parts, by="test"), _kept(*parts, restore=False)]
        ways.append(_kept(*parts, by="training"))
        apart = [np.abs(a - b).max() for i, a in enumerate(ways) for b in ways[:i]]
        if min(apart) > 0.01 and np.abs(ways[0]).max() < 5:
            return [tuple(parts)]


def _kept(*parts: Array, by: str = "validation", restore: bool = True) -> Array:
    """Do in NumPy what the program does: full batches, plain steps, early stopping."""
    judges = {"training": parts[0:2], "validation": parts[2:4], "test": parts[4:6]}
    x, y = parts[0:2]
    w = best_w = np.zeros(x.shape[1])
    best, waited = np.inf, 0
    for _ in range(EPOCHS):
        w = w - RATE * 2 * x.T @ (x @ w - y) / len(y)
        loss = float(np.mean((judges[by][0] @ w - judges[by][1]) ** 2))
        if loss < best:
            best, best_w, waited = loss, w, 0
        else:
            waited += 1
        if waited == PATIENCE:
            break
    return best_w if restore else w


TRAINED = compared(
    _kept,
    [
        Mistake(
            "training-loss",
            partial(_kept, by="training"),
            "The training stops by its own loss, which hardly ever rises. Nothing is stopped "
            "early.",
        ),
        Mistake(
            "test-set",
            partial(_kept, by="test"),
            "The test set decides when to stop. It would no longer be a test.",
        ),
        Mistake(
            "test-set-last-weights",
            partial(_kept, by="test", restore=False),
            "The test set decides when to stop, and the weights are those of the last epoch.",
        ),
        Mistake(
            "last-weights",
            partial(_kept, restore=False),
            "It stops at the right moment, but the weights are those of the last epoch, not of the "
            "best one.",
        ),
    ],
    passed="Right. Training, stopping and testing each have their own data.",
    tolerance=1e-3,
)

TASKS = [
    Task("10.3", "cooled", False, _probability, COOLED),
    Task("10.4", "on_test", True, told_apart(_confident, _on_test, _THRESHOLDS), ON_TEST),
    Task("10.5", "calibration_error", True, _predictions, CALIBRATION),
    Task("10.6", "trained", True, _parts, TRAINED),
]
