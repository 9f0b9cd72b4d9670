"""How the answers to the exercises of "Backpropagation through time, by hand" are judged."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.random import Generator

from gru_course.cells import logistic
from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 6.4: through one step, back ------------------------------------------------------------------

_ALL = ("direct", "update", "candidate", "reset")


def _units(rng: Generator) -> list[Inputs]:
    return [
        (*rng.normal(size=2).tolist(), *(rng.normal(size=4).tolist() for _ in range(3)))
        for _ in range(5)
    ]


def _derivative(
    x: float,
    h: float,
    z_weights: Sequence[float],
    r_weights: Sequence[float],
    h_weights: Sequence[float],
    *,
    paths: Sequence[str] = _ALL,
    sign: int = 1,
    with_bias: bool = True,
) -> float:
    def entering(weights: Sequence[float]) -> Array:
        return np.asarray(x * weights[0] + weights[2] + h * weights[1] + weights[3])

    z, r = float(logistic(entering(z_weights))), float(logistic(entering(r_weights)))
    W_h, U_h, b_h, c_h = h_weights
    candidate = float(np.tanh(x * W_h + b_h + r * (h * U_h + c_h)))
    slope = (1 - candidate**2) * (1 - z)
    shares = {
        "direct": z,
        "update": sign * z * (1 - z) * z_weights[1] * (h - candidate),
        "candidate": slope * r * U_h,
        "reset": r * (1 - r) * r_weights[1] * slope * (h * U_h + c_h * with_bias),
    }
    return sum(shares[path] for path in paths)


def _without(path: str) -> partial[float]:
    return partial(_derivative, paths=[other for other in _ALL if other != path])


DERIVATIVE = compared(
    _derivative,
    [
        Mistake(
            "direct-only",
            partial(_derivative, paths=["direct"]),
            "That is only the direct path. The old state also acts through both gates and through "
            "the candidate.",
        ),
        *(
            Mistake(f"no-{path}", _without(path), f"The path through the {said} is missing.")
            for path, said in (
                ("reset", "reset gate"),
                ("update", "update gate"),
                ("candidate", "candidate alone"),
            )
        ),
        Mistake("no-direct", _without("direct"), "The direct path is missing."),
        Mistake(
            "no-recurrent-bias",
            partial(_derivative, with_bias=False),
            "Nearly: the recurrent bias of the candidate is multiplied by the reset gate, too, so "
            "it belongs into that edge.",
        ),
        Mistake(
            "sign",
            partial(_derivative, sign=-1),
            "The path through the update gate has the wrong sign. What does the new state do when "
            "the gate grows?",
        ),
    ],
)

# --- 6.5: a weight is used at every step ----------------------------------------------------------


def _sequences(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for timesteps, units in ((3, 2), (5, 3), (4, 4)):
        shapes: list[tuple[int, ...]] = [(timesteps, units), (units,), (units, units), (units,)]
        drawn.append(tuple(rng.normal(scale=0.7, size=shape) for shape in shapes))
    return drawn


def _gradient_of_U(
    a: Array,
    h_0: Array,
    U: Array,
    d_last: Array,
    *,
    steps: int | None = None,
    late: int = 0,
    transposed: bool = True,
    slope: bool = True,
) -> Array:
    states = [h_0]
    for row in a:
        states.append(np.tanh(row + states[-1] @ U))
    d_U, d_h = np.zeros_like(U), d_last
    for t in list(reversed(range(len(a))))[:steps]:
        d_sum = d_h * (1 - states[t + 1] ** 2) if slope else d_h
        d_U = d_U + np.outer(states[t + late], d_sum)
        d_h = d_sum @ (U.T if transposed else U)
    return d_U


GRADIENT_OF_U = compared(
    _gradient_of_U,
    [
        Mistake(
            "last-step-only",
            partial(_gradient_of_U, steps=1),
            "That is the share of only the last step. `U` is used in each of them.",
        ),
        Mistake(
            "off-by-one",
            partial(_gradient_of_U, late=1),
            "Your states are off by one: a step multiplies the state *before* it by `U`.",
        ),
        Mistake(
            "not-transposed",
            partial(_gradient_of_U, transposed=False),
            "On its way back the gradient is multiplied by `U`, not transposed.",
        ),
        Mistake(
            "no-slope",
            partial(_gradient_of_U, slope=False),
            "The slope of the tanh is missing.",
        ),
        Mistake(
            "result-transposed",
            lambda *arguments: _gradient_of_U(*arguments).T,
            "All numbers are right, but the result is transposed.",
        ),
    ],
)

# --- 6.6: repair this training --------------------------------------------------------------------


def _trainings(rng: Generator) -> list[Inputs]:
    return [
        (
            rng.choice([-1.0, 1.0], 4).tolist(),
            float(rng.uniform(0.2, 0.7)),
            *rng.uniform(0.3, 0.8, 2).tolist(),
            int(rng.integers(20, 40)),
            0.1,
        )
        for _ in range(3)
    ]


def _trained(
    x: Sequence[float],
    target: float,
    w: float,
    u: float,
    updates: int,
    rate: float,
    *,
    adds_up: bool = False,
    late: int = 0,
    at_once: bool = False,
) -> list[float]:
    d_w = d_u = 0.0
    for _ in range(updates):
        h = [0.0]
        if not adds_up:
            d_w = d_u = 0.0
        for number in x:
            h.append(float(np.tanh(w * number + u * h[-1])))
        d_h = h[-1] - target
        for t in reversed(range(len(x))):
            d_sum = d_h * (1 - h[t + 1] ** 2)
            d_w += d_sum * x[t]
            d_u += d_sum * h[t + late]
            if at_once:
                u -= rate * d_sum * h[t]
            d_h = d_sum * u
        w, u = w - rate * d_w, u - (0 if at_once else rate * d_u)
    return [w, u]


TRAINED = compared(
    _trained,
    [
        Mistake(
            "both",
            partial(_trained, adds_up=True, late=1),
            "Both faults are still there. Compare the gradient of the first update with finite "
            "differences.",
        ),
        Mistake(
            "adds-up",
            partial(_trained, adds_up=True),
            "One fault is repaired, one from the second update on is still there.",
        ),
        Mistake(
            "off-by-one",
            partial(_trained, late=1),
            "One fault is repaired. The gradient of u is still wrong: by what is u multiplied?",
        ),
        Mistake(
            "at-once",
            partial(_trained, at_once=True),
            "Your u is already changed when the gradient goes on to the step before. Collect "
            "first, then update.",
        ),
    ],
    passed="Right. Both faults are gone.",
)

TASKS = [
    Task("6.4", "derivative", True, _units, DERIVATIVE),
    Task("6.5", "gradient_of_U", True, _sequences, GRADIENT_OF_U),
    Task("6.6", "trained", True, _trainings, TRAINED),
]
