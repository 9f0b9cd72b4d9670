"""Keras layers that Keras does not have: minGRU, and attention over the states of a layer."""

from typing import Any

from gru_course.cells.mingru import scan_passes
from gru_course.layers.backend import keras

ops = keras.ops


@keras.saving.register_keras_serializable("gru_course")
class MinGRU(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    """The minGRU of :mod:`gru_course.cells.mingru`, trainable.

    The scan is written out: ``keras.ops.associative_scan`` of Keras 3.15 cannot be compiled into
    a TensorFlow graph with a free batch size.

    Parameters
    ----------
    units : int
        Width of the hidden state.
    return_sequences : bool
        Whether all states are returned, ``(batch, timesteps, units)``, or the last one,
        ``(batch, units)``.
    **options
        As for every Keras layer.

    Raises
    ------
    ValueError
        If `units` is below 1, or the input has no fixed number of timesteps: it decides how many
        passes there are.

    Examples
    --------
    >>> layer = MinGRU(5)
    >>> layer(keras.ops.zeros((2, 7, 4))).shape
    TensorShape([2, 5])
    >>> layer.count_params()
    50
    """

    def __init__(self, units: int, return_sequences: bool = False, **options: Any) -> None:
        super().__init__(**options)
        if units < 1:
            raise ValueError(f"units is {units}; expected at least 1")
        self.units = units
        self.return_sequences = return_sequences

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights: W_z and W_h side by side, and their biases."""
        if len(input_shape) != 3 or input_shape[1] is None:
            raise ValueError(
                f"input has shape {input_shape}; expected (batch, timesteps, features) with a "
                "fixed number of timesteps, which decides the number of passes"
            )
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 2 * self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(2 * self.units,), initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """Compute the gates from the inputs, then all states in a few passes."""
        z, candidate = ops.split(ops.matmul(x, self.kernel) + self.bias, 2, axis=-1)
        a = ops.sigmoid(z)
        b = (1 - a) * candidate
        for reach in (2**k for k in range(scan_passes(x.shape[1]))):
            shift = [[0, 0], [reach, 0], [0, 0]]
            b += a * ops.pad(b[:, :-reach], shift)
            a *= ops.pad(a[:, :-reach], shift, constant_values=1.0)
        return b if self.return_sequences else b[:, -1]

    def get_config(self) -> dict[str, Any]:
        """Return what makes the layer again."""
        options = {"units": self.units, "return_sequences": self.return_sequences}
        return {**super().get_config(), **options}


@keras.saving.register_keras_serializable("gru_course")
class AttentionPooling(keras.layers.Layer):  # type: ignore[misc] # Keras is untyped
    r"""Sum up all states of a layer, each weighted by how much it matters (Yang et al. 2016).

    .. math::

       e_t = \tanh(\mathbf{h}_t \mathbf{W}_a + \mathbf{b}_a) \cdot \mathbf{v}, \qquad
       \alpha_t = \frac{e^{e_t}}{\sum_k e^{e_k}}, \qquad
       \mathbf{s} = \sum_t \alpha_t \mathbf{h}_t

    Maps states ``(batch, timesteps, units)`` to one vector ``(batch, units)``.

    Parameters
    ----------
    width : int
        Length of ``v``.
    **options
        As for every Keras layer.

    Raises
    ------
    ValueError
        If `width` is below 1.

    Examples
    --------
    Equal states get equal weights:

    >>> AttentionPooling(3).attention(keras.ops.ones((1, 4, 2))).numpy().tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """

    def __init__(self, width: int, **options: Any) -> None:
        super().__init__(**options)
        if width < 1:
            raise ValueError(f"width is {width}; expected at least 1")
        self.width = width
        self.hidden = keras.layers.Dense(width, activation="tanh", dtype=self.dtype_policy)
        self.score = keras.layers.Dense(1, use_bias=False, dtype=self.dtype_policy)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights W_a, b_a and v."""
        self.hidden.build(input_shape)
        self.score.build((*input_shape[:-1], self.width))

    def attention(self, states: Any) -> Any:
        """Return the weight of every state, ``(batch, timesteps)``; each row sums to 1."""
        return ops.softmax(self.score(self.hidden(states))[..., 0], axis=-1)

    def call(self, states: Any) -> Any:
        """Return the weighted sum of the states."""
        return ops.einsum("bt,btu->bu", self.attention(states), states)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the layer again."""
        return {**super().get_config(), "width": self.width}
