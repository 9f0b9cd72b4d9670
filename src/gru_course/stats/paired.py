"""Two models on the same test items: McNemar's test, and differences where items hang together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from gru_course.course.checked import finite, negligible, share
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
