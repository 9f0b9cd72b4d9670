from dataclasses import replace

import numpy as np
import pytest

from gru_course.apps.assistant import learn
from gru_course.apps.assistant.model import (
    RequestConfig,
    RequestReader,
)
from gru_course.apps.assistant.snips import Request, small_requests
from gru_course.layers.backend import keras

SMALL = RequestConfig(
    units=24, word_dim=24, piece_dim=8, longest=24, epochs=4, batch_size=32, learning_rate=0.01
)


def trained(train, data, config=SMALL):
    keras.utils.set_random_seed(0)
    reader = RequestReader(train, config)
    learn.train(reader, train, data.validation)
    return learn.scores_of(reader, data.test)


@pytest.fixture(scope="module")
def data():
    return small_requests(1_200)


def one_word_slots(tags):
    """Make every word of a slot one of its own: in every order these are well formed."""
    return [tag.replace("I-", "B-") for tag in tags]


def test_it_learns_and_shuffled_labels_are_red(data):
    assert min(trained(data.train, data).values()) > 0.9
    rng = np.random.default_rng(0)
    wrong = [
        replace(r, tags=tuple(rng.permutation(one_word_slots(r.tags))), intent=str(intent))
        for r, intent in zip(
            data.train, rng.permutation([r.intent for r in data.train]), strict=True
        )
    ]
    assert max(trained(wrong, data).values()) < 0.5


def test_padding_and_company_change_nothing(data):
    reader = RequestReader(data.train, SMALL)
    texts = [request.words for request in data.test[:5]]
    together, alone = reader.probabilities(texts), reader.probabilities(texts[:1])
    words = len(texts[0])
    np.testing.assert_allclose(together[0][0], alone[0][0], atol=1e-5)
    np.testing.assert_allclose(together[1][0][:words], alone[1][0][:words], atol=1e-5)


def test_padding_behind_a_request_changes_nothing(data):
    """What stands for the whole request is the state after its last word, not that of padding."""
    reader = RequestReader(data.train, SMALL)
    words = data.test[0].words
    short, padded = (reader.model(reader.encode([words], n)) for n in (len(words), 24))
    np.testing.assert_allclose(padded["intent"], short["intent"], atol=1e-6)
    np.testing.assert_allclose(padded["slots"][:, : len(words)], short["slots"], atol=1e-6)


def test_long_and_unknown_requests_are_read(data):
    reader = RequestReader(data.train, SMALL)
    (reading,) = reader.read([("qwerty",) * 30])
    assert len(reading.tags) == 30
    assert set(reading.tags[24:]) == {"O"}
    assert 0 < reading.confidence <= 1
    assert reader.read([]) == []


def test_batches_are_whole_and_hold_a_request_once():
    ids = np.zeros((103, 24, 4), dtype=np.int32)
    for row, length in enumerate(np.random.default_rng(0).integers(1, 24, size=103)):
        ids[row, :length] = 1
    drawn = list(learn.batches(ids, 10, np.random.default_rng(0)))
    rows = np.concatenate([part for part, _ in drawn])
    assert len(rows) == len(set(rows.tolist())) == 100
    assert all((ids[part][:, end:] == 0).all() for part, end in drawn)


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="units is 0"):
        RequestConfig(units=0)
    with pytest.raises(ValueError, match="dropout is 1"):
        RequestConfig(dropout=1)
    with pytest.raises(ValueError, match="no training requests"):
        RequestReader([], SMALL)


def test_every_tag_has_its_beginning():
    request = Request(("a", "b"), ("B-x", "I-x"), "Y")
    assert RequestReader([request], SMALL).tags == ["O", "B-x", "I-x"]


EMPTY = Request((), (), "Y")
ONE = Request(("a",), ("B-x",), "Y")


def small(*requests):
    config = replace(SMALL, units=2, word_dim=2, piece_dim=2, epochs=1)
    return RequestReader(requests or [ONE], config)


def test_a_request_of_nothing_gets_an_answer_and_spoils_no_training():
    reader = small(ONE, EMPTY, ONE)
    (reading,) = reader.read([[]])
    assert (reading.intent, reading.tags) == ("Y", [])
    assert 0 < reading.confidence <= 1
    before = [weights.copy() for weights in reader.model.get_weights()]
    learn.train(reader, [ONE, EMPTY, ONE], [EMPTY, ONE])
    after = reader.model.get_weights()
    assert all(np.isfinite(weights).all() for weights in after)
    # A batch as large as all requests, the empty one among them, was never filled: nothing learnt.
    assert any((one != other).any() for one, other in zip(before, after, strict=True))


def spoilt():
    reader = small()
    weights = reader.model.get_weights()
    reader.model.set_weights([np.full_like(one, np.nan) for one in weights])
    return reader.read([["a"]])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: small(EMPTY, EMPTY), "none of 2 training requests has a word"),
        (lambda: learn.train(small(), [], [ONE]), "none of 0 requests has a word"),
        (lambda: learn.train(small(), [EMPTY], [ONE]), "none of 1 requests has a word"),
        (lambda: learn.train(small(), [ONE], []), "no requests for validation"),
        (lambda: learn.train(small(), [replace(ONE, intent="Z")], [ONE]), r"request 0, .*\['Z'\]"),
        (lambda: small().targets([ONE, replace(ONE, tags=("B-z",))]), r"request 1, .*\['B-z'\]"),
        (lambda: learn.scores_of(small(), []), "no requests to measure"),
        (lambda: small().probabilities([]), "there is no text"),
        (spoilt, "the probabilities: .*train it again"),
    ],
)
def test_what_cannot_be_learnt_or_measured_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("texts", ["a", ["a"], [("a",), "b"]])
def test_one_text_is_no_list_of_words(texts):
    with pytest.raises(TypeError, match=r"is one str.*each of its letters"):
        small().read(texts)
