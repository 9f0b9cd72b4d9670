"""Teaching a model of chords, comparing it with simpler ones, and composing with it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from gru_course.apps.chorales.model import FloatArray, key_loss, lessons, likelihood_loss, questions
from gru_course.apps.chorales.rolls import KEYS, Roll, checked_roll
from gru_course.course.checked import finite, whole
from gru_course.course.progress import bar
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import BestWeights

EPOCHS_PER_LOOK = 5


def train(
    model: keras.Model,
    train: Sequence[Roll],
    validation: Sequence[Roll],
    *,
    epochs: int = 80,
    batch_size: int = 16,
    seed: int = 0,
) -> list[float]:
    """Train a model of the next chord and keep the weights that were best in validation.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.chorales.model.chord_model`; trained in place with Adam, whose
        step size falls from 0.006 to 0 along a cosine.
    train, validation : sequence of ndarray of bool, each of shape (timesteps of its own, 88)
    epochs : int
        Passes over the pieces, a multiple of 5.
    batch_size : int
        Pieces per update.
    seed : int
        Of the order of the pieces.

    Returns
    -------
    list of float
        The loss on the validation pieces after every fifth epoch, in nats per step.

    Raises
    ------
    ValueError
        If `epochs` is no multiple of 5, there are no pieces, or one has less than two chords.
    """
    if epochs < 1 or epochs % EPOCHS_PER_LOOK:
        raise ValueError(f"epochs is {epochs}; expected a multiple of {EPOCHS_PER_LOOK}")
    for pieces in (train, validation):
        questions(pieces)  # complains about a bad piece now, and by its place in the list
    whole(batch_size, "batch_size")
    steps = -(-len(train) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(0.006, steps * epochs)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), key_loss)
    batches = lessons(train, np.random.default_rng(seed), batch_size)
    looks: list[float] = []
    best = BestWeights(model)
    for _ in bar(range(epochs // EPOCHS_PER_LOOK), "Looks"):
        for _ in range(EPOCHS_PER_LOOK * steps):
            model.train_on_batch(*next(batches))
        looks.append(loss_on(model, validation))
        best.look(-looks[-1])
    best.restore()
    return looks


def loss_on(model: keras.Model, rolls: Sequence[Roll]) -> float:
    """Return the negative log-likelihood per step of whole pieces, from their second chord on."""
    given, expected, weights = questions(rolls)
    return likelihood_loss(expected, model.predict(given, batch_size=100, verbose=0), weights)


def loss_of_frequencies(train: Sequence[Roll], rolls: Sequence[Roll]) -> float:
    """Return the loss of a method that knows only how often each key is down.

    Parameters
    ----------
    train : sequence of ndarray of bool, each of shape (timesteps of its own, 88)
        Counted in these.
    rolls : sequence of ndarray of bool
        Asked about these.

    Returns
    -------
    float
        Nats per step.

    Raises
    ------
    ValueError
        If there is no piece to count in, or a roll is none.

    Examples
    --------
    >>> piece = np.zeros((4, 88), bool)
    >>> round(loss_of_frequencies([piece], [piece]), 2)  # 88 keys, each 0 with probability 0.9
    9.27
    """
    if not len(train):
        raise ValueError("there is no piece to count in; expected at least one roll")
    down = np.concatenate([checked_roll(roll) for roll in train]).astype(np.float64)
    chance = (down.sum(axis=0) + 0.5) / (len(down) + 1)
    _, expected, weights = questions(rolls)
    return likelihood_loss(expected, np.broadcast_to(_logit(chance), expected.shape), weights)


def loss_of_kept_keys(train: Sequence[Roll], rolls: Sequence[Roll]) -> float:
    """Return the loss of a method that knows how often each key stays down, or goes down anew.

    Parameters
    ----------
    train, rolls : sequence of ndarray of bool
        As for `loss_of_frequencies`.

    Returns
    -------
    float
        Nats per step.

    Examples
    --------
    >>> piece = np.ones((8, 88), bool)
    >>> round(loss_of_kept_keys([piece], [piece]), 2)  # each key stays with probability 7.5/8
    5.68
    """
    given, expected, weights = questions(train)
    chances = []
    for before in (0, 1):
        cases = (given == before) * weights[..., None]
        chances.append(((cases * expected).sum((0, 1)) + 0.5) / (cases.sum((0, 1)) + 1))
    given, expected, weights = questions(rolls)
    logits = np.where(given > 0, _logit(chances[1]), _logit(chances[0]))
    return likelihood_loss(expected, logits, weights)


def compose(
    model: keras.Model,
    opening: Roll,
    timesteps: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
) -> Roll:
    """Continue a piece, each chord drawn from what the model expects after all chords before it.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.chorales.model.chord_model`.
    opening : ndarray of bool, shape (steps, 88)
        At least one chord.
    timesteps : int
        Length of the whole piece, opening included.
    rng : numpy.random.Generator
    temperature : float
        The logits are divided by it: below 1 the likely keys become likelier.

    Returns
    -------
    ndarray of bool, shape (timesteps, 88)
        Each key is drawn by itself, as the model was taught: nothing sees to it that the keys of
        one chord fit each other.

    Raises
    ------
    ValueError
        If there is no opening, the temperature is not above 0, or a logit is not finite.
    """
    opening = checked_roll(opening, "the opening")
    if not len(opening) or not temperature > 0:
        raise ValueError(
            f"an opening of {len(opening)} chords at temperature {temperature}; expected at least "
            "one chord and more than 0"
        )
    roll = np.zeros((max(timesteps, len(opening)), KEYS), dtype=bool)
    roll[: len(opening)] = opening
    for step in range(len(opening), timesteps):
        # The whole piece at each step, so that the shape stays; what comes later is not read.
        logits = np.asarray(model(roll[None].astype("float32")))[0, step - 1]
        logits = finite(logits, f"the logits for step {step}", what_to_do="Train the model again.")
        roll[step] = rng.random(KEYS) < expit(logits / temperature)
    return roll


def texture(rolls: Sequence[Roll]) -> dict[str, float]:
    """Describe chords: how many notes they have, how many clash, how many repeat the one before.

    Parameters
    ----------
    rolls : sequence of ndarray of bool, each of shape (timesteps of its own, 88)

    Returns
    -------
    dict
        ``notes`` per step; ``clashes``, the share of steps in which two neighbouring keys, a
        semitone apart, are down together; ``repeats``, the share of steps equal to the last.

    Raises
    ------
    ValueError
        If no piece has two steps, or one is no roll.

    Examples
    --------
    >>> piece = np.zeros((2, 88), bool)
    >>> piece[:, 40:42] = True
    >>> texture([piece])
    {'notes': 2.0, 'clashes': 1.0, 'repeats': 1.0}
    """
    rolls = [checked_roll(roll, f"piece {place}") for place, roll in enumerate(rolls)]
    if not any(len(roll) > 1 for roll in rolls):
        raise ValueError(f"{len(rolls)} pieces, none of two steps; expected at least one that is")
    chords = np.concatenate(rolls)
    repeats = np.concatenate([(roll[1:] == roll[:-1]).all(axis=1) for roll in rolls])
    return {
        "notes": float(chords.sum(axis=1).mean()),
        "clashes": float((chords[:, 1:] & chords[:, :-1]).any(axis=1).mean()),
        "repeats": float(repeats.mean()),
    }


def _logit(chance: NDArray[np.float64]) -> FloatArray:
    return np.asarray(np.log(chance / (1 - chance)), dtype=np.float32)
