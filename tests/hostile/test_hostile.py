"""Every public function with one argument at a time replaced by what people bring by mistake.

Right is an error that says what is wrong, or a result that is finite. Wrong is silence: a result
that holds no number, a warning of NumPy about one, a changed argument, a call without end; and an
error in the words of another library about something else.

A new function is tried without a new test. If it fails here, the message says what to do.
"""

import dataclasses
import linecache
import re
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import filter as matching
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from exempt import (
    DEAR,
    FOREIGN_WORDS,
    MAY_FAIL,
    NOT_TRIED,
    REFUSED,
    is_dear,
    may_be_foreign,
    may_fail,
    reason_not_to_try,
)
from hostile_values import arrays_in, fresh, hostile_values, not_finite
from public import FOLDER, call, found, public_names, shown_examples
from written import WRITTEN

from gru_course.apps.actions import dtw

SECONDS = 10
"""CPU time after which a call counts as endless."""
SILENT = re.compile("invalid value|divide by zero|Mean of empty|Degrees of freedom|overflow")
FOREIGN = re.compile(
    "broadcast|has no attribute|out of range|unsupported operand|division by zero|could not convert"
    "|cannot reshape|zero-size|not supported between|not subscriptable|not iterable|no len"
)
ALSO_CLEAR = re.compile(
    "Received an invalid value for|must be a positive integer|Invalid value received for argument"
    "|[Nn]egative dimensions are not allowed"
)
"""Words of Keras and NumPy about a size that is passed on to them as it is."""
ERROR = re.compile(r"\w+: ")
NO_CLASS, WHOLE = ("negative", "huge"), ("int32", "int64")
"""Whole numbers that are no id and no label; a compiled network takes another one for them."""
NAMES = [name for name in public_names() if not reason_not_to_try(name)]


class Endless(BaseException):
    """A call took too long."""


@contextmanager
def limited() -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Endless

    before = signal.signal(signal.SIGPROF, stop)  # pytest-timeout has the other clocks
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def example_of(name: str, dear: bool = False) -> dict[str, Any]:
    """Return arguments with which a function works."""
    if is_dear(name) and not dear:
        return WRITTEN[name]()
    shown = [WRITTEN[name]()] if name in WRITTEN else shown_examples(found(name)[2]).get(name, [])
    told = ""
    for example in shown:
        valid = {key: fresh(part) for key, part in example.items()}
        if (fault := fault_of(partial(call, name, valid), valid)) is None:
            return example
        told = f" that works ({fault})"
    pytest.fail(
        f"there is no example call of {name}{told}: show one in its docstring, or write one into "
        "tests/hostile/written.py"
    )


