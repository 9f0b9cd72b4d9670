"""Two models on the same items: McNemar's test, areas, and items that hang together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from gru_course.course.checked import finite, negligible, share, whole
from gru_course.stats.statistics import Interval


class McNemar(NamedTuple):
    """On how many items exactly one model was right, and what chance would make of that."""

    only_a: int
    only_b: int
    p_value: float


def mcnemar(a: ArrayLike, b: ArrayLike) -> McNemar:
    """Compare two models by the items on which exactly one of them is right (exact test).

    For items that have nothing to do with each other, and one trained model of each kind.

    Parameters
    ----------
    a, b : array_like of bool, shape (items,)
        Whether each model is right.

    Returns
    -------
    McNemar
        The p-value is the probability of a division at least as uneven, in either direction, if
        each such item went to either model like the toss of a coin (McNemar 1947, in its exact
        form); 1 if there is none.

    Raises
    ------
    ValueError
        If the two are not truth values for the same items.

    Examples
    --------
    >>> mcnemar([1, 1, 1, 1, 0], [0, 0, 1, 1, 1])
    McNemar(only_a=2, only_b=1, p_value=1.0)
    """
    first, second = _right(a, "a"), _right(b, "b")
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(
            f"shapes {first.shape} and {second.shape}; expected one truth value for each item"
        )
    only_a, only_b = int((first & ~second).sum()), int((second & ~first).sum())
    p = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    return McNemar(only_a, only_b, float(p))


def _right(values: ArrayLike, name: str) -> NDArray[np.bool_]:
    numbers = np.asarray(finite(values, name))
    if not np.isin(numbers, (0, 1)).all():
        raise ValueError(f"{name} holds {np.unique(numbers)[:5]}; expected whether it is right")
    return numbers.astype(bool)


def cluster_means(values: ArrayLike, clusters: ArrayLike) -> NDArray[np.float64]:
    """Return the mean of the items of each cluster, in the order of their sorted names.

    Parameters
    ----------
    values : array_like of float, shape (..., items)
    clusters : array_like, shape (items,)
        What each item belongs to, such as a person.

    Returns
    -------
    ndarray of float64, shape (..., clusters)

    Raises
    ------
    ValueError
        If there is not one cluster for each item.

    Examples
    --------
    >>> cluster_means([1, 0, 1, 1], ["Ann", "Ann", "Bob", "Bob"]).tolist()
    [0.5, 1.0]
    """
    numbers, names = (
        np.asarray(finite(values, "the values"), dtype=np.float64),
        np.asarray(clusters),
    )
    if names.ndim != 1 or not len(names) or numbers.shape[-1:] != names.shape:
        raise ValueError(
            f"values of shape {numbers.shape} for clusters of shape {names.shape}; expected one "
            "cluster for each item"
        )
    return np.stack([numbers[..., names == name].mean(axis=-1) for name in np.unique(names)], -1)


def cluster_difference(
    a: ArrayLike, b: ArrayLike, clusters: ArrayLike, *, confidence: float = 0.95
) -> tuple[Interval, float]:
    """Difference of two models on the same items, where items of one cluster hang together.

    Clips of one person resemble each other: what is uncertain is how the models would do with other
    people. So each person counts as one observation, however many clips there are of them.

    Parameters
    ----------
    a, b : array_like of float, shape (items,) or (runs, items)
        How right each model is on each item; runs (seeds) are averaged first.
    clusters : array_like, shape (items,)
    confidence : float
        Probability that the interval covers the true difference.

    Returns
    -------
    interval : Interval
        Of the mean over the clusters of ``a - b``, by Student's t with one degree of freedom less
        than clusters. It does not hold for other seeds than the ones averaged.
    p_value : float

    Raises
    ------
    ValueError
        If the shapes do not fit, there are fewer than two clusters, or the difference is the same
        in all of them: nothing can be said about chance then.

    Examples
    --------
    >>> (estimate, low, high), p = cluster_difference(
    ...     [1, 1, 1, 1, 0, 1], [0, 0, 0, 1, 0, 0], [1, 1, 2, 2, 3, 3]
    ... )
    >>> round(estimate, 2), round(low, 2), round(high, 2)
    (0.67, -0.05, 1.38)
    """
    share(confidence, "confidence")
    first, second = (
        np.atleast_2d(np.asarray(finite(of, "the results"), dtype=np.float64)).mean(axis=0)
        for of in (a, b)
    )
    if first.shape != second.shape:
        raise ValueError(f"{first.size} and {second.size} items; expected the same ones")
    differences = cluster_means(first, clusters) - cluster_means(second, clusters)
    if len(differences) < 2:
        raise ValueError(f"{len(differences)} cluster; expected at least 2")
    estimate = float(differences.mean())
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    if negligible(error, np.ones(1)):
        raise ValueError("the difference is the same in all clusters")
    freedom = len(differences) - 1
    half = float(stats.t.ppf((1 + confidence) / 2, freedom)) * error
    p_value = float(2 * stats.t.sf(abs(estimate) / error, freedom))
    return Interval(estimate, estimate - half, estimate + half), p_value


def area_difference(
    a: ArrayLike,
    b: ArrayLike,
    truth: ArrayLike,
    *,
    confidence: float = 0.95,
    draws: int = 9_999,
    seed: int = 0,
) -> Interval:
    """Difference of the areas under the ROC curves of two scores of the same items.

    Items are drawn with replacement, the same ones for both (paired percentile bootstrap): two
    scores that err on the same items can differ surely though each area is uncertain.

    Parameters
    ----------
    a, b : array_like of float, shape (items,) or (runs, items)
        Scores, higher for what is rather true. Runs (seeds) have an area each; their mean counts.
    truth : array_like of bool, shape (items,)
        Which items are what is looked for; some of either kind.
    confidence : float
        Probability that the interval covers the true difference.
    draws : int
        How often as many items are drawn as there are.
    seed : int
        Of the draws.

    Returns
    -------
    Interval
        Of the area of `a` less that of `b`. It does not hold for other seeds of a training than
        the ones averaged.

    Raises
    ------
    ValueError
        If a score is not finite, the shapes do not fit, one kind of item is missing, or a kind has
        a single item, which every draw would repeat or lack.

    Notes
    -----
    An area is the share of pairs of a true and another item in which the true one has the higher
    score, ties counting one half. So a draw only weighs these pairs, and no curve is drawn.

    Examples
    --------
    >>> truth = [True, True, False, False]
    >>> estimate, low, high = area_difference([4, 3, 2, 1], [4, 1, 3, 2], truth)
    >>> estimate, low, high
    (0.5, 0.0, 1.0)
    """
    share(confidence, "confidence")
    whole(draws, "draws")
    kinds = _right(truth, "the truth")
    if kinds.ndim != 1 or min(kinds.sum(), (~kinds).sum()) < 2:
        raise ValueError(
            f"{kinds.sum()} of {kinds.size} items are true; expected one row with two of either "
            "kind or more"
        )
    won = _wins(a, kinds, "a") - _wins(b, kinds, "b")
    number = len(kinds)
    times = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), draws)
    true, other = times[:, kinds], times[:, ~kinds]
    pairs = true.sum(axis=1) * other.sum(axis=1)
    found = ((true @ won) * other).sum(axis=1)[pairs > 0] / pairs[pairs > 0]
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(won.mean()), float(low), float(high))


def _wins(scores: ArrayLike, truth: NDArray[np.bool_], name: str) -> NDArray[np.float64]:
    """Return how often each true item has the higher score than each other one, over the runs."""
    runs = np.atleast_2d(np.asarray(finite(scores, f"the scores {name}"), dtype=np.float64))
    if runs.ndim != 2 or runs.shape[1:] != truth.shape or not len(runs):
        raise ValueError(
            f"scores {name} of shape {np.shape(scores)} for {truth.size} items; expected one score "
            "for each item, in one run or more"
        )
    gaps = runs[:, truth, None] - runs[:, None, ~truth]
    return np.asarray(((np.sign(gaps) + 1) / 2).mean(axis=0))
