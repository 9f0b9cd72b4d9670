"""Reading trials of memory: how far a cell got, and which of its units holds a count."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from gru_course.course.checked import finite, negligible


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

    Raises
    ------
    ValueError
        If the lengths do not ascend, there are not scores for each, or a number is not finite.

    Examples
    --------
    >>> horizon([10, 20, 40], [[1.0, 1.0, 0.9], [0.2, 0.95, 0.97], [0.1, 0.1, 0.1]], passed=0.9)
    20
    """
    finite(passed, "the score that passes", what_to_do="")
    if len(lengths) != len(scores) or (np.diff(finite(lengths, "the lengths")) <= 0).any():
        raise ValueError(
            f"lengths {list(lengths)[:9]} and {len(scores)} rows of scores; expected ascending "
            "lengths and a row for each"
        )
    if not all(finite(values, "the scores").size for values in scores):
        raise ValueError("a length has no score; expected one for each seed")
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

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or nothing changes.

    Examples
    --------
    >>> counting_unit([[0.0, 5.0], [0.2, 4.0], [0.1, 3.0]], count=[1, 2, 3])
    1
    """
    states, count = (
        finite(part, name).astype(float)
        for part, name in ((states, "the states"), (count, "the count"))
    )
    if states.ndim != 2 or not states.size or count.shape != states.shape[:1]:
        raise ValueError(
            f"states of shape {states.shape} and a count of shape {count.shape}; expected "
            "(timesteps, units) and (timesteps,)"
        )
    still = negligible(np.ptp(states, axis=0), states, axis=0)
    if np.all(still) or negligible(np.ptp(count), count):
        raise ValueError("no unit goes with the count: the states or the count never change")
    centred = states - states.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    length[still] = np.inf
    return int(np.argmax(np.abs((count - count.mean()) @ centred) / length))


def from_to(lengths: Sequence[int], scores: Sequence[Sequence[float]], length: int) -> str:
    """Say from which to which score the seeds got at one length.

    Parameters
    ----------
    lengths : sequence of int
        The lengths that were tried.
    scores : sequence of sequences
        One score per seed, for each length.
    length : int

    Returns
    -------
    str
        A dash if the length was not tried.

    Raises
    ------
    ValueError
        If there are not scores for each length, or one is not finite.

    Examples
    --------
    >>> from_to([10, 20], [[0.9, 1.0, 0.95], [0.5, 0.5, 0.5]], 10)
    '0.9 to 1'
    >>> from_to([10, 20], [[0.9, 1.0, 0.95], [0.5, 0.5, 0.5]], 20), from_to([], [], 20)
    ('0.5', '–')
    """
    if len(lengths) != len(scores):
        raise ValueError(f"scores for {len(scores)} lengths; expected {len(lengths)}")
    if length not in lengths:
        return "–"
    found = finite(scores[list(lengths).index(length)], "the scores")
    if not found.size:
        raise ValueError(f"no score at length {length}; expected one for each seed")
    ends = [f"{end:.3g}" for end in (found.min(), found.max())]
    return " to ".join(dict.fromkeys(ends))
