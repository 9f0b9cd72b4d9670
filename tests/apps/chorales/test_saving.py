"""The composer is trained once, kept, and gives the scores that were saved."""

import numpy as np
import pytest

from gru_course.apps import chorales
from gru_course.apps.chorales import saving
from gru_course.apps.chorales.learn import compose


def test_it_is_trained_once_and_composes(tmp_path, monkeypatch):
    few = {"units": 8, "dropout": 0.1, "epochs": 5, "batch_size": 4}
    monkeypatch.setattr(saving, "OPTIONS", {"quick": few, "full": few})
    package = chorales.load("quick", folder=tmp_path)
    assert "canons" in package.card.data.lower()
    assert package.card.value > 0
    monkeypatch.setattr(saving, "train", lambda *_, **__: pytest.fail("trained again"))
    again = chorales.load("quick", folder=tmp_path)
    assert again.digest == package.digest
    opening = np.zeros((4, again.preparation["keys"]), bool)
    opening[:, 40] = True
    assert compose(again.model, opening, 3, np.random.default_rng(0)).shape[1] == 88


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        chorales.load("slow")
