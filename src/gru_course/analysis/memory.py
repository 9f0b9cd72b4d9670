"""Reading trials of memory: how far a cell got, and which of its units holds a count."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def horizon(
    lengths: Sequence[int],
    scores: Sequence[Sequence[float]],
    passed: float,
    higher_is_better: bool = True,
) -> int:
    """Find the longest length at which the median seed passes.

    Parameters
    ----------
    lengths : sequence of int
        The lengths that were tried, shortest first.
    scores : sequence of sequences
        One score per seed, for each length.
    passed : float
        The score that passes.
    higher_is_better : bool
        False for errors.

    Returns
    -------
    int
        0 if not even the shortest length is passed. A length after the first failure does not
        count.

    Examples
    --------
    >>> horizon([10, 20, 40], [[1.0, 1.0, 0.9], [0.2, 0.95, 0.97], [0.1, 0.1, 0.1]], passed=0.9)
    20
    """
    found = 0
    for length, values in zip(lengths, scores, strict=True):
        median = float(np.median(values))
        if not (median >= passed if higher_is_better else median <= passed):
            break
        found = length
    return found


def counting_unit(states: ArrayLike, count: ArrayLike) -> int:
    """Find the unit whose state goes most nearly in step with a count.

    Parameters
    ----------
    states : array_like
        Shape ``(timesteps, units)``.
    count : array_like
        Shape ``(timesteps,)``.

    Returns
    -------
    int
        The unit with the largest correlation, of either sign; units that never change are
        left out.

    Examples
    --------
    >>> counting_unit([[0.0, 5.0], [0.2, 4.0], [0.1, 3.0]], count=[1, 2, 3])
    1
    """
    states, count = np.asarray(states, dtype=float), np.asarray(count, dtype=float)
    centred = states - states.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    length[length == 0] = np.inf
    return int(np.argmax(np.abs((count - count.mean()) @ centred) / length))
