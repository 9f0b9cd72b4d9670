"""The functions of NumPy that the exercises use, for small arrays."""

import bisect
import builtins
import cmath
import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from .array import (
    CONVERT,
    NotInThisPage,
    Shape,
    arithmetic,
    array_nonzero,
    asarray,
    axis_of,
    bitwise,
    common_shape,
    comparison,
    divided,
    elementwise,
    higher,
    is_whole,
    kind_of,
    matmul,
    ndarray,
    result,
    spread,
    strides_of,
    walk,
)

Axis = int | tuple[int, ...] | None

# --- value by value -------------------------------------------------------------------------------


class ufunc:
    """A function of single values that takes arrays; those of two values also run along an axis."""

    def __init__(self, name: str, call: Callable[..., Any]) -> None:
        self.__name__, self._call = name, call

    def __call__(self, *given: Any, **options: Any) -> Any:
        if options:
            raise NotInThisPage(f"np.{self.__name__} with {', '.join(options)}")
        return self._call(*given)

    def accumulate(self, array: Any, axis: int = 0) -> ndarray:
        """Combine each value with all before it."""
        return along(asarray(array), axis, self._running)

    def reduce(self, array: Any, axis: int = 0) -> Any:
        """Combine all values along an axis."""
        return take(self.accumulate(array, axis), -1, axis)

    def outer(self, one: Any, other: Any) -> Any:
        """Combine each value of one with each of the other."""
        a, b = asarray(one), asarray(other)
        return self._call(a.reshape(a.shape + (1,) * b.ndim), b)

    def _running(self, values: list[Any]) -> list[Any]:
        made = values[:1]
        for value in values[1:]:
            made.append(self._call(made[-1], value))
        return made


def _float_kind(kind: str) -> str:
    if kind == "U":
        raise TypeError("no arithmetic with texts")
    return higher(kind, "f")


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
    "rint": _rounded,
}
exp, log, sqrt, tanh, sin, cos, expm1, log1p, log2, log10, rint = (
    _unary(name, _floats[name], _float_kind)
    for name in (
        *("exp", "log", "sqrt", "tanh", "sin", "cos", "expm1", "log1p", "log2", "log10", "rint"),
    )
)
floor, ceil = (_unary(name, _floats[name], lambda kind: kind) for name in ("floor", "ceil"))
abs = absolute = ufunc("abs", lambda x: builtins.abs(asarray(x)))
negative = ufunc("negative", lambda x: -asarray(x))
sign = _unary("sign", _sign, lambda kind: kind)
square = ufunc("square", lambda x: asarray(x) * x)
conj = conjugate = _unary("conj", lambda x: x.conjugate(), lambda kind: kind)
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


