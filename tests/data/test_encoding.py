"""Tokens, ids and windows, against plain implementations of the rules of Keras."""

import time

import numpy as np
import pytest

from gru_course.data.reviews import Reviews, Texts
from gru_course.data.tokenise import Vocabulary, encode_window, known_share, tokenise

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


# --- what people type in -----------------------------------------------------------------------

KNOWN = Vocabulary(("film", "moving", "dull"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\n",
        "?!... <>",
        "unheard-of nonsense",
        "映画はすばらしい",
        "Фильм отличный",
        "فيلم رائع",
        "\ud800",
    ],
)
def test_a_text_without_a_known_word_is_the_start_marker_alone_and_known_share_says_so(text):
    assert encode_window([text], KNOWN, maxlen=3).tolist() == [[0, 0, 1]]
    assert known_share(text, KNOWN) == 0


def test_known_share_counts_words_that_the_model_can_tell_apart():
    assert known_share("A moving film", KNOWN) == pytest.approx(2 / 3)
    assert known_share("film film dull moving", KNOWN) == 1
    assert known_share("film film dull moving", KNOWN, num_words=5) == 0.5  # film is 4
    assert known_share("фильм film", KNOWN) == 0.5


def test_a_very_long_review_is_answered_at_once():
    text = "a moving film, " * 33_334
    start = time.perf_counter()
    window = encode_window([text], KNOWN, maxlen=4)
    share = known_share(text, KNOWN)
    assert time.perf_counter() - start < 2
    assert window.tolist() == [[5, 4, 5, 4]]
    assert share == pytest.approx(2 / 3)


@pytest.mark.parametrize("wrong", [None, 3, float("nan"), b"bytes", ["a", "list"]])
def test_a_text_that_is_no_str(wrong):
    for attempt in (
        lambda: encode_window(["film", wrong], KNOWN),
        lambda: known_share(wrong, KNOWN),
        lambda: KNOWN.encode(wrong),
    ):
        with pytest.raises(TypeError, match=f"A text is a str, but this is {type(wrong).__name__}"):
            attempt()


def test_one_text_in_place_of_a_list():
    with pytest.raises(TypeError, match="each of its letters would be taken"):
        encode_window("a moving film", KNOWN)
