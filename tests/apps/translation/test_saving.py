"""The translator is trained once, kept with its words, and translates what is typed."""

import dataclasses

import pytest

from gru_course.apps import translation
from gru_course.apps.translation import saving
from gru_course.apps.translation.data import ENGLISH_FRENCH
from gru_course.apps.translation.learn import Task, translate
from gru_course.data import loading

FEW = {"pairs": 640, "words": 200, "units": 8, "embedding_dim": 8, "epochs": 1}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Train a small one for a pass only."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setattr(saving, "OPTIONS", {"quick": FEW})
    patch.setattr(saving, "ASKED", 20)
    yield translation.load("quick", folder=folder), folder
    patch.undo()


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert translation.load("quick", folder=folder).digest == package.digest


def test_it_translates_with_the_words_of_its_training(kept, monkeypatch):
    package = kept[0]
    model, task = saving.translator_of(package)
    data = loading.load(ENGLISH_FRENCH, "quick")
    chosen = saving.random.Random(0).sample(data.train, FEW["pairs"])
    made = Task.of(chosen, (200, 200))
    assert (task.english, task.french) == (made.english, made.french)
    asked = [pair.english for pair in data.test[:5]]
    assert translate(model, task, asked) == translate(model, made, asked)
    assert saving.answer(model, task, asked[0]) == translate(model, made, asked[:1], width=4)[0]
    assert "most similar sentence" in package.card.limits[0]


def test_what_is_no_sentence_is_refused(kept):
    model, task = saving.translator_of(kept[0])
    for text, said in (("", "no word"), ("день " * 3, "never seen"), ("one " * 30, "shorter")):
        with pytest.raises(ValueError, match=said):
            saving.answer(model, task, text)


def test_another_preparation_is_refused(kept):
    package = kept[0]
    words = [kept[:-1] for kept in package.preparation["words"]]
    other = dataclasses.replace(package, preparation={**package.preparation, "words": words})
    with pytest.raises(ValueError, match="do not belong together"):
        saving.translator_of(other)
    with pytest.raises(ValueError, match="says nothing of longest, words"):
        saving.translator_of(dataclasses.replace(package, preparation={}))


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        translation.load("slow")
