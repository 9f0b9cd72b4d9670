"""What people bring by mistake, made from a valid value of the same kind."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gru_course.course.style import finished

Hostile = Iterator[tuple[str, Any]]

OTHER_SCRIPT = "Ὀδύσσεια 日本語 नमस्ते ٣"
VERY_LONG = "word " * 5_000
_DEEPEST = 3
_INSIDE = {"NaN", "inf", "empty", "negative"}
"""What is tried of the first part of a list or a mapping."""


def hostile_values(value: Any, depth: int = 0) -> Hostile:
    """Give variants of a valid value under a name each: wrong contents, then wrong types.

    Examples
    --------
    >>> [name for name, _ in hostile_values(0.5)][:3]
    ['NaN', 'inf', '-inf']
    """
    yield from _wrong_contents(value, depth)
    if not isinstance(value, bool | None):
        yield "another type: None", None
        yield ("another type: number", 5) if _is_no_number(value) else ("another type: text", "x")


def _is_no_number(value: Any) -> bool:
    return not isinstance(value, int | float | np.ndarray | np.generic)


def _wrong_contents(value: Any, depth: int) -> Hostile:
    if isinstance(value, bool | None | np.bool_):
        return
    elif isinstance(value, int | np.integer):
        yield from (("zero", 0), ("negative", -1))
        yield from (("another type: NaN", float("nan")), ("another type: fraction", 1.5))
    elif isinstance(value, float | np.floating):
        yield from ((name, float(name)) for name in ("NaN", "inf", "-inf"))
        yield from (("zero", 0.0), ("negative", -1.0), ("huge", 1e100))
    elif isinstance(value, str):
        yield from (("empty", ""), ("blank", " \t\n"), ("other script", OTHER_SCRIPT))
        yield from (("very long", VERY_LONG), ("half a character", "\ud800"))
    elif isinstance(value, np.ndarray):
        yield from _arrays(value)
    elif isinstance(value, Path):
        yield "not there", value.parent / "no such folder" / value.name
        yield "a folder", value.parent
    elif depth < _DEEPEST:
        yield from _parts(value, depth)


def _arrays(value: np.ndarray) -> Hostile:
    yield "one axis more", value[..., None]
    if value.ndim:
        yield from (("empty", value[:0]), ("one item", value[:1]), ("wrong order", value[::-1]))
    if value.ndim > 1:
        yield "flat", value.ravel()
        yield "no steps", value[:, :0]
    if not value.size:
        return
    first = (0,) * value.ndim
    yield "constant", np.full_like(value, value[first])
    if value.dtype.kind == "f":
        for name in ("NaN", "inf", "-inf"):
            changed = value.copy()
            changed[first] = float(name)
            yield name, changed
        yield "nothing but NaN", np.full_like(value, np.nan)
        yield "zeros", np.zeros_like(value)
        yield "huge", np.full_like(value, np.sqrt(np.finfo(value.dtype).max) / 1e3)
        yield "another type: texts", np.full(value.shape, "x")
    elif value.dtype.kind in "iu":
        yield "zeros", np.zeros_like(value)
        yield "negative", value.astype(np.int64) * 0 - 1
        yield "huge", np.full_like(value, np.iinfo(value.dtype).max)
        changed = value.astype(np.float64)
        changed[first] = np.nan
        yield "NaN", changed
        yield "another type: texts", np.full(value.shape, "x")
    elif value.dtype.kind == "b":
        yield from (("all", np.ones_like(value)), ("none", np.zeros_like(value)))
    elif value.dtype.kind == "M":
        for name, place in (("no time", first), ("no time at the end", (-1,) * value.ndim)):
            changed = value.copy()
            changed[place] = "NaT"
            yield name, changed


def _parts(value: Any, depth: int) -> Hostile:
    """Give a list or a mapping without parts, with one, or with a hostile one.

    A record is left whole: whoever makes one checks what goes into it.
    """
    if isinstance(value, Mapping):
        items = list(value.items())
        yield "empty", {}
        if items:
            (key, first), rest = items[0], dict(items[1:])
            if rest:
                yield "one item", {key: first}
            for name, inner in hostile_values(first, depth + 1):
                if name in _INSIDE or name.startswith("inside: "):
                    yield _inside(name), {key: inner, **rest}
    elif isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        make = type(value)
        yield "empty", make()
        if value:
            if len(value) > 1:
                yield "one item", value[:1]
                yield "wrong order", value[::-1]
            for name, inner in hostile_values(value[0], depth + 1):
                if name in _INSIDE or name.startswith("inside: "):
                    yield _inside(name), make([inner, *value[1:]])


def _inside(name: str) -> str:
    return f"inside: {name.removeprefix('inside: ')}"


def fresh(value: Any) -> Any:
    """Copy what a call might change, arrays and generators in lists and mappings included."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, np.random.Generator):
        copied = np.random.default_rng()
        copied.bit_generator.state = value.bit_generator.state
        return copied
    if isinstance(value, dict):
        return {key: fresh(part) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(fresh(part) for part in value)
    return value


def arrays_in(value: Any, depth: int = 0) -> Iterator[np.ndarray]:
    """Give all arrays in a value, as far as lists, mappings and records hold them."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        yield from arrays_in(list(value.values()), depth)
    elif isinstance(value, list | tuple) and depth < 6:
        for part in value:
            yield from arrays_in(part, depth + 1)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from arrays_in([getattr(value, f.name) for f in dataclasses.fields(value)], depth + 1)


def not_finite(value: Any, depth: int = 0) -> str | None:
    """Say what in a result is no number, or return None.

    Examples
    --------
    >>> not_finite({"loss": [0.5, float("nan")]})
    'nan'
    """
    if isinstance(value, str):
        words = value.lower().replace("[", " ").replace("]", " ").replace(",", " ").split()
        return next((word for word in words if word in ("nan", "inf", "-inf")), None)
    if isinstance(value, float | np.floating):
        return None if np.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return not_finite(list(value.values()), depth)
    if isinstance(value, list | tuple) and depth < 6:
        return next((bad for part in value if (bad := not_finite(part, depth + 1))), None)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return not_finite([getattr(value, f.name) for f in dataclasses.fields(value)], depth + 1)
    if isinstance(value, np.ndarray):
        wrong = value[~np.isfinite(value)] if value.dtype.kind == "f" else value[:0]
        return str(wrong.flat[0]) if wrong.size else None
    if hasattr(value, "get_weights"):
        return not_finite(value.get_weights(), depth + 1)
    if isinstance(value, Figure):
        try:
            finished(value)
        except ValueError as error:
            return str(error)
        return None
    return not_finite(value.numpy(), depth + 1) if hasattr(value, "numpy") else None
