"""Arithmetic, comparisons and products of arrays."""

import operator
from collections.abc import Callable
from typing import Any

from .array import asarray, is_whole, ndarray, wrapped
from .kinds import ARITHMETIC, CONVERT, ORDER, NotInThisPage, Shape
from .places import common_shape, spread


def result(values: list[Any], shape: Shape, kind: str) -> Any:
    """Return an array, or the number if there is only one and no axis."""
    return ndarray(values, shape, kind) if shape else wrapped(CONVERT[kind](values[0]))


def higher(*kinds: str) -> str:
    """Return the kind that can hold all of them."""
    return max(kinds, key=ORDER.index)


def elementwise(function: Callable[..., Any], kind: Callable[..., str], *given: Any) -> Any:
    """Call a function with the values of arrays that belong together."""
    arrays = [asarray(one) for one in given]
    for array in arrays:
        if array.kind == "O":
            raise TypeError(f"no arithmetic with {type(array.values[0]).__name__}")
    shape = common_shape(*(array.shape for array in arrays))
    rows = []
    for array in arrays:
        values = array.values
        same = array.shape == shape
        rows.append(values if same else [values[i] for i in spread(array.shape, shape)])
    made = [function(*row) for row in zip(*rows, strict=True)]
    return result(made, shape, kind(*(array.kind for array in arrays)))


def float_kind(kind: str) -> str:
    """Return the kind of what a function of numbers gives."""
    if kind == "U":
        raise TypeError("no arithmetic with texts")
    return higher(kind, "f")


def sized(shape: Any) -> Shape:
    """Return a shape that was given as one number or as several."""
    return (operator.index(shape),) if is_whole(shape) else tuple(map(int, shape))


def _number_kind(name: str) -> Callable[[str, str], str]:
    def kind(one: str, other: str) -> str:
        common = higher(one, other)
        if common == "U":
            raise TypeError(f"no arithmetic ({name}) with texts")
        if common == "b":
            if name == "sub":
                raise TypeError(
                    "numpy boolean subtract, the `-` operator, is not supported, use `^` instead"
                )
            common = "b" if name in ("add", "mul") else "i"
        return higher(common, "f") if name == "truediv" else common

    return kind


def arithmetic(name: str) -> Callable[[Any, Any], Any]:
    """Return a function of two arrays."""
    function, kind = ARITHMETIC[name], _number_kind(name)

    def operate(one: Any, other: Any) -> Any:
        return elementwise(function, kind, one, other)

    return operate


def comparison(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    """Return a function of two arrays that gives truth values."""
    return lambda one, other: elementwise(function, lambda *_: "b", one, other)


def bitwise(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a function of two arrays of truth values, or of whole numbers."""

    def kind(one: str, other: str) -> str:
        if higher(one, other) not in "bi":
            raise TypeError("`&`, `|`, `^` and `~` need truth values or whole numbers")
        return higher(one, other)

    return lambda one, other: elementwise(function, kind, one, other)


def matmul(one: Any, other: Any) -> Any:
    """Multiply matrices, rows and columns."""
    a, b = asarray(one), asarray(other)
    if not a.ndim or not b.ndim:
        raise ValueError("matmul: an operand has no axis; use `*` for a number")
    if a.ndim > 2 or b.ndim > 2:
        return _stacked_matmul(a, b)
    left = a if a.ndim == 2 else a.reshape(1, -1)
    right = b if b.ndim == 2 else b.reshape(-1, 1)
    (rows, inner), (again, columns) = left.shape, right.shape
    if inner != again:
        raise ValueError(
            f"matmul: Input operand 1 has a mismatch in its core dimension 0 (size {again} is "
            f"different from {inner})"
        )
    x, y = left.values, right.T.values
    made = [
        sum(map(operator.mul, x[i * inner : (i + 1) * inner], y[j * inner : (j + 1) * inner]))
        for i in range(rows)
        for j in range(columns)
    ]
    shape = (*((rows,) if a.ndim == 2 else ()), *((columns,) if b.ndim == 2 else ()))
    return result(made, shape, higher(a.kind, b.kind))


def _stacked_matmul(a: ndarray, b: ndarray) -> ndarray:
    if a.ndim < 2 or b.ndim < 2:
        raise NotInThisPage("The product of a row and more than one matrix")
    stack = common_shape(a.shape[:-2], b.shape[:-2])
    lefts, rights = (
        [x.reshape(-1, *x.shape[-2:])[i] for i in spread(x.shape[:-2], stack)] for x in (a, b)
    )
    made = [matmul(x, y) for x, y in zip(lefts, rights, strict=True)]
    values = [value for matrix in made for value in matrix.values]
    return ndarray(values, (*stack, a.shape[-2], b.shape[-1]), higher(a.kind, b.kind))


def same_kind(kind: str) -> str:
    """Return the kind of what keeps it."""
    return kind


def size_kind(kind: str) -> str:
    """Return the kind of an absolute value."""
    return "f" if kind == "c" else kind


_INVERTED = {True: operator.not_, False: operator.invert}


def _in_place(name: str, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: ndarray, other: Any) -> ndarray:
        made = asarray(function(self, other))
        if ORDER.index(made.kind) > ORDER.index(self.kind):
            raise TypeError(
                f"Cannot cast ufunc '{name}' output from dtype('{made.dtype}') to "
                f"dtype('{self.dtype}') with casting rule 'same_kind'"
            )
        self[...] = made
        return self

    return method


def _methods(name: str, function: Callable[[Any, Any], Any]) -> None:
    def forward(self: Any, other: Any) -> Any:
        return function(self, other)

    def turned(self: Any, other: Any) -> Any:
        return function(other, self)

    setattr(ndarray, f"__{name}__", forward)
    setattr(ndarray, f"__r{name}__", turned)
    setattr(ndarray, f"__i{name}__", _in_place(name, function))


for _name in ARITHMETIC:
    _methods(_name, arithmetic(_name))
_methods("matmul", matmul)
for _name in ("and", "or", "xor", "rshift", "lshift"):
    _methods(_name, bitwise(getattr(operator, f"__{_name}__")))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    _compare = comparison(getattr(operator, _name))
    setattr(ndarray, f"__{_name}__", lambda self, other, compare=_compare: compare(self, other))
for _name, _one in {
    "neg": lambda array: elementwise(operator.neg, same_kind, array),
    "pos": lambda array: array.copy(),
    "abs": lambda array: elementwise(abs, size_kind, array),
    "invert": lambda array: elementwise(_INVERTED[array.kind == "b"], same_kind, array),
}.items():
    setattr(ndarray, f"__{_name}__", _one)
