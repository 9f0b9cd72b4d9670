"""Series and the ways to cut them; the future must not be seen, however they are cut."""

import numpy as np
import pytest

from gru_course.data.series import (
    Series,
    read_columns,
    regular,
    rolling_origins,
    series_windows,
    split_by_time,
)

HOUR = np.timedelta64(1, "h")


def series(n=100, names=("a", "b")):
    times = np.datetime64("2024-01-01T00") + np.arange(n) * HOUR
    values = np.arange(n * len(names), dtype=float).reshape(n, len(names))
    return Series("numbers", "quick", times, values, names)


def test_parts_follow_each_other():
    whole = series()
    train, validation, test = split_by_time(whole)
    assert [len(part) for part in (train, validation, test)] == [70, 10, 20]
    assert train.times[-1] + HOUR == validation.times[0]
    assert validation.times[-1] + HOUR == test.times[0]
    np.testing.assert_array_equal(
        np.vstack([train.values, validation.values, test.values]), whole.values
    )


@pytest.mark.parametrize("shares", [(0.0, 0.2), (0.5, 0.5), (0.2, 0.0)])
def test_a_part_must_not_be_empty(shares):
    with pytest.raises(ValueError, match="leave a part empty"):
        split_by_time(series(), *shares)


def test_columns():
    whole = series()
    assert whole.columns("b", "a").names == ("b", "a")
    assert whole.column("b")[3] == whole.values[3, 1]
    with pytest.raises(ValueError, match="no column 'c', only a, b"):
        whole.column("c")
    assert whole.step == HOUR


@pytest.mark.parametrize("damage", ["gap", "repeat", "backwards"])
def test_times_that_are_not_regular_are_refused(damage):
    whole = series(10)
    times = whole.times.copy()
    if damage == "gap":
        times[5:] += HOUR
    elif damage == "repeat":
        times[5] = times[4]
    else:
        times = times[::-1]
    with pytest.raises(ValueError, match="not one step apart"):
        Series("x", "quick", times, whole.values, whole.names)
    on_grid = regular(times, whole.values, HOUR)
    assert Series("x", "quick", *on_grid, whole.names).step == HOUR


MONTHS = np.arange("2023-01", "2025-01", dtype="M8[M]")
ENDS = (MONTHS + 1).astype("M8[D]") - 1
WORKING_DAYS = np.busday_offset(MONTHS.astype("M8[D]"), 0, roll="forward")


@pytest.mark.parametrize(
    "times",
    [
        MONTHS.astype("M8[ns]"),  # as pandas gives them
        MONTHS.astype("M8[D]") + 14,
        ENDS,
        WORKING_DAYS,
        MONTHS[::3].astype("M8[s]"),
        MONTHS[::12].astype("M8[D]"),
        np.delete(MONTHS, 5).astype("M8[ns]"),
    ],
)
def test_months_given_as_days_keep_every_month(times):
    values = np.arange(1.0, len(times) + 1)[:, None]
    with pytest.raises(ValueError, match=r"regular\(\) the step .*'M'") as refused:
        Series("x", "quick", np.append(times, times[-1]), np.append(values, [[9]], 0), ("a",))
    count = int(str(refused.value).split("timedelta64(")[1].split(",")[0])
    with pytest.raises(ValueError, match=r"months apart, no multiples of 28 days: .*'M'"):
        regular(times, values, np.timedelta64(28, "D"))
    series = Series("x", "quick", *regular(times, values, np.timedelta64(count, "M")), ("a",))
    kept = series.values[~series.missing]
    np.testing.assert_array_equal(kept, values[:, 0])  # every month, and in its own place
    np.testing.assert_array_equal(series.times[~series.missing[:, 0]], times.astype("M8[M]"))


def test_advice_about_months_is_for_months_only():
    days = np.arange("2024-01-01", "2024-03-01", dtype="M8[D]")
    for times in (np.delete(days, 30), days[::-1], days[[0, 0]], np.delete(MONTHS, 5)):
        with pytest.raises(ValueError, match=r"regular\(\) does all three\.$"):
            Series("x", "quick", times, np.zeros((len(times), 1)), ("a",))
    starts = MONTHS[:3].astype("M8[D]")
    for step in (1, 7):  # finer than months: all measurements stay
        _, values = regular(starts, np.ones((3, 1)), np.timedelta64(step, "D"))
        assert np.nansum(values) == 3
    years = regular(MONTHS[::12].astype("M8[ns]"), np.ones((2, 1)), np.timedelta64(1, "Y"))
    assert years[0].tolist() == np.array(["2023", "2024"], "M8[Y]").tolist()


