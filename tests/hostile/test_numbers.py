"""Each public function that takes numbers, with numbers that are none, in each of its arguments.

A new function of these modules is asked for here before it passes: `GOOD` needs a call of it.
"""

import dataclasses
import inspect
import math

import numpy as np
import pytest

from gru_course.apps.anomalies import learn as detecting
from gru_course.apps.anomalies import model as detectors
from gru_course.apps.anomalies import nab
from gru_course.apps.forecasting import baselines as forecast_baselines
from gru_course.apps.forecasting import forecast_tests, intervals, prices, pricing
from gru_course.apps.forecasting import learn as forecasting
from gru_course.apps.forecasting import task as forecast_task
from gru_course.data import series
from gru_course.stats import calibration, comparisons, spread, statistics

RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=400)
TABLE = NOISE[:40].reshape(20, 2)
DAYS = np.arange("2024-01-01", "2024-01-21", dtype="M8[D]")
SHARES, LABELS = np.linspace(0.05, 0.95, 20), np.tile([0, 1], 10)
LOSSES = {"first": NOISE[:50] ** 2, "second": NOISE[50:100] ** 2}
PAIRS = {"a": [0.9, 0.8, 0.7], "b": [0.8, 0.75, 0.6]}
WINDOWS = [(50, 59)]
BY = forecast_baselines.Smoothing(0.4, 0.1, 0.2, 0.9)
HELD = {"truth": TABLE, "low": TABLE - 1, "high": TABLE + 1}
GUESSED = {"probabilities": SHARES, "labels": LABELS}
SERIES = series.Series("x", "quick", DAYS, TABLE, ("a", "b"))
FORECASTER, REBUILDER = detectors.forecaster(4, 2), detectors.autoencoder(2, 2, 2)

GOOD = {
    series.regular: {"times": DAYS, "values": TABLE, "step": np.timedelta64(1, "D")},
    series.split_by_time: {"series": SERIES, "validation": 0.2, "test": 0.2},
    series.series_windows: {"values": TABLE, "history": 3, "horizon": 2},
    series.checked_times: {"times": DAYS},
    forecast_task.calendar: {"times": DAYS},
    forecast_task.anchor_levels: {"past": TABLE, "horizon": 2, "season": 1, "anchor": "season"},
    forecast_baselines.climatology: {
        "series": SERIES, "target": "a", "season": 2, "until": 15, "origins": np.array([16]),
        "horizon": 2,
    },
    forecast_tests.clark_west: {"truth": NOISE[:50], "small": NOISE[50:100], "large": NOISE[1:51]},
    forecast_tests.ratio_interval: {
        "first": [NOISE[:50] ** 2], "second": NOISE[50:100] ** 2, "block": 3, "level": 0.9,
    },
    intervals.pinball: {
        "truth": TABLE, "said": np.stack([TABLE, TABLE + 1], axis=2), "quantiles": [0.2, 0.8],
    },
    prices.random_walk_prices: {
        "n": 9, "drift": 0.1, "volatility": 0.2, "clustering": 0.3, "momentum": 0.1,
    },
    detecting.filled: {"values": NOISE},
    detecting.trailing: {"values": NOISE, "width": 9},
    detecting.moving_gaussian: {"values": NOISE, "width": 9},
    detecting.forecast_errors: {
        "model": FORECASTER, "values": NOISE, "mean": 0.0, "deviation": 1.0,
    },
    detecting.misfit: {"model": REBUILDER, "beats": TABLE},
    pricing.neighbours_error: {"values": NOISE, "shuffled": True, "history": 5},
    pricing.smoothed: {"values": NOISE, "width": 5},
    pricing.line_error: {"values": NOISE},
    forecast_baselines.naive: {"past": TABLE, "horizon": 3},
    forecast_baselines.seasonal_naive: {"past": TABLE, "horizon": 3, "season": 2},
    forecast_baselines.fit_smoothing: {"values": NOISE[:60], "season": 3},
    forecast_baselines.smooth: {
        "values": NOISE, "season": 3, "by": BY, "origins": np.array([10, 20]), "horizon": 2,
    },
    nab.reward: {"position": [-1.0, 0.5]},
    nab.window_places: {"times": DAYS, "windows": [(DAYS[2], DAYS[4])]},
    nab.worth: {"n": 100, "windows": WINDOWS, "weights": nab.PROFILES["standard"]},
    nab.score_by_window: {"stream": nab.Stream(NOISE[:100], WINDOWS), "threshold": 0.5},
    nab.nab_score: {"streams": [nab.Stream(NOISE[:100], WINDOWS)], "threshold": 0.5},
    forecast_tests.long_run_variance: {"values": NOISE, "lags": 3},
    forecast_tests.diebold_mariano: LOSSES,
    intervals.coverage: HELD,
    intervals.conformal_margin: {"scores": TABLE, "level": 0.9},
    intervals.outside: HELD,
    statistics.mean_difference: {**PAIRS, "confidence": 0.9},
    statistics.p_value: PAIRS,
    statistics.ratio_of_medians: {**PAIRS, "confidence": 0.9},
    spread.pooled_deviation: {"groups": list(TABLE)},
    spread.chance_difference: {"groups": list(TABLE), "runs": 3, "confidence": 0.9},
    comparisons.welch_difference: {**PAIRS, "other_error": 0.1, "confidence": 0.9},
    comparisons.holm: {"p_values": [0.1, 0.5, 0.02]},
    calibration.reliability: GUESSED,
    calibration.cross_entropy: GUESSED,
    calibration.at_temperature: {"probabilities": SHARES, "temperature": 2.0},
    calibration.best_temperature: GUESSED,
    calibration.risk_coverage: GUESSED,
    calibration.confidence_for: {**GUESSED, "accuracy": 0.3},
    calibration.answered: {**GUESSED, "confidence": 0.6},
    calibration.share_interval: {"right": 3, "total": 9, "confidence": 0.9},
}  # fmt: skip
ELSEWHERE = {
    # What they take was checked when it was made, and their own tests spoil it.
    forecasting.forecast, forecasting.train, forecast_task.prepare, pricing.tomorrow,
    detecting.train_on_series, detecting.train_on_beats, detecting.held_out_scores,
    detecting.together, nab.best_threshold,
    series.read_columns,
}  # fmt: skip
MAY_BE_MISSING = {
    series.regular, series.series_windows, forecast_baselines.smooth, detecting.filled,
    forecast_baselines.climatology,
    pricing.neighbours_error,
}  # fmt: skip
MODULES = (
    series, forecast_task, prices, detecting, pricing, forecasting, forecast_baselines, nab,
    forecast_tests, intervals, statistics, spread, comparisons, calibration,
)  # fmt: skip
BOUNDLESS = {(nab.nab_score, "threshold"), (nab.score_by_window, "threshold")}
"""An infinite threshold is never reached."""


