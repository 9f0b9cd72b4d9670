"""How the answers to the exercises of "Spoken digits" are judged."""

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared, told_apart

Speakers = list[str]
Numbers = NDArray[np.integer[Any]]

# --- 22.4: how many frames? -----------------------------------------------------------------------


def _recordings(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for length, hop in ((200, 80), (256, 128), (400, 160), (200, 80)):
        whole = int(rng.integers(10, 40)) * hop + length
        drawn.append((whole + (int(rng.integers(1, hop)) if drawn else 0), length, hop))
    return drawn


FRAMES = compared(
    lambda samples, length, hop: 1 + (samples - length) // hop,
    [
        Mistake(
            "first-forgotten",
            lambda samples, length, hop: (samples - length) // hop,
            "One is missing: that counts the steps from frame to frame.",
        ),
        Mistake(
            "no-overlap",
            lambda samples, length, hop: samples // length,
            "Your frames do not overlap. A new one begins after every `hop` samples.",
        ),
        Mistake(
            "length-forgotten",
            lambda samples, length, hop: samples // hop,
            "A frame may begin only where a whole one still fits: your last ones begin too late.",
        ),
        Mistake(
            "rounded-up",
            lambda samples, length, hop: 1 + -(-(samples - length) // hop),
            "Your last frame is not full. Only whole frames count.",
        ),
    ],
    tolerance=1e-9,
)

# --- 22.5: a stranger in the test part ------------------------------------------------------------


def _people(rng: Generator) -> list[Inputs]:
    drawn: list[Inputs] = []
    for _ in range(3):
        names = rng.permutation(["ana", "ben", "cem", "dia", "eva"])[:4].tolist()
        speakers: Any = rng.permutation(np.repeat(names, rng.integers(3, 6, 4))).tolist()
        drawn.append((speakers, names[0], names[1]))
    return drawn


def _of(speakers: Speakers, *names: str) -> Numbers:
    return np.flatnonzero(np.isin(speakers, names))


def _not_of(speakers: Speakers, *names: str) -> Numbers:
    return np.flatnonzero(~np.isin(speakers, names))


PARTS = compared(
    lambda speakers, stranger, judge: [
        _not_of(speakers, stranger, judge),
        _of(speakers, judge),
        _of(speakers, stranger),
    ],
    [
        Mistake(
            "judge-in-training",
            lambda speakers, stranger, judge: [
                _not_of(speakers, stranger),
                _of(speakers, judge),
                _of(speakers, stranger),
            ],
            "The voice that decides is also learned from. Then every choice favours what knows "
            "that voice by heart.",
        ),
        Mistake(
            "stranger-in-training",
            lambda speakers, stranger, judge: [
                _not_of(speakers, judge),
                _of(speakers, judge),
                _of(speakers, stranger),
            ],
            "The stranger is in the training part, too, and so is no stranger.",
        ),
        Mistake(
            "swapped",
            lambda speakers, stranger, judge: [
                _not_of(speakers, stranger, judge),
                _of(speakers, stranger),
                _of(speakers, judge),
            ],
            "Validation and test have changed places.",
        ),
        Mistake(
            "names",
            lambda speakers, stranger, judge: [
                [s for s in speakers if s not in (stranger, judge)],
                [s for s in speakers if s == judge],
                [s for s in speakers if s == stranger],
            ],
            "Those are names. Asked for are the numbers of the recordings.",
        ),
    ],
    passed="Right. Each voice is in one part only.",
    tolerance=1e-9,
)

# --- 22.6: decide while somebody speaks -----------------------------------------------------------


def _spoken(rng: Generator) -> list[Inputs]:
    """Draw words that become surer: one is decided early, one never, one only in the padding."""
    drawn: list[Inputs] = []
    for length, sure in ((8, 4), (9, None), (7, 7), (10, 6)):
        probabilities = rng.dirichlet(np.full(4, 3.0), size=12)
        probabilities[:] = np.minimum(probabilities, 0.5)
        if sure is not None:
            probabilities[sure, 1] = 0.85
            probabilities[sure + 1 :, 2] = 0.95
            probabilities[sure + 2 :, 2] = 0.97
        drawn.append((probabilities, length, 0.8))
    return drawn


def _decided(probabilities: Array, length: int, threshold: float) -> Numbers:
    sure = np.flatnonzero(probabilities[:length].max(axis=1) >= threshold)
    frame = int(sure[0]) if len(sure) else length - 1
    return np.array([frame, int(probabilities[frame].argmax())])


_EARLY = [
    Mistake(
        "padding-heard",
        lambda probabilities, length, threshold: _decided(
            probabilities, len(probabilities), threshold
        ),
        "You listen on into the padding. If no frame of the word is sure enough, the last one of "
        "the word decides.",
    ),
    Mistake(
        "answer-of-the-end",
        lambda probabilities, length, threshold: np.array(
            [
                _decided(probabilities, length, threshold)[0],
                int(probabilities[length - 1].argmax()),
            ]
        ),
        "You stop early, but give the answer of the end, which has not been heard yet.",
    ),
    Mistake(
        "surest-frame",
        lambda probabilities, length, threshold: np.array(
            np.unravel_index(probabilities[:length].argmax(), (length, probabilities.shape[1]))
        ),
        "You wait for the surest frame of all. Nobody knows which one that will be before the end.",
    ),
    Mistake(
        "swapped",
        lambda *given: _decided(*given)[::-1],
        "The two numbers have changed places: first the frame.",
    ),
]
DECIDED = compared(_decided, _EARLY, tolerance=1e-9)

TASKS = [
    Task("22.4", "frames", True, _recordings, FRAMES),
    Task("22.5", "parts", True, _people, PARTS),
    Task("22.6", "decide_early", True, told_apart(_spoken, _decided, _EARLY), DECIDED),
]
