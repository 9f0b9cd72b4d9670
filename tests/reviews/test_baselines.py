import numpy as np
import pytest
import scipy.sparse
from sklearn.base import clone

from gru_course.data.standin import order_reviews
from gru_course.reviews.baselines import LogCountRatio, bag_of_ngrams, nb_svm


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


def test_the_log_count_ratio_by_hand():
    """Feature 0 occurs in 2 of 2 positive and 0 of 1 negative texts, feature 1 in 1 and 1."""
    features = scipy.sparse.csr_matrix([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    scale = LogCountRatio().fit(features, [1, 1, 0])
    p, q = np.array([3, 2]) / 5, np.array([1, 2]) / 3
    np.testing.assert_allclose(scale.ratio_, np.log(p / q))
    np.testing.assert_allclose(scale.transform(features).toarray()[1], np.log(p / q))


TEXTS = ["good film", "not bad at all", "a bad film", "not good", "so good", "so bad"]
LABELS = [1, 1, 0, 0, 1, 0]


def test_interpolation_goes_from_naive_bayes_to_the_machine():
    machine, bayes, between = (nb_svm(2, 1, share).fit(TEXTS, LABELS) for share in (1, 0, 0.25))
    w = machine[-1].coef_
    assert np.ptp(bayes[-1].coef_) == 0
    np.testing.assert_allclose(bayes[-1].coef_, np.abs(w).mean())
    np.testing.assert_allclose(between[-1].coef_, 0.25 * w + 0.75 * np.abs(w).mean())
    np.testing.assert_allclose(between[-1].intercept_, machine[-1].intercept_)


def test_short_words_and_marks_count_for_nb_svm():
    model = nb_svm(1, 1).fit(["a ! film", "b ? film"] * 2, [1, 0] * 2)
    assert set(model[0].vocabulary_) == {"a", "b", "!", "?", "film"}


def test_nb_svm_is_at_a_loss_where_order_decides():
    data = order_reviews(n_train=600, n_test=100)
    model = nb_svm(1, strength=1).fit(list(data.train.texts), data.train.labels)
    assert model.score(list(data.test.texts), data.test.labels) == 0.5


def test_nb_svm_can_be_cloned_with_its_settings():
    again = clone(nb_svm(3, strength=0.5, interpolation=0.75))
    assert again[-1].get_params() == {"C": 0.5, "interpolation": 0.75}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"longest": 0}, "longest is 0"),
        ({"interpolation": 1.5}, "interpolation is 1.5"),
        ({"strength": 0}, "strength is 0; expected a finite number above 0"),
        ({"strength": float("nan")}, "strength is nan"),
    ],
)
def test_settings_of_nb_svm(options, message):
    with pytest.raises(ValueError, match=message):
        nb_svm(**({"longest": 2, "strength": 1} | options))


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        ([[1.0], [np.nan]], [0, 1], "the features: 1 of 2 values is not finite"),
        ([[1.0], [-1.0]], [0, 1], "expected counts"),
        ([[1.0], [0.0]], [0, 2], "expected 0 or 1 for each text"),
        ([[1.0], [0.0]], [0], "expected 0 or 1 for each text"),
    ],
)
def test_counts_that_are_none(features, labels, message):
    with pytest.raises(ValueError, match=message):
        LogCountRatio().fit(np.array(features), labels)
