"""The assistant is trained once, kept with its vocabulary, and answers or refuses as it did."""

import dataclasses

import numpy as np
import pytest

from gru_course.apps import assistant
from gru_course.apps.assistant import saving
from gru_course.apps.assistant.dialogue import Assistant
from gru_course.apps.assistant.model import RequestConfig, RequestReader
from gru_course.apps.assistant.snips import SNIPS, small_requests
from gru_course.data import loading


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Train a small one."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    config = RequestConfig(
        units=8, word_dim=16, piece_dim=8, epochs=2, batch_size=32, learning_rate=0.02, longest=24
    )
    patch.setattr(saving, "CONFIGS", {"quick": config})
    yield assistant.load("quick", folder=folder), folder
    patch.undo()


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert assistant.load("quick", folder=folder).digest == package.digest


def test_it_measures_what_its_card_says(kept):
    package, data = kept[0], loading.load(SNIPS, "quick")
    reader = saving.KeptReader(package.model, package.preparation)
    assert saving.scores_of(reader, data.test)["slot_f1"] == pytest.approx(package.card.value)
    assert "AddToList" in package.card.limits[1]
    confidences = [r.confidence for r in reader.read([q.words for q in data.validation])]
    refused = np.mean(np.array(confidences) < package.preparation["threshold"])
    assert refused <= saving.REFUSED


def test_a_kept_reader_reads_as_the_one_that_was_kept():
    requests = small_requests(120)
    reader = RequestReader(requests.train, RequestConfig(units=4, longest=24))
    again = saving.KeptReader(reader.model, saving.preparation_of(reader, 0.5))
    words = [request.words for request in requests.test]
    np.testing.assert_array_equal(again.encode(words, 24), reader.encode(words, 24))
    assert again.read(words) == reader.read(words)
    assert again.ids == reader.ids


def test_it_answers_and_refuses(kept):
    made = saving.assistant_of(kept[0])
    assert isinstance(made, Assistant)
    assert made.ask("").intent is None
    assert made.ask("Где вокзал?").intent is None


def test_another_preparation_is_refused(kept):
    package = kept[0]
    for changes, said in (
        ({"tags": ["O"]}, "do not belong together"),
        ({"config": {"units": 0}}, "units is 0"),
    ):
        other = dataclasses.replace(package, preparation={**package.preparation, **changes})
        with pytest.raises(ValueError, match=said):
            saving.assistant_of(other)
    with pytest.raises(ValueError, match="says nothing of config"):
        saving.assistant_of(dataclasses.replace(package, preparation={}))


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        assistant.load("slow")
