"""Accuracy of simple RNN, GRU and LSTM at equal units and at equal parameters, over eight seeds.

Needs no data set: digits that come with scikit-learn, and reviews from the course's own grammar.
About six minutes on two cores.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.data.reviews import ReviewData
from gru_course.data.standin import order_reviews
from gru_course.layers.backend import keras
from gru_course.memory.tasks import Splits, Task, digits
from gru_course.memory.trials import (
    TrialRecipe,
    parameters,
    recurrent_layer,
    run_trial,
    score,
    units_for_parameters,
)
from gru_course.training.fitting import Recipe, best_epoch, predict, train

SEEDS = range(8)
UNITS = 32
# As many updates for every cell; the weights of the best look at the validation set count.
DIGITS = {
    "all": (1000, TrialRecipe(updates=1500, batch_size=32, look_every=50, keep_best=True)),
    "small": (200, TrialRecipe(updates=750, batch_size=32, look_every=25, keep_best=True)),
}
REVIEWS = Recipe(epochs=6, batch_size=32, learning_rate=0.003, looks_per_epoch=2)
WINDOW, EMBEDDING = 48, 32

Models = dict[str, tuple[str, int]]
OTHER_WIDTHS: Models = {"gru_narrow": ("gru", 8), "gru_wide": ("gru", 128)}
"""The same cell with fewer and with more parameters."""
MODELS = {
    "digits_all": ("rnn", "gru", "lstm", "rnn_matched", "gru_matched"),
    "digits_small": ("rnn", "gru", "lstm", "rnn_matched", "gru_matched", *OTHER_WIDTHS),
    "reviews_all": ("rnn", "gru", "lstm", "gru_matched"),
}
OF_SEED = ("chosen_at", "train", "test")


def models_for(features: int, outputs: int) -> Models:
    """Name the three cells of one width, and two of them with as many parameters as the LSTM."""
    budget = parameters("lstm", UNITS, features, outputs)
    models = {cell: (cell, UNITS) for cell in ("rnn", "gru", "lstm")}
    for cell in ("rnn", "gru"):
        widest = units_for_parameters(cell, budget, features, outputs)
        models[f"{cell}_matched"] = (cell, widest)
    return models


@cache
def images() -> Splits:
    """Load the digits, once in each process."""
    return digits()


@cache
def generated() -> ReviewData:
    """Generate the reviews, once in each process."""
    return order_reviews()


def train_on_digits(training_size: str, model: str, seed: int) -> dict[str, Any]:
    """Train on rows of digits; each seed draws its own training images, the same for all cells.

    Kept: the accuracies, and after which share of the updates the weights were chosen.
    """
    size, recipe = DIGITS[training_size]
    train, validation, test = images()
    models = models_for(train.features, train.classes) | OTHER_WIDTHS
    cell, units = models[model]
    drawn = np.random.default_rng(seed).permutation(len(train))[:size]
    seen = Task(train.x[drawn], train.y[drawn], train.classes, train.description)
    keras.backend.clear_session()  # models of earlier seeds would stay in memory
    trained, curves = run_trial(cell, units, seen, validation, recipe, seed)
    best = int(np.argmin(curves["val_loss"]))
    return {
        "cell": cell,
        "units": units,
        "parameters": parameters(cell, units, train.features, train.classes),
        "chosen_at": (1 + best) * recipe.look_every / recipe.updates,
        "train": round(score(trained, seen), 4),
        "test": round(score(trained, test), 4),
    }


def train_on_reviews(model: str, seed: int) -> dict[str, Any]:
    """Train on generated reviews in which only the order of the words decides."""
    data = generated()
    vocabulary = len(data.vocabulary.words) + 3
    x, y = data.train.window(vocabulary, WINDOW), data.train.labels
    x_test = data.test.window(vocabulary, WINDOW)
    (seen, labels), validation = (x[:5000], y[:5000]), (x[5000:], y[5000:])
    cell, units = models_for(EMBEDDING, 1)[model]
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Embedding(vocabulary, EMBEDDING), recurrent_layer(cell, units)]
    network = keras.Sequential(
        [
            keras.Input((WINDOW,), dtype="int32"),
            *layers,
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    curves = train(network, seen, labels, REVIEWS, validation=validation, keep_best=True)
    found: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "chosen_at": best_epoch(curves) / REVIEWS.epochs,
    }
    for part, inputs, truth in (("train", seen, labels), ("test", x_test, data.test.labels)):
        right = (predict(network, inputs) > 0.5) == truth
        found[part] = round(float(np.mean(right)), 4)
    return {**found, "parameters": network.count_params()}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    results: dict[str, Any] = {}
    for task, models in MODELS.items():
        results[task] = {}
        for model in models:
            runs = [found[f"{task}/{model}/{seed}"] for seed in SEEDS]
            results[task][model] = {
                name: [run[name] for run in runs] if name in OF_SEED else value
                for name, value in runs[0].items()
            }
    return results


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        f"{task}/{model}/{seed}": {
            name: value[seed] if name in OF_SEED else value for name, value in row.items()
        }
        for task, rows in stored.items()
        for model, row in rows.items()
        for seed in SEEDS
    }


def study() -> Study:
    """Declare the pieces; each model opens the test set once."""
    pieces = {}
    for task, models in MODELS.items():
        kind, training_size = task.split("_")
        for model in models:
            for seed in SEEDS:
                arguments = {"model": model, "seed": seed}
                pieces[f"{task}/{model}/{seed}"] = (
                    Piece(train_on_digits, {"training_size": training_size, **arguments})
                    if kind == "digits"
                    else Piece(train_on_reviews, arguments)
                )
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
