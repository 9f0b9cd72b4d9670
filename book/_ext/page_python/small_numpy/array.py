"""Small arrays in plain Python that behave like NumPy's.

An array is a list of places in a list of values. A part of it is another list of places in the same
values, so that a change of the part changes the whole, as in NumPy. There are five kinds of values:
truth values, whole numbers, numbers, complex numbers (each in one size only) and texts.
"""

import math
import operator
import struct
from collections.abc import Callable, Iterator, Sequence
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


def is_whole(value: Any) -> bool:
    """Say whether a value is one whole number, of Python or in an array without axes."""
    if isinstance(value, ndarray):
        return value.shape == () and value.kind == "i"
    return isinstance(value, int)


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


# --- numbers --------------------------------------------------------------------------------------


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
        return -math.inf if x < 0 and y % 2 else math.inf
    if isinstance(made, complex) and not isinstance(x, complex) and not isinstance(y, complex):
        return math.nan
    return made


def _of_numbers(function: Callable[[Any, Any], Any], turned: bool) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, bool | int | float | complex):
            return NotImplemented
        x, y = (_plain_number(value) for value in (self, other))
        return wrapped(function(y, x) if turned else function(x, y))

    return method


class _Number:
    """What the single numbers of NumPy have beside those of Python."""

    ndim, shape, size = 0, (), 1

    def __class_getitem__(cls, _: Any) -> type:
        return cls

    def __array__(self, *_: Any, **__: Any) -> "ndarray":
        return ndarray([_plain_number(self)], ())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(ndarray, name):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.__array__(), name)

    def item(self) -> Any:
        """Return the number as one of Python."""
        return _plain_number(self)


class float64(_Number, float):
    """A number; it divides by zero without an error."""

    def __repr__(self) -> str:
        return f"np.float64({float(self)!r})"

    def __str__(self) -> str:
        return repr(float(self))


class int64(_Number, int):
    """A whole number."""

    def __repr__(self) -> str:
        return f"np.int64({int(self)})"

    def __str__(self) -> str:
        return repr(int(self))


def _plain_number(value: Any) -> Any:
    if isinstance(value, float64):
        return float(value)
    return int(value) if isinstance(value, int64) else value


def wrapped(value: Any) -> Any:
    """Make one of NumPy's numbers of one of Python's."""
    if type(value) is float:
        return float64(value)
    return int64(value) if type(value) is int else value


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": divided,
    "floordiv": floored, "mod": remainder, "pow": power,
}  # fmt: skip
for _name, _function in ARITHMETIC.items():
    for _type in (float64, int64):
        setattr(_type, f"__{_name}__", _of_numbers(_function, turned=False))
        setattr(_type, f"__r{_name}__", _of_numbers(_function, turned=True))
for _type in (float64, int64):
    for _name in ("neg", "pos", "abs"):
        _one = getattr(operator, _name)
        setattr(_type, f"__{_name}__", lambda self, one=_one: wrapped(one(_plain_number(self))))


# --- places ---------------------------------------------------------------------------------------


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


# --- arrays ---------------------------------------------------------------------------------------


def flat(value: Any) -> tuple[Shape, list[Any]]:
    """Return the shape of nested lists, and their values in a row."""
    if hasattr(type(value), "__array__"):
        array = value.__array__()
        return array.shape, array.values
    if isinstance(value, list | tuple | range):
        parts = [flat(part) for part in value]
        if len({shape for shape, _ in parts}) > 1:
            raise ValueError(
                "setting an array element with a sequence. The requested array has an "
                "inhomogeneous shape."
            )
        return (len(parts), *(parts[0][0] if parts else ())), [v for _, row in parts for v in row]
    return (), [value]


def _kind(values: Sequence[Any]) -> str:
    kinds = {
        "b" if isinstance(v, bool) else
        "i" if isinstance(v, int) and abs(v) < 2**63 else
        "f" if isinstance(v, float) else
        "c" if isinstance(v, complex) else
        "U" if isinstance(v, str) else "O"
        for v in values
    }  # fmt: skip
    return max(kinds, key=ORDER.index, default="f")


