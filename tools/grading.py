"""Grades submissions: runs each in the sandbox, judges what comes out of it, keeps the results.

The judges run here and see plain values only; nothing that a student wrote is imported or
evaluated. The result of a submission is a file of its own, written whole, whose name is a digest
of all that it follows from. So a run that was stopped goes on where it was, and what has not
changed is not graded again.
"""

import hashlib
import json
import os
import platform
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import filelock
import numpy as np
from sandbox import COURSE, TOOLS, Limits, Message, converse, try_out
from submissions import Notebook, Submission, shown
from whole_files import whole_or_not

from gru_course.exercises.exercise import Exercise, Inputs
from gru_course.exercises.plain import from_json, to_json
from gru_course.exercises.registry import EXERCISES

PASSED, FAILED, NOT_ANSWERED = "passed", "failed", "not answered"
CODE = ("grading.py", "sandbox.py", "sandbox_inside.py", "sandbox_exercises.py", "submissions.py")
MOST_DRAWS = 100
"""How often a notebook may make the grader draw the inputs of one exercise."""


@dataclass(frozen=True)
class Result:
    """What came of one exercise.

    Parameters
    ----------
    status : str
        ``"passed"``, ``"failed"`` or ``"not answered"``.
    message : str
        For the student.
    mistake : str or None
        The name of the usual mistake that was recognised.
    seed : int or None
        What the inputs were drawn from.
    """

    status: str
    message: str
    mistake: str | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Graded:
    """What came of one submission: results by exercise, and notes such as errors of its cells."""

    student: str
    place: str
    results: dict[str, Result]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        """How many exercises passed."""
        return sum(result.status == PASSED for result in self.results.values())


def grade_all(
    found: Sequence[Submission],
    numbers: Sequence[str],
    folder: Path,
    *,
    seed: str | None = None,
    workers: int | None = None,
    limits: Limits | None = None,
    exam: str = "",
    say: Callable[[str], None] = print,
) -> list[Graded]:
    """Grade submissions, but for those whose results are there already.

    Parameters
    ----------
    found : sequence of Submission
    numbers : sequence of str
        The exercises; every submission gets a result for each.
    folder : pathlib.Path
        Where the results are kept.
    seed : str, optional
        What the inputs of functions follow from, with student and exercise. By default the one
        that the folder keeps, and at first a new one, which nobody can know beforehand.
    workers : int, optional
        How many sandboxes run at once; by default one for each core.
    limits : Limits, optional
        What each notebook may use.
    exam : str, optional
        The digest of an examination, whose exercises are among those of the registry.
    say : callable
        Told of each submission that is graded.

    Returns
    -------
    list of Graded
        One for each submission, in their order.

    Raises
    ------
    NoSandboxError
        If no sandbox can be made; then nothing has run.
    ValueError
        If there is no such exercise, or another run is grading into the folder.
    """
    if unknown := [number for number in numbers if number not in EXERCISES]:
        there = ", ".join(EXERCISES)
        raise ValueError(f"no exercise {unknown[0]} can be graded; there are {there}")
    limits = limits or Limits()
    try_out(limits)
    records = folder / "records"
    records.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / ".lock", timeout=0):
            seed = _kept_seed(folder, seed)
            grader = _digest([grader_digest(), exam, list(numbers), seed, asdict(limits)])
            keys = [_digest([grader, one.digest]) for one in found]
            known = [_stored(records / f"{key}.json", numbers) for key in keys]
            waiting = [place for place, one in enumerate(known) if one is None]
            if len(waiting) < len(found):
                say(f"{len(found) - len(waiting)} of {len(found)} are graded already.")
            stop = threading.Event()
            with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
                running = {
                    pool.submit(_grade, found[p], numbers, seed, limits, stop): p for p in waiting
                }
                try:
                    for count, done in enumerate(as_completed(running), start=1):
                        place = running[done]
                        graded = known[place] = done.result()
                        whole_or_not(records / f"{keys[place]}.json", _written(graded))
                        said = f"{graded.passed} of {len(numbers)} passed"
                        say(f"[{count}/{len(waiting)}] {shown(graded.place, 60)}: {said}")
                except BaseException:
                    stop.set()
                    pool.shutdown(cancel_futures=True)
                    raise
    except filelock.Timeout:
        raise ValueError(f"another run is grading into {folder}; wait until it has ended") from None
    return [
        replace(graded, notes=(*one.notes, *graded.notes))
        for one, graded in zip(found, known, strict=True)
        if graded is not None
    ]


