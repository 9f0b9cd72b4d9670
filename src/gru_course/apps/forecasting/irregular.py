"""Sensors that are read at irregular times and often fail, and GRU-D, which was made for them.

Two quantities drift back to their mean, one slowly and one fast (Ornstein-Uhlenbeck processes).
Each is measured with an error, and not at every time. Asked is what both add up to at the last
time. Since the process is known, so is the best possible forecast.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole
from gru_course.layers.backend import keras

ops = keras.ops
Floats = NDArray[np.float64]

SPANS = np.array([20.0, 2.0])
"""After how many hours each quantity has kept a share of 1/e of its distance from the mean."""
NOISE = 0.2
"""Standard deviation of the error of a measurement; that of each quantity is 1."""
MEASURED = 0.4
"""The chance that a quantity is measured at a time."""


class Irregular(NamedTuple):
    """Sequences of readings.

    Parameters
    ----------
    hours : numpy.ndarray
        When each row was read, (sequences, rows), ascending from 0.
    values : numpy.ndarray
        What was measured, (sequences, rows, 2); NaN where nothing was.
    asked : numpy.ndarray
        What both quantities really add up to at the last time, (sequences,).
    """

    hours: Floats
    values: Floats
    asked: Floats


def irregular_readings(n: int, rows: int = 40, seed: int = 0) -> Irregular:
    """Generate readings; the gaps between them range from minutes to many hours.

    Parameters
    ----------
    n, rows : int
        How many sequences, and how many times in each.
    seed : int
        The same seed gives the same readings.

    Returns
    -------
    Irregular

    Raises
    ------
    ValueError
        If a number is below 1.

    Examples
    --------
    >>> readings = irregular_readings(1000)
    >>> readings.values.shape, bool(np.isnan(readings.values).mean().round(1) == 0.6)
    ((1000, 40, 2), True)
    """
    whole(n, "n")
    whole(rows, "rows")
    rng = np.random.default_rng(seed)
    gaps = np.exp(rng.normal(size=(n, rows)))
    gaps[:, 0] = 0
    kept = np.exp(-gaps[..., None] / SPANS)
    kept[:, 0] = 0  # the first value does not depend on anything
    true = np.zeros((n, rows, 2))
    for t, drift in enumerate(rng.normal(size=(rows, n, 2))):
        before = true[:, t - 1] if t else 0
        true[:, t] = kept[:, t] * before + np.sqrt(1 - kept[:, t] ** 2) * drift
    values = true + NOISE * rng.normal(size=true.shape)
    values[rng.random(true.shape) > MEASURED] = np.nan
    return Irregular(gaps.cumsum(axis=1), values, true[:, -1].sum(axis=-1))


def prepared(readings: Irregular) -> NDArray[np.float32]:
    """Fill the gaps with the last value, and add a mask and the time since the last measurement.

    Parameters
    ----------
    readings : Irregular

    Returns
    -------
    numpy.ndarray
        (sequences, rows, 6): for both quantities the value, or the last one, or the mean, 0,
        before the first; 1 where it was measured; and the hours since the last measurement before.

    Examples
    --------
    >>> nan = np.nan
    >>> values = np.array([[[5.0, nan], [nan, nan], [nan, 7.0]]])
    >>> prepared(Irregular(np.array([[0.0, 1.0, 4.0]]), values, np.zeros(1)))[0].tolist()[2]
    [5.0, 7.0, 0.0, 1.0, 4.0, 4.0]
    """
    seen = ~np.isnan(readings.values)
    steps = np.diff(readings.hours, axis=1, prepend=readings.hours[:, :1])
    filled, since = np.zeros(seen.shape), np.zeros(seen.shape)
    for t in range(seen.shape[1]):
        if t:
            since[:, t] = steps[:, [t]] + np.where(seen[:, t - 1], 0, since[:, t - 1])
        last = filled[:, t - 1] if t else 0.0
        filled[:, t] = np.where(seen[:, t], readings.values[:, t], last)
    return np.concatenate([filled, seen, since], axis=-1).astype(np.float32)


def best_forecast(readings: Irregular) -> Floats:
    """Forecast with the true process and the true errors (a Kalman filter): nothing can be better.

    Parameters
    ----------
    readings : Irregular

    Returns
    -------
    numpy.ndarray
        (sequences,), the expected value of what is asked.

    Examples
    --------
    >>> readings = irregular_readings(2000)
    >>> bool(np.mean((best_forecast(readings) - readings.asked) ** 2) < np.var(readings.asked))
    True
    """
    steps = np.diff(readings.hours, axis=1, prepend=readings.hours[:, :1])
    mean, variance = np.zeros(readings.values[:, 0].shape), np.ones(readings.values[:, 0].shape)
    for t in range(readings.values.shape[1]):
        kept = np.exp(-steps[:, [t]] / SPANS)
        mean, variance = kept * mean, kept**2 * variance + 1 - kept**2
        gain = np.where(np.isnan(readings.values[:, t]), 0, variance / (variance + NOISE**2))
        mean = mean + gain * (np.nan_to_num(readings.values[:, t]) - mean)
        variance = (1 - gain) * variance
    result: Floats = mean.sum(axis=-1)
    return result


@keras.saving.register_keras_serializable("gru_course")
class GRUDCell(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    r"""A step of GRU-D (Che et al. 2018): an old value fades to the mean, and the state fades, too.

    With :math:`\delta_t` the time since the last measurement of each feature,

    .. math::

       \gamma = \exp(-\max(0, \delta_t W_\gamma + b_\gamma)),

    once for the values, where :math:`W_\gamma` is diagonal, and once for the state. The mask is an
    input of the gates and of the candidate.

    Parameters
    ----------
    units : int
        Width of the hidden state.
    **options
        As for every Keras layer.

    Examples
    --------
    >>> layer = keras.layers.RNN(GRUDCell(8))
    >>> layer(prepared(irregular_readings(3))).shape
    TensorShape([3, 8])
    """

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        whole(units, "units")
        self.units = self.state_size = units
        self.gru = keras.layers.GRUCell(units)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; the mean of each feature is 0."""
        if not input_shape[-1] or input_shape[-1] % 3:
            raise ValueError(f"input {input_shape}; expected values, masks and times side by side")
        features = input_shape[-1] // 3

        def decay(*shape: int) -> Any:
            return self.add_weight(shape=shape, initializer=keras.initializers.Constant(0.1))

        self.of_value, self.value_bias = decay(features), decay(features)
        self.of_state, self.state_bias = decay(features, self.units), decay(self.units)
        self.gru.build((None, 2 * features))

    def call(self, x: Any, states: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Let values and state fade, then do the step of a GRU."""
        last, seen, since = ops.split(x, 3, axis=-1)
        fading = ops.exp(-ops.relu(since * self.of_value + self.value_bias))
        value = seen * last + (1 - seen) * fading * last
        fading = ops.exp(-ops.relu(ops.matmul(since, self.of_state) + self.state_bias))
        output, state = self.gru(ops.concatenate([value, seen], axis=-1), [fading * states[0]])
        return output, state

    def get_config(self) -> dict[str, Any]:
        """Return what makes it again."""
        return {**super().get_config(), "units": self.units}
