import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gru_course.cells import mingru as module
from gru_course.cells.mingru import (
    MinGRUWeights,
    linear_loop,
    linear_scan,
    mingru,
    mingru_backward,
    scan_passes,
)

SHAPES = hnp.array_shapes(min_dims=3, max_dims=3, max_side=40)
DRAWN = st.integers(0, 2**32 - 1)


@given(shape=SHAPES, seed=DRAWN, extreme=st.booleans())
def test_scan_equals_loop(shape, seed, extreme):
    """For gates anywhere in [0, 1], at its ends too, where a division would fail."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 2, shape).astype(float) if extreme else rng.uniform(size=shape)
    b = rng.normal(scale=10, size=shape)
    np.testing.assert_allclose(linear_scan(a, b), linear_loop(a, b), rtol=0, atol=1e-11)


@given(batch=st.integers(1, 3), timesteps=st.integers(1, 70), seed=DRAWN)
def test_parallel_equals_recurrent_from_any_state(batch, timesteps, seed):
    rng = np.random.default_rng(seed)
    weights = MinGRUWeights.random(3, 5, seed=seed, scale=3.0)
    x, state = rng.normal(size=(batch, timesteps, 3)), rng.normal(size=(batch, 5))
    parallel = mingru(x, weights, state).hidden_state
    recurrent = mingru(x, weights, state, solve=linear_loop).hidden_state
    np.testing.assert_allclose(parallel, recurrent, rtol=0, atol=1e-11)


def test_a_wrong_scan_is_seen(monkeypatch):
    """One pass too few, and the comparison above must fail."""
    a, b = np.full((1, 9, 1), 0.9), np.ones((1, 9, 1))
    expected = linear_scan(a, b)
    monkeypatch.setattr(module, "scan_passes", lambda timesteps: scan_passes(timesteps) - 1)
    assert np.abs(linear_scan(a, b) - expected).max() > 0.1


def test_a_long_memory_survives_where_division_would_not():
    """A cumulated product of these gates is far below the smallest 64-bit number."""
    a, b = np.full((1, 5000, 1), 0.5), np.ones((1, 5000, 1))
    assert np.cumprod(a)[-1] == 0.0
    np.testing.assert_allclose(linear_scan(a, b)[0, -1], 2.0, rtol=1e-15)


def test_the_inputs_are_left_alone():
    a, b = np.full((1, 8, 1), 0.5), np.ones((1, 8, 1))
    linear_scan(a, b)
    assert (a == 0.5).all()
    assert (b == 1.0).all()


def test_z_keeps():
    """With the update gate held at 1 the initial state stays, at 0 the candidate is written."""
    x, state = np.ones((1, 4, 1)), np.array([[0.3]])
    for bias, expected in ((50.0, 0.3), (-50.0, 2.0)):
        weights = MinGRUWeights(np.array([[0.0, 2.0]]), np.array([bias, 0.0]))
        hidden = mingru(x, weights, state).hidden_state
        np.testing.assert_allclose(hidden, np.full((1, 4, 1), expected), atol=1e-12)


def test_the_convention_of_the_paper_is_a_change_of_sign():
    weights = MinGRUWeights.random(3, 4, seed=0)
    x = np.random.default_rng(1).normal(size=(2, 6, 3))
    W_z, W_h = np.split(weights.kernel, 2, axis=1)
    b_z, b_h = np.split(weights.bias, 2)
    h = np.zeros((2, 4))
    for t in range(6):
        z_paper = 1 / (1 + np.exp(-(x[:, t] @ -W_z - b_z)))
        h = (1 - z_paper) * h + z_paper * (x[:, t] @ W_h + b_h)
    np.testing.assert_allclose(mingru(x, weights).hidden_state[:, -1], h, atol=1e-14)


def test_gradients_by_finite_differences():
    rng = np.random.default_rng(2)
    weights = MinGRUWeights.random(3, 4, seed=3)
    x, direction = rng.normal(size=(2, 9, 3)), rng.normal(size=(2, 9, 4))

    def loss(x, kernel, bias):
        return np.sum(direction * mingru(x, MinGRUWeights(kernel, bias)).hidden_state)

    d_x, d_weights = mingru_backward(x, weights, mingru(x, weights), direction)
    arrays = [x, weights.kernel, weights.bias]
    for which, gradient in enumerate([d_x, d_weights.kernel, d_weights.bias]):
        numeric = np.zeros_like(gradient)
        for index in np.ndindex(*gradient.shape):
            sides = []
            for shift in (1e-5, -1e-5):
                moved = [array.copy() for array in arrays]
                moved[which][index] += shift
                sides.append(loss(*moved))
            numeric[index] = (sides[0] - sides[1]) / 2e-5
        np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-8)


def test_the_backward_pass_makes_as_few_passes(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "linear_scan", lambda a, b: seen.append(a.shape) or b)
    weights = MinGRUWeights.random(3, 4, seed=3)
    x = np.zeros((2, 16, 3))
    mingru_backward(x, weights, mingru(x, weights, solve=linear_loop), np.zeros((2, 16, 4)))
    assert seen == [(2, 16, 4)]


@pytest.mark.parametrize("timesteps", [1, 2, 3, 31, 32, 33, 4096])
def test_passes_are_the_logarithm(timesteps):
    assert scan_passes(timesteps) == int(np.ceil(np.log2(timesteps)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MinGRUWeights(np.zeros((3, 5)), np.zeros(5)), r"kernel has shape \(3, 5\)"),
        (lambda: MinGRUWeights(np.zeros((3, 4)), np.zeros(3)), r"bias has shape \(3,\); expected"),
        (lambda: linear_scan(np.zeros((1, 2, 3)), np.zeros((1, 2, 4))), "expected the same"),
        (lambda: linear_loop(np.zeros((1, 0, 3)), np.zeros((1, 0, 3))), "timesteps >= 1"),
        (lambda: scan_passes(0), "timesteps is 0; expected a whole number from 1 up"),
        (lambda: mingru(np.zeros((1, 2, 4)), WEIGHTS), r"expected \(batch, timesteps >= 1, 3\)"),
        (lambda: mingru(np.zeros((1, 2, 3)), WEIGHTS, np.zeros((1, 3))), r"expected \(1, 4\)"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


WEIGHTS = MinGRUWeights.random(3, 4, seed=0)
