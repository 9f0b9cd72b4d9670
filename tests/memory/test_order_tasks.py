import numpy as np
import pytest

from gru_course.memory.order_tasks import parity, recall_from, reviews
from gru_course.memory.tasks import memoryless, recall


def test_parity_is_a_coin_toss_without_memory():
    task = parity(n=4_000, timesteps=16)
    assert memoryless(task) < 0.56  # the first answer equals the first bit
    assert abs(task.y.mean() - 0.5) < 0.02


def test_recall_from_the_first_place_is_recall():
    ours, theirs = recall_from(0, n=5, lag=9, seed=3), recall(n=5, lag=9, seed=3)
    np.testing.assert_array_equal(ours.x, theirs.x)
    np.testing.assert_array_equal(ours.y, theirs.y)


@pytest.mark.parametrize("place", [1, 4, 9])
def test_the_flag_marks_the_answer(place):
    task = recall_from(place, n=50, lag=9, seed=3)
    assert (task.x[:, place, -1] == 1).all()
    assert task.x[:, :, -1].sum() == 50
    np.testing.assert_array_equal(task.x[:, place, :-1].argmax(axis=1), task.y)


def test_reviews_come_in_twins_in_every_part():
    splits, vocabulary = reviews(n_train=200, n_test=50)
    for part in splits:
        assert part.y.mean() == 0.5
        for one, other in zip(part.x[::2, :, 0], part.x[1::2, :, 0], strict=True):
            assert sorted(one) == sorted(other)
        assert part.x.max() < vocabulary


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: parity(0, 5), "n is 0; expected a whole number from 1 up"),
        (lambda: recall_from(10, n=1, lag=9), "place is 10"),
        (lambda: reviews(n_train=105), "multiples of 10"),
        (lambda: reviews(n_train=0), "multiples of 10"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()
