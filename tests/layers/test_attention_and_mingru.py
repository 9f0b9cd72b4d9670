import numpy as np
import pytest

from gru_course.cells.mingru import MinGRUWeights, linear_loop, mingru
from gru_course.layers.attention_and_mingru import AttentionPooling, MinGRU
from gru_course.layers.backend import keras, tf
from gru_course.layers.pooling import MaskedAttentionPooling


@pytest.mark.parametrize("timesteps", [1, 2, 7, 16])
def test_mingru_equals_the_recurrence_in_numpy(timesteps):
    weights = MinGRUWeights.random(3, 5, seed=0)
    x = np.random.default_rng(1).normal(size=(4, timesteps, 3))
    layer = MinGRU(5, return_sequences=True)
    layer.build(x.shape)
    layer.set_weights([weights.kernel, weights.bias])
    ours = mingru(x, weights, solve=linear_loop).hidden_state
    np.testing.assert_allclose(layer(x.astype("float32")).numpy(), ours, atol=2e-6)


def test_mingru_has_the_gradients_of_the_numpy_one():
    from gru_course.cells.mingru import mingru_backward

    weights = MinGRUWeights.random(3, 5, seed=0)
    x = np.random.default_rng(1).normal(size=(4, 9, 3))
    layer = MinGRU(5, return_sequences=True, dtype="float64")
    layer.build(x.shape)
    layer.set_weights([weights.kernel, weights.bias])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.constant(x)) ** 2) / 2
    theirs = tape.gradient(loss, layer.trainable_variables)
    states = mingru(x, weights)
    _, ours = mingru_backward(x, weights, states, states.hidden_state)
    np.testing.assert_allclose(theirs[0].numpy(), ours.kernel, rtol=1e-10)
    np.testing.assert_allclose(theirs[1].numpy(), ours.bias, rtol=1e-10)


def test_attention_weights_are_a_distribution_and_pool():
    states = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    layer = AttentionPooling(5)
    pooled = layer(states).numpy()
    weights = layer.attention(states).numpy()
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(pooled, np.einsum("bt,btu->bu", weights, states), atol=1e-6)
    assert layer.count_params() == 4 * 5 + 5 + 5


@pytest.mark.parametrize("kind", ["float64", "float16"])
def test_attention_has_the_precision_that_it_was_given(kind):
    layer, states = MaskedAttentionPooling(5, dtype=kind), tf.ones((2, 3, 4), kind)
    read = np.array([[True, True, False], [False, False, False]])
    assert {weight.dtype for weight in layer.weights} <= {kind}
    assert layer(states, read).dtype == kind
    np.testing.assert_allclose(layer(states, read), 1, atol=1e-3)
    expected = [[0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]
    np.testing.assert_allclose(layer.attention(states, read), expected, atol=1e-3)


def test_models_with_these_layers_are_saved_and_read(tmp_path):
    model = keras.Sequential(
        [keras.Input((8, 3)), MinGRU(5, return_sequences=True), AttentionPooling(2)]
    )
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(2, 8, 3)).astype("float32")
    np.testing.assert_allclose(again(x), model(x), atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MinGRU(0), "units is 0"),
        (lambda: AttentionPooling(0), "width is 0"),
        (lambda: MinGRU(3).build((None, None, 2)), "fixed number of timesteps"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()
