"""Sentence pairs: what was written, or an error that names the file and the line."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from gru_course.apps.translation.data import Pair, load_english_french
from gru_course.data.typed_text import plain_text

from .conftest import damaged, fuzzed

WORDS = st.text("abcdé'’ .!?-0\u00a0\u202f", max_size=12)
SIDES = WORDS.map(plain_text).filter(lambda text: text.strip(" "))
PAIRS = st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=5)
ENDS = st.sampled_from(["\n", "\r\n"])
STARTS = st.sampled_from(["", "\ufeff"])


def written(pairs, end="\n", start=""):
    return (start + "".join(f"{a}\t{b}{end}" for a, b in pairs)).encode()


def packed(content):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("fra.txt", content)
    return body.getvalue()


@fuzzed
@given(damaged(st.builds(written, PAIRS, ENDS, STARTS)))
def test_damaged(tried, stored, content):
    file = stored("p.zip", packed(content))
    data = tried(lambda: load_english_french(file), names="p.zip: ")
    for pair in () if data is None else (*data.train, *data.validation, *data.test):
        assert all(side.strip() and "\n" not in side and "\t" not in side for side in pair)
        "".join(pair).encode()


@fuzzed
@given(PAIRS, ENDS, STARTS)
def test_sound(tried, stored, pairs, end, start):
    file = stored("p.zip", packed(written(pairs, end, start)))
    data = tried(lambda: load_english_french(file))
    found = [*data.train, *data.validation, *data.test]
    # Long ones are left out and each is there once; whatever the line ends, they are the same.
    same = load_english_french(stored("q.zip", packed(written(pairs))))
    assert found == [*same.train, *same.validation, *same.test]
    assert set(found) <= {Pair(*pair) for pair in pairs}
    assert len(found) == len(set(found))
    short = {Pair(*p) for p in pairs if all(len(side) <= 8 for side in p)}
    assert short <= set(found)