class ndarray:
    """A row, a table, or more axes of values of one kind."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        values: list[Any],
        shape: Shape,
        kind: str | None = None,
        places: list[int] | None = None,
    ) -> None:
        self.kind = kind or _kind(values)
        if places is None:
            convert = CONVERT[self.kind]
            values = [convert(value) for value in values]
        self._buffer, self.shape = values, shape
        self._places = list(range(len(values))) if places is None else places

    # What it holds.

    @property
    def values(self) -> list[Any]:
        """All values in a row, the last axis fastest."""
        buffer = self._buffer
        return [buffer[place] for place in self._places]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return len(self._places)

    @property
    def dtype(self) -> dtype:
        """The kind of the values."""
        return dtype(NAMES[self.kind])

    @property
    def T(self) -> "ndarray":
        """A view with the axes in the opposite order."""
        return self.transpose()

    @property
    def real(self) -> "ndarray":
        """The real parts."""
        if self.kind != "c":
            return self
        return ndarray([v.real for v in self.values], self.shape, "f")

    @property
    def imag(self) -> "ndarray":
        """The imaginary parts."""
        kind = "f" if self.kind == "c" else self.kind
        return ndarray([v.imag for v in self.values], self.shape, kind)

    @property
    def flat(self) -> list[Any]:
        """The values one after the other."""
        return [wrapped(value) for value in self.values]

    def __array__(self, *_: Any, **__: Any) -> "ndarray":
        return self

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() "
                "or a.all()"
            )
        return bool(self.values[0])

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return operator.index(self.item())

    def __contains__(self, value: Any) -> bool:
        return any(v == value for v in self.values)

    def __repr__(self) -> str:
        return f"array({_text(self.tolist(), ', ', 6)})"

    def __str__(self) -> str:
        return _text(self.tolist(), " ", 0)

    def __neg__(self) -> Any:
        return elementwise(operator.neg, lambda kind: kind, self)

    def __pos__(self) -> Any:
        return self.copy()

    def __abs__(self) -> Any:
        return elementwise(abs, lambda kind: "f" if kind == "c" else kind, self)

    def __invert__(self) -> Any:
        is_truth = self.kind == "b"
        return elementwise(lambda v: not v if is_truth else ~v, lambda kind: kind, self)

    def item(self) -> Any:
        """Return the only value."""
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self.values[0]

    def tolist(self) -> Any:
        """Return nested lists of Python's numbers."""
        if not self.shape:
            return self.values[0]
        values = self.values
        for size in self.shape[:0:-1]:
            values = [values[i : i + size] for i in range(0, len(values), size)] if size else []
        return values if self.size else _empty(self.shape)

    # The same values in another form.

    def view_at(self, places: list[int], shape: Shape) -> "ndarray":
        """Return an array of the same values, those at some of its places."""
        own = self._places
        return ndarray(self._buffer, shape, self.kind, [own[place] for place in places])

    def copy(self) -> "ndarray":
        """Return an array of its own."""
        return ndarray(self.values, self.shape, self.kind)

    def __copy__(self) -> "ndarray":
        return self.copy()

    def __deepcopy__(self, _: Any) -> "ndarray":
        return self.copy()

    def astype(self, dtype: Any, copy: bool = True) -> "ndarray":
        """Return an array of another kind."""
        kind = kind_of(dtype)
        return self if kind == self.kind and not copy else ndarray(self.values, self.shape, kind)

    def reshape(self, *shape: Any) -> "ndarray":
        """Return a view of another shape; one size may be -1."""
        wanted = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
        known = math.prod(n for n in wanted if n >= 0)
        made = tuple(self.size // known if n < 0 and known else max(n, 0) for n in wanted)
        if math.prod(made) != self.size or sum(n < 0 for n in wanted) > 1:
            raise ValueError(f"cannot reshape array of size {self.size} into shape {wanted}")
        return self.view_at(list(range(self.size)), made)

    def ravel(self) -> "ndarray":
        """Return a view as one row."""
        return self.reshape(-1) if self.size else ndarray([], (0,), self.kind)

    def flatten(self) -> "ndarray":
        """Return a copy as one row."""
        return self.ravel().copy()

    def transpose(self, *axes: Any) -> "ndarray":
        """Return a view with the axes in another order."""
        given = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        order = [axis_of(axis, self.ndim) for axis in given or range(self.ndim - 1, -1, -1)]
        if sorted(order) != list(range(self.ndim)):
            raise ValueError("axes don't match array")
        strides, sizes = strides_of(self.shape), [self.shape[axis] for axis in order]
        return self.view_at(walk(sizes, [strides[axis] for axis in order]), tuple(sizes))

    def swapaxes(self, one: int, other: int) -> "ndarray":
        """Return a view in which two axes have changed places."""
        order = list(range(self.ndim))
        one, other = axis_of(one, self.ndim), axis_of(other, self.ndim)
        order[one], order[other] = other, one
        return self.transpose(order)

    def squeeze(self) -> "ndarray":
        """Return a view without the axes of size 1."""
        return self.reshape(tuple(n for n in self.shape if n != 1))

    def tobytes(self) -> bytes:
        """Return the bytes of the values."""
        code = {"b": "?", "i": "q", "f": "d"}.get(self.kind)
        if code is None:
            raise NotInThisPage(f"tobytes of an array of {self.dtype}")
        return struct.pack(f"<{self.size}{code}", *self.values)

    def fill(self, value: Any) -> None:
        """Set all values."""
        self[...] = value

    # Parts.

    def __getitem__(self, key: Any) -> Any:
        places, shape, is_view = self._selected(key)
        if shape == () and is_view and Ellipsis not in _kinds_of(key):
            return wrapped(self._buffer[self._places[places[0]]])
        part = self.view_at(places, shape)
        return part if is_view else part.copy()

    def __setitem__(self, key: Any, value: Any) -> None:
        places, shape, _ = self._selected(key)
        given = asarray(value)
        while given.ndim > len(shape) and given.shape[0] == 1:
            given = given.reshape(given.shape[1:])
        values, convert = given.values, CONVERT[self.kind]
        if ORDER.index(given.kind) > ORDER.index("f") and given.kind != self.kind:
            raise TypeError(f"cannot put {given.dtype} into an array of {self.dtype}")
        new = [convert(values[i]) for i in spread(given.shape, shape)]
        for place, one in zip(places, new, strict=True):
            self._buffer[self._places[place]] = one

    def _selected(self, key: Any) -> tuple[list[int], Shape, bool]:
        """Return the places that a key selects, their shape, and whether they form a view."""
        parts = _expanded(key, self.ndim)
        axes: list[tuple[list[int], bool] | None] = []  # places, and whether the axis stays
        listed: dict[int, ndarray] = {}
        axis = 0
        for part in parts:
            if part is None:
                axes.append(None)
                continue
            size = self.shape[axis]
            if isinstance(part, slice):
                axes.append((list(range(size))[part], True))
            elif isinstance(part, ndarray):
                listed[len(axes)] = part
                axes.append(([], False))
            else:
                axes.append(([_place(operator.index(part), size, axis)], False))
            axis += 1
        strides = iter(strides_of(self.shape))
        steps = [0 if entry is None else next(strides) for entry in axes]
        if not listed:
            return _basic(axes, steps)
        return self._advanced(axes, steps, listed)

    def _advanced(
        self,
        axes: list[tuple[list[int], bool] | None],
        steps: list[int],
        listed: dict[int, "ndarray"],
    ) -> tuple[list[int], Shape, bool]:
        """Select by lists of numbers, which go through their axes together."""
        together = common_shape(*(part.shape for part in listed.values()))
        offsets = [0] * math.prod(together)
        for where, part in listed.items():
            if part.kind != "i" and part.size:
                raise IndexError("arrays used as indices must be of integer (or boolean) type")
            axis = sum(entry is not None for entry in axes[:where])
            values = part.values
            for i, source in enumerate(spread(part.shape, together)):
                offsets[i] += _place(values[source], self.shape[axis], axis) * steps[where]
        # Their axes stand where the lists stand, or in front if something is between the lists.
        chosen = [p for p, e in enumerate(axes) if p in listed or (e is not None and not e[1])]
        side_by_side = chosen == list(range(chosen[0], chosen[-1] + 1))
        first = chosen[0] if side_by_side else 0
        others = [p for p in range(len(axes)) if p not in listed]
        before, before_shape, _ = _basic(
            [axes[p] for p in others if p < first], [steps[p] for p in others if p < first]
        )
        after, after_shape, _ = _basic(
            [axes[p] for p in others if p >= first], [steps[p] for p in others if p >= first]
        )
        places = [b + o + a for b in before for o in offsets for a in after]
        return places, (*before_shape, *together, *after_shape), False


def _basic(
    axes: list[tuple[list[int], bool] | None], steps: list[int]
) -> tuple[list[int], Shape, bool]:
    places = [0]
    for entry, step in zip(axes, steps, strict=True):
        if entry is not None:
            places = [place + i * step for place in places for i in entry[0]]
    return places, _shape(axes), True


def _shape(axes: list[tuple[list[int], bool] | None]) -> Shape:
    return tuple(1 if e is None else len(e[0]) for e in axes if e is None or e[1])


def _place(index: int, size: int, axis: int) -> int:
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {size}")
    return index % size


def _kinds_of(key: Any) -> list[Any]:
    return [part for part in (key if isinstance(key, tuple) else (key,)) if part is Ellipsis]


def _expanded(key: Any, ndim: int) -> list[Any]:
    """Write a key as one part for each axis, with arrays of numbers for lists and masks."""
    parts: list[Any] = []
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, list) or (isinstance(part, ndarray) and part.shape != ()):
            array = asarray(part)
            parts += array_nonzero(array) if array.kind == "b" else [array]
        elif isinstance(part, bool):
            raise NotInThisPage("Selecting with a single truth value")
        elif part is None or part is Ellipsis or isinstance(part, slice):
            parts.append(part)
        elif isinstance(part, ndarray) or is_whole(part):
            parts.append(operator.index(part))
        else:
            raise IndexError(
                "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer "
                "or boolean arrays are valid indices"
            )
    used = sum(part is not None and part is not Ellipsis for part in parts)
    if used > ndim:
        raise IndexError(
            f"too many indices for array: array is {ndim}-dimensional, but {used} were indexed"
        )
    dots = [place for place, part in enumerate(parts) if part is Ellipsis]
    at = dots[0] if dots else len(parts)
    return parts[:at] + [slice(None)] * (ndim - used) + parts[at + len(dots) :]


