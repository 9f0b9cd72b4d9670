r"""Naive-Bayes evidence for every word of a text, cross-fitted so that no text sees its own label.

Wang and Manning (2012) weigh each n-gram by how much more often it occurs in positive texts than in
negative ones. Their NB-SVM adds such weights up for a whole text. Here they stay where they are:
each position of a text gets the log-count ratios of the word, the pair and the run of three words
that end there, and a recurrent network reads them beside the word vectors.

A ratio that was counted with a text's own label gives that label away: a run of words that occurs
in no other text points at it without fail. So the ratios for a training text are counted without
the fold that the text is in (cross-fitting), as in stacking (Wolpert 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gru_course.course.checked import finite, positive, whole
from gru_course.data.reviews import EncodedTexts

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
Ratios = list[FloatArray]

_BITS = 20  # of a word's id within the code of an n-gram; three of them fit into 64
_MOST_WORDS = 3


@dataclass(frozen=True, eq=False)
class Grams:
    """Texts as numbered n-grams: which word, pair, ... ends at each position.

    Parameters
    ----------
    numbers : ndarray of int32, shape (longest, tokens)
        Number of the n-gram that ends at each token of all texts, end to end. 0 stands for none:
        at the first word of a text no pair ends.
    first : ndarray of bool, shape (longest, tokens)
        Whether the n-gram occurs there for the first time in its text.
    offsets : ndarray of int64, shape (texts + 1,)
        Text ``i`` has the tokens ``offsets[i]`` to ``offsets[i + 1]``.
    sizes : tuple of int
        How many numbers there are for each length of n-gram.

    Examples
    --------
    >>> from gru_course.data.reviews import Reviews
    >>> from gru_course.data.tokenise import Vocabulary
    >>> texts = Reviews.encoded(["not good", "good good"], [0, 1], Vocabulary(("good", "not")))
    >>> grams = Grams.of([texts], longest=2)
    >>> len(grams), grams.sizes  # with the marker of the start; 0 is none
    (2, (4, 5))
    """

    numbers: NDArray[np.int32]
    first: NDArray[np.bool_]
    offsets: IntArray
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, collections: Sequence[EncodedTexts], longest: int = 3) -> "Grams":
        """Give a number to each n-gram of one or more collections, which are laid end to end.

        Parameters
        ----------
        collections : sequence of EncodedTexts
            Such as ``[data.train, data.test]``. No label is looked at.
        longest : int
            1 for words, 2 for words and pairs, 3 for up to three in a row.

        Returns
        -------
        Grams

        Raises
        ------
        ValueError
            If there is no text, `longest` is not 1, 2 or 3, or an id is too large.
        """
        whole(longest, "longest")
        if not 1 <= longest <= _MOST_WORDS:
            raise ValueError(f"longest is {longest}; expected 1 to {_MOST_WORDS} words in a row")
        if not sum(len(texts) for texts in collections):
            raise ValueError("there is no text: give at least one collection that is not empty")
        ids = np.concatenate([texts.flat_ids for texts in collections]).astype(np.int64)
        if ids.size and not 0 <= ids.min() <= ids.max() < 2**_BITS:
            raise ValueError(
                f"ids from {ids.min()} to {ids.max()}; expected 0 to {2**_BITS - 1}, so that "
                "three fit into one number"
            )
        lengths = np.concatenate([texts.lengths for texts in collections])
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        text = np.repeat(np.arange(len(lengths)), lengths)
        place = np.arange(len(ids)) - offsets[text]
        numbers = np.zeros((longest, len(ids)), np.int32)
        first = np.zeros((longest, len(ids)), np.bool_)
        sizes = []
        codes = np.zeros_like(ids)
        for n in range(longest):
            earlier = np.concatenate([np.zeros(n, np.int64), ids[: len(ids) - n]])
            codes += earlier << (_BITS * n)
            there = place >= n
            kinds, number = np.unique(codes[there], return_inverse=True)
            numbers[n, there] = number + 1
            sizes.append(len(kinds) + 1)
            pairs = numbers[n] * np.int64(len(lengths)) + text
            first[n, np.unique(pairs, return_index=True)[1]] = True
        return cls(numbers, first & (numbers > 0), offsets, tuple(sizes))

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.offsets) - 1

    def tokens_of(self, texts: IntArray) -> IntArray:
        """Return the places of all tokens of some texts.

        Raises
        ------
        ValueError
            If there is no such text.
        """
        texts = self._numbers(texts)
        starts, lengths = self.offsets[texts], np.diff(self.offsets)[texts]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.asarray(np.repeat(starts, lengths) + within, np.int64)

    def _numbers(self, texts: ArrayLike) -> IntArray:
        """Return numbers of texts as an array, or refuse what is none."""
        found = finite(texts, "the numbers of the texts")
        if found.ndim != 1 or (found % 1).any() or ((found < 0) | (found >= len(self))).any():
            raise ValueError(
                f"the numbers of the texts are {found.tolist()[:9]}; expected whole numbers from 0 "
                f"to {len(self) - 1}"
            )
        return found.astype(np.int64)


def count(grams: Grams, texts: ArrayLike, labels: ArrayLike) -> list[NDArray[np.float64]]:
    """Count in how many positive and negative texts every n-gram occurs.

    Parameters
    ----------
    grams : Grams
    texts : array of int, shape (n,)
        Which texts to count.
    labels : array of float, shape (n,)
        1 for positive, 0 for negative; a guess of 0.8 counts 0.8 as the one and 0.2 as the other.

    Returns
    -------
    list of ndarray, each of shape (2, size)
        For each length of n-gram the counts in negative and in positive texts.

    Raises
    ------
    ValueError
        If there is no such text, there are not as many labels as texts, or one is not between 0
        and 1.
    """
    texts, labels = grams._numbers(texts), finite(labels, "the labels").astype(np.float64)
    if texts.shape != labels.shape:
        raise ValueError(f"{texts.shape} texts and {labels.shape} labels; expected one for each")
    if len(labels) and not (labels.min() >= 0 and labels.max() <= 1):
        raise ValueError("a label is not between 0 (negative) and 1 (positive)")
    tokens = grams.tokens_of(texts)
    positive = np.repeat(labels, np.diff(grams.offsets)[texts])
    counts = []
    for numbers, first, size in zip(grams.numbers, grams.first, grams.sizes, strict=True):
        once = first[tokens]
        kinds, weights = numbers[tokens][once], positive[once]
        both = [np.bincount(kinds, weight, minlength=size) for weight in (1 - weights, weights)]
        counts.append(np.asarray(both, np.float64))
    return counts


def log_count_ratios(
    counts: Sequence[NDArray[np.float64]], share_positive: float = 0.5, smoothing: float = 1.0
) -> Ratios:
    """Turn counts into log-count ratios; positive for what speaks for label 1.

    With p and q the positive and negative texts that hold an n-gram, as if both labels were
    equally frequent, and the smoothing a, the ratio is ``log((p + a) / (q + a))``,
    so an n-gram that was never counted has the ratio 0, which is no evidence. Wang and Manning
    (2012) divide by the sums of the smoothed counts instead.

    Parameters
    ----------
    counts : sequence of ndarray, each of shape (2, size)
        From `count`.
    share_positive : float
        Share of the counted texts that are positive.
    smoothing : float
        More than 0.

    Returns
    -------
    list of ndarray of float32, each of shape (size,)

    Raises
    ------
    ValueError
        If one label was never counted, the smoothing is not positive, or a count is none.

    Examples
    --------
    >>> ratios = log_count_ratios([np.array([[0.0, 9.0, 1.0], [0.0, 4.0, 1.0]])])[0]
    >>> [round(float(ratio), 2) for ratio in ratios]
    [0.0, -0.69, 0.0]
    """
    if not 0 < share_positive < 1:
        raise ValueError(f"a share of {share_positive} is positive; both labels must occur")
    positive(smoothing, "smoothing")
    balance = np.array([[0.5 / (1 - share_positive)], [0.5 / share_positive]])
    ratios = []
    for pair in counts:
        if np.ndim(pair) != 2 or len(pair) != 2 or (finite(pair, "the counts") < 0).any():
            raise ValueError(f"counts of shape {np.shape(pair)}; expected (2, size), from 0 up")
        q, p = pair * balance + smoothing
        ratios.append(np.log(p / q).astype(np.float32))
    return ratios


def fitted_ratios(grams: Grams, texts: ArrayLike, labels: ArrayLike) -> Ratios:
    """Count and take the ratios: for texts that were not counted, such as a test set.

    Parameters
    ----------
    grams : Grams
    texts : array_like of int, shape (counted,)
        Places of the texts to count.
    labels : array_like of int, shape (counted,)
        0 or 1 for each.

    Returns
    -------
    tuple of ndarray
        As `log_count_ratios` gives them.

    Raises
    ------
    ValueError
        If there is no text to count.
    """
    if not np.size(labels):
        raise ValueError("there is no text to count; expected some of each label")
    return log_count_ratios(
        count(grams, texts, labels), float(np.mean(np.asarray(labels, np.float64)))
    )


def evidence(grams: Grams, ratios: Ratios, texts: ArrayLike, maxlen: int) -> NDArray[np.float16]:
    """Lay the ratios out along the texts, beside what ``EncodedTexts.window`` returns.

    Parameters
    ----------
    grams : Grams
    ratios : list of ndarray
        From `log_count_ratios`.
    texts : array of int, shape (n,)
    maxlen : int
        Timesteps to keep: the last ones, with zeros in front of a short text.

    Returns
    -------
    ndarray of float16, shape (n, maxlen, longest)
        For each position the ratio of the word, the pair, ... that ends there.

    Raises
    ------
    ValueError
        If there is no such text, `maxlen` is below 1, or the ratios are of other n-grams.
    """
    texts = grams._numbers(texts)
    whole(maxlen, "maxlen")
    if [len(finite(ratio, "the ratios")) for ratio in ratios] != list(grams.sizes):
        raise ValueError(
            f"{[len(ratio) for ratio in ratios]} ratios; expected {list(grams.sizes)}, one for "
            "each n-gram"
        )
    result = np.zeros((len(texts), maxlen, len(ratios)), np.float16)
    for start in range(0, len(texts), 4096):  # keeps the places, 8 bytes each, few
        some = texts[start : start + 4096]
        places = grams.offsets[some + 1, None] + np.arange(-maxlen, 0)
        inside = places >= grams.offsets[some, None]
        places = np.where(inside, places, 0)
        for n, ratio in enumerate(ratios):
            values = ratio[grams.numbers[n][places]]
            result[start : start + 4096, :, n] = np.where(inside, values, 0)
    return result


def cross_fitted(
    grams: Grams, texts: ArrayLike, labels: ArrayLike, maxlen: int, folds: int = 5
) -> NDArray[np.float16]:
    """Lay out ratios that were counted without the fold which a text is in.

    Parameters
    ----------
    grams : Grams
    texts : array of int, shape (n,)
        In a mixed order: every `folds`-th text is in the same fold.
    labels : array of float, shape (n,)
    maxlen : int
    folds : int
        From 2 up.

    Returns
    -------
    ndarray of float16, shape (n, maxlen, longest)

    Raises
    ------
    ValueError
        If there are fewer than two folds, or not enough texts for them.

    Examples
    --------
    A word that stands in one text only says nothing about this text:

    >>> from gru_course.data.reviews import Reviews
    >>> from gru_course.data.tokenise import Vocabulary
    >>> texts = Reviews.encoded(["good", "bad", "odd", "bad"], [1, 0, 1, 0],
    ...                         Vocabulary(("good", "bad", "odd")))
    >>> grams, labels = Grams.of([texts], longest=1), texts.labels
    >>> own = evidence(grams, fitted_ratios(grams, range(4), labels), range(4), maxlen=1)
    >>> own[2, 0, 0] > 0, float(cross_fitted(grams, range(4), labels, 1, folds=4)[2, 0, 0])
    (np.True_, 0.0)
    """
    texts, labels = grams._numbers(texts), np.asarray(labels, np.float64)
    whole(folds, "folds", least=2)
    whole(maxlen, "maxlen")
    if not 2 <= folds <= len(texts):
        raise ValueError(f"{folds} folds of {len(texts)} texts; expected from 2 to one for each")
    fold = np.arange(len(texts)) % folds
    total = count(grams, texts, labels)
    result = np.zeros((len(texts), maxlen, len(grams.sizes)), np.float16)
    for number in range(folds):
        here = fold == number
        own = count(grams, texts[here], labels[here])
        others: list[Any] = [all_ - part for all_, part in zip(total, own, strict=True)]
        ratios = log_count_ratios(others, float(labels[~here].mean()))
        result[here] = evidence(grams, ratios, texts[here], maxlen)
    return result