def drawn_from(seed: str, place: str, number: str) -> int:
    """Return the seed for the inputs of one exercise of one submission."""
    return int(_digest([seed, place, number])[:15], 16)


def exercises_of(found: Sequence[Submission]) -> list[str]:
    """List the exercises that the submissions have cells for, in their order."""
    named = {number for one in found for notebook in one.notebooks for number in notebook.exercises}
    return [number for number in EXERCISES if number in named]


class _Run:
    """One notebook in the sandbox: draws what it asks for, and judges what it answers."""

    def __init__(self, notebook: Notebook, numbers: Sequence[str], seeds: dict[str, int]) -> None:
        self.notebook, self.numbers = notebook, numbers
        self.results: dict[str, Result] = {}
        self.errors: list[str] = []
        self._seeds = dict(seeds)
        self._given: dict[str, int] = {}
        self._draws: Counter[str] = Counter()

    def steps(self) -> list[Message]:
        """Return what is to be done: the cells, and each exercise after its last cell.

        What follows the cell of an exercise up to the next one's belongs to it. An exercise
        without a cell of its own is asked for at the end.
        """
        cells = self.notebook.cells
        asked_after: dict[int, list[str]] = {}
        for number in self.numbers:
            own = [place for place, cell in enumerate(cells) if cell.exercise == number]
            last = own[-1] if own else len(cells)
            others = (p for p in range(last, len(cells)) if cells[p].exercise not in (None, number))
            asked_after.setdefault(next(others, len(cells)) - 1, []).append(number)
        steps: list[Message] = []
        if not cells:
            steps += [self._question(number) for number in self.numbers]
        for place, cell in enumerate(cells):
            if cell.source.strip():
                steps.append({"cell": cell.source, "place": f"cell {place + 1}"})
            steps += [self._question(number) for number in asked_after.get(place, ())]
        return steps

    @staticmethod
    def _question(number: str) -> Message:
        exercise = EXERCISES[number]
        return {"ask": number, "answer": exercise.answer, "is_function": exercise.is_function}

    def reply(self, message: Message) -> Message | None:
        """Answer a message, which may be anything."""
        match message:
            case {"given": str(number), "seed": int(seed)}:
                return self._give(number, seed)
            case {"ask": str(number)} if number in self.numbers:
                is_drawn = EXERCISES[number].is_function and not self._too_often(number)
                inputs = self._inputs(number)[0] if is_drawn else []
                return {"inputs": [[to_json(part) for part in one] for one in inputs]}
            case {"answer": str(number), **rest} if number in self.numbers:
                if self._too_often(number):
                    return None
                self.results[number] = self._judge(number, rest)
            case {"place": str(place), "error": str(error)} if len(self.errors) < 20:
                self.errors.append(f"{shown(place, 20)}: {shown(error, 300)}")
        return None

    def _give(self, number: str, seed: int) -> Message:
        exercise = EXERCISES.get(number)
        if exercise is None or exercise.is_function:
            return {"refused": f"exercise {shown(number, 20)} gives no numbers"}
        if not 0 <= seed < 2**63 or isinstance(seed, bool):
            return {"refused": "a seed is a whole number from 0 up"}
        if self._too_often(number):
            return {"refused": f"numbers were asked for more than {MOST_DRAWS} times"}
        self._given[number] = seed
        (inputs,) = _draw(exercise, seed)
        return {"inputs": to_json(inputs[0] if len(inputs) == 1 else list(inputs))}

    def _too_often(self, number: str) -> bool:
        self._draws[number] += 1
        return self._draws[number] > MOST_DRAWS

    def _inputs(self, number: str) -> tuple[list[Inputs], int]:
        exercise = EXERCISES[number]
        seed = self._seeds[number] if exercise.is_function else self._given[number]
        return _draw(exercise, seed), seed

    def _judge(self, number: str, answer: Message) -> Result:
        exercise = EXERCISES[number]
        match answer:
            case {"missing": True}:
                return Result(NOT_ANSWERED, f"`{exercise.answer}` is missing or still empty.")
            case {"said": str(said)}:
                return Result(FAILED, shown(said))
            case {"outputs": written} if exercise.is_function or number in self._given:
                inputs, seed = self._inputs(number)
                try:
                    outputs = from_json(written)
                except Exception:  # no plain values, or too large, however that was done
                    return Result(FAILED, "The answer holds no plain values.", seed=seed)
                if not isinstance(outputs, list) or len(outputs) != len(inputs):
                    return Result(FAILED, "The answer has another length.", seed=seed)
                try:
                    verdict = exercise.judge(inputs, outputs)
                except Exception as error:
                    said = f"The answer cannot be judged: {type(error).__name__}: {error}"
                    return Result(FAILED, shown(said), seed=seed)
                status = PASSED if verdict.passed is True else FAILED
                return Result(status, shown(verdict.message), verdict.mistake, seed)
            case {"outputs": _}:
                return Result(
                    FAILED, f'given("{number}", seed) was not called: the numbers come from it.'
                )
        return Result(FAILED, "The answer cannot be read.")


