"""Make the notebooks of an examination from a folder outside this checkout, and prove them.

The folder holds sources like those of ``notebooks/exercises``, whose names begin with a number
from 50 up, and ``judges.py`` with ``TASKS`` for the questions that are to be graded. Nothing of it
is copied here, so nothing of it can be published with the course. The notebooks for the students
have neither checks nor hints.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from make_exercises import Lesson, Written, notebook, read
from passes import ROOT
from whole_files import whole_or_not

from gru_course.exercises.calling import judged
from gru_course.exercises.exercise import Exercise, Task, Verdict

FIRST = 50
"""The first number of a source; those of lessons are below."""
SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Exam:
    """An examination.

    Parameters
    ----------
    folder : pathlib.Path
    papers : tuple of Lesson
        One for each source.
    exercises : dict
        Number to exercise, of those that are graded.
    digest : str
        Of all files that they are made of.
    """

    folder: Path
    papers: tuple[Lesson, ...]
    exercises: dict[str, Exercise]
    digest: str


def read_exam(folder: Path) -> Exam:
    """Read an examination.

    Raises
    ------
    ValueError
        If the folder lies in this checkout, a file is missing or breaks a rule, or questions and
        judges do not agree.
    """
    folder = folder.expanduser().resolve()
    if folder.is_relative_to(ROOT):
        raise ValueError(f"{folder} lies in the course; an examination is kept outside")
    sources, judges = sorted(folder.glob("[0-9][0-9]_*.py")), folder / "judges.py"
    if not sources or not judges.is_file():
        raise ValueError(f"{folder} needs judges.py and a source such as {FIRST}_midterm.py")
    if low := [source.name for source in sources if int(source.name[:2]) < FIRST]:
        raise ValueError(f"{low[0]} has the number of a lesson; expected one from {FIRST} up")
    papers = tuple(read(source) for source in sources)
    written = {e.number: e for paper in papers for e in paper.exercises if e.solution}
    tasks = {task.number: task for task in _tasks(judges)}
    if differ := sorted(written.keys() ^ tasks.keys()):
        raise ValueError(f"{differ[0]} needs both a question with a solution and a judge")
    exercises = {number: _exercise(tasks[number], written[number]) for number in written}
    digest = hashlib.sha256()
    for path in (*sources, judges):
        digest.update(path.read_bytes())
    return Exam(folder, papers, exercises, digest.hexdigest())


def _tasks(judges: Path) -> list[Task]:
    spec = importlib.util.spec_from_file_location("judges_of_the_exam", judges)
    if spec is None or spec.loader is None:
        raise ValueError(f"{judges} cannot be read")
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.TASKS)


def _exercise(task: Task, written: Written) -> Exercise:
    if not task.is_function:
        raise ValueError(
            f"{task.number} asks for a value, whose numbers a student's machine cannot draw; "
            "let it ask for a function"
        )
    if task.answer != written.name:
        raise ValueError(f"{task.number} asks for {written.name}, its judge for {task.answer}")
    hints = tuple(written.hints)
    return Exercise(**vars(task), title=written.title, kind=written.kind, hints=hints)  # type: ignore[arg-type]


def failings(exam: Exam) -> Iterator[str]:
    """Say which solution does not pass, and which blank or usual mistake does not get its say."""
    for paper in exam.papers:
        for written in paper.exercises:
            if not written.solution:
                continue
            exercise = exam.exercises[written.number]
            for seed in SEEDS:
                verdict = _verdict(paper, exercise, written.solved, seed)
                if not verdict.passed:
                    yield f"{written.number}: its solution fails: {verdict.message}"
            wrong = [written.start or ("still empty", written.blank), *written.wrong]
            for says, code in wrong:
                verdict = _verdict(paper, exercise, code, SEEDS[0])
                if verdict.passed or says not in verdict.message:
                    yield f"{written.number}: expected {says!r}, got {verdict.message!r}"


def _verdict(paper: Lesson, exercise: Exercise, code: str, seed: int) -> Verdict:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(paper.setup, names)
        exec(code, names)
    return judged(exercise, names[exercise.answer], exercise.draw(np.random.default_rng(seed)))


def main(arguments: list[str]) -> None:
    """Write the notebooks beside their sources."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    try:
        exam = read_exam(parser.parse_args(arguments).folder)
        if wrong := list(failings(exam)):
            raise ValueError("\n".join(wrong))
    except ValueError as error:
        sys.exit(f"Not made: {error}")
    for paper in exam.papers:
        title = paper.name[3:].replace("_", " ").capitalize()
        for place, solved in (("handout", False), ("solutions", True)):
            path = exam.folder / place / f"{paper.name}.ipynb"
            path.parent.mkdir(exist_ok=True)
            made = notebook(paper, title, solved=solved, checked=False)
            whole_or_not(path, made.encode("utf-8"))
            print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
