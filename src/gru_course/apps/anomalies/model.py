"""GRUs that learn what is normal: a forecaster and an autoencoder."""

from gru_course.course.checked import whole
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU


def forecaster(history: int, units: int = 32) -> keras.Model:
    """Build a model that forecasts the next value of a series.

    Parameters
    ----------
    history : int
        How many values it reads.
    units : int
        Of the GRU.

    Returns
    -------
    keras.Model
        Maps the last values ``(n, history, 1)`` to the change to the next one, ``(n, 1)``.

    Examples
    --------
    >>> forecaster(history=48).output_shape
    (None, 1)
    """
    whole(history, "history")
    whole(units, "units")
    values = keras.Input((history, 1))
    return keras.Model(values, keras.layers.Dense(1)(FastGRU(units)(values)))


def autoencoder(timesteps: int, units: int = 32, code: int = 8) -> keras.Model:
    """Build an autoencoder of sequences: one GRU reads, the other writes the same again.

    Parameters
    ----------
    timesteps : int
        Length of a sequence.
    units : int
        Of both GRUs.
    code : int
        How many numbers pass from the one to the other.

    Returns
    -------
    keras.Model
        Maps sequences ``(n, timesteps, 1)`` to sequences of the same shape.

    Notes
    -----
    The encoder–decoder of Malhotra et al. (2016), https://arxiv.org/abs/1607.00148, with the code
    given to the writer at every step instead of its own last output: what it writes is decided by
    the code alone.

    Examples
    --------
    >>> autoencoder(timesteps=140).output_shape
    (None, 140, 1)
    """
    for name, count in (("timesteps", timesteps), ("units", units), ("code", code)):
        whole(count, name)
    sequence = keras.Input((timesteps, 1))
    summary = keras.layers.Dense(code, name="code")(FastGRU(units)(sequence))
    repeated = keras.layers.RepeatVector(timesteps)(summary)
    written = FastGRU(units, return_sequences=True)(repeated)
    return keras.Model(sequence, keras.layers.Dense(1)(written))
