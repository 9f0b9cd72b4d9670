import numpy as np
import pytest

from gru_course.export.reader import GRUReader
from gru_course.layers.backend import keras

FEATURES, UNITS, CLASSES = 5, 4, 3


@pytest.fixture(scope="session")
def model():
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((None, FEATURES)), layers.Masking(), layers.GRU(UNITS), layers.Dense(CLASSES)]
    )
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(scope="session")
def reader(model):
    return GRUReader.of(model)


@pytest.fixture(scope="session")
def words():
    """Five words of different lengths."""
    rng = np.random.default_rng(1)
    return [rng.normal(size=(length, FEATURES)).astype("f4") for length in (1, 2, 5, 9, 20)]


@pytest.fixture(scope="session")
def expected(model, words):
    """What Keras says of each word, in one call."""
    return np.concatenate([np.asarray(model(word[None])) for word in words])
