"""What single units follow: their state beside something that can be counted in the text."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline

from gru_course.cells.layout import Array
from gru_course.course.checked import axes, finite, whole_numbers
from gru_course.data.tokenise import Vocabulary
from gru_course.reviews.classifiers import PAD
from gru_course.reviews.inside import IntArray, Reader

NEGATIONS = (
    *("not", "no", "never", "nothing", "don't", "didn't", "doesn't", "isn't", "wasn't", "can't"),
    *("couldn't", "wouldn't"),
)
"""Words that negate what follows, as `gru_course.data.tokenise` gives them."""


def position(ids: IntArray) -> Array:
    """Count the words so far, ``(n, timesteps)`` to ``(n, timesteps)``.

    Examples
    --------
    >>> position(np.array([[0, 7, 7]])).tolist()
    [[0.0, 1.0, 2.0]]
    """
    axes(ids, "the ids", "n, timesteps")
    return np.cumsum(ids != PAD, axis=1, dtype=float)


def sentiment_so_far(ids: IntArray, weights: Array) -> Array:
    """Add up the weights of the words so far.

    Parameters
    ----------
    ids : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.
    weights : numpy.ndarray
        How positive each id is, shape ``(vocabulary_size,)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(n, timesteps)``.

    Raises
    ------
    ValueError
        If a weight is not finite, or there is none for an id.
    """
    axes(ids, "the ids", "n, timesteps")
    whole_numbers(np.ravel(ids), len(weights), "the ids")
    return np.cumsum(finite(weights, "the weights")[ids], axis=1)


def recently(ids: IntArray, marked: Sequence[int], words: int) -> Array:
    """Mark where one of some words was among the last few.

    Parameters
    ----------
    ids : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.
    marked : sequence of int
        Which ids.
    words : int
        How many words back, the current one included.

    Returns
    -------
    numpy.ndarray
        0 or 1, shape ``(n, timesteps)``.

    Raises
    ------
    ValueError
        If `words` is below 1.

    Examples
    --------
    >>> recently(np.array([[5, 9, 5, 5, 5]]), marked=[9], words=3).tolist()
    [[0.0, 1.0, 1.0, 1.0, 0.0]]
    """
    if words < 1:
        raise ValueError(f"words is {words}; expected at least 1, the current one")
    axes(ids, "the ids", "n, timesteps")
    there = np.cumsum(np.isin(ids, marked), axis=1)
    before = np.pad(there, ((0, 0), (words, 0)))[:, : ids.shape[1]]
    return (there > before).astype(float)


def word_weights(bag: Pipeline, vocabulary: Vocabulary, size: int) -> Array:
    """Take from a linear model how positive each word is.

    Parameters
    ----------
    bag : sklearn.pipeline.Pipeline
        A fitted ``bag_of_ngrams(1, ...)``.
    vocabulary : Vocabulary
        Which word has which id.
    size : int
        Number of ids.

    Returns
    -------
    numpy.ndarray
        Shape ``(size,)``; 0 for ids that the linear model does not know.
    """
    counts, regression = bag[0], bag[-1]
    found = np.zeros(size)
    for word, column in counts.vocabulary_.items():
        number = vocabulary.ids.get(word, size)
        if number < size:
            found[number] = regression.coef_[0, column] * counts.idf_[column]
    return found.round(9)  # a weight of rounding errors is no weight


def shuffled(feature: Array, ids: IntArray, seed: int) -> Array:
    """Deal the values of a feature to the words of all texts at random.

    Parameters
    ----------
    feature : numpy.ndarray
        Shape ``(n, timesteps)``.
    ids : numpy.ndarray
        Token ids of the same shape; padding takes no part.
    seed : int
        Seed of the generator.

    Returns
    -------
    numpy.ndarray
        The same values in another order, shape ``(n, timesteps)``.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if feature.shape != ids.shape:
        raise ValueError(f"a feature of shape {feature.shape} for ids of shape {ids.shape}")
    dealt, read = feature.copy(), ids != PAD
    dealt[read] = np.random.default_rng(seed).permutation(feature[read])
    return dealt


