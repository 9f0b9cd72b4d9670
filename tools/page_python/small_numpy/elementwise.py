"""Functions of single values, for whole arrays."""

import builtins
import cmath
import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from .array import array_nonzero, asarray, ndarray
from .kinds import NotInThisPage, or_nan
from .lanes import along
from .operators import (
    arithmetic,
    bitwise,
    comparison,
    elementwise,
    float_kind,
    higher,
    same_kind,
    size_kind,
)
from .places import axis_of


class ufunc:
    """A function of single values that takes arrays; those of two values also run along an axis."""

    def __init__(self, name: str, call: Callable[..., Any]) -> None:
        self.__name__, self._call = name, call
        self.__module__ = __name__

    def __call__(self, *given: Any, **options: Any) -> Any:
        """Call it."""
        if options:
            raise NotInThisPage(f"np.{self.__name__} with {', '.join(options)}")
        return self._call(*given)

    def accumulate(self, array: Any, axis: int = 0) -> ndarray:
        """Combine each value with all before it."""
        return along(asarray(array), axis, self._running)

    def reduce(self, array: Any, axis: int = 0) -> Any:
        """Combine all values along an axis."""
        made = self.accumulate(array, axis)
        return made[(*(slice(None),) * axis_of(axis, made.ndim), -1)]

    def outer(self, one: Any, other: Any) -> Any:
        """Combine each value of one with each of the other."""
        a, b = asarray(one), asarray(other)
        return self._call(a.reshape(a.shape + (1,) * b.ndim), b)

    def _running(self, values: list[Any]) -> list[Any]:
        made = values[:1]
        for value in values[1:]:
            made.append(self._call(made[-1], value))
        return made


def _real(function: Callable[[float], float], outside: float = math.nan) -> Callable[[Any], Any]:
    """Let a function give a number, and no error, where it has no value or too large a one."""

    def safe(x: Any) -> Any:
        try:
            return function(x)
        except ValueError:
            return math.nan if x != x or x < 0 or math.isinf(x) else outside
        except OverflowError:
            return math.inf if x > 0 else -math.inf

    return safe


def _unary(name: str, function: Callable[[Any], Any], kind: Callable[[str], str]) -> ufunc:
    return ufunc(name, lambda x: elementwise(function, kind, x))


def _or_complex(
    real: Callable[[Any], Any], other: Callable[[complex], complex]
) -> Callable[[Any], Any]:
    return lambda x: other(x) if isinstance(x, complex) else real(x)


def _sign(x: Any) -> Any:
    return x if x != x else (x > 0) - (x < 0)


def _rounded(x: Any) -> Any:
    return builtins.round(x) if math.isfinite(x) else x


_exp, _log, _sqrt = _real(math.exp), _real(math.log, -math.inf), _real(math.sqrt)
_floats: dict[str, Callable[[Any], Any]] = {
    "exp": _or_complex(_exp, cmath.exp),
    "log": _or_complex(_log, cmath.log),
    "sqrt": _or_complex(_sqrt, cmath.sqrt),
    "tanh": _or_complex(math.tanh, cmath.tanh),
    "sin": _or_complex(_real(math.sin), cmath.sin),
    "cos": _or_complex(_real(math.cos), cmath.cos),
    "expm1": _real(math.expm1),
    "log1p": lambda x: math.log1p(x) if x > -1 else _log(1 + x),
    "log2": _real(math.log2, -math.inf),
    "log10": _real(math.log10, -math.inf),
    "floor": lambda x: math.floor(x) if math.isfinite(x) else x,
    "ceil": lambda x: math.ceil(x) if math.isfinite(x) else x,
    "trunc": lambda x: math.trunc(x) if math.isfinite(x) else x,
    "rint": _rounded,
}
exp, log, sqrt, tanh, sin, cos, expm1, log1p, log2, log10, rint = (
    _unary(name, _floats[name], float_kind)
    for name in (
        *("exp", "log", "sqrt", "tanh", "sin", "cos", "expm1", "log1p", "log2", "log10", "rint"),
    )
)
floor, ceil, trunc = (_unary(name, _floats[name], same_kind) for name in ("floor", "ceil", "trunc"))
abs = absolute = _unary("abs", builtins.abs, size_kind)
negative = _unary("negative", operator.neg, same_kind)
sign = _unary("sign", _sign, same_kind)
square = ufunc("square", lambda x: asarray(x) * x)
conj = conjugate = _unary("conj", lambda x: x.conjugate(), same_kind)
isnan = _unary("isnan", lambda x: x != x, lambda _: "b")
isinf = _unary("isinf", lambda x: cmath.isinf(x), lambda _: "b")
isfinite = _unary("isfinite", lambda x: cmath.isfinite(x), lambda _: "b")
logical_not = _unary("logical_not", operator.not_, lambda _: "b")

