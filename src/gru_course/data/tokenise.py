"""Words and numbers: the tokens and the ids of the Keras encoding of IMDB.

Id 0 pads, 1 marks the start of a review, 2 stands for a word that is too rare, and the
word of rank ``r`` (1 for the most frequent) has the id ``r + 3``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import one_text, several
from gru_course.data.typed_text import as_plain_text, is_sign

PAD, START, UNKNOWN = 0, 1, 2
RANK_OFFSET = 3
MARKERS = {PAD: "<pad>", START: "<start>", UNKNOWN: "<unknown>"}

# Every character concerned is ASCII, and no byte of a longer UTF-8 character is: a table of
# bytes is therefore exact and quick. Only ASCII letters are made small, as in the published
# index, where "É" and "é" are two letters.
_UPPER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BREAKS = b'!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_TABLE = bytes.maketrans(_UPPER + _BREAKS, _UPPER.lower() + b" " * len(_BREAKS))


def tokenise(text: str) -> list[str]:
    """Split a text into words, exactly as the published word index of Keras did.

    Parameters
    ----------
    text : str
        Any text. What a person typed goes through `typed_words` instead, as this knows straight
        apostrophes and ASCII punctuation only.

    Returns
    -------
    list of str
        The words in order: ASCII letters in lower case, ASCII punctuation dropped except
        the apostrophe. Other scripts keep their letters and signs as they are.

    Raises
    ------
    TypeError
        If `text` is not a str, such as a missing value of a table.

    Examples
    --------
    >>> tokenise("It's not dull -- it's MOVING.<br />Go!")
    ["it's", 'not', 'dull', "it's", 'moving', 'br', 'go']
    """
    one_text(text)
    # Half a pair of surrogates, as damaged input may hold, passes through as an unknown word.
    unbroken = text.encode(errors="surrogatepass").translate(_TABLE)
    words = unbroken.decode(errors="surrogatepass").split(" ")
    return [word for word in words if word]


@dataclass(frozen=True)
class Vocabulary:
    """The known words, most frequent first.

    Parameters
    ----------
    words : tuple of str
        Word of rank 1, word of rank 2, and so on.

    Examples
    --------
    >>> vocabulary = Vocabulary(("the", "film", "moving"))
    >>> vocabulary.encode("The film is moving")
    array([1, 4, 5, 6], dtype=int32)
    >>> vocabulary.decode([0, 1, 4, 2])
    '<pad> <start> the <unknown>'
    """

    words: tuple[str, ...]

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> "Vocabulary":
        """Rank the words of `texts` by frequency, equally frequent ones by spelling."""
        counts = Counter(word for text in texts for word in tokenise(text))
        return cls(tuple(sorted(counts, key=lambda word: (-counts[word], word))))

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each word, its rank plus 3."""
        first = 1 + RANK_OFFSET
        return {word: number for number, word in enumerate(self.words, start=first)}

    def encode(self, text: str) -> NDArray[np.int32]:
        """Return the ids of one text: the start marker, then its words.

        Words outside the vocabulary are dropped, as Keras dropped them from the test
        reviews; id 2 appears only when a window cuts the vocabulary down.

        Parameters
        ----------
        text : str

        Returns
        -------
        ndarray of int32, shape (1 + known words,)
        """
        known = (self.ids.get(word) for word in tokenise(text))
        return np.array([START, *(number for number in known if number)], dtype=np.int32)

    def decode(self, ids: Iterable[int]) -> str:
        """Return the words, or the markers in angle brackets, that `ids` stand for.

        Parameters
        ----------
        ids : iterable of int
            Such as one row of a window.

        Returns
        -------
        str
            One word for each id, separated by blanks.

        Raises
        ------
        ValueError
            If an id is below 0, is 3 (which Keras leaves unused), or is beyond the last word.
        """
        return " ".join(self._word(int(number)) for number in ids)

    def _word(self, number: int) -> str:
        if number in MARKERS:
            return MARKERS[number]
        rank = number - RANK_OFFSET
        if not 1 <= rank <= len(self.words):
            last = len(self.words) + RANK_OFFSET
            raise ValueError(f"No word has the id {number}; ids run 0 to 2 and 4 to {last}.")
        return self.words[rank - 1]


