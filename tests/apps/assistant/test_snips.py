import json
import re

import pytest
from own_cache import remote_file

from gru_course.apps.assistant.snips import (
    SNIPS,
    TEST_FILES,
    TRAIN_FILES,
    Request,
    load_snips,
    small_requests,
    spans,
    words_of,
)
from gru_course.data.loading import load


@pytest.fixture(params=["quick", pytest.param("full", marks=pytest.mark.full)])
def data(request):
    return load(SNIPS, request.param)


def parts(data):
    return data.train, data.validation, data.test


def test_no_text_is_in_two_parts(data):
    texts = [{" ".join(re.findall(r"\w+", r.text)) for r in part} for part in parts(data)]
    assert not texts[0] & texts[1]
    assert not texts[2] & (texts[0] | texts[1])
    assert len(data.validation) == pytest.approx(0.05 * len(data.train), rel=0.3)


def test_tags_are_well_formed(data):
    for part in parts(data):
        for request in part:
            assert len(request.words) == len(request.tags) > 0
            for before, tag in zip(("O", *request.tags), request.tags, strict=False):
                assert tag == "O" or tag[:2] in ("B-", "I-")
                if tag.startswith("I-"):
                    assert before[2:] == tag[2:]


def test_validation_and_test_hold_nothing_unheard_of(data):
    for part in (data.validation, data.test):
        assert {request.intent for request in part} == set(data.intents)
        assert {tag for request in part for tag in request.tags} <= set(data.tags)


def test_what_is_typed_is_split_as_the_requests_are(data):
    """Three test requests miss a blank between two slots; nobody could split those."""
    different = [r for part in parts(data) for r in part if tuple(words_of(r.text)) != r.words]
    assert len(different) < 0.002 * len(data.train)


def test_no_request_occurs_twice(data):
    for part in (data.train, data.validation):
        assert len({request.text for request in part}) == len(part)


@pytest.mark.full
def test_published_figures():
    data = load(SNIPS, "full")
    assert len(data.test) == 700
    assert len(data.intents) == 7
    assert {sum(r.intent == intent for r in data.test) for intent in data.intents} == {100}
    slots = {tag[2:] for tag in data.tags} - {""}
    assert len(slots) == 39
    assert len(data.train) + len(data.validation) == 12_842 + 674
    assert len(data.tags) == 72  # as Goo et al. (2018) count them


@pytest.mark.full
def test_letters_beyond_ascii_are_read_as_they_were_written():
    words = {word for part in parts(load(SNIPS, "full")) for r in part for word in r.words}
    assert {"música", "noctámbulo", "taiyō", "burhøns"} <= words
    assert not any("Ã" in word or "�" in word for word in words)
    assert "🍕" in words or any(ord(max(word)) > 0xFFFF for word in words)


def test_tiny_files(server):
    def serve(name, intent, requests):
        rows = [{"data": [{"text": t, **({"entity": e} if e else {})} for t, e in r]}
                for r in requests]  # fmt: skip
        body = json.dumps({intent: rows}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        server.serve(name, body)
        return remote_file(name, body, server.url)

    rain = [("Rain in ", None), ("Los  Angeles", "city"), ("?", None)]
    song = [("play ", None), ("L.A", "title"), ("\ud83c\udf55", None)]
    train = {
        "Weather": serve("a", "Weather", [rain, rain, [("rain  in ", None), ("Graz", "city")]]),
        "Play": serve("b", "Play", [song]),
    }
    test = {"Weather": serve("c", "Weather", [[("Rain in", None), ("los angeles?", None)]])}
    data = load_snips(train, test)
    assert data.train + data.validation == (
        Request(("rain", "in", "graz"), ("O", "O", "B-city"), "Weather"),
        Request(("play", "l.a", "🍕"), ("O", "B-title", "O"), "Play"),
    )
    assert [r.text for r in data.test] == ["rain in los angeles ?"]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("O O O", []),
        ("B-a I-a B-a", [("a", "x y"), ("a", "z")]),
        ("I-a I-b O", [("a", "x"), ("b", "y")]),
        ("B-a O I-a", [("a", "x"), ("a", "z")]),
    ],
)
def test_spans_of_any_tags(tags, found):
    assert list(spans("xyz", tags.split())) == found


def test_a_tag_too_few():
    with pytest.raises(ValueError, match="3 words and 2 tags"):
        spans("xyz", ["O", "O"])


def test_a_word_alone_does_not_say_its_slot():
    data = small_requests()
    tags = {}
    for request in data.train:
        for word, tag in zip(request.words, request.tags, strict=True):
            tags.setdefault(word, set()).add(tag)
    assert {"B-people", "B-points", "B-title"} <= tags["two"]
    assert {"B-time", "B-title"} <= tags["tomorrow"]
    assert len(data.test) == 400


@pytest.mark.parametrize("n", [59, 6_001])
def test_too_few_or_too_many(n):
    with pytest.raises(ValueError, match="60 to 6,000"):
        small_requests(n)


def test_every_file_is_listed():
    assert set(SNIPS.files) == {*TRAIN_FILES.values(), *TEST_FILES.values()}
    assert len(SNIPS.files) == 14
