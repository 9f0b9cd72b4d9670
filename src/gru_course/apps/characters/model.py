"""A GRU that predicts the next character and hands its state on."""

from typing import Any

from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU


def character_model(
    characters: int, units: int = 256, embedding_dim: int = 64, dropout: float = 0.1
) -> keras.Model:
    """Build a model of the next character.

    Parameters
    ----------
    characters : int
        Size of the alphabet.
    units : int
        Of the GRU.
    embedding_dim : int
        Size of the vector of each character.
    dropout : float
        Share of the states that is left out while training.

    Returns
    -------
    keras.Model
        Maps ids ``(b, timesteps)`` and the state before them ``(b, units)`` to logits of the next
        character ``(b, timesteps, characters)`` and the state after them ``(b, units)``.

    Examples
    --------
    >>> [tuple(part.shape) for part in character_model(characters=66).outputs]
    [(None, None, 66), (None, 256)]
    """
    ids = keras.Input((None,), dtype="int32")
    before = keras.Input((units,))
    vectors: Any = keras.layers.Embedding(characters, embedding_dim)(ids)
    layer = FastGRU(units, return_sequences=True, return_state=True)
    states, after = layer(vectors, initial_state=before)
    logits = keras.layers.Dense(characters)(keras.layers.Dropout(dropout)(states))
    return keras.Model([ids, before], [logits, after])
