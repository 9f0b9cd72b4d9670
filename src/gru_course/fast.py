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

from gru_course.backend import keras, tf


@keras.saving.register_keras_serializable("gru_course")
class FastGRU(keras.layers.GRU):  # type: ignore[misc] # Keras is untyped
    """`keras.layers.GRU` with a faster loop; same arguments, weights and results.

    The faster loop is taken for what nearly every GRU is: ``tanh`` and ``sigmoid``,
    ``reset_after=True``, no recurrent dropout while training, not unrolled, on a CPU. In every
    other case, a GPU with its cuDNN kernel among them, the layer is plainly Keras' own.

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
        mask : bool tensor, shape (batch, timesteps), or None
            False where a step is to be skipped.
        training : bool
            Whether dropout acts.

        Returns
        -------
        tuple
            Last output ``(batch, units)``, outputs ``(batch, timesteps, units)``, and a list with
            the last state ``(batch, units)``.
        """
        if not self._has_fast_loop(training):
            return super().inner_loop(sequences, initial_state, mask, training)  # type: ignore[no-any-return]
        state = keras.tree.flatten(initial_state)[0]
        mask = keras.tree.flatten(mask)[0] if mask is not None else None
        if training and self.dropout:  # one mask for all timesteps, as in Keras
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
            tf.cast(state, self.compute_dtype),
            tf.cast(self.cell.recurrent_kernel, self.compute_dtype),
            tf.cast(recurrent_bias, self.compute_dtype),
            None if mask is None else tf.transpose(mask)[..., None],
        )
        last = states[-1]
        outputs = tf.transpose(states, (1, 0, 2)) if self.return_sequences else last[:, None]
        if mask is None:
            return last, outputs, [last]
        # Before the first step that is read, Keras' output is 0, whatever the initial state.
        read = tf.cast(tf.cumsum(tf.cast(mask, "int32"), axis=1) > 0, outputs.dtype)[..., None]
        outputs *= read if self.return_sequences else read[:, -1:]
        return outputs[:, -1], outputs, [last]

    def _has_fast_loop(self, training: bool) -> bool:
        on_gpu = self.use_cudnn is not False and bool(tf.config.list_physical_devices("GPU"))
        return (
            keras.backend.backend() == "tensorflow"
            and not on_gpu
            and not self.unroll
            and not (training and self.recurrent_dropout)
            and self.reset_after
            and self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
        )


@tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
def _scan(timesteps: int | None, *arguments: Any) -> Any:
    """Return all states, ``(timesteps, batch, units)``; see `_scan_with_gradient`.

    What was compiled for any length (None) would serve for a known one, too, but XLA cannot
    differentiate it there: the number of timesteps is an argument so that the two stay apart.
    """
    *tensors, mask = arguments
    return _scan_with_gradient(mask)(*tensors)


def _scan_with_gradient(mask: Any) -> Any:
    """Make the loop over time of a GRU with its gradient written down.

    Parameters
    ----------
    mask : bool tensor, shape (timesteps, batch, 1), or None

    Returns
    -------
    function
        From the inputs' share of update gate, reset gate and candidate, each
        ``(timesteps, batch, units)``, the initial state, the recurrent kernel and its bias to all
        states.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def scan(xz: Any, xr: Any, xc: Any, h0: Any, kernel: Any, bias: Any) -> tuple[Any, Any]:
        timesteps = xz.shape[0] or tf.shape(xz)[0]  # XLA needs the number, if there is one
        units = kernel.shape[0]

        def arrays(number: int) -> list[Any]:
            shape = (xz.shape[1], units)
            return [tf.TensorArray(xz.dtype, timesteps, element_shape=shape) for _ in range(number)]

        def step(t: Any, h: Any, *saved: Any) -> tuple[Any, ...]:
            mz, mr, m = tf.split(tf.matmul(h, kernel) + bias, 3, axis=1)
            z = tf.sigmoid(xz[t] + mz)
            if mask is not None:
                z = tf.where(mask[t], z, tf.ones_like(z))  # a step not read keeps the old state
            r = tf.sigmoid(xr[t] + mr)
            c = tf.tanh(xc[t] + r * m)
            h = z * h + (1 - z) * c
            values = zip(saved, (h, z, r, c, m), strict=True)
            return t + 1, h, *(array.write(t, value) for array, value in values)

        results = tf.while_loop(lambda t, *_: t < timesteps, step, (0, h0, *arrays(5)))
        states, z_all, r_all, c_all, m_all = (array.stack() for array in results[2:])

        def gradient(d_states: Any) -> tuple[Any, ...]:
            before = tf.concat([h0[None], states[:-1]], axis=0)
            transposed = tf.transpose(kernel)

            def step_back(i: Any, dh: Any, *saved: Any) -> tuple[Any, ...]:
                t = timesteps - 1 - i
                z, r, c = z_all[t], r_all[t], c_all[t]
                dh = dh + d_states[t]
                dc = dh * (1 - z) * (1 - c * c)
                dz = dh * (before[t] - c) * z * (1 - z)
                dr = dc * m_all[t] * r * (1 - r)
                through = tf.matmul(tf.concat([dz, dr, dc * r], axis=1), transposed)
                values = zip(saved, (dz, dr, dc), strict=True)
                return i + 1, dh * z + through, *(a.write(t, value) for a, value in values)

            start = (0, tf.zeros_like(h0), *arrays(3))
            results = tf.while_loop(lambda i, *_: i < timesteps, step_back, start)
            dz, dr, dc = (array.stack() for array in results[2:])

            def flat(sequence: Any) -> Any:
                return tf.reshape(sequence, (-1, units))

            through = tf.concat([flat(dz), flat(dr), flat(dc * r_all)], axis=1)
            d_kernel = tf.matmul(flat(before), through, transpose_a=True)
            return dz, dr, dc, results[1], d_kernel, tf.reduce_sum(through, axis=0)

        return states, gradient

    return scan
