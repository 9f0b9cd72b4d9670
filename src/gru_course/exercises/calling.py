"""From a learner's answer to plain outputs, or to a sentence that says why there are none."""

import contextlib
import copy
import io
import random
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gru_course.exercises.exercise import Exercise, Inputs, Task, Verdict
from gru_course.exercises.plain import NotPlain, Plain, plain


def outputs_of(task: Task, answer: Any, inputs: Sequence[Inputs]) -> list[Plain] | Verdict:
    """Call a learner's function on copies of the inputs, or take a learner's value as it is.

    Parameters
    ----------
    task : Task
        Says whether the answer is a function.
    answer : Any
        What the learner has made.
    inputs : sequence of tuple
        As ``task.draw`` has drawn them.

    Returns
    -------
    list or Verdict
        One plain value for each of the inputs; or, if the answer cannot be judged, why.

    Notes
    -----
    Nothing here limits time or memory: that is for the process around it.
    """
    if answer is None or answer is ...:
        return Verdict(
            False, f"`{task.answer}` is still empty. Fill in the blank, run its cell, check again."
        )
    if not task.is_function:
        return _value_of(task, answer)
    if isinstance(answer, type) or not callable(answer):
        return Verdict(
            False,
            f"Hand over the function `{task.answer}` itself, without calling it; this is "
            f"{_a(type(answer).__name__)}.",
        )
    outputs = []
    for arguments in inputs:
        output = _call(task, answer, arguments)
        if isinstance(output, Verdict):
            return output
        outputs.append(output[0])
    return outputs


def judged(exercise: Exercise, answer: Any, inputs: Sequence[Inputs]) -> Verdict:
    """Judge an answer in this process."""
    with nothing_changed():
        outputs = outputs_of(exercise, answer, inputs)
        return outputs if isinstance(outputs, Verdict) else exercise.judge(inputs, outputs)


@contextlib.contextmanager
def nothing_changed() -> Iterator[None]:
    """Put back what a learner's function may change: random numbers, NumPy's settings, output."""
    state, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    errors, printing = np.geterr(), np.get_printoptions()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            np.seterr(all="ignore")
            yield
    finally:
        np.seterr(**errors)
        np.set_printoptions(**printing)
        np.random.set_state(legacy)  # noqa: NPY002
        random.setstate(state)


def _value_of(task: Task, answer: Any) -> list[Plain] | Verdict:
    if callable(answer) and not hasattr(type(answer), "__array__"):
        return Verdict(False, f"`{task.answer}` should be a value, not a function or class.")
    try:
        return [plain(answer)]
    except NotPlain as problem:
        return Verdict(False, f"`{task.answer}` {problem}.")
    except Exception as error:
        return Verdict(False, f"`{task.answer}` cannot be read: {_said(error)}")


def _call(task: Task, answer: Any, arguments: Inputs) -> tuple[Plain] | Verdict:
    given = copy.deepcopy(arguments)
    try:
        output = answer(*given)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:
            many = f"{len(arguments)} argument" + "s" * (len(arguments) != 1)
            return Verdict(False, f"`{task.answer}` is called with {many}, and {_said(error)}")
        return _raised(task, error)
    except (Exception, SystemExit) as error:
        return _raised(task, error)
    if output is None or output is ...:
        return Verdict(
            False, f"`{task.answer}` returns nothing. Is the blank filled in, with `return`?"
        )
    try:
        made = plain(output)
    except NotPlain as problem:
        return Verdict(False, f"What `{task.answer}` returns {problem}.")
    except Exception as error:
        return Verdict(False, f"What `{task.answer}` returns cannot be read: {_said(error)}")
    if not _equal(given, arguments):
        return Verdict(
            False,
            f"`{task.answer}` changes its arguments: whoever calls it loses the values. Work on a "
            "copy, `x = x.copy()`, or write `x = x + 1` instead of `x += 1`.",
            "changes-its-arguments",
        )
    return (made,)


def _raised(task: Task, error: BaseException) -> Verdict:
    if isinstance(error, NotImplementedError):
        return Verdict(
            False, f"`{task.answer}` is still empty. Fill in the blank, run its cell, check again."
        )
    where = f" in line {line} of its cell" if (line := _line(error)) else ""
    return Verdict(False, f"`{task.answer}` stops{where}: {_said(error)}")


def _line(error: BaseException) -> int | None:
    """Return the line of the learner's cell in which an error was raised."""
    step = error.__traceback__
    line = None
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if "ipykernel" in name or name.startswith("<"):
            line = step.tb_lineno
        step = step.tb_next
    return line


def _said(error: BaseException) -> str:
    try:
        said = str(error).strip().partition("\n")[0][:300]
    except Exception:
        said = ""
    return f"{type(error).__name__}: {said.rstrip('.')}." if said else f"{type(error).__name__}."


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f")
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[k], other[k]) for k in one)
    return bool(one == other)