def named(module):
    return {
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def takes_numbers(function):
    kinds = ("ndarray", "array", "float", "Smoothing", "Weights", "Series", "Array")
    parameters = inspect.signature(function).parameters.values()
    return any(kind in str(p.annotation) for p in parameters for kind in kinds)


def test_every_function_that_takes_numbers_is_here():
    found = {function for module in MODULES for function in named(module)}
    missing = {f for f in found if takes_numbers(f)} - set(GOOD) - ELSEWHERE
    assert not missing, f"give them a call in GOOD: {sorted(f.__name__ for f in missing)}"


def numbers(result):
    """Return all numbers in a result."""
    if dataclasses.is_dataclass(result) or hasattr(result, "_asdict"):
        fields = result._asdict() if hasattr(result, "_asdict") else vars(result)
        return [number for value in fields.values() for number in numbers(value)]
    if isinstance(result, (list, tuple)):
        return [number for value in result for number in numbers(value)]
    if isinstance(result, (float, np.ndarray)) and np.asarray(result).dtype.kind == "f":
        return np.ravel(result).tolist()
    return []


@pytest.mark.parametrize("function", GOOD, ids=lambda function: function.__name__)
def test_good_numbers_give_finite_ones(function):
    assert np.isfinite(numbers(function(**GOOD[function]))).all()


def spoilt(value, wrong):
    """Return a value, or a row of values, in which the last number is wrong."""
    if isinstance(value, float):
        return wrong
    if isinstance(value, tuple) and hasattr(value, "_replace"):
        return value._replace(**{value._fields[-1]: wrong})
    array = np.array(value, dtype=object if isinstance(wrong, (str, type(None))) else float)
    array[(-1,) * array.ndim] = wrong
    return array


ARGUMENTS = [
    pytest.param(function, name, id=f"{function.__name__}-{name}")
    for function, given in GOOD.items()
    for name, value in given.items()
    if isinstance(value, float)
    or (isinstance(value, (list, tuple, np.ndarray)) and np.array(value).dtype.kind in "if")
    if name != "windows"  # places, not measurements
]


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, None, "1.5"], ids=str)
def test_what_is_no_number_is_refused(function, name, wrong):
    given = {**GOOD[function], name: spoilt(GOOD[function][name], wrong)}
    missing = wrong is math.nan and function in MAY_BE_MISSING and name == "values"
    if missing or ((function, name) in BOUNDLESS and wrong in (math.inf, -math.inf)):
        function(**given)
    else:
        with pytest.raises((ValueError, TypeError)) as refused:
            function(**given)
        assert len(str(refused.value)) > 20


def variants(value):
    """Return numbers that are unusual, but numbers."""
    array = np.asarray(value)
    if array.dtype.kind == "f" and array.ndim:
        yield "constant", np.full_like(array, 0.1)
        yield "zeros", np.zeros_like(array)
        yield "huge", array * 1e300
        yield "tiny", array * 1e-300
        yield "far away", array + 1e9
        yield "short", array.astype("float16")
    yield "nothing", array[:0] if array.ndim else array
    yield "one", array[:1] if array.ndim else array
    yield "flat", array.reshape(-1)[0] if array.ndim else array
    yield "deeper", array[None]


UNUSUAL = [
    pytest.param(*parameter.values, kind, changed, id=f"{parameter.id}-{kind}")
    for parameter in ARGUMENTS
    for kind, changed in variants(GOOD[parameter.values[0]][parameter.values[1]])
    if not isinstance(GOOD[parameter.values[0]][parameter.values[1]], float)
    if not hasattr(GOOD[parameter.values[0]][parameter.values[1]], "_fields")
]


@pytest.mark.parametrize(("function", "name", "kind", "value"), UNUSUAL)
def test_unusual_numbers_are_refused_or_give_finite_ones(function, name, kind, value):
    given = {**GOOD[function], name: value}
    result, refused = None, ""
    try:
        with np.errstate(invalid="raise", divide="raise"):
            result = function(**given)
    except (ValueError, TypeError) as error:
        refused = str(error)
    none_given = function is calibration.answered and result is not None and result.share == 0
    assert none_given or np.isfinite(numbers(result)).all()
    assert result is not None or len(refused) > 20
