"""How the answers to the exercises of "Out of the notebook" are judged."""

from typing import Any

import numpy as np
from numpy.random import Generator

from gru_course.cells.layout import Array
from gru_course.exercises.exercise import Inputs, Task
from gru_course.exercises.judging import Mistake, compared

# --- 25.3: bytes of flash -------------------------------------------------------------------------


def _sizes(rng: Generator) -> list[Inputs]:
    return [(26, 32, 10), *(tuple(map(int, rng.integers(3, 60, 3))) for _ in range(3))]


def _whole(d: int, u: int, c: int) -> int:
    return 3 * u * (d + u) + u * c


FLASH = compared(
    lambda d, u, c: _whole(d, u, c) + 4 * (6 * u + c + 6 * u + c),
    [
        Mistake(
            "one-bias",
            lambda d, u, c: _whole(d, u, c) + 4 * (6 * u + c + 3 * u + c),
            "The default form of Keras has two biases for each unit of each gate, and inputs and "
            "state have rows of their own; one of these you counted once.",
        ),
        Mistake(
            "bytes-of-floats",
            lambda d, u, c: _whole(d, u, c) + 6 * u + c + 6 * u + c,
            "Scales and biases have 32 bits; you counted one byte each.",
        ),
        Mistake(
            "no-scales",
            lambda d, u, c: _whole(d, u, c) + 4 * (6 * u + c),
            "One of the groups of 32 bits is counted: biases or scales are missing.",
        ),
        Mistake(
            "no-quantisation",
            lambda d, u, c: 4 * (_whole(d, u, c) + 6 * u + c),
            "Four bytes for a weight is the form without quantisation. Here it takes 8 bits.",
        ),
    ],
    passed="Right.",
    tolerance=1e-9,
)

# --- 25.4: round a matrix to eight bits -----------------------------------------------------------


def _matrices(rng: Generator) -> list[Inputs]:
    """Draw rows of very different sizes, in each of which a negative weight is the largest."""
    drawn: list[Inputs] = []
    for rows, columns in ((3, 4), (5, 3)):
        matrix = rng.uniform(0.1, 0.8, (rows, columns)) * rng.choice([-1, 1], (rows, columns))
        matrix[:, 0] = rng.uniform(0.2, 0.8, rows)
        matrix[:, 1] = -1.0
        drawn.append((matrix * 10.0 ** -np.arange(rows)[:, None],))
    return drawn


def _rounded(matrix: Array, largest: Any, to_whole: Any = np.rint) -> Array:
    scale = largest / 127
    return np.asarray(to_whole(matrix / scale) * scale)


ROUNDED = compared(
    lambda matrix: _rounded(matrix, np.abs(matrix).max(axis=1, keepdims=True)),
    [
        Mistake(
            "one-scale",
            lambda matrix: _rounded(matrix, np.abs(matrix).max()),
            "You have one scale for all rows; the small ones lose nearly all their steps.",
        ),
        Mistake(
            "scale-by-column",
            lambda matrix: _rounded(matrix, np.abs(matrix).max(axis=0, keepdims=True)),
            "You have a scale for each column. Asked for is one for each row.",
        ),
        Mistake(
            "truncated",
            lambda matrix: _rounded(
                matrix, np.abs(matrix).max(axis=1, keepdims=True), to_whole=np.trunc
            ),
            "Your rounding cuts off what is behind the point, so all weights become smaller.",
        ),
        Mistake(
            "largest-signed",
            lambda matrix: _rounded(matrix, matrix.max(axis=1, keepdims=True)),
            "Your scale comes from the largest value, not the largest absolute value: large "
            "negative weights do not fit into 8 bits then.",
        ),
    ],
    passed="Right. No weight is off by more than half a step of its row.",
    tolerance=1e-7,
)

# --- 25.5: the arrays of ONNX ---------------------------------------------------------------------


def _weights(rng: Generator) -> list[Inputs]:
    return [
        tuple(rng.normal(size=shape) for shape in ((d, 3 * u), (u, 3 * u), (2, 3 * u)))
        for d, u in ((4, 2), (3, 5))
    ]


def _swapped(kernel: Array, recurrent: Array, bias: Array) -> list[Array]:
    u = len(recurrent)
    order = np.r_[u : 2 * u, :u, 2 * u : 3 * u]
    return [kernel.T[None, order], recurrent.T[None, order], bias[:, order].reshape(1, -1)]


ARRAYS = compared(
    lambda kernel, recurrent, bias: [kernel.T[None], recurrent.T[None], bias.reshape(1, -1)],
    [
        Mistake(
            "reshaped",
            lambda kernel, recurrent, bias: [
                kernel.reshape(1, -1, len(kernel)),
                recurrent.reshape(1, -1, len(recurrent)),
                bias.reshape(1, -1),
            ],
            "The matrices are reshaped, not transposed: the shapes fit, and the weights do not.",
        ),
        Mistake(
            "biases-mixed",
            lambda kernel, recurrent, bias: [
                kernel.T[None],
                recurrent.T[None],
                bias.T.reshape(1, -1),
            ],
            "The two biases are mixed: one whole row has to stand in front of the other.",
        ),
        Mistake(
            "blocks-moved",
            _swapped,
            "Your blocks stand in the order r, z, h. ONNX has the order of Keras.",
        ),
        Mistake(
            "no-direction",
            lambda kernel, recurrent, bias: [kernel.T, recurrent.T, bias.reshape(-1)],
            "The axis of the direction is missing in front.",
        ),
    ],
    passed="Right. Compare some outputs after every transfer.",
)

TASKS = [
    Task("25.3", "flash", True, _sizes, FLASH),
    Task("25.4", "rounded", True, _matrices, ROUNDED),
    Task("25.5", "onnx_arrays", True, _weights, ARRAYS),
]
