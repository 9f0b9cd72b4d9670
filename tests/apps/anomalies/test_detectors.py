import numpy as np
import pytest

from gru_course.apps.anomalies.detectors import (
    component_scores,
    isolation_scores,
    precision_area,
    profile_scores,
    windows_of,
)

RNG = np.random.default_rng(0)
USUAL = RNG.normal(size=(300, 4))


@pytest.mark.parametrize("score", [isolation_scores, lambda a, b: component_scores(a, b, 2)])
def test_what_lies_far_off_scores_high(score):
    near, far = RNG.normal(size=(50, 4)), 6 * RNG.normal(size=(50, 4)) + 5
    scores = score(USUAL, np.concatenate([near, far]))
    assert precision_area(scores, np.arange(100) >= 50) > 0.9


def by_all_pairs(values, width):
    rows = np.array([values[i : i + width] for i in range(len(values) - width + 1)])
    rows = (rows - rows.mean(1, keepdims=True)) / rows.std(1, keepdims=True)
    scores = np.zeros(len(values))
    for end in range(width, len(rows)):
        distances = np.linalg.norm(rows[: end - width + 1] - rows[end], axis=1)
        scores[end + width - 1] = distances.min()
    return scores


def test_the_profile_is_that_of_all_pairs(monkeypatch):
    values = RNG.normal(size=130).cumsum()
    expected = by_all_pairs(values, 12)
    np.testing.assert_allclose(profile_scores(values, 12), expected, atol=5e-3)
    monkeypatch.setattr("gru_course.apps.anomalies.detectors._ROWS", 17)
    np.testing.assert_allclose(profile_scores(values, 12), expected, atol=5e-3)


def test_the_profile_sees_no_future():
    values = RNG.normal(size=200).cumsum()
    changed = values.copy()
    changed[150:] = RNG.normal(size=50)
    np.testing.assert_array_equal(
        profile_scores(values, 10)[:150], profile_scores(changed, 10)[:150]
    )


def test_random_scores_have_the_share_of_the_anomalous_as_area():
    odd = np.arange(20_000) < 2_000
    assert precision_area(RNG.random(20_000), odd) == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: windows_of(np.ones(3), 4), "at least as many"),
        (lambda: profile_scores(np.ones(29), 10), "2 to a third"),
        (lambda: profile_scores(np.array([1.0, np.nan] * 20), 4), "the values: 20 of 40"),
        (lambda: isolation_scores(USUAL, USUAL[:, :2]), "as many features"),
        (lambda: component_scores(USUAL, USUAL, 5), "expected fewer"),
        (lambda: precision_area(np.ones(3), np.ones(3, bool)), "some of either kind"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_a_series_that_stands_still_has_nothing_unusual():
    assert np.isfinite(profile_scores(np.full(60, 7.0), 10)).all()
