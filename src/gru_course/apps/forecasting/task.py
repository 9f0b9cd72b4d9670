"""From a series to a question: what is known, what is asked, and numbers a network can read."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite, negligible, whole
from gru_course.data.series import Series, checked_times, series_windows, split_by_time

Floats = NDArray[np.float64]
_FEWEST = 10
ANCHORS = ("mean", "last", "season")
"""What answers can be measured from; see :func:`anchor_levels`."""


@dataclass(frozen=True)
class ForecastTask:
    """One forecasting question about one series.

    Parameters
    ----------
    series : Series
        The measured columns that may be read; the asked one is among them.
    target : str
        The column that is asked for.
    history, horizon : int
        How many values are known, and how many are asked for.
    season : int
        After how many steps the pattern repeats, such as 24 for hours; at most `history`.
    train_every, test_every : int
        How far one origin is from the next, in training, and in validation and test.
    validation, test : float
        Shares of the middle and the late part of the series.
    anchor : str
        What the answers are measured from, one of `ANCHORS`.
    calendar_ahead : bool
        Whether a model is told the calendar of the asked steps, besides that of the known ones.
    known : tuple of str
        Columns that are known in advance, such as holidays; given for the asked steps, too.
    own_scale : bool
        Whether the target is read and asked for in deviations of its own window, and not of the
        training part: for a series whose ups and downs grow.

    Raises
    ------
    ValueError
        If there is no such column, the target is among the known ones, a number is out of its
        range, or there is no such anchor.

    Examples
    --------
    >>> from gru_course.apps.forecasting.data import seasonal
    >>> ForecastTask(seasonal(("load",), "h", 48), "load", history=6, horizon=2, season=24)
    Traceback (most recent call last):
    ...
    ValueError: season 24 and history 6; expected a season from 1 to the length of the history
    """

    series: Series
    target: str
    history: int
    horizon: int
    season: int
    train_every: int = 1
    test_every: int = 1
    validation: float = 0.1
    test: float = 0.2
    anchor: str = "mean"
    calendar_ahead: bool = False
    known: tuple[str, ...] = ()
    own_scale: bool = False

    def __post_init__(self) -> None:
        if self.target in self.known:
            raise ValueError(f"{self.target!r} is asked for, so it is not known in advance")
        self.series.columns(self.target, *self.known)  # says so if there is none
        if self.anchor not in ANCHORS:
            raise ValueError(f"There is no anchor {self.anchor!r}, only {', '.join(ANCHORS)}")
        for name in ("history", "horizon", "season", "train_every", "test_every"):
            whole(getattr(self, name), name)
        if not 1 <= self.season <= self.history:
            raise ValueError(
                f"season {self.season} and history {self.history}; expected a season from 1 to "
                "the length of the history"
            )
        if self.anchor == "season" and self.season == self.history:
            raise ValueError(
                f"season and history are {self.season}; the anchor 'season' needs one value more"
            )


class Examples(NamedTuple):
    """Windows of one part of the series, scaled.

    Parameters
    ----------
    x : ndarray of float32, shape (examples, history, features)
        The columns, scaled, then the calendar.
    y : ndarray of float32, shape (examples, horizon)
        The asked values as scaled distances from `level`.
    ahead : ndarray of float32, shape (examples, horizon, features ahead)
        What is known of each asked step: the calendar, then the columns known in advance.
    level : ndarray of float64, shape (examples, horizon)
        What the answers are measured from, in the unit of the target.
    unit : ndarray of float64, shape (examples,)
        What a distance of 1 in ``y`` is worth in the unit of the target.
    truth : ndarray of float64, shape (examples, horizon)
        The asked values in their own unit.
    past : ndarray of float64, shape (examples, history)
        The target before the origin in its own unit.
    origins : ndarray of int64, shape (examples,)
        Place of the first asked value in the series.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    ahead: NDArray[np.float32]
    level: Floats
    unit: Floats
    truth: Floats
    past: Floats
    origins: NDArray[np.int64]

    @property
    def inputs(self) -> NDArray[np.float32] | list[NDArray[np.float32]]:
        """The window as a network reads it, with what is known ahead if there is any."""
        return [self.x, self.ahead] if self.ahead.shape[2] else self.x


