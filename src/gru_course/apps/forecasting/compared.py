"""Opponents side by side, and what a stored comparison says in words and counts for a table."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gru_course.apps.forecasting.baselines import LinearForecaster
from gru_course.apps.forecasting.boosting import BoostedTrees
from gru_course.apps.forecasting.task import ANCHORS, Floats, Prepared

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
    if method not in case["tests"]:
        raise ValueError(f"There is no test against {method!r}, only {', '.join(case['tests'])}")
    ratio = case["ratios"][method]
    text = f"{ratio['ratio']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"
    if case["tests"][method]["corrected_p"] >= LEVEL:
        return f"{text}, not shown"
    return f"{text}, {'better' if ratio['ratio'] < 1 else 'worse'}"


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

    Examples
    --------
    >>> cases = [
    ...     {"tests": {"trees": {"difference": -1.0, "corrected_p": 0.2}}},
    ...     {"tests": {"trees": {"difference": -1.0, "corrected_p": 0.01}}},
    ... ]
    >>> ahead(cases, "trees", shown=False), ahead(cases, "trees", shown=True)
    (2, 1)
    """
    tests = [case["tests"][method] for case in cases]
    better = [test for test in tests if test["difference"] < 0]
    return sum(test["corrected_p"] < LEVEL or not shown for test in better)


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

    Examples
    --------
    >>> errors = {"mean": 3.0, "last": 2.0, "season": 4.0}
    >>> tried = [{"anchor": anchor, "error": error} for anchor, error in errors.items()]
    >>> choice = {"anchor": "last", "own_scale": True, "size": "large", "error": 2.0}
    >>> settings({"chosen": choice, "tried": tried, "without_ahead": {"error": 2.2}})
    ['last, its window, large', '1.50', '1.00', '2.00', '1.10']
    """
    one, tried = case["chosen"], case["tried"]
    scale = "its window" if one["own_scale"] else "training"
    least = [min(t["error"] for t in tried if t["anchor"] == anchor) for anchor in ANCHORS]
    others = np.array([*least, case["without_ahead"]["error"]]) / one["error"]
    return [f"{one['anchor']}, {scale}, {one['size']}", *(f"{ratio:.2f}" for ratio in others)]
