"""How the answers to the exercises of "Forecasting" are judged."""

from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 19.4: the pinball loss -----------------------------------------------------------------------


def _forecasts(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for quantile in (0.05, 0.8, 0.95):
        truth = rng.normal(10, 2, size=12)
        drawn.append((truth, truth + rng.normal(0.3, 2, size=12), quantile))
    return drawn


def _pinball(truth: Array, forecast: Array, quantile: float) -> float:
    error = truth - forecast
    return float(np.maximum(quantile * error, (quantile - 1) * error).mean())


PINBALL = compared(
    _pinball,
    [
        Mistake(
            "sides-swapped",
            lambda truth, forecast, quantile: _pinball(truth, forecast, 1 - quantile),
            "The two sides have changed places. A high quantile should seldom be exceeded, so for "
            "it a forecast that is too low is the dear one.",
        ),
        Mistake(
            "absolute",
            lambda truth, forecast, quantile: np.abs(truth - forecast).mean(),
            "That is the mean absolute error: it treats both sides alike.",
        ),
        Mistake(
            "negative",
            lambda truth, forecast, quantile: (
                np.where(truth > forecast, quantile, 1 - quantile) * (truth - forecast)
            ).mean(),
            "Errors on one side count as negative, so the two sides cancel. A loss is never below "
            "0.",
        ),
        Mistake(
            "sum",
            lambda truth, forecast, quantile: _pinball(truth, forecast, quantile) * len(truth),
            "That is the sum. Asked for is the mean.",
        ),
        Mistake(
            "squared",
            lambda truth, forecast, quantile: (
                np.where(truth > forecast, quantile, 1 - quantile) * (truth - forecast) ** 2
            ).mean(),
            "You square the errors. Then the cheapest forecast is no quantile.",
        ),
    ],
)

# --- 19.5: how often is the promise kept? ---------------------------------------------------------


def _intervals(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for origins, horizon in ((30, 4), (40, 3), (25, 5)):
        low = rng.normal(-1.2, 0.3, size=(origins, horizon))
        high = rng.normal(1.2, 0.3, size=(origins, horizon))
        truth = rng.normal(0.2, 1, size=(origins, horizon))
        truth[0], truth[1] = low[0], high[1]
        drawn.append((truth, low, high))
    return drawn


def _inside(truth: Array, low: Array, high: Array) -> Any:
    return (low <= truth) & (truth <= high)


COVERAGE = compared(
    lambda *given: _inside(*given).mean(axis=0),
    [
        Mistake(
            "axis",
            lambda *given: _inside(*given).mean(axis=1),
            "That is one share for each origin. Asked for is one for each step ahead.",
        ),
        Mistake(
            "all-steps",
            lambda *given: _inside(*given).mean(),
            "One number hides that the steps differ. Asked for is a share for each step ahead.",
        ),
        Mistake(
            "one-side",
            lambda truth, low, high: (truth <= high).mean(axis=0),
            "You look at the upper end only.",
        ),
        Mistake(
            "outside",
            lambda *given: 1 - _inside(*given).mean(axis=0),
            "That is the share outside the interval.",
        ),
        Mistake(
            "ends-left-out",
            lambda truth, low, high: ((low < truth) & (truth < high)).mean(axis=0),
            "A value that lies exactly on an end counts as inside.",
        ),
    ],
)

# --- 19.6: walk forward ---------------------------------------------------------------------------


def _series_lengths(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for folds in (3, 4, 5):
        size = int(rng.integers(8, 20))
        drawn.append((folds * size + int(rng.integers(40, 90)), folds, size))
    return drawn


def _folds(n: int, folds: int, size: int, *, grows: bool = True, early: bool = False) -> Array:
    first = size if early else n - folds * size
    starts = first + size * np.arange(folds)
    return np.stack([starts if grows else np.full(folds, first), starts, starts + size], axis=1)


FOLDS = compared(
    _folds,
    [
        Mistake(
            "does-not-grow",
            partial(_folds, grows=False),
            "All folds learn from the same beginning. By the time of a later fold, more has been "
            "seen.",
        ),
        Mistake(
            "all-but-the-test",
            lambda n, folds, size: np.column_stack(
                [np.full(folds, n), _folds(n, folds, size)[:, 1:]]
            ),
            "The training part reaches to the end of the series, so it holds what is to be "
            "forecast.",
        ),
        Mistake(
            "test-in-training",
            lambda n, folds, size: _folds(n, folds, size) + np.array([size, 0, 0]),
            "Your training part ends where the test part ends. It must end before the test begins.",
        ),
        Mistake(
            "at-the-beginning",
            partial(_folds, early=True),
            "The test parts should be the last ones of the series, so that even the first fold "
            "learns from as much as possible.",
        ),
        Mistake(
            "last-first",
            lambda n, folds, size: _folds(n, folds, size)[::-1],
            "The right folds in the wrong order: the earliest comes first.",
        ),
    ],
    tolerance=1e-9,
)

# --- 19.7: find the leak in the scaling -----------------------------------------------------------


def _rising(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for n in (40, 60, 50):
        rise = np.linspace(0, rng.uniform(5, 10), n)
        drawn.append((rise + rng.normal(20, 1, size=n), int(0.7 * n)))
    return drawn


def _scaled(
    series: Array, train: int, *, mean: int | None = None, deviation: int | None = None
) -> Array:
    made: Array = (series - series[: mean or train].mean()) / series[: deviation or train].std()
    return made


def _each_by_itself(series: Array, train: int) -> Array:
    return np.concatenate([_scaled(part, len(part)) for part in np.split(series, [train])])


SCALED = compared(
    _scaled,
    [
        Mistake(
            "scaled-with-all",
            lambda series, train: _scaled(series, len(series)),
            "Mean and deviation come from the whole series, the test part included: the future "
            "leaks.",
        ),
        Mistake(
            "deviation-of-all",
            lambda series, train: _scaled(series, train, deviation=len(series)),
            "The mean is clean, but the deviation still comes from the whole series.",
        ),
        Mistake(
            "mean-of-all",
            lambda series, train: _scaled(series, train, mean=len(series)),
            "The deviation is clean, but the mean still comes from the whole series.",
        ),
        Mistake(
            "each-by-itself",
            _each_by_itself,
            "You scale the test part with its own mean and deviation. On the day of the forecast "
            "nobody knows them, and the rise disappears.",
        ),
        Mistake(
            "test-left-out",
            lambda series, train: _scaled(series[:train], train),
            "The test part is missing. It is scaled, too, with the same two numbers.",
        ),
    ],
)

TASKS = [
    Task("19.4", "pinball", True, _forecasts, PINBALL),
    Task("19.5", "coverage", True, _intervals, COVERAGE),
    Task("19.6", "walk_forward", True, _series_lengths, FOLDS),
    Task("19.7", "scaled", True, _rising, SCALED),
]
