"""Checks of numbers that come from outside, before anything is computed from them."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def finite(
    values: ArrayLike, name: str, *, what_to_do: str = "Leave such values out or fill them first."
) -> NDArray[Any]:
    """Return numbers as an array, or say where one of them is not finite.

    Parameters
    ----------
    values : array_like of int or float
        Of any shape, also empty or a single number. Booleans count as 0 and 1.
    name : str
        What they are, in the plural, as the beginning of a sentence: "the scores".
    what_to_do : str
        The advice at the end of the message; "" for none.

    Returns
    -------
    ndarray
        The values with the type they came in, not copied where they were an array.

    Raises
    ------
    ValueError
        If a value is NaN, infinite or masked, or they are not real numbers.

    Examples
    --------
    >>> finite([1, 2.5], "the heights")
    array([1. , 2.5])
    >>> finite([3.0, float("inf"), 2.0], "the heights")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: the heights: 1 of 3 values is not finite, the first at 1: inf; expected ...
    """
    array = _numbers(values, name)
    wrong = np.atleast_1d(~np.isfinite(array))
    if isinstance(values, np.ma.MaskedArray):
        wrong = wrong | np.ma.getmaskarray(values)
    _refuse(wrong, array, name, f"expected finite numbers. {what_to_do}")
    return array


def measured(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return measurements, of which some may be missing, or say where one is infinite.

    Parameters
    ----------
    values : array_like of int or float
        NaN, or masked, where a value is missing.
    name : str
        As for `finite`.

    Returns
    -------
    ndarray of float64
        NaN where a value is missing; not copied where it was such an array.

    Raises
    ------
    ValueError
        If a value is infinite, or they are not real numbers.

    Examples
    --------
    >>> measured([3, float("nan")], "the heights")
    array([ 3., nan])
    """
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(np.float64), np.nan)
    array = _numbers(values, name).astype(np.float64, copy=False)
    expected = "expected finite numbers, and NaN where one is missing"
    _refuse(np.atleast_1d(np.isinf(array)), array, name, expected)
    return array


