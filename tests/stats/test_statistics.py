import numpy as np
import pytest

from gru_course.stats.statistics import mean_difference, p_value, ratio_of_medians


def pairs(difference, n=8, seed=0):
    """Two results per seed that share what the seed does to both."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(0.9, 0.05, n)
    return shared + difference + rng.normal(0, 0.01, n), shared + rng.normal(0, 0.01, n)


def test_a_difference_is_found_though_seeds_scatter_more_than_it():
    a, b = pairs(0.02)
    assert np.std(b) > 0.02
    assert p_value(a, b) < 0.05
    estimate, low, high = mean_difference(a, b)
    assert 0 < low < estimate < high < 0.04


def test_no_difference_is_significant_about_as_rarely_as_promised():
    values = [p_value(*pairs(0.0, seed=seed)) for seed in range(60)]
    assert np.mean(np.array(values) < 0.05) < 0.15
    assert np.median(values) > 0.3


def test_the_test_is_the_exact_one():
    """All eight differences of one sign: only 2 of the 2**8 choices of signs are as extreme."""
    a = np.linspace(0.8, 0.9, 8)
    assert p_value(a + 0.01, a) == pytest.approx(2 / 2**8)
    assert p_value(a, a) == 1.0


def test_the_order_of_the_models_only_turns_the_sign():
    a, b = pairs(0.03)
    assert p_value(a, b) == p_value(b, a)
    assert mean_difference(a, b).estimate == pytest.approx(-mean_difference(b, a).estimate)


def test_a_ratio_of_noisy_times():
    rng = np.random.default_rng(0)
    b = rng.lognormal(0, 0.05, 15)
    ratio = ratio_of_medians(2 * b * rng.lognormal(0, 0.05, 15), b)
    assert ratio.low < 2 < ratio.high
    assert ratio.low > 1.8
    assert ratio.high < 2.2


@pytest.mark.parametrize("function", [mean_difference, p_value, ratio_of_medians])
@pytest.mark.parametrize(("a", "b"), [([1.0], [1.0]), ([1.0, 2.0], [1.0, 2.0, 3.0])])
def test_what_is_no_pairs_is_refused(function, a, b):
    with pytest.raises(ValueError, match="at least two pairs"):
        function(a, b)


@pytest.mark.parametrize("function", [mean_difference, p_value, ratio_of_medians])
@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_results_are_numbers(function, value):
    with pytest.raises(ValueError, match=r"the results.* the first at 1: "):
        function([1.0, 2.0, 3.0], [1.0, value, 3.0])


@pytest.mark.parametrize("confidence", [0, 1, 95, np.nan])
def test_a_confidence_is_a_share(confidence):
    for function in (mean_difference, ratio_of_medians):
        with pytest.raises(ValueError, match=r"confidence is .*; expected a share"):
            function([1.0, 2.0], [2.0, 3.0], confidence=confidence)


@pytest.mark.parametrize("scale", [1e-200, 1e-15, 1e-3, 1e3, 1e9, 1e200])
def test_the_unit_of_the_results_does_not_matter(scale):
    """Rounded after the twelfth decimal, small results would all be equal, and large ones not."""
    a, b = pairs(0.01, n=10)
    assert p_value(scale * a, scale * b) == p_value(a, b)
    found, expected = mean_difference(scale * a, scale * b), mean_difference(a, b)
    np.testing.assert_allclose(np.divide(found, scale), expected, rtol=1e-6)
    shifted = np.linspace(0.8, 0.9, 8) * scale  # the same difference but for the last bits
    assert p_value(shifted + 0.01 * scale, shifted) == pytest.approx(2 / 2**8)


def test_of_accuracies_twelve_decimals_count():
    """What the stored results were computed with."""
    a, b = np.array([0.9, 0.8, 1.0]), np.array([0.85, 0.79, 0.1 + 0.2])
    assert mean_difference(a, b).estimate == float(np.mean(np.round(a - b, 12)))


def test_nothing_differs_from_nothing():
    assert p_value([0.0, 0.0], [0.0, 0.0]) == 1.0
    assert mean_difference([0.0, 0.0], [0.0, 0.0]) == (0, 0, 0)


def test_times_are_positive():
    with pytest.raises(ValueError, match="positive"):
        ratio_of_medians([1.0, 0.0], [1.0, 1.0])
