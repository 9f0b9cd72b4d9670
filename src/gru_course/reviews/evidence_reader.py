"""A GRU that reads words and, beside each word, the evidence that was counted for it."""

from dataclasses import dataclass
from typing import Any

from gru_course.course.checked import whole
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.layers.pooling import pool
from gru_course.reviews.classifiers import PAD


@dataclass(frozen=True)
class ReaderConfig:
    """Everything that makes a reader, except its weights.

    Parameters
    ----------
    channels : int
        Numbers of evidence per word; 0 for a reader of words only.
    embedding_dim : int
        Width of a word vector.
    units : int
        Width of the hidden state in each direction.
    vocabulary_size : int
        Number of distinct token ids.
    embedding_dropout, state_dropout : float
        Share of the features of the word vectors, and of the pooled states, left out in training.

    Raises
    ------
    ValueError
        If a value is not what is expected.
    """

    channels: int = 3
    embedding_dim: int = 64
    units: int = 64
    vocabulary_size: int = 10_000
    embedding_dropout: float = 0.3
    state_dropout: float = 0.3

    def __post_init__(self) -> None:
        for name in ("embedding_dim", "units", "vocabulary_size"):
            whole(getattr(self, name), name)
        whole(self.channels, "channels", least=0)
        for name in ("embedding_dropout", "state_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected a share below 1")


def reader(config: ReaderConfig) -> keras.Model:
    """Build a GRU that reads in both directions, with all its states pooled.

    Parameters
    ----------
    config : ReaderConfig

    Returns
    -------
    keras.Model
        Maps token ids ``(batch, timesteps)`` and evidence ``(batch, timesteps, channels)``, given
        as a list, to logits ``(batch, 1)``. Without channels it takes the ids alone.

    Examples
    --------
    >>> model = reader(ReaderConfig(channels=3, units=8))
    >>> [tuple(place.shape) for place in model.inputs]
    [(None, None), (None, None, 3)]
    """
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    read = keras.ops.not_equal(token_ids, PAD)
    words = keras.layers.Embedding(config.vocabulary_size, config.embedding_dim)(token_ids)
    if config.embedding_dropout:
        words = keras.layers.SpatialDropout1D(config.embedding_dropout)(words)
    inputs: list[Any] = [token_ids]
    if config.channels:
        inputs.append(keras.Input((None, config.channels), name="evidence"))
        words = keras.layers.Concatenate()([words, inputs[1]])
    both_ways = keras.layers.Bidirectional(FastGRU(config.units, return_sequences=True))
    state = pool(both_ways(words, mask=read), "mean_max", read)
    if config.state_dropout:
        state = keras.layers.Dropout(config.state_dropout)(state)
    logit = keras.layers.Dense(1)(state)
    return keras.Model(inputs, logit)
