import numpy as np
import pytest

from gru_course.memory.horizons import counting_unit, from_to, horizon


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([[0.5], [1.0]], 0),  # a length after a failure does not count
        ([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], 10),
        ([[0.9], [0.9]], 20),
    ],
)
def test_horizon_is_the_last_length_before_the_first_failure(scores, expected):
    assert horizon([10, 20], scores, passed=0.9) == expected


def test_horizon_of_errors():
    assert horizon([10, 20], [[0.001], [0.2]], passed=0.01, higher_is_better=False) == 10


def test_counting_unit_takes_either_sign_and_skips_dead_units():
    count = np.arange(10)
    states = np.stack([np.ones(10), np.sin(count), -3.0 * count], axis=1)
    assert counting_unit(states, count) == 2


@pytest.mark.parametrize("count", [np.ones(4), 0.1 + 0.2 * np.ones(4)])
def test_nothing_goes_with_a_count_that_never_changes(count):
    with pytest.raises(ValueError, match="never change"):
        counting_unit(np.random.default_rng(0).normal(size=(4, 2)), count)


def test_a_unit_that_changes_by_rounding_is_dead():
    rounding = 0.1 + np.array([0.0, 1.4e-17, 2.8e-17, 2.8e-17])
    states = np.stack([rounding, [0.0, 0.1, 0.3, 0.2]], axis=1)
    assert counting_unit(states, [0, 1, 2, 3]) == 1


@pytest.mark.parametrize(
    ("lengths", "scores", "said"),
    [
        ([20, 10], [[1.0], [1.0]], "expected ascending"),
        ([10, 20], [[1.0]], "1 rows of scores"),
        ([10], [[]], "has no score"),
        ([10], [[np.nan]], "not finite"),
    ],
)
def test_scores_that_do_not_fit(lengths, scores, said):
    with pytest.raises(ValueError, match=said):
        horizon(lengths, scores, passed=0.9)


def test_from_to_wants_scores_for_each_length():
    with pytest.raises(ValueError, match="scores for 1 lengths; expected 2"):
        from_to([10, 20], [[0.5]], 10)
    with pytest.raises(ValueError, match="no score at length 10"):
        from_to([10], [[]], 10)
