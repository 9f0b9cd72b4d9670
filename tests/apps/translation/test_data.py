import io
import zipfile

import pytest
from own_cache import remote_file

from gru_course.apps.translation.data import (
    ENGLISH_FRENCH,
    LONGEST,
    Pair,
    dates,
    english_key,
    english_words,
    french_words,
    load_english_french,
    sentence,
    translations,
)
from gru_course.data.loading import load
from gru_course.data.typed_text import as_plain_text, plain_text


@pytest.fixture(params=["quick", pytest.param("full", marks=pytest.mark.full)])
def data(request):
    return load(ENGLISH_FRENCH, request.param)


def test_no_english_side_of_the_test_is_known(data):
    keys = [
        {english_key(p.english) for p in part} for part in (data.train, data.validation, data.test)
    ]
    assert len(set.union(*keys)) == sum(map(len, keys))
    whole = len(data.train) + len(data.validation) + len(data.test)
    assert len(data.test) / whole == pytest.approx(0.05, abs=0.01)
    assert len(data.validation) / whole == pytest.approx(0.05, abs=0.01)


def test_plain_spaces_short_sentences_no_repeats(data):
    pairs = [*data.train, *data.validation, *data.test]
    assert len(set(pairs)) == len(pairs)
    for english, french in pairs:
        assert not set(english + french) & set("\u00a0\u202f\u2009\u200b\u00ad’‐")
        assert 1 <= len(english_words(english)) <= LONGEST[0]
        assert 1 <= len(french_words(french)) <= LONGEST[1]


def test_words_put_together_are_the_same_words(data):
    for english, french in (*data.validation, *data.test):
        assert english_words(sentence(english_words(english))) == english_words(english)
        assert french_words(sentence(french_words(french))) == french_words(french)


def test_typed_again_the_sentences_have_the_same_words(data):
    for pair in (*data.train, *data.validation, *data.test):
        assert english_words(as_plain_text(pair.english)) == english_words(pair.english)


@pytest.mark.full
def test_the_real_ones():
    data = load(ENGLISH_FRENCH, "full")
    assert data.train[0] == Pair("Go.", "Va !")
    references = translations(data.test)
    assert sum(map(len, references.values())) == len(data.test)
    assert max(map(len, references.values())) > 5
    sizes = [len(part) for part in (data.train, data.validation, data.test)]
    assert sizes == [96_069, 5_171, 5_279]


def test_a_tiny_archive(server):
    text = "Run!\tCours\u202f!\nRun!\tCourez\u202f!\nRun.\tCours.\nRun!\tCours\u00a0!\n"
    text += "One two three four five six seven eight nine.\tTrop long.\n"
    text += "".join(f"Number {n}.\tNuméro {n}.\n" for n in range(200))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("fra.txt", text)
    server.serve("fra-eng.zip", packed.getvalue())
    data = load_english_french(remote_file("fra-eng.zip", packed.getvalue(), server.url))
    parts = (data.train, data.validation, data.test)
    assert sum(map(len, parts)) == 203  # the long pair and the repeat are gone
    (part,) = [part for part in parts if Pair("Run.", "Cours.") in part]
    assert translations(part)["Run!"] == ("Cours !", "Courez !")
    assert all(parts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J’ai 3,5 kg d'eau.", ["j'", "ai", "3,5", "kg", "d'", "eau", "."]),
        ("« Va-t'en\u202f! »", ["«", "va-t'", "en", "!", "»"]),
        ("e\u0301te\u0301", ["été"]),
        ("", []),
    ],
)
def test_french_words(text, words):
    assert french_words(text) == words
    assert french_words(sentence(words)) == words


def test_english_words_keep_contractions():
    assert english_words("It’s 7:30; they'll go.") == ["it's", "7:30", ";", "they'll", "go", "."]
    assert plain_text(" a\u2009 b\n") == "a b"
    assert plain_text("a\u202f!\tb\nc") == "a !\tb\nc"


def test_a_day_is_in_one_part_however_it_is_written():
    data = dates(n=400)
    total = len(data.train) + len(data.validation) + len(data.test)
    assert 1_100 < total < 1_200  # May has no shorter form
    french = [{p.french for p in part} for part in (data.train, data.validation, data.test)]
    assert len(set.union(*french)) == sum(map(len, french))
    assert dates(n=5, seed=1) != dates(n=5)
    assert any(pair.french.startswith("samedi") for pair in data.train)


@pytest.mark.parametrize("n", [0, 80_000])
def test_too_many_days(n):
    with pytest.raises(ValueError, match="1 to 73,049 days"):
        dates(n)
