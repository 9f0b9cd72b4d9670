"""The programs on the page "When it does not work" say what stands below them."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from gru_course.backend import keras

PAGE = Path(__file__).parents[2] / "book" / "when-it-does-not-work.md"
PROGRAM = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def said_by(program):
    """Run a program; return what it printed, and the kind and text of the error that ended it."""
    keras.utils.clear_session()  # names of layers count from the beginning, as for a reader
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(program, "<page>", "exec"), {"__name__": "__page__"})
        except Exception as error:
            return f"{out.getvalue()}{type(error).__name__}: {error}"
    return out.getvalue()


PROGRAMS = PROGRAM.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("program", "shown"), PROGRAMS, ids=[shown.split("\n")[0][:60] for _, shown in PROGRAMS]
)
def test_what_stands_below_a_program_is_what_it_says(program, shown):
    assert shown.strip() in said_by(program)


def test_every_program_of_the_page_is_run():
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```python") == text.count("```text") == len(PROGRAMS) > 10


def test_another_message_is_seen():
    assert "expected" not in said_by("1 / 0")
    assert said_by("print(1)\n1 / 0") == "1\nZeroDivisionError: division by zero"
