"""The forecaster is trained once, kept, and reads a series as those in training."""

import dataclasses

import numpy as np
import pytest

from gru_course.apps import forecasting
from gru_course.apps.forecasting import saving
from gru_course.apps.forecasting.data import co2, seasonal, with_holidays
from gru_course.apps.forecasting.learn import forecast
from gru_course.apps.forecasting.task import ForecastTask, prepare
from gru_course.data import loading
from gru_course.data.series import Series
from gru_course.training.fitting import Recipe

RECIPE = Recipe(epochs=1, batch_size=64, learning_rate=0.005, decay=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Train a small one for a pass only."""
    pytest.importorskip("statsmodels")
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setattr(saving, "OPTIONS", {"quick": {**saving.OPTIONS["quick"], "units": 4}})
    patch.setattr(saving, "RECIPE", RECIPE)
    patch.setattr(saving, "linear_and_trees", lambda *_: {})  # they take longer
    yield forecasting.load("quick", folder=folder), folder
    patch.undo()


def until(series, end):
    """Return a series that ends before a place."""
    return Series(
        series.title, series.profile, series.times[:end], series.values[:end], series.names
    )


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert forecasting.load("quick", folder=folder).digest == package.digest


def test_it_measures_what_its_card_says(kept):
    package = kept[0]
    task = ForecastTask(co2(), "co2", 106, 24, 52, anchor="season", calendar_ahead=True)
    parts = prepare(task)
    said = forecast(package.model, parts, parts.test)
    error = np.abs(said[..., 1] - parts.test.truth).mean()
    assert error == pytest.approx(package.card.value, rel=1e-4)
    assert "the same week last year" in package.card.limits[0]
    # Asked about the end of a series it says what it said in the test, with wider intervals.
    place = int(parts.test.origins[-1])
    found = saving.ahead_of(package, until(task.series, place))
    assert found.times[0] == task.series.times[place]
    np.testing.assert_allclose(found.values[:, 1], said[-1, :, 1], atol=1e-3)
    assert (np.diff(found.values, axis=1) >= 0).all()


@pytest.mark.parametrize(("anchor", "history"), [("last", 14), ("season", 15)])
def test_a_series_is_read_as_in_training(anchor, history):
    series = with_holidays(seasonal(("load",), "D", 600))
    task = ForecastTask(
        series, "load", history, 7, 7, anchor=anchor, calendar_ahead=True, known=("holiday",)
    )
    parts = prepare(task)
    kept = saving.preparation_of(task, np.zeros(7))
    for number in (0, -1):
        place = int(parts.test.origins[number])
        inputs, past, times = saving.question_of(until(series, place), kept)
        np.testing.assert_allclose(inputs[0][0], parts.test.x[number], atol=1e-6)
        np.testing.assert_allclose(inputs[1][0], parts.test.ahead[number], atol=1e-6)
        np.testing.assert_allclose(past, parts.test.past[number], atol=1e-9)
        assert (times == series.times[place : place + 7]).all()


def test_what_cannot_be_forecast_is_refused(kept):
    package, series = kept[0], until(co2(), 1_000)
    series = dataclasses.replace(series, values=np.nan_to_num(series.values, nan=330.0))
    gap = series.values.copy()
    gap[-3] = np.nan
    hours = np.arange(1_000).astype("M8[h]")
    for other, said in (
        (until(series, 50), "expected at least the last 106"),
        (dataclasses.replace(series, values=gap), "1 of the last 106 values are missing"),
        (dataclasses.replace(series, times=hours), "3,600 seconds apart; expected 604,800"),
        (dataclasses.replace(series, values=1_000 * series.values), "in the same unit"),
        (dataclasses.replace(series, values=np.hstack([gap, gap]), names=("a", "b")), "co2"),
    ):
        with pytest.raises((ValueError, KeyError), match=said):
            saving.ahead_of(package, other)
    without = dataclasses.replace(package, preparation={})
    with pytest.raises(ValueError, match="says nothing of deviation, history"):
        saving.ahead_of(without, series)


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        forecasting.load("slow")
