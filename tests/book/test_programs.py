"""The programs in the chapters print what stands below them."""

import contextlib
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from gru_course.layers.backend import keras

PAGES = sorted((Path(__file__).parents[2] / "book").glob("*.md"))
PROGRAM = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = [
    (page.stem, place, program, shown)
    for page in PAGES
    for place, (program, shown) in enumerate(PROGRAM.findall(page.read_text(encoding="utf-8")))
]


def said_by(program):
    """Run a program; return what it printed, and the kind and text of the error that ended it."""
    if "keras" in program:
        keras.utils.clear_session()  # names of layers count from the beginning, as for a reader
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(program, "<page>", "exec"), {"__name__": "__page__"})
        except Exception as error:
            return f"{out.getvalue()}{type(error).__name__}: {error}"
        finally:
            plt.close("all")
    return out.getvalue()


@pytest.mark.parametrize(
    ("program", "shown"),
    [(program, shown) for _, _, program, shown in PROGRAMS],
    ids=[f"{page}-{place}" for page, place, _, _ in PROGRAMS],
)
def test_what_stands_below_a_program_is_what_it_says(program, shown):
    if re.search(r"^(?:import|from) torch\b", program, re.MULTILINE):
        pytest.importorskip("torch", reason="PyTorch is not installed")
    assert shown.strip() in said_by(program)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_program_of_a_page_is_run(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("```python") == len(PROGRAM.findall(text))


def test_there_are_programs():
    assert len(PROGRAMS) > 10


def test_another_message_is_seen():
    assert "expected" not in said_by("1 / 0")
    assert said_by("print(1)\n1 / 0") == "1\nZeroDivisionError: division by zero"
