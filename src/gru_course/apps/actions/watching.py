"""Reading films of people: a few frames, a network for the pictures, a GRU for their order."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.actions.films import Films
from gru_course.course.checked import finite, whole_numbers
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.layers.pooling import pool

FloatArray = NDArray[np.float32]

STEPS, SMALL = 16, 24
"""Frames that a reader sees of each clip, and their rows and columns."""
_MOST = 2  # pixels by which a disturbed clip is moved


def sampled(
    films: Films, places: NDArray[np.integer], rng: np.random.Generator | None = None
) -> FloatArray:
    """Take as many frames of each clip, spread evenly over it, at half their size.

    Parameters
    ----------
    films : Films
    places : ndarray of int, shape (n,)
        Which clips.
    rng : numpy.random.Generator, optional
        If given, the clips are disturbed as another take might have been: up to a tenth is cut off
        at either end, the pace is uneven, the person stands up to two small pixels elsewhere.

    Returns
    -------
    ndarray of float32, shape (n, 16, 24, 24, 1)
        Between 0 and 1.

    Raises
    ------
    ValueError
        If there is no such clip.

    Examples
    --------
    >>> from gru_course.apps.actions.films import drawn_figures
    >>> sampled(drawn_figures(takes=1), np.array([0, 59])).shape
    (2, 16, 24, 24, 1)
    """
    places = whole_numbers(np.asarray(places), len(films), "the places of the clips")
    first, count = films.start[places, None], np.diff(films.start)[places, None]
    clock = np.tile(np.linspace(0, 1, STEPS), (len(places), 1))
    if rng is not None:
        n = len(places), 1
        clock = np.clip(clock + rng.normal(0, 0.15, n) * clock * (1 - clock), 0, 1)
        begin, end = rng.uniform(0, 0.1, n), rng.uniform(0.9, 1, n)
        clock = begin + (end - begin) * clock
    clips = small(films)[first + np.rint(clock * (count - 1)).astype(int)]
    if rng is not None:
        wide = np.pad(clips, ((0, 0), (0, 0), (_MOST, _MOST), (_MOST, _MOST)))
        for clip, frames, (down, across) in zip(
            clips, wide, rng.integers(0, 2 * _MOST + 1, (len(places), 2)), strict=True
        ):
            clip[:] = frames[:, down : down + SMALL, across : across + SMALL]
    return np.asarray(clips[..., None])


@cache
def small(films: Films) -> FloatArray:
    """Return all frames of films at half their size, kept for the next call.

    Parameters
    ----------
    films : Films

    Returns
    -------
    ndarray of float32, shape (frames of all clips, 24, 24)
        Between 0 and 1.

    Examples
    --------
    >>> from gru_course.apps.actions.films import drawn_figures
    >>> small(drawn_figures(takes=1)).shape[1:]
    (24, 24)
    """
    blocks = films.frames.reshape(len(films.frames), SMALL, 2, SMALL, 2)
    total = blocks.sum(axis=(2, 4), dtype=np.uint16)
    return np.asarray(total / np.float32(4 * 255), dtype=np.float32)


def shuffled(clips: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return clips with their frames in disorder, each clip in a disorder of its own.

    Parameters
    ----------
    clips : ndarray of float32, shape (n, timesteps, rows, columns, channels)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (n, timesteps, rows, columns, channels)

    Raises
    ------
    ValueError
        If the shape is another one, or a value is not finite.

    Examples
    --------
    >>> clips = np.arange(3, dtype="f4").reshape(1, 3, 1, 1, 1)
    >>> sorted(shuffled(clips, np.random.default_rng(0)).ravel().tolist())
    [0.0, 1.0, 2.0]
    """
    clips = finite(clips, "the clips")
    if clips.ndim != 5:
        raise ValueError(
            f"clips of shape {clips.shape}; expected (n, timesteps, rows, columns, channels)"
        )
    places = rng.permuted(np.tile(np.arange(clips.shape[1]), (len(clips), 1)), axis=1)
    return np.asarray(np.take_along_axis(clips, places[..., None, None, None], axis=1))


def pixels(clips: FloatArray, order: str = "kept") -> FloatArray:
    """Return clips as rows of numbers for a linear model, at a quarter of the size of the films.

    Parameters
    ----------
    clips : ndarray of float32, shape (n, 16, 24, 24, 1)
        From `sampled`.
    order : str
        ``"kept"`` for the pixels frame by frame; ``"sorted"`` for the values that each pixel takes,
        in rising order, so that nothing but their order in time is lost; ``"mean"`` for their mean.

    Returns
    -------
    ndarray of float32, shape (n, 2304), or (n, 144) for the mean

    Raises
    ------
    ValueError
        If there is no such order, or the clips have another shape or are not finite.

    Examples
    --------
    >>> [pixels(np.ones((2, 16, 24, 24, 1), "f4"), order).shape for order in ("kept", "mean")]
    [(2, 2304), (2, 144)]
    """
    clips = finite(clips, "the clips")
    if clips.shape[1:] != (STEPS, SMALL, SMALL, 1) or not len(clips):
        raise ValueError(
            f"clips of shape {clips.shape}; expected (n, {STEPS}, {SMALL}, {SMALL}, 1)"
        )
    if order not in ("kept", "sorted", "mean"):
        raise ValueError(f"order is {order!r}; expected 'kept', 'sorted' or 'mean'")
    blocks = clips.reshape(len(clips), STEPS, SMALL // 2, 2, SMALL // 2, 2).mean(axis=(3, 5))
    if order == "sorted":
        blocks = np.sort(blocks, axis=1)
    chosen = blocks.mean(axis=1) if order == "mean" else blocks
    return np.asarray(chosen.reshape(len(clips), -1), dtype=np.float32)


def film_reader(
    classes: int, *, order: bool = True, three: bool = False, units: int = 48, dropout: float = 0.4
) -> keras.Model:
    """Build a classifier of films: features of each frame, then a GRU over the frames.

    Parameters
    ----------
    classes : int
        Kinds of films.
    order : bool
        Whether a GRU reads the frames, both ways. If not, a layer as wide reads each frame by
        itself, and the order is lost. The rest stays: the mean and the maximum over time.
    three : bool
        Whether the network for pictures sees each frame together with the one before it and the
        one after it, and so how things move.
    units : int
        Of each direction.
    dropout : float
        Share of the summary that is left out while training.

    Returns
    -------
    keras.Model
        Maps clips from `sampled`, ``(n, 16, 24, 24, 1)``, to probabilities ``(n, classes)``.

    Examples
    --------
    >>> film_reader(classes=20).output_shape
    (None, 20)
    """
    layers = keras.layers
    inputs = keras.Input((STEPS, SMALL, SMALL, 1))
    pictures: Any = inputs
    if three:
        before = keras.ops.concatenate([inputs[:, :1], inputs[:, :-1]], axis=1)
        after = keras.ops.concatenate([inputs[:, 1:], inputs[:, -1:]], axis=1)
        pictures = keras.ops.concatenate([before, inputs, after], axis=-1)
    one_picture = keras.Sequential(
        [
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
        ],
        name="one_picture",
    )
    features = layers.TimeDistributed(one_picture)(pictures)
    if order:
        states = layers.Bidirectional(FastGRU(units, return_sequences=True))(features)
    else:
        states = layers.Dense(2 * units, activation="tanh")(features)
    answer = layers.Dense(classes, activation="softmax")
    summary = layers.Dropout(dropout)(pool(states, "mean_max"))
    return keras.Model(inputs, answer(summary))
