"""Weather, oil temperature, electricity and wind, 24 steps ahead: a GRU and what it has to beat.

Reads the real series. About five minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.forecasting.baselines import (
    LinearForecaster,
    fit_smoothing,
    naive,
    seasonal_naive,
    smooth,
)
from gru_course.apps.forecasting.data import BEIJING, ETTH1, GERMANY
from gru_course.apps.forecasting.forecast_tests import diebold_mariano
from gru_course.apps.forecasting.intervals import conformal_margin, coverage, outside
from gru_course.apps.forecasting.learn import forecast, train
from gru_course.apps.forecasting.model import ForecasterConfig
from gru_course.apps.forecasting.task import Examples, ForecastTask, Prepared, prepare
from gru_course.data.loading import load
from gru_course.training.fitting import Recipe

SEEDS = range(3)
HORIZON = 24
LEVEL = 0.9
CASES = (
    "temperature in Beijing",
    "oil of a transformer",
    "electricity in Germany",
    "wind power in Germany",
)
ROLLED, YEARS = "electricity in Germany", 4
TESTED = ("seasonal naive", "linear model")
FITTED_ON = 2000
"""Values before the validation part that exponential smoothing is fitted on."""


class Case(NamedTuple):
    """A task and how its GRU is trained."""

    task: ForecastTask
    units: int
    recipe: Recipe
    dropout: float = 0.0


@cache
def cases() -> dict[str, Case]:
    """Load the four series and say what is asked of each; once in each process."""
    beijing, germany, oil = (load(dataset, "full") for dataset in (BEIJING, GERMANY, ETTH1))
    weather = beijing.columns("temperature", "dew point", "pressure")

    def recipe(epochs: int, rate: float, batch: int = 128) -> Recipe:
        return Recipe(epochs, batch, rate, decay=True, weight_decay=0.01)

    def daily(name: str) -> ForecastTask:
        start = int(np.flatnonzero(~np.isnan(germany.column(name)))[0])
        series = germany.columns(name).part(start, len(germany))
        return ForecastTask(series, name, 56, HORIZON, 7)

    hourly = {"season": 24, "horizon": HORIZON, "test_every": 6}
    return {
        "temperature in Beijing": Case(
            ForecastTask(weather, "temperature", 96, train_every=5, **hourly), 32, recipe(6, 0.004)
        ),
        "oil of a transformer": Case(
            ForecastTask(oil, "OT", 168, train_every=2, **hourly), 16, recipe(4, 0.003), 0.2
        ),
        "electricity in Germany": Case(daily("consumption"), 32, recipe(10, 0.005, 64), 0.1),
        "wind power in Germany": Case(daily("wind"), 8, recipe(6, 0.003), 0.3),
    }


def error(said: Any, part: Examples) -> float:
    """Return the mean absolute error over all origins and horizons."""
    return float(np.abs(said - part.truth).mean())


def trained(case: Case, data: Prepared, seed: int) -> Any:
    """Train the GRU of a case."""
    config = ForecasterConfig(1, 1, 1, units=case.units, dropout=case.dropout)
    return train(data, config, case.recipe, seed)[0]


def baselines(case: Case, data: Prepared) -> dict[str, Any]:
    """Forecast the test part by repetition, smoothing and a linear model."""
    task, test = case.task, data.test
    values = task.series.column(task.target)
    end = int(data.validation.origins[0])
    known = values[max(0, end - FITTED_ON) : end]
    by = fit_smoothing(known[~np.isnan(known)], task.season)
    linear, _ = LinearForecaster.fit(data)
    return {
        "last value": naive(test.past, HORIZON),
        "seasonal naive": seasonal_naive(test.past, HORIZON, task.season),
        "exponential smoothing": smooth(values, task.season, by, test.origins, HORIZON),
        "linear model": data.in_unit(linear.predict(test), test),
    }


@cache
def prepared(name: str) -> Prepared:
    """Prepare the data of a case, once in each process."""
    return prepare(cases()[name].task)


def without_network(name: str) -> dict[str, Any]:
    """Forecast by other means, and measure the errors over horizons and over origins."""
    case, data = cases()[name], prepared(name)
    said = baselines(case, data)
    losses = {way: np.abs(values - data.test.truth) for way, values in said.items()}
    return {
        "errors": {way: error(values, data.test) for way, values in said.items()},
        "by_horizon": {way: loss.mean(axis=0).tolist() for way, loss in losses.items()},
        "by_origin": {way: losses[way].mean(axis=1).tolist() for way in TESTED},
        "apart": -(-HORIZON // case.task.test_every),
    }


def of_seed(name: str, seed: int) -> dict[str, Any]:
    """Train a GRU, correct its intervals by validation, test it once."""
    data = prepared(name)
    model = trained(cases()[name], data, seed)
    held, test = (forecast(model, data, part) for part in (data.validation, data.test))
    margin = conformal_margin(outside(data.validation.truth, held[..., 0], held[..., 2]), LEVEL)
    low, high = test[..., 0] - margin, test[..., 2] + margin
    middle = (low + high) / 2
    low, high = np.minimum(low, middle), np.maximum(high, middle)
    return {
        "run": {
            "error": error(test[..., 1], data.test),
            "coverage": float(coverage(data.test.truth, test[..., 0], test[..., 2]).mean()),
            "corrected_coverage": coverage(data.test.truth, low, high).tolist(),
            "width": float((high - low).mean()),
        },
        "losses": np.abs(test[..., 1] - data.test.truth).tolist(),
    }


def backtest(back: int) -> dict[str, Any]:
    """Roll the origin: a year is forecast by models fitted on all years before it."""
    case = cases()[ROLLED]
    task, year = case.task, 365
    end = len(task.series) - (back - 1) * year
    earlier = ForecastTask(
        task.series.part(0, end), task.target, task.history, HORIZON, task.season,
        validation=year / end, test=year / end,
    )  # fmt: skip
    data = prepare(earlier)
    errors = {
        name: error(values, data.test)
        for name, values in baselines(Case(earlier, *case[1:]), data).items()
    }
    errors["GRU"] = error(forecast(trained(case, data, 0), data, data.test)[..., 1], data.test)
    return {"until": str(earlier.series.times[-1])[:10], "errors": errors}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""

    def of_case(name: str) -> dict[str, Any]:
        others = found[f"{name}/without network"]
        runs = [found[f"{name}/{seed}"] for seed in SEEDS]
        gru = np.mean([run["losses"] for run in runs], axis=0)
        return {
            "errors": others["errors"],
            "runs": [run["run"] for run in runs],
            "by_horizon": {"GRU": gru.mean(axis=0).tolist()} | others["by_horizon"],
            "tests": {
                way: diebold_mariano(
                    gru.mean(axis=1), np.array(others["by_origin"][way]), horizon=others["apart"]
                )._asdict()
                for way in TESTED
            },
        }

    return {
        "cases": {name: of_case(name) for name in CASES},
        "backtest": [found[f"backtest/{back}"] for back in range(YEARS, 0, -1)],
        "level": LEVEL,
        "horizon": HORIZON,
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the losses that are not stored."""
    parts = {f"backtest/{YEARS - n}": row for n, row in enumerate(stored["backtest"])}
    for name, row in stored["cases"].items():
        by_horizon = {way: values for way, values in row["by_horizon"].items() if way != "GRU"}
        parts[f"{name}/without network"] = {"errors": row["errors"], "by_horizon": by_horizon}
        parts |= {f"{name}/{seed}": {"run": run} for seed, run in enumerate(row["runs"])}
    return parts


def study() -> Study:
    """Declare the pieces: four cases, and a rolled origin on one of them."""
    pieces = {}
    for name in CASES:
        pieces[f"{name}/without network"] = Piece(without_network, {"name": name})
        pieces |= {f"{name}/{s}": Piece(of_seed, {"name": name, "seed": s}) for s in SEEDS}
    pieces |= {f"backtest/{n}": Piece(backtest, {"back": n}) for n in range(YEARS, 0, -1)}
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
