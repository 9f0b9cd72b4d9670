"""The GRU of the live figure "It listens": trained, judged, and kept for the page.

The forward GRU of the lesson "Spoken digits", which answers after every frame. It may decide as
soon as it is sure enough; how sure that is, the validation recordings say. Reads the real ones.
About half a minute on one core: ``make studies``.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from page_arrays import keep_arrays, read_arrays
from study_runs import Piece, Study, main

from gru_course.apps.speech.data import SPOKEN_DIGITS
from gru_course.apps.speech.learn import (
    SpeechRecipe,
    choose_threshold,
    decide_at,
    decide_early,
    probabilities,
)
from gru_course.apps.speech.learn import train as train_recogniser
from gru_course.apps.speech.model import SpeechConfig, recogniser
from gru_course.apps.speech.spoken import SpokenWords, by_take
from gru_course.apps.speech.voices import TIMESTEPS, Scaling, heard, word_frames
from gru_course.apps.speech.vowels import vowel_words
from gru_course.data.loading import load
from gru_course.data.splits import Split
from gru_course.layers.backend import keras

SEED = 0
CONFIG = SpeechConfig(streaming=True)
RECIPE = SpeechRecipe(epochs=10)
NO_DIGITS = ("ai", "ou")
"""Synthesised words that the page plays to the model, which does not know them."""
NAMES = ("kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
WEIGHTS = Path(__file__).with_suffix(".npz")


@cache
def recordings() -> tuple[SpokenWords, NDArray[np.float32], Split]:
    """Load the recordings with their frames and the official split, once in each process."""
    data = load(SPOKEN_DIGITS, "full")
    return data, word_frames(data), by_take(data)


def synthesised(word: str) -> NDArray[np.float32]:
    """Say a word of two vowels, by a program."""
    data = vowel_words(takes=11)
    said = (data.labels == data.words.index(word)) & (data.speaker == 1) & (data.take == 0)
    return data.waveform(int(np.flatnonzero(said)[0]))


def said_by(
    arrays: Mapping[str, NDArray[Any]], part: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.integer], NDArray[np.integer]]:
    """Ask the model as it is kept; give its probabilities, and lengths and words of recordings."""
    data, frames, _ = recordings()
    model = recogniser(CONFIG)
    model.set_weights([arrays[name].astype(np.float32) for name in NAMES])
    scaling = Scaling(arrays["mean"].astype(np.float32), arrays["deviation"].astype(np.float32))
    lengths = heard(frames[part]).sum(axis=1)
    return probabilities(model, scaling.apply(frames[part])), lengths, data.labels[part]


def train(config: Mapping[str, Any], recipe: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Train, choose when it may decide, and keep the weights beside this script."""
    data, frames, split = recordings()
    scaling = Scaling.of(frames[split.train])
    x, y = scaling.apply(frames), data.labels.astype(int)
    keras.utils.set_random_seed(seed)
    model = recogniser(SpeechConfig(**config))
    held = x[split.validation], y[split.validation]
    given = x[split.train], y[split.train]
    train_recogniser(model, *given, SpeechRecipe(**recipe), held, seed=seed)
    arrays = dict(zip(NAMES, model.get_weights(), strict=True))
    arrays |= {"mean": scaling.mean, "deviation": scaling.deviation}
    arrays = {name: array.astype(np.float16) for name, array in arrays.items()}
    peaks = [np.abs(data.waveform(number)).max() for number in split.train]
    about = {
        "words": list(data.words),
        "rate": data.rate,
        "timesteps": TIMESTEPS,
        "threshold": choose_threshold(*said_by(arrays, split.validation)),
        "peak": round(float(np.median(peaks)), 3),
    }
    sounds = {f"sound.{word}": synthesised(word) for word in NO_DIGITS}
    return {**about, "weights": keep_arrays(WEIGHTS, arrays | sounds, {"about": json.dumps(about)})}


def judge(training: Mapping[str, Any]) -> dict[str, float]:
    """Ask the model, as it is kept, about the test recordings, which are opened here."""
    arrays = read_arrays(WEIGHTS, training["weights"])
    said, lengths, truth = said_by(arrays, recordings()[2].test)
    early, taken = decide_early(said, lengths, training["threshold"])
    return {
        "test_accuracy": round(float(np.mean(decide_at(said, lengths, 1.0) == truth)), 4),
        "early_accuracy": round(float(np.mean(early == truth)), 4),
        "early_share": round(float(np.mean(taken / lengths)), 4),
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return dict(found)


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return dict(stored)


def study() -> Study:
    """Declare the pieces: the training, and what its weights are worth."""
    arguments = {"config": asdict(CONFIG), "recipe": asdict(RECIPE), "seed": SEED}
    pieces = {
        "training": Piece(train, arguments),
        "judged": Piece(judge, needs={"training": "training"}),
    }
    return Study(Path(__file__), pieces, assemble, [SEED], take_apart)


if __name__ == "__main__":
    main(study())
