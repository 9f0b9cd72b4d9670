"""What a learner calls: `given` shows the numbers of a question, `check` judges, `hint` helps."""

import os
from typing import Any

import numpy as np

from gru_course.exercises.calling import judged
from gru_course.exercises.exercise import Exercise, Inputs
from gru_course.exercises.plain import Plain
from gru_course.exercises.registry import EXERCISES

_seeds: dict[str, int] = {}
_passed: set[str] = set()
_hints_shown: dict[str, int] = {}


def instances(exercise: Exercise, seed: int | None = None) -> list[Inputs]:
    """Draw the inputs of an exercise: from a seed, or new ones each time."""
    return exercise.draw(np.random.default_rng(seed))


def given(number: str, seed: int) -> Plain:
    """Return the numbers that an exercise gives, to be used in the answer.

    Parameters
    ----------
    number : str
        Such as ``"1.3"``.
    seed : int
        Any whole number; another one gives other numbers. `check` takes the last one.

    Returns
    -------
    number, text, array or list of these
        A list where more than one thing is given.

    Raises
    ------
    ValueError
        If there is no such exercise, or it gives nothing.
    """
    exercise = _exercise(number)
    if exercise.is_function:
        raise ValueError(
            f"exercise {number} asks for the function {exercise.answer} and gives no numbers: "
            "it is called with new ones each time"
        )
    (inputs,) = instances(exercise, seed)
    _seeds[number] = seed
    return inputs[0] if len(inputs) == 1 else list(inputs)


def seed_of(number: str) -> int | None:
    """Return the seed with which `given` was last called for an exercise in this process."""
    return _seeds.get(number)


def check(number: str, answer: Any = None) -> None:
    """Judge an answer and print what is to say about it, and how far the lesson is done.

    A function is called with copies of random arguments, new ones each time. Nothing outside is
    changed: no array of yours, no random generator, no setting of NumPy.

    Parameters
    ----------
    number : str
        Such as ``"1.1"``.
    answer : Any
        The function itself, without a call, or the value.

    Raises
    ------
    ValueError
        If there is no such exercise.
    AssertionError
        Only while nbgrader runs the notebook, and the answer is wrong.

    Examples
    --------
    >>> check("1.1")
    ✗ 1.1: `gru_step` is still empty. Fill in the blank, run its cell, check again.
      A hint: hint("1.1").
    """
    exercise = _exercise(number)
    if not exercise.is_function and seed_of(number) is None:
        print(
            f'✗ {number}: run the cell with given("{number}", …) first: your numbers come from it.'
        )
        return
    seed = seed_of(number)
    verdict = judged(exercise, answer, instances(exercise, seed))
    if verdict.passed:
        _passed.add(number)
        print(f"✓ {number}: {verdict.message}\n  {progress(exercise.lesson)}")
        return
    left = _hints_shown.get(number, 0) < len(exercise.hints)
    print(f"✗ {number}: {verdict.message}" + (f'\n  A hint: hint("{number}").' if left else ""))
    if os.environ.get("NBGRADER_EXECUTION"):  # nbgrader counts a cell that raises as wrong
        raise AssertionError(verdict.message)


def hint(number: str) -> None:
    """Print the next of the three hints of an exercise.

    Parameters
    ----------
    number : str
        Such as ``"1.1"``.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    exercise = _exercise(number)
    shown = min(_hints_shown.get(number, 0) + 1, len(exercise.hints))
    _hints_shown[number] = shown
    print(f"Hint {shown} of {len(exercise.hints)}: {exercise.hints[shown - 1]}")


def progress(lesson: int) -> str:
    """Say how many exercises of a lesson have passed since the notebook was started.

    Parameters
    ----------
    lesson : int
        Its number.

    Returns
    -------
    str

    Examples
    --------
    >>> progress(99)
    'Lesson 99 has no exercise that can be checked.'
    """
    all_of_it = [e.number for e in EXERCISES.values() if e.lesson == lesson]
    if not all_of_it:
        return f"Lesson {lesson} has no exercise that can be checked."
    done = len(_passed.intersection(all_of_it))
    return f"{done} of {len(all_of_it)} of lesson {lesson}."


def _exercise(number: str) -> Exercise:
    if isinstance(number, str) and number in EXERCISES:
        return EXERCISES[number]
    known = ", ".join(EXERCISES)
    raise ValueError(f"there is no exercise {number!r} that can be checked; there are {known}")
