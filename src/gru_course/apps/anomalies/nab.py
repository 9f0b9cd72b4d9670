"""The score of the Numenta Anomaly Benchmark: alarms are worth more, the earlier they come.

After Lavin and Ahmad (2015), https://arxiv.org/abs/1510.03336, with the weights that the benchmark
publishes at https://github.com/numenta/NAB.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gru_course.course.checked import axes, finite, whole

PROBATION_SHARE, PROBATION_MOST = 0.15, 750
"""The start of a stream, in which a detector may learn and nothing counts."""


class Weights(NamedTuple):
    """What a profile of the benchmark finds important.

    Parameters
    ----------
    hit : float
        What an anomaly is worth that is found at the first possible moment.
    false_alarm : float
        What an alarm costs that is far from any anomaly.
    miss : float
        What an anomaly costs that is not found.
    """

    hit: float
    false_alarm: float
    miss: float


PROFILES: Mapping[str, Weights] = MappingProxyType(
    {
        "standard": Weights(hit=1.0, false_alarm=0.11, miss=1.0),
        "reward_low_FP_rate": Weights(hit=1.0, false_alarm=0.22, miss=1.0),
        "reward_low_FN_rate": Weights(hit=1.0, false_alarm=0.11, miss=2.0),
    }
)
"""The three profiles of the benchmark by name."""


@dataclass(frozen=True, eq=False)
class Stream:
    """What a detector made of one series.

    Parameters
    ----------
    scores : array_like of float, shape (n,)
        How anomalous each value is; the scale does not matter.
    windows : sequence of (int, int)
        First and last place of each anomaly window, in order and apart from each other.

    Raises
    ------
    ValueError
        If a score is not finite, or windows overlap or lie outside.

    Examples
    --------
    >>> Stream([0.1, 0.9, 0.2], [(1, 2)]).windows
    ((1, 2),)
    """

    scores: NDArray[np.float64]
    windows: Sequence[tuple[int, int]]

    def __init__(self, scores: ArrayLike, windows: Sequence[tuple[int, int]]) -> None:
        values = np.asarray(finite(scores, "the scores", what_to_do=_WITHOUT), dtype=np.float64)
        if values.ndim != 1:
            raise ValueError(
                f"The scores have the shape {values.shape}; expected one number for each time"
            )
        _check_windows(windows, len(values))
        object.__setattr__(self, "scores", values)
        object.__setattr__(self, "windows", tuple((int(a), int(b)) for a, b in windows))


_WITHOUT = (
    "Leave out the times without a measurement, of scores and windows alike; where there was one, "
    "look at what computed the score"
)


def _check_windows(windows: Sequence[tuple[int, int]], n: int) -> None:
    if any(np.shape(window) != (2,) for window in windows):
        raise ValueError(f"The windows are {list(windows)}; expected first and last place of each")
    edges = [edge for first, last in windows for edge in (first, last + 1)]
    if edges != sorted(edges) or (edges and (edges[0] < 0 or edges[-1] > n)):
        raise ValueError(
            f"The windows {list(windows)} overlap, are out of order or lie outside of "
            f"the {n} scores"
        )


@dataclass(frozen=True)
class NabResult:
    """How good the alarms are.

    Parameters
    ----------
    score : float
        100 for finding every anomaly at once without a false alarm, 0 for never an alarm, below
        0 for worse than that.
    threshold : float
        A score from which on an alarm is given.
    found, anomalies : int
        Anomaly windows with an alarm, and all of them.
    false_alarms : int
        Alarms outside of every window.
    """

    score: float
    threshold: float
    found: int
    anomalies: int
    false_alarms: int


def reward(position: ArrayLike) -> NDArray[np.float64]:
    """Return what an alarm is worth by its place relative to a window.

    Parameters
    ----------
    position : array_like of float
        -1 at the start of the window, 0 at its end, 1 one width after its end.

    Returns
    -------
    ndarray of float64
        2 / (1 + exp(5 position)) - 1: almost 1 at the start, 0 at the end, almost -1 one width
        later and exactly -1 more than three widths later.

    Raises
    ------
    ValueError
        If a position is not finite.

    Notes
    -----
    The scaled sigmoid of Lavin and Ahmad (2015) for a true positive worth 1 and a false one -1.

    Examples
    --------
    >>> reward([-1, -0.5, 0, 1, 4]).round(3).tolist()
    [0.987, 0.848, 0.0, -0.987, -1.0]
    """
    y = np.asarray(finite(position, "the positions"), dtype=np.float64)
    return np.where(y > 3, -1.0, 2 / (1 + np.exp(5 * np.minimum(y, 3))) - 1)


def probation(n: int) -> int:
    """Return how many values at the start of a stream do not count.

    Examples
    --------
    >>> probation(1_000), probation(22_683)
    (150, 750)
    """
    whole(n, "n", least=0)
    return min(int(PROBATION_SHARE * n), PROBATION_MOST)


def window_places(
    times: NDArray[np.datetime64], windows: Sequence[tuple[np.datetime64, np.datetime64]]
) -> tuple[tuple[int, int], ...]:
    """Return first and last place of each window among the times.

    Parameters
    ----------
    times : ndarray of datetime64, shape (n,)
        In order.
    windows : sequence of (datetime64, datetime64)
        Start and end, both within.

    Returns
    -------
    tuple of (int, int)
        Windows that hold none of the times are left out.

    Raises
    ------
    ValueError
        If the times are no row or do not ascend, or a window is no pair or ends before it starts,
        or a time is missing (NaT).

    Examples
    --------
    >>> times = np.arange("2024-01-01", "2024-01-10", dtype="datetime64[D]")
    >>> window_places(times, [(times[3], times[5])])
    ((3, 5),)
    """
    axes(times, "the times", "n")
    if any(np.shape(window) != (2,) for window in windows):
        raise ValueError(f"the windows are {list(windows)}; expected start and end of each")
    if not (times[1:] >= times[:-1]).all() or np.isnat(times).any():
        raise ValueError("the times do not ascend or one is missing; sort them, with their scores")
    for start, end in windows:
        if not start <= end:  # also if one is NaT
            raise ValueError(f"a window from {start} to {end}; expected a start before its end")
    if not windows:
        return ()
    firsts = np.searchsorted(times, [start for start, _ in windows], side="left")
    lasts = np.searchsorted(times, [end for _, end in windows], side="right") - 1
    pairs = zip(firsts.tolist(), lasts.tolist(), strict=True)
    return tuple((first, last) for first, last in pairs if first <= last)


def worth(n: int, windows: Sequence[tuple[int, int]], weights: Weights) -> NDArray[np.float64]:
    """Return what an alarm at each place would add, were it the only one.

    Parameters
    ----------
    n : int
        Length of the stream.
    windows : sequence of (int, int)
        As in `Stream`.
    weights : Weights

    Returns
    -------
    ndarray of float64, shape (n,)
        Within a window from `weights.hit` downwards; outside, a cost that grows with the distance
        from the window before. Before the first window the cost is the whole one.

    Raises
    ------
    ValueError
        If windows overlap or lie outside, or a weight is not finite.

    Examples
    --------
    >>> worth(8, [(2, 4)], PROFILES["standard"]).round(3).tolist()
    [-0.11, -0.11, 1.0, 0.944, 0.692, -0.093, -0.109, -0.11]
    """
    whole(n, "n", least=0)
    _check_windows(windows, n)
    finite(weights, "the weights")
    value = np.full(n, -weights.false_alarm)
    for first, last in windows:
        width = last - first + 1
        inside, after = np.arange(first, last + 1), np.arange(last + 1, n)
        value[inside] = weights.hit * reward((inside - last - 1) / width) / reward(-1)
        value[after] = weights.false_alarm * reward((after - last) / max(width - 1, 1))
    return value


def nab_score(streams: Sequence[Stream], threshold: float, profile: str = "standard") -> NabResult:
    """Return the score of alarms at and above one threshold, over all streams.

    Parameters
    ----------
    streams : sequence of Stream
        Of one detector.
    threshold : float
        The same for all streams; an infinite one gives never an alarm, or always one.
    profile : str
        A key of `PROFILES`.

    Returns
    -------
    NabResult

    Raises
    ------
    ValueError
        If there is no such profile, or no anomaly to find, or the threshold is NaN.

    Notes
    -----
    In each window the earliest alarm counts, a window without one costs `Weights.miss`, and every
    alarm outside of windows costs something. The sum is scaled so that never an alarm gives 0 and
    the perfect detector 100. The first `probation` values of a stream count for nothing.

    Examples
    --------
    >>> scores = np.zeros(100)
    >>> scores[50] = 1
    >>> nab_score([Stream(scores, [(50, 59)])], threshold=0.5).score
    100.0
    >>> nab_score([Stream(scores, [(50, 59)])], threshold=2).score
    0.0
    """
    if np.isnan(threshold):
        raise ValueError("the threshold is NaN; expected a number, or infinity for never an alarm")
    return _results(streams, profile, np.array([threshold], dtype=np.float64))[0]


def score_by_window(
    stream: Stream, threshold: float, profile: str = "standard"
) -> NDArray[np.float64]:
    """Return what each window adds to the score, with the false alarms up to the next window.

    Only one alarm of a window counts, so windows, not values, are what an interval of a score can
    be computed over.

    Parameters
    ----------
    stream : Stream
    threshold : float
    profile : str
        A key of `PROFILES`.

    Returns
    -------
    ndarray of float64, shape (windows,)
        Their mean is the score. False alarms before the first window count with it.

    Raises
    ------
    ValueError
        As for `nab_score`, or if a window lies within the start, in which nothing counts.

    Examples
    --------
    >>> scores = np.zeros(200)
    >>> scores[[50, 130, 190]] = 1
    >>> score_by_window(Stream(scores, [(50, 59), (100, 109)]), 0.5).round(1).tolist()
    [100.0, -11.0]
    """
    number = len(stream.windows)
    if nab_score([stream], threshold, profile).anomalies < number:
        raise ValueError(
            f"one of the windows {list(stream.windows)} ends within the first "
            f"{probation(len(stream.scores))} values, in which nothing counts; leave it out"
        )
    alarms = (stream.scores >= threshold).astype(float)
    places = np.arange(len(alarms))
    stretch = np.searchsorted([first for first, _ in stream.windows[1:]], places, side="right")
    # With all other stretches silent, whose windows add nothing.
    alone = [Stream(np.where(stretch == n, alarms, 0.0), stream.windows) for n in range(number)]
    return np.array([number * nab_score([one], 0.5, profile).score for one in alone])


def best_threshold(streams: Sequence[Stream], profile: str = "standard") -> NabResult:
    """Return the result at the threshold with the highest score.

    Parameters
    ----------
    streams : sequence of Stream
        Of one detector.
    profile : str
        A key of `PROFILES`.

    Returns
    -------
    NabResult

    Raises
    ------
    ValueError
        As for `nab_score`.

    Notes
    -----
    The benchmark does so for every detector, with the labels in hand, over all of its series. On
    one series with few windows, scores drawn at random can reach 30 or more in this way: choose
    the threshold on other series, or on an earlier part, and give `nab_score` that.

    Examples
    --------
    >>> scores = np.zeros(100)
    >>> scores[[30, 55]] = 0.4, 0.7
    >>> best_threshold([Stream(scores, [(50, 59)])]).threshold
    0.7
    """
    levels = np.unique(np.concatenate([[np.inf], *(stream.scores for stream in streams)]))
    # Of equally good ones the highest: the fewest alarms.
    return max(_results(streams, profile, levels[::-1]), key=lambda result: result.score)


def _results(
    streams: Sequence[Stream], profile: str, levels: NDArray[np.float64]
) -> list[NabResult]:
    """Return the result at each of the thresholds `levels`."""
    if profile not in PROFILES:
        raise ValueError(f"There is no profile {profile!r}, only {', '.join(PROFILES)}")
    weights = PROFILES[profile]
    total, found, false_alarms = (np.zeros(len(levels)) for _ in range(3))
    anomalies = 0
    for stream in streams:
        value = worth(len(stream.scores), stream.windows, weights)
        counts = np.arange(len(value)) >= probation(len(value))
        outside = counts.copy()
        for first, last in stream.windows:
            outside[first : last + 1] = False
            inside = np.arange(first, last + 1)[counts[first : last + 1]]
            if len(inside):
                anomalies += 1
                order, alarms = _descending(stream.scores[inside], levels)
                best = np.maximum.accumulate([-weights.miss, *value[inside][order]])
                total += best[alarms]
                found += alarms > 0
        order, alarms = _descending(stream.scores[outside], levels)
        total += np.cumsum([0.0, *value[outside][order]])[alarms]
        false_alarms += alarms
    if not anomalies:
        raise ValueError("No stream has an anomaly window after its start, so there is no score")
    null, perfect = -anomalies * weights.miss, anomalies * weights.hit
    rows = zip(total, levels, found, false_alarms, strict=True)
    return [
        NabResult(
            float(100 * (t - null) / (perfect - null)), float(level), int(f), anomalies, int(a)
        )
        for t, level, f, a in rows
    ]


def _descending(
    scores: NDArray[np.float64], levels: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the order of the scores from the highest down, and how many reach each level."""
    order = np.argsort(-scores, kind="stable")
    return order, np.searchsorted(-scores[order], -levels, side="right")
