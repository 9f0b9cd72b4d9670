"""Make handouts, solutions and the exercises of the pages from their one source.

The source of a lesson is ``notebooks/exercises/NAME.py``, in cells of the percent format, which
Jupyter Lab with Jupytext and most editors open as a notebook. The title of a cell says what it is:

- ``setup``: what all its answers import.
- ``exercise``: the task, with ``number``, ``kind`` and ``title``, and a ``label`` where other pages
  refer to it. The cells below belong to it.
- ``solution``: the cell of the learner; what stands between the marks is left blank in handouts.
- ``start``: what handouts show instead of a blank, such as a program to be repaired; ``says`` is a
  part of the sentence that it must get.
- ``why``: what the page says below the solution.
- ``hint``: three of them, each saying more than the one before.
- ``wrong``: a usual wrong answer; ``says`` is a part of the sentence that it must get.
- ``answer``: the solution in words, of an exercise that is not checked.
"""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from passes import ROOT
from plain_notebooks import METADATA
from whole_files import whole_or_not

from gru_course.exercises.exercise import Kind

CELL = re.compile(r'^# %% (\w+)( \[markdown\])?((?: \w+="[^"\n]*")*)$')
MARKS = re.compile(
    r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION\n?", re.MULTILINE | re.DOTALL
)
SECTION = re.compile(r"^## Exercises\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SOURCES = "notebooks/exercises"
HINTS = 3


class NotAnExercise(ValueError):
    """A source breaks a rule; the message says where and which."""


@dataclass
class Written:
    """An exercise as it is written."""

    number: str
    kind: str
    title: str
    label: str
    """The name of the exercise in the page."""
    task: str
    solution: str = ""
    why: str = ""
    answer: str = ""
    start: tuple[str, str] | None = None
    hints: list[str] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    """What the message says, and the code that must get it; so is the start."""

    @property
    def name(self) -> str:
        """What the cell of the learner defines: a function, or else what is assigned last."""
        functions = re.findall(r"^def (\w+)\(", MARKS.sub("", self.solution), re.MULTILINE)
        inside = "\n".join(match[2] for match in MARKS.finditer(self.solution))
        values = re.findall(r"^(\w+) = ", inside, re.MULTILINE)
        return str([*values, *functions][-1])

    @property
    def blank(self) -> str:
        """The cell of the learner as it is handed out."""
        if self.start:
            return self.start[1]
        return MARKS.sub(self._blank, self.solution).rstrip("\n")

    def _blank(self, marked: re.Match[str]) -> str:
        indent = marked[1]
        if indent:
            return f'{indent}raise NotImplementedError("your code here")\n'
        return f"{self.name} = ...  # your code here\n"

    @property
    def solved(self) -> str:
        """The cell of the learner with the solution, without marks."""
        return MARKS.sub(r"\2", self.solution).rstrip("\n")


@dataclass
class Lesson:
    """The exercises of a lesson."""

    name: str
    setup: str
    exercises: list[Written]


def read(source: Path) -> Lesson:
    """Read the source of a lesson.

    Parameters
    ----------
    source : pathlib.Path
        ``notebooks/exercises/NAME.py``.

    Raises
    ------
    NotAnExercise
        If it breaks a rule.
    """
    lesson = Lesson(source.stem, "", [])
    for line, role, options, text in _cells(source):
        try:
            _take(lesson, role, options, text)
        except (KeyError, IndexError, ValueError) as problem:
            said = f"{problem} is missing" if isinstance(problem, KeyError) else problem
            raise NotAnExercise(f"{source.name}, line {line}: {said}") from problem
    for number, exercise in enumerate(lesson.exercises, start=1):
        if broken := _problem(exercise, f"{int(source.stem[:2])}.{number}"):
            raise NotAnExercise(f"{source.name}, exercise {exercise.number}: {broken}")
    return lesson


def _cells(source: Path) -> list[tuple[int, str, dict[str, str], str]]:
    """Split a source into cells: line, role, options and text."""
    cells: list[tuple[int, str, dict[str, str], list[str], bool]] = []
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("# %%"):
            if not (match := CELL.match(line)):
                raise NotAnExercise(f"{source.name}, line {number}: this is no cell: {line}")
            options = dict(re.findall(r'(\w+)="([^"]*)"', match[3]))
            cells.append((number, match[1], options, [], bool(match[2])))
        elif cells:
            is_text = cells[-1][4]
            cells[-1][3].append(re.sub(r"^# ?", "", line) if is_text else line)
    return [(n, role, options, "\n".join(text).strip("\n")) for n, role, options, text, _ in cells]


def _take(lesson: Lesson, role: str, options: dict[str, str], text: str) -> None:
    if role == "setup":
        lesson.setup = text
    elif role == "exercise":
        number, kind, title = (options[name] for name in ("number", "kind", "title"))
        label = options.get("label", f"ex-{number.replace('.', '-')}")
        lesson.exercises.append(Written(number, kind, title, label, text))
    elif role == "hint":
        lesson.exercises[-1].hints.append(text)
    elif role == "wrong":
        lesson.exercises[-1].wrong.append((options["says"], text))
    elif role == "start":
        lesson.exercises[-1].start = (options["says"], text)
    elif role in ("solution", "why", "answer"):
        setattr(lesson.exercises[-1], role, text + "\n" * (role == "solution"))
    else:
        raise ValueError(f"there is no cell called {role}")


def _problem(exercise: Written, number: str) -> str | None:
    """Say which rule an exercise breaks."""
    if exercise.number != number:
        return f"its place is {number}"
    if exercise.kind not in get_args(Kind):
        return f"its kind is {exercise.kind!r}; expected one of {', '.join(get_args(Kind))}"
    if bool(exercise.solution) == bool(exercise.answer):
        return "it needs either a solution, which is checked, or an answer in words"
    if not exercise.solution:
        return None
    if not MARKS.search(exercise.solution):
        return "its solution needs the marks ### BEGIN SOLUTION and ### END SOLUTION"
    if len(exercise.hints) != HINTS:
        return f"it has {len(exercise.hints)} hints; expected {HINTS}"
    if len(exercise.wrong) < 2:
        return "it needs at least two usual wrong answers"
    return None


# --- what is made --------------------------------------------------------------------------------


def notebook(lesson: Lesson, title: str, *, solved: bool, checked: bool = True) -> str:
    """Make the handout of a lesson, or its solutions; not `checked`, of an examination.

    Cells carry the metadata of nbgrader, schema 3.
    """
    what = "Solutions" if solved else "Exercises" if checked else "Examination"
    opening = [f"# {what}: {title}", ""]
    if not checked and not solved:
        opening += ["Fill in the cells and run each once. They are judged when you have handed in."]
    elif not solved:
        opening += [
            f"They go with [the lesson](../{lesson.name}.ipynb). Fill in a cell, run it, then run "
            'the cell with `check` below it. `hint("…")`, with the number of an exercise, gives '
            "three hints, one after the other. All solutions are folded at the end of the lesson.",
            "",
            "Keep your own copy: *File*, then *Save Notebook As*.",
        ]
    cells = [
        new_markdown_cell("\n".join(opening).rstrip()),
        new_code_cell(lesson.setup),
    ]
    for exercise in lesson.exercises:
        heading = f"## {exercise.number} {exercise.title}"
        cells.append(new_markdown_cell(f"{heading}\n\n{_moved(exercise.task)}"))
        cells += _answered(exercise, solved, checked)
    made = new_notebook(cells=cells, metadata=METADATA)
    for number, cell in enumerate(made.cells):
        cell["id"] = f"cell-{number}"
    return str(nbformat.writes(made, indent=1)).rstrip("\n") + "\n"


def _answered(exercise: Written, solved: bool, checked: bool) -> list[Any]:
    number = exercise.number
    by_hand = _nbgrader(f"answer-{number}", solution=True, grade=True, points=1)
    if not exercise.solution:
        text = _moved(exercise.answer) if solved else "*Your answer in words.*"
        return [new_markdown_cell(text, metadata=by_hand)]
    code = exercise.solved if solved else exercise.blank
    if checked:
        cells = [
            new_code_cell(code, metadata=_nbgrader(f"answer-{number}", solution=True)),
            new_code_cell(
                f'check("{number}", {exercise.name})',
                metadata=_nbgrader(f"check-{number}", grade=True, locked=True, points=1),
            ),
        ]
    else:
        cells = [new_code_cell(code, metadata=by_hand)]
    if solved and exercise.why:
        cells.append(new_markdown_cell(_moved(exercise.why)))
    return cells


def _nbgrader(name: str, **marks: Any) -> dict[str, Any]:
    """Give the metadata of a cell; nbgrader takes letters, numbers and hyphens for its name."""
    return {
        "nbgrader": {
            "grade": False,
            "grade_id": name.replace(".", "-"),
            "locked": False,
            "schema_version": 3,
            "solution": False,
            "task": False,
            **marks,
        }
    }


def _moved(text: str) -> str:
    """Let links of a lesson lead to the same place from a folder below it."""
    text = re.sub(r"\]\((?!https?:|#)([^)]+)\)", r"](../\1)", text)
    text = re.sub(r"\{doc\}`(?:\.\./)?([\w/-]+)`", r"`\1`", text)
    return re.sub(r"\{glue:text\}`[^`]*`", "(see the lesson)", text)


def section(lesson: Lesson) -> str:
    """Make the exercises of a page, in MyST."""
    parts = ["## Exercises", ""]
    if checked := [f"{{ref}}`{e.number} <{e.label}>`" for e in lesson.exercises if e.solution]:
        which = f"{', '.join(checked[:-1])} and {checked[-1]}" if checked[1:] else checked[0]
        parts += [
            f"Exercises {which} are checked if you answer them in `make lab`, in the notebook "
            f"`{SOURCES}/{lesson.name}.ipynb`: there `check` names the usual mistakes, and `hint` "
            "helps.",
            "",
        ]
    for exercise in lesson.exercises:
        parts += _in_page(exercise)
    return "\n".join(parts)


def _in_page(exercise: Written) -> list[str]:
    ladder = ""
    for number, hint in reversed(list(enumerate(exercise.hints, start=1))):
        said = f"{hint}\n\n{ladder}".rstrip()
        ladder = _fenced(f"{{admonition}} Hint {number}\n:class: dropdown", said, ":")
    answer = exercise.answer or f"```python\n{exercise.solved}\n```\n\n{exercise.why}"
    blank = f"```python\n{exercise.blank}\n```" if exercise.solution else ""
    task = "\n\n".join(part for part in (exercise.task, blank, ladder) if part)
    opening = f"{{exercise}} {exercise.number} {exercise.title}\n:label: {exercise.label}"
    return [
        _fenced(f"{opening}\n:nonumber:", task),
        "",
        _fenced(f"{{solution}} {exercise.label}\n:class: dropdown", answer.rstrip()),
        "",
    ]


def _fenced(opening: str, text: str, mark: str = "`") -> str:
    """Put a text into a directive whose fence is longer than those inside."""
    inner = re.findall(rf"^ *({mark}{{3,}})", text, re.MULTILINE)
    fence = mark * (1 + max(map(len, inner), default=2))
    return f"{fence}{opening}\n{text}\n{fence}"


def texts(lessons: list[Lesson]) -> str:
    """Make what the package says about the exercises that it can check."""
    said = {
        e.number: {"title": e.title, "kind": e.kind, "hints": e.hints}
        for lesson in lessons
        for e in lesson.exercises
        if e.solution
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def in_lesson(stored: str, made: str) -> str:
    """Put the exercises of a page into a stored notebook and change nothing else.

    Raises
    ------
    NotAnExercise
        If it has no section of exercises.
    """
    content = json.loads(stored)
    for cell in reversed(content["cells"]):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and SECTION.search(text):
            break
    else:
        raise NotAnExercise("no cell of the lesson has the heading '## Exercises'")
    end = "\n" if text[SECTION.search(text).end() :] else ""  # type: ignore[union-attr]
    text = SECTION.sub(lambda _: made.rstrip("\n") + 2 * end, text, count=1)
    cell["source"] = text.splitlines(keepends=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def made(root: Path = ROOT) -> dict[Path, str]:
    """Make everything: path to content."""
    lessons = [read(source) for source in sorted((root / SOURCES).glob("*.py"))]
    found = {root / "src/gru_course/exercises/texts.json": texts(lessons)}
    for lesson in lessons:
        page = root / "notebooks" / f"{lesson.name}.ipynb"
        stored = page.read_text(encoding="utf-8")
        first = "".join(json.loads(stored)["cells"][0]["source"])
        heading = re.search(r"^# (.+)$", first, re.MULTILINE)
        title = heading[1] if heading else lesson.name
        found[page] = in_lesson(stored, section(lesson))
        found[root / SOURCES / f"{lesson.name}.ipynb"] = notebook(lesson, title, solved=False)
        solutions = root / "_build" / "solutions" / f"{lesson.name}.ipynb"
        found[solutions] = notebook(lesson, title, solved=True)
    return found


def main() -> None:
    """Write what has changed."""
    try:
        found = made()
    except NotAnExercise as problem:
        sys.exit(str(problem))
    for path, content in found.items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            whole_or_not(path, content.encode("utf-8"))
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
