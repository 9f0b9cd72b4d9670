"""The other end of a text, and the other side of the padding."""

import numpy as np
import pytest

from gru_course.data.padding import first_words, padded_behind
from gru_course.data.reviews import Reviews
from gru_course.data.standin import order_reviews
from gru_course.data.tokenise import Vocabulary
from gru_course.layers.backend import keras

WORDS = Vocabulary(tuple("abcdefgh"))
TEXTS = Reviews.encoded(["a b c d e", "f", "", "h g"], [0, 1, 0, 1], WORDS)


def test_both_agree_with_keras_on_generated_reviews():
    reviews = order_reviews().train
    ids = [np.where(reviews.ids(i) < 40, reviews.ids(i), 2) for i in range(len(reviews))]
    for maxlen in (5, 30):
        window = reviews.window(num_words=40, maxlen=maxlen)
        behind = keras.utils.pad_sequences(ids, maxlen, padding="post", truncating="pre")
        np.testing.assert_array_equal(padded_behind(window), behind)
        first = keras.utils.pad_sequences(ids, maxlen, padding="pre", truncating="post")
        np.testing.assert_array_equal(first_words(reviews, 40, maxlen), first)


def test_small_cases():
    assert padded_behind(TEXTS.window(maxlen=3)).tolist() == [
        [6, 7, 8],
        [1, 9, 0],
        [1, 0, 0],
        [1, 11, 10],
    ]
    assert first_words(TEXTS, maxlen=3).tolist() == [[1, 4, 5], [0, 1, 9], [0, 0, 1], [1, 11, 10]]


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"the ids have shape \(3,\)"):
        padded_behind(np.ones(3, dtype=int))
    with pytest.raises(ValueError, match="maxlen is 0"):
        first_words(TEXTS, maxlen=0)
    with pytest.raises(ValueError, match="num_words is 2"):
        first_words(TEXTS, num_words=2)
