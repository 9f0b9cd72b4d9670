"""Judges: compare outputs with the right ones, and recognise the usual mistakes."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gru_course.exercises.exercise import Draw, Inputs, Judge, Verdict
from gru_course.exercises.plain import Plain

Right = Callable[..., Any]
"""Called with one of the inputs; returns the right output for it."""


@dataclass(frozen=True)
class Mistake:
    """What a usual mistake makes of the inputs, and what to say to who makes it.

    Parameters
    ----------
    name : str
        Short, such as ``"update-gate-swapped"``.
    makes : callable
        As the right answer, with the mistake in it.
    message : str
        Names the mistake without giving the answer.
    """

    name: str
    makes: Right
    message: str


def compared(
    right: Right,
    mistakes: Sequence[Mistake] = (),
    *,
    passed: str = "Right.",
    tolerance: float = 1e-5,
) -> Judge:
    """Make a judge that compares each output with the right one.

    Parameters
    ----------
    right : callable
        The right answer.
    mistakes : sequence of Mistake
        Tried in turn where the answer is wrong. One is recognised if it gives all the outputs.
    passed : str
        What is said of a right answer.
    tolerance : float
        How far an output may be from the right one: as a share of it, and as a number.

    Returns
    -------
    callable
        Takes the inputs and the outputs, and gives a `Verdict`.

    Examples
    --------
    >>> judge = compared(lambda x: 2 * x, [Mistake("squared", lambda x: x * x, "That is x².")])
    >>> judge([(3.0,)], [6.0]).passed, judge([(3.0,)], [9.0]).message
    (True, 'That is x².')
    >>> print(judge([(3.0,)], [float("nan")]).message)
    Your answer is NaN, which is no number. Look for 0 / 0, the logarithm of 0, or an overflow.
    """

    def judge(inputs: Sequence[Inputs], outputs: Sequence[Plain]) -> Verdict:
        expected = [right(*arguments) for arguments in inputs]
        if len(outputs) == len(expected):
            if _all_same(expected, outputs, tolerance):
                return Verdict(True, passed)
            for mistake in mistakes:
                made = [mistake.makes(*arguments) for arguments in inputs]
                if _all_same(made, outputs, tolerance):
                    return Verdict(False, mistake.message, mistake.name)
        return Verdict(False, difference(expected, outputs, tolerance))

    return judge


def told_apart(draw: Draw, right: Right, mistakes: Sequence[Mistake]) -> Draw:
    """Draw again until right answer and usual mistakes all give something else.

    Parameters
    ----------
    draw : callable
        As in `Task`.
    right, mistakes
        As in `compared`.

    Returns
    -------
    callable
        As `draw`.

    Raises
    ------
    ValueError
        When it is called, if a thousand draws leave two of them the same.

    Examples
    --------
    >>> double, square = (lambda x: 2 * x), Mistake("squared", lambda x: x * x, "That is x².")
    >>> draw = told_apart(lambda rng: [(int(rng.integers(1, 4)),)], double, [square])
    >>> sorted({draw(np.random.default_rng(seed))[0][0] for seed in range(20)})
    [1, 3]
    """
    ways = [right, *(mistake.makes for mistake in mistakes)]

    def again(rng: np.random.Generator) -> list[Inputs]:
        for _ in range(1_000):
            drawn = draw(rng)
            made = [[way(*arguments) for arguments in drawn] for way in ways]
            pairs = itertools.combinations(made, 2)
            if not any(_all_same(one, [_seen(o) for o in other], 1e-5) for one, other in pairs):
                return drawn
        raise ValueError("the right answer and the mistakes are never all different; draw others")

    return again


def _seen(made: Any) -> Any:
    """Bring what a right answer gives into the form of what a learner's does."""
    return list(made) if isinstance(made, tuple) else made


def chosen(
    right: Callable[..., str], options: Sequence[str], wrong: str, *, passed: str = "Right."
) -> Judge:
    """Make a judge of a choice between words.

    Parameters
    ----------
    right : callable
        Called with the inputs; returns the right option.
    options : sequence of str
        All that may be chosen.
    wrong : str
        What is said of another option.

    Returns
    -------
    callable
        Takes the inputs and the outputs, and gives a `Verdict`.

    Examples
    --------
    >>> judge = chosen(lambda z: "keeps" if z > 0.5 else "writes", ["keeps", "writes"], "No.")
    >>> judge([(0.9,)], ["Keeps"]).passed, judge([(0.1,)], ["keeps"]).message
    (True, 'No.')
    >>> judge([(0.1,)], ["forgets"]).message
    "Your answer should be one of these words: 'keeps', 'writes'."
    """

    def judge(inputs: Sequence[Inputs], outputs: Sequence[Plain]) -> Verdict:
        (arguments,), (output,) = inputs, outputs
        expected = right(*arguments)
        if same(expected, output):
            return Verdict(True, passed)
        if told := _of_another_kind(expected, output):
            return Verdict(False, told)
        if not any(same(option, output) for option in options):
            named = ", ".join(map(repr, options))
            return Verdict(False, f"Your answer should be one of these words: {named}.")
        return Verdict(False, wrong)

    return judge


