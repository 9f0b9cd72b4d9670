"""How the answers to the exercises of "Overfitting" are judged."""

from functools import partial

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared
from gru_course.exercises.keras_steps import gru_states, random_weights

# --- 9.2: padding that is read --------------------------------------------------------------------


def _window(rng: Generator) -> list[Inputs]:
    return [(int(rng.integers(60, 80)), 100, float(rng.integers(93, 98)) / 100)]


LEFT = compared(
    lambda words, window, share: np.array([share ** (window - words), 1.0, 1.0]),
    [
        Mistake(
            "sides-swapped",
            lambda words, window, share: np.array([1.0, share ** (window - words), 1.0]),
            "The two sides have changed places. Which zeros are read after the last word?",
        ),
        Mistake(
            "whole-window",
            lambda words, window, share: np.array([share**window, 1.0, 1.0]),
            "You let the state fade over the whole window. It holds what it took in at the last "
            "word, and fades from there on.",
        ),
        Mistake(
            "words-instead-of-zeros",
            lambda words, window, share: np.array([share**words, 1.0, 1.0]),
            "You count the words. How many zeros follow them?",
        ),
        Mistake(
            "mask-fades",
            lambda words, window, share: np.array(
                [share ** (window - words), 1.0, share ** (window - words)]
            ),
            "With a mask the layer does not read the zeros at all: what happens to its state?",
        ),
    ],
    tolerance=1e-3,
)

# --- 9.4: early stopping --------------------------------------------------------------------------


def _losses(rng: Generator) -> list[Inputs]:
    """Draw curves that fall, rise with a small dip, and fall lower where nobody looks any more."""
    drawn: list[Inputs] = []
    for patience in (2, 3, 4):
        fall = np.linspace(0.7, rng.uniform(0.4, 0.5), int(rng.integers(3, 7)))
        rise = fall[-1] + np.linspace(0.02, 0.1, patience + 2)
        rise[1] = rise[0] - 0.01  # better than the epoch before, worse than the best
        later = np.full(3, 0.3) + rng.uniform(0, 0.05, 3)
        drawn.append((np.concatenate([fall, rise, later]).round(4), patience))
    drawn.append((np.linspace(0.9, 0.5, int(rng.integers(4, 9))).round(4), 2))
    return drawn


def _stopped(losses: Array, patience: int, *, against_last: bool = False) -> Array:
    """Return the best epoch that was trained, and the last one."""
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        better = losses[epoch] < losses[epoch - 1 if against_last else best]
        waited = 0 if better else waited + 1
        best = epoch if losses[epoch] < losses[best] else best
        if waited == patience:
            return np.array([best, epoch])
    return np.array([best, len(losses) - 1])


STOPPED = compared(
    _stopped,
    [
        Mistake(
            "looks-ahead",
            lambda losses, patience: np.array([np.argmin(losses), _stopped(losses, patience)[1]]),
            "The best of all epochs may lie after the stop: nobody has trained that one.",
        ),
        Mistake(
            "last-weights",
            lambda losses, patience: _stopped(losses, patience)[[1, 1]],
            "You keep the weights of the last epoch. By then several epochs were worse than the "
            "best.",
        ),
        Mistake(
            "against-the-last",
            partial(_stopped, against_last=True),
            "You compare each epoch with the one before. A small dip on the way up is no new best.",
        ),
        Mistake(
            "one-late",
            lambda losses, patience: np.minimum(
                _stopped(losses, patience) + np.array([0, 1]), len(losses) - 1
            ),
            "You train one epoch too many: stop as soon as `patience` epochs in a row were no "
            "better.",
        ),
        Mistake(
            "swapped",
            lambda losses, patience: _stopped(losses, patience)[::-1],
            "The two numbers have changed places: first the epoch that is kept.",
        ),
    ],
)

# --- 9.5: give the layer back its mask ------------------------------------------------------------


def _padded(rng: Generator) -> list[Inputs]:
    """Draw ids with zeros behind, vectors for them, and the weights of a layer."""
    ids = rng.integers(1, 6, size=(3, 6))
    ids[np.arange(6) >= np.array([[2], [4], [6]])] = 0
    table = rng.normal(size=(6, 4)).astype("float32")
    return [(ids, table, *random_weights(rng, 4, 3))]


def _last_state(
    ids: Array, table: Array, *weights: Array, scale: float = 2.0, read: str = "words"
) -> Array:
    x = scale * table[ids]
    if read == "zeros":
        x = x * (ids != 0)[..., None]
    which = {"words": ids != 0, "padding": ids == 0}.get(read)
    last: Array = gru_states(x, weights, which)[:, -1]
    return last


LAST_STATE = compared(
    _last_state,
    [
        Mistake(
            "mask-lost",
            partial(_last_state, read="everything"),
            "The layer reads the padding. It looks for the mask on its input, and the input was "
            "computed anew.",
        ),
        Mistake(
            "mask-inverted",
            partial(_last_state, read="padding"),
            "The mask is turned round: it says True where there is a word.",
        ),
        Mistake(
            "zero-vectors",
            partial(_last_state, read="zeros"),
            "The vectors of the padding are 0 now, but they are still read, and each of them "
            "changes the state.",
        ),
        Mistake(
            "unscaled",
            partial(_last_state, scale=1.0),
            "The padding is skipped, but the vectors are no longer doubled.",
        ),
    ],
    passed="Right. The padding is skipped.",
    tolerance=1e-4,
)

TASKS = [
    Task("9.2", "left", False, _window, LEFT),
    Task("9.4", "stopped", True, _losses, STOPPED),
    Task("9.5", "last_state", True, _padded, LAST_STATE),
]
