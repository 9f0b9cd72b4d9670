from dataclasses import replace

import numpy as np
import pytest

from gru_course.layers.backend import keras, tf
from gru_course.layers.pooling import POOLINGS, MaskedAttentionPooling, pool
from gru_course.reviews.classifiers import (
    ARCHITECTURES,
    LARGE_GRU,
    SMALL_GRU,
    ClassifierConfig,
    classifier,
    reading_parameters,
    widest,
)
from gru_course.reviews.saving import load_classifier, save_classifier
from gru_course.training.checkpoints import check_weights
from gru_course.training.ids import check_ids

TINY = ClassifierConfig(embedding_dim=5, units=4, vocabulary_size=20, timesteps=None)
EVERY = [
    *(replace(TINY, architecture=name) for name in ARCHITECTURES),
    *(replace(TINY, pooling=name, mask=True) for name in POOLINGS),
    *(replace(TINY, architecture="bi_lstm_gru", pooling=name) for name in POOLINGS),
]


def names(config):
    return f"{config.architecture}-{config.pooling}{'-mask' if config.mask else ''}"


every_config = pytest.mark.parametrize("config", EVERY, ids=names)


@pytest.fixture(scope="module")
def ids():
    return np.random.default_rng(0).integers(1, 20, size=(6, 9)).astype("int32")


def outputs(model, ids):
    return model(ids, training=False).numpy()


def test_the_published_classifiers_have_their_parameters():
    """Embedding, GRU and Dense of the widely copied program: 1,317,313 parameters."""
    assert classifier(SMALL_GRU).count_params() == 326_369
    assert classifier(LARGE_GRU).count_params() == 1_317_313


@every_config
def test_words_become_probabilities_and_every_weight_learns(config, ids):
    model = classifier(config)
    with tf.GradientTape() as tape:
        found = model(ids)
        loss = tf.reduce_sum(keras.losses.binary_crossentropy(np.ones((6, 1)), found))
    assert found.shape == (6, 1)
    assert np.all((found > 0) & (found < 1))
    gradients = tape.gradient(loss, model.trainable_weights)
    for weight, gradient in zip(model.trainable_weights, gradients, strict=True):
        assert np.abs(tf.convert_to_tensor(gradient)).max() > 0, weight.path


@every_config
def test_a_saved_classifier_gives_the_same_outputs(config, ids, tmp_path):
    model = classifier(config)
    save_classifier(model, config, tmp_path / "model.npz")
    again, config_again = load_classifier(tmp_path / "model.npz")
    assert config_again == config
    np.testing.assert_array_equal(outputs(again, ids), outputs(model, ids))
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]


@pytest.mark.parametrize(
    ("architecture", "pooling"),
    [
        *((name, "last") for name in ARCHITECTURES),
        *((name, pooling) for name in ("gru", "bi_lstm_gru") for pooling in POOLINGS[1:]),
    ],
)
def test_a_mask_makes_padding_irrelevant_and_nothing_else_does(architecture, pooling, ids):
    keras.utils.set_random_seed(0)  # of some weights no padding shows in a maximum
    plain = replace(TINY, architecture=architecture, pooling=pooling)
    before, after = np.pad(ids, [[0, 0], [4, 0]]), np.pad(ids, [[0, 0], [0, 4]])
    masked, open_eyed = classifier(replace(plain, mask=True)), classifier(plain)
    open_eyed.set_weights(masked.get_weights())
    np.testing.assert_allclose(outputs(masked, before), outputs(masked, ids), atol=1e-6)
    np.testing.assert_allclose(outputs(masked, after), outputs(masked, ids), atol=1e-6)
    np.testing.assert_allclose(outputs(open_eyed, ids), outputs(masked, ids), atol=1e-6)
    assert np.abs(outputs(open_eyed, after) - outputs(masked, ids)).max() > 1e-6


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_text_of_padding_alone_still_gets_a_number(pooling):
    model = classifier(replace(TINY, pooling=pooling, mask=True))
    assert np.isfinite(outputs(model, np.zeros((2, 3), "int32"))).all()


