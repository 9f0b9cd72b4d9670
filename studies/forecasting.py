"""Weather, oil temperature, electricity and wind, 24 steps ahead: a GRU and what it has to beat.

Everything is chosen on the validation part. Reads the real series. About twenty minutes on one
core: ``make studies``.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.forecasting.baselines import (
    LinearForecaster,
    climatology,
    fit_smoothing,
    naive,
    seasonal_naive,
    smooth,
)
from gru_course.apps.forecasting.boosting import BoostedTrees
from gru_course.apps.forecasting.data import BEIJING, ETTH1, GERMANY, with_holidays
from gru_course.apps.forecasting.forecast_tests import diebold_mariano, ratio_interval
from gru_course.apps.forecasting.intervals import conformal_margin, coverage, outside, pinball
from gru_course.apps.forecasting.learn import forecast, train
from gru_course.apps.forecasting.model import QUANTILES, ForecasterConfig
from gru_course.apps.forecasting.task import (
    ANCHORS,
    Examples,
    ForecastTask,
    Prepared,
    prepare,
)
from gru_course.data.loading import load
from gru_course.stats.comparisons import holm
from gru_course.training.fitting import Recipe

SEEDS = range(5)
SEARCH_SEED = 100
"""Settings are compared with a seed of their own."""
HORIZON = 24
LEVEL = 0.9
CASES = (
    "temperature in Beijing",
    "oil of a transformer",
    "electricity in Germany",
    "wind power in Germany",
)
ROLLED, YEARS = "electricity in Germany", 4
TESTED = ("last value", "seasonal naive", "exponential smoothing", "linear model", "boosted trees")
FITTED_ON = 2000
"""Values before the validation part that exponential smoothing is fitted on."""
SIZES = {"large": (32, 0.1), "small": (8, 0.3)}
"""Units of the GRU, and dropout."""


class Case(NamedTuple):
    """A task and how its networks are trained."""

    task: ForecastTask
    recipe: Recipe


@cache
def cases() -> dict[str, Case]:
    """Load the four series and say what is asked of each; once in each process."""
    beijing, germany, oil = (load(dataset, "full") for dataset in (BEIJING, GERMANY, ETTH1))
    weather = beijing.columns("temperature", "dew point", "pressure")
    first = int(np.flatnonzero(~np.isnan(germany.column("wind")))[0])
    wind = germany.columns("wind").part(first, len(germany))
    load_of_days = with_holidays(germany.columns("consumption"))
    of_hours = Recipe(8, 128, 0.004, decay=True, weight_decay=0.01)
    of_days = Recipe(12, 64, 0.005, decay=True, weight_decay=0.01)
    hourly: dict[str, Any] = {
        "season": 24,
        "horizon": HORIZON,
        "test_every": 6,
        "calendar_ahead": True,
    }
    daily: dict[str, Any] = {"season": 7, "horizon": HORIZON, "history": 56, "calendar_ahead": True}
    return {
        "temperature in Beijing": Case(
            ForecastTask(weather, "temperature", 96, train_every=5, **hourly), of_hours
        ),
        "oil of a transformer": Case(
            ForecastTask(oil, "OT", 168, train_every=2, **hourly), of_hours
        ),
        "electricity in Germany": Case(
            ForecastTask(load_of_days, "consumption", known=("holiday",), **daily), of_days
        ),
        "wind power in Germany": Case(ForecastTask(wind, "wind", **daily), of_days),
    }


@cache
def prepared(name: str, anchor: str, own_scale: bool, calendar_ahead: bool = True) -> Prepared:
    """Prepare the data of a case, once in each process."""
    task = cases()[name].task
    return prepare(replace(task, anchor=anchor, own_scale=own_scale, calendar_ahead=calendar_ahead))


def error(said: Any, part: Examples) -> float:
    """Return the mean absolute error over all origins and horizons."""
    return float(np.abs(said - part.truth).mean())


def rounded(said: Any) -> Any:
    """Return forecasts as lists of numbers with six digits, which is enough to compare them."""
    return [[float(f"{value:.6g}") for value in row] for row in np.asarray(said)]


def simple(name: str) -> dict[str, Any]:
    """Forecast by repetition, by the usual value, and by smoothing."""
    task, data = cases()[name].task, prepared(name, "last", False)
    test, end = data.test, int(data.validation.origins[0])
    values = task.series.column(task.target)
    began = time.process_time()
    known = values[max(0, end - FITTED_ON) : end]
    by = fit_smoothing(known[~np.isnan(known)], task.season)
    said = {
        "last value": naive(test.past, HORIZON),
        "seasonal naive": seasonal_naive(test.past, HORIZON, task.season),
        "climatology": climatology(
            task.series, task.target, task.season, end, test.origins, HORIZON
        ),
        "exponential smoothing": smooth(values, task.season, by, test.origins, HORIZON),
    }
    return {
        "truth": rounded(test.truth),
        "said": {way: rounded(values) for way, values in said.items()},
        "apart": -(-HORIZON // task.test_every),
        "per_day": max(1, task.season // task.test_every) if task.season == 24 else 1,
        "smoothing": by._asdict(),
        "seconds": time.process_time() - began,
    }


def chosen_linear(name: str) -> tuple[LinearForecaster, Prepared, dict[str, Any]]:
    """Fit linear models with all anchors and scales; validation chooses."""
    found = []
    for anchor in ANCHORS:
        for own_scale in (False, True):
            data = prepared(name, anchor, own_scale)
            model, penalty = LinearForecaster.fit(data)
            held = data.in_unit(model.predict(data.validation), data.validation)
            setting = {"anchor": anchor, "own_scale": own_scale, "penalty": penalty}
            found.append((error(held, data.validation), model, data, setting))
    least = min(found, key=lambda row: row[0])
    return least[1], least[2], {**least[3], "validation_error": least[0]}


def linear(name: str) -> dict[str, Any]:
    """Forecast by a linear model; its band holds what its errors in training held."""
    began = time.process_time()
    model, data, setting = chosen_linear(name)
    seconds = time.process_time() - began
    rest = data.on_top_of(model)
    band = np.quantile(rest.train.y, QUANTILES, axis=0).T  # (horizon, quantiles)
    test = rest.in_unit(np.broadcast_to(band, (len(rest.test.y), *band.shape)), rest.test)
    return {
        "said": rounded(rest.test.level),
        "chosen": setting,
        "numbers": int(model.model.coef_.size + model.model.intercept_.size),
        "coverage": float(coverage(rest.test.truth, test[..., 0], test[..., 2]).mean()),
        "pinball": pinball(rest.test.truth, test, QUANTILES),
        "seconds": seconds,
    }


def trees(name: str) -> dict[str, Any]:
    """Forecast by boosted trees with all anchors and scales; validation chooses."""
    found, began = [], time.process_time()
    for anchor in ANCHORS:
        for own_scale in (False, True):
            data = prepared(name, anchor, own_scale)
            model, count = BoostedTrees.fit(data, cases()[name].task.season)
            held = data.in_unit(model.predict(data.validation), data.validation)
            setting = {"anchor": anchor, "own_scale": own_scale, "trees": count}
            found.append((error(held, data.validation), model, data, setting))
    least = min(found, key=lambda row: row[0])
    _, model, data, setting = least
    return {
        "said": rounded(data.in_unit(model.predict(data.test), data.test)),
        "chosen": {**setting, "validation_error": least[0]},
        "numbers": 31 * setting["trees"],
        "seconds": time.process_time() - began,
    }


def trained(data: Prepared, recipe: Recipe, size: str, seed: int) -> Any:
    """Train a GRU of a size."""
    units, dropout = SIZES[size]
    config = ForecasterConfig(1, 1, 1, units=units, dropout=dropout)
    return train(data, config, recipe, seed)[0]


def judged(name: str, model: Any, data: Prepared) -> dict[str, float]:
    """Measure a network on the validation part."""
    held = forecast(model, data, data.validation)
    return {
        "error": error(held[..., 1], data.validation),
        "pinball": pinball(data.validation.truth, held, QUANTILES),
    }


def tried(name: str, anchor: str, own_scale: bool, size: str) -> dict[str, Any]:
    """Try one setting of the GRU."""
    data = prepared(name, anchor, own_scale)
    model = trained(data, cases()[name].recipe, size, SEARCH_SEED)
    setting = {"anchor": anchor, "own_scale": own_scale, "size": size}
    return {**setting, **judged(name, model, data)}


def best(**of_setting: Any) -> dict[str, Any]:
    """Choose the setting with the least validation error."""
    return min(of_setting.values(), key=lambda row: row["error"])


def small(name: str, large: Mapping[str, Any]) -> dict[str, Any]:
    """Try the best setting of the large GRU with the small one."""
    return tried(name, large["anchor"], large["own_scale"], "small")


def without_ahead(name: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Try the chosen GRU without the calendar of the asked steps."""
    data = prepared(name, chosen["anchor"], chosen["own_scale"], calendar_ahead=False)
    model = trained(data, cases()[name].recipe, chosen["size"], SEARCH_SEED)
    return judged(name, model, data)