def array_nonzero(array: ndarray) -> list[ndarray]:
    """Return, for each axis, where the values are that are not zero."""
    strides = strides_of(array.shape)
    found = [place for place, value in enumerate(array.values) if value]
    return [
        ndarray([place // stride % size for place in found], (len(found),), "i")
        for stride, size in zip(strides, array.shape, strict=True)
    ]


def _empty(shape: Shape) -> list[Any]:
    return [_empty(shape[1:]) for _ in range(shape[0])] if len(shape) > 1 else []


def _text(values: Any, between: str, indent: int) -> str:
    if isinstance(values, list):
        deep = bool(values) and isinstance(values[0], list)
        joined = between.rstrip() + "\n" + " " * (indent + 1) if deep else between
        return f"[{joined.join(_text(v, between, indent + 1) for v in values)}]"
    if isinstance(values, bool | int | str):
        return repr(values)
    if isinstance(values, float) and math.isfinite(values):
        return f"{values:.8g}" if values % 1 or abs(values) > 1e8 else f"{values:.0f}."
    return str(values)


# --- arithmetic -----------------------------------------------------------------------------------


def asarray(value: Any, dtype: Any = None) -> ndarray:
    """Return an array, the same one if it is one already."""
    array = value if isinstance(value, ndarray) else ndarray(*reversed(flat(value)))
    return array if dtype is None else array.astype(dtype, copy=False)


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
