"""Counting as a language model: characters predicted from the few before them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite, whole_numbers

IntArray = NDArray[np.integer]
Keys = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Level:
    """What follows the contexts of one length; every array is sorted by its keys."""

    grams: Keys
    counts: NDArray[np.float64]
    contexts: Keys
    totals: NDArray[np.float64]
    saved: NDArray[np.float64]
    discounts: NDArray[np.float64]


class NGrams:
    """An n-gram model with modified Kneser-Ney smoothing.

    Parameters
    ----------
    order : int
        The n: a character is predicted from the ``order - 1`` before it.
    ids : ndarray of int, shape (characters,)
        The text to count in.
    characters : int
        Size of the alphabet; ids lie below it.

    Raises
    ------
    ValueError
        If the order is below 1 or too high for 64-bit keys, or an id is out of range.

    Notes
    -----
    Kneser and Ney (1995), modified by Chen and Goodman (1999), Section 3: from each count a
    discount is taken, which depends on whether the count is 1, 2 or more, and what is saved is
    given to the model of the next lower order::

        p(c | h) = max(count(h c) - d(count), 0) / count(h) + saved(h) / count(h) * p(c | h')

    where ``saved(h)`` is the sum of all discounts after h, and h' is h without its first
    character. The lower orders do not count how often h' c occurs but after how many different
    characters. Below the lowest stands the uniform distribution.

    Examples
    --------
    >>> text = np.array([1, 2, 1, 2, 1, 2, 1, 3])
    >>> model = NGrams(2, text, characters=4)
    >>> model.probabilities(np.array([1, 2, 1])).round(2).tolist()
    [0.29, 0.7, 0.88]
    """

    def __init__(self, order: int, ids: IntArray, characters: int) -> None:
        if order < 1 or characters**order >= 2**62:
            raise ValueError(
                f"order {order} with {characters} characters; expected 1 or more, "
                "and characters ** order below 2 ** 62"
            )
        self.order, self.characters = order, characters
        ids = whole_numbers(ids, characters, "the ids")
        if len(ids) < order:
            raise ValueError(f"{len(ids)} ids; expected at least {order}")
        grams, counts = np.unique(self._keys(ids, order), return_counts=True)
        self._levels = [self._level(grams, counts)]
        for length in range(order - 1, 0, -1):
            # After how many different characters each shorter gram was seen.
            grams, counts = np.unique(grams % characters**length, return_counts=True)
            self._levels.append(self._level(grams, counts))

    def probabilities(self, ids: IntArray) -> NDArray[np.float64]:
        """Return the probability of each character, given those before it.

        Parameters
        ----------
        ids : ndarray of int, shape (characters,)

        Returns
        -------
        ndarray of float64, shape (characters,)
            The first ones have a shorter past, so a lower order is asked.

        Raises
        ------
        ValueError
            If an id is out of range.
        """
        ids = whole_numbers(ids, self.characters, "the ids")
        result = np.full(len(ids), 1 / self.characters)
        for length, level in zip(range(1, self.order + 1), reversed(self._levels), strict=True):
            if length > len(ids):
                break
            keys = self._keys(ids, length)
            contexts = keys // self.characters
            total, saved = (
                _found(level.contexts, values, contexts) for values in (level.totals, level.saved)
            )
            count = _found(level.grams, level.counts, keys)
            lower = result[length - 1 :]
            known = total > 0
            safe = np.where(known, total, 1)
            kept = np.maximum(count - level.discounts[np.minimum(count, 3).astype(int)], 0)
            smoothed = (kept + saved * lower) / safe
            result[length - 1 :] = np.where(known, smoothed, lower)
        return result

    def _keys(self, ids: IntArray, length: int) -> Keys:
        """Write each run of characters as one number."""
        keys = np.zeros(len(ids) - length + 1, dtype=np.int64)
        for place in range(length):
            keys = keys * self.characters + ids[place : place + len(keys)]
        return keys

    def _level(self, grams: Keys, counts: NDArray[np.integer]) -> _Level:
        contexts, inverse = np.unique(grams // self.characters, return_inverse=True)
        discounts = _discounts(counts)
        taken = np.minimum(discounts[np.minimum(counts, 3)], counts)
        return _Level(
            grams,
            counts.astype(np.float64),
            contexts,
            np.bincount(inverse, counts).astype(np.float64),
            np.bincount(inverse, taken).astype(np.float64),
            discounts,
        )


def _discounts(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return what is taken from counts of 0, 1, 2 and more (Chen and Goodman 1999, eq. 26)."""
    n = [int((counts == count).sum()) for count in range(5)]
    if not n[1] or not n[2] or not n[3]:  # too small a text to estimate them
        return np.array([0.0, 0.5, 0.5, 0.5])
    share = n[1] / (n[1] + 2 * n[2])
    found = [count - (count + 1) * share * n[count + 1] / n[count] for count in (1, 2, 3)]
    return np.clip([0.0, *found], 0.0, None)


def _found(keys: Keys, values: NDArray[np.float64], wanted: Keys) -> NDArray[np.float64]:
    """Return the value of each wanted key, 0 where it is not there."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0.0)


def bits(probabilities: NDArray[np.floating]) -> float:
    """Return the mean surprise in bits per character; infinite if one was held for impossible.

    Parameters
    ----------
    probabilities : ndarray of float, shape (characters,)
        What the model gave the characters that came.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there is no probability, or one is not between 0 and 1.

    Examples
    --------
    >>> bits(np.array([0.5, 0.125]))
    2.0
    """
    probabilities = finite(probabilities, "the probabilities", what_to_do="")
    if not probabilities.size or probabilities.min() < 0 or probabilities.max() > 1:
        raise ValueError(
            f"{probabilities.size} probabilities, up to {probabilities.max(initial=0):.3g}; "
            "expected at least one, and all of them between 0 and 1"
        )
    if not probabilities.all():
        return float("inf")
    return float(-np.log2(probabilities).mean())
