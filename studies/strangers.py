"""Spoken digits by strangers: each speaker left out once, with and without the remedy.

Reads the real recordings. About six minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.speech.data import SPOKEN_DIGITS
from gru_course.apps.speech.learn import SpeechRecipe, decide, train
from gru_course.apps.speech.model import SpeechConfig, recogniser
from gru_course.apps.speech.spoken import by_speaker
from gru_course.apps.speech.voices import Scaling, normalised_by_word, other_voices, word_frames
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEEDS = range(3)
RECIPE = SpeechRecipe(epochs=8)


SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
WAYS = ("plain", "remedied")


@cache
def recordings() -> Any:
    """Load the recordings and their frames, once in each process."""
    data = load(SPOKEN_DIGITS, "full")
    return data, word_frames(data)


def left_out(speaker: str, way: str, seed: int) -> dict[str, float]:
    """Ask for the words of a person who was never heard, and of the one kept for validation."""
    data, frames = recordings()
    labels = data.labels.astype(int)
    split = by_speaker(data, speaker)
    if way == "plain":
        x, voices = Scaling.of(frames[split.train]).apply(frames), None
    else:
        x, voices = normalised_by_word(frames), other_voices
    keras.utils.set_random_seed(seed)
    model = recogniser(SpeechConfig())
    learn, held = ((x[part], labels[part]) for part in split[:2])
    train(model, *learn, RECIPE, held, augment=voices, seed=seed)
    return {
        part: float(np.mean(decide(model, x[rows]) == labels[rows]))
        for part, rows in (("validation", split.validation), ("test", split.test))
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    seeds = [
        {way: {name: found[f"{seed}/{way}/{name}"] for name in SPEAKERS} for way in WAYS}
        for seed in SEEDS
    ]
    return {"seeds": seeds, "epochs": RECIPE.epochs}


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        f"{seed}/{way}/{name}": stored["seeds"][seed][way][name]
        for seed in SEEDS
        for way in WAYS
        for name in SPEAKERS
    }


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        f"{seed}/{way}/{name}": Piece(left_out, {"speaker": name, "way": way, "seed": seed})
        for seed in SEEDS
        for name in SPEAKERS
        for way in WAYS
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