def is_clear(error: Exception, parameter: str) -> bool:
    """Tell whether an error is raised by this package, or names the parameter."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    if last.filename.startswith(str(FOLDER)):
        line = linecache.getline(last.filename, last.lineno or 0)
        if line.strip().startswith("raise "):
            return True
    if isinstance(error, FileNotFoundError | IsADirectoryError) or ALSO_CLEAR.search(str(error)):
        return True
    named = re.search(rf"\b{re.escape(parameter)}\b", str(error))
    return (
        isinstance(error, ValueError | TypeError) and bool(named) and not FOREIGN.search(str(error))
    )


def fault_of(
    called: Callable[[], Any], example: dict[str, Any], parameter: str = "", value: str = ""
) -> str | None:
    """Call once; say what is wrong with what came, or return None."""
    models = [part for part in example.values() if hasattr(part, "get_weights")]
    weights = [model.get_weights() for model in models]
    watched = [array for key, part in example.items() if key != "self" for array in arrays_in(part)]
    before = [array.copy() for array in watched]
    try:
        with warnings.catch_warnings(record=True) as warned, limited():
            warnings.simplefilter("always")
            result = called()
        if bad := not_finite([result, *models]):
            return f"gives {bad}"
        silent = [str(w.message) for w in warned if issubclass(w.category, RuntimeWarning)]
        if silent := [said for said in silent if SILENT.search(said)]:
            return f"warns of {silent[0]}"
    except Endless:
        return "does not end"
    except Exception as error:
        # Of another type Python itself says so, and no number comes of it.
        if not parameter or ("another type" not in value and not is_clear(error, parameter)):
            return f"{type(error).__name__}: {str(error)[:100]}"
    finally:
        for model, values in zip(models, weights, strict=True):
            model.set_weights(values)
        plt.close("all")
    if any(not _same(old, new) for old, new in zip(before, watched, strict=True)):
        return "changes its argument"
    return None


def _same(old: np.ndarray, new: np.ndarray) -> bool:
    return np.array_equal(old, new, equal_nan=old.dtype.kind in "fcM")


def is_refused(called: Callable[[], Any]) -> bool:
    try:
        called()
    except Exception:
        return True
    return False


def faults(name: str, dear: bool = False) -> dict[str, str]:
    """Try every hostile value of every parameter; return what went wrong."""
    example = example_of(name, dear)
    wrong = {}
    for parameter, valid in example.items():
        if parameter in ("self", "cls"):
            continue
        for value, hostile in hostile_values(valid):
            if value == "another type: None" and valid is None:
                continue
            no_class = is_dear(name) and value in NO_CLASS and getattr(valid, "dtype", "") in WHOLE
            if is_dear(name) and not dear and value not in REFUSED and not no_class:
                continue
            changed = {**{k: fresh(v) for k, v in example.items()}, parameter: fresh(hostile)}
            fault = fault_of(partial(call, name, changed), changed, parameter, value)
            if no_class and not fault and not is_refused(partial(call, name, changed)):
                fault = "is trained on, though there is no such id or label"
            if fault and may_be_foreign(name) and ERROR.match(fault):
                continue
            if fault and not may_fail(name, parameter, value):
                wrong[f"{parameter}: {value}"] = fault
    if not is_dear(name):
        wrong |= {row: "a column of a table is read by its index" for row in misread(name, example)}
    return wrong


@pytest.mark.parametrize("name", NAMES)
def test_hostile_input_is_refused_or_answered_with_numbers(name):
    check(name)


@pytest.mark.full  # weekly: it trains for minutes
@pytest.mark.parametrize("name", [name for name in NAMES if is_dear(name)])
def test_hostile_input_to_a_training(name):
    check(name, dear=True)


def check(name: str, dear: bool = False) -> None:
    wrong = faults(name, dear)
    told = "\n".join(f"  {where}: {fault}" for where, fault in wrong.items())
    assert not wrong, f"{name}\n{told}\nRefuse such input, or say in exempt.py why not."


def answer(name: str, example: dict[str, Any]) -> Any:
    """Call something with copies of an example; an error is an answer, too."""
    try:
        with warnings.catch_warnings(), limited():
            warnings.simplefilter("ignore")
            return call(name, {key: fresh(part) for key, part in example.items()})
    except Exception as error:
        return error
    finally:
        plt.close("all")


def parts(value: Any) -> list[Any]:
    """Take a result apart, down to arrays and plain values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = [getattr(value, field.name) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        return [part for one in value for part in parts(one)]
    return [np.asarray(value)]


def same(one: Any, other: Any) -> bool:
    found = [parts(value) for value in (one, other)]
    alike = len(found[0]) == len(found[1])
    return alike and all(map(_equal, *found))


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype.kind in "fc":
        return one.shape == other.shape and np.allclose(one, other, equal_nan=True)
    return np.array_equal(one, other)


def misread(name: str, example: dict[str, Any]) -> list[str]:
    """Say which rows are read by labels, given as a column of a table that was dealt at random."""
    wrong = []
    for parameter, row in example.items():
        if isinstance(row, np.ndarray) and row.ndim == 1 and len(row) > 1:
            column = pd.Series(row, index=range(len(row) - 1, -1, -1))
            first, again = answer(name, example), answer(name, example)
            found = answer(name, {**example, parameter: column})
            if not isinstance(found, Exception) and same(first, again) and not same(first, found):
                wrong.append(parameter)
    return wrong


def test_a_column_that_is_read_by_its_index_is_seen(monkeypatch):
    rows = np.arange(3.0).reshape(3, 1, 1)
    example = {"train": rows, "labels": np.arange(3), "test": rows}
    assert not misread("apps.actions.dtw.nearest", example)
    monkeypatch.setattr(dtw, "nearest", lambda train, labels, test: labels[[2, 1, 0]])
    assert misread("apps.actions.dtw.nearest", example) == ["labels"]


def quiet_nan(values):
    with np.errstate(all="ignore"):
        return values / 0 * 0


def warns(values):
    return np.where(values > 0, 1.0, np.sqrt(-1 - values))


def doubles(values):
    values *= 2


def endless(values):
    while True:
        values = values + 0


def foreign(values):
    return values + np.ones(9)


def nothing_inside(values):
    return values.absent


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        (quiet_nan, "gives nan"),
        (warns, "warns of invalid value"),
        (doubles, "changes its argument"),
        (endless, "does not end"),
        (foreign, "ValueError: operands could not be broadcast"),
        (nothing_inside, "AttributeError: 'numpy.ndarray' object has no attribute"),
        (np.copy, None),
    ],
)
def test_each_kind_of_fault_is_seen(function, fault, monkeypatch):
    monkeypatch.setitem(globals(), "SECONDS", 0.2)
    values = np.ones(3)
    seen = fault_of(lambda: function(values), {"values": values}, "values", "one item")
    assert seen == fault or (fault and seen.startswith(fault))


def test_an_error_of_this_package_is_clear_and_one_that_names_the_parameter():
    def refused(example, parameter):
        return fault_of(partial(call, "memory.tasks.adding", example), example, parameter)

    assert refused({"n": 0, "timesteps": 4}, "n") is None
    assert "expected non-negative" in refused({"n": 1, "timesteps": 4, "seed": -1}, "seed")
    assert fault_of(partial(np.sum, [1.0], axis="rows"), {}, "axis") is not None


def test_a_function_without_an_example_is_told_what_to_do(monkeypatch):
    monkeypatch.delitem(WRITTEN, "memory.by_hand.accuracy")
    with pytest.raises(
        pytest.fail.Exception, match=r"example call of memory.by_hand.accuracy.*written.py"
    ):
        example_of("memory.by_hand.accuracy")


def test_what_is_listed_is_there():
    names = public_names()
    assert {
        "apps.anomalies.learn.filled",
        "memory.by_hand.Adam.update",
        "cells.gru.GRUWeights",
    } <= set(names)
    assert not set(WRITTEN) - set(names)
    exempt = [*NOT_TRIED, *DEAR, *FOREIGN_WORDS, *(function for function, *_ in MAY_FAIL)]
    assert not [known for known in exempt if not matching(names, known)]