def flatten(rows: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Lay rows of unequal length end to end.

    Parameters
    ----------
    rows : sequence of ndarray of int32, each of shape (length,)

    Returns
    -------
    flat : ndarray of int32, shape (total length,)
    offsets : ndarray of int64, shape (rows + 1,)
        Row ``i`` is ``flat[offsets[i]:offsets[i + 1]]``.
    """
    offsets = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    flat = np.concatenate([np.empty(0, dtype=np.int32), *rows])
    return flat, offsets


def token_windows(
    flat: NDArray[np.int32], offsets: NDArray[np.int64], num_words: int, maxlen: int
) -> NDArray[np.int32]:
    """Cut rows laid end to end into windows of one length.

    Gives what ``keras.datasets.imdb.load_data(num_words)`` followed by
    ``keras.utils.pad_sequences(maxlen)`` gives: a long row keeps its last `maxlen` ids, a
    short one is padded with 0 in front, and ids from `num_words` up become 2.

    Parameters
    ----------
    flat, offsets : ndarray
        As returned by `flatten`.
    num_words : int
        Size of the vocabulary, markers included; at least 3.
    maxlen : int
        Timesteps to keep; at least 1.

    Returns
    -------
    ndarray of int32, shape (rows, maxlen)

    Raises
    ------
    ValueError
        If `num_words` or `maxlen` is too small.

    Examples
    --------
    >>> flat, offsets = flatten([np.array([1, 4, 9, 5], np.int32), np.array([1, 4], np.int32)])
    >>> token_windows(flat, offsets, num_words=6, maxlen=3)
    array([[4, 2, 5],
           [0, 1, 4]], dtype=int32)
    """
    if num_words <= UNKNOWN:
        raise ValueError(f"num_words is {num_words}, but ids 0 to 2 are markers: give 3 or more.")
    if maxlen < 1:
        raise ValueError(f"maxlen is {maxlen}: a window has at least 1 timestep.")
    if not len(offsets):
        raise ValueError("there are no offsets; expected 0 and where each row ends")
    if flat.ndim != 1 or len(flat) != offsets[-1] or offsets.dtype.kind not in "iu":
        raise ValueError(
            f"ids of shape {flat.shape} and offsets up to {offsets[-1]}; expected a row of ids, "
            "and its length as the last offset"
        )
    places = offsets[1:, np.newaxis] + np.arange(-maxlen, 0)
    inside = places >= offsets[:-1, np.newaxis]
    ids = np.where(inside, flat[np.where(inside, places, 0)], PAD)
    return np.where(ids < num_words, ids, UNKNOWN)


def encode_window(
    texts: Iterable[str], vocabulary: Vocabulary, num_words: int = 10_000, maxlen: int = 100
) -> NDArray[np.int32]:
    """Encode new texts as a model trained on `Reviews.window` expects them.

    Parameters
    ----------
    texts : iterable of str
        Reviews in English, as a person types them: see `as_plain_text`. One without a known word
        (empty, or in another script) gives the start marker alone: ask `known_share` before you
        trust an answer to it.
    vocabulary : Vocabulary
        The vocabulary of the training data.
    num_words, maxlen : int
        As for `token_windows`; give the values used in training.

    Returns
    -------
    ndarray of int32, shape (texts, maxlen)

    Raises
    ------
    TypeError
        If `texts` is a single str, or one of them is not a str.
    ValueError
        If `num_words` or `maxlen` is too small.

    Examples
    --------
    >>> encode_window(["A moving film"], Vocabulary(("film", "moving")), maxlen=4)
    array([[0, 1, 5, 4]], dtype=int32)
    """
    several(texts, "texts")
    plain = (_as_plain_review(text, vocabulary) for text in texts)
    return token_windows(*flatten([vocabulary.encode(text) for text in plain]), num_words, maxlen)


def typed_words(text: str, vocabulary: Vocabulary) -> list[str]:
    """Split what a person typed into words.

    Parameters
    ----------
    text : str
        Curly apostrophes, dashes, emoji and what else comes from phones and web pages is made
        plain, see `as_plain_text`.
    vocabulary : Vocabulary
        The vocabulary of the training data: if these have line breaks as ``<br />``, those of
        the text are kept, too.

    Returns
    -------
    list of str
        As `tokenise` gives them, without signs that stand alone.

    Raises
    ------
    TypeError
        If `text` is not a str.

    Examples
    --------
    >>> typed_words("It isn’t “great”—really…😀", Vocabulary(("great",)))
    ['it', "isn't", 'great', 'really']
    """
    return [word for word in tokenise(_as_plain_review(text, vocabulary)) if not is_sign(word)]


def _as_plain_review(text: str, vocabulary: Vocabulary) -> str:
    return as_plain_text(text, line_break="<br />" if "br" in vocabulary.ids else "\n")


def known_share(text: str, vocabulary: Vocabulary, num_words: int = 10_000) -> float:
    """Return which share of a text's words a model can tell apart from unknown ones.

    Parameters
    ----------
    text : str
        As a person types it; its words are those of `typed_words`.
    vocabulary : Vocabulary
        The vocabulary of the training data.
    num_words : int
        As for `token_windows`: words with an id from here up are unknown to the model.

    Returns
    -------
    float
        From 0 to 1; 0 for a text without words as well. At 0 a model has nothing to go by,
        and a program should say so instead of passing its answer on.

    Raises
    ------
    TypeError
        If `text` is not a str.

    Examples
    --------
    >>> vocabulary = Vocabulary(("film", "moving"))
    >>> known_share("A moving, moving film", vocabulary), known_share("Фильм", vocabulary)
    (0.75, 0.0)
    """
    words = typed_words(text, vocabulary)
    known = sum(vocabulary.ids.get(word, num_words) < num_words for word in words)
    return known / len(words) if words else 0.0
