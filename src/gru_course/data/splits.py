"""Which examples a model learns from, is chosen by, and is judged on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
