"""How large the next change will be: a constant, an average that forgets, GARCH, and a GRU."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.signal import lfilter

from gru_course.apps.forecasting.task import Floats
from gru_course.course.checked import finite, negligible, whole, with_squares
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.training.checkpoints import check_trained

FORGETTING = 0.94
"""What RiskMetrics keeps of the variance from day to day (J.P. Morgan 1996)."""
_FEWEST = 100


def qlike(variances: ArrayLike, returns: ArrayLike) -> Floats:
    r"""Return the loss of each forecast variance, :math:`\log h_t + r_t^2 / h_t`.

    Parameters
    ----------
    variances : array, shape (n,)
        Forecast, above 0.
    returns : array, shape (n,)
        What came, as a distance from its mean.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If a variance is not above 0, a number is not finite, or there are not as many of both.

    Notes
    -----
    Twice the negative logarithm of a normal density, without its constant. A squared return is a
    noisy measure of a variance; this loss ranks forecasts the same by it as by the variance itself
    (Patton 2011). In another unit all losses move by the same constant.

    Examples
    --------
    >>> qlike([1.0, 4.0], [2.0, 2.0]).round(3).tolist()  # the second said what came
    [4.0, 2.386]
    """
    h, r = (np.asarray(finite(of, "variances and returns"), np.float64)
            for of in (variances, returns))  # fmt: skip
    if h.shape != r.shape or h.ndim != 1 or (h <= 0).any():
        raise ValueError(
            f"variances of the shape {h.shape} from {h.min(initial=1)} up, returns of the shape "
            f"{r.shape}; expected as many of both, and variances above 0"
        )
    return np.log(h) + r**2 / h


def ewma(returns: ArrayLike, start: float, keep: float = FORGETTING) -> Floats:
    r"""Forecast variances by a mean of past squares that forgets.

    Parameters
    ----------
    returns : array, shape (n,)
    start : float
        The first variance.
    keep : float
        How much of the variance stays from day to day, between 0 and 1.

    Returns
    -------
    ndarray, shape (n,)
        :math:`h_t = \lambda h_{t-1} + (1 - \lambda) r_{t-1}^2`: the value of a day knows the days
        before it only.

    Raises
    ------
    ValueError
        As `garch_variances`.

    Examples
    --------
    >>> ewma([2.0, 0.0, 0.0], start=1.0, keep=0.5).tolist()
    [1.0, 2.5, 1.25]
    """
    return garch_variances(returns, Garch(0.0, 1 - keep, 0.0, keep), start)


class Garch(NamedTuple):
    """The numbers of a GARCH(1, 1) process.

    Parameters
    ----------
    base : float
        What is added every day.
    news : float
        Share of the last square.
    bad_news : float
        Further share of the last square if the return was negative; 0 in the plain model.
    memory : float
        Share of the last variance.
    """

    base: float
    news: float
    bad_news: float
    memory: float


def garch_variances(returns: ArrayLike, by: Garch, start: float) -> Floats:
    r"""Run a GARCH process along returns.

    Parameters
    ----------
    returns : array, shape (n,)
        As distances from their mean.
    by : Garch
    start : float
        The first variance, above 0.

    Returns
    -------
    ndarray, shape (n,)
        :math:`h_t = \omega + (\alpha + \gamma [r_{t-1} < 0])\, r_{t-1}^2 + \beta h_{t-1}`
        (Bollerslev 1986; Glosten, Jagannathan and Runkle 1993).

    Raises
    ------
    ValueError
        If a number is not finite, a share lies outside of 0 to 1, or the start is not above 0.

    Examples
    --------
    >>> garch_variances([-2.0, 0.0], Garch(0.1, 0.1, 0.1, 0.8), start=1.0).round(2).tolist()
    [1.0, 1.7]
    """
    r = with_squares(returns, "the returns")
    finite(by, "the numbers of the process")
    finite(start, "the first variance")
    if r.ndim != 1 or start <= 0 or by.base < 0 or not 0 <= by.memory <= 1 or not 0 <= by.news <= 1:
        raise ValueError(
            f"returns of the shape {r.shape}, {by}, start {start}; expected one row, shares from 0 "
            "to 1, and a start above 0"
        )
    push = by.base + (by.news + by.bad_news * (r[:-1] < 0)) * r[:-1] ** 2
    h = lfilter([1.0], [1.0, -by.memory], push, zi=[by.memory * start])[0]
    variances: Floats = np.concatenate([[start], h])[: len(r)]
    return variances


def fit_garch(returns: ArrayLike, bad_news: bool = False) -> Garch:
    """Fit a GARCH(1, 1) process by greatest likelihood under normal surprises.

    Parameters
    ----------
    returns : array, shape (n,)
        Of the training part, as distances from their mean.
    bad_news : bool
        Whether falls may count more than rises (GJR-GARCH).

    Returns
    -------
    Garch

    Raises
    ------
    ValueError
        If there are fewer than a hundred returns, one is not finite, or all are the same.

    Notes
    -----
    The variance of the first day is that of all. A test holds the result to the published package
    arch on the S&P 500.

    Examples
    --------
    >>> from gru_course.apps.forecasting.market import made_up_prices
    >>> r = made_up_prices(3000).returns
    >>> by = fit_garch(r - r.mean())
    >>> bool(by.memory > 0.8 and by.news + by.memory < 1)
    True
    """
    r = with_squares(returns, "the returns")
    if r.ndim != 1 or len(r) < _FEWEST or negligible(np.ptp(r), r):
        raise ValueError(
            f"returns of the shape {r.shape} from {r.min(initial=0)} to {r.max(initial=0)}; "
            f"expected one row of at least {_FEWEST} that are not all the same"
        )
    variance = float(r.var())

    def process(numbers: Floats) -> Garch:
        """Map any numbers to shares that keep the process stationary."""
        base = variance * np.exp(numbers[0])
        parts = np.exp([*numbers[1:3], numbers[3] if bad_news else -np.inf, 0.0])
        memory, news, bad = parts[:3] / parts.sum()  # what is left is how fast it comes home
        return Garch(float(base), float(news), float(2 * bad), float(memory))

    def loss(numbers: Floats) -> float:
        h = garch_variances(r, process(numbers), variance)
        return float(np.mean(np.log(h) + r**2 / h))

    start = np.log([0.02, 0.9 / 0.02, 0.06 / 0.02, 0.02 / 0.02])
    found = minimize(loss, start, method="Nelder-Mead",
                     options={"maxiter": 4000, "xatol": 1e-5, "fatol": 1e-9})  # fmt: skip
    return process(found.x)


class VarianceWindows(NamedTuple):
    """What a GRU reads to say how large the next change will be.

    Parameters
    ----------
    x : ndarray of float32, shape (days, history, 2)
        Returns in deviations of the training part, and the logarithm of their squares.
    y : ndarray of float32, shape (days,)
        The square of the asked day over the anchor.
    anchor : ndarray of float64, shape (days,)
        The variance that the GRU corrects.
    """

    x: Floats
    y: Floats
    anchor: Floats


def variance_windows(
    returns: ArrayLike, anchor: ArrayLike, deviation: float, history: int, start: int, stop: int
) -> VarianceWindows:
    """Cut windows of returns for the days from `start` to before `stop`.

    Parameters
    ----------
    returns : array, shape (n,)
        As distances from their mean.
    anchor : array, shape (n,)
        A variance for each day, known the day before; above 0.
    deviation : float
        Of the training part.
    history : int
        How many days are read.
    start, stop : int
        The asked days; at least `history` days come before the first.

    Returns
    -------
    VarianceWindows

    Raises
    ------
    ValueError
        If a number is not finite, or the days lie outside the returns.

    Examples
    --------
    >>> r = np.array([1.0, -2.0, 3.0, 0.5])
    >>> cut = variance_windows(r, np.ones(4), deviation=1.0, history=2, start=2, stop=4)
    >>> cut.x[0, :, 0].tolist(), cut.y.tolist()
    ([1.0, -2.0], [9.0, 0.25])
    """
    r, h = (np.asarray(with_squares(of, name), np.float64)
            for of, name in ((returns, "the returns"), (anchor, "the anchor")))  # fmt: skip
    for name, count in (("history", history), ("start", start), ("stop", stop)):
        whole(count, name)
    if r.ndim != 1 or h.shape != r.shape or not history <= start < stop <= len(r):
        raise ValueError(
            f"days from {start} to {stop} and a history of {history}; expected days inside the "
            f"{r.shape} returns with as many before them, and anchors {h.shape} for all"
        )
    if not (h > 0).all() or not 0 < deviation < np.inf:
        raise ValueError("an anchor or the deviation is not above 0")
    scaled = r / deviation
    both = np.stack([scaled, np.log(scaled**2 + 1e-3)], axis=1)
    places = np.arange(start, stop)
    x = both[places[:, None] + np.arange(-history, 0)]
    y = r[places] ** 2 / h[places]
    with np.errstate(over="ignore"):
        x, y = x.astype(np.float32), y.astype(np.float32)
    for what in (x, y):
        finite(what, "the scaled windows", what_to_do="Returns are too far from the deviation.")
    return VarianceWindows(x, y, h[places])


@keras.saving.register_keras_serializable("gru_course")  # type: ignore[untyped-decorator]
def variance_loss(squares: Any, correction: Any) -> Any:
    """Return `qlike` for a square over the anchor, and the logarithm of a correction of it.

    Examples
    --------
    >>> ones = keras.ops.ones((1, 1))
    >>> float(variance_loss(ones, 0 * ones)[0])
    1.0
    """
    squares = keras.ops.reshape(squares, keras.ops.shape(correction))
    return keras.ops.mean(correction + squares * keras.ops.exp(-correction), axis=-1)


def train_variances(
    train: VarianceWindows, validation: VarianceWindows, seed: int, *, units: int = 8,
    epochs: int = 20,
) -> keras.Model:  # fmt: skip
    """Train a GRU that corrects an anchor; validation chooses the epoch.

    Parameters
    ----------
    train, validation : VarianceWindows
    seed : int
        Of the weights and the order.
    units, epochs : int

    Returns
    -------
    keras.Model
        From windows to the logarithm of a factor, (days, 1); 0 before any training.

    Raises
    ------
    Diverged
        If the training ends with weights that are no numbers.
    """
    keras.utils.set_random_seed(seed)
    window = keras.Input(train.x.shape[1:])
    state = keras.layers.Dropout(0.2)(FastGRU(units)(window))
    model = keras.Model(window, keras.layers.Dense(1, kernel_initializer="zeros")(state))
    rate = keras.optimizers.schedules.CosineDecay(0.003, epochs * -(-len(train.x) // 64))
    model.compile(keras.optimizers.Adam(rate, weight_decay=0.01), variance_loss, jit_compile=False)
    best = keras.callbacks.EarlyStopping("val_loss", patience=epochs, restore_best_weights=True)
    curves = model.fit(
        train.x, train.y, batch_size=64, epochs=epochs, verbose=0,
        validation_data=(validation.x, validation.y), validation_batch_size=1024,
        callbacks=[best, *fit_bar()],
    )  # fmt: skip
    check_trained(model, curves.history["val_loss"])
    return model


def forecast_variances(model: keras.Model, windows: VarianceWindows) -> Floats:
    """Return the variance of each asked day, shape (days,).

    Parameters
    ----------
    model : keras.Model
        From `train_variances`.
    windows : VarianceWindows

    Returns
    -------
    ndarray of float64

    Raises
    ------
    ValueError
        If the model gives no numbers.
    """
    factor = np.asarray(model.predict(windows.x, batch_size=1024, verbose=0)[:, 0], np.float64)
    finite(factor, "the corrections", what_to_do="Look at the model's weights.")
    variances: Floats = windows.anchor * np.exp(factor)
    return variances
