import numpy as np
import pytest

from gru_course.memory.order_tasks import parity, reviews
from gru_course.memory.tasks import recall
from gru_course.memory.variants import (
    READERS,
    attention,
    bidirectional,
    one_way,
    reader_model,
    stacked,
    widest_model,
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_the_widest_model_is_the_widest(reader):
    task = recall(n=1, lag=6)
    sizes = [reader_model(reader, units, task).count_params() for units in (7, 8)]
    for budget, size in ((sizes[1] - 1, sizes[0]), (sizes[1], sizes[1])):
        assert widest_model(reader, budget, task).count_params() == size


@pytest.mark.parametrize("reader", [r for r in READERS if r is not attention])
def test_answers_at_every_step(reader):
    assert reader_model(reader, 3, parity(n=1, timesteps=7)).output_shape == (None, 7, 2)


def test_token_ids_are_embedded():
    splits, vocabulary = reviews(n_train=20, n_test=10)
    model = reader_model(one_way, 3, splits.train, vocabulary=vocabulary, embedding_dim=4)
    assert model(splits.test.x).shape == (10, 2)
    assert model.count_params() == 4 * vocabulary + 3 * 3 * (4 + 3 + 2) + 2 * (3 + 1)


def test_only_the_bidirectional_one_sees_the_future():
    x = np.random.default_rng(0).normal(size=(1, 7, 1)).astype("float32")
    changed = x.copy()
    changed[0, -1] += 1
    for reader, sees in ((one_way, False), (stacked, False), (bidirectional, True)):
        model = reader_model(reader, 3, parity(n=1, timesteps=7))
        moved = np.abs(model(x).numpy() - model(changed).numpy())[0, 0].max()
        assert (moved > 0) == sees


def test_what_does_not_fit():
    with pytest.raises(ValueError, match="not at every step"):
        reader_model(attention, 3, parity(n=1, timesteps=7))
    with pytest.raises(ValueError, match="do not hold one unit"):
        widest_model(one_way, 10, recall(n=1, lag=6))
    with pytest.raises(ValueError, match="expected one, token ids from 0 to 4"):
        reader_model(one_way, 3, reviews(n_train=100, n_test=10)[0].train, vocabulary=5)
