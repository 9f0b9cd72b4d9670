"""Weather, oil temperature, electricity and wind, 24 steps ahead: a GRU and what it has to beat.

Reads the real series. About five minutes on two cores: ``make studies``.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.analysis.forecast_tests import diebold_mariano
from gru_course.analysis.intervals import conformal_margin, coverage, outside
from gru_course.data import BEIJING, ETTH1, GERMANY, load
from gru_course.data.forecast_task import Examples, ForecastTask, Prepared, prepare
from gru_course.forecasting import forecast, train_forecaster
from gru_course.models.forecast_baselines import (
    LinearForecaster,
    fit_smoothing,
    naive,
    seasonal_naive,
    smooth,
)
from gru_course.models.forecasters import ForecasterConfig
from gru_course.training import Recipe

SEEDS = range(3)
HORIZON = 24
LEVEL = 0.9
FITTED_ON = 2000
"""Values before the validation part that exponential smoothing is fitted on."""


class Case(NamedTuple):
    """A task and how its GRU is trained."""

    task: ForecastTask
    units: int
    recipe: Recipe
    dropout: float = 0.0


def cases() -> dict[str, Case]:
    """Load the four series and say what is asked of each."""
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
    return train_forecaster(data, config, case.recipe, seed)[0]


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


def study_case(case: Case) -> dict[str, Any]:
    """Train from every seed, correct the intervals by validation, test once."""
    data = prepare(case.task)
    found: dict[str, Any] = {}
    said = baselines(case, data)
    found["errors"] = {name: error(values, data.test) for name, values in said.items()}
    losses, runs = [], []
    for seed in SEEDS:
        model = trained(case, data, seed)
        held, test = (forecast(model, data, part) for part in (data.validation, data.test))
        margin = conformal_margin(outside(data.validation.truth, held[..., 0], held[..., 2]), LEVEL)
        low, high = test[..., 0] - margin, test[..., 2] + margin
        middle = (low + high) / 2
        low, high = np.minimum(low, middle), np.maximum(high, middle)
        losses.append(np.abs(test[..., 1] - data.test.truth))
        runs.append(
            {
                "error": error(test[..., 1], data.test),
                "coverage": float(coverage(data.test.truth, test[..., 0], test[..., 2]).mean()),
                "corrected_coverage": coverage(data.test.truth, low, high).tolist(),
                "width": float((high - low).mean()),
            }
        )
    gru = np.mean(losses, axis=0)
    found["runs"] = runs
    found["by_horizon"] = {"GRU": gru.mean(axis=0).tolist()} | {
        name: np.abs(values - data.test.truth).mean(axis=0).tolist()
        for name, values in said.items()
    }
    apart = -(-HORIZON // case.task.test_every)
    found["tests"] = {
        name: diebold_mariano(
            gru.mean(axis=1), np.abs(said[name] - data.test.truth).mean(axis=1), horizon=apart
        )._asdict()
        for name in ("seasonal naive", "linear model")
    }
    return found


def backtest(case: Case, years: int = 4) -> list[dict[str, Any]]:
    """Roll the origin: each year is forecast by models fitted on all years before it."""
    task, year, found = case.task, 365, []
    for back in range(years, 0, -1):
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
        found.append({"until": str(earlier.series.times[-1])[:10], "errors": errors})
    return found


def main() -> dict[str, Any]:
    """Study the four cases; roll the origin on one of them."""
    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text()) if progress.exists() else {}
    all_cases = cases()
    for name, case in all_cases.items():
        if name not in found:
            start = time.perf_counter()
            found[name] = study_case(case)
            errors = found[name]["errors"] | {
                "GRU": float(np.mean([r["error"] for r in found[name]["runs"]]))
            }
            print(f"{name}: {time.perf_counter() - start:.0f} s, {errors}", flush=True)
            progress.write_text(json.dumps(found), encoding="utf-8")
    rolled = backtest(all_cases["electricity in Germany"])
    progress.unlink()
    return {"cases": found, "backtest": rolled, "level": LEVEL, "horizon": HORIZON}


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
