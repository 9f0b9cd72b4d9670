"""How the answers to the exercises of "Beyond one GRU" are judged."""

from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart
from gru_course.exercises.keras_steps import gru_states, random_weights

Bools = NDArray[np.bool_]

# --- 14.2: how wide may each half be? -------------------------------------------------------------


def _sizes(rng: Generator) -> list[Inputs]:
    return [(int(d), int(u)) for d, u in rng.integers([5, 21], [60, 90], size=(4, 2))]


def _widest(d: int, u: int, *, biases: int = 2) -> int:
    def size(width: int) -> int:
        return 3 * width * (d + width + biases)

    return max(v for v in range(u + 1) if 2 * size(v) <= size(u))


_WIDTHS = [
    Mistake(
        "half-the-units",
        lambda d, u: u // 2,
        "Half as many units take less than half of the parameters: the recurrent weights go "
        "with the square of the width.",
    ),
    Mistake(
        "one-bias",
        partial(_widest, biases=1),
        "Close: the GRU of Keras has two rows of biases by default.",
    ),
    Mistake(
        "joined-width",
        lambda d, u: 2 * _widest(d, u),
        "That is the width of the joined state. Asked for is the width of each half.",
    ),
    Mistake(
        "one-too-wide",
        lambda d, u: _widest(d, u) + 1,
        "One unit too many: the two halves together must not have more parameters.",
    ),
]
HALF_WIDTH = compared(_widest, _WIDTHS, tolerance=1e-9)

# --- 14.3: attention that sees no padding ---------------------------------------------------------


def _attended(rng: Generator) -> list[Inputs]:
    """Draw states and a query with large scores, and padding whose scores are the largest."""
    drawn: list[Inputs] = []
    for steps, scale in ((4, 1), (6, 1), (8, 500)):
        query = scale * rng.normal(size=3)
        states = rng.normal(size=(steps, 3))
        read = np.arange(steps) < steps - 2
        states[~read] = 4 * query / np.linalg.norm(query)
        states[0] = states[1] + 0.01 * rng.normal(size=3)  # several weights that are not 0
        drawn.append((query, states, read))
    return drawn


def _softmax(scores: Array) -> Array:
    shares: Array = np.exp(scores - scores.max())
    shares = shares / shares.sum()
    return shares


def _context(query: Array, states: Array, read: Bools) -> Array:
    context: Array = _softmax(np.where(read, states @ query, -np.inf)) @ states
    return context


CONTEXT = compared(
    _context,
    [
        Mistake(
            "padding-seen",
            lambda query, states, read: _softmax(states @ query) @ states,
            "The padding has weight. Here its scores are the largest, so it gets nearly all of it.",
        ),
        Mistake(
            "zero-score",
            lambda query, states, read: _softmax(np.where(read, states @ query, 0)) @ states,
            "You give the padding a score of 0, and the exponential makes 1 of it. Which score "
            "gives a weight of 0?",
        ),
        Mistake(
            "not-normalised",
            lambda query, states, read: (_softmax(states @ query) * read) @ states,
            "You take the padding away after the softmax. What is left no longer adds up to 1.",
        ),
        Mistake(
            "mean",
            lambda query, states, read: states[read].mean(axis=0),
            "That is the plain mean over the steps that were read: the query is not used.",
        ),
        Mistake(
            "best-only",
            lambda query, states, read: states[np.argmax(np.where(read, states @ query, -np.inf))],
            "That is the state with the largest score alone. Attention mixes.",
        ),
    ],
    passed="Right. The padding has no weight, and large scores do no harm.",
)

# --- 14.4: which way does it read? ----------------------------------------------------------------

WAYS = {"forward": [1], "backward": [-1], "both": [1, -1]}


def _readings(rng: Generator) -> list[Inputs]:
    """Draw a layer of each kind, and its outputs before and after one input was changed."""
    drawn: list[Inputs] = []
    for kind in rng.permutation([*WAYS, *WAYS]).tolist():
        x = rng.normal(size=(1, 7, 2))
        changed, place = x.copy(), int(rng.integers(2, 5))
        changed[0, place] += 1
        weights = [random_weights(rng, 2, 3) for _ in WAYS[kind]]

        def read(x: Array, kind: str = kind, weights: Any = weights) -> Array:
            halves = [
                gru_states(x[:, ::way], w)[0, ::way]
                for way, w in zip(WAYS[kind], weights, strict=True)
            ]
            return np.concatenate(halves, axis=1)

        drawn.append((read(x), read(changed), place))
    return drawn


def _direction(before: Array, after: Array, place: int) -> str:
    moved = (before != after).any(axis=1)
    earlier, later = moved[:place].any(), moved[place + 1 :].any()
    return "both" if earlier and later else "backward" if earlier else "forward"


DIRECTION = compared(
    _direction,
    [
        Mistake(
            "swapped",
            lambda *given: {"forward": "backward", "backward": "forward"}.get(
                _direction(*given), "both"
            ),
            "Forward and backward have changed places: a layer that reads forward cannot change "
            "an output before the change.",
        ),
        Mistake(
            "both-missed",
            lambda before, after, place: (
                "backward" if (before != after).any(axis=1)[:place].any() else "forward"
            ),
            "A layer that reads both ways changes outputs before the change *and* after it.",
        ),
        Mistake(
            "always-both",
            lambda *given: "both",
            "You always say both. Which outputs move if the layer reads one way only?",
        ),
    ],
)

# --- 14.5: a bidirectional layer by hand ----------------------------------------------------------


def _halves(rng: Generator) -> list[Inputs]:
    x = rng.normal(size=(2, 5, 3)).astype("float32")
    return [(x, random_weights(rng, 3, 2), random_weights(rng, 3, 2))]  # type: ignore[list-item]


def _both_ways(
    x: Array, forward: list[Array], backward: list[Array], *, turned: bool = True, back: bool = True
) -> Array:
    there = gru_states(x, forward)
    again = gru_states(x[:, ::-1] if back else x, backward)
    return np.concatenate([there, again[:, ::-1] if turned and back else again], axis=2)


BOTH_WAYS = compared(
    _both_ways,
    [
        Mistake(
            "not-turned-back",
            partial(_both_ways, turned=False),
            "The states of the backward half stand in the order in which it read. At the first "
            "step yours shows its state after the last one.",
        ),
        Mistake(
            "both-forward",
            partial(_both_ways, back=False),
            "Both halves read forward.",
        ),
        Mistake(
            "same-weights",
            lambda x, forward, backward: _both_ways(x, forward, forward),
            "Both halves have the weights of the forward one.",
        ),
        Mistake(
            "halves-swapped",
            lambda x, forward, backward: np.roll(_both_ways(x, forward, backward), 2, axis=2),
            "The halves have changed places: first the units that read forward.",
        ),
    ],
    tolerance=1e-4,
)

TASKS = [
    Task("14.2", "half_width", True, told_apart(_sizes, _widest, _WIDTHS), HALF_WIDTH),
    Task("14.3", "context", True, _attended, CONTEXT),
    Task("14.4", "direction", True, _readings, DIRECTION),
    Task("14.5", "both_ways", True, _halves, BOTH_WAYS),
]
