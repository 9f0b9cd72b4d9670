"""Reviews that occur twice, and where."""

import pytest

from gru_course.reviews.duplicates import repeated, shared
from gru_course.reviews.imdb import load_imdb
from gru_course.reviews.unlabelled import load_unlabelled

TEXTS = ["one", "two", "one", "One", " two", "two<br /><br />", "three<br/>"]


def test_repeats_with_and_without_white_space():
    assert repeated(TEXTS).tolist() == [2, 4, 5]
    assert repeated(TEXTS, exact=True).tolist() == [2]
    assert repeated([]).tolist() == []


def test_shared_gives_the_places_in_the_first():
    assert shared(TEXTS, ["two\n", "four"]).tolist() == [1, 4, 5]
    assert shared(TEXTS, ["two\n", "four"], exact=True).tolist() == []
    assert shared([], TEXTS).tolist() == shared(TEXTS, []).tolist() == []


@pytest.mark.full
def test_published_figures():
    data, unlabelled = load_imdb(), load_unlabelled().reviews.texts
    train, test = list(data.train.texts), list(data.test.texts)
    both = train + test
    for exact, within_train, within_test, within_both in (
        (True, 96, 199, 418),
        (False, 98, 201, 422),
    ):
        assert len(repeated(train, exact)) == within_train
        assert len(repeated(test, exact)) == within_test
        assert len(repeated(both, exact)) == within_both
        assert len(shared(test, train, exact)) == 123
        recurring = shared(both, unlabelled, exact)
        assert len(recurring) == 642
        assert len({both[place] for place in recurring}) == 620
