"""Where the values of an array stand: shapes, strides and repetition."""

import math
from collections.abc import Sequence

from .kinds import Shape


def strides_of(shape: Shape) -> list[int]:
    """Say how far apart neighbours along each axis are."""
    return [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]


def walk(sizes: Sequence[int], strides: Sequence[int], start: int = 0) -> list[int]:
    """List the places that a walk over some axes comes by, the last axis fastest."""
    places = [start]
    for size, stride in zip(sizes, strides, strict=True):
        places = [place + i * stride for place in places for i in range(size)]
    return places


def common_shape(*shapes: Shape) -> Shape:
    """Return the shape to which all of them can be repeated."""
    made = []
    for axis in range(-max(map(len, shapes), default=0), 0):
        sizes = {shape[axis] for shape in shapes if len(shape) >= -axis} - {1}
        if len(sizes) > 1:
            named = " ".join(str(shape).replace(" ", "") for shape in shapes)
            raise ValueError(f"operands could not be broadcast together with shapes {named}")
        made.append(sizes.pop() if sizes else 1)
    return tuple(made)


def spread(shape: Shape, target: Shape) -> list[int]:
    """List the places of an array that is repeated to a larger shape."""
    padded = (1,) * (len(target) - len(shape)) + shape
    if common_shape(padded, target) != target:
        raise ValueError(f"could not broadcast input array from shape {shape} into shape {target}")
    strides = [
        0 if n == 1 else stride for n, stride in zip(padded, strides_of(padded), strict=True)
    ]
    return walk(target, strides)


def axis_of(axis: int, ndim: int) -> int:
    """Count an axis from the front."""
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {ndim}")
    return axis % ndim
