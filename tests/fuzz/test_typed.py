"""What people type: always a text, quickly; plain text stays as it is."""

import string
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from gru_course.apps.assistant.snips import words_of
from gru_course.apps.translation.data import english_words
from gru_course.data.tokenise import Vocabulary, known_share, tokenise, typed_words
from gru_course.data.typed_text import as_plain_text

from .conftest import fuzzed

TYPED = st.one_of(
    st.text(max_size=30),
    st.text("aisn’'‘“”—–-…´`t <>&;#1/br\u0301\u200b\u00a0\ud800😀👍🏽\r\n\x85\x92Ａﬁ", max_size=30),
    st.lists(
        st.sampled_from(
            ["isn", "’", "t", "&amp;", "&#39;", "<br />", "<i>", "</i>", "â€™", " ", "\r\n", "—"]
        )
    ).map("".join),
)
WORDS = Vocabulary(("isn't", "it", "br"))


@fuzzed
@given(TYPED)
def test_any(tried, text):
    plain = tried(lambda: as_plain_text(text))
    assert isinstance(plain, str)
    assert not {*plain} & {*"’‘“”—…\r\u00a0\u200b\ufeff\u00ad\x00"}
    if not {*text} & {*"&<–\x96"}:  # a dash between letters stays one, between blanks it does not
        again = as_plain_text(plain)
        assert again.split() == plain.split()
    assert 0 <= known_share(text, WORDS) <= 1
    assert all(isinstance(w, str) for w in (*typed_words(text, WORDS), *words_of(plain)))
    english_words(plain)


KEYS = string.ascii_letters + string.digits + string.punctuation.replace("`", "") + " \n\t"


@fuzzed
@given(st.text(KEYS.replace("&", "").replace("<", ""), max_size=40))
def test_a_plain_keyboard(tried, text):
    assert tried(lambda: as_plain_text(text)) == text
    assert typed_words(text, WORDS) == [word for word in tokenise(text) if word.strip("'")]


@fuzzed
@given(st.text(st.characters(categories=["Ll", "Lu"], exclude_characters="ꞌ"), max_size=20))
def test_letters_of_any_script(tried, text):
    """They are composed, or written in another form of the same letters; none is lost.

    The saltillo is a letter of other languages, and an apostrophe for whoever types English.
    """
    plain = tried(lambda: as_plain_text(text)).replace("'", "ʼ").replace(" ", "")
    assert unicodedata.normalize("NFKC", plain) == unicodedata.normalize("NFKC", text)
