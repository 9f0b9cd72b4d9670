"""Plain values: all that crosses from a learner's code to the code that judges it."""

import base64
import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Plain: TypeAlias = "bool | int | float | str | NDArray[Any] | list[Plain] | dict[str, Plain] | None"
"""Numbers, texts, arrays of numbers, and lists and mappings of these."""

_LARGEST = 1_000_000  # numbers and characters, all parts together
_DEEPEST = 6
_DTYPES = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)} | {"b1", "f2", "f4", "f8"}


class NotPlain(ValueError):
    """A value cannot be judged; the message says why, as the end of "your answer ..."."""


def plain(value: Any) -> Plain:
    """Copy a value into plain values.

    NumPy scalars become numbers, tuples become lists, and whatever offers an array, such as a
    tensor of Keras, becomes an array.

    Parameters
    ----------
    value : Any
        Whatever a learner's code has made.

    Raises
    ------
    NotPlain
        If it is, or holds, something else, or is too large.

    Examples
    --------
    >>> plain((np.float32(0.5), [1, "two"]))
    [0.5, [1, 'two']]
    >>> plain({1, 2})
    Traceback (most recent call last):
    gru_course.exercises.plain.NotPlain: is a set; expected numbers, texts, arrays or lists of them
    """
    return _plain(value, _Room(_LARGEST), 0)


class _Room:
    """What is left of the size that an answer may have."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise NotPlain(f"is too large: it holds more than {_LARGEST:,} numbers or characters")


def _plain(value: Any, room: _Room, depth: int) -> Plain:
    if depth > _DEEPEST:
        raise NotPlain(f"is a list within a list more than {_DEEPEST} times, or holds itself")
    if value is None or type(value) in (bool, float):
        room.take(1)
        return value  # type: ignore[no-any-return]
    if type(value) is int:
        room.take(1)
        if abs(value) >= 2**63:
            raise NotPlain("holds a whole number of more than 64 bits")
        return value
    if type(value) is str:
        room.take(len(value))
        return value
    if type(value) is dict:
        room.take(len(value))
        return {_key(key): _plain(part, room, depth + 1) for key, part in value.items()}
    if type(value) is list or isinstance(value, tuple):
        room.take(len(value))
        return [_plain(part, room, depth + 1) for part in value]
    if hasattr(type(value), "__array__"):  # NumPy's arrays and scalars, and tensors
        return _array(value, room)
    kind = "function without its call" if callable(value) else type(value).__name__
    raise NotPlain(f"is a {kind}; expected numbers, texts, arrays or lists of them")


def _key(key: Any) -> str:
    if type(key) not in (str, int):
        raise NotPlain(f"is a mapping with a key of type {type(key).__name__}; expected texts")
    return str(key)


def _array(value: Any, room: _Room) -> Plain:
    size = getattr(value, "size", 0)
    if isinstance(size, int):
        room.take(size)  # before anything is copied
    array = np.asarray(value)
    if array.dtype.kind == "O":
        raise NotPlain("is an array of objects; expected an array of numbers of one shape")
    if array.dtype.kind == "U":
        room.take(array.size * array.dtype.itemsize // 4)
        return array.tolist()  # type: ignore[no-any-return]
    if array.dtype.str[1:] not in _DTYPES:
        raise NotPlain(f"is an array of {array.dtype}; expected numbers")
    if array.ndim == 0:
        return array.item()  # type: ignore[no-any-return]
    return np.array(array, copy=True, subok=False)


def to_json(value: Plain) -> Any:
    """Write plain values so that JSON can hold them, arrays bit for bit.

    Parameters
    ----------
    value : Plain

    Returns
    -------
    None, bool, int, float, str or dict
        What `from_json` reads again.

    Examples
    --------
    >>> to_json([np.array([1, 0], dtype="u1"), 0.5])
    {'list': [{'array': 'AQA=', 'dtype': 'u1', 'shape': [2]}, 0.5]}
    """
    if isinstance(value, np.ndarray):
        little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        data = base64.b64encode(little.tobytes()).decode("ascii")
        return {"array": data, "dtype": value.dtype.str[1:], "shape": list(value.shape)}
    if isinstance(value, list):
        return {"list": [to_json(part) for part in value]}
    if isinstance(value, dict):
        return {"dict": {key: to_json(part) for key, part in value.items()}}
    return value


def from_json(value: Any) -> Plain:
    """Read what `to_json` has written, trusting nothing in it.

    Raises
    ------
    NotPlain
        If it is something else, or too large.

    Examples
    --------
    >>> from_json(to_json([np.array([[True, False]]), {"loss": 0.5}]))
    [array([[ True, False]]), {'loss': 0.5}]
    """
    return _read(value, _Room(_LARGEST), 0)


def _read(value: Any, room: _Room, depth: int) -> Plain:
    if type(value) is not dict:
        if type(value) is list:
            raise NotPlain("was not written as plain values")
        return _plain(value, room, depth)
    if depth > _DEEPEST:
        raise NotPlain("is nested too deeply")
    match value:
        case {"list": list(parts), **rest} if not rest:
            room.take(len(parts))
            return [_read(part, room, depth + 1) for part in parts]
        case {"dict": dict(parts), **rest} if not rest:
            room.take(len(parts))
            return {_key(key): _read(part, room, depth + 1) for key, part in parts.items()}
        case {"array": str(data), "dtype": str(dtype), "shape": list(shape), **rest} if (
            not rest and dtype in _DTYPES
        ):
            return _read_array(data, np.dtype(f"<{dtype}"), shape, room)
    raise NotPlain("was not written as plain values")


def _read_array(data: str, dtype: np.dtype[Any], shape: list[Any], room: _Room) -> Plain:
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= _LARGEST for n in shape):
        raise NotPlain("has no possible shape")
    size = math.prod(shape)
    room.take(size)
    try:
        raw = base64.b64decode(data, validate=True)
    except ValueError:
        raise NotPlain("was not written as plain values") from None
    if len(raw) != size * dtype.itemsize:
        raise NotPlain("does not have as many numbers as its shape says")
    return np.frombuffer(raw, dtype).reshape(shape).astype(dtype.newbyteorder("="))
