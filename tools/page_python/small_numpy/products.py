"""Products of arrays, and what is asked of an array as a whole."""

import builtins
from typing import Any

from .array import asarray, ndarray
from .elementwise import multiply
from .kinds import Shape
from .making import diag
from .operators import higher, matmul
from .reducing import diff, sum


def dot(one: Any, other: Any) -> Any:
    """Multiply rows, columns, matrices and numbers."""
    a, b = asarray(one), asarray(other)
    return multiply(a, b) if not a.ndim or not b.ndim else matmul(a, b)


def outer(one: Any, other: Any) -> ndarray:
    """Multiply each value of one row with each of another."""
    made: ndarray = multiply(asarray(one).reshape((-1, 1)), asarray(other).ravel())
    return made


def trace(array: Any) -> Any:
    """Add up a diagonal."""
    return sum(diag(array))


def convolve(one: Any, other: Any, mode: str = "full") -> ndarray:
    """Let one row run over another and add up the products."""
    a, b = asarray(one), asarray(other)
    made = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a.values):
        for j, y in enumerate(b.values):
            made[i + j] += x * y
    longer, shorter = builtins.max(len(a), len(b)), builtins.min(len(a), len(b))
    length = {"full": len(made), "same": longer, "valid": longer - shorter + 1}[mode]
    start = (len(made) - length) // 2
    return ndarray(made[start : start + length], (length,), higher(a.kind, b.kind))


def trapezoid(y: Any, x: Any = None, dx: float = 1.0) -> Any:
    """Return the area below a line through points."""
    heights = asarray(y)
    widths = dx if x is None else diff(x)
    return sum((heights[1:] + heights[:-1]) / 2 * widths)


def shape(array: Any) -> Shape:
    """Return the sizes of the axes."""
    return asarray(array).shape


def ndim(array: Any) -> int:
    """Return the number of axes."""
    return asarray(array).ndim


def size(array: Any) -> int:
    """Return the number of values."""
    return asarray(array).size


def copy(array: Any) -> ndarray:
    """Return an array of its own."""
    return asarray(array).copy()
