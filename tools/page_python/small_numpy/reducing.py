"""Sums, means, orders and whatever else runs along an axis."""

import builtins
import math
import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from .array import asarray, ndarray
from .elementwise import divide, multiply, sqrt
from .joining import stack
from .kinds import divided, or_nan
from .lanes import Axis, along, lanes
from .operators import float_kind, result


def _reduced(
    array: Any,
    axis: Axis,
    keepdims: bool,
    function: Callable[[list[Any]], Any],
    kind: Callable[[str], str],
) -> Any:
    given = asarray(array)
    shape, gone, rows = lanes(given, axis)
    made = [function(lane) for lane in rows]
    if keepdims:
        shape = tuple(1 if i in gone else n for i, n in enumerate(given.shape))
    return result(made, shape, kind(given.kind))


def _count_kind(kind: str) -> str:
    return "i" if kind == "b" else kind


def _some(values: list[Any], name: str) -> None:
    if not values:
        raise ValueError(f"zero-size array to reduction operation {name} which has no identity")


def sum(array: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Add up."""
    return _reduced(array, axis, keepdims, builtins.sum, _count_kind)


def prod(array: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Multiply."""
    return _reduced(array, axis, keepdims, math.prod, _count_kind)


def _mean(values: list[Any]) -> Any:
    return divided(builtins.sum(values), len(values)) if values else math.nan


def mean(array: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the mean."""
    return _reduced(array, axis, keepdims, _mean, float_kind)


def var(array: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the mean squared distance from the mean."""

    def one(values: list[Any]) -> Any:
        middle = _mean(values)
        squares = builtins.sum(builtins.abs(v - middle) ** 2 for v in values)
        return divided(squares, builtins.max(len(values) - ddof, 0))

    return _reduced(array, axis, keepdims, one, lambda _: "f")


def std(array: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the root of the mean squared distance from the mean."""
    return sqrt(var(array, axis, ddof, keepdims))


def _extreme(name: str, choose: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    better = or_nan(choose)

    def one(values: list[Any]) -> Any:
        _some(values, name)
        best = values[0]
        for value in values[1:]:
            best = better(best, value)
        return best

    def extreme(array: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
        made = one if initial is None else lambda values: one([initial, *values])
        return _reduced(array, axis, keepdims, made, lambda kind: kind)

    return extreme


max = amax = _extreme("maximum", builtins.max)
min = amin = _extreme("minimum", builtins.min)


def _first(better: Callable[[Any, Any], bool], name: str) -> Callable[..., Any]:
    def one(values: list[Any]) -> int:
        if not values:
            raise ValueError(f"attempt to get {name} of an empty sequence")
        best = 0
        for place, value in enumerate(values):
            if value != value:
                return place
            if better(value, values[best]):
                best = place
        return best

    def found(array: Any, axis: int | None = None) -> Any:
        return _reduced(array, axis, False, one, lambda _: "i")

    return found


argmax, argmin = _first(operator.gt, "argmax"), _first(operator.lt, "argmin")


def any(array: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Say whether a value is true."""
    return _reduced(array, axis, keepdims, builtins.any, lambda _: "b")


def all(array: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Say whether all values are true."""
    return _reduced(array, axis, keepdims, builtins.all, lambda _: "b")


def count_nonzero(array: Any, axis: Axis = None) -> Any:
    """Count the values that are not zero."""
    return _reduced(array, axis, False, lambda v: builtins.sum(map(bool, v)), lambda _: "i")


def _quantile(values: list[Any], q: float) -> Any:
    if not values or builtins.any(v != v for v in values):
        return math.nan
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    low = builtins.min(int(place), len(ordered) - 1)
    high = builtins.min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def quantile(array: Any, q: Any, axis: int | None = None) -> Any:
    """Return the value below which a share lies."""
    given = asarray(q)
    if given.ndim:
        return stack([quantile(array, one, axis) for one in given.values])
    return _reduced(array, axis, False, lambda v: _quantile(v, float(q)), float_kind)


def percentile(array: Any, q: Any, axis: int | None = None) -> Any:
    """Return the value below which so many of a hundred lie."""
    return quantile(array, divide(q, 100), axis)


def median(array: Any, axis: int | None = None) -> Any:
    """Return the value in the middle."""
    return quantile(array, 0.5, axis)


def average(array: Any, axis: int | None = None, weights: Any = None) -> Any:
    """Return a weighted mean."""
    if weights is None:
        return mean(array, axis)
    return divide(sum(multiply(array, weights), axis), sum(weights, axis))


def _of_row(array: Any, axis: int | None) -> tuple[ndarray, int]:
    given = asarray(array)
    return (given.ravel(), 0) if axis is None else (given, axis)


def _accumulated(values: list[Any], function: Callable[[Any, Any], Any]) -> list[Any]:
    made = values[:1]
    for value in values[1:]:
        made.append(function(made[-1], value))
    return made


def cumsum(array: Any, axis: int | None = None) -> ndarray:
    """Add up all values up to each."""
    given, axis = _of_row(array, axis)
    return along(given, axis, lambda v: _accumulated(v, operator.add), _count_kind(given.kind))


def cumprod(array: Any, axis: int | None = None) -> ndarray:
    """Multiply all values up to each."""
    given, axis = _of_row(array, axis)
    return along(given, axis, lambda v: _accumulated(v, operator.mul), _count_kind(given.kind))


def diff(array: Any, n: int = 1, axis: int = -1) -> ndarray:
    """Subtract from each value the one before."""
    given = asarray(array)
    for _ in range(n):
        given = along(given, axis, lambda v: [b - a for a, b in pairwise(v)])
    return given


def _key(value: Any) -> tuple[bool, Any]:
    return (value != value, value)  # what is no number comes last


def sort(array: Any, axis: int | None = -1) -> ndarray:
    """Put values in order."""
    given, axis = _of_row(array, axis)
    return along(given, axis, lambda v: sorted(v, key=_key))


def argsort(
    array: Any, axis: int | None = -1, kind: str | None = None, stable: bool = True
) -> ndarray:
    """Return the numbers of the values in their order; equal ones keep theirs."""
    given, axis = _of_row(array, axis)
    return along(given, axis, lambda v: sorted(range(len(v)), key=lambda i: _key(v[i])), "i")
