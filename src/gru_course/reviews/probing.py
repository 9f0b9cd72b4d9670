"""What came out of probes: who noticed the change, and who should not have."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gru_course.cells.layout import Array
from gru_course.course.checked import finite, share
from gru_course.reviews.probes import Probe
from gru_course.stats.statistics import Interval


class ProbeResult(NamedTuple):
    """What a model did at the pairs of one kind.

    Parameters
    ----------
    kind : str
    is_control : bool
        Whether the verdict of these pairs stays.
    pairs : int
        How many there are.
    noticed : Interval
        Share of pairs whose logit moved by the change in the direction that would turn the verdict
        round (or, for a contrast, in which the positive sentence has the higher logit). It should
        be 1 for probes; for controls there is no right direction, and half is by chance.
    flipped : Interval
        Share of pairs that the model gives two different verdicts, the first one being right. It
        should be 1 for probes and 0 for controls.
    """

    kind: str
    is_control: bool
    pairs: int
    noticed: Interval
    flipped: Interval

    @property
    def name(self) -> str:
        """Kind, and whether it is the control."""
        return f"{self.kind}, control" if self.is_control else self.kind

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> "ProbeResult":
        """Make a result again from the lists that JSON has made of it.

        Examples
        --------
        >>> share = Interval(0.5, 0.25, 0.75)
        >>> result = ProbeResult("negation", True, 2, share, share)
        >>> ProbeResult.from_json(["negation", True, 2, [0.5, 0.25, 0.75], [*share]]) == result
        True
        """
        kind, is_control, pairs, noticed, flipped = values
        return cls(kind, is_control, pairs, Interval(*noticed), Interval(*flipped))


def probe_results(
    probes: Sequence[Probe], logits: Array, *, confidence: float = 0.95
) -> list[ProbeResult]:
    """Judge the answers of a model, one kind of probe at a time.

    Parameters
    ----------
    probes : sequence of Probe
    logits : numpy.ndarray
        What the model says to both sentences of each, shape ``(probes, 2)``; positive for a
        positive verdict.
    confidence : float
        Probability that an interval covers the true share.

    Returns
    -------
    list of ProbeResult
        Kinds in the order of the probes, probes before controls.

    Raises
    ------
    ValueError
        If there is not a pair of logits for each probe, or one is not finite.

    Examples
    --------
    >>> probe = Probe("negation", "good", ("It is good.", "It is not good."), (1, 0))
    >>> (result,) = probe_results([probe], np.array([[2.0, 0.5]]))
    >>> result.noticed.estimate, result.flipped.estimate
    (1.0, 0.0)
    """
    if np.shape(logits) != (len(probes), 2):
        raise ValueError(f"logits have shape {np.shape(logits)}; expected ({len(probes)}, 2)")
    finite(logits, "the logits")
    first = np.array([1 if probe.labels[0] else -1 for probe in probes])
    towards = logits * first[:, np.newaxis]  # positive where the verdict is that of the first
    noticed = (towards[:, 0] > towards[:, 1]) + 0.5 * (towards[:, 0] == towards[:, 1])
    flipped = (towards[:, 0] > 0) & (towards[:, 1] < 0)
    results = []
    for kind in dict.fromkeys(probe.kind for probe in probes):
        for is_control in (False, True):
            chosen = [
                number
                for number, probe in enumerate(probes)
                if (probe.kind, probe.is_control) == (kind, is_control)
            ]
            if chosen:
                words = [probes[number].quality for number in chosen]
                good_or_bad = [probes[number].labels[0] for number in chosen]
                shares = (
                    share_by_group(right[chosen], words, good_or_bad, confidence=confidence)
                    for right in (noticed, flipped)
                )
                results.append(ProbeResult(kind, is_control, len(chosen), *shares))
    return results


def share_by_group(
    right: ArrayLike,
    groups: Sequence[str],
    strata: Sequence[int] | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Mean of outcomes that come in groups, with a bootstrap interval over the groups.

    Sentences made from the same word succeed and fail together. Drawing whole groups (percentile
    bootstrap) asks how the share would differ with other words; counting every sentence as
    independent would make the interval too narrow.

    Parameters
    ----------
    right : array_like
        Outcomes between 0 and 1, shape ``(n,)``.
    groups : sequence of str
        The group of each.
    strata : sequence of int, optional
        What was balanced on purpose, such as good and bad words; as many groups are drawn from
        each as there are.
    confidence : float
        Probability that the interval covers the true share.
    seed : int
        Seed of the draws.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        If there is no outcome, one is not between 0 and 1, or there is not a group for each.

    Examples
    --------
    >>> share_by_group([1, 1, 1, 0], ["good", "good", "good", "good"])
    Interval(estimate=0.75, low=0.75, high=0.75)
    """
    share(confidence, "confidence")
    right = finite(right, "the outcomes").astype(float)
    sizes_found = [len(groups), len(groups if strata is None else strata)]
    if right.ndim != 1 or not right.size or sizes_found != 2 * [len(right)]:
        raise ValueError(
            f"outcomes of shape {right.shape}, groups and strata of length {sizes_found}; expected "
            "as many of each, and at least one"
        )
    if right.min() < 0 or right.max() > 1:
        raise ValueError(f"outcomes from {right.min()} to {right.max()}; expected 0 to 1")
    stratum_of = np.zeros(len(right), dtype=int) if strata is None else np.asarray(strata)
    rng, total, size = np.random.default_rng(seed), np.zeros(9_999), np.zeros(9_999)
    for stratum in np.unique(stratum_of):
        members = np.flatnonzero(stratum_of == stratum)
        _, number = np.unique(np.array(groups)[members], return_inverse=True)
        totals, sizes = np.bincount(number, weights=right[members]), np.bincount(number)
        drawn = rng.integers(len(sizes), size=(len(total), len(sizes)))
        total += totals[drawn].sum(axis=1)
        size += sizes[drawn].sum(axis=1)
    low, high = np.quantile(total / size, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(right.mean()), float(low), float(high))