def _or_nan(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: x if x != x else y if y != y else choose(x, y)


maximum, minimum = (
    ufunc(name, partial(elementwise, _or_nan(choose), higher))
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

    return elementwise(one, lambda kind: kind, array)


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

    return elementwise(one, lambda kind: kind, array)


# --- making arrays --------------------------------------------------------------------------------


def array(value: Any, dtype: Any = None, copy: bool = True, subok: bool = False) -> ndarray:
    """Make a new array."""
    made = asarray(value, dtype)
    return made.copy() if (copy and made is value) or isinstance(value, ndarray) else made


def _sized(shape: Any) -> Shape:
    return (operator.index(shape),) if is_whole(shape) else tuple(map(int, shape))


def full(shape: Any, value: Any, dtype: Any = None) -> ndarray:
    """Make an array of one value."""
    given = asarray(value, dtype)
    target = _sized(shape)
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


# --- joining and dividing -------------------------------------------------------------------------


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
    return asarray(array).reshape(_sized(shape))


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
    return given.view_at(spread(given.shape, _sized(shape)), _sized(shape))


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

# --- along an axis --------------------------------------------------------------------------------


def _lanes(given: ndarray, axis: Axis) -> tuple[Shape, list[int], list[list[Any]]]:
    """Return the shape of what is left, the axes that go, and the values that go together."""
    listed = axis if isinstance(axis, tuple) else range(given.ndim) if axis is None else (axis,)
    gone = [axis_of(one, given.ndim) for one in listed]
    kept = [one for one in range(given.ndim) if one not in gone]
    strides, values = strides_of(given.shape), given.values
    starts = walk([given.shape[i] for i in kept], [strides[i] for i in kept])
    offsets = walk([given.shape[i] for i in gone], [strides[i] for i in gone])
    lanes = [[values[start + offset] for offset in offsets] for start in starts]
    return tuple(given.shape[i] for i in kept), gone, lanes


def _reduced(
    array: Any,
    axis: Axis,
    keepdims: bool,
    function: Callable[[list[Any]], Any],
    kind: Callable[[str], str],
) -> Any:
    given = asarray(array)
    shape, gone, lanes = _lanes(given, axis)
    made = [function(lane) for lane in lanes]
    if keepdims:
        shape = tuple(1 if i in gone else n for i, n in enumerate(given.shape))
    return result(made, shape, kind(given.kind))


def along(given: ndarray, axis: int, function: Callable[[list[Any]], list[Any]],
          kind: str | None = None) -> ndarray:  # fmt: skip
    """Turn each lane along an axis into another one."""
    axis = axis_of(axis, given.ndim)
    shape, _, lanes = _lanes(given, axis)
    made = [function(lane) for lane in lanes]
    length = len(made[0]) if made else 0
    rows = ndarray([v for lane in made for v in lane], (*shape, length), kind or given.kind)
    order = list(range(rows.ndim - 1))
    order.insert(axis, rows.ndim - 1)
    return rows.transpose(order).copy()


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
    return _reduced(array, axis, keepdims, _mean, _float_kind)


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
    better = _or_nan(choose)

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
    return _reduced(array, axis, False, lambda v: _quantile(v, float(q)), _float_kind)


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


# --- searching and comparing ----------------------------------------------------------------------


def nonzero(array: Any) -> tuple[ndarray, ...]:
    """Say where the values are that are not zero, axis by axis."""
    return tuple(array_nonzero(asarray(array)))


def flatnonzero(array: Any) -> ndarray:
    """Say where the values are that are not zero, in a row."""
    return array_nonzero(asarray(array).ravel())[0]


def argwhere(array: Any) -> ndarray:
    """Say where the values are that are not zero, one row each."""
    return stack(array_nonzero(asarray(array)), axis=1)


def unravel_index(index: Any, shape: Any) -> tuple[Any, ...]:
    """Turn a number in a row into one for each axis."""
    strides = strides_of(_sized(shape))
    return tuple(
        floor_divide(index, stride) % size
        for stride, size in zip(strides, _sized(shape), strict=True)
    )


def unique(array: Any, return_counts: bool = False) -> Any:
    """Return each value once, in order."""
    given = asarray(array)
    values = sorted(set(given.values))
    made = ndarray(values, (len(values),), given.kind)
    if not return_counts:
        return made
    counts = [given.values.count(value) for value in values]
    return made, ndarray(counts, (len(values),), "i")


def isin(array: Any, among: Any) -> Any:
    """Say which values are among others."""
    known = set(asarray(list(among) if isinstance(among, set) else among).values)
    return elementwise(lambda v: v in known, lambda _: "b", array)


def searchsorted(array: Any, values: Any, side: str = "left") -> Any:
    """Say where values would have to be put in to keep an order."""
    row = asarray(array).values
    find = bisect.bisect_left if side == "left" else bisect.bisect_right
    return elementwise(lambda v: find(row, v), lambda _: "i", values)


def bincount(array: Any, minlength: int = 0) -> ndarray:
    """Count how often each whole number comes."""
    values = asarray(array).values
    size = builtins.max(minlength, builtins.max(values, default=-1) + 1)
    return ndarray([values.count(i) for i in range(size)], (size,), "i")


def isclose(
    one: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Any:
    """Say which values are nearly the same."""

    def near(x: Any, y: Any) -> bool:
        if x == y:
            return True
        if x != x or y != y:
            return equal_nan and x != x and y != y
        return (
            cmath.isfinite(x)
            and cmath.isfinite(y)
            and (builtins.abs(x - y) <= atol + rtol * builtins.abs(y))
        )

    return elementwise(near, lambda *_: "b", one, other)


def allclose(
    one: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Say whether all values are nearly the same."""
    return bool(all(isclose(one, other, rtol, atol, equal_nan)))


def array_equal(one: Any, other: Any, equal_nan: bool = False) -> bool:
    """Say whether two arrays have the same shape and values."""
    a, b = asarray(one), asarray(other)
    return a.shape == b.shape and builtins.all(
        x == y or (equal_nan and x != x and y != y) for x, y in zip(a.values, b.values, strict=True)
    )


# --- products -------------------------------------------------------------------------------------


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


def can_hold(kind: str) -> Callable[[Any], Any]:
    """Return what makes a value one of a kind."""
    return CONVERT[kind]


ascontiguousarray = asarray
broadcast_shapes = common_shape


# --- methods of arrays ----------------------------------------------------------------------------


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: ndarray, *given: Any, **options: Any) -> Any:
        return function(self, *given, **options)

    method.__doc__ = function.__doc__
    return method


_METHODS: dict[str, Callable[..., Any]] = {
    **{"sum": sum, "prod": prod, "mean": mean, "var": var, "std": std, "max": max, "min": min},
    **{"argmax": argmax, "argmin": argmin, "any": any, "all": all, "cumsum": cumsum},
    **{"cumprod": cumprod, "argsort": argsort, "take": take, "repeat": repeat, "round": round},
    **{"clip": clip, "dot": dot, "nonzero": nonzero, "conj": conj, "trace": trace},
    **{"searchsorted": searchsorted},
}
for _name, _function in _METHODS.items():
    setattr(ndarray, _name, _method(_function))


def _sort_in_place(self: ndarray, axis: int = -1) -> None:
    self[...] = sort(self, axis)


ndarray.sort = _sort_in_place  # type: ignore[attr-defined]

__all__ = [
    *("asarray", "ascontiguousarray", "broadcast_shapes", "matmul", "r_", "ufunc"),
    *(
        name
        for name, value in globals().items()
        if not name.startswith("_")
        and (isinstance(value, ufunc) or getattr(value, "__module__", "") == __name__)
    ),
]
