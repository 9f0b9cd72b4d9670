import numpy as np
import pytest

from gru_course.apps.forecasting.forecast_tests import (
    clark_west,
    diebold_mariano,
    long_run_variance,
    ratio_interval,
)


def equal(rng):
    """Two forecasts, equally bad, whose errors have much in common."""
    common, one, two = rng.normal(size=(3, 120))
    return (common + one) ** 2, (common + two) ** 2


def better(rng):
    truth = rng.normal(size=120)
    return (truth - 0.6 * truth) ** 2, truth**2


def rejection_rate(losses, runs, alternative="less"):
    """Count how often the test speaks up on made-up data: its errors, or its power."""
    rng = np.random.default_rng(0)
    found = [diebold_mariano(*losses(rng), alternative=alternative).p_value for _ in range(runs)]
    return np.mean(np.array(found) < 0.05)


def test_it_is_wrong_as_often_as_it_says_and_sees_what_is_there():
    assert 0.02 < rejection_rate(equal, 600, alternative="two-sided") < 0.09
    assert 0.02 < rejection_rate(equal, 600, alternative="less") < 0.09
    assert rejection_rate(better, 100) > 0.95
    assert rejection_rate(lambda rng: better(rng)[::-1], 100, alternative="less") == 0


def overlapping(rng):
    """Five steps ahead, one origin after the other: neighbours share four of five shocks."""
    shocks = rng.normal(size=(2, 304))
    return [np.convolve(s, np.ones(5), "valid") ** 2 for s in shocks]


def test_overlap_must_be_allowed_for():
    """Without the lags the test would cry out three times too often."""

    def rate(**options):
        rng = np.random.default_rng(1)
        found = [diebold_mariano(*overlapping(rng), **options).p_value for _ in range(400)]
        return np.mean(np.array(found) < 0.05)

    assert rate(horizon=5) < 0.10
    assert rate(horizon=1, lags=0) > 0.15


def test_the_arithmetic_is_that_of_the_papers():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 50)) ** 2
    d, h = a - b, 2
    found = diebold_mariano(a, b, horizon=h, lags=1)
    g0, g1 = d.var(), ((d - d.mean())[1:] @ (d - d.mean())[:-1]) / 50
    by_hand = d.mean() / np.sqrt((g0 + 2 * 0.5 * g1) / 50)
    by_hand *= np.sqrt((50 + 1 - 2 * h + h * (h - 1) / 50) / 50)
    assert found.statistic == pytest.approx(by_hand)
    assert found.difference == pytest.approx(d.mean())


def test_the_variance_is_that_of_statsmodels():
    hac = pytest.importorskip("statsmodels.stats.sandwich_covariance")
    x = np.random.default_rng(0).normal(size=80).cumsum()
    reference = hac.S_hac_simple((x - x.mean())[:, None], nlags=5)[0, 0] / 80
    assert long_run_variance(x, 5) == pytest.approx(reference)


def test_one_sided_and_two_sided_fit_together():
    rng = np.random.default_rng(3)
    a, b = better(rng)
    less = diebold_mariano(a, b, alternative="less")
    assert diebold_mariano(a, b).p_value == pytest.approx(2 * less.p_value)
    assert diebold_mariano(b, a, alternative="less").p_value == pytest.approx(1 - less.p_value)


@pytest.mark.parametrize("scale", [1e-100, 1e-9, 1e9, 1e100])
def test_the_unit_of_the_losses_does_not_matter(scale):
    a, b = better(np.random.default_rng(0))
    found, expected = diebold_mariano(scale * a, scale * b), diebold_mariano(a, b)
    assert found.p_value == pytest.approx(expected.p_value)
    assert found.statistic == pytest.approx(expected.statistic)


@pytest.mark.parametrize(
    ("a", "b", "options", "said"),
    [
        (np.ones(20), np.ones(19), {}, "same"),
        (np.ones(5), np.ones(5), {}, "at least 10"),
        (np.ones(20), np.ones(20), {}, "nothing to test"),
        (np.arange(20), np.ones(20), {"horizon": 10}, "horizon is 10"),
        (np.arange(20), np.ones(20), {"lags": 20}, "20 lags"),
        (np.arange(20), np.ones(20), {"alternative": "more"}, "alternative"),
        (np.full(20, np.nan), np.ones(20), {}, "the losses: 20 of 20 .* not finite"),
        (np.arange(20), np.append(np.ones(19), np.inf), {}, "the first at 19: inf"),
        (np.linspace(1, 2, 20), np.linspace(1, 2, 20) + 0.1, {}, "differ by a constant"),
        (1e9 + np.arange(20.0), 1e9 / 3 + np.arange(20.0), {}, "differ by a constant"),
    ],
)
def test_impossible_input_is_refused(a, b, options, said):
    with pytest.raises(ValueError, match=said):
        diebold_mariano(a, b, **options)


def test_a_ratio_of_dependent_losses_has_a_wide_enough_interval():
    """Blocks: 95% intervals hold the true ratio far more often than those of single origins."""
    rng = np.random.default_rng(0)

    def held(block):
        inside = 0
        for _ in range(60):
            level = np.repeat(rng.exponential(size=(2, 40)), 10, axis=1)
            found = ratio_interval(level[0], level[1], block, draws=300)
            inside += found.low <= 1 <= found.high
        return inside / 60

    assert held(20) > 0.85 > 0.7 > held(1)


def test_seeds_count_in_the_ratio():
    losses = np.random.default_rng(0).uniform(1, 2, size=300)
    alike, apart = np.stack([losses] * 5), losses * np.linspace(0.5, 1.5, 5)[:, None]
    narrow, wide = (ratio_interval(of, losses, 10) for of in (alike, apart))
    assert narrow.low == narrow.high == narrow.ratio == 1
    assert wide.ratio == pytest.approx(1)
    assert wide.high - wide.low > 0.3


@pytest.mark.parametrize(
    ("first", "second", "block"),
    [(np.ones((2, 9)), np.ones(8), 2), (np.ones((2, 9)), np.ones(9), 5),
     (np.ones((2, 9)), np.zeros(9), 2)],
)  # fmt: skip
def test_losses_that_have_no_ratio(first, second, block):
    with pytest.raises(ValueError, match=r"expected \(seeds, n\)"):
        ratio_interval(first, second, block)


def test_a_nested_model_that_adds_noise_is_found_by_chance_only():
    """At 5% about one in twenty; the plain comparison of losses finds next to none."""
    rng = np.random.default_rng(0)
    p_values, plain = [], []
    for _ in range(400):
        past, truth = rng.normal(size=(2, 300))
        slope = (past[:100] @ truth[:100]) / (past[:100] @ past[:100])
        asked, said = truth[100:], slope * past[100:]
        p_values.append(clark_west(asked, np.zeros(200), said).p_value)
        losses = (asked - said) ** 2, asked**2
        plain.append(diebold_mariano(*losses, alternative="less").p_value)
    assert 0.01 < np.mean(np.array(p_values) < 0.05) < 0.09
    assert np.mean(np.array(plain) < 0.05) < 0.03


@pytest.mark.parametrize(
    ("small", "large", "said"),
    [(np.zeros(50), np.zeros(50), "the same"), (np.zeros(49), np.zeros(50), "three times")],
)
def test_forecasts_that_cannot_be_compared(small, large, said):
    with pytest.raises(ValueError, match=said):
        clark_west(np.random.default_rng(0).normal(size=50), small, large)
