"""How the answers to the exercises of "GRU from scratch" are judged."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator

from gru_course.cells import logistic
from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task, Verdict
from gru_course.exercises.judging import Mistake, as_numbers, chosen, compared
from gru_course.exercises.plain import Plain


def _steps(rng: Generator) -> list[Inputs]:
    """Draw batches, states and weights in the layout of Keras, reset gate after the product."""
    drawn: list[Inputs] = []
    for _ in range(4):
        batch, features, units = (int(n) for n in rng.permutation([2, 3, 4]))
        shapes = [(batch, features), (batch, units), (features, 3 * units), (units, 3 * units)]
        drawn.append(tuple(rng.normal(size=shape) for shape in [*shapes, (2, 3 * units)]))
    return drawn


def _gru_step(
    x: Array,
    h: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array,
    *,
    keeps: bool = True,
    order: tuple[int, int] = (0, 1),
    second_bias: float = 1.0,
    reset: str = "after",
) -> Array:
    from_x = np.split(x @ kernel + bias[0], 3, axis=1)
    from_h = np.split(h @ recurrent_kernel + second_bias * bias[1], 3, axis=1)
    z, r = (logistic(from_x[block] + from_h[block]) for block in order)
    if reset == "after":
        candidate = np.tanh(from_x[2] + r * from_h[2])
    elif reset == "before":
        block, c_h = (np.split(a, 3, axis=-1)[2] for a in (recurrent_kernel, bias[1]))
        candidate = np.tanh(from_x[2] + (r * h) @ block + c_h)
    else:
        candidate = np.tanh(from_x[2] + from_h[2])
    made: Array = z * h + (1 - z) * candidate if keeps else (1 - z) * h + z * candidate
    return made


def _mistakes() -> list[Mistake]:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (
            "update-gate-swapped",
            {"keeps": False},
            "Old state and candidate have changed places: in this book an update gate near 1 "
            "keeps the old state.",
        ),
        (
            "gates-swapped",
            {"order": (1, 0)},
            "The update gate has the weights of the reset gate, and the other way round. In Keras "
            "the blocks stand in the order update, reset, candidate.",
        ),
        (
            "second-bias-forgotten",
            {"second_bias": 0.0},
            "The second row of `bias` is not used. With the reset gate after the product there is "
            "a bias on the side of the state, too.",
        ),
        (
            "reset-before",
            {"reset": "before"},
            "Your reset gate acts on the state before the product with the weights. Here it acts "
            "after the product.",
        ),
        (
            "no-reset",
            {"reset": "none"},
            "The reset gate is computed, but changes nothing: it belongs into the candidate.",
        ),
    ]
    return [Mistake(name, partial(_gru_step, **fault), says) for name, fault, says in wrong]


# --- 1.2: the bias for a half-life ----------------------------------------------------------------


def _half_life(rng: Generator) -> list[Inputs]:
    return [(int(rng.integers(12, 200)),)]


def _logit(gate: float) -> float:
    return float(np.log(gate / (1 - gate)))


BIAS = compared(
    lambda steps: _logit(0.5 ** (1 / steps)),
    [
        Mistake(
            "gate-instead-of-bias",
            lambda steps: 0.5 ** (1 / steps),
            "That is the gate that is needed. Which bias makes it?",
        ),
        Mistake(
            "sign",
            lambda steps: -_logit(0.5 ** (1 / steps)),
            "It is the other way round: this gate would be near 0, and an update gate near 0 "
            "overwrites.",
        ),
        Mistake(
            "linear-instead-of-geometric",
            lambda steps: _logit(1 - 0.5 / steps),
            "This divides the loss evenly over the steps. But each step multiplies what is left "
            "by the same gate.",
        ),
        Mistake(
            "half-at-once",
            lambda steps: 0.0,
            "This bias makes the gate one half. Half of it would be gone after one step.",
        ),
    ],
    tolerance=2e-3,
)


# --- 1.4: a latch that adds -----------------------------------------------------------------------


def _adding_latch(inputs: Sequence[Inputs], outputs: Sequence[Plain]) -> Verdict:
    (output,) = outputs
    arrays = [as_numbers(part) for part in output] if isinstance(output, list) else []
    if [None if a is None else a.shape for a in arrays] != [(2, 3), (1, 3), (2, 3)]:
        return Verdict(
            False,
            "Return three arrays of shape (2, 3), (1, 3) and (2, 3): kernel, recurrent kernel and "
            "bias of one unit with two features.",
        )

    def state_after(value: float, write: float, old: float) -> float:
        x, h = np.array([[value, write]]), np.array([[old]])
        return float(_gru_step(x, h, *(np.asarray(a, float) for a in arrays))[0, 0])

    if any(abs(state_after(v, 0, h) - h) > 0.01 for v in (-1, 0.5) for h in (-0.8, 0.6)):
        return Verdict(
            False,
            "It does not hold: with the write flag at 0 the state changes. How large is the update "
            "gate then?",
            "does-not-hold",
        )
    cases = [(value, h) for value in (-0.5, 0.0, 0.4) for h in (-0.8, 0.6)]
    written = np.array([state_after(value, 1, h) for value, h in cases])
    for share, mistake, said in [
        (0.5, None, "Right. It holds, and it adds half of the old state when it writes."),
        (
            0.0,
            "reset-shut",
            "What it writes does not depend on the old state. The reset gate is shut, or the "
            "candidate has no recurrent weight.",
        ),
        (
            0.25,
            "reset-half-open",
            "It adds a quarter of the old state instead of half. Is the reset gate only half open?",
        ),
        (1.0, "all-of-it", "It adds the whole old state instead of half of it."),
    ]:
        if np.abs(written - [np.tanh(2 * v + share * h) for v, h in cases]).max() < 0.01:
            return Verdict(mistake is None, said, mistake)
    return Verdict(False, "It holds, but what it writes is not tanh(2 · value + 0.5 · old state).")


# --- 1.5: find the fault --------------------------------------------------------------------------

FAULTS: dict[str, dict[str, Any]] = {
    "update gate swapped": {"keeps": False},
    "blocks swapped": {"order": (1, 0)},
    "second bias missing": {"second_bias": 0.0},
    "reset before": {"reset": "before"},
}


def _faulty(rng: Generator) -> list[Inputs]:
    arguments = _steps(rng)[0]
    fault = FAULTS[str(rng.choice(list(FAULTS)))]
    return [(*arguments, _gru_step(*arguments, **fault))]  # type: ignore[arg-type]


def _fault(*given: Any) -> str:
    *arguments, new_state = given
    off = {name: np.abs(_gru_step(*arguments, **f) - new_state).max() for name, f in FAULTS.items()}
    return min(off, key=lambda name: off[name])


TASKS = [
    Task("1.1", "gru_step", True, _steps, compared(_gru_step, _mistakes())),
    Task("1.2", "update_bias", False, _half_life, BIAS),
    Task("1.4", "adding_latch", True, lambda rng: [()], _adding_latch),
    Task(
        "1.5",
        "fault",
        False,
        _faulty,
        chosen(
            _fault,
            list(FAULTS),
            "That fault would give another new state. Build it into your own step and compare.",
        ),
    ),
]
