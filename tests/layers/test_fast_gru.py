"""FastGRU is keras.layers.GRU: the same weights in, the same outputs and gradients out."""

import functools
import itertools

import numpy as np
import pytest

from gru_course.layers import fast_gru as fast
from gru_course.layers.backend import keras, tf
from gru_course.layers.fast_gru import FastGRU

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
    monkeypatch.setattr(
        fast, "_scan", lambda *args, **options: calls.append(1) or scan(*args, **options)
    )
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


def test_a_file_of_weights_alone_names_the_class(tmp_path):
    quick, plain = (
        keras.Sequential([keras.Input((TIMESTEPS, FEATURES)), kind(UNITS)])
        for kind in (FastGRU, keras.layers.GRU)
    )
    quick.save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(ValueError, match="could not be loaded"):
        plain.load_weights(tmp_path / "model.weights.h5")
    plain.set_weights(quick.get_weights())
    np.testing.assert_allclose(plain(X), quick(X), atol=2e-5)


def test_a_wrong_gradient_would_be_seen(monkeypatch):
    backward = fast._backward

    def forgetful(*tensors):
        *right, d_kernel, d_bias = backward(*tensors)
        return [*right, 0 * d_kernel, d_bias]

    monkeypatch.setattr(fast, "_backward", forgetful)
    plain, quick = pair()
    found = [outputs_and_gradients(layer)[3] for layer in (plain, quick)]
    assert np.abs(found[0] - found[1]).max() > 1e-3


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


# --- what Keras' own tests of GRU and Bidirectional state, as numbers ---

CONSTANT = {
    f"{name}_initializer": keras.initializers.Constant(value)
    for name, value in (("kernel", 0.01), ("recurrent", 0.02), ("bias", 0.03))
}
GAPS = np.array([[True, True, False, True], [True, False, False, True]])
START = np.arange(4, dtype="float32").reshape(2, 2)


def counting(*shape):
    return np.arange(np.prod(shape), dtype="float32").reshape(shape)


def alike(*rows, units=2):
    """Return rows in which all units are equal, as equal weights make them."""
    return np.repeat(np.array(rows)[..., None], units, axis=-1)


FORWARD = alike(0.5217289, 0.6371659, 0.39384964, units=3)
READ_AND_KEPT = alike(
    [0.03606692, 0.09497581, 0.09497581, 0.19393763],
    [0.16051409, 0.16051409, 0.16051409, 0.30818558],
)
READ_OR_ZERO = np.where(GAPS[..., None], READ_AND_KEPT, 0)


@pytest.mark.parametrize(
    ("options", "call", "expected"),
    [
        ({}, {}, FORWARD),
        ({"unroll": True}, {}, FORWARD),
        ({"implementation": 0}, {}, FORWARD),
        ({"implementation": 1}, {}, FORWARD),
        ({"go_backwards": True}, {}, alike(0.24406259, 0.611516, 0.3928808, units=3)),
        ({"reset_after": False}, {}, alike(0.51447755, 0.6426879, 0.40208298, units=3)),
        ({"use_bias": False}, {}, alike(0.49988455, 0.64701194, 0.4103359, units=3)),
        ({}, {"initial_state": START}, [[0.23774096, 0.33508456], [0.83659905, 1.0227708]]),
        (
            {"go_backwards": True},
            {"initial_state": START},
            [[0.13486053, 0.23261218], [0.78257304, 0.9691353]],
        ),
        ({"unroll": True}, {"mask": GAPS}, alike(0.19393763, 0.30818558)),
        ({}, {"mask": GAPS}, alike(0.19393763, 0.30818558)),
        ({"go_backwards": True}, {"mask": GAPS}, alike(0.11669192, 0.28380975)),
        ({"return_sequences": True}, {"mask": GAPS}, READ_AND_KEPT),
        (
            {"return_sequences": True, "zero_output_for_mask": True},
            {"mask": GAPS},
            READ_OR_ZERO,
        ),
    ],
)
def test_numbers_of_keras_tests(options, call, expected):
    expected = np.array(expected)
    units = expected.shape[-1]
    x = counting(3, 6, 4) if units == 3 else counting(2, 4, 3)
    layer = FastGRU(units, return_state=True, **CONSTANT, **options)
    outputs, state = layer(x, **call)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-6)
    if not options.get("return_sequences"):
        np.testing.assert_allclose(state, outputs, atol=1e-6)
    again = FastGRU.from_config(layer.get_config())(x, **call)[0]
    np.testing.assert_array_equal(again, outputs)


