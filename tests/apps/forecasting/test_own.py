import numpy as np
import pytest

from gru_course.apps.forecasting.own import own_prices, own_series, table_of

HOURS = np.arange("2024-10-26T00", "2024-10-28T12", dtype="M8[h]")
VALUES = np.sin(np.arange(len(HOURS)) / 4) + 3


def table(times=HOURS, values=VALUES):
    return table_of(times, values)


def test_a_whole_table_needs_no_remark():
    own = own_series("time,load\n" + table())
    assert own.remarks == ()
    assert own.series.times.dtype == "M8[h]"
    np.testing.assert_allclose(own.series.values[:, 0], VALUES)
    days = np.arange("2024-01-01", "2024-02-01", dtype="M8[D]")
    assert own_series(table(days, np.arange(31.0))).series.times.dtype == "M8[D]"


def test_a_clock_that_is_set_back_is_remarked():
    """Two o'clock comes twice in the night to 27 October."""
    twice = np.insert(HOURS, 27, HOURS[26])[: len(HOURS)]
    own = own_series(table(twice, VALUES))
    assert len(own.remarks) == 1
    assert own.remarks[0].startswith("1 time occurs more than once, the first at 2024-10-27T02")
    assert "UTC" in own.remarks[0]
    zoned = [f"{time}:00+02:00" for time in HOURS[:27]] + [f"{t}:00+01:00" for t in HOURS[26:-1]]
    fine = own_series(table(zoned, VALUES))
    assert fine.remarks == ()
    assert str(fine.series.times[0]) == "2024-10-25T22"


def test_gaps_order_and_units_are_remarked():
    kept = np.r_[0:20, 25 : len(HOURS)]
    (gap,) = own_series(table(HOURS[kept], VALUES[kept])).remarks
    assert gap.startswith("5 values are missing, from 2024-10-26T20 to 2024-10-27T00")
    (order,) = own_series(table(HOURS[::-1], VALUES[::-1])).remarks
    assert "not in the order of time" in order
    (unit,) = own_series(table(HOURS, VALUES * np.repeat([1, 1000], 30))).remarks
    assert "Has the unit changed?" in unit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the table has 0 rows; expected at least 10"),
        (table(HOURS[:9], VALUES[:9]), "expected at least 10"),
        (table(HOURS, np.full(60, 7.0)), "60 of 60 values are given.*nothing to forecast"),
        (table(HOURS, np.full(60, np.nan)), "0 of 60 values are given"),
        (table().replace("3.0", "3.0 MW", 1), "row 1: '3.0 MW' is no number; .* no unit"),
        (table().replace("2024-10-26T05", "26.10.2024"), "row 6: '26.10.2024' is no time"),
        (table() + "2024\n", r"row 61 is \['2024'\]; expected a time, a comma"),
        (table() + "2024-11-01T00:00Z,1\n", "some times have a time zone"),
        (table(np.sort(HOURS[0] + (np.arange(60) ** 2).astype("m8[h]"))), "no step is met"),
    ],
)
def test_what_cannot_be_read_is_named(text, said):
    with pytest.raises(ValueError, match=said):
        own_series(text)


DAYS = ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"]


def test_own_prices():
    assert own_prices(table(DAYS, [1.0, 2, 3, 4])).close.tolist() == [1, 2, 3, 4]
    for days, prices, said in (
        (DAYS, [1.0, np.nan, 3, 4], "price of 2024-01-05 is missing, and 1 are in all"),
        ([*DAYS[:3], "2024-03-09"], [1.0, 2, 3, 4], "no price from 2024-01-08 to 2024-03-09"),
        ([DAYS[0], *DAYS[:3]], [1.0, 2, 3, 4], "2024-01-04 comes after 2024-01-04"),
    ):
        with pytest.raises(ValueError, match=said):
            own_prices(table(days, prices))