class Tracker(NamedTuple):
    """A unit that goes with a feature: its correlation where it was found, and elsewhere."""

    unit: int
    found: float
    confirmed: float


def find_tracker(
    states: Array, feature: Array, other_states: Array, other_feature: Array
) -> Tracker:
    """Pick the unit that goes best with a feature, and test it on other texts.

    The best of many units looks good by luck alone. Only its correlation on texts that did not
    choose it counts.

    Parameters
    ----------
    states, other_states : numpy.ndarray
        States after each word, shapes ``(words, units)`` and ``(other_words, units)``.
    feature, other_feature : numpy.ndarray
        The feature at each word, shapes ``(words,)`` and ``(other_words,)``.

    Returns
    -------
    Tracker
        The correlations have a sign; a unit may go up or down with the feature.

    Raises
    ------
    ValueError
        If the states are not of the same units, there is no word, or a number is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> states, feature = rng.normal(size=(50, 4)), np.arange(50.0)
    >>> states[:, 2] = -feature
    >>> find_tracker(states, feature, states[::2], feature[::2])
    Tracker(unit=2, found=-1.0, confirmed=-1.0)
    """
    if states.shape[1:] != other_states.shape[1:] or not states.size:
        raise ValueError(
            f"states of shape {states.shape} and {other_states.shape}; expected (words, units) of "
            "the same units"
        )
    there = correlations(states, feature)
    unit = int(np.argmax(np.abs(there)))
    elsewhere = correlations(other_states[:, [unit]], other_feature)
    return Tracker(unit, round(float(there[unit]), 12), round(float(elsewhere[0]), 12))


def tracker_of(
    reader: Reader,
    measure: Callable[[IntArray], Array],
    texts: IntArray,
    others: IntArray,
    *,
    deal: bool = False,
) -> Tracker:
    """Find the unit of a classifier that follows a measure best, and confirm it on other texts.

    Parameters
    ----------
    reader : Reader
        The classifier, taken apart.
    measure : callable
        From token ids ``(n, timesteps)`` to one number for each word.
    texts, others : numpy.ndarray
        Token ids of the texts that choose the unit, and of those that confirm it.
    deal : bool
        Whether the numbers are dealt to the words at random, so that there is nothing to find.

    Returns
    -------
    Tracker
    """
    values = []
    for seed, ids in enumerate((texts, others)):
        feature = measure(ids)
        if deal:
            feature = shuffled(feature, ids, seed)
        states = reader.read(ids).hidden
        values += [states[ids != PAD], feature[ids != PAD]]
    return find_tracker(*values)


def correlations(states: Array, feature: ArrayLike) -> Array:
    """Correlate each unit with a feature.

    Units or features that never change, but for rounding, get 0.

    Parameters
    ----------
    states : ndarray of float, shape (words, units)
    feature : array_like, shape (words,)

    Returns
    -------
    ndarray of float, shape (units,)

    Raises
    ------
    ValueError
        If there is no word, not one value of the feature for each, or a number is not finite.

    Examples
    --------
    >>> correlations(np.array([[0.0, 1.0], [1.0, 1.0]]), [3.0, 5.0]).round(6).tolist()
    [1.0, 0.0]
    """
    states, wanted = finite(states, "the states"), finite(feature, "the feature").astype(float)
    if states.ndim != 2 or wanted.shape != states.shape[:1] or not len(wanted):
        raise ValueError(
            f"states of shape {states.shape} and a feature of shape {wanted.shape}; expected "
            "(words, units) and (words,), of at least one word"
        )
    still = _still(states) | _still(wanted)
    centred = states - states.mean(axis=0)
    wanted = wanted - wanted.mean()
    lengths = np.linalg.norm(centred, axis=0) * np.linalg.norm(wanted)
    found: Array = wanted @ centred / np.where(~still & (lengths > 0), lengths, np.inf)
    return found


def _still(values: Array) -> NDArray[np.bool_]:
    """Tell what never changes from row to row but by rounding."""
    rounding = 8 * np.finfo(np.result_type(values, np.float32)).eps
    return np.asarray(np.ptp(values, axis=0) <= rounding * np.abs(values).max(axis=0))
