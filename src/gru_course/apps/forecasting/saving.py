"""A forecaster to take away, and how it is asked about the days after a series."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.forecasting.baselines import seasonal_naive
from gru_course.apps.forecasting.compared import linear_and_trees
from gru_course.apps.forecasting.data import GERMANY, co2, with_holidays
from gru_course.apps.forecasting.intervals import conformal_margin, outside
from gru_course.apps.forecasting.learn import forecast, train
from gru_course.apps.forecasting.model import ForecasterConfig
from gru_course.apps.forecasting.task import (
    Floats,
    ForecastTask,
    anchor_levels,
    calendar,
    prepare,
)
from gru_course.course.checked import finite
from gru_course.data.series import Series, split_by_time
from gru_course.export.package import Card, Made, Package, licence_of, trained_once
from gru_course.training.fitting import Recipe

OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"history": 56, "season": 7, "anchor": "last", "known": ("holiday",), "units": 32},
    "quick": {"history": 106, "season": 52, "anchor": "season", "known": (), "units": 16},
}
"""As in the lesson on forecasting."""
HORIZON, LEVEL = 24, 0.9
RECIPE = Recipe(epochs=12, batch_size=64, learning_rate=0.005, decay=True, weight_decay=0.01)
SEED = 0
_FAR = 10
"""Deviations from the mean of the training part beyond which another unit is suspected."""


class Ahead(NamedTuple):
    """What is to be expected.

    Parameters
    ----------
    times : ndarray of datetime64, shape (horizon,)
    values : ndarray of float64, shape (horizon, 3)
        Low, middle and high, in the unit of the series. Nine of ten values are meant to lie
        between low and high.
    """

    times: NDArray[np.datetime64]
    values: Floats


def preparation_of(task: ForecastTask, margin: Floats) -> dict[str, Any]:
    """Return what a package has to keep, so that a series is read as those in training.

    Parameters
    ----------
    task : ForecastTask
        On one measured column, and columns that follow from the date.
    margin : ndarray, shape (horizon,)
        By which the intervals are made wider, from
        :func:`~gru_course.apps.forecasting.intervals.conformal_margin`.

    Returns
    -------
    dict
        For `question_of`.

    Raises
    ------
    ValueError
        If a margin is not finite, or there is not one for each step.

    Examples
    --------
    >>> from gru_course.apps.forecasting.data import seasonal
    >>> series = seasonal(("load",), "D", 400)
    >>> task = ForecastTask(series, "load", 14, 7, 7, calendar_ahead=True)
    >>> kept = preparation_of(task, np.zeros(7))
    >>> kept["names"], kept["step_seconds"]
    (['load'], 86400)
    """
    margins = np.asarray(finite(margin, "the margin"), float)
    if margins.shape != (task.horizon,):
        raise ValueError(
            f"a margin of shape {margins.shape}; expected one for each of {task.horizon} steps"
        )
    early, _, _ = split_by_time(task.series, task.validation, task.test)
    return {
        "names": list(task.series.names),
        "target": task.target,
        "known": list(task.known),
        "history": task.history,
        "horizon": task.horizon,
        "season": task.season,
        "anchor": task.anchor,
        "step_seconds": _seconds(task.series),
        "mean": np.nanmean(early.values, axis=0).tolist(),
        "deviation": np.nanstd(early.values, axis=0).tolist(),
        "margin": margins.tolist(),
    }


def question_of(
    series: Series, preparation: Mapping[str, Any]
) -> tuple[list[NDArray[np.float32]], Floats, NDArray[np.datetime64]]:
    """Return the end of a series as a forecaster reads it.

    Parameters
    ----------
    series : Series
        If it has one column, that is asked for, else the one that was asked for in training.
    preparation : mapping
        From `preparation_of`, as a package gives it back.

    Returns
    -------
    tuple
        The inputs of the model, each for one question; the known values, shape (history,); and the
        times that are asked for, shape (horizon,).

    Raises
    ------
    ValueError
        If the series has another step, is too short, lacks a value at its end or has none of the
        column, lies far from the values of the training, or the preparation is not whole.

    Examples
    --------
    >>> from gru_course.apps.forecasting.data import seasonal
    >>> series = seasonal(("load",), "D", 400)
    >>> task = ForecastTask(series, "load", 14, 7, 7, calendar_ahead=True)
    >>> inputs, _, times = question_of(series, preparation_of(task, np.zeros(7)))
    >>> [part.shape for part in inputs], times[0] - series.times[-1]
    ([(1, 14, 10), (1, 7, 9)], np.timedelta64(1,'D'))
    """
    wanted = {"names", "target", "known", "history", "horizon", "step_seconds", "mean", "deviation"}
    if missing := sorted(wanted - set(preparation)):
        raise ValueError(f"the preparation says nothing of {', '.join(missing)}; save it again")
    target, history = str(preparation["target"]), int(preparation["history"])
    name = series.names[0] if len(series.names) == 1 else target
    values = series.column(name)  # says so if there is none
    if len(values) < history:
        raise ValueError(f"{len(values)} values; expected at least the last {history}")
    if _seconds(series) != preparation["step_seconds"]:
        raise ValueError(
            f"the values are {_seconds(series):,} seconds apart; expected "
            f"{preparation['step_seconds']:,}, as in training"
        )
    past = values[-history:]
    if gaps := int(np.isnan(past).sum()):
        raise ValueError(
            f"{gaps} of the last {history} values are missing; fill them, for instance with the "
            "value of a week before, or end the series before them"
        )
    mean, deviation = (np.asarray(preparation[key], float) for key in ("mean", "deviation"))
    names = [str(column) for column in preparation["names"]]
    if target not in names or len(names) != len(mean):
        raise ValueError(
            f"the preparation names the columns {names}, {len(mean)} means and {target!r} as what "
            "is asked for; they do not belong together"
        )
    place = names.index(target)
    if abs(past.mean() - mean[place]) > _FAR * deviation[place]:
        raise ValueError(
            f"the last {history} values lie around {past.mean():.4g}, those of the training "
            f"around {mean[place]:.4g} with a deviation of {deviation[place]:.2g}; is it the same "
            "quantity in the same unit?"
        )
    horizon = int(preparation["horizon"])
    coming = series.times[-1] + series.step * np.arange(1, horizon + 1)
    times = np.concatenate([series.times[-history:], coming])
    rows = np.append(past, np.full(horizon, np.nan))
    whole = Series(series.title, series.profile, times, rows[:, None], (target,))
    if "holiday" in preparation["known"]:
        whole = with_holidays(whole)
    scaled = (whole.columns(*names).values - mean) / deviation
    dates = calendar(times)
    known = scaled[:, [names.index(column) for column in preparation["known"]]]
    window = np.hstack([scaled, dates])[None, :history].astype(np.float32)
    ahead = np.hstack([dates, known])[None, history:].astype(np.float32)
    return [window, ahead], past, coming


def _seconds(series: Series) -> int:
    """Return how far two values of a series are apart."""
    return int(series.step / np.timedelta64(1, "s"))


def ahead_of(package: Package, series: Series) -> Ahead:
    """Forecast what comes after a series.

    Parameters
    ----------
    package : Package
        From `load`.
    series : Series
        As for `question_of`; `gru_course.apps.forecasting.own.own_series` reads one from a table.

    Returns
    -------
    Ahead

    Raises
    ------
    ValueError
        As `question_of`.
    """
    kept = package.preparation
    inputs, past, times = question_of(series, kept)
    scaled = np.sort(np.asarray(package.model(inputs), np.float64)[0], axis=-1)
    unit = kept["deviation"][kept["names"].index(kept["target"])]
    level = anchor_levels(past[None], len(times), kept["season"], kept["anchor"])[0]
    values = scaled * unit + level[:, None]
    values += np.outer(kept["margin"], [-1, 0, 1])
    return Ahead(times, np.sort(values, axis=-1))


def load(profile: str = "full", *, folder: Path | None = None) -> Package:
    """Return the forecaster of this room: trained when it is asked for first, and then kept.

    Parameters
    ----------
    profile : str
        "full" for the electricity that Germany used day by day, "quick" for carbon dioxide in the
        air week by week.
    folder : pathlib.Path, optional
        Where models are kept; by default in the cache of the user.

    Returns
    -------
    Package
        The model of the lesson on forecasting, for `ahead_of`. Training takes about half a minute
        on two cores in full.

    Raises
    ------
    DataUnavailable
        If it has to be trained and the data cannot be had.
    ValueError
        If there is no such profile.
    """
    options = dict(OPTIONS.get(profile, {}))

    def make(data: Series) -> Made:
        real = profile == "full"
        series = with_holidays(data.columns("consumption")) if real else co2()
        shape = {name: options[name] for name in ("history", "season", "anchor", "known")}
        task = ForecastTask(series, series.names[0], horizon=HORIZON, calendar_ahead=True, **shape)
        parts = prepare(task)
        config = ForecasterConfig(1, 1, 1, units=options["units"], dropout=0.1)
        model, _ = train(parts, config, RECIPE, SEED)
        held, said = (forecast(model, parts, part) for part in (parts.validation, parts.test))
        beyond = outside(parts.validation.truth, held[..., 0], held[..., 2])
        truth, season = parts.test.truth, options["season"]
        others = {
            "the same day last week" if real else "the same week last year": seasonal_naive(
                parts.test.past, HORIZON, season
            )
        } | linear_and_trees(parts, season)
        errors = {name: float(np.abs(one - truth).mean()) for name, one in others.items()}
        told = ", ".join(f"{name} {error:.4g}" for name, error in errors.items())
        card = Card(
            name="Electricity use" if real else "Carbon dioxide in the air",
            purpose=(
                f"the last {options['history']} values go in, the next {HORIZON} come out, each "
                "with a low and a high one"
            ),
            data=series.statement,
            licence=licence_of(GERMANY, profile) if real else "public domain",
            metric="mean absolute error",
            value=float(np.abs(said[..., 1] - truth).mean()),
            split="on the last fifth of the series, after everything that was trained on",
            limits=(
                f"errors of simpler methods on the same values: {told}",
                "one place and one time: how people use electricity changes"
                if real
                else "one place, up to 2001",
                "the intervals hold what they promise only as long as the future is like the past",
            ),
        )
        preparation = preparation_of(task, conformal_margin(beyond, LEVEL))
        return Made(model, card, preparation, [part[:2] for part in parts.validation.inputs])

    settings = {"seed": SEED, "horizon": HORIZON, "level": LEVEL, **options, **asdict(RECIPE)}
    return trained_once("forecasting", GERMANY, settings, make, profile=profile, folder=folder)
