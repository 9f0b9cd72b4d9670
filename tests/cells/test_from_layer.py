"""What weights can be copied out of, and what is said where they cannot."""

import numpy as np
import pytest

from gru_course.cells import GRUWeights, LSTMWeights, SimpleRNNWeights, run
from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU

layers = keras.layers
X = np.random.default_rng(0).normal(size=(2, 5, 3))
KINDS = [
    (layers.SimpleRNN, SimpleRNNWeights, {}),
    (layers.LSTM, LSTMWeights, {}),
    (layers.GRU, GRUWeights, {}),
    (layers.GRU, GRUWeights, {"reset_after": False}),
    (FastGRU, GRUWeights, {}),
]
every_kind = pytest.mark.parametrize(("layer", "weights", "options"), KINDS)


def built(layer):
    layer.build((None, None, 3))
    return layer


@every_kind
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("wrapped", [lambda made: made, lambda made: layers.RNN(made.cell)])
def test_weights_of_a_layer_give_its_states(layer, weights, options, use_bias, wrapped):
    made = built(layer(4, use_bias=use_bias, bias_initializer="glorot_uniform", **options))
    taken = weights.from_layer(wrapped(made))
    np.testing.assert_allclose(run(X, taken).hidden[:, -1], made(X), atol=1e-6)
    assert taken.kernel.dtype == float
    assert bool(taken.bias.any()) == use_bias
    cell = weights.from_layer(made.cell)
    assert all((getattr(cell, name) == array).all() for name, array in vars(taken).items())


@every_kind
def test_each_direction_of_a_bidirectional_layer(layer, weights, options):
    both = built(layers.Bidirectional(layer(4, **options)))
    with pytest.raises(ValueError, match="pass its forward_layer or its backward_layer"):
        weights.from_layer(both)
    found = [
        run(x, weights.from_layer(one)).hidden[:, -1]
        for one, x in ((both.forward_layer, X), (both.backward_layer, X[:, ::-1]))
    ]
    np.testing.assert_allclose(np.concatenate(found, axis=1), both(X), atol=1e-6)


@pytest.mark.parametrize("policy", ["float16", "bfloat16", "mixed_float16", "float64"])
def test_weights_of_every_precision(policy):
    layer = built(layers.GRU(4, dtype=policy, recurrent_initializer="glorot_uniform"))
    taken = GRUWeights.from_layer(layer)
    np.testing.assert_array_equal(taken.kernel, np.asarray(layer.get_weights()[0], float))


@pytest.mark.parametrize(
    ("weights", "layer", "message"),
    [
        (GRUWeights, layers.GRU(4), "the GRU layer has no weights yet"),
        (GRUWeights, built(layers.LSTM(4)), "the layer is a LSTM; expected a GRU"),
        (LSTMWeights, built(FastGRU(4)), "the layer is a FastGRU; expected a LSTM"),
        (SimpleRNNWeights, built(layers.Dense(4)), "the layer is a Dense; expected a SimpleRNN"),
        (GRUWeights, layers.RNN([layers.GRUCell(4), layers.GRUCell(4)]), "is a RNN; expected"),
        (GRUWeights, None, "the layer is a NoneType"),
        (
            GRUWeights,
            built(layers.GRU(4, activation="relu")),
            "activation relu; this cell has tanh",
        ),
        (
            GRUWeights,
            built(layers.GRU(4, recurrent_activation="hard_sigmoid")),
            "recurrent_activation hard_sigmoid; this cell has sigmoid",
        ),
    ],
)
def test_what_weights_cannot_be_copied_from(weights, layer, message):
    with pytest.raises(ValueError, match=message):
        weights.from_layer(layer)
