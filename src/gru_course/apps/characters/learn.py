"""Teaching a character model, asking it how surprised it is, and letting it write."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.characters.sampling import heated, top_p
from gru_course.course.checked import finite, whole, whole_numbers
from gru_course.course.mulberry import Mulberry32
from gru_course.course.progress import bar
from gru_course.layers.backend import keras, tf
from gru_course.training.checkpoints import check_weights

IntArray = NDArray[np.integer]
WARM_UP = 256
"""How many characters a model reads before its answers count."""


def train(
    model: keras.Model,
    ids: IntArray,
    *,
    epochs: int = 4,
    lanes: int = 32,
    timesteps: int = 32,
    learning_rate: float = 0.006,
) -> list[float]:
    """Train a character model by truncated backpropagation through time.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.characters.model.character_model`; trained in place with Adam,
        whose step size rises at first and then falls to 0 along a cosine.
    ids : ndarray of int, shape (characters,)
        The text.
    epochs : int
        Passes over it.
    lanes : int
        Into how many stretches it is cut; they are read side by side, from left to right.
    timesteps : int
        After how many characters the weights are updated. The state goes on into the next piece,
        the gradient does not.
    learning_rate : float
        The largest step size.

    Returns
    -------
    list of float
        Mean cross-entropy of each epoch, in bits per character.

    Raises
    ------
    ValueError
        If the text is too short for the lanes, an id is no character of the model, or the loss
        comes out as no number.
    Diverged
        If the training ends with weights that are no numbers.
    """
    ids = _characters(model, ids)
    for name, number in (("epochs", epochs), ("lanes", lanes), ("timesteps", timesteps)):
        whole(number, name)
    steps = (len(ids) - 1) // lanes // timesteps
    if steps < 1:
        raise ValueError(
            f"{len(ids)} characters; expected more than {lanes} lanes of {timesteps} timesteps"
        )
    updates = epochs * steps
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, updates - updates // 20, warmup_target=learning_rate, warmup_steps=updates // 20
    )
    optimizer = keras.optimizers.Adam(rate, clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    units = model.inputs[1].shape[-1]

    @tf.function  # type: ignore[untyped-decorator]
    def update(x: tf.Tensor, y: tf.Tensor, state: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            logits, after = model([x, state], training=True)
            value = loss(y, logits)
        gradients = tape.gradient(value, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return value, after

    curve = []
    for _ in range(epochs):
        state, total = tf.zeros((lanes, units)), 0.0
        for x, y in bar(pieces(ids, lanes, timesteps), "Epoch", steps):
            value, state = update(tf.constant(x), tf.constant(y), state)
            total += float(value)
        finite(total, "the losses", what_to_do="Train again, with a smaller learning rate.")
        curve.append(total / steps / math.log(2))
    check_weights(model)  # each loss was taken before its update
    return curve


def pieces(ids: IntArray, lanes: int, timesteps: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Cut a text into lanes and these into pieces that follow each other.

    Parameters
    ----------
    ids : ndarray of int, shape (characters,)
    lanes, timesteps : int
        As for `train`.

    Yields
    ------
    tuple of ndarray of int32, each of shape (lanes, timesteps)
        Characters, and for each the one that follows it.

    Raises
    ------
    ValueError
        If a size is below 1, or the ids are no whole numbers.

    Examples
    --------
    >>> [x.tolist() for x, _ in pieces(np.arange(9), lanes=2, timesteps=2)]
    [[[0, 1], [4, 5]], [[2, 3], [6, 7]]]
    """
    whole(lanes, "lanes")
    whole(timesteps, "timesteps")
    if ids.dtype.kind not in "iu":
        raise ValueError(f"the ids are of type {ids.dtype}; expected whole numbers")
    length = (len(ids) - 1) // lanes // timesteps * timesteps
    starts = np.arange(lanes) * length
    for first in range(0, length, timesteps):
        places = starts[:, None] + np.arange(first, first + timesteps)
        yield ids[places].astype(np.int32), ids[places + 1].astype(np.int32)


def probabilities(
    model: keras.Model, ids: IntArray, history: IntArray, lanes: int = 32
) -> NDArray[np.float64]:
    """Return the probability that the model gives each character of a text.

    Parameters
    ----------
    model : keras.Model
    ids : ndarray of int, shape (characters,)
        The text.
    history : ndarray of int, shape (at least 257,)
        What stands before it.
    lanes : int
        Into how many stretches the text is cut, to read them side by side. Each begins with the
        256 characters before it, whose probabilities do not count.

    Returns
    -------
    ndarray of float64, shape (characters,)

    Raises
    ------
    ValueError
        If the history is too short, or an id is no character of the model.
    """
    ids, history = _characters(model, ids), _characters(model, history)
    if len(history) <= WARM_UP:
        raise ValueError(f"{len(history)} characters of history; expected more than {WARM_UP}")
    text = np.concatenate([history[-WARM_UP - 1 :], ids])
    whole(lanes, "lanes")
    length = -(-len(ids) // lanes)
    ends = np.minimum((np.arange(lanes) + 1) * length, len(ids))
    # Every stretch has the same length: the last one begins earlier and overlaps.
    places = (ends - length)[:, None] + np.arange(WARM_UP + length)
    state = np.zeros((lanes, model.inputs[1].shape[-1]), "float32")
    logits, _ = model.predict([text[places].astype("int32"), state], verbose=0)
    answers = heated(logits[:, WARM_UP:], 1.0)
    asked = text[places[:, WARM_UP:] + 1]
    said = np.take_along_axis(answers, asked[..., None], axis=2)[..., 0]
    result = np.empty(len(ids))
    for end, row in zip(ends, said, strict=True):
        result[end - length : end] = row
    return result


def write(
    model: keras.Model,
    opening: IntArray,
    count: int,
    rng: np.random.Generator | Mulberry32,
    *,
    temperature: float = 1.0,
    p: float = 1.0,
) -> IntArray:
    """Continue a text, one drawn character after the other.

    Parameters
    ----------
    model : keras.Model
    opening : ndarray of int, shape (characters,)
        At least one.
    count : int
        How many characters to add.
    rng : numpy.random.Generator or Mulberry32
        The second draws what a live figure of the book draws with the same seed.
    temperature : float
        As for :func:`~gru_course.apps.characters.sampling.heated`.
    p : float
        As for :func:`~gru_course.apps.characters.sampling.top_p`.

    Returns
    -------
    ndarray of int32, shape (count,)

    Raises
    ------
    ValueError
        If there is no opening, or an id is no character of the model.
    """
    opening = _characters(model, opening)
    if not len(opening):
        raise ValueError("the opening is empty; give at least one character to start from")
    read = tf.function(lambda ids, state: model([ids, state], training=False))
    state = tf.zeros((1, model.inputs[1].shape[-1]))
    logits, state = model([tf.constant(opening[None], tf.int32), state], training=False)
    written: list[int] = []
    for _ in range(count):
        distribution = top_p(heated(np.asarray(logits)[0, -1], temperature), p)
        written.append(int(rng.choice(len(distribution), p=distribution)))
        logits, state = read(tf.constant([[written[-1]]], tf.int32), state)
    return np.array(written, dtype=np.int32)


def _characters(model: keras.Model, ids: IntArray) -> IntArray:
    """Return ids as they came, if each stands for a character of the model."""
    return whole_numbers(ids, model.outputs[0].shape[-1], "the ids")


def longest_copy(written: str, text: str) -> str:
    """Return the longest stretch of `written` that stands in `text` word for word.

    Parameters
    ----------
    written, text : str

    Returns
    -------
    str
        The first of several that are equally long.

    Examples
    --------
    >>> longest_copy('to be a gate', 'to be or not to be, a gate')
    ' a gate'
    """
    best = ""
    for start in range(len(written)):
        while start + len(best) < len(written) and written[start : start + len(best) + 1] in text:
            best = written[start : start + len(best) + 1]
    return best
