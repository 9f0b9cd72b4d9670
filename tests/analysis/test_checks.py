import numpy as np
import pytest

from gru_course.analysis.checks import numerical_gradient


def test_the_gradient_of_a_known_function():
    at = np.random.default_rng(0).normal(size=(2, 3))
    found = numerical_gradient(lambda x: float(np.sin(x).sum()), at)
    np.testing.assert_allclose(found, np.cos(at), rtol=1e-8)


def test_few_bits_are_refused():
    with pytest.raises(TypeError, match="expected float64"):
        numerical_gradient(lambda x: float(x.sum()), np.ones(2, dtype="float32"))
