"""Series and the ways to cut them; the future must not be seen, however they are cut."""

import numpy as np
import pytest

from gru_course.data.series import (
    Series,
    regular,
    rolling_origins,
    split_by_time,
    table,
    windows,
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
        cut = windows(values, history=5, horizon=4, start=start, stop=stop)
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
    train = windows(values, history=5, horizon=4, stop=30)
    test = windows(values, history=5, horizon=4, start=30)
    assert max(train.x.max(), train.y.max()) < test.y.min()


def test_missing_values_drop_the_examples_they_fall_into():
    values = np.arange(30.0)[:, None]
    values[12] = np.nan
    cut = windows(values, history=3, horizon=2)
    assert not np.isnan(cut.x).any()
    assert not np.isnan(cut.y).any()
    assert sorted(set(range(3, 29)) - set(cut.origins.tolist())) == [11, 12, 13, 14, 15]


def test_every_so_often_and_no_room_at_all():
    values = np.arange(30.0)[:, None]
    assert windows(values, 3, 2, every=10).origins.tolist() == [3, 13, 23]
    assert windows(values, 28, 3).x.shape == (0, 28, 1)
    with pytest.raises(ValueError, match="a part inside the 30 values"):
        windows(values, 3, 2, start=5, stop=31)
    with pytest.raises(ValueError, match="at least 1 of each"):
        windows(values, 0, 2)


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
    with pytest.raises(ValueError, match="room for one forecast"):
        rolling_origins(**({"n": 60, "first": 20, "horizon": 6} | wrong))


def test_table_of_nothing():
    assert table([], (1, 2)).shape == (0, 2)
