import numpy as np
import pytest

from gru_course.data.forecast_task import ForecastTask, calendar, prepare
from gru_course.data.forecasting import seasonal
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
    np.testing.assert_allclose(data.test.level, data.test.past[:, -24:].mean(1))
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
        ({"season": 0}, "season 0"),
        ({"season": 49}, "season 49"),
        ({"target": "sun"}, "no column 'sun'"),
    ],
)
def test_impossible_tasks_are_refused(options, said):
    given = {"target": "load", "history": 48, "horizon": 24, "season": 24, **options}
    with pytest.raises(ValueError, match=said):
        ForecastTask(seasonal(("load",), "h", 100), **given)


def test_too_short_a_series_is_refused():
    with pytest.raises(ValueError, match="whole windows"):
        prepare(hourly(n=200))


def test_the_calendar_tells_the_days_apart():
    days = calendar(np.arange("2024-01-01", "2024-01-08", dtype="M8[D]"))  # Monday to Sunday
    np.testing.assert_array_equal(days[:, 2:], np.eye(7))
    assert calendar(np.arange("1700", "1705", dtype="M8[Y]")).shape == (5, 0)
    assert calendar(np.arange("2024-01-01", "2024-03-01", 7, dtype="M8[D]")).shape[1] == 2
    hours = calendar(np.arange("2024-01-01", "2024-01-03", dtype="M8[h]"))
    np.testing.assert_allclose(hours[:24, 2:], hours[24:, 2:], atol=1e-9)