add, subtract, multiply, divide, floor_divide, mod, power = (
    ufunc(name, arithmetic(short))
    for name, short in (
        *(("add", "add"), ("subtract", "sub"), ("multiply", "mul"), ("divide", "truediv")),
        *(("floor_divide", "floordiv"), ("mod", "mod"), ("power", "pow")),
    )
)
true_divide, remainder = divide, mod
equal, not_equal, less, less_equal, greater, greater_equal = (
    ufunc(name, comparison(getattr(operator, short)))
    for name, short in (
        *(("equal", "eq"), ("not_equal", "ne"), ("less", "lt"), ("less_equal", "le")),
        *(("greater", "gt"), ("greater_equal", "ge")),
    )
)
bitwise_and, bitwise_or, bitwise_xor = (
    ufunc(f"bitwise_{name}", bitwise(getattr(operator, f"__{name}__")))
    for name in ("and", "or", "xor")
)
logical_and = ufunc("logical_and", comparison(lambda x, y: bool(x and y)))
logical_or = ufunc("logical_or", comparison(lambda x, y: bool(x or y)))
logical_xor = ufunc("logical_xor", comparison(lambda x, y: bool(x) != bool(y)))


maximum, minimum = (
    ufunc(name, partial(elementwise, or_nan(choose), higher))
    for name, choose in (("maximum", builtins.max), ("minimum", builtins.min))
)


def clip(array: Any, a_min: Any = None, a_max: Any = None) -> Any:
    """Move values that lie outside to the nearer bound."""
    made = array if a_min is None else maximum(array, a_min)
    return made if a_max is None else minimum(made, a_max)


def where(condition: Any, *choices: Any) -> Any:
    """Choose from two arrays; from none, say where the condition holds."""
    if not choices:
        return tuple(array_nonzero(asarray(condition)))
    return elementwise(lambda c, x, y: x if c else y, lambda _, x, y: higher(x, y),
                       condition, *choices)  # fmt: skip


def nan_to_num(
    array: Any, nan: float = 0.0, posinf: float = 1.7e308, neginf: float = -1.7e308
) -> Any:
    """Put numbers where none is, and where one is infinite."""

    def one(x: Any) -> Any:
        return nan if x != x else posinf if x == math.inf else neginf if x == -math.inf else x

    return elementwise(one, same_kind, array)


def real(array: Any) -> Any:
    """Return the real parts."""
    return asarray(array).real if asarray(array).ndim else asarray(array).real[()]


def imag(array: Any) -> Any:
    """Return the imaginary parts."""
    return asarray(array).imag if asarray(array).ndim else asarray(array).imag[()]


def round(array: Any, decimals: int = 0) -> Any:
    """Round to some digits behind the point, halves to the even neighbour."""
    scale = 10**decimals if decimals >= 0 else 10**-decimals

    def one(x: Any) -> Any:
        if isinstance(x, int):
            return builtins.round(x, decimals) if decimals < 0 else x
        return _rounded(x * scale) / scale if decimals >= 0 else _rounded(x / scale) * scale

    return elementwise(one, same_kind, array)
