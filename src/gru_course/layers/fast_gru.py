r"""A GRU layer that is a drop-in for `keras.layers.GRU`, and faster on a CPU.

Keras runs a GRU on a CPU as a loop over time in which every step multiplies its own input, looks
up its own slices, and is differentiated by TensorFlow one operation at a time. Here

* the inputs of all timesteps are multiplied by :math:`\mathbf{W}` in one product, before the loop;
* each gate's share of that product lies in an array of its own, so that a step reads whole rows
  and its arithmetic is compiled into vector instructions;
* the gradient is written down (backpropagation through time, Werbos 1990): the loop backward
  carries :math:`\partial L / \partial \mathbf{h}_t` only, and the gradients of the weights are one
  product over all timesteps after it;
* the loops are compiled by XLA, whether the model around them is or not.

The function is the same, the weights have the same names and shapes, and outputs and gradients
agree with Keras' to rounding.
"""

from typing import Any

from gru_course.layers.backend import keras, tf


@keras.saving.register_keras_serializable("gru_course")
class FastGRU(keras.layers.GRU):  # type: ignore[misc] # Keras is untyped
    """`keras.layers.GRU` with a faster loop; same arguments, weights and results.

    The faster loop is taken for what nearly every GRU is: ``tanh`` and ``sigmoid``,
    ``reset_after=True``, no recurrent dropout while training, not unrolled, on a CPU. In every
    other case, a GPU with its cuDNN kernel among them, the layer is plainly Keras' own. Second
    derivatives are right, and no faster than those of Keras.

    A saved model with this layer can be loaded where this module has been imported. A file of
    weights alone (``save_weights``) names the classes of the layers: between `keras.layers.GRU` and
    this one, weights go by ``set_weights``.

    Examples
    --------
    >>> layer = FastGRU(5, return_sequences=True)
    >>> layer(keras.ops.zeros((2, 7, 4))).shape
    TensorShape([2, 7, 5])
    >>> plain = keras.layers.GRU.from_config(layer.get_config())
    >>> plain.build((2, 7, 4))
    >>> plain.set_weights(layer.get_weights())
    """

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """Run the loop over time; called by Keras.

        Parameters
        ----------
        sequences : tensor, shape (batch, timesteps, features)
        initial_state : tensor, shape (batch, units), or a list of one
        mask : tensor, shape (batch, timesteps), or None
            False or 0 where a step is to be skipped.
        training : bool
            Whether dropout acts.

        Returns
        -------
        tuple
            Last output ``(batch, units)``, outputs ``(batch, timesteps, units)``, and a list with
            the last state ``(batch, units)``.
        """
        state, *_ = keras.tree.flatten(initial_state)
        read = None if mask is None else keras.tree.flatten(mask)[0]
        if not (self._has_fast_loop(training) and self._has_usual_shapes(sequences, state, read)):
            return super().inner_loop(sequences, initial_state, mask, training)  # type: ignore[no-any-return]
        sequences, state = (tf.cast(tensor, self.compute_dtype) for tensor in (sequences, state))
        mask = None if read is None else tf.stop_gradient(tf.cast(read, "bool"))
        if mask is not None:  # what is not read may be anything, NaN as well
            sequences = tf.where(mask[..., None], sequences, 0)
        if training and 0 < self.dropout < 1:  # one mask for all timesteps, as in Keras
            sequences *= self.cell.get_dropout_mask(sequences[:, 0])[:, None]
        if self.go_backwards:
            sequences = sequences[:, ::-1]
            mask = None if mask is None else mask[:, ::-1]

        input_bias, recurrent_bias = (
            tf.unstack(self.cell.bias) if self.use_bias else (tf.zeros(3 * self.units),) * 2
        )
        projected = tf.matmul(sequences, self.cell.kernel) + tf.cast(input_bias, self.compute_dtype)
        gates = [tf.transpose(part, (1, 0, 2)) for part in tf.split(projected, 3, axis=-1)]
        states = _scan(
            sequences.shape[1],
            *gates,
            state,
            tf.cast(self.cell.recurrent_kernel, self.compute_dtype),
            tf.cast(recurrent_bias, self.compute_dtype),
            None if mask is None else tf.transpose(mask)[..., None],
            training=training is not None and training is not False,
        )
        last = states[-1]
        outputs = tf.transpose(states, (1, 0, 2)) if self.return_sequences else last[:, None]
        if mask is None:
            return last, outputs, [last]
        # Before the first step that is read, Keras' output is 0, whatever the initial state.
        shown = mask if self.zero_output_for_mask else tf.cumsum(tf.cast(mask, "int32"), axis=1) > 0
        shown = tf.cast(shown, outputs.dtype)[..., None]
        outputs *= shown if self.return_sequences else shown[:, -1:]
        return outputs[:, -1], outputs, [last]

    def _has_fast_loop(self, training: bool) -> bool:
        on_gpu = self.use_cudnn is not False and bool(tf.config.list_physical_devices("GPU"))
        return (
            keras.backend.backend() == "tensorflow"
            and not on_gpu
            and self.use_cudnn is not True  # on a CPU Keras refuses that
            and not self.unroll
            and not (training and (self.recurrent_dropout or self._has_dropout_for_each_gate()))
            and self.reset_after
            and self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
        )

    def _has_dropout_for_each_gate(self) -> bool:
        return bool(self.dropout) and self.cell.implementation == 1

    def _has_usual_shapes(self, sequences: Any, state: Any, mask: Any) -> bool:
        """Tell whether there is nothing that Keras' loop would repeat along an axis."""
        batch, timesteps, _ = sequences.shape
        usual = state.shape.is_compatible_with((batch, self.units))
        return bool(usual and (mask is None or mask.shape.is_compatible_with((batch, timesteps))))


