import numpy as np
import pandas as pd
import pytest

from gru_course.apps.forecasting.baselines import LinearForecaster
from gru_course.apps.forecasting.data import seasonal
from gru_course.apps.forecasting.task import (
    ANCHORS,
    ForecastTask,
    anchor_levels,
    calendar,
    prepare,
)
from gru_course.data.series import Series


def hourly(n=1000, **options):
    options = {"history": 48, "horizon": 24, "season": 24, **options}
    return ForecastTask(seasonal(("load", "wind"), "h", n), "load", **options)


def test_no_asked_value_of_one_part_lies_in_another():
    train, validation, test, *_ = prepare(hourly())
    assert train.origins[-1] + 24 <= validation.origins[0]
    assert validation.origins[-1] + 24 <= test.origins[0]
    assert test.origins[-1] + 24 == 1000


def test_scaling_knows_the_training_part_only():
    """A jump in the test part must not move what the network learns from."""
    task = hourly()
    jumped = task.series.values.copy()
    jumped[900:] += 1000
    series = Series("jump", "quick", task.series.times, jumped, task.series.names)
    before, after = prepare(task), prepare(ForecastTask(series, "load", 48, 24, 24))
    np.testing.assert_array_equal(before.train.x, after.train.x)
    assert before.scale == after.scale
    assert np.abs(after.test.x).max() > 100


def test_scaled_answers_come_back_in_the_unit():
    data = prepare(hourly())
    truth = data.in_unit(data.test.y.astype(float), data.test)
    np.testing.assert_allclose(truth, data.test.truth, atol=1e-4)
    np.testing.assert_allclose(data.test.level[:, 7], data.test.past[:, -24:].mean(1))
    column = hourly().series.column("load")
    place = data.test.origins[3]
    np.testing.assert_allclose(data.test.truth[3], column[place : place + 24])
    np.testing.assert_allclose(data.test.past[3], column[place - 48 : place])


def test_missing_values_are_left_out():
    series = seasonal(("load",), "h", 1000)
    series.values[500] = np.nan
    train = prepare(ForecastTask(series, "load", 48, 24, 24)).train
    assert np.isfinite(train.x).all()
    assert not ((train.origins > 500 - 24) & (train.origins <= 500 + 48)).any()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"season": 0}, "season is 0; expected a whole number"),
        ({"horizon": 2.5}, "horizon is 2.5; expected a whole number"),
        ({"train_every": 0}, "train_every is 0; expected a whole number"),
        ({"season": 49}, "season 49"),
        ({"target": "sun"}, "no column 'sun'"),
        ({"known": ("sun",)}, "no column 'sun'"),
        ({"known": ("load",)}, "'load' is asked for, so it is not known in advance"),
        ({"anchor": "first"}, "no anchor 'first', only mean, last, season"),
        ({"season": 48, "anchor": "season"}, "needs one value more"),
    ],
)
def test_impossible_tasks_are_refused(options, said):
    given = {"target": "load", "history": 48, "horizon": 24, "season": 24, **options}
    with pytest.raises(ValueError, match=said):
        ForecastTask(seasonal(("load",), "h", 100), **given)


def test_too_short_a_series_is_refused():
    with pytest.raises(ValueError, match=r"whole windows .*: shorten them, or give a longer"):
        prepare(hourly(n=200))


def changed(change, n=1000):
    """Return a task whose values of the load have been changed."""
    series = seasonal(("load", "wind"), "h", n)
    series.values[:, 0] = change(series.values[:, 0])
    return ForecastTask(series, "load", 48, 24, 24)


def test_missing_values_are_named_as_the_reason():
    """It is no use to shorten windows into each of which a gap falls."""
    task = hourly()
    task.series.values[700:800:30, 1] = np.nan
    with pytest.raises(ValueError, match=r"from 700 to 800; .*: 4 rows lack a value: fill them"):
        prepare(task)


def test_a_column_without_a_value_in_training_is_named():
    task = hourly()
    task.series.values[:750, 1] = np.nan
    with pytest.raises(ValueError, match=r"column 'wind' has no value .* 2020-01-30T03; leave it"):
        prepare(task)


@pytest.mark.parametrize("level", [0.1, 1e9 / 3, -1e-9 / 3])
def test_a_column_that_does_not_vary_is_not_divided(level):
    """The deviation of equal numbers comes out as rounding, which is no scale of anything."""
    data = prepare(changed(lambda x: np.full_like(x, level)))
    assert data.scale == 1
    for part in (data.train, data.validation, data.test):
        assert np.abs(part.x[:, :, 0]).max() <= 1e-13 * abs(level)
        assert np.abs(part.y).max() <= 1e-13 * abs(level)
    other = prepare(hourly())
    np.testing.assert_array_equal(data.train.x[:, :, 1], other.train.x[:, :, 1])


@pytest.mark.parametrize(("level", "size"), [(1e9, 1.0), (0, 1e-100), (0, 1e100), (-1e5, 1e-5)])
def test_any_scale_and_level_gives_the_same_windows(level, size):
    plain, moved = prepare(hourly()), prepare(changed(lambda x: level + size * x))
    np.testing.assert_allclose(moved.train.x, plain.train.x, atol=3e-6)
    np.testing.assert_allclose(moved.test.y, plain.test.y, atol=3e-6)
    assert moved.scale == pytest.approx(size * plain.scale, rel=1e-5)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_numbers_whose_squares_are_none_are_refused(size):
    with pytest.raises(ValueError, match=r"column 'load' has the mean .*: give .* another unit"):
        prepare(changed(lambda x: size * x))


