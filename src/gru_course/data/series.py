"""Series of measurements over time, and ways to cut them that let no future leak into the past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gru_course.course.checked import finite, measured
from gru_course.course.checked import whole as whole_number


@dataclass(frozen=True, eq=False)
class Series:
    """One or several quantities, measured at regular times.

    Parameters
    ----------
    title : str
        What was measured.
    profile : str
        'full' for real data, 'quick' for a stand-in, 'generated' for what is never anything else.
    times : ndarray of datetime64, shape (n,)
        When; one constant step apart.
    values : ndarray of float64, shape (n, columns)
        What; NaN where a value is missing. Integers become floats.
    names : tuple of str
        What each column is, with its unit where it has one; all different.

    Raises
    ------
    ValueError
        If shapes do not fit together, the step changes, a value is infinite, or times or values
        are of another kind.

    Examples
    --------
    >>> times = np.arange("2024-01-01", "2024-01-05", dtype="datetime64[D]")
    >>> series = Series("rain", "quick", times, np.array([[0.0], [np.nan], [3], [1]]), ("mm",))
    >>> series.statement
    'rain, 4 values from 2024-01-01 to 2024-01-04, 1 of 4 missing (quick profile)'
    >>> series.step, series.column("mm").tolist()
    (np.timedelta64(1,'D'), [0.0, nan, 3.0, 1.0])
    """

    title: str
    profile: str
    times: NDArray[np.datetime64]
    values: NDArray[np.float64]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", checked_times(self.times))
        object.__setattr__(self, "values", measured(self.values, f"the values of {self.title}"))
        expected = (len(self.times), len(self.names))
        if self.values.shape != expected:
            raise ValueError(
                f"The values have the shape {self.values.shape}; {expected[0]} times and "
                f"{expected[1]} names need {expected}"
            )
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"The names {self.names} are not all different")
        steps = np.unique(np.diff(self.times))
        if len(steps) > 1 or (steps <= np.timedelta64(0)).any():
            advice = "Sort them, drop repeats and fill gaps with NaN; regular() does all three."
            if months := _months_apart(self.times):
                advice = f"Months differ in length: {_in_months(months)}"
            raise ValueError(
                f"The times are not one step apart: there are steps of {steps[0]} to {steps[-1]}. "
                f"{advice}"
            )

    def __len__(self) -> int:
        """Return the number of times."""
        return len(self.times)

    @property
    def statement(self) -> str:
        """One line to print wherever a result from this series is shown."""
        missing = f", {self.missing.sum():,} of {self.values.size:,} missing"
        span = f" from {self.times[0]} to {self.times[-1]}" if len(self) else ""
        return (
            f"{self.title}, {len(self):,} values{span}{missing if self.missing.any() else ''} "
            f"({self.profile} profile)"
        )

    @property
    def step(self) -> np.timedelta64:
        """The time from one value to the next.

        Raises
        ------
        ValueError
            If there are less than two values.
        """
        if len(self) < 2:
            raise ValueError(f"{len(self)} values have no step; expected at least 2")
        difference: np.timedelta64 = self.times[1] - self.times[0]
        return difference

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Where a value is missing, shape (n, columns)."""
        return np.isnan(self.values)

    def column(self, name: str) -> NDArray[np.float64]:
        """Return the values of one column, shape (n,).

        Raises
        ------
        ValueError
            If there is no such column.
        """
        return self.columns(name).values[:, 0]

    def columns(self, *names: str) -> "Series":
        """Return the series with these columns only, in this order.

        Parameters
        ----------
        *names : str

        Returns
        -------
        Series

        Raises
        ------
        ValueError
            If there is no such column.
        """
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise ValueError(f"There is no column {unknown[0]!r}, only {', '.join(self.names)}")
        places = [self.names.index(name) for name in names]
        return replace(self, values=self.values[:, places], names=names)

    def part(self, start: int, stop: int) -> "Series":
        """Return the series from place `start` to before place `stop`."""
        return replace(self, times=self.times[start:stop], values=self.values[start:stop])


