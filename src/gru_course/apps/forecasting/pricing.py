"""Forecasts of tomorrow's price: an honest way, and two ways to fool oneself."""

from typing import NamedTuple

import numpy as np
from sklearn.neighbors import KDTree

from gru_course.apps.forecasting.task import Floats
from gru_course.course.checked import finite, measured, negligible, whole
from gru_course.data.series import Windows, series_windows
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.training.checkpoints import check_trained

_FEWEST = 10


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


def tomorrow(
    prices: Floats, first: int | None = None, history: int = 20, seed: int = 0, epochs: int = 12
) -> Tomorrow:
    """Train a small GRU to forecast the next change, split by time, and ask it once.

    Parameters
    ----------
    prices : ndarray, shape (n,)
        Of the days in their order; NaN where one is missing.
    first : int or None
        Place of the first price of the test part; None for the last fifth. Of the days before it
        the last tenth is the validation part.
    history : int
        How many changes it reads.
    seed : int
        Of the weights.
    epochs : int
        Passes over the training part; validation chooses the best.

    Returns
    -------
    Tomorrow
        Of the test part, without the days after a missing price. The network answers with the
        *change* from today; before it is trained it says that there is none.

    Raises
    ------
    ValueError
        If a price is not above 0, there are too few of them, or they do not move.

    Notes
    -----
    The loss is the squared error, about which the tests of the lesson are, too. Changes are scaled
    by the training part.
    """
    whole(epochs, "epochs")
    levels = np.log(_checked_prices(prices))
    changes = np.diff(levels)  # changes[t] leads from price t to price t + 1
    first = len(levels) * 4 // 5 if first is None else first
    whole(first, "first")
    middle = first * 9 // 10
    deviation = np.nanstd(changes[: middle - 1]) if middle > 2 else 0.0
    if not deviation > 0 or negligible(deviation, changes[: middle - 1]):
        raise ValueError(
            f"the {middle} prices before the validation part do not move, so there is nothing to "
            "learn from; give a series that moves"
        )
    scaled = changes[:, None] / deviation

    def part(start: int, stop: int) -> Windows:
        cut = series_windows(scaled, history, 1, start, stop)
        if len(cut.origins) < _FEWEST:
            raise ValueError(
                f"only {len(cut.origins)} windows of {history} changes and one more from {start} "
                f"to {stop}; expected at least {_FEWEST}: give more prices or a shorter history"
            )
        return cut

    train, held = part(0, middle - 1), part(middle - 1, first - 1)
    test = part(first - 1, len(changes))
    keras.utils.set_random_seed(seed)
    window = keras.Input((history, 1))
    change = keras.layers.Dense(1, kernel_initializer="zeros")(FastGRU(8)(window))
    model = keras.Model(window, change)
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(train.x) // 64))
    model.compile(keras.optimizers.Adam(rate, weight_decay=0.01), "mse", jit_compile=False)
    best = keras.callbacks.EarlyStopping("val_loss", patience=epochs, restore_best_weights=True)
    curves = model.fit(
        train.x, train.y[:, 0], batch_size=64, epochs=epochs, verbose=0, callbacks=[best],
        validation_data=(held.x, held.y[:, 0]), validation_batch_size=1024,
    )  # fmt: skip
    check_trained(model, curves.history["val_loss"])
    # Called, not predicted: predict is compiled for each model, and there are many small ones.
    said = np.asarray(model(test.x.astype("float32"), training=False), np.float64)[:, 0]
    today = levels[test.origins]
    return Tomorrow(levels[test.origins + 1], today + deviation * said, today)


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


def _checked_prices(prices: Floats) -> Floats:
    """Return one row of prices; refuse those that have no logarithm, missing ones may be."""
    values = np.asarray(measured(prices, "the prices"), np.float64)
    if values.ndim != 1:
        raise ValueError(f"prices of the shape {values.shape}; expected one row, a price a day")
    wrong = np.flatnonzero(values <= 0)
    if len(wrong):
        raise ValueError(
            f"{len(wrong)} of {len(values)} prices are not above 0, the first at {wrong[0]}: "
            f"{values[wrong[0]]}; expected prices that have a logarithm: make them NaN, which "
            "counts as missing"
        )
    return values
