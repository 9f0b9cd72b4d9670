"""Tokens, ids and windows, against plain implementations of the rules of Keras."""

import numpy as np
import pytest

from gru_course.data import Reviews, Texts, Vocabulary, encode_window, tokenise

KERAS_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def plain_tokenise(text):
    """Follow the published rule one character at a time."""
    text = "".join(c.lower() if c.isascii() else c for c in text)
    return [
        word for word in "".join(" " if c in KERAS_FILTERS else c for c in text).split(" ") if word
    ]


def plain_window(ids, num_words, maxlen):
    """Do to one review what `imdb.load_data` and `pad_sequences` do with their defaults."""
    ids = [number if number < num_words else 2 for number in ids][-maxlen:]
    return [0] * (maxlen - len(ids)) + ids


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "It's GOOD -- isn't it?<br /><br />Yes/no_maybe.",
        "ÉTÉ à la plage, İstanbul, ΑΒΓ, straße",
        "tab\tnewline\nreturn\rno-break\u00a0line\u2028end\x85",
        "".join(map(chr, range(1, 0x250))),
    ],
)
def test_tokens(text):
    assert tokenise(text) == plain_tokenise(text)


def test_vocabulary_ranks_by_frequency_then_spelling():
    vocabulary = Vocabulary.from_texts(["b d c", "C c b", "a"])
    assert vocabulary.words == ("c", "b", "a", "d")
    assert vocabulary.ids == {"c": 4, "b": 5, "a": 6, "d": 7}


def test_encode_drops_unknown_words_and_decode_goes_back():
    vocabulary = Vocabulary(("the", "film"))
    ids = vocabulary.encode("The unheard-of FILM")
    assert ids.dtype == np.int32
    assert ids.tolist() == [1, 4, 5]
    assert vocabulary.decode(ids) == "<start> the film"
    assert vocabulary.encode("").tolist() == [1]


@pytest.mark.parametrize("number", [-1, 3, 6])
def test_decode_refuses_ids_without_a_word(number):
    with pytest.raises(ValueError, match=f"No word has the id {number}; ids run .* 4 to 5"):
        Vocabulary(("the", "film")).decode([number])


def test_windows_equal_the_plain_implementation():
    rng = np.random.default_rng(0)
    words = tuple(f"w{i}" for i in range(50))
    texts = [" ".join(rng.choice(words, size=size)) for size in [0, 1, 6, 7, 8, 9, 40, *range(20)]]
    vocabulary = Vocabulary(words)
    reviews = Reviews.encoded(texts, [0] * len(texts), vocabulary)
    for num_words, maxlen in [(10_000, 8), (20, 8), (3, 5), (30, 1), (54, 100)]:
        expected = [plain_window(list(vocabulary.encode(t)), num_words, maxlen) for t in texts]
        window = reviews.window(num_words, maxlen)
        assert window.dtype == np.int32
        assert window.tolist() == expected
        assert encode_window(texts, vocabulary, num_words, maxlen).tolist() == expected


def test_windows_of_nothing():
    assert encode_window([], Vocabulary(("a",)), maxlen=7).shape == (0, 7)


@pytest.mark.parametrize(("num_words", "maxlen"), [(2, 5), (0, 5), (10, 0), (10, -1)])
def test_windows_that_make_no_sense(num_words, maxlen):
    with pytest.raises(ValueError, match=r"num_words is|maxlen is"):
        encode_window(["a"], Vocabulary(("a",)), num_words, maxlen)


def test_reviews_by_number():
    vocabulary = Vocabulary(("film", "no"))
    reviews = Reviews.encoded(["film film", "no"], [1, 0], vocabulary)
    assert reviews.ids(-1).tolist() == [1, 5]
    assert reviews.lengths.tolist() == [3, 2]
    with pytest.raises(IndexError):
        reviews.ids(2)


def test_texts_are_a_sequence_of_str():
    plain = ["", "Où?", "映画", "fin"]
    texts = Texts.of(plain)
    assert list(texts) == plain
    assert texts[1:3] == plain[1:3]
    assert texts[-1] == "fin"
    assert "映画" in texts
    with pytest.raises(IndexError):
        texts[4]
