import numpy as np
import pytest

from gru_course.cells.checks import numerical_gradient, relative_error


def test_the_gradient_of_a_known_function():
    at = np.random.default_rng(0).normal(size=(2, 3))
    found = numerical_gradient(lambda x: float(np.sin(x).sum()), at)
    np.testing.assert_allclose(found, np.cos(at), rtol=1e-8)


def test_few_bits_are_refused():
    with pytest.raises(TypeError, match="expected float64"):
        numerical_gradient(lambda x: float(x.sum()), np.ones(2, dtype="float32"))


def test_an_error_relative_to_nothing_is_refused():
    for found, expected in (([1.0], [0.0]), ([1.0], [1.0, 2.0]), ([np.nan], [1.0])):
        with pytest.raises(ValueError, match="expected"):
            relative_error(np.array(found), np.array(expected))


def test_a_loss_that_is_no_number_has_no_gradient():
    with pytest.raises(ValueError, match="the changes of the loss: 1 of 2 values is not finite"):
        numerical_gradient(lambda x: float(np.nan if x[0] != 1 else x.sum()), np.ones(2))
