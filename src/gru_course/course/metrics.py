"""Numbers that a notebook publishes: for the page, for the bounds, for the tests.

A recorded number is stored in the notebook as structured output in the format of
``myst_nb.glue``. The same output is pasted into the prose of the book, read by the
bounds, and compared by nbval; nothing is scraped from printed text.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from IPython.display import display

_PREFIX = "application/papermill.record/"
Value = bool | int | float | str


def record(name: str, value: Value) -> None:
    """Publish one number (or short text) of a notebook under a name.

    Parameters
    ----------
    name : str
        Unique in the notebook; the page refers to it, and so may ``bounds.toml``.
    value : bool, int, float or str
        NumPy scalars are turned into Python's own.

    Raises
    ------
    TypeError
        If the value is neither a number nor a text.
    ValueError
        If it is a number that is not finite, which no page and no JSON can hold.

    Examples
    --------
    >>> record("test_accuracy", [0.9])
    Traceback (most recent call last):
    ...
    TypeError: record('test_accuracy', ...) takes one number or text, not list
    """
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, (bool, int, float, str)):
        raise TypeError(
            f"record({name!r}, ...) takes one number or text, not {type(value).__name__}"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(
            f"record({name!r}, {value}); expected a finite number: look where it is from"
        )
    display(
        {_PREFIX + "text/plain": json.dumps(value)},
        metadata={"scrapbook": {"name": name, "mime_prefix": _PREFIX}},
        raw=True,
    )


def record_interval(name: str, interval: Iterable[float]) -> None:
    """Publish an estimate under a name, and the ends of its interval with ``_low`` and ``_high``.

    Parameters
    ----------
    name : str
    interval : iterable of float
        The estimate, the lower and the upper end; each is rounded to four digits.

    Raises
    ------
    ValueError
        If there are not three numbers, or one is not finite.

    Examples
    --------
    >>> record_interval("gain", [0.01, 0.002])
    Traceback (most recent call last):
    ...
    ValueError: record_interval('gain', ...) takes an estimate and two ends, not 2 numbers
    """
    numbers = list(interval)
    if len(numbers) != 3:
        raise ValueError(
            f"record_interval({name!r}, ...) takes an estimate and two ends, not "
            f"{len(numbers)} numbers"
        )
    for suffix, value in zip(("", "_low", "_high"), numbers, strict=True):
        record(name + suffix, round(value, 4))


def read_records(notebook: Mapping[str, Any]) -> dict[str, Value]:
    """Collect what the cells of an executed notebook have recorded.

    Parameters
    ----------
    notebook : mapping
        A notebook as ``nbformat`` or ``json`` reads it.

    Returns
    -------
    dict
        Name to value, in the order of the cells.

    Raises
    ------
    ValueError
        If two outputs carry the same name.

    Examples
    --------
    >>> output = {"data": {"application/papermill.record/text/plain": "0.91"},
    ...           "metadata": {"scrapbook": {"name": "test_accuracy"}}}
    >>> read_records({"cells": [{"cell_type": "code", "outputs": [output]}]})
    {'test_accuracy': 0.91}
    """
    records: dict[str, Value] = {}
    if "cells" not in notebook:
        raise ValueError("the notebook has no cells: is it one?")
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            text = output.get("data", {}).get(_PREFIX + "text/plain")
            if name is None or text is None:
                continue
            if name in records:
                raise ValueError(f"{name!r} is recorded twice; give each number its own name")
            records[name] = json.loads("".join(text))
    return records
