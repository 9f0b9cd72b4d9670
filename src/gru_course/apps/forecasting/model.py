"""A GRU that reads a window and forecasts all horizons at once, each with its quantiles."""

from dataclasses import dataclass

from gru_course.course.checked import whole
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU

QUANTILES = (0.05, 0.5, 0.95)
"""The median, and an interval around it that is meant to hold 90%."""


@dataclass(frozen=True)
class ForecasterConfig:
    """Everything that makes a forecaster, except its weights.

    Parameters
    ----------
    history, features : int
        Shape of a window.
    horizon : int
        How many values are forecast.
    units : int
        Width of the hidden state.
    quantiles : tuple of float
        What is forecast of each value; ascending, between 0 and 1.
    dropout : float
        Share of the last state left out in training.
    ahead : int
        How many numbers are known of each asked step, such as its calendar; 0 for none.

    Raises
    ------
    ValueError
        If a value is not what is expected.

    Examples
    --------
    >>> ForecasterConfig(history=168, features=5, horizon=24, units=0)
    Traceback (most recent call last):
    ...
    ValueError: units is 0; expected a whole number from 1 up
    """

    history: int
    features: int
    horizon: int
    units: int = 32
    quantiles: tuple[float, ...] = QUANTILES
    dropout: float = 0.0
    ahead: int = 0

    def __post_init__(self) -> None:
        whole(self.ahead, "ahead", least=0)
        for name in ("history", "features", "horizon", "units"):
            whole(getattr(self, name), name)
        inside = all(0 < level < 1 for level in self.quantiles)
        if not inside or not self.quantiles or sorted(set(self.quantiles)) != list(self.quantiles):
            raise ValueError(f"quantiles {self.quantiles}; expected ascending, between 0 and 1")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout {self.dropout}; expected 0 to below 1")


def gru_forecaster(config: ForecasterConfig) -> keras.Model:
    """Build a direct multi-horizon forecaster: one reading, all answers.

    Parameters
    ----------
    config : ForecasterConfig

    Returns
    -------
    keras.Model
        From ``(batch, history, features)`` to ``(batch, horizon, quantiles)``; with ``ahead`` also
        from ``(batch, horizon, ahead)``.

    Notes
    -----
    "Direct" as opposed to feeding forecasts back as inputs, where errors add up. The last layers
    start at zero: the first forecast is "the anchor, and its usual error".

    Examples
    --------
    >>> config = ForecasterConfig(history=48, features=3, horizon=24)
    >>> gru_forecaster(config).output_shape
    (None, 24, 3)
    """
    layers, quantiles = keras.layers, len(config.quantiles)
    window = keras.Input((config.history, config.features))
    state = FastGRU(config.units)(window)
    if config.dropout:
        state = layers.Dropout(config.dropout)(state)
    answers = layers.Dense(config.horizon * quantiles, kernel_initializer="zeros", name="answers")
    said = layers.Reshape((config.horizon, quantiles))(answers(state))
    if not config.ahead:
        return keras.Model(window, said)
    ahead = keras.Input((config.horizon, config.ahead))
    each_step = layers.Concatenate()([layers.RepeatVector(config.horizon)(state), ahead])
    hidden = layers.Dense(config.units, activation="tanh")(each_step)
    of_calendar = layers.Dense(quantiles, kernel_initializer="zeros")(hidden)
    return keras.Model([window, ahead], layers.Add()([said, of_calendar]))
