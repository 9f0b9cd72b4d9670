import numpy as np
import pytest

from gru_course.data.splits import fold, place_of, split_by_key

LABELS = np.repeat(np.arange(4), 12)


def test_folds_test_everything_once_with_all_classes():
    splits = [fold(LABELS, number, of=4) for number in range(4)]
    assert sorted(np.concatenate([split.test for split in splits])) == list(range(48))
    for split in splits:
        assert sorted(np.concatenate(split)) == list(range(48))  # no example in two parts
        for part in split:
            assert len(set(np.bincount(LABELS[part]))) == 1
    assert (splits[0].validation == splits[1].test).all()


def test_the_seed_decides():
    assert (fold(LABELS, 0, seed=1).test == fold(LABELS, 0, seed=1).test).all()
    assert (fold(LABELS, 0, seed=1).test != fold(LABELS, 0, seed=2).test).any()


@pytest.mark.parametrize(("number", "of"), [(5, 5), (-1, 5), (0, 2)])
def test_no_such_fold(number, of):
    with pytest.raises(ValueError, match=f"fold {number} of {of}"):
        fold(LABELS, number, of)


def test_a_class_too_small():
    with pytest.raises(ValueError, match="a class has 2 examples"):
        fold(np.array([0, 0, 1, 1, 1]), 0, of=3)


def test_places_are_spread_evenly():
    places = [place_of(str(number)) for number in range(5_000)]
    assert 0 <= min(places) < max(places) < 1
    assert abs(sum(places) / 5_000 - 0.5) < 0.02


def test_equal_keys_stay_together_and_nothing_is_lost():
    items = [(number % 700, number) for number in range(5_000)]
    parts = split_by_key(items, lambda item: str(item[0]), validation=0.1, test=0.2)
    assert sorted(item for part in parts for item in part) == sorted(items)
    keys = [{key for key, _ in part} for part in parts]
    assert len(set.union(*keys)) == sum(map(len, keys)) == 700
    assert 0.15 < len(keys[2]) / 700 < 0.25
    assert 0.06 < len(keys[1]) / 700 < 0.14


def test_more_items_move_no_other():
    few, many = (split_by_key(map(str, range(n)), str, 0.1, 0.1) for n in (100, 1_000))
    assert all(set(a) <= set(b) for a, b in zip(few, many, strict=True))


@pytest.mark.parametrize(
    ("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (float("nan"), 0.1), (0.1, float("nan"))]
)
def test_shares_that_leave_nothing(validation, test):
    with pytest.raises(ValueError, match="leave nothing for training"):
        split_by_key("abc", str, validation, test)


def test_half_a_character_has_a_place():
    assert 0 <= place_of("\ud800") < 1
