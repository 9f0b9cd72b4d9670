"""The kinds of values, and arithmetic that gives a number where NumPy gives one."""

import math
import operator
from collections.abc import Callable
from typing import Any

Shape = tuple[int, ...]
ORDER = "bifcUO"
NAMES = {
    "b": "bool", "i": "int64", "f": "float64", "c": "complex128", "U": "str", "O": "object",
}  # fmt: skip
STRINGS = {"b": "|b1", "i": "<i8", "f": "<f8", "c": "<c16", "U": "<U1", "O": "|O"}
SIZES = {"b": 1, "i": 8, "f": 8, "c": 16, "U": 4, "O": 8}
CONVERT: dict[str, Callable[[Any], Any]] = {
    "b": bool, "i": int, "f": float, "c": complex, "U": str, "O": lambda value: value,
}  # fmt: skip


class NotInThisPage(TypeError, AttributeError):
    """NumPy can do it, these arrays cannot; the message says where it can be done."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is not in the small NumPy of this page. Use something simpler, or answer in "
            "Jupyter Lab, where all of NumPy is."
        )


class dtype:
    """The kind of the values of an array."""

    def __init__(self, given: Any) -> None:
        kinds = {"bool": "b", "bool_": "b", "int": "i", "int64": "i", "float": "f", "float64": "f",
                 "complex": "c", "complex128": "c", "str": "U", "object": "O"}  # fmt: skip
        name = given if isinstance(given, str) else getattr(given, "__name__", str(given))
        if name not in kinds:
            raise NotInThisPage(f"The type {name}")
        self.kind = kinds[name]
        self.name, self.str = NAMES[self.kind], STRINGS[self.kind]
        self.itemsize = SIZES[self.kind]

    def __class_getitem__(cls, _: Any) -> type:
        return cls

    def __eq__(self, other: object) -> bool:
        try:
            return self.kind == (other if isinstance(other, dtype) else dtype(other)).kind
        except NotInThisPage:
            return False

    def __hash__(self) -> int:
        return hash(self.kind)

    def __str__(self) -> str:
        return NAMES[self.kind]

    def __repr__(self) -> str:
        return f"dtype('{self.name}')"


def kind_of(given: Any) -> str:
    """Return the letter of a type that was given as ``dtype=``."""
    return (given if isinstance(given, dtype) else dtype(given)).kind


def divided(x: Any, y: Any) -> Any:
    """Divide; by zero there is an infinite number, or none, and no error."""
    if y:
        try:
            return x / y
        except OverflowError:
            return math.copysign(math.inf, x) * math.copysign(1, y)
    if isinstance(x, complex) or isinstance(y, complex):
        return complex(math.nan, math.nan)
    return math.nan if x != x or not x else math.copysign(math.inf, x) * math.copysign(1, y)


def floored(x: Any, y: Any) -> Any:
    """Divide and round down."""
    if y:
        return x // y
    return divided(x, y) if isinstance(x, float) or isinstance(y, float) else 0


def remainder(x: Any, y: Any) -> Any:
    """Return what a division leaves."""
    if y:
        return x % y
    return math.nan if isinstance(x, float) or isinstance(y, float) else 0


def power(x: Any, y: Any) -> Any:
    """Raise to a power; no complex number comes of two real ones."""
    if isinstance(x, int) and isinstance(y, int):
        if y < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        return x**y
    try:
        made = x**y
    except ZeroDivisionError:
        odd = float(y).is_integer() and y % 2
        return math.copysign(math.inf, x) if odd else math.inf
    except OverflowError:
        if x < 0 and not float(y).is_integer():
            return math.nan
        return -math.inf if x < 0 and y % 2 else math.inf
    if isinstance(made, complex) and not isinstance(x, complex) and not isinstance(y, complex):
        return math.nan
    return made


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": divided,
    "floordiv": floored, "mod": remainder, "pow": power,
}  # fmt: skip


def or_nan(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let a choice between two numbers give none where one of them is none."""
    return lambda x, y: x if x != x else y if y != y else choose(x, y)
