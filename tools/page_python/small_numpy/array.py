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

from .kinds import ARITHMETIC, CONVERT, NAMES, ORDER, NotInThisPage, Shape, dtype, kind_of
from .places import axis_of, common_shape, spread, strides_of, walk


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


for _name, _function in ARITHMETIC.items():
    for _type in (float64, int64):
        setattr(_type, f"__{_name}__", _of_numbers(_function, turned=False))
        setattr(_type, f"__r{_name}__", _of_numbers(_function, turned=True))
for _type in (float64, int64):
    for _name in ("neg", "pos", "abs"):
        _one = getattr(operator, _name)
        setattr(_type, f"__{_name}__", lambda self, one=_one: wrapped(one(_plain_number(self))))


def is_whole(value: Any) -> bool:
    """Say whether a value is one whole number, of Python or in an array without axes."""
    if isinstance(value, ndarray):
        return value.shape == () and value.kind == "i"
    return isinstance(value, int)


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


def asarray(value: Any, dtype: Any = None) -> ndarray:
    """Return an array, the same one if it is one already."""
    array = value if isinstance(value, ndarray) else ndarray(*reversed(flat(value)))
    return array if dtype is None else array.astype(dtype, copy=False)
