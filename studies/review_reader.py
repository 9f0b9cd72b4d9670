"""The GRU of the live figure "A GRU reads your review": trained, judged, and kept for the page.

The model of the lesson "Looking inside" with half of its words, so that its weights fit in a page.
Reads the real reviews. About two minutes on two cores: ``make studies``.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from page_arrays import keep_arrays, read_arrays
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.data.reviews import Reviews
from gru_course.data.tokenise import RANK_OFFSET, Vocabulary
from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.reviews.imdb import IMDB
from gru_course.stats.calibration import (
    answered,
    at_temperature,
    best_temperature,
    confidence_for,
)
from gru_course.training.fitting import Recipe, hold_out, predict
from gru_course.training.fitting import train as train_classifier

SEED = 0
WORDS, WINDOW = 5_000, 200
CONFIG = ClassifierConfig(vocabulary_size=WORDS + RANK_OFFSET + 1, timesteps=WINDOW, mask=True)
RECIPE = Recipe(epochs=3, batch_size=100, learning_rate=0.005, decay=True)
RIGHT = 0.95
"""Share of right answers, on held-out reviews, above which the model may answer."""
NAMES = ("vectors", "kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
WEIGHTS = Path(__file__).with_suffix(".npz")


@cache
def reviews() -> tuple[Reviews, Reviews, Vocabulary]:
    """Load the reviews, once in each process; words beyond the most frequent are left out."""
    data = load(IMDB, "full")
    vocabulary = Vocabulary(data.vocabulary.words[:WORDS])
    train, test = (
        Reviews.encoded(split.texts, split.labels.tolist(), vocabulary)
        for split in (data.train, data.test)
    )
    return train, test, vocabulary


def train(config: Mapping[str, Any], recipe: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Train, choose when it may answer, and keep the weights beside this script."""
    reader, (given, _, vocabulary) = ClassifierConfig(**config), reviews()
    window = given.window(reader.vocabulary_size, WINDOW)
    (x, y), held_out = hold_out(window, given.labels, share=0.2)
    keras.utils.set_random_seed(seed)
    model = classifier(reader)
    train_classifier(model, x, y, Recipe(**recipe), validation=held_out, keep_best=True)
    weights = [weight.astype(np.float16) for weight in model.get_weights()]
    model.set_weights([weight.astype(np.float32) for weight in weights])
    about = {"window": WINDOW, **answering(predict(model, held_out[0]), held_out[1])}
    texts = {"words": "\n".join(vocabulary.words), "about": json.dumps(about)}
    return {**about, "weights": keep_arrays(WEIGHTS, dict(zip(NAMES, weights, strict=True)), texts)}


def answering(probabilities: Any, labels: Any) -> dict[str, float]:
    """Choose the temperature, and the confidence from which answers are right often enough."""
    temperature = round(best_temperature(probabilities, labels), 2)
    cooled = at_temperature(probabilities, temperature)
    return {
        "temperature": temperature,
        "confidence": round(confidence_for(cooled, labels, RIGHT), 2),
    }


def judge(training: Mapping[str, Any]) -> dict[str, float]:
    """Ask the model, as it is kept, about the test reviews, which are opened here."""
    arrays = read_arrays(WEIGHTS, training["weights"])
    model = classifier(CONFIG)
    model.set_weights([arrays[name].astype(np.float32) for name in NAMES])
    _, test, _ = reviews()
    probabilities = predict(model, test.window(CONFIG.vocabulary_size, WINDOW))
    cooled = at_temperature(probabilities, training["temperature"])
    given = answered(cooled, test.labels, training["confidence"])
    return {
        "test_accuracy": round(float(np.mean((cooled > 0.5) == test.labels)), 4),
        "answered": round(given.share, 4),
        "right_of_answered": round(given.accuracy, 4),
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
