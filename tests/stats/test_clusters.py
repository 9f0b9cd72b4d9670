"""Intervals over clusters: as wide as the clusters differ, however many items these have."""

import numpy as np
import pytest

from gru_course.stats.clusters import over_clusters


def share(sums):
    return sums[..., 0] / sums[..., 1]


def alike(clusters, items, seed=0):
    """Clusters whose items succeed and fail together: right and number of items of each."""
    right = np.random.default_rng(seed).random(clusters) < 0.5
    return np.stack([right * items, np.full(clusters, items)], axis=1)


def test_more_of_the_same_is_no_more_evidence():
    few, many = (over_clusters(share, alike(40, items)) for items in (1, 100))
    assert many == few
    as_if_independent = 2 * 1.96 * np.sqrt(0.25 / 4_000)
    assert many.high - many.low > 5 * as_if_independent


def test_it_covers_the_truth_about_as_often_as_promised():
    found = [over_clusters(share, alike(60, 5, seed), draws=999) for seed in range(200)]
    assert 0.88 < np.mean([low <= 0.5 <= high for _, low, high in found]) < 0.99


def test_the_estimate_is_that_of_all_items():
    """A long cluster counts for more than a short one."""
    assert over_clusters(share, [[9, 10], [0, 1]]).estimate == pytest.approx(9 / 11)


@pytest.mark.parametrize("counts", [[], [[1, 2]], [1, 2, 3], [[np.nan, 1], [1, 1]]])
def test_refused(counts):
    with pytest.raises(ValueError, match=r"2 or more|the counts"):
        over_clusters(share, counts)


def test_a_figure_that_is_none():
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(ValueError, match="the figures of the draws"),
    ):
        over_clusters(share, [[0, 0], [0, 0]])
