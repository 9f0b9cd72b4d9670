"""What layers of Keras make of their inputs, in NumPy: no judge loads TensorFlow."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from gru_course.cells.conventions import keras_reset_after_step
from gru_course.cells.layout import Array

Weights = Sequence[Array]
"""Kernel, recurrent kernel and bias, as `keras.layers.GRU` has them by default."""


def random_weights(rng: Generator, features: int, units: int) -> list[Array]:
    """Draw the weights of a layer."""
    shapes = [(features, 3 * units), (units, 3 * units), (2, 3 * units)]
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def gru_states(x: Array, weights: Weights, read: Array | None = None) -> Array:
    """Return all states of a GRU that starts from zeros.

    Parameters
    ----------
    x : array, shape (batch, timesteps, features)
    weights : sequence of array
        See `Weights`.
    read : array of bool, shape (batch, timesteps), optional
        A step that is not read leaves the state as it is.

    Returns
    -------
    array, shape (batch, timesteps, units)

    Examples
    --------
    >>> weights = random_weights(np.random.default_rng(0), features=2, units=3)
    >>> gru_states(np.ones((1, 4, 2)), weights, np.array([[True, False, False, True]])).shape
    (1, 4, 3)
    """
    batch, timesteps, _ = x.shape
    h: Array = np.zeros((batch, weights[1].shape[0]))
    states = []
    for t in range(timesteps):
        new = keras_reset_after_step(x[:, t], h, *weights)
        h = new if read is None else np.where(read[:, [t]], new, h)
        states.append(h)
    return np.stack(states, axis=1)
