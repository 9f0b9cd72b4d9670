"""The first lesson: its programs to copy run, and PyTorch gives the answers of Keras."""

import contextlib
import io
import json
import re
import sys

import nbformat
import numpy as np
import pytest
from notebook_runs import NOTEBOOKS

from gru_course.course.metrics import read_records
from gru_course.layers.backend import keras

PATH = NOTEBOOKS / "00_gru_in_ten_minutes.ipynb"
NOTEBOOK = nbformat.read(PATH, as_version=4)
TABS = re.compile(r":::\{tab-item\} (\w+)\n```python\n(.*?)```\n:::", re.DOTALL)
PROGRAMS = dict(
    tab for c in NOTEBOOK.cells if c.cell_type == "markdown" for tab in TABS.findall(c.source)
)


def cell_with(text):
    (source,) = [c.source for c in NOTEBOOK.cells if c.cell_type == "code" and text in c.source]
    return source


def said_by(*programs, **names):
    """Run programs one after the other with some names set; return what they print."""
    names = {"__name__": "__page__", "np": np, "keras": keras} | names
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for program in programs:
            exec(compile(program, PATH.name, "exec"), names)
    return out.getvalue()


# --- the programs to copy -------------------------------------------------------------------------


@pytest.fixture
def few_reviews(monkeypatch):
    """Give Keras' data set without a network: rows of unequal length, all ids below the limit."""

    def load_data(num_words):
        rng = np.random.default_rng(0)
        labels = np.arange(60) % 2
        rows = [rng.integers(4, num_words, size=n) for n in rng.integers(20, 150, size=60)]
        halves = (slice(0, 40), slice(40, 60))
        return [(np.array(rows[half], dtype=object), labels[half]) for half in halves]

    monkeypatch.setattr(keras.datasets.imdb, "load_data", load_data)


@pytest.mark.parametrize("name", ["Keras", "PyTorch"])
def test_a_program_to_copy_runs(name, few_reviews):
    if name == "PyTorch":
        pytest.importorskip("torch")
    assert "accuracy: " in said_by(PROGRAMS[name])


def test_the_program_in_keras_is_as_short_as_the_lesson_says():
    lines = [line for line in PROGRAMS["Keras"].splitlines() if line.strip()]
    assert len(lines) <= 16
    assert any("about fifteen lines" in c.source for c in NOTEBOOK.cells)


def test_the_lesson_and_its_program_have_the_same_layers():
    layers = re.compile(r"keras\.(layers\.\w+|optimizers\.\w+|losses\.\w+)\(")
    lesson = layers.findall(cell_with("model.summary") + cell_with("model.compile"))
    assert lesson == layers.findall(PROGRAMS["Keras"])
    assert len(lesson) == 4
    twin = re.compile(r"self\.\w+ = .*?nn\.(\w+)\(")
    assert twin.findall(cell_with("class Reader")) == twin.findall(PROGRAMS["PyTorch"])


# --- PyTorch --------------------------------------------------------------------------------------


def keras_model(rows):
    """Give a network like that of the lesson, with biases that are not zero."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((rows.shape[1],)),
            keras.layers.Embedding(50, 32),
            keras.layers.GRU(32, bias_initializer="random_normal"),
            keras.layers.Dense(1, activation="sigmoid", bias_initializer="ones"),
        ]
    )
    model.set_weights([3 * weights for weights in model.get_weights()])
    return model


def compared(change=lambda source: source, **names):
    """Run the cells of the lesson that compare the two libraries."""
    rows = np.random.default_rng(0).integers(0, 50, size=(20, 12))
    model = keras_model(rows)
    recorded = {}
    names |= {
        "WORDS": 50,
        "model": model,
        "x_test": rows,
        "scores": model.predict(rows, verbose=0)[:, 0],
        "record": recorded.__setitem__,
    }
    parts = ("class Reader", "def carried_over", "TOLERANCE =", 'record("pytorch')
    cells = map(cell_with, parts)
    said = said_by(*map(change, cells), **names)
    return said, recorded


def test_pytorch_gives_the_answers_of_keras():
    pytest.importorskip("torch")
    said, recorded = compared()
    assert "largest difference" in said
    assert recorded["pytorch_largest_difference"] < 1e-5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("np.concatenate([reset, update,", "np.concatenate([update, reset,"),
        ("reordered(kernel)", "kernel"),
        ('"gru.bias_hh_l0": reordered(recurrent_bias)', '"gru.bias_hh_l0": 0 * recurrent_bias'),
        ("reordered(recurrent_kernel).T", "reordered(kernel).T"),
    ],
)
def test_weights_moved_wrongly_are_red(old, new):
    pytest.importorskip("torch")
    assert old in cell_with("def carried_over")
    with pytest.raises(AssertionError, match="other answers than Keras"):
        compared(lambda source: source.replace(old, new))


def test_without_pytorch_the_lesson_says_that_it_skips(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)  # its import fails as if it were not there
    said, recorded = compared()
    assert "PyTorch is not installed" in said
    assert recorded == {}


def test_the_stored_lesson_was_run_with_pytorch():
    tolerance = float(re.search(r"TOLERANCE = (\S+)", cell_with("TOLERANCE ="))[1])
    records = read_records(json.loads(PATH.read_text(encoding="utf-8")))
    assert records["pytorch_largest_difference"] < tolerance