def test_a_stateful_layer_goes_on_where_it_was_and_can_be_reset():
    layer = FastGRU(4, stateful=True, **CONSTANT)
    for _ in range(2):
        layer(counting(2, 3, 4))
        expected = alike(0.29542392, 0.5885018, units=4)
        np.testing.assert_allclose(layer(counting(2, 3, 4)), expected, rtol=1e-5)
        layer.reset_state()
    with pytest.raises(ValueError, match="batch size"):
        layer(counting(3, 3, 4))


def test_a_stateful_layer_knows_its_batch_where_the_graph_does_not():
    layer = FastGRU(5, stateful=True)
    x = np.ones((2, 10, 10), "float32")
    layer(x, training=True)
    signature = [tf.TensorSpec((None, 10, 10))]
    assert tf.function(lambda x: layer(x, training=True), signature)(x).shape == (2, 5)


def test_numbers_of_keras_tests_in_both_directions():
    layer = FastGRU(2, return_sequences=True, **CONSTANT)
    both = keras.layers.Bidirectional(layer, merge_mode="sum")
    expected = alike([0.20937867, 0.34462988, 0.40290534], [0.59829646, 0.6734641, 0.6479671])
    np.testing.assert_allclose(both(counting(2, 3, 4)), expected, rtol=1e-5)
    both = keras.layers.Bidirectional(FastGRU(2, **CONSTANT))
    expected = np.repeat([[0.19393763, 0.11669192], [0.30818558, 0.28380975]], 2, axis=1)
    np.testing.assert_allclose(both(counting(2, 4, 3), mask=GAPS), expected, rtol=1e-5)


@pytest.mark.parametrize("merge", ["sum", "mul", "ave", "concat", None])
@pytest.mark.parametrize("state", [True, False])
def test_both_directions_have_the_shapes_of_keras(merge, state):
    both, plain = (
        keras.layers.Bidirectional(kind(2, return_state=state), merge_mode=merge)
        for kind in (FastGRU, keras.layers.GRU)
    )
    x = np.array([[[101, 202], [303, 404]]])  # whole numbers, too
    shapes = [tuple(part.shape) for part in tf.nest.flatten(both(x))]
    assert shapes == [tuple(part.shape) for part in tf.nest.flatten(plain(x))]
    expected = plain.compute_output_shape(x.shape)
    assert both.compute_output_shape(x.shape) == expected
    assert shapes == ([expected] if isinstance(expected[0], int) else list(expected))


@pytest.mark.parametrize("cudnn", [True, False, "auto"])
def test_use_cudnn_is_kept_and_refused_like_in_keras(cudnn):
    layer = FastGRU(1, use_cudnn=cudnn)
    both = keras.layers.Bidirectional(layer)
    assert (both.forward_layer.use_cudnn, both.backward_layer.use_cudnn) == (cudnn, cudnn)
    if cudnn is True and not tf.config.list_physical_devices("GPU"):
        with pytest.raises(ValueError, match="cuDNN is not supported"):
            layer(X)


def test_regularisers_and_constraints_act():
    layer = FastGRU(
        UNITS,
        kernel_regularizer="l2",
        recurrent_regularizer="l2",
        bias_regularizer="l1",
        activity_regularizer="l2",
        recurrent_constraint="non_neg",
    )
    layer(X)
    assert len(layer.losses) == 4
    assert [w.name for w in layer.weights if w.constraint] == ["recurrent_kernel"]


# --- every call that Keras' layer takes ---


def same(options, *arguments, **call):
    """Call both layers alike: the same results, or an error of the same kind."""
    plain, quick = pair(**options)
    try:
        expected = plain(*arguments, **call)
    except Exception as error:
        with pytest.raises(type(error)):
            quick(*arguments, **call)
        return None
    found = quick(*arguments, **call)
    tf.nest.map_structure(lambda a, b: np.testing.assert_allclose(a, b, atol=2e-5), expected, found)
    tf.nest.map_structure(lambda a, b: assert_(a.dtype == b.dtype), expected, found)
    return found


def assert_(claim):
    assert claim


@pytest.mark.parametrize(
    ("sequences", "backwards", "state"), itertools.product([False, True], repeat=3)
)
def test_zero_output_for_mask(sequences, backwards, state, taken):
    options = {"return_sequences": sequences, "go_backwards": backwards, "return_state": True}
    pair_ = pair(zero_output_for_mask=True, **options)
    assert_equal(*pair_, mask=tf.constant(READ), state=state)
    assert taken


@pytest.mark.parametrize("kind", ["bool", "int32", "int64", "uint8", "float16", "float32"])
def test_masks_of_every_kind_of_number(kind, taken):
    options = {"return_sequences": True}
    found = same(options, X, mask=READ.astype(kind) * (1 if kind == "bool" else 2))
    plain, _ = pair(**options)
    assert found.shape == plain(X).shape
    assert taken


