"""Functions that join, divide and arrange arrays."""

import builtins
import math
import operator
from collections.abc import Sequence
from typing import Any

from .array import asarray, is_whole, ndarray
from .making import arange
from .operators import higher, sized
from .places import axis_of, spread


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> ndarray:
    """Join arrays along an axis."""
    parts = [asarray(array) for array in arrays]
    if not parts:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        parts, axis = [part.ravel() for part in parts], 0
    if not parts[0].ndim:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = axis_of(axis, parts[0].ndim)
    others = {(*part.shape[:axis], *part.shape[axis + 1 :]) for part in parts}
    if len(others) > 1 or len({part.ndim for part in parts}) > 1:
        raise ValueError(
            "all the input array dimensions except for the concatenation axis must match exactly"
        )
    shape = list(parts[0].shape)
    shape[axis] = builtins.sum(part.shape[axis] for part in parts)
    outer = math.prod(shape[:axis])
    rows = [(part.values, part.size // outer if outer else 0) for part in parts]
    values = [value for i in range(outer) for row, n in rows for value in row[i * n : (i + 1) * n]]
    return ndarray(values, tuple(shape), higher(*(part.kind for part in parts)))


def expand_dims(array: Any, axis: int) -> ndarray:
    """Add an axis of size 1."""
    given = asarray(array)
    axis = axis_of(axis, given.ndim + 1)
    return given.reshape((*given.shape[:axis], 1, *given.shape[axis:]))


def stack(arrays: Sequence[Any], axis: int = 0) -> ndarray:
    """Join arrays along a new axis."""
    parts = [asarray(array) for array in arrays]
    if not parts:
        raise ValueError("need at least one array to stack")
    if len({part.shape for part in parts}) > 1:
        raise ValueError("all input arrays must have the same shape")
    return concatenate([expand_dims(part, axis) for part in parts], axis)


def atleast_1d(array: Any) -> ndarray:
    """Return an array with an axis."""
    given = asarray(array)
    return given if given.ndim else given.reshape((1,))


def atleast_2d(array: Any) -> ndarray:
    """Return an array with two axes."""
    given = atleast_1d(array)
    return given if given.ndim > 1 else given.reshape((1, -1))


def vstack(arrays: Sequence[Any]) -> ndarray:
    """Put rows below each other."""
    return concatenate([atleast_2d(array) for array in arrays])


def hstack(arrays: Sequence[Any]) -> ndarray:
    """Put arrays beside each other."""
    parts = [atleast_1d(array) for array in arrays]
    return concatenate(parts, axis=0 if parts and parts[0].ndim == 1 else 1)


def column_stack(arrays: Sequence[Any]) -> ndarray:
    """Make columns of rows and put them beside each other."""
    parts = [atleast_1d(array) for array in arrays]
    return concatenate([part.reshape((-1, 1)) if part.ndim == 1 else part for part in parts], 1)


def append(array: Any, values: Any, axis: int | None = None) -> ndarray:
    """Add values at the end."""
    return concatenate([array, values], axis)


def split(array: Any, sections: Any, axis: int = 0) -> list[ndarray]:
    """Divide an array into equal parts, or at some places; the parts are views."""
    size = asarray(array).shape[axis]
    if is_whole(sections) and size % operator.index(sections):
        raise ValueError("array split does not result in an equal division")
    return array_split(array, sections, axis)


def array_split(array: Any, sections: Any, axis: int = 0) -> list[ndarray]:
    """Divide an array into nearly equal parts, or at some places; the parts are views."""
    given = asarray(array)
    size = given.shape[axis]
    if is_whole(sections):
        parts = operator.index(sections)
        sizes = [size // parts + (i < size % parts) for i in range(parts)]
        ends = [builtins.sum(sizes[: i + 1]) for i in range(parts)]
    else:
        ends = [*map(int, sections), size]
    before = (slice(None),) * axis_of(axis, given.ndim)
    return [
        given[(*before, slice(start, end))] for start, end in zip([0, *ends], ends, strict=False)
    ]


def reshape(array: Any, shape: Any) -> ndarray:
    """Return the values in another shape."""
    return asarray(array).reshape(sized(shape))


def ravel(array: Any) -> ndarray:
    """Return the values in a row."""
    return asarray(array).ravel()


def transpose(array: Any, axes: Any = None) -> ndarray:
    """Return the axes in another order."""
    return asarray(array).transpose(*([axes] if axes is not None else []))


def swapaxes(array: Any, one: int, other: int) -> ndarray:
    """Let two axes change places."""
    return asarray(array).swapaxes(one, other)


def squeeze(array: Any) -> ndarray:
    """Drop axes of size 1."""
    return asarray(array).squeeze()


def broadcast_to(array: Any, shape: Any) -> ndarray:
    """Repeat an array to a larger shape."""
    given = asarray(array)
    return given.view_at(spread(given.shape, sized(shape)), sized(shape))


def tile(array: Any, times: int) -> ndarray:
    """Put copies of a row behind each other."""
    return concatenate([atleast_1d(array)] * operator.index(times), axis=-1)


def repeat(array: Any, repeats: Any, axis: int | None = None) -> Any:
    """Repeat each value."""
    given = asarray(array).ravel() if axis is None else asarray(array)
    axis = 0 if axis is None else axis
    times = broadcast_to(repeats, (given.shape[axis],)).values
    return take(given, [i for i, n in enumerate(times) for _ in range(n)], axis)


def take(array: Any, indices: Any, axis: int | None = None) -> Any:
    """Select along an axis by numbers."""
    given = asarray(array).ravel() if axis is None else asarray(array)
    before = (slice(None),) * axis_of(axis or 0, given.ndim)
    return given[(*before, indices)]


def flip(array: Any, axis: int | None = None) -> Any:
    """Turn an array round."""
    given = asarray(array)
    axes = range(given.ndim) if axis is None else [axis_of(axis, given.ndim)]
    return given[tuple(slice(None, None, -1 if i in axes else 1) for i in range(given.ndim))]


def roll(array: Any, shift: int, axis: int | None = None) -> Any:
    """Move values along, those that fall off come in at the front."""
    given = asarray(array)
    if axis is None:
        return roll(given.ravel(), shift, 0).reshape(given.shape)
    size = given.shape[axis]
    return take(given, [(i - shift) % size for i in range(size)], axis)


def delete(array: Any, indices: Any, axis: int | None = None) -> Any:
    """Leave out values by their numbers."""
    given = asarray(array).ravel() if axis is None else asarray(array)
    size = given.shape[axis or 0]
    gone = {int(i) % size for i in atleast_1d(indices).values}
    return take(given, [i for i in range(size) if i not in gone], axis or 0)


class _Rows:
    def __getitem__(self, key: Any) -> ndarray:
        parts = key if isinstance(key, tuple) else (key,)
        return concatenate([
            arange(p.start or 0, p.stop, p.step or 1) if isinstance(p, slice) else atleast_1d(p)
            for p in parts
        ])  # fmt: skip


r_ = _Rows()
