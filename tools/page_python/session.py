"""Runs a reader's cell in the worker of a page; the `check` of the notebooks judges it.

``tools/add_python.py`` packs this file, the small NumPy, and the parts of ``gru_course`` that the
exercises need. A page is like one notebook: what a cell defines, the next one can use.
"""

import contextlib
import io
import json
from typing import Any

from gru_course.exercises import answering
from gru_course.exercises.registry import EXERCISES

MOST = 10_000
"""Characters that are kept of what a cell prints."""
CELL = "<cell>"

_names: dict[str, Any] = {}


class _Printed(io.StringIO):
    """Keeps the beginning of what is printed, however much it is."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, MOST + 1 - self.tell())])
        return len(text)

    def shown(self) -> str:
        text = self.getvalue()
        return text if len(text) <= MOST else f"{text[:MOST]}\n… (more is not shown)"


def start(setup: str, passed: str) -> None:
    """Begin like a notebook: run what all answers of a lesson import.

    Parameters
    ----------
    setup : str
        The first cell of the lesson's exercises.
    passed : str
        JSON: the numbers of the exercises that have passed before Python had to be started again.
    """
    answering._passed.update(json.loads(passed))
    exec(compile(setup, "<setup>", "exec"), _names)


def run(number: str, code: str) -> str:
    """Run a cell and judge the answer in it.

    Parameters
    ----------
    number : str
        Of the exercise, such as ``"1.1"``.
    code : str
        The cell.

    Returns
    -------
    str
        JSON: what the cell ``printed``, what ``check`` has ``said``, and whether it ``passed``.
    """
    printed, said = _Printed(), io.StringIO()
    problem = None
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            exec(compile(code, CELL, "exec"), _names)
        except BaseException as error:
            problem = _said(error)
    if problem is None:
        with contextlib.redirect_stdout(said):
            answering.check(number, _names.get(EXERCISES[number].answer))
    text = said.getvalue().strip() if problem is None else f"✗ {number}: {problem}"
    # The page has a button for hints.
    text = text.replace(f'\n  A hint: hint("{number}").', "")
    passed = text.startswith(f"✓ {number}:")
    return json.dumps({"printed": printed.shown(), "said": text, "passed": passed})


def hint(number: str) -> str:
    """Return the next hint of an exercise, as JSON like that of `run`."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        answering.hint(number)
    return json.dumps({"printed": "", "said": said.getvalue().strip(), "passed": False})


def _said(error: BaseException) -> str:
    """Say in one sentence what stopped a cell, and where."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == CELL:
            line = step.tb_lineno
        step = step.tb_next
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    first = text.strip().partition("\n")[0][:300]
    where = f" in line {line}" if line else ""
    return f"your cell stops{where}: {type(error).__name__}: {first}".rstrip(": .") + "."
