"""Norms, eigenvalues and the QR decomposition of small matrices."""

import cmath
import math
from typing import Any

from . import elementwise, reducing
from .array import asarray, ndarray
from .kinds import NotInThisPage

Matrix = list[list[Any]]


class LinAlgError(ValueError):
    """A matrix of another shape is needed."""


def norm(array: Any, ord: Any = None, axis: Any = None) -> Any:
    """Return the length of all values, or along an axis; of a matrix also its largest stretch."""
    given = asarray(array)
    if ord is None or (ord == 2 and (axis is not None or given.ndim == 1)):
        return elementwise.sqrt(reducing.sum(elementwise.abs(given) ** 2, axis))
    if ord == 2 and given.ndim == 2:
        product = given.conj().T @ given  # type: ignore[attr-defined]
        return elementwise.sqrt(reducing.max(elementwise.abs(eigvals(product))))
    if ord == math.inf and given.ndim == 1:
        return reducing.max(elementwise.abs(given))
    if ord == 1 and given.ndim == 1:
        return reducing.sum(elementwise.abs(given))
    raise NotInThisPage(f"np.linalg.norm with ord={ord!r} and {given.ndim} axes")


def eigvals(array: Any) -> ndarray:
    """Return the eigenvalues, by the QR algorithm with Wilkinson's shifts.

    Each step takes the eigenvalue of the last two rows that is nearer to the last number as shift,
    and an eigenvalue has been found when the last row has become zero left of the diagonal.

    Raises
    ------
    LinAlgError
        If it is no square matrix, holds a number that is not finite, or takes too many steps.
    """
    given = _square(array)
    a = [[complex(v) for v in row] for row in given.tolist()]
    size = math.sqrt(math.fsum(abs(v) ** 2 for row in a for v in row)) or 1.0
    found: list[complex] = []
    steps = 0
    while a:
        n = len(a)
        left = math.fsum(abs(v) for v in a[-1][:-1])
        if n == 1 or left <= 1e-15 * size:
            found.append(a[-1][-1])
            a = [row[:-1] for row in a[:-1]]
            steps = 0
            continue
        steps += 1
        if steps > 1000:
            raise LinAlgError("Eigenvalues did not converge")
        shift = _shift(a) if steps % 20 else complex(size * steps, size)  # breaks a circle
        for i in range(n):
            a[i][i] -= shift
        q, r = _qr(a)
        a = _product(r, q)
        for i in range(n):
            a[i][i] += shift
    found.reverse()
    if given.kind != "c" and all(abs(v.imag) <= 1e-12 * size for v in found):
        return ndarray([v.real for v in found], (len(found),), "f")
    return ndarray(found, (len(found),), "c")


def _shift(a: Matrix) -> complex:
    p, q, r, s = (complex(v) for v in (*a[-2][-2:], *a[-1][-2:]))
    middle, root = (p + s) / 2, cmath.sqrt(((p - s) / 2) ** 2 + q * r)
    return min((middle + root, middle - root), key=lambda value: abs(value - s))


def qr(array: Any) -> tuple[ndarray, ndarray]:
    """Write a matrix as an orthogonal one times an upper triangle."""
    given = asarray(array)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise NotInThisPage("np.linalg.qr of a matrix that is not square")
    q, r = _qr([[complex(v) for v in row] for row in given.tolist()])
    kind = "c" if given.kind == "c" else "f"
    made = ([[v if kind == "c" else v.real for v in row] for row in part] for part in (q, r))
    one, other = (ndarray([v for row in part for v in row], given.shape, kind) for part in made)
    return one, other


def _qr(a: Matrix) -> tuple[Matrix, Matrix]:
    """Decompose by reflections (Householder), which keep the columns of q orthogonal."""
    n = len(a)
    r = [row[:] for row in a]
    q = [[complex(i == j) for j in range(n)] for i in range(n)]
    for k in range(n - 1):
        column = [r[i][k] for i in range(k, n)]
        largest = max(map(abs, column))
        if not largest:
            continue
        column = [v / largest for v in column]  # the square of a tiny number would be 0
        length = math.sqrt(math.fsum(abs(v) ** 2 for v in column))
        turn = column[0] / abs(column[0]) if column[0] else 1.0
        column[0] += turn * length
        squares = math.fsum(abs(v) ** 2 for v in column)
        for j in range(n):
            share = 2 * sum_of(v.conjugate() * r[k + i][j] for i, v in enumerate(column)) / squares
            for i, v in enumerate(column):
                r[k + i][j] -= share * v
        for row in q:
            share = 2 * sum_of(row[k + i] * v for i, v in enumerate(column)) / squares
            for i, v in enumerate(column):
                row[k + i] -= share * v.conjugate()
        for i in range(k + 1, n):
            r[i][k] = 0j
    return q, r


def sum_of(values: Any) -> complex:
    """Add complex numbers up."""
    total = 0j
    for value in values:
        total += value
    return total


def _product(a: Matrix, b: Matrix) -> Matrix:
    columns = list(zip(*b, strict=True))
    return [
        [sum_of(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in a
    ]


def _square(array: Any) -> ndarray:
    given = asarray(array)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    if not all(cmath.isfinite(value) for value in given.values):
        raise LinAlgError("Array must not contain infs or NaNs")
    return given
