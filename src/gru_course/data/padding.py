"""Windows that keep the other end of a text, or are padded behind it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.data.reviews import EncodedTexts
from gru_course.data.tokenise import PAD, flatten, token_windows


def padded_behind(ids: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Move the padding of every row from the front to the end.

    Parameters
    ----------
    ids : ndarray of int, shape (n, timesteps)
        Windows padded with 0 in front, as `EncodedTexts.window` gives them.

    Returns
    -------
    ndarray of int, shape (n, timesteps)
        The same ids in the same order, with the padding behind them.

    Raises
    ------
    ValueError
        If `ids` is not a rectangle.

    Examples
    --------
    >>> padded_behind(np.array([[0, 0, 1, 7], [1, 5, 6, 8]])).tolist()
    [[1, 7, 0, 0], [1, 5, 6, 8]]
    """
    ids = np.asarray(ids)
    if ids.ndim != 2:
        raise ValueError(f"the ids have shape {ids.shape}; expected (n, timesteps)")
    # A stable sort by "is padding" keeps the order of the words.
    return np.take_along_axis(ids, np.argsort(ids == PAD, axis=1, kind="stable"), axis=1)


def first_words(
    texts: EncodedTexts, num_words: int = 10_000, maxlen: int = 100
) -> NDArray[np.int32]:
    """Return the beginning of every text, where `EncodedTexts.window` keeps the end.

    Parameters
    ----------
    texts : EncodedTexts
        Such as ``data.train``.
    num_words, maxlen : int
        As for `EncodedTexts.window`; short texts are padded in front here, too.

    Returns
    -------
    ndarray of int32, shape (n, maxlen)

    Raises
    ------
    ValueError
        If `num_words` or `maxlen` is too small.

    Examples
    --------
    >>> from gru_course.data.reviews import Reviews
    >>> from gru_course.data.tokenise import Vocabulary
    >>> films = Reviews.encoded(["a good film", "no"], [1, 0], Vocabulary(("a", "good", "no")))
    >>> first_words(films, maxlen=2).tolist(), films.window(maxlen=2).tolist()
    ([[1, 4], [1, 6]], [[4, 5], [1, 6]])
    """
    rows = [texts.ids(number)[: max(maxlen, 0)] for number in range(len(texts))]
    return token_windows(*flatten(rows), num_words, maxlen)
