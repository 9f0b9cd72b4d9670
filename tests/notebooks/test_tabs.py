"""The tabs of the lessons: both programs run, and the one in PyTorch prints what Keras does."""

import ast
import contextlib
import io
import re

import nbformat
import pytest
from notebook_runs import NOTEBOOKS

from gru_course.layers.backend import keras

TAB_SET = re.compile(r"^::::\{tab-set\}\n(.*?)^::::$", re.MULTILINE | re.DOTALL)
TAB = re.compile(r":::\{tab-item\} (\w+)\n```python\n(.*?)```\n:::", re.DOTALL)
ELSEWHERE = "00_gru_in_ten_minutes"
"""Its programs download data; `test_ten_minutes.py` runs them."""
ON_PURPOSE = {"05_rnn_lstm_gru_measured": "1 2 RNN\n3 2 GRU\n4 2 LSTM\n"}
"""What PyTorch prints where the difference is what the tab shows."""


def tab_sets(text):
    return [dict(TAB.findall(tabs)) for tabs in TAB_SET.findall(text)]


def lessons():
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        yield from ((path.stem, tabs) for tabs in tab_sets(text) if path.stem != ELSEWHERE)


SETS = list(lessons())
by_lesson = pytest.mark.parametrize(("lesson", "tabs"), SETS, ids=[name for name, _ in SETS])


def said_by(program):
    keras.utils.clear_session()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "<tab>", "exec"), {"__name__": "__page__"})
    return out.getvalue()


@by_lesson
def test_a_tab_set_has_both_and_each_is_a_program(lesson, tabs):
    assert list(tabs) == ["Keras", "PyTorch"]
    for program in tabs.values():
        ast.parse(program)
        assert max(map(len, program.splitlines())) <= 88


@by_lesson
def test_keras_says_yes(lesson, tabs):
    said = said_by(tabs["Keras"])
    assert said
    assert "False" not in said


@by_lesson
def test_pytorch_says_the_same(lesson, tabs):
    pytest.importorskip("torch")
    expected = ON_PURPOSE.get(lesson) or said_by(tabs["Keras"])
    assert said_by(tabs["PyTorch"]) == expected


def test_the_core_lessons_have_tabs():
    assert {name[:2] for name, _ in SETS} >= {"01", "03", "04", "05", "07", "08", "09"}


def test_programs_are_found():
    tab = ":::{{tab-item}} {}\n```python\nprint({})\n```\n:::\n"
    text = f"::::{{tab-set}}\n{tab.format('Keras', 1)}\n{tab.format('PyTorch', 2)}::::\n"
    assert tab_sets(text) == [{"Keras": "print(1)\n", "PyTorch": "print(2)\n"}]
    assert said_by("print(1)") == "1\n"
