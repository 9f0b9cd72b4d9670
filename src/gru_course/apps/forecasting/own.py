"""A reader's own table of times and values: read as far as it can be, and what is odd is said."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.forecasting.market import Prices
from gru_course.apps.forecasting.task import Floats
from gru_course.course.checked import negligible
from gru_course.data.series import Series, regular

MISSING = ("", "NA", "NaN", "nan", "null")
_FEWEST = 10
_OTHER_UNIT = 50
"""By which factor the halves of a series differ when a change of unit is suspected."""


class Own(NamedTuple):
    """A series of one's own, and what there is to say about it.

    Parameters
    ----------
    series : Series
        With one column, "value".
    remarks : tuple of str
        What was mended or should be looked at; empty if there was nothing.
    """

    series: Series
    remarks: tuple[str, ...]


def own_series(text: str, title: str = "my own series") -> Own:
    r"""Read a table of times and values, a row each, as it comes out of a spreadsheet.

    Parameters
    ----------
    text : str
        Rows ``time,value``, with or without a header. Times as in 2024-01-31 or 2024-01-31T14:00;
        with a time zone they are turned into UTC. An empty value is a missing one.
    title : str
        What the values are.

    Returns
    -------
    Own
        One step apart: the step that is met most often. Rows are put in order, of several at one
        time the first is kept, and what is missing is NaN; each of these is remarked.

    Raises
    ------
    ValueError
        If a row cannot be read, there are fewer than ten values, or all are the same.

    Examples
    --------
    >>> rows = "".join(f"2024-01-{day:02},{day % 7}\n" for day in range(1, 31) if day != 9)
    >>> own = own_series(rows)
    >>> own.remarks
    ('1 value is missing, at 2024-01-09; each stays a gap.',)
    """
    times, values = _rows(text)
    if len(values) < _FEWEST:
        raise ValueError(f"the table has {len(values)} rows; expected at least {_FEWEST}")
    present = values[~np.isnan(values)]
    if len(present) < _FEWEST or negligible(np.ptp(present), present):
        raise ValueError(
            f"{len(present)} of {len(values)} values are given, and they lie between "
            f"{present.min(initial=np.inf)} and {present.max(initial=-np.inf)}; expected at least "
            f"{_FEWEST} that are not all the same: there is nothing to forecast"
        )
    remarks = []
    if (np.diff(times) < np.timedelta64(0)).any():
        remarks.append("The rows were not in the order of time; they have been sorted.")
    distinct, counts = np.unique(times, return_counts=True)
    if (counts > 1).any():
        twice = distinct[counts > 1]
        remarks.append(
            f"{_number(len(twice), 'time occurs', 'times occur')} more than once, the first at "
            f"{twice[0]}: the first value is kept. If a clock was set back there, give the times "
            "in UTC, or a night of the year is wrong."
        )
    steps, how_often = np.unique(np.diff(distinct), return_counts=True)
    step = steps[np.argmax(how_often)]
    if how_often.max() < len(distinct) / 2:
        raise ValueError(
            f"the times are from {steps[0]} to {steps[-1]} apart and no step is met in half of "
            "them; expected readings at regular times"
        )
    grid, filled = regular(times, values[:, None], step)
    series = Series(title, "full", _coarse(grid), filled, ("value",))
    gaps = np.flatnonzero(series.missing[:, 0])
    if len(gaps):
        where = f"at {series.times[gaps[0]]}"
        if len(gaps) > 1:
            where = f"from {series.times[gaps[0]]} to {series.times[gaps[-1]]}"
        what = _number(len(gaps), "value is", "values are")
        remarks.append(f"{what} missing, {where}; each stays a gap.")
    halves = [np.nanmedian(np.abs(half)) for half in np.array_split(filled[:, 0], 2)]
    if min(halves) > 0 and max(halves) / min(halves) > _OTHER_UNIT:
        remarks.append(
            f"The values of one half are about {max(halves) / min(halves):.0f} times as large as "
            "those of the other. Has the unit changed?"
        )
    return Own(series, tuple(remarks))


def own_prices(text: str, title: str = "my own prices") -> Prices:
    r"""Read a table of days and closing prices.

    Parameters
    ----------
    text : str
        Rows ``day,price``, with or without a header, the oldest day first.
    title : str
        Of what.

    Returns
    -------
    Prices

    Raises
    ------
    ValueError
        If a row cannot be read, a price is missing or not above 0, days do not ascend, or more
        than two weeks lie between two of them.

    Examples
    --------
    >>> own_prices("day,price\n2024-01-05,100\n2024-01-08,-3\n")
    Traceback (most recent call last):
    ...
    ValueError: the price of 2024-01-08 is -3.0; expected prices above 0
    """
    times, values = _rows(text)
    missing = np.flatnonzero(np.isnan(values))
    if len(missing):
        raise ValueError(
            f"the price of {times[missing[0]].astype('M8[D]')} is missing, and {len(missing)} are "
            "in all; leave such days out: there was no trade, or the table is not whole"
        )
    prices = Prices(title, "full", times.astype("M8[D]"), values)
    wide = np.flatnonzero(np.diff(prices.days) > np.timedelta64(14, "D"))
    if len(wide):
        raise ValueError(
            f"no price from {prices.days[wide[0]]} to {prices.days[wide[0] + 1]}: a change over "
            "such a gap is not that of one day; give a table without it, or begin after it"
        )
    return prices


def _rows(text: str) -> tuple[NDArray[np.datetime64], Floats]:
    """Return times and values, without a header if there is one."""
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    if rows and len(rows[0]) >= 2 and _value(rows[0][1]) is None and not _is_time(rows[0][0]):
        rows = rows[1:]
    times, values = [], []
    for number, row in enumerate(rows, 1):
        if len(row) < 2:
            raise ValueError(f"row {number} is {row}; expected a time, a comma and a value")
        value = _value(row[1])
        if value is None:
            raise ValueError(
                f"row {number}: {row[1]!r:.40} is no number; expected one such as 12.5, with a "
                "point and no unit"
            )
        times.append(_time(row[0], number))
        values.append(value)
    zones = {time.tzinfo is None for time in times}
    if len(zones) > 1:
        raise ValueError("some times have a time zone and some have none; give all with one")
    plain = [t if t.tzinfo is None else t.astimezone(UTC).replace(tzinfo=None) for t in times]
    return np.array(plain, "M8[s]"), np.array(values, np.float64)


def _value(cell: str) -> float | None:
    """Return the number of a cell, NaN for a missing one, None for anything else."""
    if cell.strip() in MISSING:
        return float("nan")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _time(cell: str, number: int) -> datetime:
    try:
        return datetime.fromisoformat(cell.strip())
    except ValueError as wrong:
        raise ValueError(
            f"row {number}: {cell!r:.40} is no time; expected one such as 2024-01-31 or "
            "2024-01-31T14:00"
        ) from wrong


def _is_time(cell: str) -> bool:
    try:
        _time(cell, 0)
    except ValueError:
        return False
    return True


def _coarse(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return days as days and hours as hours, as the calendar of a task expects them."""
    for unit in ("D", "h", "m"):
        coarse = times.astype(f"M8[{unit}]")
        if (coarse == times).all():
            return coarse
    return times


def _number(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def table_of(times: Sequence[object], values: Sequence[float]) -> str:
    r"""Write times and values as the rows that `own_series` and `own_prices` read.

    Parameters
    ----------
    times : sequence
        Of datetime64 or str.
    values : sequence of float
        NaN for a missing one.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there are not as many of both.

    Examples
    --------
    >>> table_of(["2024-01-05"], [1.5])
    '2024-01-05,1.5\n'
    """
    if len(times) != len(values):
        raise ValueError(f"{len(times)} times and {len(values)} values; expected as many of both")
    return "".join(f"{time},{value}\n" for time, value in zip(times, values, strict=True))
