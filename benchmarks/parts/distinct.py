"""One update of embedding, GRU and unit that does the work of each distinct word once.

A batch of 64 reviews of 100 tokens holds some 6,400 tokens, but far fewer distinct words. So the
vector of each distinct word is multiplied by the input kernel once, and Adam moves only the rows
of the table that the batch used ("lazy" Adam): the moments of all other rows rest, where those of
the published Adam (Kingma & Ba 2015) go on shrinking and moving their rows. Keras differs from both
where a word occurs twice in a batch: it squares the two gradients one by one, not their sum. So the
product is exact; the optimiser is another one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.layers.backend import keras, tf
from gru_course.layers.fast_gru import (
    _scan,  # the loop alone: its input product is what is replaced here
)

ROOM = 512  # distinct words are padded to a multiple of it: few shapes to compile
RATE, FIRST, SECOND, EPSILON = 0.001, 0.9, 0.999, 1e-7  # as in keras.optimizers.Adam


def row_wise_update(
    vocabulary_size: int, embedding_dim: int, units: int
) -> tuple[Callable[[NDArray[np.integer[Any]], NDArray[np.floating[Any]]], float], list[Any]]:
    """Make a model and the function that updates it by one batch.

    Parameters
    ----------
    vocabulary_size, embedding_dim, units : int

    Returns
    -------
    tuple
        A function from ids ``(batch, timesteps)`` and labels ``(batch,)`` to the loss before the
        update, and the weights: word vectors (with spare rows behind them), input kernel, recurrent
        kernel, biases, and those of the last unit.
    """
    start = keras.initializers.GlorotUniform(seed=0)
    # Padded places of `distinct` point at spare rows, each at one of its own.
    table = tf.Variable(tf.random.uniform((vocabulary_size + ROOM, embedding_dim), -0.05, 0.05))
    moments = [tf.Variable(tf.zeros_like(table)) for _ in range(2)]
    kernel = tf.Variable(start((embedding_dim, 3 * units)))
    recurrent = tf.Variable(keras.initializers.Orthogonal(seed=0)((units, 3 * units)))
    biases = tf.Variable(tf.zeros((2, 3 * units)))
    weights, bias = tf.Variable(start((units, 1))), tf.Variable(tf.zeros(1))
    dense = [kernel, recurrent, biases, weights, bias]
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(dense)
    updates = tf.Variable(0.0)

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def update(distinct: Any, places: Any, labels: Any) -> Any:
        rows = tf.gather(table, distinct)
        with tf.GradientTape() as tape:
            tape.watch(rows)
            projected = tf.gather(tf.matmul(rows, kernel) + biases[0], places)
            gates = [tf.transpose(part, (1, 0, 2)) for part in tf.split(projected, 3, axis=-1)]
            h0 = tf.zeros((places.shape[0], units))
            states = _scan(places.shape[1], *gates, h0, recurrent, biases[1], None)
            logits = (tf.matmul(states[-1], weights) + bias)[:, 0]
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
        slope, *others = tape.gradient(loss, [rows, *dense])
        optimizer.apply(others)
        updates.assign_add(1.0)
        first = FIRST * tf.gather(moments[0], distinct) + (1 - FIRST) * slope
        second = SECOND * tf.gather(moments[1], distinct) + (1 - SECOND) * slope**2
        rate = RATE * tf.sqrt(1 - SECOND**updates) / (1 - FIRST**updates)
        moved = rows - rate * first / (tf.sqrt(second) + EPSILON)
        for variable, value in zip((table, *moments), (moved, first, second), strict=True):
            variable.assign(tf.tensor_scatter_nd_update(variable, distinct[:, None], value))
        return loss

    def call(x: NDArray[np.integer[Any]], y: NDArray[np.floating[Any]]) -> Any:
        distinct, places = np.unique(x, return_inverse=True)
        spare = vocabulary_size + np.arange(-len(distinct) % ROOM)
        places = places.reshape(x.shape).astype(np.int32)
        rows = np.concatenate([distinct, spare]).astype(np.int32)
        return float(update(tf.constant(rows), tf.constant(places), tf.constant(y)))

    return call, [table, *dense]
