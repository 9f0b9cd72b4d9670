"""Differences over seeds: how large, how certain."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from gru_course.course.checked import finite, share


class Interval(NamedTuple):
    """An estimate with the bounds of its confidence interval."""

    estimate: float
    low: float
    high: float


def mean_difference(
    a: ArrayLike, b: ArrayLike, *, confidence: float = 0.95, seed: int = 0
) -> Interval:
    """Mean of ``a - b`` over pairs, with a bootstrap interval.

    The pairs are drawn with replacement, again and again (percentile bootstrap). With the few
    pairs that seeds give, such an interval is a little too narrow; read :func:`p_value` beside it.

    Parameters
    ----------
    a, b : array_like
        Results of two models, shape ``(pairs,)``; entry ``i`` of both comes from the same seed.
    confidence : float
        Probability that the interval covers the true mean.
    seed : int
        Seed of the draws.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        If the two do not form at least two pairs of finite numbers, or the confidence is no share.

    Examples
    --------
    >>> estimate, low, high = mean_difference([0.9, 0.8, 0.9], [0.8, 0.8, 0.8])
    >>> round(estimate, 3), round(low, 3), round(high, 3)
    (0.067, 0.0, 0.1)
    """
    share(confidence, "confidence")
    differences = _differences(a, b)
    found = stats.bootstrap(
        (differences,),
        np.mean,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(np.mean(differences)), float(found.low), float(found.high))


def p_value(a: ArrayLike, b: ArrayLike) -> float:
    """Probability of a mean difference at least this large if the two did not differ.

    If it makes no difference which model is which, then each pair could as well carry the other
    sign. The test goes through all choices of signs (up to 9,999 of them) and needs no assumption
    about the distribution. With ``n`` pairs the smallest possible value is ``2 / 2**n``: five seeds
    cannot give less than 0.0625, so they can never be "significant" at 0.05.

    Parameters
    ----------
    a, b : array_like
        As for :func:`mean_difference`.

    Returns
    -------
    float
        Between 0 and 1, for differences in either direction.

    Raises
    ------
    ValueError
        If the two do not form at least two pairs of finite numbers.

    Examples
    --------
    >>> p_value([0.9, 0.8, 0.9, 0.7, 0.9], [0.8, 0.7, 0.8, 0.6, 0.8])
    0.0625
    """
    found = stats.permutation_test(
        (_differences(a, b),), np.mean, permutation_type="samples", rng=np.random.default_rng(0)
    )
    return float(found.pvalue)


def ratio_of_medians(
    a: ArrayLike, b: ArrayLike, *, confidence: float = 0.95, seed: int = 0
) -> Interval:
    """Median of ``a`` over median of ``b``, with a bootstrap interval over the rounds.

    Parameters
    ----------
    a, b : array_like
        Times of two calls, shape ``(rounds,)``, as :func:`gru_course.stats.timing.interleaved`
        returns them. Whole rounds are drawn, since a disturbance may slow both calls of a round.
    confidence : float
        Probability that the interval covers the true ratio.
    seed : int
        Seed of the draws.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        If the two do not form at least two pairs, or a time is not positive and finite, or the
        confidence is no share.

    Examples
    --------
    >>> ratio_of_medians([2.0, 2.0, 2.0], [1.0, 1.0, 1.0])
    Interval(estimate=2.0, low=2.0, high=2.0)
    """
    share(confidence, "confidence")
    a, b = _pairs(a, b)
    if min(a.min(), b.min()) <= 0:
        raise ValueError("times must be positive")

    def ratio(a: NDArray[np.floating], b: NDArray[np.floating], axis: int = -1) -> ArrayLike:
        quotient: ArrayLike = np.median(a, axis=axis) / np.median(b, axis=axis)
        return quotient

    found = stats.bootstrap(
        (a, b),
        ratio,
        paired=True,
        vectorized=True,
        confidence_level=confidence,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(np.median(a) / np.median(b)), float(found.low), float(found.high))


def _pairs(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    a, b = (np.asarray(finite(of, "the results"), dtype=float) for of in (a, b))
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2:
        raise ValueError(f"shapes {a.shape} and {b.shape}; expected at least two pairs, (n,)")
    return a, b


def _differences(a: ArrayLike, b: ArrayLike) -> NDArray[np.floating]:
    first, second = _pairs(a, b)
    # Equal differences that differ in their last bit would count as different in the test: for
    # results up to 1 all after the twelfth decimal is rounding, for larger ones it begins before.
    largest = max(np.abs(first).max(), np.abs(second).max(), np.finfo(float).tiny)
    return np.round(first - second, min(12 - int(np.ceil(np.log10(largest))), 300))
