"""Intervals around forecasts: making them honest, and measuring whether they are."""

from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from gru_course.apps.forecasting.task import Floats
from gru_course.course.checked import finite, share


def coverage(truth: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    """Measure the share of values inside their intervals, for each horizon.

    Parameters
    ----------
    truth, low, high : array, shape (examples, horizon)

    Returns
    -------
    ndarray, shape (horizon,)

    Raises
    ------
    ValueError
        If shapes differ, there are no examples, a number is not finite, or a lower end lies above
        an upper one.

    Examples
    --------
    >>> coverage([[1.0, 5.0], [2.0, 0.0]], [[0, 0], [0, 0]], [[3, 3], [3, 3]]).tolist()
    [1.0, 0.5]
    """
    y, lower, upper = _checked(truth, low, high)
    inside: Floats = ((lower <= y) & (y <= upper)).mean(axis=0)
    return inside


def conformal_margin(scores: ArrayLike, level: float) -> Floats:
    r"""Find the margin that enough held-out examples keep, for each horizon.

    Parameters
    ----------
    scores : array, shape (examples, horizon)
        How far each held-out value lies outside: absolute errors for a point forecast
        (split conformal, Lei et al. 2018), or :func:`outside` for intervals that are to be
        corrected (Romano et al. 2019).
    level : float
        The share that the intervals are meant to hold.

    Returns
    -------
    ndarray, shape (horizon,)
        The :math:`\lceil (n + 1)\,\text{level} \rceil`-th smallest score.

    Raises
    ------
    ValueError
        If there are too few examples for that level, or a score is not finite.

    Notes
    -----
    The promise, that a new value is covered with at least that probability, holds if held-out and
    new examples are exchangeable. In a series that drifts they are not: measure the coverage.

    Examples
    --------
    >>> conformal_margin(np.arange(1.0, 20.0)[:, None], level=0.9).tolist()
    [18.0]
    """
    share(level, "level")
    values = np.asarray(finite(scores, "the scores"), dtype=np.float64)
    n = len(values)
    rank = ceil(round((n + 1) * level, 9))
    if values.ndim != 2 or rank > n:
        raise ValueError(
            f"scores of shape {values.shape}; expected (examples, horizon), and for the level "
            f"{level} at least {ceil(round(level / (1 - level), 9))} examples"
        )
    margin: Floats = np.sort(values, axis=0)[rank - 1]
    return margin


def pinball(truth: ArrayLike, said: ArrayLike, quantiles: ArrayLike) -> float:
    """Return the mean quantile loss: the price of a band, too wide or too narrow or astray.

    Parameters
    ----------
    truth : array, shape (examples, horizon)
    said : array, shape (examples, horizon, quantiles)
    quantiles : array, shape (quantiles,)

    Returns
    -------
    float
        In the unit of the values; half of the absolute error for the median alone.

    Raises
    ------
    ValueError
        If shapes do not fit together, or a number is not finite.

    Examples
    --------
    >>> round(pinball([[10.0]], [[[8.0, 9.0]]], [0.05, 0.5]), 3)  # 2 too low, 1 too low
    0.3
    """
    y, q = (np.asarray(finite(of, "the true values"), np.float64) for of in (truth, said))
    levels = np.asarray(finite(quantiles, "the quantiles"), np.float64)
    if q.shape != (*y.shape, *levels.shape) or not y.size or levels.ndim != 1:
        raise ValueError(
            f"shapes {y.shape}, {q.shape}, {levels.shape}; expected (examples, horizon), the same "
            "with the quantiles behind, and the quantiles"
        )
    error = y[..., None] - q
    return float(np.maximum(levels * error, (levels - 1) * error).mean())


def outside(truth: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    """Measure how far values lie outside their intervals; negative for those inside.

    Examples
    --------
    >>> outside([[5.0, 1.0]], [[0.0, 0.0]], [[4.0, 4.0]]).tolist()
    [[1.0, -1.0]]
    """
    y, lower, upper = _checked(truth, low, high)
    return np.maximum(lower - y, y - upper)


def _checked(truth: ArrayLike, low: ArrayLike, high: ArrayLike) -> tuple[Floats, Floats, Floats]:
    named = (("the true values", truth), ("the lower ends", low), ("the upper ends", high))
    y, lower, upper = (np.asarray(finite(of, name), dtype=np.float64) for name, of in named)
    if not y.shape == lower.shape == upper.shape or y.ndim != 2 or not len(y):
        raise ValueError(
            f"shapes {y.shape}, {lower.shape}, {upper.shape}; expected three times the same "
            "(examples, horizon), and an example"
        )
    if (lower > upper).any():
        raise ValueError("a lower end lies above its upper end; sort the quantiles first")
    return y, lower, upper
