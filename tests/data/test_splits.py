import numpy as np
import pytest

from gru_course.data.splits import fold

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
