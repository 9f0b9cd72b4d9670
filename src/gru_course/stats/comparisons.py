"""Which of many models differ from one: intervals, and tests corrected for their number."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from gru_course.course.checked import finite, negligible, share
from gru_course.stats.statistics import Interval


def welch_difference(
    a: ArrayLike, b: ArrayLike, *, other_error: float = 0.0, confidence: float = 0.95
) -> tuple[Interval, float]:
    """Difference of two means over seeds, with its interval and p-value (Welch's t-test).

    For models that share nothing but the data, so that their seeds form no pairs. The results of
    one model over seeds are taken to be roughly normal.

    Parameters
    ----------
    a, b : array_like
        Results of two models, one per seed, shapes ``(seeds_a,)`` and ``(seeds_b,)``. A single
        result is taken for that of a model without chance, such as a linear one fitted exactly.
    other_error : float
        Standard error of the difference from a second, independent source of chance, such as which
        test reviews were drawn. It widens the interval.
    confidence : float
        Probability that the interval covers the true difference.

    Returns
    -------
    interval : Interval
        Of ``mean(a) - mean(b)``.
    p_value : float
        Probability of a difference at least this large if there were none.

    Raises
    ------
    ValueError
        If a model has no result, a number is not finite, the confidence is no share, or nothing
        varies by more than rounding.

    Examples
    --------
    >>> (estimate, low, high), p = welch_difference([0.90, 0.92, 0.91], [0.84, 0.85, 0.86])
    >>> round(estimate, 3), round(low, 3), round(high, 3), p < 0.01
    (0.06, 0.037, 0.083, True)
    """
    share(confidence, "confidence")
    finite(other_error, "the other errors")
    a, b = (np.asarray(finite(of, "the results"), dtype=float) for of in (a, b))
    if not (a.ndim == b.ndim == 1 and a.size and b.size):
        raise ValueError(f"shapes {a.shape} and {b.shape}; expected one result per seed")
    seeded = [results for results in (a, b) if results.size > 1]
    parts = [results.var(ddof=1) / results.size for results in seeded]
    variance = sum(parts) + other_error**2
    if negligible(np.sqrt(variance), np.concatenate([a, b])):
        raise ValueError("no result varies, so nothing can be said about chance")
    # The other source is known well: it adds to the variance and takes no degrees of freedom.
    spread = sum(part**2 / (len(of) - 1) for part, of in zip(parts, seeded, strict=True))
    if not 0 < variance**2 < np.inf:
        raise ValueError(f"a variance of {variance}; give the results in another unit")
    freedom = variance**2 / spread if spread else np.inf
    estimate, error = float(a.mean() - b.mean()), float(np.sqrt(variance))
    half = float(stats.t.ppf((1 + confidence) / 2, freedom)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, freedom))
    return Interval(estimate, estimate - half, estimate + half), p_value


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number (Holm 1979).

    Among twenty comparisons one is below 0.05 by chance alone. After the adjustment, the chance
    that *any* of them is below 0.05 without a difference is at most 0.05.

    Parameters
    ----------
    p_values : sequence of float
        One per comparison, shape ``(n,)``.

    Returns
    -------
    list of float
        In the same order: the smallest times ``n``, the next times ``n - 1``, ..., none smaller
        than the one before it and none above 1.

    Raises
    ------
    ValueError
        If a value is not between 0 and 1.

    Examples
    --------
    >>> holm([0.01, 0.5, 0.04])
    [0.03, 0.5, 0.08]
    """
    values = np.asarray(p_values, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"p-values of the shape {values.shape}; expected one per comparison")
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise ValueError(f"p-values {list(p_values)} are not all between 0 and 1")
    order = np.argsort(values)
    scaled = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return [float(value) for value in adjusted]
