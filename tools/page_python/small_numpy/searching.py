"""Functions that look for values, and compare arrays."""

import bisect
import builtins
import cmath
from typing import Any

from .array import array_nonzero, asarray, ndarray
from .elementwise import floor_divide
from .joining import stack
from .operators import elementwise, sized
from .places import strides_of
from .reducing import all


def nonzero(array: Any) -> tuple[ndarray, ...]:
    """Say where the values are that are not zero, axis by axis."""
    return tuple(array_nonzero(asarray(array)))


def flatnonzero(array: Any) -> ndarray:
    """Say where the values are that are not zero, in a row."""
    return array_nonzero(asarray(array).ravel())[0]


def argwhere(array: Any) -> ndarray:
    """Say where the values are that are not zero, one row each."""
    return stack(array_nonzero(asarray(array)), axis=1)


def unravel_index(index: Any, shape: Any) -> tuple[Any, ...]:
    """Turn a number in a row into one for each axis."""
    strides = strides_of(sized(shape))
    return tuple(
        floor_divide(index, stride) % size
        for stride, size in zip(strides, sized(shape), strict=True)
    )


def unique(array: Any, return_counts: bool = False) -> Any:
    """Return each value once, in order."""
    given = asarray(array)
    values = sorted(set(given.values))
    made = ndarray(values, (len(values),), given.kind)
    if not return_counts:
        return made
    counts = [given.values.count(value) for value in values]
    return made, ndarray(counts, (len(values),), "i")


def isin(array: Any, among: Any) -> Any:
    """Say which values are among others."""
    known = set(asarray(list(among) if isinstance(among, set) else among).values)
    return elementwise(lambda v: v in known, lambda _: "b", array)


def searchsorted(array: Any, values: Any, side: str = "left") -> Any:
    """Say where values would have to be put in to keep an order."""
    row = asarray(array).values
    find = bisect.bisect_left if side == "left" else bisect.bisect_right
    return elementwise(lambda v: find(row, v), lambda _: "i", values)


def bincount(array: Any, minlength: int = 0) -> ndarray:
    """Count how often each whole number comes."""
    values = asarray(array).values
    size = builtins.max(minlength, builtins.max(values, default=-1) + 1)
    return ndarray([values.count(i) for i in range(size)], (size,), "i")


def isclose(
    one: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Say which values are nearly the same."""

    def near(x: Any, y: Any) -> bool:
        if x == y:
            return True
        if x != x or y != y:
            return equal_nan and x != x and y != y
        return (
            cmath.isfinite(x)
            and cmath.isfinite(y)
            and (builtins.abs(x - y) <= atol + rtol * builtins.abs(y))
        )

    return elementwise(near, lambda *_: "b", one, other)


def allclose(
    one: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Say whether all values are nearly the same."""
    return bool(all(isclose(one, other, rtol, atol, equal_nan)))


def array_equal(one: Any, other: Any, equal_nan: bool = False) -> bool:
    """Say whether two arrays have the same shape and values."""
    a, b = asarray(one), asarray(other)
    return a.shape == b.shape and builtins.all(
        x == y or (equal_nan and x != x and y != y) for x, y in zip(a.values, b.values, strict=True)
    )
