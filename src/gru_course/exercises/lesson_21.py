"""How the answers to the exercises of "Anomalies" are judged."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

Bools = NDArray[np.bool_]

# --- 21.4: the area without a threshold -----------------------------------------------------------


def _scores(rng: Generator) -> list[Inputs]:
    """Draw scores with ties, few of them of anomalies."""
    drawn: list[Inputs] = []
    for n in (20, 30, 40):
        anomalous = rng.permutation(np.arange(n) < n // 5)
        drawn.append((rng.integers(0, 8, n) + 2.0 * anomalous, anomalous))
    return drawn


def _area(scores: Array, anomalous: Bools, tie: float = 0.5) -> float:
    difference = scores[anomalous][:, None] - scores[~anomalous]
    return float(((difference > 0) + tie * (difference == 0)).mean())


AREA = compared(
    _area,
    [
        Mistake(
            "ties-lost",
            lambda scores, anomalous: _area(scores, anomalous, 0),
            "Equal scores count nothing in yours. A tie is half a success.",
        ),
        Mistake(
            "ties-won",
            lambda scores, anomalous: _area(scores, anomalous, 1),
            "Equal scores count as a success in yours. A detector that gives every value the same "
            "score would be perfect.",
        ),
        Mistake(
            "inverted",
            lambda scores, anomalous: 1 - _area(scores, anomalous),
            "The other way round: a high score should mean an anomaly.",
        ),
        Mistake(
            "accuracy",
            lambda scores, anomalous: ((scores > np.median(scores)) == anomalous).mean(),
            "That needs a threshold, and the area needs none.",
        ),
    ],
)

# --- 21.5: what point adjustment does -------------------------------------------------------------


def _alarms(rng: Generator) -> list[Inputs]:
    """Draw alarms at random, and long windows of anomalies: some are hit, one is missed."""
    drawn: list[Inputs] = []
    for n in (80, 100, 120):
        true = np.zeros(n, dtype=bool)
        for start in (10, 35, 60):
            true[start : start + int(rng.integers(8, 14))] = True
        alarms = rng.random(n) < 0.06
        alarms[12] = alarms[2] = alarms[40] = True
        alarms[58:75] = False
        drawn.append((alarms, true))
    return drawn


def _windows(true: Bools) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.r_[False, true, False]))
    return [slice(a, b) for a, b in edges.reshape(-1, 2)]


def _adjusted(alarms: Bools, true: Bools) -> Bools:
    made = alarms.copy()
    for window in _windows(true):
        made[window] = alarms[window].any()
    return made


def _from_first_on(alarms: Bools, true: Bools) -> Bools:
    made = alarms.copy()
    for window in _windows(true):
        made[window] = np.logical_or.accumulate(alarms[window])
    return made


def _f1(alarms: Bools, true: Bools) -> float:
    return float(2 * (alarms & true).sum() / (alarms.sum() + true.sum()))


def _both(adjust: Callable[[Bools, Bools], Any]) -> Callable[[Bools, Bools], Array]:
    return lambda alarms, true: np.array([_f1(alarms, true), _f1(adjust(alarms, true), true)])


_right_f1 = _both(_adjusted)
_ADJUSTMENTS = [
    Mistake(
        "from-the-first-alarm-on",
        _both(_from_first_on),
        "You mark a window from its first alarm on. Point adjustment marks all of it, also what "
        "lies before the alarm.",
    ),
    Mistake(
        "every-window",
        _both(lambda alarms, true: alarms | true),
        "You mark windows without any alarm, too.",
    ),
    Mistake(
        "false-alarms-dropped",
        _both(lambda alarms, true: _adjusted(alarms, true) & true),
        "The false alarms are gone. Point adjustment leaves them as they are.",
    ),
    Mistake(
        "swapped",
        lambda *given: _right_f1(*given)[::-1],
        "The two numbers have changed places: first that of the alarms as they are.",
    ),
]
ADJUSTED = compared(_right_f1, _ADJUSTMENTS)

# --- 21.6: repair this threshold ------------------------------------------------------------------


def _two_parts(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for share in (0.1, 0.05, 0.2):
        normal = rng.exponential(1.0, 60)
        true = rng.permutation(np.arange(50) < 15)
        drawn.append((normal, rng.exponential(1.0, 50) + 2 * true, true, share))
    return drawn


def _raised(normal: Array, test: Array, true: Bools, share: float) -> Bools:
    raised: Bools = test > np.quantile(normal, 1 - share)
    return raised


def _best_for_labels(normal: Array, test: Array, true: Bools, share: float) -> Bools:
    raised: Bools = test > max(test, key=lambda t: _f1(test > t, true) if (test > t).any() else 0)
    return raised


_RAISED = [
    Mistake(
        "chosen-on-labels",
        _best_for_labels,
        "The threshold is chosen by the labels that are to judge it.",
    ),
    Mistake(
        "quantile-of-test",
        lambda normal, test, true, share: test > np.quantile(test, 1 - share),
        "The threshold comes from the test part: it always raises the same share of alarms, "
        "whether there are anomalies or not.",
    ),
    Mistake(
        "wrong-end",
        lambda normal, test, true, share: test > np.quantile(normal, share),
        "That is the wrong end: nearly all normal values would raise an alarm.",
    ),
    Mistake(
        "highest",
        lambda normal, test, true, share: test > normal.max(),
        "Above the highest normal score no normal value raised an alarm. A share of them may.",
    ),
    Mistake(
        "inverted",
        lambda *given: ~_raised(*given),
        "The other way round: an alarm means a score above the threshold.",
    ),
]
RAISED = compared(_raised, _RAISED, passed="Right. The labels are left to judge it.")

TASKS = [
    Task("21.4", "area", True, _scores, AREA),
    Task("21.5", "both_f1", True, told_apart(_alarms, _right_f1, _ADJUSTMENTS), ADJUSTED),
    Task("21.6", "raised", True, told_apart(_two_parts, _raised, _RAISED), RAISED),
]
