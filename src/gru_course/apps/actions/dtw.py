"""Dynamic time warping: how alike two sequences are if each may hurry and dawdle.

With the nearest neighbour, it is the baseline to beat for the classification of short series.
"""

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite


def distances(
    first: NDArray[np.floating], second: NDArray[np.floating], band: int | None = None
) -> NDArray[np.float64]:
    """Return the warping distance of every sequence of one set to every one of another.

    Parameters
    ----------
    first : ndarray of float, shape (n, timesteps, features)
    second : ndarray of float, shape (m, timesteps, features)
        The two sets may differ in their timesteps.
    band : int or None
        By how many steps the clocks of two sequences may differ; None for any number. 0 compares
        step by step.

    Returns
    -------
    ndarray of float64, shape (n, m)

    Raises
    ------
    ValueError
        If the shapes do not fit, a value is not finite, or the band lets no path through.

    Notes
    -----
    With the Euclidean distance ``d`` of two steps, the least total over all ways to walk through
    both sequences (Sakoe and Chiba 1978, without weights)::

        D[i, j] = d[i, j] + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])

    Every step of this recursion is done for all pairs at once.

    Examples
    --------
    >>> slow, fast = np.array([[[0], [0], [1], [2]]]), np.array([[[0], [1], [2]]])
    >>> distances(slow, fast).tolist()
    [[0.0]]
    """
    first, second = _floats(first, "the first set"), _floats(second, "the second set")
    if first.ndim != 3 or second.ndim != 3 or first.shape[2] != second.shape[2]:
        raise ValueError(
            f"shapes {first.shape} and {second.shape}; expected (n, timesteps, features) twice, "
            "with the same features"
        )
    if not first.shape[1] or not second.shape[1]:
        raise ValueError(f"shapes {first.shape} and {second.shape}; expected at least one timestep")
    rows, columns = first.shape[1], second.shape[1]
    if band is not None and band < abs(rows - columns):
        raise ValueError(f"a band of {band} lets no path through {rows} and {columns} timesteps")
    width = max(rows, columns) if band is None else band
    nowhere = np.full((len(first), len(second)), np.inf)
    above = [np.zeros_like(nowhere), *[nowhere] * columns]
    for i in range(rows):
        row = [nowhere] * (columns + 1)
        for j in range(max(0, i - width), min(columns, i + width + 1)):
            step = np.linalg.norm(first[:, None, i] - second[None, :, j], axis=-1)
            row[j + 1] = step + np.minimum(np.minimum(above[j + 1], row[j]), above[j])
        above = row
    return above[columns]


def nearest(
    train: NDArray[np.floating],
    labels: NDArray[np.integer],
    test: NDArray[np.floating],
    band: int | None = None,
) -> NDArray[np.integer]:
    """Give each test sequence the label of the training sequence it is nearest to.

    Parameters
    ----------
    train : ndarray of float, shape (n, timesteps, features)
    labels : ndarray of int, shape (n,)
    test : ndarray of float, shape (m, timesteps, features)
    band : int or None
        As for `distances`.

    Returns
    -------
    ndarray of int, shape (m,)

    Raises
    ------
    ValueError
        If there is not one label for each training sequence, or as for `distances`.

    Examples
    --------
    >>> train = np.array([[[0.0], [1.0]], [[1.0], [0.0]]])
    >>> nearest(train, np.array([7, 9]), np.array([[[0.9], [0.2]]])).tolist()
    [9]
    """
    if len(labels) != len(train) or not len(train):
        raise ValueError(
            f"{len(labels)} labels for {len(train)} training sequences; expected one for each, and "
            "at least one"
        )
    known = np.asarray(labels)  # a column of a table is read by its index
    return np.asarray(known[distances(test, train, band).argmin(axis=1)])


def _floats(values: NDArray[np.floating], name: str) -> NDArray[np.floating]:
    """Return sequences as they came; whole numbers as floats, since unsigned ones wrap around."""
    values = finite(values, name)
    return values if values.dtype.kind == "f" else values.astype(np.float64)