def with_squares(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return finite numbers as floats, if their squares are neither infinite nor all 0.

    Parameters
    ----------
    values : array_like of int or float
    name : str
        As for `finite`.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    ValueError
        As `finite`, and if the largest is so large or so small that no deviation can be computed.

    Examples
    --------
    >>> with_squares([1, 0], "the heights")
    array([1., 0.])
    """
    array: NDArray[np.float64] = finite(values, name).astype(np.float64, copy=False)
    largest = np.abs(array).max(initial=0)
    if largest and not 1e-150 < largest < 1e150:
        raise ValueError(f"{name} go up to {largest}; give them in another unit")
    return array


def negligible(
    spread: ArrayLike, values: ArrayLike, axis: int | None = None
) -> NDArray[np.bool_] | np.bool_:
    """Say whether a spread is zero up to the rounding of the values that it comes from.

    Parameters
    ----------
    spread : array_like of float
        A range, deviation or mean difference of `values`, at least 0.
    values : array_like of float
        NaN where missing.
    axis : int or None
        Over which the spread was taken.

    Returns
    -------
    bool or ndarray of bool
        Whether to divide by it would be to divide by nothing.

    Examples
    --------
    >>> tenths = np.array([0.3, 0.1 + 0.2, 0.3])
    >>> bool(negligible(np.ptp(tenths), tenths)), float(np.ptp(tenths)) > 0
    (True, True)
    >>> bool(negligible(2e-7, [1e-7, 3e-7])), bool(negligible(2e-7, [1e9, 1e9]))
    (False, True)
    """
    return np.asarray(spread) <= rounding(np.nanmax(np.abs(np.asarray(values)), axis=axis))


def rounding(values: ArrayLike) -> NDArray[np.floating]:
    """Return how far apart two numbers of such a size may be that are meant to be the same.

    Parameters
    ----------
    values : array_like of float

    Returns
    -------
    ndarray of float
        Eight times the precision of the type for each, above 0 even where the value is 0.

    Examples
    --------
    >>> rounding([1.0, -1e9, 0.0]).tolist()
    [1.7763568394002505e-15, 1.7763568394002505e-06, 2.2250738585072014e-308]
    """
    array = np.asarray(values)
    kind = np.finfo(array.dtype if array.dtype.kind == "f" else np.float64)
    return np.asarray(8 * kind.eps * np.abs(array) + kind.tiny)


def share(value: float, name: str) -> None:
    """Refuse what is no share strictly between 0 and 1, such as a confidence of 95.

    Parameters
    ----------
    value : float
    name : str
        What it is called in the error.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> share(95, "confidence")
    Traceback (most recent call last):
    ValueError: confidence is 95; expected a share between 0 and 1, such as 0.9
    """
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; expected a share between 0 and 1, such as 0.9")


def whole(value: float, name: str, least: int = 1) -> None:
    """Refuse what is no whole number from `least` up; 3.0 counts as 3.

    Parameters
    ----------
    value : float
    name : str
        What it is called in the error.
    least : int

    Raises
    ------
    ValueError

    Examples
    --------
    >>> whole(2.5, "units")
    Traceback (most recent call last):
    ValueError: units is 2.5; expected a whole number from 1 up
    """
    if not isinstance(value, Real) or not value >= least or value % 1:
        raise ValueError(f"{name} is {value!r}; expected a whole number from {least} up")


def positive(value: float, name: str) -> None:
    """Refuse what is no finite number above 0, such as a learning rate of 0.

    Parameters
    ----------
    value : float
    name : str
        What it is called in the error.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> positive(0, "learning_rate")
    Traceback (most recent call last):
    ValueError: learning_rate is 0; expected a finite number above 0
    """
    if not isinstance(value, Real) or not 0 < value < np.inf:
        raise ValueError(f"{name} is {value!r}; expected a finite number above 0")


def whole_numbers(values: ArrayLike, below: int, name: str) -> NDArray[np.integer]:
    """Return a row of whole numbers from 0 up, such as ids, or say where one of them is too large.

    Parameters
    ----------
    values : array_like of int, shape (n,)
    below : int
        What each of them has to be smaller than.
    name : str
        What they are, as for `finite`.

    Returns
    -------
    ndarray of int, shape (n,)
        The values with the type they came in.

    Raises
    ------
    ValueError
        If they are no row, of another type, or one is out of range.

    Examples
    --------
    >>> whole_numbers([0, 3, 9], 4, "the ids")
    Traceback (most recent call last):
    ValueError: the ids: 1 of 3 out of range, the first at 2: 9; expected whole numbers from 0 to 3
    """
    array = finite(values, name)
    expected = f"expected whole numbers from 0 to {below - 1}"
    if array.ndim != 1 or (array.size and array.dtype.kind not in "biu"):
        raise ValueError(f"{name} have shape {array.shape} and type {array.dtype}; {expected}")
    if (wrong := np.flatnonzero((array < 0) | (array >= below))).size:
        raise ValueError(
            f"{name}: {wrong.size} of {array.size} out of range, the first at {wrong[0]}: "
            f"{array[wrong[0]]}; {expected}"
        )
    return array if array.size else array.astype(np.int64)


def one_text(text: Any) -> None:
    """Refuse what is no text, such as a missing value of a table.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> one_text(None)
    Traceback (most recent call last):
    TypeError: A text is a str, but this is NoneType: None
    """
    if not isinstance(text, str):
        raise TypeError(f"A text is a str, but this is {type(text).__name__}: {text!r:.60}")


def several(texts: Any, name: str) -> None:
    """Refuse one text where many are meant: a loop would take each of its letters for one.

    Parameters
    ----------
    texts : object
    name : str
        What they are called in the error.

    Raises
    ------
    TypeError

    Examples
    --------
    >>> several("Va !", "sentences")
    Traceback (most recent call last):
    TypeError: sentences is one str, 'Va !'; each of its letters would be taken for one. Give a list
    """
    if isinstance(texts, str | bytes):
        raise TypeError(
            f"{name} is one {type(texts).__name__}, {texts[:40]!r}; each of its letters would be "
            "taken for one. Give a list"
        )


def axes(values: ArrayLike, name: str, expected: str) -> None:
    """Refuse an array that has more or fewer axes than expected.

    Parameters
    ----------
    values : array_like
    name : str
        What they are called in the error.
    expected : str
        Names of the axes, separated by a comma and a blank.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> axes([1.0, 2.0], "the frames", "n, timesteps, bands")
    Traceback (most recent call last):
    ValueError: the frames have shape (2,); expected (n, timesteps, bands)
    """
    if np.ndim(values) != len(expected.split(", ")):
        raise ValueError(f"{name} have shape {np.shape(values)}; expected ({expected})")


def _numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return real numbers as an array."""
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name}: {error}; expected a rectangle of numbers") from error
    if array.dtype.kind not in "biuf":
        other = [(place, one) for place, one in np.ndenumerate(array) if not isinstance(one, Real)]
        first = f", the first{_at(other[0][0])}: {other[0][1]!r}" if other else ""
        raise ValueError(f"{name} are of type {array.dtype}{first}; expected finite numbers")
    return array


def _refuse(wrong: NDArray[np.bool_], array: NDArray[Any], name: str, expected: str) -> None:
    """Say how many values are wrong, and where the first one is."""
    if not wrong.any():
        return
    place = tuple(map(int, np.argwhere(wrong)[0]))[: array.ndim]
    value = "masked" if np.isfinite(array[place]) else array[place]
    count = f"{wrong.sum()} of {wrong.size} values {'is' if wrong.sum() == 1 else 'are'}"
    raise ValueError(
        f"{name}: {count} not finite, the first{_at(place)}: {value}; {expected}".rstrip()
    )


def _at(place: tuple[int, ...]) -> str:
    """Return where a value is, in words; nothing for a single number."""
    return f" at {place[0] if len(place) == 1 else place}" if place else ""
