"""Every text and table is read today as it was when the stored results were computed from it."""

import hashlib
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from gru_course.catalogue import DATASETS
from gru_course.data.loading import load

CONTENT = {
    "imdb": "1c4d810be815c434",
    "unlabelled": "5c76a6ca1551ea2a",
    "shakespeare": "2f64cf3a508933b6",
    "english-french": "c2006fd1f98ad2de",
    "snips": "29e0fb87af62bd51",
    "sgd": "ab893bfa587ce91c",
    "beijing": "4aeaba4d743fd20e",
    "germany": "374e043e218816ea",
    "etth1": "5215b31f8468de05",
    "victoria": "8659c51916b89ef7",
    "sp500": "376c5bca2935136d",
    "nasdaq": "c3ed06528867318f",
    "machine": "bfc4f1b69bd50e99",
    "taxi": "94baa4645f7f7e31",
    "latency": "7a3f5e8d87d19d78",
    "office": "262b89ad18283d58",
    "ecg5000": "81455ba1890e71de",
    "spoken-digits": "0132b03ee46eb0e1",
    "chorales": "b00a37e23cb9f14e",
    "libras": "0ab3fa642af8d620",
    "action-films": "a2f8b6dd14771b07",
}
"""What `digest` gave for each when the content was last meant to change."""


def digest(value):
    """Return one hash for everything that a data set holds."""
    return hashlib.sha256("\n".join(lines(value)).encode(errors="surrogatepass")).hexdigest()[:16]


def lines(value):
    if isinstance(value, np.ndarray):
        whole = np.ascontiguousarray(value)
        yield f"{whole.dtype} {whole.shape} {hashlib.sha256(whole.tobytes()).hexdigest()}"
    elif is_dataclass(value):
        for field in fields(value):
            yield field.name
            yield from lines(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from lines(tuple(value.items()))
    elif isinstance(value, tuple | list):
        yield f"({len(value)}"
        for part in value:
            yield from lines(part)
        yield ")"
    else:
        yield repr(value)


@pytest.mark.full
@pytest.mark.parametrize("name", CONTENT)
def test_content(name):
    assert digest(load(DATASETS[name], "full")) == CONTENT[name]


def test_no_data_set_is_left_out():
    told = "the digest that test_content finds for it goes into CONTENT, see CONTRIBUTING.md"
    assert DATASETS.keys() == CONTENT.keys(), told


def test_any_change_is_seen():
    sound = {"a": (np.arange(3), "x", 1.5)}
    others = [
        {"a": (np.arange(3) + 1, "x", 1.5)},
        {"a": (np.arange(3).astype(np.int32), "x", 1.5)},
        {"a": (np.arange(3), "y", 1.5)},
        {"b": sound["a"]},
    ]
    assert len({digest(tree) for tree in [sound, *others]}) == 5
    assert digest(sound) == digest({"a": (np.arange(3), "x", 1.5)})