def test_pooling_says_what_its_name_says():
    states = np.random.default_rng(0).normal(size=(3, 6, 4)).clip(-1, 1).astype("float32")
    read = np.ones((3, 6), bool)
    read[0, :4] = False
    kept = [row[keep] for row, keep in zip(states, read, strict=True)]
    means, maxima = ([f(rows) for rows in kept] for f in (lambda r: r.mean(0), lambda r: r.max(0)))
    np.testing.assert_allclose(pool(states, "mean", read), means, atol=1e-6)
    np.testing.assert_allclose(pool(states, "max", read), maxima)
    np.testing.assert_allclose(
        pool(states, "mean_max", read), np.hstack([means, maxima]), atol=1e-6
    )
    weights = MaskedAttentionPooling(4).attention(states, read).numpy()
    assert np.all(weights[0, :4] == 0)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)


def test_the_two_directions_have_their_own_initial_weights():
    kernels = [
        np.asarray(weight)
        for weight in classifier(replace(TINY, architecture="bi_gru")).weights
        if weight.path.endswith("cell/kernel")
    ]
    assert len(kernels) == 2
    assert not np.array_equal(*kernels)


def test_the_same_seed_gives_the_same_classifier(ids):
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        found.append(outputs(classifier(TINY), ids))
    np.testing.assert_array_equal(*found)


def test_dropout_acts_in_training_only_and_each_kind_acts(ids):
    for kind in (name for name in vars(TINY) if name.endswith("dropout")):
        model = classifier(replace(TINY, **{kind: 0.5}))
        np.testing.assert_array_equal(outputs(model, ids), outputs(model, ids))
        assert np.abs(model(ids, training=True) - outputs(model, ids)).max() > 1e-6, kind


def test_word_dropout_drops_words_and_embedding_dropout_features():
    embedding = {}
    for kind in ("word_dropout", "embedding_dropout"):
        model = classifier(replace(TINY, **{kind: 0.5}))
        words = np.ones((3, 9, 5), "float32")
        dropped = next(layer for layer in model.layers if "dropout" in layer.name)
        embedding[kind] = np.asarray(dropped(words, training=True)) > 0
    words, features = embedding["word_dropout"], embedding["embedding_dropout"]
    assert np.all(words == words[:, :, :1])
    assert 0 < words.mean() < 1
    assert np.all(features == features[:, :1, :])
    assert 0 < features.mean() < 1


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_widest_fills_its_budget_and_no_more(architecture):
    config = widest(replace(SMALL_GRU, architecture=architecture), budget=6_369)
    assert reading_parameters(config) <= 6_369
    assert reading_parameters(replace(config, units=config.units + 1)) > 6_369
    assert reading_parameters(config) == (
        classifier(config).count_params() - config.embedding_dim * config.vocabulary_size
    )


@pytest.mark.parametrize("budget", [-1, 0, 5])
def test_a_budget_holds_at_least_one_unit(budget):
    with pytest.raises(ValueError, match=f"{budget} parameters do not hold one unit"):
        widest(SMALL_GRU, budget)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        *((name, -1, "from 1 up") for name in ("embedding_dim", "units", "vocabulary_size")),
        ("units", 3.0, "whole number"),
        ("units", True, "whole number"),
        ("timesteps", 0, "from 1 up"),
        ("vocabulary_size", None, "from 1 up"),
        ("architecture", "lstm-gru", "lstm_gru"),
        ("pooling", "min", "last, mean"),
        ("mask", 1, "True, False"),
        ("dropout", 1.0, "below 1"),
        ("state_dropout", -0.1, "from 0"),
        ("word_dropout", "0.5", "share"),
        ("recurrent_dropout", float("nan"), "share"),
    ],
)
def test_a_configuration_checks_itself(field, value, expected):
    with pytest.raises(ValueError, match=f"^{field} is .*; expected .*{expected}"):
        replace(TINY, **{field: value})


