"""The values of an array along an axis, lane by lane."""

from collections.abc import Callable
from typing import Any

from .array import ndarray
from .kinds import Shape
from .places import axis_of, strides_of, walk

Axis = int | tuple[int, ...] | None


def lanes(given: ndarray, axis: Axis) -> tuple[Shape, list[int], list[list[Any]]]:
    """Return the shape of what is left, the axes that go, and the values that go together."""
    listed = axis if isinstance(axis, tuple) else range(given.ndim) if axis is None else (axis,)
    gone = [axis_of(one, given.ndim) for one in listed]
    kept = [one for one in range(given.ndim) if one not in gone]
    strides, values = strides_of(given.shape), given.values
    starts = walk([given.shape[i] for i in kept], [strides[i] for i in kept])
    offsets = walk([given.shape[i] for i in gone], [strides[i] for i in gone])
    found = [[values[start + offset] for offset in offsets] for start in starts]
    return tuple(given.shape[i] for i in kept), gone, found


def along(given: ndarray, axis: int, function: Callable[[list[Any]], list[Any]],
          kind: str | None = None) -> ndarray:  # fmt: skip
    """Turn each lane along an axis into another one."""
    axis = axis_of(axis, given.ndim)
    shape, _, rows_of = lanes(given, axis)
    made = [function(lane) for lane in rows_of]
    length = len(made[0]) if made else 0
    rows = ndarray([v for lane in made for v in lane], (*shape, length), kind or given.kind)
    order = list(range(rows.ndim - 1))
    order.insert(axis, rows.ndim - 1)
    return rows.transpose(order).copy()
