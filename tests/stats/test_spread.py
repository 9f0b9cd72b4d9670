"""The bound for chance, tested on chance."""

import numpy as np
import pytest

from gru_course.stats.spread import chance_difference, pooled_deviation


def test_pooling_finds_the_deviation_whatever_the_means():
    rng = np.random.default_rng(0)
    groups = [rng.normal(10 * number, 0.5, 3) for number in range(2000)]
    deviation, freedom = pooled_deviation(groups)
    assert deviation == pytest.approx(0.5, rel=0.03)
    assert freedom == 4000


@pytest.mark.parametrize("comparisons", [1, 15])
def test_chance_stays_below_the_bound_as_often_as_promised(comparisons):
    rng = np.random.default_rng(1)
    trials, beyond = 2000, 0
    for _ in range(trials):
        runs = rng.normal(size=(comparisons + 1, 3))
        bound = chance_difference(runs, 3, comparisons=comparisons, confidence=0.9)
        beyond += np.any(np.abs(runs[1:].mean(axis=1) - runs[0].mean()) > bound)
    # Bonferroni is on the safe side; with one comparison it is exact.
    assert beyond / trials == pytest.approx(0.1, abs=0.02) or (
        comparisons > 1 and 0.02 < beyond / trials < 0.1
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: pooled_deviation([[1.0, 2.0], [1.0, np.nan]]),
            "of setting 1: 1 of 2 .* at 1: nan",
        ),
        (lambda: pooled_deviation([[1.0, 2.0], []]), r"setting 1 has the shape \(0,\)"),
        (lambda: pooled_deviation([[1.0, 2.0], 3.0]), r"setting 1 has the shape \(\)"),
        (lambda: chance_difference([[1.0, 2.0]], 0), "runs is 0"),
        (lambda: chance_difference([[1.0, 2.0]], 2, comparisons=0), "comparisons is 0"),
        (lambda: chance_difference([[1.0, 2.0]], 2, confidence=95), "confidence is 95"),
    ],
)
def test_hostile_results_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_a_deviation_beside_a_large_mean(scale):
    groups = [[scale * (1 + 1e-5 * x) for x in (0.0, 1.0)], [0.0, 1e-5 * scale]]
    assert pooled_deviation(groups)[0] == pytest.approx(1e-5 * scale / np.sqrt(2), rel=1e-6)


def test_one_run_each_says_nothing_about_chance():
    with pytest.raises(ValueError, match="no setting has two results"):
        pooled_deviation([[0.8], [0.9]])
