"""The repeated training is the training of `fit`, whatever was trained before."""

from dataclasses import replace

import numpy as np
import pytest

from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.reviews.repeated import Repeated
from gru_course.training.fitting import Recipe, predict, train

CONFIG = ClassifierConfig(embedding_dim=4, units=4, vocabulary_size=30, timesteps=8)
RECIPE = Recipe(epochs=2, batch_size=16, learning_rate=0.01, looks_per_epoch=2)


def texts(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(3, 30, size=(n, 8)).astype("int32")
    y = (x[:, -1] > 16).astype("int32")
    for row in x:
        row[: rng.integers(0, 7)] = 0
    return x, y


TRAIN, VALIDATION = texts(64, 1), texts(40, 2)


@pytest.mark.parametrize(
    ("config", "recipe"),
    [
        (replace(CONFIG, embedding_dropout=0.5, dropout=0.3), replace(RECIPE, decay=True)),
        (replace(CONFIG, word_dropout=0.2), replace(RECIPE, averaging=0.9, weight_decay=0.1)),
    ],
)
def test_a_repeated_training_equals_a_single_one(config, recipe):
    again = Repeated(config, recipe, texts=64)
    first = again.train(*TRAIN, validation=VALIDATION, seed=1)
    again.train(*TRAIN, validation=VALIDATION, seed=2)
    third = again.train(*TRAIN, validation=VALIDATION, seed=1)
    for name, values in first.items():
        np.testing.assert_allclose(third[name], values, rtol=1e-5, err_msg=name)

    keras.utils.set_random_seed(1)
    model = classifier(config)
    single = train(model, *TRAIN, recipe, validation=VALIDATION, keep_best=True)
    for name, values in single.items():
        np.testing.assert_allclose(third[name], values, rtol=1e-3, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(
        again.predict(VALIDATION[0]), predict(model, VALIDATION[0]), atol=1e-5
    )


def test_another_seed_is_another_training():
    again = Repeated(CONFIG, RECIPE, texts=64)
    losses = [again.train(*TRAIN, validation=VALIDATION, seed=s)["loss"][0] for s in (1, 2)]
    assert abs(losses[0] - losses[1]) > 1e-4


def test_fewer_texts_get_as_many_updates():
    again = Repeated(CONFIG, RECIPE, texts=64)
    x, y = TRAIN
    few = again.train(x[:16], y[:16], validation=VALIDATION, seed=0)
    assert len(few["loss"]) == 4
    assert int(again.model.optimizer.iterations) == 8


@pytest.mark.parametrize(
    ("config", "recipe"),
    [(replace(CONFIG, timesteps=None), RECIPE), (CONFIG, replace(RECIPE, lengths=(4, 8)))],
)
def test_several_lengths_are_refused(config, recipe):
    with pytest.raises(ValueError, match="several lengths are compiled again and again"):
        Repeated(config, recipe, texts=64)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (TRAIN[0] * 1000, TRAIN[1], "the ids go up to"),
        (TRAIN[0], TRAIN[1] + 1, "expected 0 or 1 for each"),
        (TRAIN[0], TRAIN[1][:3], "expected 0 or 1 for each"),
    ],
)
def test_ids_and_labels_that_are_none(x, y, said):
    with pytest.raises(ValueError, match=said):
        Repeated(CONFIG, RECIPE, texts=64).train(x, y, validation=VALIDATION, seed=0)
