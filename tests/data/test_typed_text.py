"""What phones, word processors and web pages write, made plain before it is split into words."""

import time

import pytest

from gru_course.apps.assistant.snips import words_of
from gru_course.apps.translation.data import english_words
from gru_course.data.tokenise import Vocabulary, encode_window, known_share, tokenise, typed_words
from gru_course.data.typed_text import as_plain_text, as_plain_texts, is_sign, plain_text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("It isn’t worth seeing", "It isn't worth seeing"),
        *((f"isn{mark}t", "isn't") for mark in "‘’‛ʼ′＇`´\x92"),
        ("isnâ€™t", "isn't"),  # UTF-8 that was read as Windows-1252
        ("“great” „great“ «great» ‹great›", '"great" "great" "great" "great"'),
        (
            "‘great’, it isn’t ‘so’; the dogs’ toys, ‘tis",
            '"great", it isn\'t "so"; the dogs\' toys, \'tis',
        ),
        ("great—really great – really—", "great - really great - really -"),
        ("1990–1995, 10‑year‐old, −5", "1990-1995, 10-year-old, -5"),
        ("triple–pane windows", "triple – pane windows"),
        ("great…", "great..."),
        ("great😀👍🏽, 👨‍👩‍👧 ❤️", "great 😀  👍 , 👨  👩  👧 ❤"),
        ("★★★great", "★  ★  ★ great"),
        ("Ｇｒｅａｔ，ｆｉｌｍ！１", "Great,film!1"),
        ("𝗴𝗿𝗲𝗮𝘁 ﬁlm", "great film"),
        ("m² 1½ Matrix™", "m² 1½ Matrix ™"),
        ("a\u00a0b\u2009c\u3000d", "a b c d"),
        ("\ufeffgr\u00adea\u200bt\u2060", "great"),
        ("cafe\u0301", "café"),
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\x00b\x0bc", "a b c"),
        ("Tom &amp; Jerry &#39;s &hellip;&nbsp;&eacute;", "Tom & Jerry 's ... é"),
        ("AT&T, R&D; &nothing; &copy", "AT&T, R&D; &nothing; &copy"),
        ("<p>One<br/>two <i>three</i></p><a href='x'>four</a>", "\nOne\ntwo three\nfour"),
        ("1 <3 you, a <b and c> d, <unknown>", "1 <3 you, a <b and c> d, <unknown>"),
        ("&lt;i&gt;", "<i>"),
        ("isn\ufffdt \ud800", "isn\ufffdt \ud800"),
        ("Фильм, 映画。 नमस्ते", "Фильм, 映画 。 नमस्ते"),
        ("", ""),
        ("  It's  PLAIN: 'so' -- \"it\"\n\tstays.  ", "  It's  PLAIN: 'so' -- \"it\"\n\tstays.  "),
    ],
)
def test_made_plain(typed, expected):
    assert as_plain_text(typed) == expected


@pytest.mark.parametrize("wrong", [None, 3, float("nan"), b"bytes", ["a", "list"]])
def test_what_is_no_text(wrong):
    with pytest.raises(TypeError, match=f"A text is a str, but this is {type(wrong).__name__}"):
        as_plain_text(wrong)
    with pytest.raises(TypeError, match="A text is a str"):
        as_plain_texts(["fine", wrong])


def test_one_text_in_place_of_several():
    with pytest.raises(TypeError, match="each of its letters"):
        as_plain_texts("It’s one")
    assert as_plain_texts(["It’s", "two"]) == ["It's", "two"]


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301\u0323" * 100_000,
        "<p " * 100_000,
        "<p =" * 100_000,
        "&amp;" * 100_000,
        "&" + "amp;" * 100_000,
        "‘a" + "’a" * 100_000,
        "—" * 100_000,
        " " * 300_000 + "é",
        "😀" * 100_000,
        "isn’t " * 100_000,
    ],
    ids=lambda text: text[:6],
)
def test_a_very_long_text_takes_no_time(text):
    start = time.perf_counter()
    as_plain_text(text)
    assert time.perf_counter() - start < 5


KNOWN = Vocabulary(("it", "isn't", "worth", "seeing", "great", "really", "br"))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("It isn’t worth seeing", 1),
        ("It isn't worth seeing", 1),
        ("“great”", 1),
        ("great—really", 1),
        ("great… 😀", 1),
        ("great😀", 1),
        ("Ｇｒｅａｔ", 1),
        ("great\u00a0really", 1),
        ("great<br /><br>really", 1),
        ("<i>great</i> film", 0.5),
        ("‘great’", 1),
        ("😀 ' …", 0),
    ],
)
def test_the_known_share_of_what_people_type(text, share):
    assert known_share(text, KNOWN) == share


def test_a_curly_apostrophe_keeps_its_negation():
    curly, straight = "It isn’t worth seeing", "It isn't worth seeing"
    assert "isn't" not in tokenise(curly)  # the red light: Keras' tokeniser alone loses it
    assert KNOWN.encode(curly).tolist() != KNOWN.encode(straight).tolist()
    windows = encode_window([curly, straight], KNOWN, maxlen=6)
    assert windows.tolist() == [[0, 1, 4, 5, 6, 7]] * 2
    assert typed_words(curly, KNOWN) == ["it", "isn't", "worth", "seeing"]


def test_breaks_are_words_only_where_they_were_in_training():
    assert typed_words("a<br>b", KNOWN) == ["a", "br", "b"]
    assert typed_words("a<br>b", Vocabulary(("a", "b"))) == ["a", "b"]


def test_other_tokenisers_get_the_same_words():
    typed, straight = "I don’t “know”—really…", 'I don\'t "know" - really...'
    assert words_of(as_plain_text(typed)) == words_of(straight)
    assert english_words(as_plain_text(typed)) == english_words(straight)


def test_signs_are_no_words():
    assert [is_sign(word) for word in ("😀", "'", "…", "a'", "ñ", "\ud800", "映")] == [True] * 3 + [
        False
    ] * 4


def test_published_data_keep_their_signs():
    assert plain_text("« L’eau… » — “Où\u202f?”") == "« L'eau… » — “Où ?”"
