"""The detector is trained once, kept, and says how unusual a beat is."""

import dataclasses

import numpy as np
import pytest

from gru_course.apps import anomalies
from gru_course.apps.anomalies import saving
from gru_course.apps.anomalies.heartbeats import ECG5000
from gru_course.apps.anomalies.learn import misfit
from gru_course.data import loading


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Train for a few passes only."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setattr(saving, "OPTIONS", {"quick": {"units": 8, "epochs": 8}})
    yield anomalies.load("quick", folder=folder), folder
    patch.undo()


def test_it_is_trained_once(kept, monkeypatch):
    package, folder = kept
    monkeypatch.setattr(saving, "train_on_beats", lambda *_, **__: pytest.fail("trained again"))
    monkeypatch.setattr(loading, "load", lambda *_: pytest.fail("data read"))
    assert anomalies.load("quick", folder=folder).digest == package.digest


def test_its_card_says_what_it_is(kept):
    card = kept[0].card
    assert "STAND-IN" in card.data
    assert 0.5 < card.value <= 1
    assert "8 principal components reach" in card.limits[0]


def test_a_beat_is_judged_in_any_unit(kept):
    package, beats = kept[0], loading.load(ECG5000, "quick").test
    odd = int(np.flatnonzero(beats.anomalous)[0])
    found = saving.judged(package, beats.values[odd])
    assert found["score"] == pytest.approx(misfit(package.model, beats.values[odd][None])[0], 1e-3)
    other = saving.judged(package, 250 + 3 * beats.values[odd].astype(float))
    assert other["score"] == pytest.approx(found["score"], rel=1e-3)
    shares = [saving.judged(package, beat)["normal_below"] for beat in beats.values]
    assert 0 <= min(shares) <= max(shares) <= 1
    assert np.mean(np.array(shares)[beats.anomalous]) > np.mean(np.array(shares)[~beats.anomalous])


@pytest.mark.parametrize(
    ("beat", "said"),
    [
        (np.sin(np.arange(100)), "expected one row of 140 values"),
        (np.ones(140), "is a lead off"),
        (np.full(140, np.nan), "the beat"),
        (np.sin(np.arange(140)) * 1e300, "the beat"),
    ],
)
def test_what_is_no_beat_is_refused(beat, said, kept):
    with pytest.raises(ValueError, match=said):
        saving.judged(kept[0], beat)


def test_another_preparation_is_refused(kept):
    without = dataclasses.replace(kept[0], preparation={"timesteps": 140})
    with pytest.raises(ValueError, match="says nothing of normal_scores"):
        saving.judged(without, np.sin(np.arange(140)))


def test_there_are_two_profiles():
    with pytest.raises(ValueError, match="expected one of"):
        anomalies.load("slow")
