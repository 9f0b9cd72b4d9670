"""The writer is trained once, kept with its alphabet, and goes on with what is typed."""

import dataclasses

import numpy as np
import pytest

from gru_course.apps import characters
from gru_course.apps.characters import saving
from gru_course.apps.characters.continuing import continued
from gru_course.apps.characters.data import SHAKESPEARE
from gru_course.apps.characters.learn import probabilities
from gru_course.data import loading

FEW = {"units": 8, "epochs": 1, "lanes": 16, "timesteps": 64}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Train for a pass only."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setattr(saving, "OPTIONS", {"quick": FEW})
    yield characters.load("quick", folder=folder), folder
    patch.undo()


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert characters.load("quick", folder=folder).digest == package.digest


def test_a_damaged_one_is_trained_again(kept, monkeypatch):
    package, folder = kept
    (place,) = (path for path in folder.glob("characters-*") if path.is_dir())
    (place / "weights.npz").write_bytes(b"PK")
    assert characters.load("quick", folder=folder).card.data == package.card.data


def test_its_characters_are_those_of_the_text(kept):
    package, data = kept[0], loading.load(SHAKESPEARE, "quick")
    alphabet = saving.alphabet_of(package)
    assert alphabet.characters == data.characters
    assert "STAND-IN" in package.card.data
    assert "7-gram" in package.card.limits[0]
    test, before = data.encode(data.test), data.encode(data.validation)
    found = -np.log2(probabilities(package.model, test, before)).mean()
    assert found == pytest.approx(package.card.value, abs=1e-4)


def test_it_goes_on_and_refuses(kept):
    package = kept[0]
    alphabet = saving.alphabet_of(package)
    text = continued(package.model, alphabet, "READER:\n", 10)
    assert text.startswith("READER:\n")
    assert len(text) == 18
    for opening, said in (("", "is empty"), ("Где вокзал?", "do not occur in")):
        with pytest.raises(ValueError, match=said):
            continued(package.model, alphabet, opening, 10)
    without = dataclasses.replace(package, preparation={})
    with pytest.raises(ValueError, match="says nothing of the characters"):
        saving.alphabet_of(without)


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        characters.load("slow")
