"""Models that read a film: the path of a hand, or small pictures one after the other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.layers.pooling import pool

FloatArray = NDArray[np.float32]


def motion(paths: FloatArray) -> FloatArray:
    """Describe paths by where the hand is and how it moves, whatever the place and the size.

    Parameters
    ----------
    paths : ndarray of float, shape (n, timesteps, 2)
        Coordinates of a hand.

    Returns
    -------
    ndarray of float32, shape (n, timesteps, 4)
        The coordinates less their mean over time, divided by the larger deviation of the two; and
        ten times the change of these since the step before, 0 at the first. All 0 for a hand that
        rests.

    Raises
    ------
    ValueError
        If the shape is another one, there is no timestep, or a coordinate is not finite.

    Examples
    --------
    >>> across = np.array([[[0.0, 0.5], [0.5, 0.5], [1.0, 0.5]]])
    >>> [f"{x:.2f}" for x in motion(across)[0, :, 0]]
    ['-1.22', '0.00', '1.22']
    """
    paths = checked_paths(paths)
    centred = paths - paths.mean(axis=1, keepdims=True)
    size = centred.std(axis=1, keepdims=True).max(axis=2, keepdims=True)
    # What a hand at rest deviates from its mean is rounding, and no size to divide by.
    rounding = 8 * np.finfo(size.dtype).eps * np.abs(paths).max(axis=(1, 2), keepdims=True)
    places = centred / np.where(size > rounding, size, np.inf)
    changes = 10 * np.diff(places, axis=1, prepend=places[:, :1])
    return np.concatenate([places, changes], axis=2).astype(np.float32)


def checked_paths(paths: FloatArray) -> FloatArray:
    """Return paths as they came, if they are finite and of shape ``(n, timesteps, 2)``.

    Raises
    ------
    ValueError
        If they are not, or have no timestep.
    """
    paths = finite(paths, "the coordinates")
    if paths.ndim != 3 or paths.shape[2] != 2 or not paths.shape[1]:
        raise ValueError(f"paths of shape {paths.shape}; expected (n, timesteps, 2)")
    return paths


def disturbed(paths: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the same gestures as another hand might have made them.

    Parameters
    ----------
    paths : ndarray of float, shape (n, timesteps, 2)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (n, timesteps, 2)
        Each path is turned by some degrees, made narrower or wider, and walked at an uneven pace.

    Raises
    ------
    ValueError
        If the shape is another one, there is no timestep, or a coordinate is not finite.

    Examples
    --------
    >>> disturbed(np.zeros((3, 45, 2)), np.random.default_rng(0)).shape
    (3, 45, 2)
    """
    paths = checked_paths(paths)
    count, timesteps, _ = paths.shape
    slant = rng.normal(0, 0.12, count)
    turn = np.stack([np.cos(slant), -np.sin(slant), np.sin(slant), np.cos(slant)], axis=1)
    sizes = rng.uniform(0.8, 1.25, (count, 1, 2))
    middle = paths.mean(axis=1, keepdims=True)
    turned = np.einsum("ntk,njk->ntj", (paths - middle) * sizes, turn.reshape(-1, 2, 2)) + middle
    time = np.linspace(0, 1, timesteps)
    result = np.empty(paths.shape, dtype=np.float32)
    bends = rng.normal(0, 0.12, (count, 2))
    for row, path, (first, second) in zip(result, turned, bends, strict=True):
        clock = time + first * time * (1 - time) + second * np.sin(2 * np.pi * time) / (2 * np.pi)
        for axis in (0, 1):
            row[:, axis] = np.interp(clock, time, path[:, axis])
    return finite(result, "the coordinates as float32", what_to_do="Scale the paths.")


def path_reader(timesteps: int, classes: int, units: int = 64, dropout: float = 0.4) -> keras.Model:
    """Build a classifier of paths: a GRU that reads both ways, and the mean and maximum of it.

    Parameters
    ----------
    timesteps : int
        Frames of a film.
    classes : int
        Kinds of gestures.
    units : int
        Of each direction.
    dropout : float
        Share of the summary that is left out while training.

    Returns
    -------
    keras.Model
        Maps `motion`, shape ``(n, timesteps, 4)``, to probabilities ``(n, classes)``.

    Examples
    --------
    >>> path_reader(timesteps=45, classes=15).output_shape
    (None, 15)
    """
    inputs = keras.Input((timesteps, 4))
    states = keras.layers.Bidirectional(FastGRU(units, return_sequences=True))(inputs)
    summary = keras.layers.Dropout(dropout)(pool(states, "mean_max"))
    return keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(summary))


def picture_reader() -> keras.Sequential:
    """Build the network that turns one frame into features.

    Returns
    -------
    keras.Sequential
        From frames ``(batch, 16, 16, 1)`` to ``(batch, 32)``.
    """
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
        ],
        name="picture_reader",
    )


def clip_reader(timesteps: int, side: int, order: bool = True, units: int = 32) -> keras.Model:
    """Build a classifier of clips: features of each frame, then a GRU over the frames.

    Parameters
    ----------
    timesteps : int
        Frames of a clip.
    side : int
        Rows and columns of a frame.
    order : bool
        Whether a GRU reads the frames. If not, their features are averaged over time: everything
        else stays the same, and the order is lost.
    units : int
        Of the GRU.

    Returns
    -------
    keras.Model
        Maps frames ``(n, timesteps, side, side, 1)`` to the probability of class 1, ``(n, 1)``.

    Examples
    --------
    >>> clip_reader(timesteps=12, side=16).output_shape
    (None, 1)
    """
    inputs = keras.Input((timesteps, side, side, 1))
    features: Any = keras.layers.TimeDistributed(picture_reader())(inputs)
    if order:
        summary = FastGRU(units)(features)
    else:
        summary = keras.layers.Dense(units, activation="relu")(pool(features, "mean"))
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(summary))
