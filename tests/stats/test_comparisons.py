import numpy as np
import pytest
from scipy import stats

from gru_course.stats.comparisons import holm, welch_difference


def test_without_other_errors_it_is_welchs_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.85, 0.004, 5), rng.normal(0.84, 0.001, 8)
    interval, p_value = welch_difference(a, b)
    expected = stats.ttest_ind(a, b, equal_var=False)
    bounds = expected.confidence_interval(0.95)
    assert p_value == pytest.approx(expected.pvalue)
    assert interval == pytest.approx((a.mean() - b.mean(), bounds.low, bounds.high))


def test_a_second_source_of_chance_widens_the_interval():
    narrow, sure = welch_difference([0.84, 0.85, 0.86], [0.80, 0.81, 0.82])
    wide, unsure = welch_difference([0.84, 0.85, 0.86], [0.80, 0.81, 0.82], other_error=0.05)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert wide.estimate == narrow.estimate
    assert unsure > sure


def test_a_single_result_is_one_without_chance():
    interval, p_value = welch_difference([0.84, 0.85, 0.86], [0.90])
    expected = stats.ttest_1samp([0.84, 0.85, 0.86], 0.90)
    assert p_value == pytest.approx(expected.pvalue)
    bounds = expected.confidence_interval(0.95)
    assert interval == pytest.approx((-0.05, bounds.low - 0.90, bounds.high - 0.90))
    certain, _ = welch_difference([0.91], [0.90], other_error=0.002)
    assert certain.high - certain.low == pytest.approx(2 * 1.96 * 0.002, rel=1e-3)


def test_intervals_cover_the_truth_as_often_as_they_say():
    """Two sources of chance: seeds, and a shift that all seeds of a trial share."""
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(2000):
        a = rng.normal(0.01, 0.004, 5) + rng.normal(0, 0.002)
        interval, _ = welch_difference(a, rng.normal(0, 0.004, 5), other_error=0.002)
        covered += interval.low <= 0.01 <= interval.high
    assert covered / 2000 == pytest.approx(0.95, abs=0.015)


def test_holm_by_hand():
    assert holm([0.03, 0.01, 0.02, 0.9]) == pytest.approx([0.06, 0.04, 0.06, 0.9])
    assert holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])
    assert holm([]) == []


def test_holm_keeps_its_promise():
    """Of 15 comparisons without a difference, any is "found" in at most one trial of twenty."""
    p_values = np.random.default_rng(0).uniform(size=(4000, 15))
    found = np.mean([min(holm(list(row))) < 0.05 for row in p_values])
    unadjusted = np.mean(p_values.min(axis=1) < 0.05)
    assert found == pytest.approx(0.05, abs=0.012)
    assert unadjusted > 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: welch_difference([], [0.8, 0.7]), "one result per seed"),
        (lambda: welch_difference([[0.9, 0.8]], [0.8, 0.7]), "one result per seed"),
        (lambda: welch_difference([0.9], [0.8]), "no result varies"),
        (lambda: welch_difference([0.9, 0.9], [0.8, 0.8]), "no result varies"),
        (lambda: holm([0.1, 1.2]), "between 0 and 1"),
        (lambda: holm([0.1, np.nan]), "between 0 and 1"),
        (lambda: holm([[0.1, 0.2], [0.3, 0.4]]), r"p-values of the shape \(2, 2\)"),
        (lambda: welch_difference([0.9, np.nan], [0.8]), "the results: 1 of 2 .* at 1: nan"),
        (lambda: welch_difference([0.9, 0.8], [0.8], other_error=np.inf), "the other errors"),
        (lambda: welch_difference([0.9, 0.8], [0.8], confidence=95), "confidence is 95"),
        (lambda: welch_difference([0.3, 0.1 + 0.2], [0.5, 0.5]), "no result varies"),
        (lambda: welch_difference([1e9 / 3] * 7, [1e9] * 3), "no result varies"),
        (lambda: welch_difference([1e-100, 2e-100], [3e-100]), "in another unit"),
        (lambda: welch_difference([1e100, 2e100], [3e100]), "in another unit"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()
