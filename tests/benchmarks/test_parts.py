"""The parts of the benchmark do what they are timed for."""

import sys
from pathlib import Path

import numpy as np
import pytest

from gru_course.layers.backend import keras
from gru_course.layers.fast_gru import FastGRU

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

PARTS = Path(__file__).resolve().parents[2] / "benchmarks" / "parts"


@pytest.fixture(scope="module")
def parts():
    sys.path.insert(0, str(PARTS))
    import distinct
    import elsewhere

    yield distinct, elsewhere
    sys.path.remove(str(PARTS))


@pytest.fixture
def batch():
    # Each word once: where one occurs twice, Adam of Keras is not that of the paper, see below.
    rng = np.random.default_rng(0)
    return rng.permutation(20).reshape(4, 5).astype("int32"), np.array([0, 1, 1, 0], "float32")


def keras_model(weights):
    ids = keras.Input((5,), dtype="int32")
    state = FastGRU(3)(keras.layers.Embedding(20, 4)(ids))
    model = keras.Model(ids, keras.layers.Dense(1, activation="sigmoid")(state))
    model.set_weights([weights[0].numpy()[:20], *(w.numpy() for w in weights[1:])])
    model.compile("adam", "binary_crossentropy")
    return model


def test_a_first_update_by_rows_is_that_of_adam(parts, batch):
    # Before the first update all moments are 0, so rows that are not in the batch rest in both.
    update, weights = parts[0].row_wise_update(20, 4, 3)
    model = keras_model(weights)
    x, y = batch
    start = weights[0].numpy()
    assert update(x, y) == pytest.approx(float(model.train_on_batch(x, y[:, None])), rel=1e-5)
    for ours, theirs in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours.numpy()[: len(theirs)], theirs, atol=2e-6)
    assert not np.allclose(weights[0].numpy()[x[0, 0]], start[x[0, 0]], atol=1e-5)


def test_a_second_update_is_not_where_words_are_missing(parts, batch):
    update, weights = parts[0].row_wise_update(20, 4, 3)
    model = keras_model(weights)
    x, y = batch
    update(x, y)
    model.train_on_batch(x, y[:, None])
    one_word, old = np.full_like(x, x[0, 0]), x[x != x[0, 0]][0]
    rested = weights[0].numpy()[old]
    update(one_word, y)
    model.train_on_batch(one_word, y[:, None])
    np.testing.assert_array_equal(weights[0].numpy()[old], rested)
    assert not np.allclose(model.get_weights()[0][old], rested, atol=1e-5)


def test_what_is_not_installed_is_left_out(parts, monkeypatch):
    monkeypatch.setattr(parts[1].importlib.util, "find_spec", lambda name: None)
    with parts[1].calls_elsewhere(4, 5, 20, 4, 3) as (calls, versions):
        assert calls == {}
        assert versions == {}


def test_a_framework_that_breaks_is_reported(parts, monkeypatch):
    monkeypatch.setattr(parts[1].importlib.util, "find_spec", lambda name: name == "torch")
    with pytest.raises(RuntimeError, match="the process of torch ended"):  # noqa: SIM117
        with parts[1].calls_elsewhere(0, 5, 20, 4, 3) as (calls, _):
            next(iter(calls.values()))[0]()


def test_adam_of_keras_squares_each_occurrence_of_a_word():
    """Performance says so. If Keras changes this, the page and our row-wise update must change."""
    model = keras.Sequential([keras.layers.Embedding(2, 1, embeddings_initializer="zeros")])
    model.compile(keras.optimizers.Adam(0.01), loss=lambda _, answer: keras.ops.sum(answer))
    model.train_on_batch(np.array([[0, 0, 1]]), np.zeros((1, 3, 1)))
    twice, once = np.abs(model.get_weights()[0][:, 0])
    assert once == pytest.approx(0.01, rel=1e-4)
    assert twice == pytest.approx(0.01 * np.sqrt(2), rel=1e-4)  # in the paper: 0.01, too
