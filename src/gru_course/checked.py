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
    try:
        array = np.asarray(values)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name}: {error}; expected a rectangle of numbers") from error
    if array.dtype.kind not in "biuf":
        other = [(place, one) for place, one in np.ndenumerate(array) if not isinstance(one, Real)]
        first = f", the first{_at(other[0][0])}: {other[0][1]!r}" if other else ""
        raise ValueError(f"{name} are of type {array.dtype}{first}; expected finite numbers")
    wrong = np.atleast_1d(~np.isfinite(array))
    if isinstance(values, np.ma.MaskedArray):
        wrong = wrong | np.ma.getmaskarray(values)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))[: array.ndim]
        value = "masked" if np.isfinite(array[place]) else array[place]
        count = f"{wrong.sum()} of {wrong.size} values {'is' if wrong.sum() == 1 else 'are'}"
        raise ValueError(
            f"{name}: {count} not finite, the first{_at(place)}: {value}; "
            f"expected finite numbers. {what_to_do}".rstrip()
        )
    return array


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


def several(texts: Any, name: str) -> None:
    """Refuse one text where many are meant: a loop would take each of its letters for one.

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


def _at(place: tuple[int, ...]) -> str:
    """Return where a value is, in words; nothing for a single number."""
    return f" at {place[0] if len(place) == 1 else place}" if place else ""