INF = float("inf")
DAYS = np.arange("2024-01-01", "2024-01-05", dtype="M8[D]")
COLUMN = np.array([[1.0], [2.0], [np.nan], [4.0]])
NO_TIME = np.array(["2024-01-01", "NaT", "2024-01-03", "2024-01-04"], "M8[D]")


@pytest.mark.parametrize(
    ("times", "values", "said"),
    [
        (DAYS, [[1.0], [2], [INF], [4]], r"the values of x: 1 of 4 .* the first at \(2, 0\): inf"),
        (DAYS, [["1"], ["2"], ["3"], ["4"]], "the values of x are of type <U1"),
        (DAYS, [[1.0], [None], [3], [4]], r"the first at \(1, 0\): None"),
        (NO_TIME, COLUMN, r"1 times are missing \(NaT\), the first at 1"),
        (np.arange(4), COLUMN, "The times are of type int64 .*; expected one row of datetime64"),
        (DAYS[:, None], COLUMN, r"shape \(4, 1\); expected one row"),
        (DAYS, COLUMN[:, 0], r"the shape \(4,\)"),
        (DAYS[:3], COLUMN, r"the shape \(4, 1\)"),
    ],
)
def test_hostile_series_are_refused(times, values, said):
    with pytest.raises(ValueError, match=said):
        Series("x", "quick", times, values, ("a",))
    if "the values of x" in said:
        said = said.replace("the values of x", "the values")
    elif "the shape" in said:
        said = "expected at least one time, and values"
    with pytest.raises(ValueError, match=said):
        regular(times, values, np.timedelta64(1, "D"))


def test_integers_and_lists_become_floats_and_missing_values_stay():
    series = Series("x", "quick", DAYS, [[1], [2], [3], [4]], ("a",))
    series.values[1] = np.nan  # an array of integers could not
    assert series.values.dtype == np.float64
    assert series.missing.sum() == 1
    assert Series("x", "quick", DAYS, COLUMN, ("a",)).values is COLUMN
    assert regular(DAYS, np.array([[1], [2], [3], [4]]), np.timedelta64(1, "D"))[1].sum() == 10
    assert series_windows(np.arange(9, dtype="uint8")[:, None], 3, 1).x.dtype == np.float64


def test_nothing_and_one_value():
    empty = Series("x", "quick", DAYS[:0], np.empty((0, 1)), ("a",))
    assert len(empty) == 0
    with pytest.raises(ValueError, match="0 times and values"):
        regular(DAYS[:0], np.empty((0, 1)), np.timedelta64(1, "D"))
    for part in (empty, Series("x", "quick", DAYS[:1], COLUMN[:1], ("a",))):
        with pytest.raises(ValueError, match="have no step; expected at least 2"):
            part.step  # noqa: B018
    with pytest.raises(ValueError, match="are not all different"):
        Series("x", "quick", DAYS, np.zeros((4, 2)), ("a", "a"))


@pytest.mark.parametrize("step", [0, 1, np.timedelta64(0, "D"), np.timedelta64(-1, "D"), "1D"])
def test_a_step_is_a_positive_timedelta(step):
    with pytest.raises(ValueError, match=r"expected a positive np\.timedelta64"):
        regular(DAYS, COLUMN, step)


def test_months_have_no_steps_of_days():
    with pytest.raises(ValueError, match=r"the times are in M and the step is .*; give one in M"):
        regular(MONTHS, np.ones((24, 1)), np.timedelta64(30, "D"))


def test_shapes_must_fit():
    whole = series(10)
    with pytest.raises(ValueError, match=r"10 times and 1 names need \(10, 1\)"):
        Series("x", "quick", whole.times, whole.values, ("a",))


