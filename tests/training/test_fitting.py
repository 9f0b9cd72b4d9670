import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gru_course.data.standin import order_reviews
from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.training import fitting
from gru_course.training.fitting import Recipe, batches, best_epoch, hold_out, predict

SIZE = ClassifierConfig(embedding_dim=8, units=8, vocabulary_size=300, timesteps=50)


@pytest.fixture(scope="module")
def reviews():
    data = order_reviews(n_train=400, n_test=100)
    return data.train.window(300, 50), data.train.labels


def test_keep_best_leaves_the_weights_of_the_best_epoch(reviews):
    train, validation = hold_out(*reviews, share=0.25)
    keras.utils.set_random_seed(0)
    model = classifier(SIZE)
    recipe = Recipe(epochs=3, batch_size=50, learning_rate=0.02, looks_per_epoch=2)
    curves = fitting.train(model, *train, recipe, validation=validation, keep_best=True)
    assert set(curves) == {"epoch", "accuracy", "loss", "val_accuracy", "val_loss"}
    assert curves["epoch"] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert all(len(values) == 6 for values in curves.values())
    assert best_epoch(curves) in curves["epoch"]
    found = np.mean((predict(model, validation[0]) > 0.5) == validation[1])
    assert found == pytest.approx(max(curves["val_accuracy"]), abs=1e-6)


def test_the_same_seed_gives_the_same_model(reviews):
    predictions = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        model = classifier(SIZE)
        fitting.train(model, *reviews, Recipe(1, 50))
        predictions.append(predict(model, reviews[0]))
    np.testing.assert_array_equal(*predictions)


def test_a_model_that_is_asked_drops_nothing(reviews):
    model = classifier(replace(SIZE, embedding_dropout=0.5, state_dropout=0.5))
    expected = np.asarray(model(reviews[0], training=False))[:, 0]
    np.testing.assert_allclose(predict(model, reviews[0]), expected, atol=1e-6)


def test_best_needs_validation(reviews):
    with pytest.raises(ValueError, match="needs validation data"):
        fitting.train(classifier(SIZE), *reviews, Recipe(1, 50), keep_best=True)
    with pytest.raises(ValueError, match="no val_accuracy"):
        best_epoch({"loss": [1.0]})


@pytest.mark.parametrize("wrong", ["epochs", "batch_size", "learning_rate", "looks_per_epoch"])
def test_a_recipe_checks_itself(wrong):
    with pytest.raises(ValueError, match=wrong):
        Recipe(**({"epochs": 1, "batch_size": 1} | {wrong: 0}))
    with pytest.raises(ValueError, match=wrong):
        Recipe(**({"epochs": 1, "batch_size": 1} | {wrong: float("nan")}))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
@pytest.mark.parametrize("name", ["learning_rate", "weight_decay", "averaging", "clipnorm"])
def test_a_recipe_of_no_numbers(name, value):
    with pytest.raises(ValueError, match=name):
        Recipe(1, 1, **{name: value})


def test_labels_are_numbers(reviews):
    x, y = reviews
    wrong = np.where(np.arange(len(y)) == 7, np.nan, y)
    with pytest.raises(ValueError, match=r"the labels: 1 of .* the first at 7: nan"):
        fitting.train(classifier(SIZE), x, wrong, Recipe(1, 50))
    with pytest.raises(ValueError, match=r"the labels for validation: 1 of .* at 7"):
        fitting.train(classifier(SIZE), x, y, Recipe(1, 50), validation=(x, wrong))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda x, y: (x, 2 * y.astype(int) - 1),
            r"the labels.* are \[-1, 1\]; expected 0 and 1 only",
        ),
        (lambda x, y: (x, y + 1), r"the labels.* are \[1, 2\]"),
        (lambda x, y: (x, y / 2), r"the labels.* are \[0.0, 0.5\]"),
        (lambda x, y: (x + 300, y), "the ids go up to .* the model knows 300 words"),
        (lambda x, y: (x - 1, y), "the ids go down to -1"),
        (lambda x, y: (x + 0.5, y), "the ids are of type float64"),
        (lambda x, y: (x[:, 1:], y), r"the ids have shape \(400, 49\); expected \(batch, 50\)"),
    ],
)
def test_what_the_model_would_take_for_something_else(reviews, spoil, said):
    """XLA takes the last word for an id beyond it, and cross-entropy any number for a label."""
    with pytest.raises(ValueError, match=said):
        fitting.train(classifier(SIZE), *spoil(*reviews), Recipe(1, 50))
    with pytest.raises(ValueError, match=said):
        fitting.train(classifier(SIZE), *reviews, Recipe(1, 50), validation=spoil(*reviews))


def test_what_is_checked_before_a_training_changes_nothing_in_it(reviews, monkeypatch):
    def trained():
        keras.utils.set_random_seed(7)
        model = classifier(SIZE)
        fitting.train(model, *reviews, Recipe(1, 50), validation=reviews, keep_best=True)
        return model.get_weights()

    with_checks = trained()
    for check in ("check_ids", "check_labels"):
        monkeypatch.setattr(fitting, check, lambda *given: None)
    for checked, unchecked in zip(with_checks, trained(), strict=True):
        np.testing.assert_array_equal(checked, unchecked)


