"""Is one forecast really better than another? The test of Diebold and Mariano, and an interval."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from gru_course.course.checked import finite, negligible, share, whole, with_squares

_FEWEST = 10


class DieboldMariano(NamedTuple):
    """What the test found.

    Parameters
    ----------
    difference : float
        Mean loss of the first forecast less that of the second; negative if the first is better.
    statistic : float
        The difference in its standard errors, with the correction for few forecasts.
    p_value : float
        Probability of a statistic at least as extreme if the two were equally good.
    lags : int
        Over how many steps the differences were allowed to depend on each other.
    """

    difference: float
    statistic: float
    p_value: float
    lags: int


def long_run_variance(values: ArrayLike, lags: int) -> float:
    r"""Estimate the variance of a mean times n, when neighbours depend on each other.

    Parameters
    ----------
    values : array, shape (n,)
    lags : int
        From 0 to n - 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the values are not one row of finite numbers or the lags are out of range.

    Notes
    -----
    :math:`\gamma_0 + 2 \sum_{k=1}^{L} (1 - k/(L+1))\,\gamma_k`, which is never negative
    (Newey and West 1987).

    Examples
    --------
    >>> long_run_variance([1.0, -1.0, 1.0, -1.0], lags=0)
    1.0
    >>> long_run_variance([1.0, -1.0, 1.0, -1.0], lags=1)
    0.25
    """
    x = with_squares(values, "the values")
    whole(lags, "lags", least=0)
    if x.ndim != 1 or lags >= len(x):
        raise ValueError(
            f"values of shape {x.shape} and {lags} lags; expected one row, and from 0 lags to one "
            "fewer than values"
        )
    x = x - x.mean()
    covariances = [float(x[k:] @ x[: len(x) - k]) / len(x) for k in range(lags + 1)]
    weights = [1 - k / (lags + 1) for k in range(1, lags + 1)]
    return covariances[0] + 2 * float(np.dot(weights, covariances[1:]))


def diebold_mariano(
    first: ArrayLike,
    second: ArrayLike,
    horizon: int = 1,
    lags: int | None = None,
    alternative: str = "two-sided",
) -> DieboldMariano:
    r"""Test whether two forecasts of the same values differ in their mean loss.

    Parameters
    ----------
    first, second : array, shape (n,)
        Loss of each forecast, in the order of time, for example squared errors.
    horizon : int
        How many steps from one origin's last asked value back to the origin: 1 for one step ahead.
        With origins several steps apart, count in origins.
    lags : int or None
        None for the greater of ``2 * (horizon - 1)`` and the rule ``4 * (n / 100) ** (2 / 9)``.
    alternative : str
        'two-sided', or 'less': the first has the smaller loss.

    Returns
    -------
    DieboldMariano

    Raises
    ------
    ValueError
        If the losses do not fit together, are too few or not finite, or differ by nothing or by
        the same up to rounding.

    Notes
    -----
    Diebold and Mariano (1995) divide the mean difference by its standard error. Harvey, Leybourne
    and Newbold (1997) shrink the statistic by
    :math:`\sqrt{(n + 1 - 2h + h(h-1)/n)/n}` and compare it with Student's t with
    :math:`n - 1` degrees of freedom. The variance is that of :func:`long_run_variance`, in place
    of the truncated sum of the papers, which can be negative.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise, more = rng.normal(size=(2, 200))
    >>> diebold_mariano(noise**2, (2 * more) ** 2).p_value < 0.001
    True
    >>> diebold_mariano(noise**2, more**2).p_value > 0.05
    True
    """
    a, b = (np.asarray(finite(of, "the losses"), dtype=np.float64) for of in (first, second))
    if a.shape != b.shape or a.ndim != 1 or len(a) < _FEWEST:
        raise ValueError(
            f"losses of shapes {a.shape} and {b.shape}; expected twice the same (n,) with n at "
            f"least {_FEWEST}"
        )
    if alternative not in ("two-sided", "less"):
        raise ValueError(f"alternative is {alternative!r}; expected 'two-sided' or 'less'")
    n = len(a)
    whole(horizon, "horizon")
    if not 1 <= horizon < n / 2:
        raise ValueError(f"horizon is {horizon}; expected 1 to less than half of the {n} losses")
    if lags is None:
        lags = min(n - 1, max(2 * (horizon - 1), int(4 * (n / 100) ** (2 / 9))))
    d = a - b
    variance = long_run_variance(d, lags)
    if variance <= 0 or negligible(np.ptp(d), [a, b]):
        raise ValueError("the losses differ by a constant or not at all; there is nothing to test")
    shrink = np.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    statistic = float(shrink * d.mean() / np.sqrt(variance / n))
    tail = stats.t.cdf(statistic, n - 1)
    p_value = float(tail if alternative == "less" else 2 * min(tail, 1 - tail))
    return DieboldMariano(float(d.mean()), statistic, p_value, lags)


class ClarkWest(NamedTuple):
    """What the test found.

    Parameters
    ----------
    gain : float
        Mean squared error of the small model less that of the large one, corrected for the noise
        that the large one's estimates add.
    statistic : float
        The gain in its standard errors.
    p_value : float
        Probability of a statistic at least as large if the large model had nothing to add.
    """

    gain: float
    statistic: float
    p_value: float


def clark_west(
    truth: ArrayLike, small: ArrayLike, large: ArrayLike, lags: int | None = None
) -> ClarkWest:
    r"""Test whether a model has something to add to one that it contains as a special case.

    Parameters
    ----------
    truth : array, shape (n,)
    small : array, shape (n,)
        Forecasts of the special case, such as "no change".
    large : array, shape (n,)
        Forecasts of the model that contains it.
    lags : int or None
        Over how many steps the differences may depend on each other; None for the rule
        ``4 * (n / 100) ** (2 / 9)``.

    Returns
    -------
    ClarkWest
        One-sided.

    Raises
    ------
    ValueError
        If the numbers do not fit together, are too few or not finite, or the two forecasts are the
        same.

    Notes
    -----
    Clark and West (2007). The larger model pays for estimating what is nothing, so its error is
    expected to be larger even where it is right to look: by the mean of
    :math:`(\hat y_1 - \hat y_2)^2`, which is taken off before the test.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise, seen = rng.normal(size=(2, 500))
    >>> clark_west(noise + 0.3 * seen, np.zeros(500), 0.3 * seen).p_value < 0.001
    True
    >>> clark_west(noise, np.zeros(500), 0.3 * seen).p_value > 0.05
    True
    """
    y, one, two = (
        np.asarray(with_squares(of, "truth and forecasts"), np.float64)
        for of in (truth, small, large)
    )
    if not y.shape == one.shape == two.shape or y.ndim != 1 or len(y) < _FEWEST:
        raise ValueError(
            f"shapes {y.shape}, {one.shape}, {two.shape}; expected three times the same (n,) with "
            f"n at least {_FEWEST}"
        )
    gain = (y - one) ** 2 - ((y - two) ** 2 - (one - two) ** 2)
    if negligible(np.ptp(one - two), [one, two]) and negligible(np.abs(one - two).max(), [one]):
        raise ValueError("both forecasts are the same; there is nothing to test")
    n = len(y)
    lags = min(n - 1, int(4 * (n / 100) ** (2 / 9))) if lags is None else lags
    variance = long_run_variance(gain, lags)
    if variance <= 0:
        raise ValueError("the gain is the same on every day; there is nothing to test")
    statistic = float(gain.mean() / np.sqrt(variance / n))
    return ClarkWest(float(gain.mean()), statistic, float(stats.norm.sf(statistic)))


class RatioInterval(NamedTuple):
    """A ratio of two mean losses, and where it may lie.

    Parameters
    ----------
    ratio : float
        Mean loss of the first forecast over that of the second; below 1 if the first is better.
    low, high : float
        Ends of the bootstrap interval.
    """

    ratio: float
    low: float
    high: float


def ratio_interval(
    first: ArrayLike, second: ArrayLike, block: int, level: float = 0.95, draws: int = 2000,
    seed: int = 0,
) -> RatioInterval:  # fmt: skip
    """Find an interval for a ratio of mean losses by drawing blocks of neighbouring origins.

    Parameters
    ----------
    first : array, shape (seeds, n)
        Loss of the first forecast from each seed, in the order of time.
    second : array, shape (n,)
        Loss of the other one at the same origins.
    block : int
        How many neighbouring origins are drawn together: at least as many as depend on each other.
    level : float
        The share of the draws that lie inside.
    draws : int
        How often blocks are drawn.
    seed : int
        Of the drawing.

    Returns
    -------
    RatioInterval

    Raises
    ------
    ValueError
        If the losses do not fit together or are not finite, all of the second are 0, or the block
        is not shorter than half of them.

    Notes
    -----
    The circular block bootstrap (Politis and Romano 1992). Seeds are drawn, too, so that the
    interval allows for both chances. It says nothing about other stretches of history.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = ratio_interval(rng.uniform(size=(5, 400)), 2 * rng.uniform(size=400), block=20)
    >>> found.low < 0.5 < found.high
    True
    """
    a = np.atleast_2d(np.asarray(finite(first, "the losses"), dtype=np.float64))
    b = np.asarray(finite(second, "the losses"), dtype=np.float64)
    whole(block, "block")
    whole(draws, "draws", least=100)
    share(level, "level")
    if (
        b.ndim != 1
        or a.shape[1:] != b.shape
        or not 1 <= block < len(b) / 2
        or not b.any()
        or not a.size
    ):
        raise ValueError(
            f"losses of shapes {a.shape} and {b.shape} and blocks of {block}; expected (seeds, n) "
            "and (n,), blocks below half of n, and second losses that are not all 0"
        )
    rng, n = np.random.default_rng(seed), len(b)
    starts = rng.integers(n, size=(draws, -(-n // block)))
    places = ((starts[..., None] + np.arange(block)) % n).reshape(draws, -1)[:, :n]
    seeds = rng.integers(len(a), size=(draws, len(a)))
    means = np.stack([of_seed[places].mean(axis=1) for of_seed in a])  # (seeds, draws)
    drawn = means[seeds.T, np.arange(draws)].mean(axis=0) / b[places].mean(axis=1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return RatioInterval(float(a.mean() / b.mean()), float(low), float(high))