def _scan(timesteps: int | None, *arguments: Any, training: bool = True) -> Any:
    """Run the loop over time of a GRU, with its gradient written down.

    Parameters
    ----------
    timesteps : int or None
        None if it is known only when the loop runs. What was compiled for any length would serve
        for a known one, too; the number is an argument so that the two stay apart.
    *arguments : tensor
        The inputs' share of update gate, reset gate and candidate, each
        ``(timesteps, batch, units)``; the initial state ``(batch, units)``; the recurrent kernel
        ``(units, 3 * units)`` and its bias ``(3 * units,)``; a mask of bool,
        ``(timesteps, batch, 1)``, or None.
    training : bool
        Whether a gradient will be asked for. If one is asked for all the same, the loop runs again.

    Returns
    -------
    tensor, shape (timesteps, batch, units)
        All states.

    Notes
    -----
    The gradient joins two compiled functions from outside. XLA never has to differentiate a loop,
    and every kind of tape finds TensorFlow's own operations when it differentiates a second time.
    """
    *inputs, mask = arguments

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def scan(*inputs: Any) -> tuple[Any, Any]:
        fixed = [tf.stop_gradient(tensor) for tensor in inputs]
        states, *gates = _forward(timesteps, training, mask, *fixed)

        def gradient(d_states: Any) -> Any:
            kept = gates or _forward(timesteps, True, mask, *fixed)[1:]

            @tf.custom_gradient  # type: ignore[untyped-decorator]
            def slopes(d_states: Any, *inputs: Any) -> tuple[Any, Any]:
                found = _backward(timesteps, tf.stop_gradient(d_states), states, *kept, *fixed[3:5])
                return found, lambda *dd: _second_order(dd, mask, d_states, *inputs)

            return slopes(d_states, *inputs)

        return states, gradient

    return scan(*inputs)


def _step(x: Any, h: Any, kernel: Any, bias: Any, read: Any) -> tuple[Any, ...]:
    """Return the new state of a step, its update gate, reset gate and candidate, and ``m``."""
    xz, xr, xc = x
    mz, mr, m = tf.split(tf.matmul(h, kernel) + bias, 3, axis=1)
    z = tf.sigmoid(xz + mz)
    if read is not None:
        z = tf.where(read, z, tf.ones_like(z))  # a step not read keeps the old state
    r = tf.sigmoid(xr + mr)
    c = tf.tanh(xc + r * m)
    return z * h + (1 - z) * c, z, r, c, m


@tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
def _forward(
    timesteps: int | None,
    keep: bool,
    mask: Any,
    xz: Any,
    xr: Any,
    xc: Any,
    h0: Any,
    kernel: Any,
    bias: Any,
) -> Any:
    """Return all states and, to `keep`, what else `_step` computes; each ``(T, batch, units)``."""
    timesteps = timesteps or tf.shape(xz)[0]  # XLA needs the number, if there is one
    shape = (xz.shape[1], kernel.shape[0])
    arrays = _arrays(5 if keep else 1, xz.dtype, timesteps, shape)

    def step(t: Any, h: Any, *arrays: Any) -> tuple[Any, ...]:
        read = None if mask is None else mask[t]
        values = _step((xz[t], xr[t], xc[t]), h, kernel, bias, read)
        return t + 1, values[0], *_written(arrays, t, values)

    results = tf.while_loop(lambda t, *_: t < timesteps, step, (0, h0, *arrays))
    return [array.stack() for array in results[2:]]


@tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
def _backward(
    timesteps: int | None,
    d_states: Any,
    states: Any,
    z_all: Any,
    r_all: Any,
    c_all: Any,
    m_all: Any,
    h0: Any,
    kernel: Any,
) -> Any:
    """Turn the gradient of all states into that of ``xz, xr, xc, h0, kernel, bias``."""
    timesteps = timesteps or tf.shape(states)[0]
    units = kernel.shape[0]
    before = tf.concat([h0[None], states[:-1]], axis=0)
    transposed = tf.transpose(kernel)

    def step_back(i: Any, dh: Any, *arrays: Any) -> tuple[Any, ...]:
        t = timesteps - 1 - i
        z, r, c = z_all[t], r_all[t], c_all[t]
        dh = dh + d_states[t]
        dc = dh * (1 - z) * (1 - c * c)
        dz = dh * (before[t] - c) * z * (1 - z)
        dr = dc * m_all[t] * r * (1 - r)
        through = tf.matmul(tf.concat([dz, dr, dc * r], axis=1), transposed)
        return i + 1, dh * z + through, *_written(arrays, t, (dz, dr, dc))

    arrays = _arrays(3, d_states.dtype, timesteps, (states.shape[1], units))
    results = tf.while_loop(lambda i, *_: i < timesteps, step_back, (0, tf.zeros_like(h0), *arrays))
    dz, dr, dc = (array.stack() for array in results[2:])

    def flat(sequence: Any) -> Any:
        return tf.reshape(sequence, (-1, units))

    through = tf.concat([flat(dz), flat(dr), flat(dc * r_all)], axis=1)
    d_kernel = tf.matmul(flat(before), through, transpose_a=True)
    return [dz, dr, dc, results[1], d_kernel, tf.reduce_sum(through, axis=0)]


def _arrays(number: int, dtype: Any, timesteps: Any, shape: tuple[int | None, int]) -> list[Any]:
    return [tf.TensorArray(dtype, timesteps, element_shape=shape) for _ in range(number)]


def _written(arrays: Any, t: Any, values: Any) -> list[Any]:
    return [array.write(t, value) for array, value in zip(arrays, values, strict=False)]


def _second_order(dd: Any, mask: Any, d_states: Any, *inputs: Any) -> Any:
    """Differentiate the gradient: the loop once more, not compiled, for TensorFlow to follow."""
    tensors = [d_states, *inputs]
    with tf.GradientTape() as outer:
        outer.watch(tensors)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            states = _plain_loop(mask, *inputs)
        found = inner.gradient(states, inputs, d_states)
    if found[0] is None:  # forward mode has stopped all tapes
        return _second_order_without_tapes(dd, mask, d_states, *inputs)
    return outer.gradient(found, tensors, dd, unconnected_gradients="zero")


@tf.function(autograph=False)  # type: ignore[untyped-decorator]
def _second_order_without_tapes(dd: Any, mask: Any, d_states: Any, *inputs: Any) -> Any:
    found = tf.gradients(_plain_loop(mask, *inputs), inputs, d_states)
    return tf.gradients(found, [d_states, *inputs], dd, unconnected_gradients="zero")


def _plain_loop(mask: Any, *inputs: Any) -> Any:
    *x, h0, kernel, bias = inputs
    return tf.scan(
        lambda h, at: _step(at[:3], h, kernel, bias, at[3] if at[3:] else None)[0],
        tuple(x) if mask is None else (*x, mask),
        h0,
    )
