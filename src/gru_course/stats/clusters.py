"""How certain a figure is whose items hang together: turns of a dialogue, characters of a page."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gru_course.course.checked import finite, share, whole
from gru_course.stats.statistics import Interval

Sums = NDArray[np.floating]


def over_clusters(
    statistic: Callable[[Sums], Sums],
    counts: ArrayLike,
    *,
    confidence: float = 0.95,
    draws: int = 9_999,
    seed: int = 0,
) -> Interval:
    """Compute a figure from sums over clusters, with a bootstrap interval over whole clusters.

    Items of one cluster succeed and fail together, so counting each as independent would make the
    interval too narrow. Whole clusters are drawn with replacement instead (percentile bootstrap;
    Efron and Tibshirani 1993, Section 8.6).

    Parameters
    ----------
    statistic : callable
        From sums of the columns, shape ``(..., columns)``, to the figure, shape ``(...)``.
    counts : array_like, shape (clusters, columns)
        What each cluster adds to the sums, such as how many of its items are right and how many
        there are.
    confidence : float
        Probability that the interval covers the true figure.
    draws : int
        How often as many clusters are drawn as there are.
    seed : int
        Seed of the draws.

    Returns
    -------
    Interval
        The estimate is the figure of all clusters together.

    Raises
    ------
    ValueError
        If there are fewer than two clusters, a count or a figure is not finite, or the confidence
        is no share.

    Notes
    -----
    It says what other clusters from the same source would change. It knows nothing of the seeds of
    a training: give the mean over seeds, and their spread beside it.

    Examples
    --------
    Two dialogues, of which only the first was understood:

    >>> right_of_turns = [[4, 4], [0, 2]]
    >>> found = over_clusters(lambda sums: sums[..., 0] / sums[..., 1], right_of_turns)
    >>> [round(value, 2) for value in found]
    [0.67, 0.0, 1.0]
    """
    share(confidence, "confidence")
    whole(draws, "draws")
    table = np.asarray(finite(counts, "the counts"), dtype=float)
    if table.ndim != 2 or len(table) < 2:
        raise ValueError(f"counts of shape {table.shape}; expected (clusters, columns), 2 or more")
    number = len(table)
    times = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), draws)
    found = finite(statistic(times @ table), "the figures of the draws")
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(statistic(table.sum(axis=0))), float(low), float(high))