def checked_times(times: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return times as one row, and say where one is missing.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)

    Returns
    -------
    ndarray of datetime64, shape (n,)

    Raises
    ------
    ValueError
        If they are no row, have a time zone or are of another type, or one is missing.

    Examples
    --------
    >>> checked_times(np.array(["2024-01-01"], "M8[D]"))
    array(['2024-01-01'], dtype='datetime64[D]')
    >>> checked_times(np.array(["2024-01-01", "NaT"], "M8[D]"))
    Traceback (most recent call last):
    ValueError: 1 times are missing (NaT), the first at 1
    """
    times = np.asarray(times)
    if times.dtype.kind != "M" or times.ndim != 1:
        raise ValueError(
            f"The times are of type {times.dtype} and shape {times.shape}; expected one row of "
            "datetime64, without a time zone"
        )
    missing = np.flatnonzero(np.isnat(times))
    if len(missing):
        raise ValueError(f"{len(missing)} times are missing (NaT), the first at {missing[0]}")
    return times


def _months_apart(times: NDArray[np.datetime64]) -> int:
    """Return how many months lie between times given as days of months or finer; 0 if none do."""
    times = np.unique(times)
    months = times.astype("M8[M]")
    apart = np.diff(months).astype(int)
    # The same day of each, or the last, or (working days differ) for a year or more one in each.
    one_day = 1 in (len(np.unique(times - months)), len(np.unique(months + 1 - times)))
    alike = one_day or (len(times) >= 12 and len(np.unique(apart)) == 1)
    given_as_days = np.datetime_data(times.dtype)[0] not in ("Y", "M")
    return int(np.gcd.reduce(apart)) if given_as_days and alike and apart.all() else 0


def _in_months(count: int) -> str:
    return (
        f"give regular() the step np.timedelta64({count}, 'M'), or the times as "
        "times.astype('datetime64[M]') if none is missing"
    )


def regular(
    times: NDArray[np.datetime64], values: NDArray[np.float64], step: np.timedelta64
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Sort measurements, keep the first of those at the same time, and fill gaps with NaN.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
        In any order. The first in time is the start of the grid.
    values : ndarray of float64, shape (n, columns)
    step : timedelta64
        From one point of the grid to the next. A measurement off the grid is moved back to the
        last point before it, if that has none of its own. A step of months or years counts those
        of the calendar, whatever their lengths, and its grid is one of months or years.

    Returns
    -------
    tuple of ndarray
        Times and values on the grid, with NaN where nothing was measured.

    Raises
    ------
    ValueError
        If there is nothing, shapes do not fit together, a time is missing or a value infinite, the
        step is not positive, or the times are months apart and it is a fixed number of days.

    Examples
    --------
    >>> times = np.array(["2024-01-04", "2024-01-01", "2024-01-02", "2024-01-01"], "datetime64[D]")
    >>> regular(times, np.array([[4.0], [1], [2], [9]]), np.timedelta64(1, "D"))[1][:, 0].tolist()
    [1.0, 2.0, nan, 4.0]
    """
    times, values = checked_times(times), measured(values, "the values")
    if values.ndim != 2 or not 0 < len(times) == len(values):
        raise ValueError(
            f"{len(times)} times and values of the shape {values.shape}; expected at least one "
            "time, and values (times, columns)"
        )
    if not isinstance(step, np.timedelta64) or not step > np.timedelta64(0):
        raise ValueError(f"the step is {step!r}; expected a positive np.timedelta64")
    order = np.argsort(times, kind="stable")
    unit, given = (np.datetime_data(of.dtype)[0] for of in (step, times))
    if unit in ("Y", "M"):
        times = times.astype(f"M8[{unit}]")
    elif given in ("Y", "M") and unit != "generic":
        raise ValueError(f"the times are in {given} and the step is {step!r}; give one in {given}")
    elif (
        step >= np.timedelta64(28, "D")
        and (months := _months_apart(times))
        and ((times - times[order[0]]) % step != np.timedelta64(0)).any()
    ):
        raise ValueError(
            f"The times are months apart, no multiples of {step}: {_in_months(months)}"
        )
    places = (times[order] - times[order[0]]) // step
    grid, first = np.unique(places, return_index=True)
    filled = np.full((int(grid[-1]) + 1, values.shape[1]), np.nan)
    filled[grid.astype(int)] = values[order[first]]
    return times[order[0]] + np.arange(len(filled)) * step, filled


def split_by_time(
    series: Series, validation: float = 0.1, test: float = 0.2
) -> tuple[Series, Series, Series]:
    """Cut a series into an early, a middle and a late part.

    Parameters
    ----------
    series : Series
    validation, test : float
        Shares of the middle and the late part.

    Returns
    -------
    tuple of Series
        Training, validation and test part. All of training is before all of validation, and
        that before all of the test.

    Raises
    ------
    ValueError
        If a part would be empty.

    Examples
    --------
    >>> times = np.arange("2024-01", "2024-11", dtype="datetime64[M]")
    >>> series = Series("months", "quick", times, np.zeros((10, 1)), ("x",))
    >>> [len(part) for part in split_by_time(series)]
    [7, 1, 2]
    """
    finite((validation, test), "the shares", what_to_do="")
    n = len(series)
    first, second = round(n * (1 - validation - test)), round(n * (1 - test))
    if not 0 < first < second < n:
        raise ValueError(
            f"{n} values and shares of {validation} and {test} leave a part empty; "
            "expected shares above 0 that sum to less than 1, and more values"
        )
    return series.part(0, first), series.part(first, second), series.part(second, n)


