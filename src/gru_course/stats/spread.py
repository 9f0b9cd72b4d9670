"""How far apart the means of a few runs must be before it is more than chance."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from gru_course.course.checked import share, whole, with_squares


def pooled_deviation(groups: Sequence[ArrayLike]) -> tuple[float, int]:
    """Estimate one standard deviation over seeds from many settings with few seeds each.

    Three seeds say little about their own spread. If the spread is about the same for all
    settings, twenty settings together say a lot.

    Parameters
    ----------
    groups : sequence of array_like
        Results of each setting, one per seed.

    Returns
    -------
    deviation : float
        Square root of the variance within the settings.
    freedom : int
        Its degrees of freedom: results less settings.

    Raises
    ------
    ValueError
        If no setting has two results, one has none, or a result is not finite.

    Examples
    --------
    >>> pooled_deviation([[1.0, 3.0], [11.0, 13.0]])
    (1.4142135623730951, 2)
    """
    arrays = [with_squares(group, f"the results of setting {n}") for n, group in enumerate(groups)]
    for n, group in enumerate(arrays):
        if group.ndim != 1 or not len(group):
            raise ValueError(
                f"setting {n} has the shape {group.shape}; expected one result or more"
            )
    freedom = sum(len(group) - 1 for group in arrays)
    if freedom < 1:
        raise ValueError("no setting has two results, so nothing can be said about their spread")
    total = sum(float(((group - group.mean()) ** 2).sum()) for group in arrays)
    return float(np.sqrt(total / freedom)), freedom


def chance_difference(
    groups: Sequence[ArrayLike], runs: int, *, comparisons: int = 1, confidence: float = 0.95
) -> float:
    """Return how large a difference of two means may be by chance.

    Parameters
    ----------
    groups : sequence of array_like
        As for :func:`pooled_deviation`.
    runs : int
        Seeds in each of the two means.
    comparisons : int
        How many settings are compared with the same base. With that confidence *none* of them
        is farther from it by chance (Bonferroni).
    confidence : float
        Probability that chance stays below.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As `pooled_deviation`, or if a number is below 1 or the confidence no share.

    Examples
    --------
    >>> results = [[0.84, 0.85, 0.86]] * 10
    >>> one, twenty = (chance_difference(results, 3, comparisons=n) for n in (1, 20))
    >>> round(one, 4), round(twenty, 4)
    (0.017, 0.0282)
    """
    share(confidence, "confidence")
    whole(runs, "runs")
    whole(comparisons, "comparisons")
    deviation, freedom = pooled_deviation(groups)
    quantile = 1 - (1 - confidence) / (2 * comparisons)
    return float(stats.t.ppf(quantile, freedom)) * deviation * float(np.sqrt(2 / runs))