class Prepared(NamedTuple):
    """The three parts of a task.

    Parameters
    ----------
    train, validation, test : Examples
        In the order of time; no asked value of one part lies in another.
    scale : float
        Deviation of the target in the training part, in its unit.
    measured : int
        How many of the features are measured columns; the others are the calendar.
    known : int
        How many columns are known in advance; the last ones of ``ahead``.
    """

    train: Examples
    validation: Examples
    test: Examples
    scale: float
    measured: int
    known: int = 0

    def in_unit(self, scaled: NDArray[np.floating], part: Examples) -> Floats:
        """Turn forecasts back into the unit of the target.

        Parameters
        ----------
        scaled : ndarray of float, shape (examples, horizon, ...)
            What a model gave.
        part : Examples
            What it was asked; holds the level of each window.

        Returns
        -------
        ndarray of float64, of the same shape

        Raises
        ------
        ValueError
            If a forecast is not finite, or there is not one for each example.
        """
        scaled = finite(scaled, "the forecasts", what_to_do="Look at the model's weights.")
        if scaled.shape[:2] != part.level.shape:
            raise ValueError(
                f"forecasts of shape {scaled.shape}; expected "
                f"({', '.join(map(str, part.level.shape))}, ...)"
            )
        more = [1] * (scaled.ndim - 2)
        unit = part.unit.reshape(-1, 1, *more)
        values: Floats = scaled * unit + part.level.reshape(*part.level.shape, *more)
        return values

    def on_top_of(self, other: "_Forecaster") -> "Prepared":
        """Measure the answers from what another model forecasts: what it leaves is to be learned.

        Parameters
        ----------
        other : fitted model
            Its method ``predict`` leads from examples to scaled forecasts.

        Returns
        -------
        Prepared
            The same windows with other levels, and so other answers.

        Notes
        -----
        Zhang (2003) puts a network on what an ARIMA model leaves in this way.

        Examples
        --------
        >>> from gru_course.apps.forecasting.baselines import LinearForecaster
        >>> from gru_course.apps.forecasting.data import seasonal
        >>> data = prepare(ForecastTask(seasonal(("load",), "h", 1000), "load", 48, 24, 24))
        >>> rest = data.on_top_of(LinearForecaster.fit(data)[0])
        >>> bool(abs(rest.train.y).mean() < 0.6 * abs(data.train.y).mean())
        True
        """

        def moved(part: Examples) -> Examples:
            level = self.in_unit(other.predict(part), part)
            y = ((part.truth - level) / part.unit[:, None]).astype(np.float32)
            return part._replace(level=level, y=y)

        return self._replace(
            train=moved(self.train), validation=moved(self.validation), test=moved(self.test)
        )


class _Forecaster(Protocol):
    """A model that was fitted to the training part of a task."""

    def predict(self, part: Examples) -> NDArray[np.floating]:
        """Return scaled forecasts, shape (examples, horizon)."""


