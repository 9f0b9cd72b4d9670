"""FastGRU is keras.layers.GRU: the same weights in, the same outputs and gradients out."""

import itertools

import numpy as np
import pytest

from gru_course import fast
from gru_course.backend import keras, tf
from gru_course.fast import FastGRU

BATCH, TIMESTEPS, FEATURES, UNITS = 4, 9, 5, 3
RNG = np.random.default_rng(0)
X = tf.constant(RNG.normal(size=(BATCH, TIMESTEPS, FEATURES)), "float32")
STATE = tf.constant(RNG.normal(size=(BATCH, UNITS)), "float32")
READ = RNG.random((BATCH, TIMESTEPS)) > 0.4
READ[0], READ[1, :4] = False, False  # nothing read at all; a late beginning


def pair(**options):
    """Return Keras' layer and the fast one, with the same weights."""
    plain = keras.layers.GRU(UNITS, bias_initializer="glorot_uniform", **options)
    quick = FastGRU.from_config(plain.get_config())
    plain.build(X.shape)
    quick.build(X.shape)
    quick.set_weights(plain.get_weights())
    return plain, quick


def outputs_and_gradients(layer, mask=None, state=None):
    with tf.GradientTape() as tape:
        tape.watch([X, STATE])
        outputs = tf.nest.flatten(layer(X, mask=mask, initial_state=STATE if state else None))
        loss = sum(tf.reduce_sum(tf.sin(output * (1 + k))) for k, output in enumerate(outputs))
    sources = [X, *layer.trainable_variables, *([STATE] if state else [])]
    return outputs + tape.gradient(loss, sources)


def assert_equal(plain, quick, **call):
    for a, b in zip(
        outputs_and_gradients(plain, **call), outputs_and_gradients(quick, **call), strict=True
    ):
        np.testing.assert_allclose(a, b, atol=2e-5)


@pytest.fixture
def taken(monkeypatch):
    """Count how often the faster loop runs."""
    calls = []
    scan = fast._scan
    monkeypatch.setattr(fast, "_scan", lambda *args: calls.append(1) or scan(*args))
    return calls


@pytest.mark.parametrize(
    ("sequences", "backwards", "masked", "state"), itertools.product([False, True], repeat=4)
)
def test_equals_keras(sequences, backwards, masked, state, taken):
    pair_ = pair(return_sequences=sequences, go_backwards=backwards, return_state=True)
    assert_equal(*pair_, mask=tf.constant(READ) if masked else None, state=state)
    assert taken


def test_without_bias(taken):
    assert_equal(*pair(use_bias=False))
    assert taken


@pytest.mark.parametrize(
    "options",
    [{"reset_after": False}, {"activation": "relu"}, {"recurrent_activation": "hard_sigmoid"}],
)
def test_other_grus_are_keras_own(options, taken):
    assert_equal(*pair(**options))
    assert not taken


def test_recurrent_dropout_is_keras_own_while_training(taken):
    layer = FastGRU(UNITS, recurrent_dropout=0.5)
    layer(X, training=True)
    assert not taken
    layer(X, training=False)
    assert taken


def test_dropout_on_the_inputs():
    dropped = FastGRU(UNITS, dropout=0.999, bias_initializer="ones", seed=0)
    ones = dropped(tf.ones_like(X), training=True)
    np.testing.assert_allclose(ones, dropped(tf.zeros_like(X)), atol=1e-6)
    assert np.abs(ones - dropped(tf.ones_like(X), training=False)).max() > 0.01


@pytest.mark.parametrize("jit", [True, False])
def test_trains_like_keras_in_a_bidirectional_stack_with_a_mask(jit):
    ids = RNG.integers(0, 6, (32, 12))
    labels = RNG.integers(0, 2, (32, 1)).astype("float32")
    weights = []
    for layer in (keras.layers.GRU, FastGRU):
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [
                keras.Input((None,), dtype="int32"),
                keras.layers.Embedding(6, 4, mask_zero=True),
                keras.layers.Bidirectional(layer(3, return_sequences=True)),
                layer(3),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("sgd", "binary_crossentropy", jit_compile=jit)
        model.fit(ids, labels, batch_size=20, epochs=2, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_saved_and_loaded(tmp_path):
    model = keras.Sequential([keras.Input((TIMESTEPS, FEATURES)), FastGRU(UNITS)])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert isinstance(loaded.layers[0], FastGRU)
    np.testing.assert_array_equal(loaded(X), model(X))


def test_a_wrong_gradient_would_be_seen(monkeypatch):
    def forgetful(mask):
        scan = fast._scan_with_gradient(mask)
        return lambda *tensors: scan(*tensors[:-2], tf.stop_gradient(tensors[-2]), tensors[-1])

    wrong = tf.function(lambda _, *a: forgetful(a[-1])(*a[:-1]), autograph=False, jit_compile=True)
    monkeypatch.setattr(fast, "_scan", wrong)
    plain, quick = pair()
    found = [outputs_and_gradients(layer)[3] for layer in (plain, quick)]
    assert found[1] is None or np.abs(found[0] - found[1]).max() > 1e-3


def test_a_trace_for_any_length_does_not_spoil_a_known_length():
    units, features = 13, 3  # of no other test: its trace would be taken
    any_length = FastGRU(units, return_sequences=True)
    any_length.build((None, None, features))

    @tf.function(input_signature=[tf.TensorSpec((None, None, features))])
    def gradient_for_any_length(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(any_length(x) ** 2)
        return tape.gradient(loss, any_length.trainable_variables)

    x = tf.random.normal((4, 7, features))
    expected = gradient_for_any_length(x)
    known = FastGRU(units, return_sequences=True)
    known.build((4, 7, features))
    known.set_weights(any_length.get_weights())
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(known(x) ** 2)
    for one, other in zip(tape.gradient(loss, known.trainable_variables), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
