"""The stand-in: words say nothing, their order says all."""

from collections import Counter

import pytest

from gru_course.data import standin
from gru_course.data.standin import order_reviews
from gru_course.data.tokenise import tokenise


@pytest.fixture(scope="module")
def data():
    return order_reviews()


def test_size_and_statement(data):
    assert (len(data.train), len(data.test)) == (6_000, 2_000)
    assert data.profile == "quick"
    assert data.statement.startswith("STAND-IN, not real reviews")
    assert "6,000 training and 2,000 test reviews (quick profile)" in data.statement


def test_neighbours_are_twins(data):
    for split in (data.train, data.test):
        for first in range(0, len(split), 2):
            one, other = split.texts[first], split.texts[first + 1]
            assert one != other
            assert Counter(tokenise(one)) == Counter(tokenise(other))
            assert tokenise(one) != tokenise(other)
            assert split.labels[first] + split.labels[first + 1] == 1


def test_a_twins_place_says_nothing(data):
    assert 0.45 < data.train.labels[::2].mean() < 0.55


def test_no_text_occurs_twice(data):
    texts = [*data.train.texts, *data.test.texts]
    assert len(set(texts)) == len(texts) == 8_000


def test_lengths_fit_a_window_of_100(data):
    for split in (data.train, data.test):
        words = split.lengths - 1
        assert words.min() >= standin.SHORTEST
        assert words.max() <= standin.LONGEST


def test_words_of_the_test_reviews_are_known(data):
    known = set(data.vocabulary.words)
    assert all(known.issuperset(tokenise(text)) for text in data.test.texts)


@pytest.mark.parametrize("counts", [False, True])
def test_a_bag_of_words_is_right_exactly_half_of_the_time(data, counts):
    text = pytest.importorskip("sklearn.feature_extraction.text")
    linear = pytest.importorskip("sklearn.linear_model")
    bag = text.CountVectorizer(tokenizer=tokenise, token_pattern=None, binary=not counts)
    x = bag.fit_transform(data.train.texts)
    model = linear.LogisticRegression(max_iter=200).fit(x, data.train.labels)
    assert model.score(x, data.train.labels) == 0.5
    assert model.score(bag.transform(data.test.texts), data.test.labels) == 0.5


def test_every_family_occurs(data):
    texts = "\n".join(data.train.texts)
    for sign in ("not ", "never ", " no ", "promised", "ends", "lthough", "still,", "book is"):
        assert sign in texts


@pytest.mark.parametrize(
    ("template", "positive", "negative"),
    [
        (0, "it is not dull but warm.", "it is not warm but dull."),
        (1, "it is warm, not dull.", "it is dull, not warm."),
    ],
)
def test_labels_mean_what_the_sentences_say(monkeypatch, template, positive, negative):
    words = standin.Words(("warm",), ("dull",), degrees=("",))
    monkeypatch.setattr(standin, "SWAPS", ((words, standin.SWAPS[template][1]),))
    monkeypatch.setattr(standin, "MOVES", ())
    data = order_reviews(2, 2)
    for text, label in zip(data.test.texts, data.test.labels, strict=True):
        assert (positive if label else negative) in text.lower()


def test_a_moved_bad_word_is_praise(monkeypatch):
    monkeypatch.setattr(standin, "SWAPS", ())
    data = order_reviews(200, 2)
    praised = set(standin.QUALITIES.good)
    for text, label in zip(data.train.texts, data.train.labels, strict=True):
        if "the film is" in text.lower() and "book is" in text.lower():
            good_word = bool(praised & set(tokenise(text)))
            of_the_film = text.lower().index("the book is") > text.lower().index("the film is")
            assert label == (good_word == of_the_film)


def test_the_seed_decides():
    one, same, other = order_reviews(20, 4), order_reviews(20, 4), order_reviews(20, 4, seed=1)
    assert list(one.train.texts) == list(same.train.texts)
    assert list(one.train.texts) != list(other.train.texts)


@pytest.mark.parametrize(("n_train", "n_test"), [(3, 2), (2, 3), (0, 2), (2, -2)])
def test_odd_sizes_are_refused(n_train, n_test):
    with pytest.raises(ValueError, match=r"n_(train|test) is .*even"):
        order_reviews(n_train, n_test)