def test_a_model_of_no_numbers_has_no_answers(reviews):
    model = classifier(SIZE)
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    with pytest.raises(ValueError, match=r"the probabilities: .* nan; .* the model's weights"):
        predict(model, reviews[0])


def test_no_epoch_of_nan_is_the_best():
    assert best_epoch({"epoch": [1.0, 2.0], "val_accuracy": [0.5, 0.6]}) == 2.0
    with pytest.raises(ValueError, match=r"the values of val_accuracy: 1 of 2 .* at 0: nan"):
        best_epoch({"epoch": [1.0, 2.0], "val_accuracy": [float("nan"), 0.6]})


@pytest.mark.parametrize("share", [0.0, 1.0, 0.01, float("nan"), 1.2, -0.2])
def test_neither_part_may_be_empty(share):
    with pytest.raises(ValueError, match="leaves one part empty"):
        hold_out(np.zeros((10, 2)), np.zeros(10), share)


def test_texts_of_similar_length_are_read_together(reviews):
    x, y = reviews
    lengths = (x != 0).sum(axis=1)
    recipe = Recipe(1, 32, lengths=(25, 35, 50))
    epoch = [(ids.numpy(), labels.numpy()) for ids, labels in batches(x, y, recipe).take(12)]
    assert {ids.shape[1] for ids, _ in epoch} == {25, 35, 50}
    assert all(len(ids) == 32 for ids, _ in epoch)
    rows = {(*row[row != 0], label): 1 for row, label in zip(x, y, strict=True)}
    seen = [(*row[row != 0], label) for pair in epoch for row, label in zip(*pair, strict=True)]
    assert all(row in rows for row in seen)  # nothing was cut off, no label was moved
    assert len(set(seen)) == len(set(rows)) - (len(x) - 12 * 32)
    assert lengths.max() <= 50
    with pytest.raises(ValueError, match="do not fill one batch of 500"):
        batches(x, y, Recipe(1, 500, lengths=(50,)))


def test_labels_of_a_table_are_taken_by_their_places(reviews):
    """After a split at random the index of a table has another order than its rows."""
    x, y = reviews
    seen = []
    for labels in (y, pd.Series(y, index=np.arange(len(y))[::-1])):
        keras.utils.set_random_seed(3)
        batch = batches(x, labels, Recipe(1, 32, lengths=(25, 35, 50))).take(9)
        seen.append(np.concatenate([some.numpy() for _, some in batch]))
    np.testing.assert_array_equal(*seen)


def vectors_after(reviews, **options):
    keras.utils.set_random_seed(7)
    model = classifier(SIZE)
    fitting.train(model, *reviews, Recipe(2, 50, 0.01, **options), validation=reviews)
    return model.get_weights()[0]


@pytest.fixture(scope="module")
def plain_vectors(reviews):
    return vectors_after(reviews)


@pytest.mark.parametrize(
    "extra",
    [
        {"decay": True},
        {"weight_decay": 0.1},
        {"averaging": 0.9},
        {"clipnorm": 1e-6},
        {"lengths": (30, 50)},
    ],
)
def test_each_part_of_a_recipe_changes_the_training(reviews, plain_vectors, extra):
    vectors = vectors_after(reviews, **extra)
    assert np.isfinite(vectors).all()
    assert np.abs(vectors - plain_vectors).max() > 1e-4


def test_the_average_is_what_is_looked_at(reviews):
    keras.utils.set_random_seed(7)
    model = classifier(SIZE)
    recipe = Recipe(3, 50, 0.02, averaging=0.9)
    curves = fitting.train(model, *reviews, recipe, validation=reviews, keep_best=True)
    found = np.mean((predict(model, reviews[0]) > 0.5) == reviews[1])
    assert found == pytest.approx(max(curves["val_accuracy"]), abs=1e-6)


@pytest.mark.parametrize("wrong", [{"lengths": (5, 5)}, {"averaging": 1.0}, {"weight_decay": -1.0}])
def test_the_parts_of_a_recipe_are_checked(wrong):
    with pytest.raises(ValueError, match="expected"):
        Recipe(1, 1, **wrong)


@pytest.mark.parametrize("lengths", [(), (30, 50)])
def test_no_thread_tunes_the_batches(reviews, lengths):
    # `fit` would wait for it, for seconds, at the end of a training; see benchmarks/imdb.py.
    data = batches(*reviews, Recipe(1, 32, lengths=lengths))
    assert data.options().autotune.enabled is False


def test_a_model_for_any_length_is_not_compiled_at_every_step(reviews):
    model = classifier(replace(SIZE, timesteps=None))
    start = time.perf_counter()
    fitting.train(model, *reviews, Recipe(5, 10))  # 200 updates; each took over half a second
    assert time.perf_counter() - start < 60
