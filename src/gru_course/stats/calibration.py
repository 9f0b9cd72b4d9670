"""Whether probabilities mean what they say, and which questions a model should not answer.

A model's *confidence* is the probability of the answer that it gives, 0.5 at least with two
labels. It is calibrated if, of all answers given with a confidence of 0.8, eight in ten are right.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from gru_course.course.checked import finite, share, whole
from gru_course.stats.statistics import Interval

Floats = NDArray[np.float64]
_SURE = 1e-7  # no probability is taken for certain, or its logarithm would be infinite


class Reliability(NamedTuple):
    """Answers sorted into bins by confidence; the empty bins are left out.

    Parameters
    ----------
    confidence, accuracy : numpy.ndarray
        Mean confidence and share of right answers in each bin, shape ``(bins,)``.
    answers : numpy.ndarray
        How many answers are in each bin.
    """

    confidence: Floats
    accuracy: Floats
    answers: NDArray[np.int64]

    @property
    def expected_error(self) -> float:
        """The expected calibration error, the mean gap of the bins weighted by their answers."""
        return float(np.average(np.abs(self.accuracy - self.confidence), weights=self.answers))


def reliability(probabilities: ArrayLike, labels: ArrayLike, bins: int = 10) -> Reliability:
    """Sort answers by confidence, and see how many of them are right.

    Parameters
    ----------
    probabilities : array_like
        Probability of label 1, shape ``(n,)``.
    labels : array_like
        0 or 1, shape ``(n,)``.
    bins : int
        Bins of equal width between a confidence of 0.5 and of 1 (Guo et al. 2017, Section 2).

    Returns
    -------
    Reliability

    Raises
    ------
    ValueError
        If probabilities or labels are not what is expected, or there is no bin.

    Examples
    --------
    >>> found = reliability([0.9, 0.9, 0.1, 0.1, 0.6], [1, 1, 0, 1, 1], bins=5)
    >>> found.confidence.tolist(), found.accuracy.tolist(), found.answers.tolist()
    ([0.6, 0.9], [1.0, 0.75], [1, 4])
    >>> round(found.expected_error, 2)
    0.2
    """
    p, y = _checked(probabilities, labels)
    whole(bins, "bins")
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == (y == 1)
    place = np.minimum((2 * (confidence - 0.5) * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    sums = (np.bincount(place, weights=values, minlength=bins) for values in (confidence, right))
    mean_confidence, accuracy = (total[count > 0] / count[count > 0] for total in sums)
    return Reliability(mean_confidence, accuracy, count[count > 0])


def cross_entropy(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Return the mean of minus the logarithm of the probability given to the true label.

    Examples
    --------
    >>> round(cross_entropy([0.5, 0.5], [0, 1]), 3)
    0.693
    """
    p, y = _checked(probabilities, labels)
    return float(-np.mean(np.log(np.clip(np.where(y == 1, p, 1 - p), _SURE, 1))))


def at_temperature(probabilities: ArrayLike, temperature: float) -> Floats:
    r"""Make probabilities bolder or more cautious without changing any answer.

    .. math::

       p' = \sigma\left(\frac{1}{\tau} \log \frac{p}{1 - p}\right)

    Parameters
    ----------
    probabilities : array_like
        Of label 1, shape ``(n,)``.
    temperature : float
        Above 1 draws them towards one half, below 1 towards 0 and 1.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``.

    Raises
    ------
    ValueError
        If the temperature is not above 0 and finite, or a probability not between 0 and 1.

    Examples
    --------
    >>> at_temperature([0.9, 0.5, 0.1], 2.0).round(2).tolist()
    [0.75, 0.5, 0.25]
    """
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature is {temperature}; expected more than 0")
    p = np.clip(_probabilities(probabilities), _SURE, 1 - _SURE)
    with np.errstate(over="ignore"):  # 1 / (1 + infinity) is 0, as it should be
        cooled: Floats = 1 / (1 + ((1 - p) / p) ** (1 / temperature))
    return cooled