class Windows(NamedTuple):
    """Examples cut from a series: what is known at each origin, and what is asked.

    Parameters
    ----------
    x : ndarray of float64, shape (examples, history, columns)
        The values before the origin.
    y : ndarray of float64, shape (examples, horizon, columns)
        The values from the origin on.
    origins : ndarray of int64, shape (examples,)
        Places in the series: ``y[i, 0]`` is at ``origins[i]``, ``x[i, -1]`` just before.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    origins: NDArray[np.int64]


def series_windows(
    values: NDArray[np.float64],
    history: int,
    horizon: int,
    start: int = 0,
    stop: int | None = None,
    every: int = 1,
) -> Windows:
    """Cut examples whose answers lie from `start` to before `stop`.

    Parameters
    ----------
    values : ndarray of float64, shape (n, columns)
        The whole series, so that the first example of the test part may look back into the
        past, as a forecaster can. NaN where a value is missing.
    history, horizon : int
        How many values are known, and how many are asked for.
    start, stop : int
        The part that every asked value has to lie in; None for the end of the series.
    every : int
        How far one origin is from the next.

    Returns
    -------
    Windows
        Without the examples that a missing value falls into.

    Raises
    ------
    ValueError
        If a value is infinite, a number below 1, or the part lies outside the series.

    Examples
    --------
    >>> cut = series_windows(np.arange(8.0)[:, None], history=3, horizon=2, start=5)
    >>> cut.x[:, :, 0].tolist(), cut.y[:, :, 0].tolist()
    ([[2.0, 3.0, 4.0], [3.0, 4.0, 5.0]], [[5.0, 6.0], [6.0, 7.0]])
    """
    values = measured(values, "the values")
    if values.ndim != 2:
        raise ValueError(f"the values have the shape {values.shape}; expected (n, columns)")
    for name, count in (("history", history), ("horizon", horizon), ("every", every)):
        whole_number(count, name)
    stop = len(values) if stop is None else stop
    whole_number(start, "start", least=0)
    whole_number(stop, "stop", least=0)
    if not start <= stop <= len(values):
        raise ValueError(
            f"the part from {start} to {stop}; expected one inside the {len(values)} values"
        )
    origins = np.arange(max(start, history), stop - horizon + 1, every)
    length = history + horizon
    if not len(origins):
        shape = (0, length, values.shape[1])
        whole = np.empty(shape)
    else:
        views = sliding_window_view(values, length, axis=0)  # (places, columns, length)
        whole = views[origins - history].transpose(0, 2, 1)
    complete = ~np.isnan(whole).any(axis=(1, 2))
    whole = whole[complete]
    return Windows(whole[:, :history], whole[:, history:], origins[complete])


class Origin(NamedTuple):
    """One step of a backtest: what may be learned from, and what is asked.

    Parameters
    ----------
    known, asked : range
        Places in the series. The last known place is just before the first asked one.
    """

    known: range
    asked: range


def rolling_origins(
    n: int, first: int, horizon: int, every: int | None = None, history: int | None = None
) -> tuple[Origin, ...]:
    """Plan a backtest by rolling origin: fit, forecast, move on, and again.

    Parameters
    ----------
    n : int
        Length of the series.
    first : int
        Where the first forecast begins; at least 1.
    horizon : int
        How many values each forecast is about.
    every : int or None
        How far one origin is from the next; None for `horizon`, so that each value is asked
        for once.
    history : int or None
        How many of the last values are known; None for all from the start.

    Returns
    -------
    tuple of Origin
        As many as fit; never is anything known that is asked, or later.

    Raises
    ------
    ValueError
        If a number is below 1 or no forecast fits.

    Notes
    -----
    After Hyndman and Athanasopoulos (2021), "time series cross-validation".

    Examples
    --------
    >>> rolling_origins(n=10, first=4, horizon=3)
    (Origin(known=range(0, 4), asked=range(4, 7)), Origin(known=range(0, 7), asked=range(7, 10)))
    """
    every = horizon if every is None else every
    given = {"n": n, "first": first, "horizon": horizon, "every": every}
    for name, count in (given | ({} if history is None else {"history": history})).items():
        whole_number(count, name)
    if first + horizon > n:
        raise ValueError(f"n {n}, first {first}, horizon {horizon}; expected room for one forecast")
    return tuple(
        Origin(range(max(0, origin - (history or origin)), origin), range(origin, origin + horizon))
        for origin in range(first, n - horizon + 1, every)
    )


def read_columns(
    rows: Sequence[Sequence[str]], places: Sequence[int], missing: tuple[str, ...] = ("", "NA")
) -> NDArray[np.float64]:
    """Read columns of numbers out of the rows of a file.

    Parameters
    ----------
    rows : sequence of sequence of str
        As the csv module gives them, without the header.
    places : sequence of int
        Which columns.
    missing : tuple of str
        What stands for a missing value.

    Returns
    -------
    ndarray of float64, shape (rows, places)

    Raises
    ------
    ValueError
        If a row is too short, or holds something else than a finite number; the text says which.

    Examples
    --------
    >>> read_columns([["a", "1"], ["b", "NA"]], [1]).tolist()
    [[1.0], [nan]]
    """
    numbers = [[_number(row, p, n, missing) for p in places] for n, row in enumerate(rows, 1)]
    return np.array(numbers, dtype=np.float64).reshape(len(rows), len(places))


def _number(row: Sequence[str], place: int, line: int, missing: tuple[str, ...]) -> float:
    if place >= len(row):
        raise ValueError(f"row {line} has {len(row)} columns; expected at least {place + 1}")
    if row[place] in missing:
        return np.nan
    try:
        number = float(row[place])
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise ValueError(
            f"row {line}, column {place + 1} is {row[place]!r:.60}; expected a finite number, or "
            f"one of {missing} where it is missing"
        )
    return number
