"""Other ways for a gated layer to begin, and a control for the coupled gates of a GRU.

Keras starts the update gate of a GRU at one half. Here it starts at a different place for each
unit (chrono initialisation), or near one, and an LSTM gets the one thing that sets a GRU's gates
apart from its own: what is written is what is not kept.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gru_course.course.checked import whole
from gru_course.layers.backend import keras
from gru_course.memory.tasks import Task
from gru_course.memory.trials import recurrent_layer

ops = keras.ops


def chrono_gru(units: int, longest: int, seed: int, **options: Any) -> keras.Layer:
    r"""Make a GRU whose units begin with time spans between 1 and the longest (Tallec, Ollivier).

    Each update gate gets the bias :math:`\log s`, with :math:`s` drawn evenly between 1 and
    ``longest - 1``, so that it starts at :math:`s / (s + 1)` and the unit forgets over about
    :math:`s` steps.

    Parameters
    ----------
    units : int
        Width of the hidden state.
    longest : int
        The longest time span that is expected, in steps, at least 3.
    seed : int
        Of the time spans.
    **options
        Whatever the Keras layer takes.

    Returns
    -------
    keras.Layer

    Raises
    ------
    ValueError
        If `units` is below 1 or `longest` below 3.

    Examples
    --------
    >>> layer = chrono_gru(1000, longest=100, seed=0)
    >>> layer.build((None, None, 2))
    >>> biases = layer.get_weights()[2][0, :1000]  # of the update gate
    >>> bool((biases >= 0).all()), bool(np.exp(biases).max() <= 99.001)
    (True, True)
    """
    whole(units, "units")
    whole(longest, "the longest time span", least=3)
    return keras.layers.GRU(units, bias_initializer=ChronoBias(longest, seed), **options)


@keras.saving.register_keras_serializable("gru_course")
class ChronoBias(keras.initializers.Initializer):  # type: ignore[misc] # Keras is untyped
    """The biases that `chrono_gru` begins with, for both biases of a Keras GRU.

    Parameters
    ----------
    longest, seed : int
        As in `chrono_gru`.
    """

    def __init__(self, longest: int, seed: int) -> None:
        self.longest, self.seed = longest, seed

    def __call__(self, shape: tuple[int, int], dtype: Any = None) -> Any:
        """Give the first third of the first row, that of the update gate, its time spans."""
        values, units = np.zeros(shape), shape[1] // 3
        spans = np.random.default_rng(self.seed).uniform(1, self.longest - 1, size=units)
        values[0, :units] = np.log(spans)
        return ops.convert_to_tensor(values, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what makes it again."""
        return {"longest": self.longest, "seed": self.seed}


@keras.saving.register_keras_serializable("gru_course")
class CoupledLSTMCell(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    r"""A step of an LSTM whose input gate is :math:`1 - \mathbf{f}_t`, as in a GRU.

    .. math::

       \mathbf{c}_t = \mathbf{f}_t \odot \mathbf{c}_{t-1}
       + (1 - \mathbf{f}_t) \odot \tilde{\mathbf{c}}_t, \qquad
       \mathbf{h}_t = \mathbf{o}_t \odot \tanh(\mathbf{c}_t)

    Parameters
    ----------
    units : int
        Width of both states.
    remember : float
        Initial bias of the forget gate.
    **options
        As for every Keras layer.
    """

    def __init__(self, units: int, remember: float, **options: Any) -> None:
        super().__init__(**options)
        self.units, self.remember = units, remember
        self.state_size = [units, units]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights: blocks of the forget gate, the candidate and the output gate."""

        def bias(shape: tuple[int, ...], dtype: Any = None) -> Any:
            return ops.convert_to_tensor(np.repeat([self.remember, 0, 0], self.units), dtype)

        widths = {"kernel": input_shape[-1], "recurrent_kernel": self.units}
        starts = {"kernel": "glorot_uniform", "recurrent_kernel": "orthogonal"}
        self.kernel, self.recurrent_kernel = (
            self.add_weight(shape=(width, 3 * self.units), initializer=starts[name], name=name)
            for name, width in widths.items()
        )
        self.bias = self.add_weight(shape=(3 * self.units,), initializer=bias, name="bias")

    def call(self, x: Any, states: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Compute the states after one step."""
        h, c = states
        sums = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        forget, candidate, output = ops.split(sums, 3, axis=-1)
        keep = ops.sigmoid(forget)
        c = keep * c + (1 - keep) * ops.tanh(candidate)
        h = ops.sigmoid(output) * ops.tanh(c)
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        """Return what makes it again."""
        return {**super().get_config(), "units": self.units, "remember": self.remember}


def coupled_lstm(units: int, remember: float, **options: Any) -> keras.Layer:
    """Make an LSTM that writes what it does not keep.

    Parameters
    ----------
    units : int
        Width of both states.
    remember : float
        Initial bias of the forget gate.
    **options
        Whatever ``keras.layers.RNN`` takes, such as ``return_sequences=True``.

    Returns
    -------
    keras.Layer

    Raises
    ------
    ValueError
        If `units` is below 1.

    Examples
    --------
    >>> layer = coupled_lstm(5, remember=4.0)
    >>> layer(ops.zeros((2, 7, 4))).shape
    TensorShape([2, 5])
    >>> layer.count_params()  # three blocks: 3 * 5 * (4 + 5 + 1)
    150
    """
    whole(units, "units")
    return keras.layers.RNN(CoupledLSTMCell(units, remember), **options)


def model_around(layer: keras.Layer, task: Task) -> keras.Model:
    """Build the smallest model for a task around a layer of one's own.

    Parameters
    ----------
    layer : keras.Layer
        A recurrent layer that returns all states if the task asks at every step.
    task : Task
        Says how many features come in and how many outputs go out.

    Returns
    -------
    keras.Model
        As that of :func:`gru_course.memory.trials.trial_model`.

    Examples
    --------
    >>> from gru_course.memory.tasks import recall
    >>> model_around(coupled_lstm(8, remember=1.0), recall(n=1, lag=5)).output_shape
    (None, 8)
    """
    inputs = keras.Input((None, task.features))
    return keras.Sequential([inputs, layer, keras.layers.Dense(task.outputs)])


def remembering(x: Any, units: int, every_step: bool) -> Any:
    """Read with one GRU whose update gate starts with a bias of 4; a `variants.Reader`."""
    return recurrent_layer("gru", units, remember=4.0, return_sequences=every_step)(x)
