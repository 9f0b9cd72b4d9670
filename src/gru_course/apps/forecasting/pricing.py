"""Forecasts of tomorrow's price: an honest way, and two ways to fool oneself."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from sklearn.neighbors import KDTree

from gru_course.apps.forecasting.learn import train
from gru_course.apps.forecasting.model import ForecasterConfig
from gru_course.apps.forecasting.task import Floats, ForecastTask, Prepared, prepare
from gru_course.course.checked import finite, measured, negligible, whole
from gru_course.data.series import Series, series_windows
from gru_course.training.fitting import Recipe


class Tomorrow(NamedTuple):
    """Forecasts of the test part, one for each day.

    Parameters
    ----------
    truth, said, today : ndarray, shape (days,)
        Logarithm of the price that came, of the one that was forecast, and of the last known one,
        which is the naive forecast.
    """

    truth: Floats
    said: Floats
    today: Floats


def tomorrow(prices: Series, history: int = 20, seed: int = 0, epochs: int = 12) -> Tomorrow:
    """Train a small GRU to forecast the next price, split by time, and ask it once.

    Parameters
    ----------
    prices : Series
        With the column "price", NaN where it is missing.
    history : int
        How many days it reads.
    seed : int
        Of the weights.
    epochs : int
        Passes over the training part; validation chooses the best.

    Returns
    -------
    Tomorrow
        Of the last fifth of the days, without those after a missing one. The network answers with
        the *change* from today.

    Raises
    ------
    ValueError
        If a price is not above 0, or there are too few of them.
    """
    whole(epochs, "epochs")
    _check_prices(prices)
    logarithms = np.log(prices.values)
    # A change is a hundredth of the spread of the levels: without a column of its own it is lost.
    changes = np.diff(logarithms, axis=0, prepend=np.nan)
    both = replace(prices, values=np.hstack([logarithms, changes]), names=("price", "change"))
    task = ForecastTask(both, "price", history, horizon=1, season=1)
    data: Prepared = prepare(task)
    recipe = Recipe(epochs, 64, 0.005, decay=True, weight_decay=0.01)
    config = ForecasterConfig(history, 1, 1, units=8)
    model, _ = train(data, config, recipe, seed)
    # Called, not predicted: predict is compiled for each model, and there are many small ones.
    answers = np.sort(np.asarray(model(data.test.x, training=False)), axis=-1)
    said = data.in_unit(answers, data.test)[:, 0, 1]
    return Tomorrow(data.test.truth[:, 0], said, data.test.past[:, -1])


def neighbours_error(values: Floats, shuffled: bool, history: int = 60, seed: int = 0) -> float:
    """Forecast each test value as the mean answer of the two most similar training windows.

    Parameters
    ----------
    values : ndarray, shape (n,)
    shuffled : bool
        Whether windows are dealt out to training and test at random. If not, the last fifth is
        the test part.
    history : int
        Values in a window; the longer, the surer the nearest windows are the ones a day apart.
    seed : int
        Of the dealing.

    Returns
    -------
    float
        Mean absolute error over that of the naive forecast: below 1 is better than naive.

    Raises
    ------
    ValueError
        If there are fewer than ten windows, or the test values do not change.

    Examples
    --------
    >>> walk = np.random.default_rng(0).normal(size=1000).cumsum()
    >>> neighbours_error(walk, shuffled=True) < 1 < neighbours_error(walk, shuffled=False)
    True
    """
    values = measured(values, "the values")
    if values.ndim != 1:
        raise ValueError(f"values of the shape {values.shape}; expected one row")
    cut = series_windows(values[:, None], history, 1)
    x, y = cut.x[..., 0], cut.y[:, 0, 0]
    if len(x) < 10:
        raise ValueError(f"{len(x)} windows of {history} values and one more; expected at least 10")
    order = np.random.default_rng(seed).permutation(len(x)) if shuffled else np.arange(len(x))
    known, asked = np.split(order, [len(x) * 4 // 5])
    nearest = KDTree(x[known]).query(x[asked], k=2, return_distance=False)
    said = y[known][nearest].mean(axis=1)
    return _over_naive(said, y[asked], x[asked, -1])


def smoothed(values: Floats, width: int = 5) -> Floats:
    """Return a *centred* moving average: each value knows the days after it.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    width : int
        Of the window.

    Returns
    -------
    ndarray of float, shape (n - width + 1,)

    Raises
    ------
    ValueError
        If a value is not finite, or there are not as many as `width`, at least 1.

    Examples
    --------
    >>> smoothed(np.array([0.0, 0.0, 3.0, 0.0, 0.0]), width=3).tolist()
    [1.0, 1.0, 1.0]
    """
    values = finite(values, "the values")
    whole(width, "width")
    if values.ndim != 1 or width > len(values):
        raise ValueError(
            f"values of the shape {values.shape}, width {width}; expected 1 to as many"
        )
    return np.convolve(values, np.full(width, 1 / width), mode="valid")


def line_error(values: Floats) -> float:
    """Forecast each value by going on in a straight line through the last two.

    Parameters
    ----------
    values : ndarray of float, shape (n,)

    Returns
    -------
    float
        Mean absolute error over that of the naive forecast.

    Raises
    ------
    ValueError
        If a value is not finite, there are fewer than three, or they do not change.

    Examples
    --------
    >>> line_error(np.arange(10.0) + np.array([0.0, 0.1] * 5)) < 1
    True
    """
    values = np.asarray(finite(values, "the values"), np.float64)
    if values.ndim != 1 or len(values) < 3:
        raise ValueError(f"values of the shape {values.shape}; expected one row of at least 3")
    said = 2 * values[1:-1] - values[:-2]
    return _over_naive(said, values[2:], values[1:-1])


def _over_naive(said: Floats, truth: Floats, naive: Floats) -> float:
    """Return the mean absolute error over that of the naive forecast, if this one errs at all."""
    error = np.abs(naive - truth).mean()
    if negligible(error, truth):
        raise ValueError(
            f"the {len(truth)} values asked for do not change, so the naive forecast makes no "
            "error to compare with; give a series that moves"
        )
    return float(np.abs(said - truth).mean() / error)


def _check_prices(prices: Series) -> None:
    """Refuse prices that have no logarithm; missing ones may be."""
    values = prices.column("price")
    wrong = np.flatnonzero(values <= 0)
    if len(wrong):
        raise ValueError(
            f"{len(wrong)} of {len(values)} prices are not above 0, the first on "
            f"{prices.times[wrong[0]]}: {values[wrong[0]]}; expected prices that have a logarithm: "
            "make them NaN, which counts as missing"
        )