def _grade(
    one: Submission, numbers: Sequence[str], seed: str, limits: Limits, stop: threading.Event
) -> Graded:
    """Run and judge all notebooks of a submission."""
    seeds = {number: drawn_from(seed, one.place, number) for number in numbers}
    answers: dict[str, list[Result]] = {number: [] for number in numbers}
    failures: dict[str, str] = {}
    notes: list[str] = []
    for notebook, asked in _shared_out(one, numbers):
        run = _Run(notebook, asked, seeds)
        why = notebook.problem
        if asked and not why:
            stopped = converse({"steps": run.steps()}, run.reply, limits, stop)
            why = f"The notebook was stopped: {stopped}." if stopped else None
        where = f"{notebook.place}, " if len(one.notebooks) > 1 else ""
        notes += [f"{where}{note}" for note in (*run.errors, why) if note]
        for number in asked:
            failures.setdefault(number, why or "No answer came from the notebook.")
            answers[number] += [run.results[number]] if number in run.results else []
    results = {}
    for number, came in answers.items():
        came.sort(key=lambda result: result.status == NOT_ANSWERED)
        in_two = "Two notebooks have cells for this exercise. Hand in one of them."
        results[number] = came[0] if came else Result(FAILED, failures.get(number, in_two))
    return Graded(
        student=shown(one.student, 100) or shown(one.place, 100),
        place=one.place,
        results=results,
        notes=tuple(shown(note) for note in notes),
    )


def _shared_out(one: Submission, numbers: Sequence[str]) -> Iterator[tuple[Notebook, list[str]]]:
    """Say which notebook is asked for which exercises: those it has cells for.

    What no notebook has a cell for, all are asked for; what two have cells for, neither.
    """
    owners = {n: [book for book in one.notebooks if n in book.exercises] for n in numbers}
    for notebook in one.notebooks:
        yield notebook, [n for n in numbers if not owners[n] or owners[n] == [notebook]]


def _draw(exercise: Exercise, seed: int) -> list[Inputs]:
    return exercise.draw(np.random.default_rng(seed))


def _kept_seed(folder: Path, seed: str | None) -> str:
    """Return the seed of a folder of results, and keep it there."""
    path = folder / "seed.txt"
    if seed is None and path.is_file():
        return path.read_text(encoding="utf-8").strip()
    seed = seed or secrets.token_hex(8)
    whole_or_not(path, f"{seed}\n".encode())
    return seed


def grader_digest() -> str:
    """Return a digest of everything of ours that a result follows from."""
    code = [TOOLS / name for name in CODE]
    code += [path for path in sorted(COURSE.rglob("*")) if path.suffix in (".py", ".json")]
    parts = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in code]
    versions = [platform.python_version(), np.__version__]
    return _digest([parts, versions])


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _written(graded: Graded) -> bytes:
    return json.dumps(asdict(graded), indent=1).encode()


def _stored(path: Path, numbers: Sequence[str]) -> Graded | None:
    """Read a result; None if there is none, or not a whole one."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        results = {number: Result(**content["results"][number]) for number in numbers}
        return Graded(content["student"], content["place"], results, tuple(content["notes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
