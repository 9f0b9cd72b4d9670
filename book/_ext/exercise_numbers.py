"""Sphinx extension: exercises whose answer is one number can be answered in every book.

Below such an exercise stands a question as in :mod:`quiz`, with the numbers that `given` gives for
a seed of 1. Its right answer and its usual mistakes are those of ``notebooks/exercises/*.py``, run
while the book is built, and what is said about each is what `check` says.
"""

import contextlib
import io
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from quiz import Choice, Question, part, quiz
from sphinx.application import Sphinx
from sphinx_exercise.nodes import is_exercise_node

from gru_course.exercises.answering import instances
from gru_course.exercises.calling import judged
from gru_course.exercises.registry import EXERCISES

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from make_exercises import SOURCES, Written, read


class Asked(NamedTuple):
    """How a question is put, and how near an answer has to be."""

    text: str
    tolerance: float


ASKED = {
    "1.2": Asked("Take a half-life of {} steps. Which bias is it?", 0.01),
    "10.3": Asked("Take a probability of {} and a temperature of {}. What comes out?", 0.002),
    "11.5": Asked("Take `z` as {} and `level` as {}. Which number is it?", 0.4),
}
SEED = 1
RIGHT = "That is what the judge of this exercise computes."


@cache
def question(root: Path, number: str) -> Question:
    """Make the question of an exercise.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    number : str
        One of those in `ASKED`.

    Raises
    ------
    ValueError
        If its solution does not pass, a usual mistake does, or two of the numbers are too near.
    """
    asked, exercise = ASKED[number], EXERCISES[number]
    ((*given,),) = instances(exercise, SEED)
    (source,) = (root / SOURCES).glob(f"{int(number.partition('.')[0]):02}_*.py")
    lesson = read(source)
    (written,) = (e for e in lesson.exercises if e.number == number)
    choices = []
    for code in (written.solved, *(code for _, code in written.wrong)):
        answer = _answer(lesson.setup, written, code)
        if not isinstance(answer, int | float):  # such as a function where a number is asked for
            continue
        verdict = judged(exercise, answer, instances(exercise, SEED))
        if verdict.passed is not (code == written.solved):
            raise ValueError(f"{number}: {answer} is judged as {verdict}")
        said = _first_paragraph(written.why) or RIGHT if verdict.passed else verdict.message
        choices.append(Choice(verdict.passed, f"{answer:.4g}", said))
    made = Question(asked.text.format(*given), tuple(choices), 1, asked.tolerance)
    if problem := made._problem():
        raise ValueError(f"{number}: {problem}")
    return made


def _answer(setup: str, written: Written, code: str) -> Any:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(setup, names)
        exec(code, names)
    answer = names[written.name]
    return answer.item() if hasattr(answer, "item") else answer


def _first_paragraph(text: str) -> str:
    """Return the first paragraph if it has no formula, which is written in another way here."""
    first = text.strip().partition("\n\n")[0].replace("\n", " ")
    return "" if "$" in first or "{" in first else first


def add_questions(app: Sphinx, doctree: nodes.document) -> None:
    """Put the questions at the end of their exercises."""
    for exercise in list(doctree.findall(is_exercise_node)):
        number = str(exercise.get("label", "")).removeprefix("ex-").replace("-", ".", 1)
        if number not in ASKED:
            continue
        made = question(Path(app.srcdir), number)
        name = f"exercise-{number.replace('.', '-')}"
        node = quiz(name=name, ids=[name], right=1, tolerance=made.tolerance)
        node += _part("question", nodes.paragraph("", "", *_words(made.text)))
        for choice in made.choices:
            node += _part("choice", nodes.Text(choice.text), right=choice.right)
            said = nodes.paragraph("", "", *_words(choice.explanation))
            node += _part("explanation", said, right=choice.right)
        code = next(exercise.findall(nodes.literal_block))
        code.parent.insert(code.parent.index(code) + 1, node)


def _words(text: str) -> list[nodes.Node]:
    """Turn what stands between backticks into code."""
    parts = re.split(r"`([^`]+)`", text)
    return [nodes.literal(text=p) if i % 2 else nodes.Text(p) for i, p in enumerate(parts) if p]


def _part(kind: str, content: nodes.Node, **attributes: object) -> part:
    made: part = part("", kind=kind, **attributes)
    made += content
    return made


def setup(app: Sphinx) -> dict[str, object]:
    """Register the questions, before those of a page are counted."""
    app.connect("doctree-read", add_questions, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
