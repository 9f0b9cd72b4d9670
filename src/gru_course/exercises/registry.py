"""All exercises that can be checked, by their numbers.

Titles, kinds and hints are written in ``notebooks/exercises/*.py``; ``make exercises`` copies them
to ``texts.json``, so that they are here where the notebooks are not.
"""

import json
from importlib.resources import files
from typing import Any

from gru_course.exercises import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
    lesson_10,
    lesson_11,
    lesson_12,
    lesson_13,
    lesson_14,
    lesson_15,
    lesson_16,
    lesson_17,
    lesson_18,
    lesson_19,
    lesson_20,
    lesson_21,
    lesson_22,
    lesson_23,
    lesson_24,
    lesson_25,
)
from gru_course.exercises.exercise import Exercise, Task

_LESSONS = (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
    lesson_10,
    lesson_11,
    lesson_12,
    lesson_13,
    lesson_14,
    lesson_15,
    lesson_16,
    lesson_17,
    lesson_18,
    lesson_19,
    lesson_20,
    lesson_21,
    lesson_22,
    lesson_23,
    lesson_24,
    lesson_25,
)
TASKS: list[Task] = [task for lesson in _LESSONS for task in lesson.TASKS]


def _exercises() -> dict[str, Exercise]:
    texts: dict[str, Any] = json.loads(
        files("gru_course.exercises").joinpath("texts.json").read_text(encoding="utf-8")
    )
    # A task is left out until its text has been made; a test sees that none is missing.
    with_text = (task for task in TASKS if task.number in texts)
    return {task.number: _exercise(task, texts[task.number]) for task in with_text}


def _exercise(task: Task, text: dict[str, Any]) -> Exercise:
    return Exercise(
        **vars(task), title=text["title"], kind=text["kind"], hints=tuple(text["hints"])
    )


EXERCISES = _exercises()
"""Number, such as ``"1.2"``, to exercise."""
