"""Two models on the same items: McNemar as in a textbook, clusters that count once each."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from gru_course.stats.paired import area_difference, cluster_difference, cluster_means, mcnemar


def test_mcnemar_by_hand():
    a = np.repeat([True, False, True, False], [100, 6, 15, 9])
    b = np.repeat([True, True, False, False], [100, 6, 15, 9])
    found = mcnemar(a, b)
    assert found[:2] == (15, 6)
    # 2 * sum of C(21, k) for k from 15 to 21, over 2**21
    assert found.p_value == pytest.approx(2 * 82160 / 2**21, rel=1e-9)
    assert mcnemar(a, a) == (0, 0, 1.0)
    assert mcnemar(b, a).p_value == found.p_value


def test_more_items_of_the_same_clusters_tell_nothing_more():
    rng = np.random.default_rng(0)
    clusters = np.repeat(np.arange(6), 10)
    a = (rng.random(60) < 0.8).astype(float)
    b = (rng.random(60) < 0.5).astype(float)
    once = cluster_difference(a, b, clusters)
    thrice = cluster_difference(np.tile(a, 3), np.tile(b, 3), np.tile(clusters, 3))
    np.testing.assert_allclose(once[0], thrice[0])
    assert once[1] == pytest.approx(thrice[1])


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    clusters = np.repeat(np.arange(5), 20)
    covered = 0
    for _ in range(400):
        of_person = rng.normal(0.1, 0.1, 5)
        a = rng.normal(np.repeat(of_person, 20), 0.3)
        (_, low, high), _ = cluster_difference(a, np.zeros(100), clusters)
        covered += low <= 0.1 <= high
    assert 0.92 <= covered / 400 <= 0.98


def test_runs_are_averaged_and_clusters_named():
    a, b = np.array([[1, 1, 0, 1], [1, 0, 0, 1]]), np.zeros((2, 4))
    (estimate, _, _), _ = cluster_difference(a, b, ["x", "x", "y", "y"])
    assert estimate == 0.625
    assert cluster_means(a, ["y", "x", "y", "y"]).tolist() == [[1, 2 / 3], [0, 2 / 3]]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: mcnemar([1, 0], [1]), "one truth value for each item"),
        (lambda: mcnemar([0.5], [1]), "expected whether it is right"),
        (lambda: mcnemar([], []), "one truth value"),
        (lambda: cluster_means([1, 0], [1]), "one cluster for each item"),
        (lambda: cluster_difference([1, 0], [0, 0, 1], [1, 2]), "expected the same ones"),
        (lambda: cluster_difference([1, 0], [0, 0], [1, 1]), "1 cluster; expected at least 2"),
        (lambda: cluster_difference([1, 1], [0, 0], [1, 2]), "the same in all clusters"),
        (lambda: area_difference([1, 2], [1, 2], [1, 0]), "two of either kind"),
        (lambda: area_difference([1, 2, 3], [1] * 4, [1, 1, 0, 0]), "for 4 items"),
        (lambda: area_difference([1] * 4, [[1] * 4] * 0, [1, 1, 0, 0]), "one run or more"),
        (lambda: area_difference([1, 2, 3, np.nan], [1] * 4, [1, 1, 0, 0]), "the scores a"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_areas_are_those_of_another_program():
    rng = np.random.default_rng(0)
    truth = rng.random(80) < 0.3
    a, b = rng.normal(truth, 1.0, (3, 80)).round(1), rng.normal(0, 1, 80)  # with ties
    found = area_difference(a, b, truth, draws=50)
    areas = [roc_auc_score(truth, run) for run in a]
    assert found.estimate == pytest.approx(np.mean(areas) - roc_auc_score(truth, b), abs=1e-12)
    assert area_difference(b, a, truth, draws=50).estimate == pytest.approx(-found.estimate)


def test_areas_of_the_same_items_are_compared_item_by_item():
    rng = np.random.default_rng(1)
    truth = np.arange(200) < 60
    a = rng.normal(truth, 1.0)
    low, high = area_difference(a, a - 0.3 * rng.normal(size=200), truth)[1:]
    apart = area_difference(a, rng.normal(truth, 1.0), truth)
    assert high - low < (apart.high - apart.low) / 2
    assert area_difference(a, 3 * a + 1, truth) == (0, 0, 0)


def test_the_interval_of_areas_covers_as_often_as_it_says():
    rng = np.random.default_rng(2)
    truth = np.arange(120) < 50
    covered = 0
    for _ in range(200):
        both = rng.normal(truth, 0.5)  # what the two scores share
        a, b = rng.normal(both, 0.7), rng.normal(both, 0.7)
        _, low, high = area_difference(a, b, truth, draws=400)
        covered += low <= 0 <= high
    assert 0.9 <= covered / 200 <= 0.99
