"""Warping by hand, by definition, and against a plain recursion."""

import functools

import numpy as np
import pandas as pd
import pytest

from gru_course.apps.actions.dtw import distances, nearest
from gru_course.apps.actions.gestures import gestures
from gru_course.data.splits import fold


def column(*values):
    return np.array(values, dtype=float).reshape(1, -1, 1)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 1, 2), (0, 0, 1, 2), 0),  # dawdling is free
        ((1, 3), (2,), 2),  # both steps meet the only one
        ((0, 0, 0), (1, 1), 3),  # three meetings at least
        ((0, 2, 0), (0, 0, 2), 2),  # the last 0 has to meet the 2
        ((1, 2, 3), (3, 2, 1), 4),
    ],
)
def test_by_hand(first, second, expected):
    assert distances(column(*first), column(*second)).tolist() == [[expected]]
    assert distances(column(*second), column(*first)).tolist() == [[expected]]


def plain(a, b, band):
    """Return the distance of two sequences straight from the definition."""

    @functools.cache
    def total(i, j):
        if i == j == -1:
            return 0.0
        if min(i, j) < 0 or abs(i - j) > band:
            return np.inf
        before = min(total(i - 1, j), total(i, j - 1), total(i - 1, j - 1))
        return np.linalg.norm(a[i] - b[j]) + before

    return total(len(a) - 1, len(b) - 1)


@pytest.mark.parametrize("band", [1, 2, None])
@pytest.mark.parametrize("columns", [6, 7])
def test_equals_the_definition(band, columns):
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(3, 6, 2)), rng.normal(size=(4, columns, 2))
    found = distances(first, second, band)
    expected = [[plain(a, b, 99 if band is None else band) for b in second] for a in first]
    np.testing.assert_allclose(found, expected)


def test_no_band_compares_step_by_step():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 5, 2)), rng.normal(size=(3, 5, 2))
    steps = np.linalg.norm(first[:, None] - second[None], axis=-1)
    np.testing.assert_allclose(distances(first, second, band=0), steps.sum(axis=-1))
    assert (distances(first, second) <= distances(first, second, 1)).all()


def test_warping_forgives_pace_where_step_by_step_does_not():
    data = gestures(seed=1)
    train, validation, test = fold(data.labels, 0)
    scores = [
        (nearest(data.x[train], data.labels[train], data.x[test], band) == data.labels[test]).mean()
        for band in (5, 0)
    ]
    assert scores[0] > 0.97 > scores[1]
    assert len(validation)


def test_bad_input():
    with pytest.raises(ValueError, match="with the same features"):
        distances(np.zeros((1, 3, 1)), np.zeros((1, 3, 2)))
    with pytest.raises(ValueError, match="a band of 1 lets no path through 3 and 5"):
        distances(np.zeros((1, 3, 1)), np.zeros((1, 5, 1)), band=1)
    with pytest.raises(ValueError, match="1 labels for 2 training sequences"):
        nearest(np.zeros((2, 3, 1)), np.zeros(1, int), np.zeros((1, 3, 1)))


def test_unsigned_numbers_do_not_wrap_around():
    """3 - 5 is 254 in uint8."""
    first, second = (column(*values).astype("uint8") for values in ((3, 3), (5, 5)))
    assert distances(first, second).tolist() == distances(second, first).tolist() == [[4]]


def test_labels_of_a_table_are_taken_by_their_places():
    train, labels = np.arange(3.0).reshape(3, 1, 1), np.array([7, 8, 9])
    for given in (labels, labels.tolist(), pd.Series(labels, index=[2, 0, 1])):
        assert nearest(train, given, train).tolist() == [7, 8, 9]


def test_one_step_constants_and_no_sequences():
    assert distances(column(1), column(4)).tolist() == [[3]]
    assert distances(column(*[0.1] * 9), column(*[0.1] * 7)).tolist() == [[0]]
    assert distances(np.zeros((0, 3, 1)), column(1)).shape == (0, 1)
    assert nearest(column(1), np.array([7]), np.zeros((0, 3, 1))).shape == (0,)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: distances(column(1, np.nan), column(1)), r"the first set: .*\(0, 1, 0\): nan"),
        (lambda: distances(column(1), column(np.inf)), "the second set: .*inf"),
        (lambda: distances(np.zeros((1, 0, 1)), column(1)), "at least one timestep"),
        (lambda: nearest(np.zeros((0, 3, 1)), np.zeros(0, int), column(1)), "at least one"),
        (lambda: nearest(column(np.nan), np.array([1]), column(1)), "the second set"),
    ],
)
def test_no_sequences_to_compare(call, said):
    with pytest.raises(ValueError, match=said):
        call()
