"""What an exercise consists of. Whoever judges an answer sees plain values only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gru_course.exercises.plain import Plain

Kind = Literal["predict", "compute", "write", "investigate"]
Inputs = tuple[Plain, ...]
"""The arguments of one call of a function, or the numbers of one question."""


@dataclass(frozen=True)
class Verdict:
    """What a judge says of an answer.

    Parameters
    ----------
    passed : bool
        Whether the answer is right.
    message : str
        One or two sentences for the learner; never the answer itself.
    mistake : str or None
        The name of the usual mistake that was recognised, such as ``"update-gate-swapped"``.
    """

    passed: bool
    message: str
    mistake: str | None = None


Draw = Callable[[np.random.Generator], list[Inputs]]
"""Makes random instances, several calls of a function or one question for a value."""
Judge = Callable[[Sequence[Inputs], Sequence[Plain]], Verdict]
"""Judges one output for each of the inputs; pure, so that it runs in any process."""


@dataclass(frozen=True)
class Task:
    """How one answer is checked.

    Parameters
    ----------
    number : str
        Lesson and exercise, such as ``"3.2"``.
    answer : str
        The name under which the notebook holds the answer.
    is_function : bool
        Whether the answer is a function, which is called, or a value, which is compared.
    draw, judge : callable
        Make the instances, and judge what came of them.
    """

    number: str
    answer: str
    is_function: bool
    draw: Draw
    judge: Judge


@dataclass(frozen=True)
class Exercise(Task):
    """A task with what is said about it.

    Parameters
    ----------
    title : str
        A few words.
    kind : str
        What the learner does: predict, compute, write or investigate.
    hints : tuple of str
        Three, each saying more than the one before.
    """

    title: str
    kind: Kind
    hints: tuple[str, ...]

    @property
    def lesson(self) -> int:
        """The number of the lesson."""
        return int(self.number.partition(".")[0])