def _all_same(expected: Sequence[Any], found: Sequence[Plain], tolerance: float) -> bool:
    return all(same(e, f, tolerance) for e, f in zip(expected, found, strict=True))


def same(expected: Any, found: Plain, tolerance: float = 1e-5) -> bool:
    """Say whether an output is the expected one, up to rounding.

    Parameters
    ----------
    expected : number, str, array, list, tuple or dict
    found : Plain
        What came of an answer.
    tolerance : float
        How far numbers may be apart: as a share, and as a number.

    Returns
    -------
    bool

    Examples
    --------
    >>> same(np.array([1.0, 2.0]), [1.0, 2.0]), same([1.0, 2.0], [1.0]), same("keeps", "Keeps ")
    (True, False, True)
    """
    if isinstance(expected, str):
        return isinstance(found, str) and found.strip().lower() == expected.lower()
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and expected.keys() == found.keys()
            and all(same(expected[key], found[key], tolerance) for key in expected)
        )
    if _has_parts(expected):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(same(e, f, tolerance) for e, f in zip(expected, found, strict=True))
        )
    wanted, numbers = np.asarray(expected), as_numbers(found)
    if numbers is None or numbers.shape != wanted.shape:
        return False
    return bool(np.allclose(numbers, wanted, rtol=tolerance, atol=tolerance))


def _has_parts(expected: Any) -> bool:
    """Tell a list of arrays or of words from a row of numbers."""
    return isinstance(expected, list | tuple) and any(
        np.ndim(part) or isinstance(part, str) for part in expected
    )


def as_numbers(value: Plain) -> np.ndarray | None:
    """Return an output as an array of numbers, or None if it is not one.

    Parameters
    ----------
    value : Plain

    Returns
    -------
    ndarray or None

    Examples
    --------
    >>> as_numbers([1, 2]).tolist(), as_numbers([[1], [2, 3]]), as_numbers("one")
    ([1, 2], None, None)
    """
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


def difference(expected: Sequence[Any], outputs: Sequence[Plain], tolerance: float = 1e-5) -> str:
    """Say in what way outputs differ from the expected ones, without giving those away.

    Parameters
    ----------
    expected : sequence
        One for each call.
    outputs : sequence of Plain
        At least one of them is wrong, or there are more or fewer.
    tolerance : float
        As for `same`.

    Returns
    -------
    str
        A sentence for the learner.

    Examples
    --------
    >>> difference([1.0, 4.0], [1.0, 5.0])
    'Right in 1 of 2 random cases, wrong in the others: what is special about those?'
    """
    if len(outputs) != len(expected):
        return f"There are {len(outputs)} outputs for {len(expected)} questions."
    wrong = [i for i, (e, f) in enumerate(zip(expected, outputs, strict=True))
             if not same(e, f, tolerance)]  # fmt: skip
    first = wrong[0]
    if told := _of_another_kind(expected[first], outputs[first]):
        return told
    if len(expected) == 1:
        return "That is not it."
    if len(wrong) < len(expected):
        return (
            f"Right in {len(expected) - len(wrong)} of {len(expected)} random cases, wrong in "
            "the others: what is special about those?"
        )
    return "The shape is right, the numbers are not, in any of the random cases."


def _of_another_kind(expected: Any, found: Plain, what: str = "Your answer") -> str | None:
    """Say that an output is of another type or shape, or holds something that is no number."""
    if isinstance(expected, str):
        return None if isinstance(found, str) else f"{what} should be a word, in quotes."
    if isinstance(expected, dict):
        names = ", ".join(map(repr, expected))
        if not isinstance(found, dict) or found.keys() != expected.keys():
            return f"{what} should be a mapping with the keys {names}."
        parts = ((expected[key], found[key], f"{what}[{key!r}]") for key in expected)
        return next((told for p in parts if (told := _of_another_kind(*p))), None)
    if _has_parts(expected):
        if not isinstance(found, list) or len(found) != len(expected):
            return f"{what} should have {len(expected)} parts."
        numbered = enumerate(zip(expected, found, strict=True))
        parts = ((e, f, f"Part {i} of your answer") for i, (e, f) in numbered)
        return next((told for p in parts if (told := _of_another_kind(*p))), None)
    wanted, numbers = np.asarray(expected), as_numbers(found)
    if numbers is None:
        kind = {str: "text", dict: "mapping", list: "ragged list", type(None): "nothing"}
        return f"{what} is no number and no array of numbers, but {kind.get(type(found), 'else')}."
    if numbers.shape != wanted.shape:
        return f"{what} has shape {numbers.shape}; expected {wanted.shape}."
    if np.isnan(numbers).any():
        why = "Look for 0 / 0, the logarithm of 0, or an overflow."
        if numbers.ndim == 0:
            return f"{what} is NaN, which is no number. {why}"
        place = tuple(map(int, np.argwhere(np.isnan(numbers))[0]))
        return f"{what} holds NaN, first at {place}. {why}"
    if np.isinf(numbers).any():
        return f"{what} is infinite in places. Look for a division by 0 or an overflow."
    return None