def anchor_levels(past: Floats, horizon: int, season: int, anchor: str) -> Floats:
    """Return what the answers are measured from.

    Parameters
    ----------
    past : ndarray, shape (examples, history)
        The target before each origin.
    horizon, season : int
    anchor : str
        'mean': the mean of the last season. 'last': the last value. 'season': the value one season
        before the asked one, moved by as much as the last value differs from the one a season
        before it; the history has to be longer than a season.

    Returns
    -------
    ndarray of float64, shape (examples, horizon)

    Raises
    ------
    ValueError
        If there is no such anchor, or the history is too short for it.

    Examples
    --------
    >>> past = np.array([[1.0, 5.0, 2.0, 6.0]])  # a season of 2, and a rise of 1 a season
    >>> [anchor_levels(past, 2, 2, anchor).tolist() for anchor in ANCHORS]
    [[[4.0, 4.0]], [[6.0, 6.0]], [[3.0, 7.0]]]
    """
    if anchor not in ANCHORS:
        raise ValueError(f"There is no anchor {anchor!r}, only {', '.join(ANCHORS)}")
    past = np.asarray(finite(past, "the known values"), np.float64)
    least = season + (anchor == "season")
    if past.ndim != 2 or past.shape[1] < least:
        raise ValueError(
            f"known values of the shape {past.shape}; expected (examples, {least} or more) for the "
            f"anchor {anchor!r} and the season {season}"
        )
    if anchor == "season":
        places = past.shape[1] - season + np.arange(horizon) % season
        moved = past[:, -1] - past[:, -1 - season]
        return past[:, places] + moved[:, None]
    level = past[:, -1] if anchor == "last" else past[:, -season:].mean(axis=1)
    return np.repeat(level[:, None], horizon, axis=1)


def calendar(times: NDArray[np.datetime64]) -> Floats:
    """Write times as points on circles, so that December is beside January.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)

    Returns
    -------
    ndarray of float64, shape (n, columns)
        Sine and cosine of the day of the year if the step is shorter than a month; seven columns
        of 0 and 1 for the weekday if it is a day; sine and cosine of the hour, once and twice
        round, if it is shorter than a day.

    Raises
    ------
    ValueError
        If there are no two times, which have a step, they are not in order, or one is missing.

    Examples
    --------
    >>> noon = np.array(["2024-01-01T12", "2024-01-01T13"], "M8[h]")
    >>> calendar(noon)[0].round(2).tolist()
    [0.01, 1.0, 0.0, -1.0, -0.0, 1.0]
    """
    times = checked_times(times)
    if len(times) < 2:
        raise ValueError(f"{len(times)} times have no step; expected at least 2")
    step = times[1].astype("M8[s]") - times[0].astype("M8[s]")
    if step <= np.timedelta64(0):
        raise ValueError(f"{times[1]} comes after {times[0]}; expected times in their order")
    columns: list[Floats] = []
    if step < np.timedelta64(28, "D"):
        days = (times - times.astype("M8[Y]")) / np.timedelta64(1, "D")
        columns += _circle(days / 365.25)
    if step == np.timedelta64(1, "D"):
        weekday = (times.astype("M8[D]").astype(int) + 3) % 7  # 1 January 1970 was a Thursday
        columns += [(weekday == day).astype(np.float64) for day in range(7)]
    if step < np.timedelta64(1, "D"):
        day = (times - times.astype("M8[D]")) / np.timedelta64(1, "D")
        columns += _circle(day) + _circle(2 * day)
    return np.stack(columns, 1) if columns else np.empty((len(times), 0))


def _circle(turns: Floats) -> list[Floats]:
    return [np.sin(2 * np.pi * turns), np.cos(2 * np.pi * turns)]


