import numpy as np
import pytest

from gru_course.apps.forecasting.intervals import (
    conformal_margin,
    coverage,
    outside,
    pinball,
)


def test_a_conformal_margin_keeps_its_promise():
    """Over many draws, new errors of the same kind are covered as often as asked for."""
    rng = np.random.default_rng(0)
    held, new = np.abs(rng.standard_t(3, size=(2, 49, 2000)))  # 2,000 draws of 49 and 49
    margin = np.tile(conformal_margin(held, 0.9), (49, 1))
    assert 0.89 < coverage(new, -margin, margin).mean() < 0.92


def test_when_the_world_changes_the_promise_breaks():
    rng = np.random.default_rng(0)
    margin = conformal_margin(np.abs(rng.normal(size=(500, 1))), 0.9)
    wilder = np.abs(2 * rng.normal(size=(500, 1)))
    assert (wilder <= margin).mean() < 0.75


def test_correcting_quantiles_widens_or_narrows():
    rng = np.random.default_rng(0)
    y = rng.normal(size=(999, 1))
    for half in (0.5, 3.0):
        low, high = np.full_like(y, -half), np.full_like(y, half)
        margin = conformal_margin(outside(y, low, high), 0.9)
        assert half + margin[0] == pytest.approx(1.645, abs=0.15)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: coverage(np.zeros((2, 1)), np.ones((2, 1)), np.zeros((2, 1))), "above its upper"),
        (lambda: coverage(np.zeros(2), np.zeros(2), np.zeros(2)), "three times the same"),
        (lambda: conformal_margin(np.zeros((8, 1)), 0.9), "at least 9 examples"),
        (lambda: conformal_margin(np.zeros((8, 1)), 90), "share between 0 and 1"),
        (lambda: conformal_margin(np.zeros((8, 1)), np.nan), "share between 0 and 1"),
        (lambda: conformal_margin([[1.0], [np.nan]], 0.5), r"the scores: 1 of 2 .* at \(1, 0\)"),
        (
            lambda: coverage([[np.nan]], [[0]], [[1]]),
            r"the true values: 1 of 1 .* at \(0, 0\): nan",
        ),
        (lambda: outside([[0.5]], [[-np.inf]], [[1]]), "the lower ends: 1 of 1"),
        (lambda: outside([[0.5]], [[0]], [[np.nan]]), "the upper ends: 1 of 1"),
        (lambda: coverage(*[np.empty((0, 2))] * 3), "and an example"),
    ],
)
def test_impossible_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_the_price_of_a_band_is_least_at_its_quantiles():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(4000, 1))
    right = np.quantile(truth, (0.05, 0.5, 0.95))
    prices = [
        pinball(truth, np.broadcast_to(right * width, (4000, 1, 3)), (0.05, 0.5, 0.95))
        for width in (0.5, 1.0, 2.0)
    ]
    assert np.argmin(prices) == 1
    with pytest.raises(ValueError, match=r"shapes \(4000, 1\), \(4000, 1\), \(3,\)"):
        pinball(truth, truth, (0.05, 0.5, 0.95))
