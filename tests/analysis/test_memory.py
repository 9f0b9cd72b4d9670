import numpy as np
import pytest

from gru_course.analysis.memory import counting_unit, horizon


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
