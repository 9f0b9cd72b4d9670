"""Texts that occur more than once, within a collection or in two of them."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def collapsed(text: str) -> str:
    r"""Return `text` with line breaks and runs of white space made single blanks.

    Examples
    --------
    >>> collapsed(" A film.<br /><br />Two\thours. ")
    'A film. Two hours.'
    """
    return " ".join(text.replace("<br />", " ").split())


def shared(texts: Iterable[str], others: Iterable[str], exact: bool = False) -> NDArray[np.int64]:
    """Return which of `texts` also occur in `others`.

    Parameters
    ----------
    texts, others : iterable of str
        Such as ``data.test.texts`` and ``data.train.texts``.
    exact : bool
        Compare the texts byte for byte; otherwise as `collapsed` gives them.

    Returns
    -------
    ndarray of int64, shape (found,)
        Places in `texts`, in order: what to leave out for a test set without a leak.

    Examples
    --------
    >>> shared(["Dull.", "A  film."], ["A film.", "Moving."])
    array([1])
    """
    known = set(_comparable(others, exact))
    found = [place for place, text in enumerate(_comparable(texts, exact)) if text in known]
    return np.array(found, dtype=np.int64)


def repeated(texts: Iterable[str], exact: bool = False) -> NDArray[np.int64]:
    """Return which of `texts` have occurred before in the same collection.

    Parameters
    ----------
    texts : iterable of str
    exact : bool
        As for `shared`.

    Returns
    -------
    ndarray of int64, shape (found,)
        Places in `texts`, in order. Without them every text is left exactly once.

    Examples
    --------
    >>> repeated(["Dull.", "A film.", "Dull.", "A<br />film."])
    array([2, 3])
    """
    compared = _comparable(texts, exact)
    first: dict[str, int] = {}
    found = [place for place, text in enumerate(compared) if first.setdefault(text, place) != place]
    return np.array(found, dtype=np.int64)


def _comparable(texts: Iterable[str], exact: bool) -> Sequence[str]:
    return list(texts) if exact else [collapsed(text) for text in texts]
