"""Opponents side by side, and what a stored comparison says in words and counts for a table."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gru_course.apps.forecasting.baselines import LinearForecaster
from gru_course.apps.forecasting.boosting import BoostedTrees
from gru_course.apps.forecasting.task import ANCHORS, Floats, Prepared
from gru_course.course.checked import finite

LEVEL = 0.05
"""From which corrected p-value on a difference is not shown."""


def linear_and_trees(data: Prepared, season: int, rounds: int = 150) -> dict[str, Floats]:
    """Fit the linear model and boosted trees, and forecast the test part with each.

    Parameters
    ----------
    data : Prepared
    season : int
        After how many steps the pattern repeats.
    rounds : int
        The most trees.

    Returns
    -------
    dict
        Name of the method -> ndarray of float64, shape (examples, horizon), in the unit of the
        target.

    Raises
    ------
    ValueError
        As `LinearForecaster.fit` and `BoostedTrees.fit`.

    Examples
    --------
    >>> from gru_course.apps.forecasting.data import seasonal
    >>> from gru_course.apps.forecasting.task import ForecastTask, prepare
    >>> data = prepare(ForecastTask(seasonal(("load",), "h", 1000), "load", 48, 4, 24))
    >>> {name: said.shape for name, said in linear_and_trees(data, 24, rounds=2).items()}
    {'linear model': (197, 4), 'boosted trees': (197, 4)}
    """
    models: dict[str, LinearForecaster | BoostedTrees] = {
        "linear model": LinearForecaster.fit(data)[0],
        "boosted trees": BoostedTrees.fit(data, season, rounds)[0],
    }
    return {name: data.in_unit(by.predict(data.test), data.test) for name, by in models.items()}


def _stored(case: Any, *keys: str) -> Any:
    """Return what stands under keys in a stored comparison, and say so if it does not."""
    for key in keys:
        if not isinstance(case, Mapping) or key not in case:
            there = ", ".join(map(str, case)) if isinstance(case, Mapping) else type(case).__name__
            raise ValueError(f"there is no {key!r:.40} in what is stored, only {there:.200}")
        case = case[key]
    return case


def verdict(case: Mapping[str, Any], method: str) -> str:
    """Say how the GRU does against a method: ratio of errors, interval, and whether it is shown.

    Parameters
    ----------
    case : mapping
        One series of ``studies/forecasting.json``.
    method : str
        One of the methods that it was tested against.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it was not tested against that method.

    Examples
    --------
    >>> ratio = {"ratio": 0.9, "low": 0.85, "high": 0.95}
    >>> case = {"ratios": {"trees": ratio}, "tests": {"trees": {"corrected_p": 0.01}}}
    >>> verdict(case, "trees")
    '0.90 (0.85 to 0.95), better'
    """
    ends = [_stored(case, "ratios", method, key) for key in ("ratio", "low", "high")]
    ratio, low, high = finite(ends, "the ratio and its interval", what_to_do="Run the study again.")
    text = f"{ratio:.2f} ({low:.2f} to {high:.2f})"
    if _stored(case, "tests", method, "corrected_p") >= LEVEL:
        return f"{text}, not shown"
    return f"{text}, {'better' if ratio < 1 else 'worse'}"


def ahead(cases: Iterable[Mapping[str, Any]], method: str, shown: bool) -> int:
    """Count the series on which the GRU is ahead of a method.

    Parameters
    ----------
    cases : iterable of mapping
        Series of a stored study, each with its tests.
    method : str
    shown : bool
        Whether to count only where the corrected test shows it.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If there is no such test.

    Examples
    --------
    >>> cases = [
    ...     {"tests": {"trees": {"difference": -1.0, "corrected_p": 0.2}}},
    ...     {"tests": {"trees": {"difference": -1.0, "corrected_p": 0.01}}},
    ... ]
    >>> ahead(cases, "trees", shown=False), ahead(cases, "trees", shown=True)
    (2, 1)
    """
    tests = [_stored(case, "tests", method) for case in cases]
    better = [test for test in tests if _stored(test, "difference") < 0]
    return sum(_stored(test, "corrected_p") < LEVEL or not shown for test in better)


def settings(case: Mapping[str, Any]) -> list[str]:
    """Say what validation chose, and what other choices would have cost.

    Parameters
    ----------
    case : mapping
        One series of ``studies/forecasting.json``.

    Returns
    -------
    list of str
        The choice; the least validation error with each anchor over its own; and that without the
        calendar of the asked steps.

    Raises
    ------
    ValueError
        If something is not there, or no number.

    Examples
    --------
    >>> errors = {"mean": 3.0, "last": 2.0, "season": 4.0}
    >>> tried = [{"anchor": anchor, "error": error} for anchor, error in errors.items()]
    >>> choice = {"anchor": "last", "own_scale": True, "size": "large", "error": 2.0}
    >>> settings({"chosen": choice, "tried": tried, "without_ahead": {"error": 2.2}})
    ['last, its window, large', '1.50', '1.00', '2.00', '1.10']
    """
    choice = [_stored(case, "chosen", key) for key in ("anchor", "own_scale", "size", "error")]
    anchor, own_scale, size, error = choice
    tried = {name: [_stored(t, "error") for t in _stored(case, "tried")
                    if _stored(t, "anchor") == name] for name in ANCHORS}  # fmt: skip
    least = [min(errors, default=np.nan) for errors in tried.values()]
    blind = _stored(case, "without_ahead", "error")
    errors = finite([*least, blind, error], "the errors", what_to_do="Run the study again.")
    scale = "its window" if own_scale else "training"
    return [f"{anchor}, {scale}, {size}", *(f"{ratio:.2f}" for ratio in errors[:-1] / error)]
