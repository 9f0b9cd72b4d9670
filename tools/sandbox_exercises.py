"""Stands for ``gru_course.exercises`` in the sandbox, without a judge and without solutions.

A notebook imports and calls the same names there; what they say is for a learner, so they say
nothing. Only `given` does something: the grader draws the numbers, from the seed of the notebook.
"""

from collections.abc import Callable
from typing import Any

__all__ = ["check", "given", "hint"]


def _nobody(number: str, seed: int) -> Any:
    raise RuntimeError("nobody has set who draws the numbers")


ask_grader: Callable[[str, int], Any] = _nobody
"""Set by what runs the notebook."""


def check(number: str, answer: Any = None) -> None:
    """Say nothing: answers are judged outside."""


def given(number: str, seed: int) -> Any:
    """Return the numbers that an exercise gives."""
    return ask_grader(number, seed)


def hint(number: str) -> None:
    """Say nothing."""