def test_a_configuration_survives_json():
    config = replace(TINY, architecture="bi_gru_lstm", pooling="attention", dropout=0.25, mask=True)
    assert ClassifierConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{units", "not JSON"),
        ("[32]", "expected names with values"),
        ('{"unit": 32}', "no field 'unit'; expected architecture, "),
        ('{"units": "many"}', "units is 'many'"),
    ],
)
def test_json_that_is_no_configuration(text, message):
    with pytest.raises(ValueError, match=message):
        ClassifierConfig.from_json(text)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (np.zeros((0, 7), int), "batch is empty"),
        (np.zeros(7, int), r"shape \(7,\); expected \(batch, 7\)"),
        (np.zeros((2, 6), int), r"shape \(2, 6\)"),
        (np.zeros((2, 7)), "type float64"),
        (np.full((2, 7), -1), "down to -1"),
        (np.full((2, 7), 20), r"up to 20, .* 20 words \(ids 0 to 19\)"),
    ],
)
def test_ids_that_a_model_cannot_read(ids, message):
    with pytest.raises(ValueError, match=message):
        check_ids(classifier(replace(TINY, timesteps=7)), ids)


def test_ids_that_a_model_can_read(ids):
    check_ids(classifier(TINY), ids)
    check_ids(classifier(replace(TINY, timesteps=9)), np.full((1, 9), 19))
    with pytest.raises(ValueError, match=r"expected \(batch, timesteps\)"):
        check_ids(classifier(TINY), np.zeros((2, 0), int))


def spoiled(config=TINY):
    model = classifier(config)
    kernel = next(weight for weight in model.weights if weight.path.endswith("/kernel"))
    kernel.assign(np.full(kernel.shape, np.nan))
    return model, kernel.path


def test_weights_that_are_not_numbers_are_named(tmp_path):
    model, path = spoiled()
    with pytest.raises(ValueError, match=f"60 of the 60 numbers in the weight {path} are NaN"):
        check_weights(model)
    with pytest.raises(ValueError, match="are NaN"):
        save_classifier(model, TINY, tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())
    check_weights(classifier(TINY))


def rewrite(path, **changed):
    with np.load(path) as arrays:
        contents = dict(arrays) | changed
    with path.open("wb") as handle:
        np.savez(handle, **contents)


def test_a_file_with_nan_is_refused(tmp_path):
    path = tmp_path / "model.npz"
    save_classifier(classifier(TINY), TINY, path)
    rewrite(path, **{"04": np.full((4, 1), np.nan, "float32")})
    with pytest.raises(ValueError, match=r"dense.*/kernel are NaN"):
        load_classifier(path)


def test_files_that_are_no_classifier(tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(FileNotFoundError, match=r"there is no file .*model\.npz"):
        load_classifier(path)
    for foreign in (b"", b"weights: none", b"\x80\x04N."):
        path.write_bytes(foreign)
        with pytest.raises(ValueError, match="not a classifier"):
            load_classifier(path)
    with path.open("wb") as handle:
        np.savez(handle, words=np.arange(3))
    with pytest.raises(ValueError, match="not a classifier"):
        load_classifier(path)


def test_damage_anywhere_is_seen(tmp_path):
    path = tmp_path / "model.npz"
    save_classifier(classifier(TINY), TINY, path)
    whole = path.read_bytes()
    for length in (2, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="damaged or cut short"):
            load_classifier(path)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    path.write_bytes(flipped)
    with pytest.raises(ValueError, match="damaged or cut short"):
        load_classifier(path)


def test_weights_and_configuration_must_fit(tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(ValueError, match="its configuration makes"):
        save_classifier(classifier(TINY), replace(TINY, units=5), path)
    save_classifier(classifier(TINY), TINY, path)
    text = replace(TINY, units=5).to_json().encode()
    rewrite(path, **{"config.json": np.frombuffer(text, np.uint8)})
    with pytest.raises(ValueError, match="do not fit its configuration"):
        load_classifier(path)


def test_objects_in_a_file_are_never_unpickled(tmp_path):
    path = tmp_path / "model.npz"
    save_classifier(classifier(TINY), TINY, path)
    rewrite(path, **{"00": np.array([{"any": "object"}], dtype=object)})
    with pytest.raises(ValueError, match="damaged"):
        load_classifier(path)