def asked(model: Any, data: Prepared) -> dict[str, Any]:
    """Correct the intervals of a network by validation, and ask it once about the test part."""
    held, test = (forecast(model, data, part) for part in (data.validation, data.test))
    margin = conformal_margin(outside(data.validation.truth, held[..., 0], held[..., 2]), LEVEL)
    low, high = test[..., 0] - margin, test[..., 2] + margin
    middle = (low + high) / 2
    low, high = np.minimum(low, middle), np.maximum(high, middle)
    return {
        "run": {
            "error": error(test[..., 1], data.test),
            "pinball": pinball(data.test.truth, test, QUANTILES),
            "coverage": float(coverage(data.test.truth, test[..., 0], test[..., 2]).mean()),
            "corrected_coverage": float(coverage(data.test.truth, low, high).mean()),
        },
        "said": rounded(test[..., 1]),
        "numbers": int(model.count_params()),
    }


def of_seed(name: str, seed: int, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Train the chosen GRU and test it."""
    data, began = prepared(name, chosen["anchor"], chosen["own_scale"]), time.process_time()
    model = trained(data, cases()[name].recipe, chosen["size"], seed)
    seconds = time.process_time() - began
    return {**asked(model, data), "seconds": seconds}


def on_linear(name: str, seed: int, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Train a GRU of the chosen size on what the linear model leaves, and test both together."""
    model, data, _ = chosen_linear(name)
    rest = data.on_top_of(model)
    return asked(trained(rest, cases()[name].recipe, chosen["size"], seed), rest)


def backtest(back: int, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Roll the origin: a year is forecast by models fitted on all years before it."""
    task, recipe = cases()[ROLLED]
    year = 365
    end = len(task.series) - (back - 1) * year
    earlier = replace(
        task, series=task.series.part(0, end), validation=year / end, test=year / end,
        anchor=chosen["anchor"], own_scale=chosen["own_scale"],
    )  # fmt: skip
    data = prepare(earlier)
    test, start = data.test, int(data.validation.origins[0])
    values = earlier.series.column(task.target)
    by = fit_smoothing(values[max(0, start - FITTED_ON) : start], task.season)

    def of(model: Any) -> float:
        return error(data.in_unit(model.predict(test), test), test)

    runs = [
        error(forecast(trained(data, recipe, chosen["size"], seed), data, test)[..., 1], test)
        for seed in SEEDS
    ]
    return {
        "until": str(earlier.series.times[-1])[:10],
        "errors": {
            "last value": error(naive(test.past, HORIZON), test),
            "seasonal naive": error(seasonal_naive(test.past, HORIZON, task.season), test),
            "exponential smoothing": error(
                smooth(values, task.season, by, test.origins, HORIZON), test
            ),
            "linear model": of(LinearForecaster.fit(data)[0]),
            "boosted trees": of(BoostedTrees.fit(data, task.season)[0]),
        },
        "gru": runs,
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    rows = {name: _of_case(name, found) for name in CASES}
    places = [(name, way) for name in CASES for way in TESTED]
    p_values = [rows[name]["tests"][way]["p_value"] for name, way in places]
    for (name, way), corrected in zip(places, holm(p_values), strict=True):
        rows[name]["tests"][way]["corrected_p"] = corrected
    return {
        "cases": rows,
        "backtest": [found[f"backtest/{back}"] for back in range(YEARS, 0, -1)],
        "level": LEVEL,
        "horizon": HORIZON,
    }


def _of_case(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    simply, straight, boosted = (found[f"{name}/{way}"] for way in ("simple", "linear", "trees"))
    truth = np.array(simply["truth"])
    said = {
        **simply["said"], "linear model": straight["said"], "boosted trees": boosted["said"],
    }  # fmt: skip
    losses = {way: np.abs(np.array(values) - truth) for way, values in said.items()}
    runs, mixed = (
        [found[f"{name}/{kind}/{seed}"] for seed in SEEDS] for kind in ("GRU", "on linear")
    )
    of_seeds = np.array([np.abs(np.array(run["said"]) - truth) for run in runs])
    gru = of_seeds.mean(axis=0)
    averaged = np.mean([run["said"] for run in runs], axis=0)
    apart = simply["apart"]
    block = max(7 * simply["per_day"], 2 * apart)
    return {
        "errors": {way: float(loss.mean()) for way, loss in losses.items()},
        "runs": [run["run"] for run in runs],
        "on_linear": [run["run"] for run in mixed],
        "averaged": float(np.abs(averaged - truth).mean()),
        "by_horizon": {
            way: loss.mean(axis=0).tolist() for way, loss in {"GRU": gru, **losses}.items()
        },
        "tests": {
            way: diebold_mariano(
                gru.mean(axis=1), losses[way].mean(axis=1), horizon=apart
            )._asdict()
            for way in TESTED
        },
        "ratios": {
            way: ratio_interval(
                of_seeds.mean(axis=2), losses[way].mean(axis=1), block
            )._asdict()
            for way in TESTED
        },
        "chosen": found[f"{name}/chosen"],
        "tried": [
            found[f"{name}/tried/{anchor}/{scale}"]
            for anchor in ANCHORS
            for scale in ("training", "own")
        ],
        "small": found[f"{name}/small"],
        "without_ahead": found[f"{name}/without ahead"],
        "linear": {key: value for key, value in straight.items() if key != "said"},
        "trees": {key: value for key, value in boosted.items() if key != "said"},
        "smoothing": simply["smoothing"],
        "numbers": runs[0]["numbers"],
        "seconds": {
            "simple": simply["seconds"], "GRU": float(np.mean([run["seconds"] for run in runs])),
        },
    }  # fmt: skip


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the forecasts, which are not stored."""
    parts: dict[str, Any] = {
        f"backtest/{YEARS - n}": row for n, row in enumerate(stored["backtest"])
    }
    for name, row in stored["cases"].items():
        parts[f"{name}/linear"], parts[f"{name}/trees"] = row["linear"], row["trees"]
        parts[f"{name}/simple"] = {"smoothing": row["smoothing"]}
        parts[f"{name}/chosen"], parts[f"{name}/small"] = row["chosen"], row["small"]
        parts[f"{name}/without ahead"] = row["without_ahead"]
        for one in row["tried"]:
            scale = "own" if one["own_scale"] else "training"
            parts[f"{name}/tried/{one['anchor']}/{scale}"] = one
        for kind, key in (("GRU", "runs"), ("on linear", "on_linear")):
            parts |= {f"{name}/{kind}/{seed}": {"run": run} for seed, run in enumerate(row[key])}
    return parts


def study() -> Study:
    """Declare the pieces: four cases, and a rolled origin on one of them."""
    pieces: dict[str, Piece] = {}
    for name in reversed(CASES):
        of = {"name": name}
        pieces |= {
            f"{name}/simple": Piece(simple, of),
            f"{name}/linear": Piece(linear, of),
            f"{name}/trees": Piece(trees, of),
        }
        large = {}
        for anchor in ANCHORS:
            for scale in ("training", "own"):
                key = f"{name}/tried/{anchor}/{scale}"
                setting = {"anchor": anchor, "own_scale": scale == "own", "size": "large"}
                pieces[key] = Piece(tried, {**of, **setting})
                large[f"{anchor}_{scale}"] = key
        chosen = {"chosen": f"{name}/chosen"}
        pieces |= {
            f"{name}/large": Piece(best, needs=large),
            f"{name}/small": Piece(small, of, needs={"large": f"{name}/large"}),
            f"{name}/chosen": Piece(
                best, needs={"large": f"{name}/large", "small": f"{name}/small"}
            ),
            f"{name}/without ahead": Piece(without_ahead, of, needs=chosen),
        }
        for kind, run in (("GRU", of_seed), ("on linear", on_linear)):
            pieces |= {f"{name}/{kind}/{s}": Piece(run, {**of, "seed": s}, needs=chosen)
                       for s in SEEDS}  # fmt: skip
    rolled = {"chosen": f"{ROLLED}/chosen"}
    pieces |= {
        f"backtest/{n}": Piece(backtest, {"back": n}, needs=rolled) for n in range(YEARS, 0, -1)
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