def test_regular_keeps_the_first_and_marks_gaps():
    times = np.datetime64("2024-01-01T00:00") + np.array([0, 60, 120, 121, 125, 60, 300])
    at, values = regular(times, np.arange(7.0)[:, None], HOUR.astype("m8[m]"))
    assert [str(at[0]), str(at[-1])] == ["2024-01-01T00:00", "2024-01-01T05:00"]
    np.testing.assert_array_equal(values[:, 0], [0, 1, 2, np.nan, np.nan, 6])


def test_windows_never_know_what_is_asked():
    values = np.arange(50.0)[:, None]
    for start, stop in ((0, 50), (20, 40), (3, 50)):
        cut = series_windows(values, history=5, horizon=4, start=start, stop=stop)
        assert cut.x.shape[1:] == (5, 1)
        assert cut.y.shape[1:] == (4, 1)
        assert (cut.x.max(axis=(1, 2)) < cut.y.min(axis=(1, 2))).all()
        np.testing.assert_array_equal(cut.y[:, 0, 0], cut.origins)
        np.testing.assert_array_equal(cut.x[:, -1, 0], cut.origins - 1)
        assert cut.y.min() >= max(start, 5)
        assert cut.y.max() == stop - 1
        assert len(cut.origins) == stop - 4 + 1 - max(start, 5)


def test_training_windows_do_not_reach_into_the_test():
    values = np.arange(50.0)[:, None]
    train = series_windows(values, history=5, horizon=4, stop=30)
    test = series_windows(values, history=5, horizon=4, start=30)
    assert max(train.x.max(), train.y.max()) < test.y.min()


def test_missing_values_drop_the_examples_they_fall_into():
    values = np.arange(30.0)[:, None]
    values[12] = np.nan
    cut = series_windows(values, history=3, horizon=2)
    assert not np.isnan(cut.x).any()
    assert not np.isnan(cut.y).any()
    assert sorted(set(range(3, 29)) - set(cut.origins.tolist())) == [11, 12, 13, 14, 15]


def test_every_so_often_and_no_room_at_all():
    values = np.arange(30.0)[:, None]
    assert series_windows(values, 3, 2, every=10).origins.tolist() == [3, 13, 23]
    assert series_windows(values, 28, 3).x.shape == (0, 28, 1)
    with pytest.raises(ValueError, match="expected one inside the 30 values"):
        series_windows(values, 3, 2, start=5, stop=31)
    for wrong in ({"history": 0}, {"horizon": 2.5}, {"every": np.nan}, {"start": -1}):
        with pytest.raises(ValueError, match="expected a whole number from"):
            series_windows(values, **({"history": 3, "horizon": 2} | wrong))


@pytest.mark.parametrize("history", [None, 7])
@pytest.mark.parametrize("every", [None, 1, 5])
def test_rolling_origins_leak_nothing(every, history):
    origins = rolling_origins(60, first=20, horizon=6, every=every, history=history)
    starts = [origin.asked.start for origin in origins]
    assert starts == list(range(20, 55, every or 6))
    for known, asked in origins:
        assert known.stop == asked.start
        assert len(asked) == 6
        assert asked.stop <= 60
        assert known.start == (0 if history is None else known.stop - 7)


@pytest.mark.parametrize("wrong", [{"first": 0}, {"horizon": 41}, {"every": 0}, {"history": 0}])
def test_origins_that_do_not_fit(wrong):
    with pytest.raises(ValueError, match=r"room for one forecast|is 0; expected a whole number"):
        rolling_origins(**({"n": 60, "first": 20, "horizon": 6} | wrong))


def test_windows_refuse_the_infinite_and_say_where():
    values = np.arange(30.0)[:, None]
    values[12] = -INF
    with pytest.raises(ValueError, match=r"1 of 30 .* the first at \(12, 0\): -inf; .* NaN where"):
        series_windows(values, history=3, horizon=2)
    with pytest.raises(ValueError, match=r"the shape \(30,\); expected \(n, columns\)"):
        series_windows(np.arange(30.0), history=3, horizon=2)


@pytest.mark.parametrize("shares", [(np.nan, 0.2), (0.1, INF)])
def test_shares_are_numbers(shares):
    with pytest.raises(ValueError, match="the shares: 1 of 2 values is not finite"):
        split_by_time(series(), *shares)


def test_columns_of_nothing():
    assert read_columns([], (1, 2)).shape == (0, 2)
