"""Which examples a model learns from, is chosen by, and is judged on, so that nothing leaks."""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
Places = NDArray[np.int64]


class Split(NamedTuple):
    """Places of the examples of each part; no example is in two of them.

    Parameters
    ----------
    train, validation, test : ndarray of int64, shape (examples of the part,)
    """

    train: Places
    validation: Places
    test: Places


def fold(labels: NDArray[np.integer], number: int, of: int = 5, seed: int = 0) -> Split:
    """Return one of several splits that together test every example exactly once.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        The class of each example; every part gets all classes in equal shares.
    number : int
        Which fold is the test part, from 0; the next one is the validation part.
    of : int
        How many folds there are, at least 3.
    seed : int
        The same seed gives the same folds.

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        If there is no such fold, or a class has fewer examples than there are folds.

    Examples
    --------
    >>> split = fold(np.repeat([0, 1], 10), number=0)
    >>> [len(part) for part in split]
    [12, 4, 4]
    """
    # Importing it takes a second, which not everybody who loads data should wait.
    from sklearn.model_selection import StratifiedKFold

    labels = np.asarray(labels)
    if labels.ndim != 1 or not len(labels) or labels.dtype.kind not in "biu":
        raise ValueError(
            f"labels of shape {labels.shape} and type {labels.dtype}; expected whole numbers (n,)"
        )
    if of < 3 or not 0 <= number < of or number % 1 or of % 1:
        raise ValueError(f"fold {number} of {of}; expected at least 3 folds, counted from 0")
    fewest = np.unique(labels, return_counts=True)[1].min()
    if fewest < of:
        raise ValueError(f"a class has {fewest} examples, too few for {of} folds")
    folds = [
        test.astype(np.int64)
        for _, test in StratifiedKFold(of, shuffle=True, random_state=seed).split(labels, labels)
    ]
    following = (number + 1) % of
    train = np.concatenate([f for i, f in enumerate(folds) if i not in (number, following)])
    return Split(np.sort(train), folds[following], folds[number])


def place_of(key: str) -> float:
    """Return a number from 0 to below 1, spread evenly, that depends on `key` alone.

    The same on every machine, and unchanged when other items come or go: the first bytes of the
    sha256 of the key as a fraction.

    Examples
    --------
    >>> round(place_of("run"), 3), place_of("run") == place_of("run")
    (0.675, True)
    """
    return int.from_bytes(hashlib.sha256(key.encode(errors="surrogatepass")).digest()[:6]) / 2**48


def split_by_key(
    items: Iterable[Item], key: Callable[[Item], str], validation: float, test: float
) -> tuple[tuple[Item, ...], tuple[Item, ...], tuple[Item, ...]]:
    """Split items so that equal keys never cross from one part into another.

    Parameters
    ----------
    items : iterable
        In the order that the parts will keep.
    key : callable
        Says by what an item is known, as a str.
    validation, test : float
        Which shares of the keys these parts get, about; the rest is for training.

    Returns
    -------
    tuple of three tuples
        Training, validation and test items.

    Raises
    ------
    ValueError
        If the shares leave nothing for training.

    Examples
    --------
    >>> split_by_key("banana", str, validation=0.2, test=0.2)
    (('a', 'a', 'a'), ('b',), ('n', 'n'))
    """
    if not (min(validation, test) >= 0 and validation + test < 1):
        raise ValueError(
            f"The shares {validation} and {test} leave nothing for training; "
            "expected numbers from 0 up that sum to less than 1."
        )
    parts: tuple[list[Item], list[Item], list[Item]] = ([], [], [])
    for item in items:
        place = place_of(key(item))
        parts[2 if place < test else 1 if place < test + validation else 0].append(item)
    return tuple(parts[0]), tuple(parts[1]), tuple(parts[2])
