"""Test accuracy of the two first GRUs over five seeds, the epoch chosen by validation.

Reads the real reviews. About eight minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.layers.backend import keras
from gru_course.reviews.classifiers import LARGE_GRU, SMALL_GRU, classifier
from gru_course.reviews.imdb import IMDB
from gru_course.training.fitting import (
    LARGE_RECIPE,
    SMALL_RECIPE,
    best_epoch,
    hold_out,
    predict,
)
from gru_course.training.fitting import train as train_classifier

SEEDS = range(5)


MODELS = {"small": (SMALL_GRU, SMALL_RECIPE), "large": (LARGE_GRU, LARGE_RECIPE)}


@cache
def reviews() -> Any:
    """Load the reviews, once in each process."""
    return load(IMDB, "full")


def train(name: str, seed: int) -> dict[str, float]:
    """Train a model; it opens the test set once, at its end."""
    data = reviews()
    (x, y), validation = hold_out(data.train.window(), data.train.labels, share=0.2)
    config, recipe = MODELS[name]
    keras.utils.set_random_seed(seed)
    model = classifier(config)
    curves = train_classifier(model, x, y, recipe, validation=validation, keep_best=True)
    accuracy = np.mean((predict(model, data.test.window()) > 0.5) == data.test.labels)
    return {"test_accuracy": round(float(accuracy), 4), "best_epoch": best_epoch(curves)}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        name: {
            measure: [found[f"{name}/{seed}"][measure] for seed in SEEDS]
            for measure in ("test_accuracy", "best_epoch")
        }
        for name in MODELS
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        f"{name}/{seed}": {measure: values[seed] for measure, values in row.items()}
        for name, row in stored.items()
        for seed in SEEDS
    }


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        f"{name}/{seed}": Piece(train, {"name": name, "seed": seed})
        for name in MODELS
        for seed in SEEDS
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
