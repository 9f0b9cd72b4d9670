"""How the answers to the exercises of "Stock prices, honestly" are judged."""

from functools import partial

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 20.1: one of twenty --------------------------------------------------------------------------


def _people(rng: Generator) -> list[Inputs]:
    return [
        (int(n), level) for n, level in zip(rng.integers(4, 18, 3), (0.05, 0.01, 0.1), strict=True)
    ]


LUCKY = compared(
    lambda people, level: 1 - (1 - level) ** people,
    [
        Mistake(
            "added",
            lambda people, level: people * level,
            "You add the chances up. That counts twice what happens to two of them at once, and "
            "with enough people it is above 1.",
        ),
        Mistake(
            "nobody",
            lambda people, level: (1 - level) ** people,
            "That is the chance that nobody can report success.",
        ),
        Mistake(
            "everybody",
            lambda people, level: level**people,
            "That is the chance that all of them can.",
        ),
    ],
)

# --- 20.4: against tomorrow as today --------------------------------------------------------------


def _prices(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for days in (30, 45, 60):
        prices = 100 + np.cumsum(rng.normal(0, 1, size=days))
        drawn.append((prices, prices[1:] + rng.normal(0.2, 1, size=days - 1)))
    return drawn


def _error(prices: Array, forecasts: Array) -> float:
    return float(np.abs(prices[1:] - forecasts).mean())


def _against(prices: Array, forecasts: Array) -> float:
    return _error(prices, forecasts) / _error(prices, prices[:-1])


AGAINST = compared(
    _against,
    [
        Mistake(
            "against-the-mean",
            lambda prices, forecasts: (
                _error(prices, forecasts) / np.abs(prices[1:] - prices.mean()).mean()
            ),
            "You compare with the mean of all prices. Nearly everything beats that on a series "
            "that wanders; compare with today's price.",
        ),
        Mistake(
            "inverted",
            lambda prices, forecasts: 1 / _against(prices, forecasts),
            "Upside down: below 1 should mean that the forecast is better.",
        ),
        Mistake(
            "squared",
            lambda prices, forecasts: (
                ((prices[1:] - forecasts) ** 2).mean() / (np.diff(prices) ** 2).mean()
            ),
            "You square the errors. Asked for are absolute ones.",
        ),
        Mistake(
            "one-day-late",
            lambda prices, forecasts: (
                np.abs(prices[:-1] - forecasts).mean() / _error(prices, prices[:-1])
            ),
            "You compare each forecast with the price of the day on which it was made. It is about "
            "the next day.",
        ),
        Mistake(
            "share-of-price",
            lambda prices, forecasts: np.abs(1 - forecasts / prices[1:]).mean(),
            "That is the error as a share of the price. It looks small for any forecast that stays "
            "near today's price.",
        ),
    ],
)

# --- 20.5: smoothing without the future -----------------------------------------------------------


def _walks(rng: Generator) -> list[Inputs]:
    return [(np.cumsum(rng.normal(size=n)) + 50, days) for n, days in ((20, 5), (25, 3), (30, 7))]


def _smoothed(prices: Array, days: int, *, ahead: int = 0) -> Array:
    """Average the last days; or, `ahead`, as many of them that still lie in the future."""
    n = len(prices)
    windows = [(max(0, t + ahead - days + 1), min(n, max(1, t + ahead + 1))) for t in range(n)]
    return np.array([prices[first:end].mean() for first, end in windows])


def _zeros_at_the_ends(prices: Array, days: int) -> Array:
    return np.convolve(prices, np.ones(days) / days, mode="same")


SMOOTHED = compared(
    _smoothed,
    [
        Mistake(
            "future",
            _zeros_at_the_ends,
            "The average of a day contains prices of the days after it. And at the ends it "
            "averages with zeros.",
        ),
        Mistake(
            "centred",
            lambda prices, days: _smoothed(prices, days, ahead=days // 2),
            "The average of a day contains prices of the days after it.",
        ),
        Mistake(
            "forward",
            lambda prices, days: _smoothed(prices, days, ahead=days - 1),
            "You average the day and those after it. Turn it round: the day and those before it.",
        ),
        Mistake(
            "zeros-before",
            lambda prices, days: np.convolve(prices, np.ones(days) / days)[: len(prices)],
            "Nothing of the future, but the first days are averaged with zeros. Average what there "
            "is.",
        ),
        Mistake(
            "today-left-out",
            partial(_smoothed, ahead=-1),
            "Today's price is missing, although it is known today.",
        ),
    ],
    passed="Right. What was possible to foresee before is gone.",
)

TASKS = [
    Task("20.1", "lucky", True, _people, LUCKY),
    Task("20.4", "against_today", True, _prices, AGAINST),
    Task("20.5", "smoothed", True, _walks, SMOOTHED),
]
