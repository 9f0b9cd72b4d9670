"""A GRU that reads chords and expects the next one, and composing with it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.chorales.rolls import KEYS, Roll, batch
from gru_course.course.checked import finite, whole
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU

FloatArray = NDArray[np.float32]


def chord_model(units: int = 400, dropout: float = 0.7) -> keras.Model:
    """Build a model of the next chord.

    Parameters
    ----------
    units : int
        Of the GRU. 0 for a control without memory, which sees the last chord only.
    dropout : float
        Share of the states that is left out while training.

    Returns
    -------
    keras.Model
        Maps the chords so far, ``(n, timesteps, 88)``, to one logit for each key at the next
        step, ``(n, timesteps, 88)``. Each key is a yes or no of its own.

    Raises
    ------
    ValueError
        If there are less than 0 units.

    Examples
    --------
    >>> chord_model(units=8).output_shape
    (None, None, 88)
    """
    if units < 0:
        raise ValueError(f"units is {units}; expected 0 or more")
    chords = keras.Input((None, KEYS))
    if units:
        read = FastGRU(units, return_sequences=True)(chords)
    else:
        read = keras.layers.Dense(100, activation="relu")(chords)
    return keras.Model(chords, keras.layers.Dense(KEYS)(keras.layers.Dropout(dropout)(read)))


def questions(rolls: Sequence[Roll]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what a model of the next chord is given, what it should say, and where it counts.

    Parameters
    ----------
    rolls : sequence of ndarray of bool, each of shape (timesteps of its own, 88)

    Returns
    -------
    tuple of ndarray of float32
        All chords but the last, ``(n, timesteps - 1, 88)``; all but the first, of the same shape;
        and weights ``(n, timesteps - 1)``, 0 behind the end of a piece.

    Raises
    ------
    ValueError
        If there are no pieces, or one has less than two chords: nothing follows the only one.

    Examples
    --------
    >>> given, expected, weights = questions([np.eye(4, 88, dtype=bool)])
    >>> given.shape, int(expected[0, 0].argmax()), weights.tolist()
    ((1, 3, 88), 1, [[1.0, 1.0, 1.0]])
    """
    for place, roll in enumerate(rolls):
        if len(roll) < 2:
            raise ValueError(f"piece {place} has {len(roll)} chords; expected at least 2")
    x, weights = batch(rolls)
    return x[:, :-1], x[:, 1:], weights[:, 1:]


def key_loss(expected: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Return minus the log-likelihood of each chord, its 88 keys added up; in nats."""
    each = keras.losses.binary_crossentropy(expected[..., None], logits[..., None], True)
    return keras.ops.sum(each, axis=-1)


def likelihood_loss(expected: FloatArray, logits: FloatArray, weights: FloatArray) -> float:
    """Return the negative log-likelihood per step, in nats.

    Parameters
    ----------
    expected : ndarray, shape (n, timesteps, 88)
        Zeros and ones.
    logits : ndarray, shape (n, timesteps, 88)
    weights : ndarray, shape (n, timesteps)
        1 where a step counts.

    Returns
    -------
    float
        The binary cross-entropies of the 88 keys added up, averaged over all steps of all pieces
        (Boulanger-Lewandowski et al. 2012, Section 6).

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or no step counts.

    Examples
    --------
    >>> ones = np.ones((1, 2, 88), "float32")
    >>> round(likelihood_loss(ones, 0 * ones, ones[..., 0]) / 88, 4)  # log 2 for each key
    0.6931
    """
    wide = finite(logits, "the logits", what_to_do="").astype(np.float64)
    finite(expected, "the expected keys")
    finite(weights, "the weights")
    if not expected.shape == logits.shape == (*weights.shape, expected.shape[-1]):
        raise ValueError(
            f"expected keys, logits and weights of shape {expected.shape}, {logits.shape} and "
            f"{weights.shape}; expected (n, timesteps, 88) twice and (n, timesteps)"
        )
    if not weights.any():
        raise ValueError(f"no step of {weights.size} counts; expected a weight above 0")
    each = np.logaddexp(0, wide) - expected * wide
    return float((each.sum(axis=-1) * weights).sum() / weights.sum())


def lessons(
    rolls: Sequence[Roll], rng: np.random.Generator, batch_size: int
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """Give batches of `questions` without end; pieces of similar length come together.

    Parameters
    ----------
    rolls : sequence of ndarray of bool, each of shape (timesteps of its own, 88)
    rng : numpy.random.Generator
        Draws the order of the batches.
    batch_size : int
        Pieces in a batch.

    Yields
    ------
    tuple of ndarray of float32
        Chords, the chords that follow them, and weights; see `questions`.

    Raises
    ------
    ValueError
        If there is no piece, or `batch_size` is below 1.

    Examples
    --------
    >>> pieces = [np.eye(n, 88, dtype=bool) for n in (9, 3, 8, 4)]
    >>> batches = lessons(pieces, np.random.default_rng(0), batch_size=2)
    >>> sorted(next(batches)[0].shape for _ in range(2))
    [(2, 3, 88), (2, 8, 88)]
    """
    whole(batch_size, "batch_size")
    if not len(rolls):
        raise ValueError("there is no piece to learn from; expected at least one roll")
    ordered = sorted(rolls, key=len)
    starts = range(0, len(ordered), batch_size)
    while True:
        for start in rng.permutation(len(starts)):
            yield questions(ordered[batch_size * start : batch_size * (start + 1)])
