"""What a network that looks for the unusual has to beat: forests, components, nearest windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score

from gru_course.course.checked import finite, negligible, whole, with_squares

FloatArray = NDArray[np.float64]
_ROWS = 2_000
"""How many windows are compared with all others at once; decides the memory that it takes."""


def windows_of(values: FloatArray, width: int) -> FloatArray:
    """Cut all windows of a series, each of which ends at a value of its own.

    Parameters
    ----------
    values : ndarray, shape (n,)
    width : int
        From 1 to n.

    Returns
    -------
    ndarray of float64, shape (n - width + 1, width)

    Raises
    ------
    ValueError
        If a value is not finite, or there are not as many as `width`.

    Examples
    --------
    >>> windows_of(np.arange(4.0), 3).tolist()
    [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]
    """
    values = np.asarray(with_squares(values, "the values"), np.float64)
    whole(width, "width")
    if values.ndim != 1 or width > len(values):
        raise ValueError(
            f"values of the shape {values.shape}, width {width}; expected one row of at least as "
            "many values"
        )
    return np.array(sliding_window_view(values, width))


def isolation_scores(train: FloatArray, asked: FloatArray, seed: int = 0) -> FloatArray:
    """Score rows by how few random cuts set them apart (Liu, Ting and Zhou 2012).

    Parameters
    ----------
    train : ndarray, shape (rows, features)
        What is usual.
    asked : ndarray, shape (others, features)
    seed : int
        Of the cuts.

    Returns
    -------
    ndarray of float64, shape (others,)
        The higher, the less usual.

    Raises
    ------
    ValueError
        If a number is not finite, or the rows do not fit together.

    Examples
    --------
    >>> usual = np.random.default_rng(0).normal(size=(200, 2))
    >>> near, far = isolation_scores(usual, np.array([[0.0, 0.0], [9.0, 9.0]]))
    >>> bool(far > near)
    True
    """
    _check_rows(train, asked)
    forest = IsolationForest(random_state=seed).fit(train)
    return np.asarray(-forest.score_samples(asked), np.float64)


def component_scores(train: FloatArray, asked: FloatArray, components: int = 8) -> FloatArray:
    """Score rows by what principal components of the usual ones leave of them.

    Parameters
    ----------
    train : ndarray, shape (rows, features)
        What is usual; at least as many rows as components.
    asked : ndarray, shape (others, features)
    components : int

    Returns
    -------
    ndarray of float64, shape (others,)
        Mean squares.

    Raises
    ------
    ValueError
        If a number is not finite, the rows do not fit together, or there are too many components.

    Examples
    --------
    >>> line = np.outer(np.arange(9.0), [1.0, 2.0])
    >>> component_scores(line, np.array([[5.0, 10.0], [5.0, 0.0]]), components=1).round(1).tolist()
    [0.0, 10.0]
    """
    _check_rows(train, asked)
    whole(components, "components")
    if components > min(np.shape(train)):
        raise ValueError(f"{components} components of {np.shape(train)} rows; expected fewer")
    pca = PCA(components, random_state=0).fit(train)
    rest = np.asarray(asked) - pca.inverse_transform(pca.transform(asked))
    return np.asarray((rest**2).mean(axis=1), np.float64)


def profile_scores(values: FloatArray, width: int) -> FloatArray:
    r"""Score each value by how unlike the window that ends there is to all windows before it.

    Parameters
    ----------
    values : ndarray, shape (n,)
    width : int
        Of a window; at most a third of the values.

    Returns
    -------
    ndarray of float64, shape (n,)
        Distance to the nearest window that ends at least a width earlier, 0 where there is none.
        Windows are brought to mean 0 and deviation 1, one that stands still to 0.

    Raises
    ------
    ValueError
        If a value is not finite, or there are too few.

    Notes
    -----
    The left matrix profile (Yeh et al. 2016), which uses no future: from the correlation
    :math:`\rho` of two windows the distance is :math:`\sqrt{2 w (1 - \rho)}`. Here by all pairs;
    the package stumpy is faster on long series.

    Examples
    --------
    >>> wave = np.sin(np.arange(200) / 4)
    >>> wave[150] += 3
    >>> 100 + int(np.argmax(profile_scores(wave, 20)[100:])) in range(150, 170)
    True
    """
    rows = windows_of(values, width)
    if width < 2 or 3 * width > len(rows) + width - 1:
        raise ValueError(
            f"width {width} of {len(rows) + width - 1} values; expected 2 to a third of them"
        )
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    still = length <= 1e-9 * np.abs(np.asarray(values)).max(initial=1)
    units = (rows / np.where(still, np.inf, length)).astype(np.float32)
    scores = np.zeros(len(rows) + width - 1)
    for start in range(width, len(units), _ROWS):
        stop = min(start + _ROWS, len(units))
        alike = units[start:stop] @ units[: stop - width].T
        # A window may be compared with those that end before it begins.
        ends = np.arange(start, stop)[:, None] - width
        alike[np.arange(stop - width) > ends] = -1
        nearest = np.clip(alike.max(axis=1), -1, 1)
        scores[start + width - 1 : stop + width - 1] = np.sqrt(2 * width * (1 - nearest))
    return scores


def precision_area(scores: FloatArray, anomalous: NDArray[np.bool_]) -> float:
    """Return the area under precision against recall: no threshold is needed.

    Parameters
    ----------
    scores : ndarray, shape (n,)
    anomalous : ndarray of bool, shape (n,)
        Of both kinds there is at least one.

    Returns
    -------
    float
        1 if every anomalous one comes first; the share of the anomalous ones for scores drawn at
        random.

    Raises
    ------
    ValueError
        If a score is not finite, there are not as many of both, or one kind is missing.

    Examples
    --------
    >>> precision_area(np.array([0.9, 0.8, 0.1]), np.array([True, False, False]))
    1.0
    """
    scores, truth = np.asarray(finite(scores, "the scores")), np.asarray(anomalous, bool)
    if scores.shape != truth.shape or scores.ndim != 1 or truth.all() or not truth.any():
        raise ValueError(
            f"scores of the shape {scores.shape} and {truth.sum()} of {truth.size} anomalous; "
            "expected one row of scores, and some of either kind"
        )
    return float(average_precision_score(truth, scores))


def _check_rows(train: FloatArray, asked: FloatArray) -> None:
    """Refuse rows that do not fit together."""
    first, second = with_squares(train, "the usual rows"), with_squares(asked, "the asked rows")
    fit = first.ndim == second.ndim == 2 and first.shape[1] == second.shape[1]
    if not fit or not first.size or not second.size:
        raise ValueError(
            f"rows of the shapes {first.shape} and {second.shape}; expected (rows, features) twice "
            "with as many features"
        )
    if negligible(np.ptp(first), first):
        raise ValueError(f"the usual rows hold nothing but {first.flat[0]}; nothing to learn from")