def prepare(task: ForecastTask) -> Prepared:
    """Cut a task into training, validation and test windows, with no future in the past.

    Parameters
    ----------
    task : ForecastTask

    Returns
    -------
    Prepared
        Mean and deviation come from the training part alone. A column that does not vary there is
        not divided by anything.

    Raises
    ------
    ValueError
        If a part has fewer than ten whole windows, or a column has no value in the training part,
        or values of which no deviation can be computed.

    Notes
    -----
    Asking for distances from a recent level is what lets a model follow a series whose mean
    moves; Zeng et al. (2023) do so with the last value ("NLinear"). A scale of its own for each
    window lets it follow one whose spread moves (Salinas et al. 2020, Kim et al. 2022).

    Examples
    --------
    >>> from gru_course.apps.forecasting.data import seasonal
    >>> task = ForecastTask(seasonal(("load",), "h", 1000), "load", 48, horizon=24, season=24)
    >>> data = prepare(task)
    >>> data.train.x.shape, data.train.y.shape
    ((629, 48, 7), (629, 24))
    """
    series = task.series
    early, middle, _ = split_by_time(series, task.validation, task.test)
    _check_columns(early)
    mean, deviation = np.nanmean(early.values, 0), np.nanstd(early.values, 0)
    deviation = _divisors(deviation, mean, early)
    target = series.names.index(task.target)
    scaled, dates = (series.values - mean) / deviation, calendar(series.times)
    features = np.hstack([scaled, dates])
    known = scaled[:, [series.names.index(name) for name in task.known]]
    coming = np.hstack([dates, known]) if task.calendar_ahead else known
    n, first, second = len(series), len(early), len(early) + len(middle)

    def part(start: int, stop: int, every: int) -> Examples:
        cut = series_windows(features, task.history, task.horizon, start, stop, every)
        _check_number(len(cut.origins), task, start, stop, every)
        unit, zero = deviation[target], mean[target]
        past, truth = cut.x[:, :, target] * unit + zero, cut.y[:, :, target] * unit + zero
        level = anchor_levels(past, task.horizon, task.season, task.anchor)
        units = np.full(len(past), unit)
        if task.own_scale:
            units = np.maximum(past.std(axis=1), unit / 100)  # a window may stand still
            middle = past.mean(axis=1, keepdims=True)
            cut.x[:, :, target] = (past - middle) / units[:, None]
        ahead = coming[cut.origins[:, None] + np.arange(task.horizon)]
        x, y, ahead = (_short(of, start) for of in (cut.x, (truth - level) / units[:, None], ahead))
        return Examples(x, y, ahead, level, units, truth, past, cut.origins)

    return Prepared(
        part(0, first, task.train_every),
        part(first, second, task.test_every),
        part(second, n, task.test_every),
        float(deviation[target]),
        len(series.names),
        len(task.known),
    )


def _check_columns(early: Series) -> None:
    """Refuse a column without a value to take the mean of."""
    for name, missing in zip(early.names, early.missing.T, strict=True):
        if missing.all():
            raise ValueError(
                f"the column {name!r} has no value in the training part, {early.times[0]} to "
                f"{early.times[-1]}; leave it out, or begin the series where it begins"
            )


def _divisors(deviation: Floats, mean: Floats, early: Series) -> Floats:
    """Return 1 for columns that do not vary in the training part, the deviation for the others."""
    spread = np.nanmax(early.values, 0) - np.nanmin(early.values, 0)
    deviation = np.where(negligible(spread, early.values, axis=0), 1.0, deviation)
    for name, one, size in zip(early.names, mean, deviation, strict=True):
        if not (np.isfinite(one) and 0 < size < np.inf):
            raise ValueError(
                f"the column {name!r} has the mean {one} and the deviation {size} in the training "
                "part; expected finite ones: give the values in another unit"
            )
    return deviation


def _check_number(found: int, task: ForecastTask, start: int, stop: int, every: int) -> None:
    """Say why there are too few windows."""
    if found >= _FEWEST:
        return
    whole = len(range(max(start, task.history), stop - task.horizon + 1, every))
    advice = "shorten them, or give a longer series"
    if whole >= _FEWEST:
        rows = int(task.series.missing[max(start - task.history, 0) : stop].any(axis=1).sum())
        advice = f"{rows} rows lack a value: fill them, or leave out the column that lacks most"
    raise ValueError(
        f"only {found} whole windows of {task.history} + {task.horizon} values from {start} to "
        f"{stop}; expected at least {_FEWEST}: {advice}"
    )


def _short(scaled: Floats, start: int) -> NDArray[np.float32]:
    """Return scaled values as short floats, unless one is too large for these."""
    with np.errstate(over="ignore"):
        short = scaled.astype(np.float32)
    return finite(
        short,
        f"the scaled windows from {start} on",
        what_to_do="The values there are too far from those of the training part.",
    )
