"""Functions that make arrays."""

import builtins
import math
from collections.abc import Callable
from typing import Any

from .array import asarray, is_whole, ndarray
from .kinds import divided, kind_of
from .operators import sized
from .places import spread


def array(value: Any, dtype: Any = None, copy: bool = True, subok: bool = False) -> ndarray:
    """Make a new array."""
    made = asarray(value, dtype)
    return made.copy() if (copy and made is value) or isinstance(value, ndarray) else made


def full(shape: Any, value: Any, dtype: Any = None) -> ndarray:
    """Make an array of one value."""
    given = asarray(value, dtype)
    target = sized(shape)
    return ndarray([given.values[i] for i in spread(given.shape, target)], target, given.kind)


def zeros(shape: Any, dtype: Any = float) -> ndarray:
    """Make an array of zeros."""
    return full(shape, 0, dtype)


def ones(shape: Any, dtype: Any = float) -> ndarray:
    """Make an array of ones."""
    return full(shape, 1, dtype)


def _like(array: Any, value: Any, dtype: Any, shape: Any) -> ndarray:
    model = asarray(array)
    return full(model.shape if shape is None else shape, value, dtype or model.dtype)


def zeros_like(array: Any, dtype: Any = None, shape: Any = None) -> ndarray:
    """Make an array of zeros with the shape and kind of another."""
    return _like(array, 0, dtype, shape)


def ones_like(array: Any, dtype: Any = None, shape: Any = None) -> ndarray:
    """Make an array of ones with the shape and kind of another."""
    return _like(array, 1, dtype, shape)


def full_like(array: Any, value: Any, dtype: Any = None, shape: Any = None) -> ndarray:
    """Make an array of one value with the shape and kind of another."""
    return _like(array, value, dtype, shape)


empty, empty_like = zeros, zeros_like


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> ndarray:
    """Count from a number to before another."""
    first, last = (0, start) if stop is None else (start, stop)
    count = builtins.max(0, math.ceil((last - first) / step))
    made = [first + i * step for i in range(count)]
    kind = "i" if builtins.all(map(is_whole, (first, last, step))) else "f"
    return ndarray(made, (count,), kind_of(dtype) if dtype else kind)


def linspace(start: float, stop: float, num: int = 50, endpoint: bool = True) -> ndarray:
    """Divide a stretch into equal parts."""
    step = divided(stop - start, num - 1 if endpoint else num)
    made = [start + i * step for i in range(num)]
    if endpoint and num > 1:
        made[-1] = stop
    return ndarray(made, (num,), "f")


def eye(n: int, m: int | None = None, k: int = 0, dtype: Any = float) -> ndarray:
    """Make a matrix with ones on a diagonal."""
    columns = n if m is None else m
    return ndarray([j - i == k for i in range(n) for j in range(columns)], (n, columns),
                   kind_of(dtype))  # fmt: skip


identity = eye


def diag(array: Any, k: int = 0) -> ndarray:
    """Return the diagonal of a matrix, or a matrix with this diagonal."""
    given = asarray(array)
    if given.ndim == 1:
        size = len(given) + builtins.abs(k)
        made = zeros((size, size), given.dtype)
        for i, value in enumerate(given.values):
            made[i + builtins.max(0, -k), i + builtins.max(0, k)] = value
        return made
    rows, columns = given.shape
    places = [i * columns + i + k for i in range(rows) if 0 <= i + k < columns]
    return given.view_at(places, (len(places),))


def _triangle(array: Any, keep: Callable[[int, int], bool]) -> ndarray:
    made = asarray(array).copy()
    for i in range(made.shape[0]):
        for j in range(made.shape[1]):
            if not keep(i, j):
                made[i, j] = 0
    return made


def tril(array: Any, k: int = 0) -> ndarray:
    """Put zeros above a diagonal."""
    return _triangle(array, lambda i, j: j - i <= k)


def triu(array: Any, k: int = 0) -> ndarray:
    """Put zeros below a diagonal."""
    return _triangle(array, lambda i, j: j - i >= k)
