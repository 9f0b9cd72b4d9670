"""Two other networks for the same characters: an LSTM, and a small Transformer."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.characters.sampling import heated
from gru_course.course.checked import finite, whole, whole_numbers
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import check_weights

IntArray = NDArray[np.integer]


def lstm_model(
    characters: int,
    units: int = 220,
    embedding_dim: int = 64,
    dropout: float = 0.1,
) -> keras.Model:
    """Build a model like :func:`~gru_course.apps.characters.model.character_model`, of an LSTM.

    It is trained, asked and made to write by the same functions: hidden state and cell lie side by
    side in what it hands on.

    Parameters
    ----------
    characters : int
        Size of the alphabet.
    units : int
        Of the LSTM; 220 have as many parameters as the 256 of the GRU.
    embedding_dim : int
        Size of the vector of each character.
    dropout : float
        Share of the states that is left out while training.

    Returns
    -------
    keras.Model
        Maps ids ``(b, timesteps)`` and the state before them ``(b, 2 * units)`` to logits of the
        next character ``(b, timesteps, characters)`` and the state after them.

    Examples
    --------
    >>> [tuple(part.shape) for part in lstm_model(characters=66).outputs]
    [(None, None, 66), (None, 440)]
    """
    ids = keras.Input((None,), dtype="int32")
    before = keras.Input((2 * units,))
    vectors: Any = keras.layers.Embedding(characters, embedding_dim)(ids)
    layer = keras.layers.LSTM(units, return_sequences=True, return_state=True)
    start = [before[:, :units], before[:, units:]]
    states, hidden, cell = layer(vectors, initial_state=start)
    logits = keras.layers.Dense(characters)(keras.layers.Dropout(dropout)(states))
    return keras.Model([ids, before], [logits, keras.layers.Concatenate()([hidden, cell])])


def transformer_model(
    characters: int,
    context: int = 64,
    width: int = 100,
    heads: int = 4,
    blocks: int = 2,
    dropout: float = 0.1,
) -> keras.Model:
    """Build a Transformer that names the next character from those before it in a window.

    Each block is causal attention, then two dense layers, each behind a normalisation and added
    to what it read (Vaswani et al. 2017, with the order of Xiong et al. 2020).

    Parameters
    ----------
    characters : int
        Size of the alphabet.
    context : int
        Characters in a window; it remembers nothing of those before.
    width : int
        Size of the vectors.
    heads : int
        Of attention, in each block.
    blocks : int
    dropout : float

    Returns
    -------
    keras.Model
        Maps ids ``(b, context)`` to logits of the next character ``(b, context, characters)``.

    Raises
    ------
    ValueError
        If a size is below 1, or the width smaller than the number of heads.

    Examples
    --------
    >>> transformer_model(characters=66).count_params()
    262466
    """
    for name, number in (("context", context), ("width", width), ("heads", heads)):
        whole(number, name)
    if width < heads:
        raise ValueError(f"width is {width} for {heads} heads; expected one or more for each head")
    ids = keras.Input((context,), dtype="int32")
    places = keras.ops.cumsum(keras.ops.ones_like(ids), axis=1) - 1
    x: Any = keras.layers.Embedding(characters, width)(ids)
    x = x + keras.layers.Embedding(context, width)(places)
    for _ in range(blocks):
        read = keras.layers.LayerNormalization()(x)
        attention = keras.layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
        x = x + attention(read, read, use_causal_mask=True)
        read = keras.layers.LayerNormalization()(x)
        read = keras.layers.Dense(4 * width, activation="gelu")(read)
        x = x + keras.layers.Dropout(dropout)(keras.layers.Dense(width)(read))
    logits = keras.layers.Dense(characters)(keras.layers.LayerNormalization()(x))
    return keras.Model(ids, logits)


def train_on_windows(
    model: keras.Model,
    ids: IntArray,
    *,
    seed: int,
    epochs: int = 4,
    batch_size: int = 16,
    learning_rate: float = 0.002,
) -> list[float]:
    """Train a model of windows on a text, every character once in each epoch.

    Parameters
    ----------
    model : keras.Model
        From `transformer_model`; trained in place with Adam, whose step size rises at first and
        then falls to 0 along a cosine, as that of the GRU.
    ids : ndarray of int, shape (characters,)
        The text. Where its windows begin is drawn anew for each epoch.
    seed : int
        Of these places, and of the order of the windows.
    epochs : int
    batch_size : int
        Windows an update.
    learning_rate : float
        The largest step size.

    Returns
    -------
    list of float
        Mean cross-entropy of each epoch, in bits per character.

    Raises
    ------
    ValueError
        If the text does not fill a batch, an id is no character of the model, or the loss comes
        out as no number.
    Diverged
        If the training ends with weights that are no numbers.
    """
    _, context, characters = model.output_shape
    ids = whole_numbers(ids, characters, "the ids")
    for name, number in (("epochs", epochs), ("batch_size", batch_size)):
        whole(number, name)
    steps = (len(ids) - context) // context // batch_size
    if steps < 1:
        raise ValueError(
            f"{len(ids)} characters; expected at least {batch_size + 1} windows of {context}"
        )
    updates = epochs * steps
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, updates - updates // 20, warmup_target=learning_rate, warmup_steps=updates // 20
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), loss, jit_compile=False)
    rng = np.random.default_rng(seed)
    curve = []
    for _ in range(epochs):
        starts = rng.integers(context) + context * rng.permutation(steps * batch_size)
        places = starts[:, None] + np.arange(context)
        history = model.fit(
            ids[places], ids[places + 1], batch_size=batch_size, shuffle=False, verbose=0
        )
        curve.append(history.history["loss"][0] / math.log(2))
    finite(curve, "the losses", what_to_do="Train again, with a smaller learning rate.")
    check_weights(model)  # each loss was taken before its update
    return curve


def window_probabilities(
    model: keras.Model, ids: IntArray, history: IntArray, fresh: int = 16
) -> NDArray[np.float64]:
    """Return the probability that a model of windows gives each character of a text.

    Parameters
    ----------
    model : keras.Model
        From `transformer_model`.
    ids : ndarray of int, shape (characters,)
        The text.
    history : ndarray of int, shape (at least as many as a window has,)
        What stands before it.
    fresh : int
        How many answers are taken from the end of each window; all others in it serve as their
        past.

    Returns
    -------
    ndarray of float64, shape (characters,)

    Raises
    ------
    ValueError
        If the history does not fill a window, there are fewer characters than `fresh`, or more of
        these than a window has, or an id is no character of the model.
    """
    _, context, characters = model.output_shape
    ids, history = (whole_numbers(part, characters, "the ids") for part in (ids, history))
    whole(fresh, "fresh")
    if len(history) < context or not fresh <= min(context, len(ids)):
        raise ValueError(
            f"{len(history)} characters of history, {len(ids)} of text and {fresh} fresh ones; "
            f"expected at least {context} of history, and not more fresh ones than characters "
            f"or than {context}"
        )
    text = np.concatenate([history[-context:], ids])
    firsts = np.minimum(np.arange(0, len(ids), fresh), len(ids) - fresh)
    # The last one read in a window stands right before the last one that is asked for.
    windows = text[(firsts + fresh - 1)[:, None] + np.arange(context)].astype("int32")
    result = np.empty(len(ids))
    asked = firsts[:, None] + np.arange(fresh)
    for first in range(0, len(firsts), 256):
        rows = slice(first, first + 256)
        answers = heated(model.predict(windows[rows], verbose=0)[:, -fresh:], 1.0)
        said = np.take_along_axis(answers, ids[asked[rows]][..., None], axis=2)[..., 0]
        result[asked[rows]] = said
    return result
