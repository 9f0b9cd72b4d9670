"""Models that recognise spoken words: one that hears the word out, one that decides meanwhile."""

from dataclasses import dataclass

from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU
from gru_course.layers.pooling import mean_over_time


@dataclass(frozen=True)
class SpeechConfig:
    """A recogniser of single words.

    Parameters
    ----------
    words : int
        Number of classes.
    timesteps, bands : int
        Shape of one word.
    units : int
        Size of the state, in each direction.
    streaming : bool
        Whether the model reads forward only and answers after every frame.
    dropout : float
        Share of the features of the states left out while training.
    """

    words: int = 10
    timesteps: int = 48
    bands: int = 26
    units: int = 64
    streaming: bool = False
    dropout: float = 0.3


def recogniser(config: SpeechConfig) -> keras.Model:
    """Build a recogniser.

    Parameters
    ----------
    config : SpeechConfig

    Returns
    -------
    keras.Model
        From frames ``(batch, timesteps, bands)``, zeros for padding, to scores before the
        softmax: ``(batch, timesteps, words)``, the answer after each frame, for a streaming model;
        ``(batch, words)`` otherwise. A word that is all padding has the scores of a state of zeros.

    Examples
    --------
    >>> recogniser(SpeechConfig(units=4)).output_shape
    (None, 10)
    >>> recogniser(SpeechConfig(units=4, streaming=True)).output_shape
    (None, 48, 10)
    """
    frames = keras.Input((config.timesteps, config.bands), name="frames")
    masked = keras.layers.Masking()(frames)
    gru = FastGRU(config.units, return_sequences=True)
    if config.streaming:
        states = gru(masked)
    else:
        states = keras.layers.Bidirectional(gru)(masked)
        # Keras' own average divides by zero where a word is all padding.
        read = keras.ops.any(keras.ops.not_equal(frames, 0), axis=-1)
        states = mean_over_time(states, read)
    states = keras.layers.Dropout(config.dropout)(states)
    return keras.Model(frames, keras.layers.Dense(config.words)(states))


def convolutional(config: SpeechConfig) -> keras.Model:
    """Build the usual rival for single words: convolutions along time, then the mean and maximum.

    Parameters
    ----------
    config : SpeechConfig
        Of which `streaming` must be False: the answer needs the whole word.

    Returns
    -------
    keras.Model
        From frames ``(batch, timesteps, bands)`` to scores before the softmax ``(batch, words)``,
        as a `recogniser`; two convolutions over five frames with `units` channels each.

    Raises
    ------
    ValueError
        If the configuration asks for an answer after each frame.

    Examples
    --------
    >>> convolutional(SpeechConfig(units=4)).output_shape
    (None, 10)
    """
    if config.streaming:
        raise ValueError("streaming=True; expected False, convolutions read the whole word")
    layers = keras.layers
    frames = keras.Input((config.timesteps, config.bands), name="frames")
    found = layers.Conv1D(config.units, 5, padding="same", activation="relu")(frames)
    found = layers.MaxPooling1D(2)(found)
    found = layers.Conv1D(config.units, 5, padding="same", activation="relu")(found)
    summary = keras.ops.concatenate(
        [layers.GlobalAveragePooling1D()(found), layers.GlobalMaxPooling1D()(found)], axis=-1
    )
    summary = layers.Dropout(config.dropout)(summary)
    return keras.Model(frames, layers.Dense(config.words)(summary))