@pytest.mark.parametrize(
    "mask",
    [
        READ[..., None],  # one column
        READ[:1],  # one row for all
        np.broadcast_to(READ[..., None], (BATCH, TIMESTEPS, UNITS)),  # for each unit
        np.ones((BATCH, TIMESTEPS), bool),
        np.zeros((BATCH, TIMESTEPS), bool),
        np.ones((BATCH, TIMESTEPS + 1), bool),
        np.ones((BATCH + 1, TIMESTEPS), bool),
        [READ],
    ],
    ids=["column", "row", "units", "all", "none", "longer", "more", "list"],
)
def test_masks_of_other_shapes_are_taken_or_refused_like_in_keras(mask):
    same({"return_sequences": True}, X, mask=mask)


@pytest.mark.parametrize(
    "state",
    [
        STATE[:1],
        STATE[0],
        STATE.numpy(),
        [STATE],
        (STATE,),
        tf.cast(STATE, "float64"),
        STATE[:, :2],
    ],
    ids=["row", "vector", "numpy", "list", "tuple", "float64", "narrow"],
)
def test_initial_states_are_taken_or_refused_like_in_keras(state):
    same({"return_sequences": True}, X, initial_state=state)


@pytest.mark.parametrize(
    "x",
    [X[:0], X[:, :0], X[:, :1], X[0], tf.cast(X, "int32"), X.numpy(), X.numpy().tolist()],
    ids=["no-rows", "no-steps", "one-step", "flat", "int", "numpy", "list"],
)
@pytest.mark.parametrize("masked", [False, True])
def test_inputs_are_taken_or_refused_like_in_keras(x, masked):
    mask = np.ones(np.shape(x)[:2], bool) if masked else None
    same({"return_sequences": True}, x, mask=mask)


def test_other_arguments_are_refused_like_in_keras():
    same({}, X, constants=[STATE])
    for wrong in ({"units": 0}, {"units": 3, "time_major": True}, {"units": 3, "use_cudnn": 2}):
        with pytest.raises(ValueError) as refused:  # noqa: PT011 # Keras' words, whatever they are
            keras.layers.GRU(**wrong)
        with pytest.raises(ValueError) as found:  # noqa: PT011
            FastGRU(**wrong)
        assert str(found.value).replace("FastGRU", "GRU") == str(refused.value)


def test_what_is_not_read_may_be_nan():
    x = X.numpy()
    x[~READ] = np.nan
    plain, quick = pair(return_sequences=True)
    np.testing.assert_allclose(quick(x, mask=READ), plain(x, mask=READ), atol=2e-5)
    np.testing.assert_array_equal(quick(x, mask=READ), quick(X, mask=READ))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(quick(x, mask=READ) ** 2)
    assert all(np.isfinite(g).all() for g in tape.gradient(loss, quick.trainable_variables))


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.5},
        {"dropout": 1.0},
        {"dropout": 0.5, "use_cudnn": False},
        {"dropout": 0.5, "implementation": 1, "use_cudnn": False},
        {"recurrent_dropout": 0.5},
        {"dropout": 0.3, "recurrent_dropout": 0.5},
    ],
    ids=str,
)
@pytest.mark.parametrize("training", [True, False, None])
def test_dropout_with_a_seed_drops_what_keras_drops(options, training):
    extra = {name: options[name] for name in ("use_cudnn", "implementation") if name in options}
    rates = {name: value for name, value in options.items() if name not in extra}
    layers = [kind(UNITS, seed=5, **extra, **rates) for kind in (keras.layers.GRU, FastGRU)]
    for layer in layers:
        layer.build(X.shape)
        layer.set_weights(
            pair()[0].get_weights() if layer is layers[0] else layers[0].get_weights()
        )
    for _ in range(2):  # the second call draws others
        plain, quick = (layer(X, training=training) for layer in layers)
        np.testing.assert_allclose(quick, plain, atol=2e-5)


