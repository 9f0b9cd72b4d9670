"""The conditional random field: it reads the neighbours, and what is known of the whole request."""

import builtins

import pytest

from gru_course.apps.assistant.fields import FieldTagger, features
from gru_course.apps.assistant.slots import WordLookup, span_f1
from gru_course.apps.assistant.snips import SNIPS, Request, check_tags
from gru_course.data.loading import load

pytest.importorskip("pycrfsuite", reason="CRFsuite is not installed")


@pytest.fixture(scope="module")
def data():
    return load(SNIPS, "quick")


def test_it_is_far_ahead_of_a_lookup_where_only_context_tells(data):
    field, lookup = FieldTagger(data.train[:600]), WordLookup(data.train)
    true = [request.tags for request in data.test]
    found = [field.tags(request.words) for request in data.test]
    for tags in found:
        check_tags(tags)
    by_word = span_f1(true, [lookup.tags(request.words) for request in data.test]).f1
    assert by_word < 0.7
    assert span_f1(true, found).f1 > 0.95
    assert field.weights > 100


def test_what_is_known_of_the_request_decides():
    words = ("play", "two")
    requests = [Request(words, ("O", "B-title"), "Play"), Request(words, ("O", "B-people"), "Book")]
    field = FieldTagger(requests * 5, ["Play", "Book"] * 5)
    assert field.tags(words, "Play") == ["O", "B-title"]
    assert field.tags(words, "Book") == ["O", "B-people"]


def test_features_end_with_the_request():
    (only,) = features(["rain"], about="Weather")
    assert only[0] == "about=Weather"
    assert [f for f in only if f.startswith("outside")] == [
        "outside-2", "outside-1", "outside+1", "outside+2",
    ]  # fmt: skip
    assert features([]) == []


@pytest.mark.parametrize("text", ["rain", "Größe", "雨", "🌧", "o\u0301"])
def test_whole_characters_stay_as_they_are(text):
    assert features([text], about=text)[0][0] == f"about={text}"
    assert f"word+0={text}" in features([text])[0]


def test_half_a_character_is_an_unknown_word():
    request = Request(("in", "oslo"), ("O", "B-city"), "Weather")
    field = FieldTagger([request] * 3, ["Weather"] * 3)
    assert field.tags(["in", "oslo\ud83c"], "Weather\ud83c") == ["O", "B-city"]
    assert field.tags(["\udf27"]) == field.tags(["\ufffd" * 3])
    assert FieldTagger([Request(("\ud83c",), ("O",), "Weather")]).tags(["\ud83c"]) == ["O"]


def test_refused(monkeypatch):
    request = Request(("rain",), ("O",), "Weather")
    for requests, about in (([], None), ([request], []), ([Request((), (), "Weather")], None)):
        with pytest.raises(ValueError, match="a word in one of them"):
            FieldTagger(requests, about)
    with pytest.raises(TypeError, match="words"):
        FieldTagger([request]).tags("rain")
    assert FieldTagger([request]).tags([]) == []
    true_import = builtins.__import__

    def without(name, *rest, **named):
        if name == "pycrfsuite":
            raise ImportError(name)
        return true_import(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"gru-course\[opponents\]"):
        FieldTagger([request])
