"""Calibration and abstention, on answers whose truth is known by construction."""

import numpy as np
import pytest

from gru_course.stats.calibration import (
    answered,
    at_temperature,
    best_temperature,
    confidence_for,
    cross_entropy,
    reliability,
    risk_coverage,
    share_interval,
)


def honest(n=40_000, seed=0):
    """Return probabilities that mean what they say, and labels drawn with them."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(0, 1, n)
    return p, (rng.uniform(0, 1, n) < p).astype(int)


def test_honest_probabilities_are_calibrated():
    found = reliability(*honest())
    assert found.expected_error < 0.01
    assert len(found.answers) == 10
    assert found.answers.sum() == 40_000
    np.testing.assert_allclose(found.confidence, found.accuracy, atol=0.03)


def test_bold_probabilities_are_not_and_a_temperature_repairs_them():
    p, y = honest()
    bold = at_temperature(p, 1 / 2.5)
    before = reliability(bold, y)
    assert before.expected_error > 0.05
    assert (before.accuracy < before.confidence).all()
    tau = best_temperature(bold, y)
    assert tau == pytest.approx(2.5, abs=0.1)
    after = at_temperature(bold, tau)
    np.testing.assert_allclose(after, np.clip(p, 1e-7, 1), atol=0.05)
    assert reliability(after, y).expected_error < 0.01
    assert cross_entropy(after, y) < cross_entropy(bold, y)


def test_a_temperature_changes_no_answer():
    p, _ = honest(1000)
    for tau in (0.1, 1.0, 7.0):
        np.testing.assert_array_equal(at_temperature(p, tau) > 0.5, p > 0.5)
    np.testing.assert_allclose(at_temperature(p, 1.0), p, atol=1e-6)
    assert np.isfinite(at_temperature([0.0, 1.0], 0.05)).all()


def test_the_best_temperature_has_the_lowest_loss():
    rng = np.random.default_rng(1)
    p, y = rng.uniform(0, 1, 500), rng.integers(0, 2, 500)
    tau = best_temperature(p, y)
    losses = [cross_entropy(at_temperature(p, t), y) for t in np.geomspace(0.05, 20, 200)]
    assert cross_entropy(at_temperature(p, tau), y) <= min(losses) + 1e-6


def test_confidence_is_worth_something():
    p, y = honest()
    coverage, risk = risk_coverage(p, y)
    assert coverage[-1] == 1.0
    assert risk[-1] == pytest.approx(np.mean((p > 0.5) != y))
    assert risk[len(risk) // 10] < 0.05 < risk[-1]
    threshold = confidence_for(p, y, accuracy=0.9)
    share, accuracy = answered(p, y, threshold)
    assert 0.89 < accuracy < 0.91
    assert share == pytest.approx(0.4, abs=0.03)  # |p - 1/2| above 0.3 makes 0.9 on average
    assert answered(p, y, 0.5) == (1.0, pytest.approx(1 - risk[-1]))


def test_a_confidence_that_nothing_reaches():
    p, y = np.array([0.9, 0.8, 0.7]), np.array([0, 0, 1])
    with pytest.raises(ValueError, match="no answers are right in 90% of the cases"):
        confidence_for(p, y, accuracy=0.9)
    assert np.isnan(answered(p, y, 0.95).accuracy)


def as_it_was(p, y, accuracy):
    """The rule before ties were looked at: any place in the order could be the last one."""
    enough = np.flatnonzero(1 - risk_coverage(p, y)[1] >= accuracy)
    return np.sort(np.maximum(p, 1 - p))[::-1][enough[-1]]


def test_equally_confident_answers_are_given_together():
    p, y = np.array([0.9, 0.8, 0.8]), np.array([1, 1, 0])
    assert as_it_was(p, y, 0.9) == 0.8  # the red light: two of three answers are right there
    assert answered(p, y, 0.8).accuracy < 0.9
    assert confidence_for(p, y, 0.9) == 0.9
    assert confidence_for(1 - p, 1 - y, 0.9) == 0.9  # the same answers the other way round
    with pytest.raises(ValueError, match=r"the most that can be asked for is 0\.500"):
        confidence_for([0.8, 0.8], [1, 0], 0.9)  # though the first of them alone is right


@pytest.mark.parametrize("seed", range(20))
def test_what_confidence_for_promises_holds_with_many_ties(seed):
    rng = np.random.default_rng(seed)
    p = rng.integers(0, 21, 200) / 20
    y = (rng.uniform(size=200) < p).astype(int)
    found = confidence_for(p, y, 0.85)
    assert answered(p, y, found).accuracy >= 0.85
    lower = [level for level in np.unique(np.maximum(p, 1 - p)) if level < found]
    assert all(answered(p, y, level).accuracy < 0.85 for level in lower)


@pytest.mark.parametrize("seed", range(20))
def test_without_ties_nothing_has_changed(seed):
    p, y = honest(2_000, seed)
    assert len(np.unique(np.maximum(p, 1 - p))) == len(p)
    assert confidence_for(p, y, 0.9) == as_it_was(p, y, 0.9)


def test_interval_of_a_share():
    estimate, low, high = share_interval(80, 100)
    assert (estimate, round(low, 3), round(high, 3)) == (0.8, 0.711, 0.867)  # Wilson, by hand
    assert share_interval(5, 5).high == pytest.approx(1.0)
    assert share_interval(5, 5).low > 0.5


@pytest.mark.parametrize(
    ("p", "y", "said"),
    [
        ([0.5, 1.2], [0, 1], "not all between 0 and 1"),
        ([0.5, np.nan], [0, 1], "probabilities: 1 of 2 values is not finite, the first at 1"),
        ([0.5], [0, 1], "shapes"),
        ([], [], "shapes"),
        ([[0.5]], [[1]], "shapes"),
        ([0.5, 0.4], [0, 2], "not all 0 or 1"),
    ],
)
def test_bad_input_is_refused(p, y, said):
    for function in (reliability, cross_entropy, risk_coverage, best_temperature):
        with pytest.raises(ValueError, match=said):
            function(p, y)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: at_temperature([0.5, np.nan], 1), "the probabilities: 1 of 2 .* the first at 1"),
        (lambda: at_temperature([0.5, 1.5], 1), r"not all between 0 and 1: 1\.5 at \[1\]"),
        (lambda: at_temperature([0.5], np.nan), "temperature is nan"),
        (lambda: at_temperature([0.5], np.inf), "temperature is inf"),
        (lambda: confidence_for([0.5], [1], np.nan), "accuracy is nan"),
        (lambda: confidence_for([0.5], [1], 95), "accuracy is 95"),
        (lambda: answered([0.5], [1], np.nan), "the confidences: 1 of 1"),
        (lambda: share_interval(0, 0), "total is 0; expected a whole number"),
        (lambda: share_interval(3, 2), "3 of 2 cases"),
        (lambda: share_interval(1, 2, 95), "confidence is 95"),
        (lambda: reliability([0.5, 0.5], [0, np.nan]), "not all 0 or 1"),
    ],
)
def test_hostile_settings_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_temperature_near_0_leaves_0_and_1():
    assert at_temperature([0.9, 0.5, 0.1], 1e-6).tolist() == [1.0, 0.5, 0.0]


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match="bins is 0"):
        reliability([0.5], [1], bins=0)
    with pytest.raises(ValueError, match="temperature is -1"):
        at_temperature([0.5], -1)
