import numpy as np
import pytest

from gru_course.apps.translation import model as translation
from gru_course.apps.translation.model import Attention, Translator, TranslatorConfig
from gru_course.layers.backend import keras, tf

SIZES = {"source_size": 11, "target_size": 9, "units": 6, "embedding_dim": 5}
SOURCE = np.array([[4, 5, 6, 0], [7, 8, 9, 10]], np.int32)
TARGET = np.array([[1, 4, 5, 6, 2, 0], [1, 7, 2, 0, 0, 0]], np.int32)


def model(attention=True):
    keras.utils.set_random_seed(0)
    made = Translator(TranslatorConfig(**SIZES, attention=attention))
    made((SOURCE, TARGET))
    return made


def test_attention_sums_to_one_and_ignores_padding():
    rng = np.random.default_rng(0)
    layer = Attention(6)
    query, states = (
        tf.constant(rng.normal(size=shape), tf.float32) for shape in ((2, 3, 4), (2, 4, 6))
    )
    mask = tf.constant(SOURCE != 0)
    context, weights = layer(query, states, mask)
    np.testing.assert_allclose(tf.reduce_sum(weights, axis=-1), 1, rtol=1e-5)
    assert not weights.numpy()[0, :, 3].any()
    assert weights.numpy()[1, :, 3].all()
    changed = tf.concat([states[:, :3], states[:, 3:] + 5], axis=1)
    np.testing.assert_allclose(layer(query, changed, mask)[0][0], context[0], rtol=1e-5)
    assert np.abs(layer(query, changed, mask)[0][1] - context[1]).max() > 0.1


@pytest.mark.parametrize("attention", [True, False])
def test_more_padding_changes_nothing(attention):
    made = model(attention)
    wide = np.pad(SOURCE, ((0, 0), (0, 3)))
    np.testing.assert_allclose(made((SOURCE, TARGET)), made((wide, TARGET)), atol=1e-5)


@pytest.mark.parametrize("attention", [True, False])
def test_a_later_word_does_not_change_an_earlier_answer(attention):
    made = model(attention)
    other = TARGET.copy()
    other[:, 3:] = 8
    one, two = made((SOURCE, TARGET)).numpy(), made((SOURCE, other)).numpy()
    np.testing.assert_allclose(one[:, :3], two[:, :3], atol=1e-6)
    assert np.abs(one[:, 3:] - two[:, 3:]).max() > 0.01


@pytest.mark.parametrize("attention", [True, False])
def test_word_by_word_is_the_same_as_at_once(attention):
    made = model(attention)
    at_once = tf.nn.log_softmax(made.decoder.scores(made((SOURCE, TARGET))))
    encoded = made.encoder(tf.constant(SOURCE))
    state = encoded[1]
    for t in range(TARGET.shape[1]):
        log_p, state, weights = made.decoder.step(tf.constant(TARGET[:, t]), state, encoded)
        np.testing.assert_allclose(log_p, at_once[:, t], atol=1e-5)
        assert (weights is not None) == attention


def test_the_loss_leaves_padding_out():
    made = model()
    y = TARGET[:, 1:]
    hidden = made((SOURCE, TARGET[:, :-1]))
    log_p = tf.nn.log_softmax(made.decoder.scores(hidden)).numpy()
    right = np.take_along_axis(log_p, y[..., None], axis=-1)[..., 0][y != 0]
    assert float(made.compute_loss(y=y, y_pred=hidden)) == pytest.approx(-right.mean(), rel=1e-5)


def test_only_attention_adds_weights():
    """The same encoder and decoder: what differs is the attention and what reads its result."""
    difference = model(True).count_params() - model(False).count_params()
    units, size = SIZES["units"], SIZES["embedding_dim"]
    assert difference == units * 2 * units + 2 * units * size


def test_saved_in_the_middle_of_its_training(tmp_path):
    made = model()
    made.compile("adam", jit_compile=False)
    pairs = (SOURCE, TARGET[:, :-1]), TARGET[:, 1:]
    made.fit(*pairs, verbose=0)
    made.save(tmp_path / "t.keras")
    loaded = keras.models.load_model(tmp_path / "t.keras")
    assert loaded.config == made.config
    for one, other in zip(loaded.optimizer.variables, made.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one, other)
    losses = [m.fit(*pairs, verbose=0).history["loss"] for m in (made, loaded)]
    np.testing.assert_allclose(*losses, rtol=1e-6)


def test_attention_to_a_sentence_without_words_in_16_bits():
    layer = Attention(4, dtype="float16")
    nothing = np.zeros((2, 3), bool)
    context, weights = layer(tf.ones((2, 1, 4)), tf.ones((2, 3, 4), "float16"), nothing)
    assert context.dtype == weights.dtype == "float16"
    np.testing.assert_allclose(weights, 1 / 3, atol=1e-3)
    np.testing.assert_allclose(context, 1, atol=1e-3)


def test_sizes_must_be_positive():
    with pytest.raises(ValueError, match="units is 0"):
        TranslatorConfig(9, 9, units=0)


def test_the_fast_loop_gives_the_gradients_of_keras(monkeypatch):
    def gradients():
        made = model()
        with tf.GradientTape() as tape:
            loss = made.compute_loss(y=TARGET[:, 1:], y_pred=made((SOURCE, TARGET[:, :-1])))
        found = tape.gradient(loss, made.trainable_variables)
        return [tf.convert_to_tensor(of).numpy() for of in found]

    fast = gradients()
    monkeypatch.setattr(translation, "FastGRU", keras.layers.GRU)
    for one, other in zip(fast, gradients(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_batch_that_is_all_padding_spoils_nothing():
    made, nothing = model(), 0 * TARGET
    for source in (SOURCE, 0 * SOURCE):
        with tf.GradientTape() as tape:
            hidden = made((source, nothing[:, :-1]))
            loss = made.compute_loss(y=nothing[:, 1:], y_pred=hidden)
        assert float(loss) == 0
        for gradient in tape.gradient(loss, made.trainable_variables):
            if gradient is not None:
                assert not np.asarray(tf.convert_to_tensor(gradient)).any()
        assert np.isfinite(hidden).all()
