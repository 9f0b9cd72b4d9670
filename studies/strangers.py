"""Spoken digits by strangers: a GRU and convolutions, each speaker left out once.

Both networks learn from the words as they are. The GRU also learns with the remedy of the lesson,
the convolutions also from words that are changed in speed, in pitch, or by another room. Reads the
real recordings. About a quarter of an hour on one core: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.speech.data import SPOKEN_DIGITS
from gru_course.apps.speech.learn import SpeechRecipe, decide, train
from gru_course.apps.speech.model import SpeechConfig, convolutional, recogniser
from gru_course.apps.speech.spoken import by_speaker
from gru_course.apps.speech.voices import (
    Scaling,
    heard,
    normalised_by_word,
    other_pitch,
    other_room,
    other_speed,
    other_voices,
    word_frames,
)
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEEDS = {"plain": 5, "remedied": 5, "speed": 1, "pitch": 1, "room": 1}
"""Of each way to learn: how many."""
RECIPE = SpeechRecipe(epochs=8)
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
NETWORKS = {"gru": recogniser, "cnn": convolutional}
WAYS = {
    "gru": ("plain", "remedied"),
    "cnn": ("plain", "speed", "pitch", "room"),
}


@cache
def recordings() -> Any:
    """Load the recordings and their frames, once in each process."""
    data = load(SPOKEN_DIGITS, "full")
    return data, word_frames(data)


CHANGES = {
    "plain": None,
    "speed": other_speed,
    "pitch": other_pitch,
    "room": other_room,
    "remedied": other_voices,
}


def left_out(network: str, speaker: str, way: str, seed: int) -> dict[str, float]:
    """Ask for the words of a person who was never heard, and of the one kept for validation."""
    data, frames = recordings()
    labels = data.labels.astype(int)
    split = by_speaker(data, speaker)
    if way == "remedied":
        x = normalised_by_word(frames)
    else:
        x = Scaling.of(frames[split.train]).apply(frames)
    keras.utils.set_random_seed(seed)
    model = NETWORKS[network](SpeechConfig())
    learn, held = ((x[part], labels[part]) for part in split[:2])
    train(model, *learn, RECIPE, held, augment=CHANGES[way], seed=seed)
    return {
        part: float(np.mean(decide(model, x[rows]) == labels[rows]))
        for part, rows in (("validation", split.validation), ("test", split.test))
    }


def averaged() -> dict[str, float]:
    """Fit a logistic regression to the mean frame of each word, which knows no order."""
    data, frames = recordings()
    real = heard(frames)[..., None]
    means = (frames * real).sum(axis=1) / real.sum(axis=1)
    found = {}
    for speaker in SPEAKERS:
        split = by_speaker(data, speaker)
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000))
        model.fit(means[split.train], data.labels[split.train])
        found[speaker] = float(model.score(means[split.test], data.labels[split.test]))
    return found


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together: by network, way, seed and speaker."""
    return {
        "epochs": RECIPE.epochs,
        "averaged": found["averaged"],
        **{
            network: {
                way: [
                    {name: found[f"{network}/{way}/{seed}/{name}"] for name in SPEAKERS}
                    for seed in range(SEEDS[way])
                ]
                for way in ways
            }
            for network, ways in WAYS.items()
        },
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {"averaged": stored["averaged"]} | {
        f"{network}/{way}/{seed}/{name}": stored[network][way][seed][name]
        for network, ways in WAYS.items()
        for way in ways
        for seed in range(SEEDS[way])
        for name in SPEAKERS
    }


def study() -> Study:
    """Declare the pieces."""
    pieces = {"averaged": Piece(averaged)} | {
        f"{network}/{way}/{seed}/{name}": Piece(
            left_out, {"network": network, "speaker": name, "way": way, "seed": seed}
        )
        for network, ways in WAYS.items()
        for way in ways
        for seed in range(SEEDS[way])
        for name in SPEAKERS
    }
    return Study(Path(__file__), pieces, assemble, range(3), take_apart)


if __name__ == "__main__":
    main(study())
