"""What a forecaster has to beat: repetition, the usual value, smoothing, a linear model, trees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

from gru_course.apps.forecasting.task import Examples, Floats, Prepared
from gru_course.course.checked import finite, measured, negligible, whole, with_squares
from gru_course.data.series import Series

PENALTIES = (1.0, 10.0, 100.0, 1_000.0, 10_000.0)


def naive(past: Floats, horizon: int) -> Floats:
    """Forecast that nothing changes any more.

    Parameters
    ----------
    past : ndarray, shape (examples, history)
    horizon : int

    Returns
    -------
    ndarray, shape (examples, horizon)

    Examples
    --------
    >>> naive(np.array([[1.0, 2.0]]), 3).tolist()
    [[2.0, 2.0, 2.0]]
    """
    return seasonal_naive(past, horizon, season=1)


def seasonal_naive(past: Floats, horizon: int, season: int) -> Floats:
    """Forecast that the last season comes again, and again.

    Parameters
    ----------
    past : ndarray, shape (examples, history)
    horizon : int
    season : int
        At most the history.

    Returns
    -------
    ndarray, shape (examples, horizon)

    Raises
    ------
    ValueError
        If a value is not finite, the season is below 1 or longer than the history, or the horizon
        is below 1.

    Notes
    -----
    Hyndman and Athanasopoulos (2021), section 5.2.

    Examples
    --------
    >>> seasonal_naive(np.array([[1.0, 2.0, 3.0]]), horizon=3, season=2).tolist()
    [[2.0, 3.0, 2.0]]
    """
    past = finite(past, "the known values")
    if past.ndim != 2:
        raise ValueError(f"known values of the shape {past.shape}; expected (examples, history)")
    whole(horizon, "horizon")
    whole(season, "season")
    if not 1 <= season <= past.shape[1]:
        raise ValueError(f"season {season}; expected 1 to {past.shape[1]}, the known values")
    places = past.shape[1] - season + np.arange(horizon) % season
    return past[:, places]


def climatology(
    series: Series, target: str, season: int, until: int, origins: NDArray[np.int64], horizon: int,
    days: int = 15,
) -> Floats:  # fmt: skip
    """Forecast the usual value of that hour, or weekday, at that time of the year.

    Parameters
    ----------
    series : Series
    target : str
        The column that is asked for.
    season : int
        After how many steps the pattern repeats: values as many steps apart are of one kind.
    until : int
        The values before this place are learned from; about a year at least.
    origins : ndarray of int, shape (examples,)
    horizon : int
    days : int
        How many days before and after the day of the year count, too.

    Returns
    -------
    ndarray of float64, shape (examples, horizon)
        Means of the values of the same kind within these days in all years; of all values of the
        kind where there are none.

    Raises
    ------
    ValueError
        If a number is out of its range, or a kind has no value before `until`.

    Examples
    --------
    >>> times = np.arange("2023-01-01", "2025-01-01", dtype="M8[D]")
    >>> week = np.arange(len(times)) % 7 * 1.0
    >>> days = Series("week", "quick", times, week[:, None], ("x",))
    >>> climatology(days, "x", 7, 700, np.array([702]), 3).tolist()
    [[2.0, 3.0, 4.0]]
    """
    for name, count in (("season", season), ("horizon", horizon), ("days", days)):
        whole(count, name, least=name != "days")
    values, n = series.column(target), len(series)
    first = np.asarray(finite(origins, "the origins"), np.int64)
    if not season <= until <= n or (len(first) and not 0 <= first.min() <= first.max() < n):
        raise ValueError(f"until {until} and the origins have to lie in the {n} values")
    places = np.arange(n)
    kinds = places % season
    of_year = (series.times.astype("M8[D]") - series.times.astype("M8[Y]")).astype(int)
    of_year = np.minimum(of_year, 364)  # 31 December of a leap year counts as the 30th
    seen = (places < until) & ~np.isnan(values)
    sums, counts = np.zeros((2, season, 365))
    np.add.at(sums, (kinds[seen], of_year[seen]), values[seen])
    np.add.at(counts, (kinds[seen], of_year[seen]), 1)
    if not counts.sum(axis=1).all():
        raise ValueError(f"a step of the season of {season} has no value before {until}")
    near, near_counts = (
        sum(np.roll(of, shift, axis=1) for shift in range(-days, days + 1)) for of in (sums, counts)
    )
    of_kind = sums.sum(axis=1, keepdims=True) / counts.sum(axis=1, keepdims=True)
    usual = np.where(near_counts > 0, near / np.maximum(near_counts, 1), of_kind)
    asked = np.minimum(first[:, None] + np.arange(horizon), n - 1)
    forecast: Floats = usual[kinds[asked], of_year[asked]]
    return forecast


@dataclass(frozen=True)
class LinearForecaster:
    """A ridge regression from the whole window to every horizon at once.

    Parameters
    ----------
    model : sklearn.linear_model.Ridge
        Fitted.
    measured : int
        How many of the features are read at every step; of the others only the last. The calendar
        of the asked steps follows from that.
    known : int
        How many columns are known in advance; they are read at every asked step.
    """

    model: Ridge
    measured: int
    known: int = 0

    @classmethod
    def fit(
        cls, data: Prepared, penalties: Sequence[float] = PENALTIES
    ) -> tuple["LinearForecaster", float]:
        """Fit on the training windows; the penalty with the least validation error is taken.

        Returns
        -------
        tuple
            The model and its penalty.

        Raises
        ------
        ValueError
            If there is no penalty, or one, or its error, is not finite.
        """
        if (finite(penalties, "the penalties") < 0).any():
            raise ValueError(f"penalties {penalties}; expected 0 or more")
        best: tuple[float, float, LinearForecaster] | None = None
        flat = cls._flatten(data.train, data.measured, data.known)
        for penalty in penalties:
            found = cls(Ridge(alpha=penalty).fit(flat, data.train.y), data.measured, data.known)
            error = float(np.abs(found.predict(data.validation) - data.validation.y).mean())
            finite(error, f"the validation error of the penalty {penalty}")
            if best is None or error < best[0]:
                best = error, penalty, found
        if best is None:
            raise ValueError("no penalty was given; expected at least one")
        return best[2], best[1]

    @staticmethod
    def _flatten(part: Examples, measured: int, known: int) -> NDArray[np.float32]:
        columns = part.x[:, :, :measured].reshape(len(part.x), -1)
        coming = part.ahead[:, :, part.ahead.shape[2] - known :].reshape(len(part.x), -1)
        return np.hstack([columns, part.x[:, -1, measured:], coming])

    def predict(self, part: Examples) -> NDArray[np.float32]:
        """Return scaled forecasts, shape (examples, horizon)."""
        forecast: NDArray[np.float32] = self.model.predict(
            self._flatten(part, self.measured, self.known)
        )
        return forecast


class Smoothing(NamedTuple):
    """The four numbers of additive exponential smoothing with a damped trend, each in [0, 1].

    Parameters
    ----------
    level, trend, season : float
        How much of a surprise goes into each.
    damping : float
        What is left of the trend after a step.
    """

    level: float
    trend: float
    season: float
    damping: float


def fit_smoothing(values: Floats, season: int) -> Smoothing:
    """Choose the form on a stretch of training data, and estimate its numbers, with statsmodels.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Without gaps, at least two seasons and ten values.
    season : int
        At least 2.

    Returns
    -------
    Smoothing
        Of the additive forms without a trend, with one, and with a damped one, that with the least
        corrected information criterion of Akaike (Hyndman and Athanasopoulos 2021, section 8.6).
        Without a trend its share is 0.

    Raises
    ------
    ValueError
        If values are missing or too few, or all are the same.
    """
    finite(values, "the values", what_to_do="Leave missing ones out.")
    values = with_squares(values, "the values")
    whole(season, "season")
    if values.ndim != 1 or season < 2 or len(values) < max(2 * season, 10 + season):
        raise ValueError(
            f"values of the shape {values.shape}, season {season}; expected "
            "one row, two seasons of at least 2, and ten values more than one season"
        )
    if negligible(np.ptp(values), values):
        raise ValueError(f"all values are {values[0]}: there is nothing to smooth")
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # brings pandas; only here

    def fitted(trend: str | None, damped: bool) -> Any:
        form = {"trend": trend, "damped_trend": damped, "seasonal": "add"}
        model = ETSModel(values, **form, seasonal_periods=season, initialization_method="heuristic")
        return model.fit(disp=False)

    forms = [fitted(None, False), fitted("add", False), fitted("add", True)]
    best = min(forms, key=lambda form: float(form.aicc))
    found = dict(zip(best.model.param_names, best.params, strict=True))
    level, season_share = found["smoothing_level"], found["smoothing_seasonal"]
    # statsmodels gives the share of the surprise; ours is that of the change of the level.
    trend = found.get("smoothing_trend", 0.0) / max(level, np.finfo(float).tiny)
    damping = found.get("damping_trend", 1.0)
    estimates = finite([level, min(trend, 1.0), season_share, damping], "the estimates")
    return Smoothing(*(float(one) for one in estimates))


def smooth(
    values: Floats, season: int, by: Smoothing, origins: NDArray[np.int64], horizon: int
) -> Floats:
    r"""Run along a series once and forecast at each origin from what lies before it.

    Parameters
    ----------
    values : ndarray, shape (n,)
        The whole series; at a missing value the forecast of it stands in.
    season : int
    by : Smoothing
    origins : ndarray of int, shape (examples,)
        Ascending, from two seasons to n.
    horizon : int

    Returns
    -------
    ndarray, shape (examples, horizon)

    Raises
    ------
    ValueError
        If the origins are not such, a value is infinite, the whole first season is missing, or a
        number of `by` is not in [0, 1].

    Notes
    -----
    Holt-Winters, additive (Winters 1960), with damped trend, as in Hyndman and Athanasopoulos
    (2021), section 8.3. With :math:`f_t = l_{t-1} + \phi b_{t-1}`:

    .. math::
        l_t &= f_t + \alpha (y_t - s_{t-m} - f_t) \\
        b_t &= \phi b_{t-1} + \beta (l_t - l_{t-1} - \phi b_{t-1}) \\
        s_t &= s_{t-m} + \gamma (y_t - f_t - s_{t-m})

    Examples
    --------
    >>> wave = np.tile([1.0, 2.0, 3.0], 5)
    >>> smooth(wave, 3, Smoothing(0.5, 0.1, 0.1, 0.9), np.array([9]), 4).round(6).tolist()
    [[1.0, 2.0, 3.0, 1.0]]
    """
    values, places = measured(values, "the values"), finite(origins, "the origins")
    finite(by, "the numbers of smoothing")
    whole(season, "season")
    whole(horizon, "horizon")
    if min(by) < 0 or max(by) > 1 or values.ndim != 1:
        raise ValueError(
            f"{by}, values of the shape {values.shape}; expected each in [0, 1], and one row"
        )
    if (
        places.ndim != 1
        or len(places) == 0
        or (np.diff(places) <= 0).any()
        or places[0] < 2 * season
    ):
        raise ValueError("the origins must ascend and leave two seasons before the first one")
    if places[-1] > len(values):
        raise ValueError(f"the last origin is {places[-1]}, behind the {len(values)} values")
    if np.isnan(values[:season]).all():
        raise ValueError(f"the first season, {season} values, is missing; begin with a later one")
    start = np.where(np.isnan(values[:season]), np.nanmean(values[:season]), values[:season])
    level, trend, seasons = float(start.mean()), 0.0, (start - start.mean()).tolist()
    steps = np.arange(1, horizon + 1)
    reach = np.cumsum(by.damping**steps)
    forecasts, next_one = np.empty((len(places), horizon)), 0
    for t in range(season, int(places[-1]) + 1):
        if t == places[next_one]:
            ahead = np.array(seasons)[(t + steps - 1) % season]
            forecasts[next_one] = level + reach * trend + ahead
            next_one += 1
            if next_one == len(places):
                break
        flat, of_season = level + by.damping * trend, seasons[t % season]
        value = values[t]
        if np.isnan(value):
            value = flat + of_season
        before = level
        level = flat + by.level * (value - of_season - flat)
        trend = by.damping * trend + by.trend * (level - before - by.damping * trend)
        seasons[t % season] = of_season + by.season * (value - flat - of_season)
    return forecasts