def test_a_jump_too_large_for_short_floats_is_refused():
    def jump(x):
        x[900:] = 1e300
        return x

    with pytest.raises(ValueError, match=r"the scaled windows from 800 on: .* too far from those"):
        prepare(changed(jump))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_forecasts_that_are_none_get_no_unit(value):
    data = prepare(hourly())
    scaled = data.test.y.astype(float)
    scaled[2, 1] = value
    with pytest.raises(ValueError, match=r"the forecasts: 1 of .* the first at \(2, 1\): "):
        data.in_unit(scaled, data.test)


def test_one_time_has_no_calendar():
    with pytest.raises(ValueError, match="1 times have no step"):
        calendar(np.array(["2024-01-01"], "M8[D]"))


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (["2024-01-01", "NaT", "2024-01-03"], "1 times are missing"),
        (["2024-01-01", "2024-01-02", "NaT"], "1 times are missing"),
        (["2024-01-02", "2024-01-01"], "expected times in their order"),
        (["2024-01-01", "2024-01-01"], "expected times in their order"),
    ],
)
def test_times_without_a_step_have_no_calendar(times, said):
    with pytest.raises(ValueError, match=said):
        calendar(np.array(times, "M8[D]"))


def test_the_calendar_of_pandas():
    index = pd.date_range("2024-01-01", periods=4, freq="30min")
    expected = calendar(index.to_numpy())
    np.testing.assert_array_equal(calendar(index), expected)
    np.testing.assert_array_equal(calendar(pd.Series(index, index=[7, 3, 1, 0])), expected)
    with pytest.raises(ValueError, match="without a time zone"):
        calendar(index.tz_localize("Asia/Tokyo"))


def test_the_calendar_tells_the_days_apart():
    days = calendar(np.arange("2024-01-01", "2024-01-08", dtype="M8[D]"))  # Monday to Sunday
    np.testing.assert_array_equal(days[:, 2:], np.eye(7))
    assert calendar(np.arange("1700", "1705", dtype="M8[Y]")).shape == (5, 0)
    assert calendar(np.arange("2024-01-01", "2024-03-01", 7, dtype="M8[D]")).shape[1] == 2
    hours = calendar(np.arange("2024-01-01", "2024-01-03", dtype="M8[h]"))
    np.testing.assert_allclose(hours[:24, 2:], hours[24:, 2:], atol=1e-9)


@pytest.mark.parametrize("anchor", ANCHORS)
@pytest.mark.parametrize("own_scale", [False, True])
def test_any_anchor_and_scale_gives_the_truth_back(anchor, own_scale):
    data = prepare(hourly(anchor=anchor, own_scale=own_scale))
    for part in (data.train, data.validation, data.test):
        np.testing.assert_allclose(data.in_unit(part.y, part), part.truth, atol=1e-4)
    np.testing.assert_allclose(data.test.past, prepare(hourly()).test.past)


def test_a_season_that_repeats_with_a_drift_lies_on_its_anchor():
    wave = np.tile([0.0, 4.0, 1.0], 5) + np.arange(15)
    past, ahead = wave[None, :9], wave[9:12]
    np.testing.assert_allclose(anchor_levels(past, 3, 3, "season"), ahead[None])
    with pytest.raises(ValueError, match="4 or more"):
        anchor_levels(past[:, :3], 3, 3, "season")
    with pytest.raises(ValueError, match="no anchor 'x'"):
        anchor_levels(past, 3, 3, "x")


def test_no_anchor_knows_an_asked_value():
    task = hourly(anchor="season", own_scale=True)
    before = prepare(task).test
    task.series.values[before.origins[-1] :] += 50
    after = prepare(task).test
    for name in ("x", "level", "unit", "past"):
        np.testing.assert_array_equal(getattr(before, name)[-1], getattr(after, name)[-1])


def test_a_window_of_its_own_scale_follows_a_series_that_grows():
    """What is twice as large in the test part is, in windows of their own, the same."""
    task = hourly(n=2000, anchor="last", own_scale=True)
    grown = hourly(n=2000, anchor="last", own_scale=True)
    grown.series.values[1000:] *= 3
    plain, large = prepare(task).test, prepare(grown).test
    np.testing.assert_allclose(large.y, plain.y, atol=1e-4)
    np.testing.assert_allclose(large.unit, 3 * plain.unit, rtol=1e-6)


def test_what_is_known_ahead_is_that_of_the_asked_steps():
    data = prepare(hourly(calendar_ahead=True, known=("wind",)))
    dates = calendar(hourly().series.times)
    part = data.test
    asked = part.origins[:, None] + np.arange(24)
    np.testing.assert_allclose(part.ahead[:, :, :-1], dates[asked], atol=1e-6)
    wind = hourly().series.column("wind")
    np.testing.assert_allclose(part.ahead[3, :, -1], part.ahead[3, 0, -1] + (
        wind[asked[3]] - wind[asked[3, 0]]) / wind[:700].std(), atol=1e-5)  # fmt: skip
    assert data.known == 1
    assert [array.shape[1] for array in part.inputs] == [48, 24]
    assert prepare(hourly()).test.inputs.shape[1] == 48


def test_on_top_of_a_model_is_left_what_it_did_not_say():
    data = prepare(hourly())
    model, _ = LinearForecaster.fit(data)
    rest = data.on_top_of(model)
    said = data.in_unit(model.predict(data.test), data.test)
    np.testing.assert_allclose(rest.in_unit(np.zeros_like(said), rest.test), said)
    np.testing.assert_allclose(rest.in_unit(rest.test.y, rest.test), data.test.truth, atol=1e-4)