@pytest.mark.parametrize(
    ("policy", "tolerance"),
    [
        ("float64", 1e-10),
        ("float16", 1e-2),
        ("bfloat16", 6e-2),
        ("mixed_float16", 1e-2),
        ("mixed_bfloat16", 6e-2),
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_other_precisions(policy, tolerance, masked, taken):
    options = {"recurrent_initializer": "glorot_uniform"}  # Keras has no others in bfloat16
    plain, quick = pair(return_sequences=True, return_state=True, dtype=policy, **options)
    found = []
    for layer in (plain, quick):
        with tf.GradientTape() as tape:
            outputs = layer(X, mask=READ if masked else None, initial_state=STATE)
            loss = sum(tf.reduce_sum(tf.cast(part, "float64") ** 2) for part in outputs)
        found.append([*outputs, *tape.gradient(loss, layer.trainable_variables)])
    assert taken
    for a, b in zip(*found, strict=True):
        assert a.dtype == b.dtype
        scale = np.abs(np.asarray(a, float)).max()
        np.testing.assert_allclose(
            np.asarray(a, float), np.asarray(b, float), atol=tolerance * max(scale, 1)
        )


# --- every way to differentiate ---


def loss_of(layer, x, mask=None):
    return tf.reduce_sum(tf.sin(layer(x, mask=mask)))


def persistent(layer, x, mask):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        loss = loss_of(layer, x, mask)
    return [*tape.gradient(loss, layer.trainable_variables), tape.gradient(loss, x)]


def inside_a_persistent_tape(layer, x, mask):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        slope = tape.gradient(loss_of(layer, x, mask), x)
    return [slope, *tape.gradient(slope, layer.trainable_variables)]


def around_a_tape(layer, x, mask):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            loss = loss_of(layer, x, mask)
        penalty = tf.reduce_sum(inner.gradient(loss, x) ** 2)
    return [penalty, *outer.gradient(penalty, [x, *layer.trainable_variables])]


def three_tapes(layer, x, mask):
    with tf.GradientTape() as outer:
        penalty = around_a_tape(layer, x, mask)
        loss = sum(tf.reduce_sum(part**2) for part in penalty)
    return outer.gradient(loss, layer.trainable_variables)


def two_losses(layer, x, mask):
    """Two gradients of one call: the loop backward runs twice."""
    with tf.GradientTape(persistent=True) as tape:
        y = layer(x, mask=mask)
        losses = tf.reduce_sum(y), tf.reduce_sum(y**2)
    return [g for loss in losses for g in tape.gradient(loss, layer.trainable_variables)]


def all_slopes(layer, x, mask):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, mask=mask)[:, -1]
    return [tape.jacobian(y, x)]


def along_a_direction(layer, x, mask):
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = layer(x, mask=mask)
    return [accumulator.jvp(y)]


WAYS = [
    persistent,
    inside_a_persistent_tape,
    around_a_tape,
    three_tapes,
    two_losses,
    all_slopes,
    along_a_direction,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("masked", [False, True])
def test_every_tape_finds_the_derivatives_of_keras(way, masked, taken):
    plain, quick = pair(return_sequences=True, recurrent_activation="sigmoid")
    mask = tf.constant(READ) if masked else None
    for a, b in zip(way(plain, X, mask), way(quick, X, mask), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)
    assert taken


@pytest.mark.parametrize("way", WAYS[:3], ids=lambda way: way.__name__)
@pytest.mark.parametrize(("jit", "lengths"), [(False, None), (True, TIMESTEPS)])
def test_every_tape_inside_a_function(way, jit, lengths, taken):
    signature = [tf.TensorSpec((None, lengths, FEATURES)), tf.TensorSpec((None, lengths), "bool")]
    plain, quick = pair(return_sequences=True)
    expected = way(plain, X, tf.constant(READ))
    inside = tf.function(functools.partial(way, quick), signature, jit_compile=jit)
    for a, b in zip(expected, inside(X, tf.constant(READ)), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)
    assert taken


@pytest.mark.parametrize("jit", [False, True])
def test_a_tape_around_a_function_with_a_tape(jit):
    def penalty_slopes(layer, compiled):
        @tf.function(jit_compile=compiled)
        def slope(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = loss_of(layer, x)
            return tape.gradient(loss, x)

        with tf.GradientTape() as tape:
            penalty = tf.reduce_sum(slope(X) ** 2)
        return tape.gradient(penalty, layer.trainable_variables)

    plain, quick = pair(return_sequences=True)
    expected = penalty_slopes(plain, False)  # compiled, Keras' own layer fails
    for a, b in zip(expected, penalty_slopes(quick, jit), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)


def test_a_gradient_without_training_is_that_of_training():
    _, quick = pair(return_sequences=True)
    found = []
    for training in (True, False, None):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(quick(X, training=training) ** 2)
        found.append(tape.gradient(loss, quick.trainable_variables))
    for others in found[1:]:
        for a, b in zip(found[0], others, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_mask_that_depends_on_weights():
    embedding = keras.layers.Embedding(7, FEATURES)
    ids = RNG.integers(0, 7, (BATCH, TIMESTEPS))
    embedding.build(ids.shape)
    embedding.embeddings.assign(RNG.normal(size=(7, FEATURES)))
    found = []
    for layer in pair():

        @tf.function
        def gradient(layer=layer):
            with tf.GradientTape() as tape:
                x = embedding(ids)
                y = layer(x, mask=tf.nn.relu(x[..., 0]))
            return tape.gradient(y, [embedding.embeddings.value, *layer.trainable_variables])

        found.append([tf.convert_to_tensor(part) for part in gradient()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)
