import pytest

from gru_course.baselines import bag_of_ngrams
from gru_course.data import order_reviews


def test_words_cannot_solve_what_order_decides():
    """Twins have the same words and opposite labels, so exactly one of each pair is right."""
    data = order_reviews(n_train=1000, n_test=200)
    model = bag_of_ngrams(1, strength=10).fit(list(data.train.texts), data.train.labels)
    assert model.score(list(data.test.texts), data.test.labels) == 0.5


def test_pairs_of_words_see_some_order():
    texts = ["not good but bad", "not bad but good"] * 5
    assert bag_of_ngrams(2, strength=10).fit(texts, [0, 1] * 5).score(texts, [0, 1] * 5) == 1.0


def test_ngrams_have_at_least_one_word():
    with pytest.raises(ValueError, match="longest is 0"):
        bag_of_ngrams(0, strength=1)