def best_temperature(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Find the temperature with the lowest cross-entropy (Guo et al. 2017, Section 4.2).

    Parameters
    ----------
    probabilities, labels : array_like
        As for :func:`reliability`; of validation texts, since this is a choice.

    Returns
    -------
    float
        Between 0.05 and 20.

    Examples
    --------
    A model that says 0.9 and is right in three of four cases is too bold:

    >>> tau = best_temperature([0.9, 0.9, 0.9, 0.9], [1, 1, 1, 0])
    >>> round(tau, 2), at_temperature([0.9], tau).round(2).tolist()
    (2.0, [0.75])
    """
    p, y = _checked(probabilities, labels)

    def loss(log_temperature: float) -> float:
        return cross_entropy(at_temperature(p, float(np.exp(log_temperature))), y)

    bounds = (np.log(0.05), np.log(20))
    return float(np.exp(optimize.minimize_scalar(loss, bounds=bounds, method="bounded").x))


def risk_coverage(probabilities: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats]:
    """Return the accuracy if only the most confident answers are given.

    Parameters
    ----------
    probabilities, labels : array_like
        As for :func:`reliability`.

    Returns
    -------
    coverage : numpy.ndarray
        Share of the texts that get an answer, ascending to 1, shape ``(n,)``.
    risk : numpy.ndarray
        Share of wrong answers among them, shape ``(n,)``. Of equally confident answers the
        earlier come first.

    Examples
    --------
    >>> coverage, risk = risk_coverage([0.9, 0.2, 0.6, 0.55], [1, 0, 0, 1])
    >>> coverage.tolist(), risk.round(2).tolist()
    ([0.25, 0.5, 0.75, 1.0], [0.0, 0.0, 0.33, 0.25])
    """
    p, y = _checked(probabilities, labels)
    order = np.argsort(-np.abs(p - 0.5), kind="stable")
    wrong = ((p > 0.5) != (y == 1))[order]
    answered = np.arange(1, len(p) + 1)
    return answered / len(p), np.cumsum(wrong) / answered


def confidence_for(probabilities: ArrayLike, labels: ArrayLike, accuracy: float) -> float:
    """Find the lowest confidence above which the answers are right often enough.

    Parameters
    ----------
    probabilities, labels : array_like
        As for :func:`reliability`; of validation texts, since this is a choice.
    accuracy : float
        Share of right answers that is wanted, such as 0.95.

    Returns
    -------
    float
        Between 0.5 and 1: answer at this confidence or above, abstain below it. Answers of equal
        confidence are given together or not at all.

    Raises
    ------
    ValueError
        If no confidence is high enough, or the accuracy no share.

    Examples
    --------
    >>> confidence_for([0.9, 0.2, 0.6, 0.55], [1, 0, 0, 1], accuracy=0.9)
    0.8
    >>> confidence_for([0.9, 0.8, 0.8], [1, 1, 0], accuracy=0.9)
    0.9
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"accuracy is {accuracy}; expected from 0 to 1, such as 0.95")
    risk = risk_coverage(probabilities, labels)[1]
    p = np.asarray(probabilities, dtype=float)
    confidence = np.sort(np.maximum(p, 1 - p))[::-1]
    last_of_its_kind = np.append(confidence[1:] != confidence[:-1], True)
    enough = np.flatnonzero(last_of_its_kind & (1 - risk >= accuracy))
    if not len(enough):
        raise ValueError(
            f"no answers are right in {accuracy:.0%} of the cases, however few are given; "
            f"the most that can be asked for is {1 - risk[last_of_its_kind].min():.3f}"
        )
    return float(confidence[enough[-1]])


class Answered(NamedTuple):
    """What comes of answering only where the model is confident."""

    share: float
    accuracy: float


def answered(probabilities: ArrayLike, labels: ArrayLike, confidence: float) -> Answered:
    """Measure a model that abstains below a confidence.

    Parameters
    ----------
    probabilities, labels : array_like
        As for :func:`reliability`.
    confidence : float
        Between 0.5 (always answer) and 1, such as from :func:`confidence_for`.

    Returns
    -------
    Answered
        Share of the texts that get an answer, and share of right answers among them; NaN if
        there is none.

    Examples
    --------
    >>> answered([0.9, 0.2, 0.6, 0.55], [1, 0, 0, 1], confidence=0.6)
    Answered(share=0.75, accuracy=0.6666666666666666)
    """
    p, y = _checked(probabilities, labels)
    finite(confidence, "the confidences")
    given = np.maximum(p, 1 - p) >= confidence
    right = ((p > 0.5) == (y == 1))[given]
    return Answered(float(given.mean()), float(right.mean()) if given.any() else float("nan"))


def share_interval(right: int, total: int, confidence: float = 0.95) -> Interval:
    """Give a share of few or many cases with its interval (Wilson 1927).

    Parameters
    ----------
    right, total : int
        Cases of the kind in question, and all cases.
    confidence : float
        Probability that the interval covers the true share.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        If there is no case, fewer than those of the kind, or the confidence is no share.

    Examples
    --------
    >>> part, low, high = share_interval(9, 10)
    >>> round(part, 2), round(low, 2), round(high, 2)
    (0.9, 0.6, 0.98)
    """
    share(confidence, "confidence")
    whole(right, "right", least=0)
    whole(total, "total")
    if right > total:
        raise ValueError(f"{right} of {total} cases; expected a part of them")
    found = stats.binomtest(right, total).proportion_ci(confidence, method="wilson")
    return Interval(right / total, float(found.low), float(found.high))


def _probabilities(values: ArrayLike) -> Floats:
    p = np.asarray(finite(values, "the probabilities", what_to_do=""), dtype=float)
    wrong = np.argwhere((p < 0) | (p > 1))
    if len(wrong):
        raise ValueError(
            f"the probabilities are not all between 0 and 1: {p[tuple(wrong[0])]} at "
            f"{wrong[0].tolist()}; logits become probabilities by a sigmoid"
        )
    return p


def _checked(probabilities: ArrayLike, labels: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    p, y = _probabilities(probabilities), np.asarray(labels)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise ValueError(f"shapes {p.shape} and {y.shape}; expected two of shape (n,), n above 0")
    if not np.isin(y, (0, 1)).all():
        raise ValueError("the labels are not all 0 or 1")
    return p, y.astype(np.int64)
