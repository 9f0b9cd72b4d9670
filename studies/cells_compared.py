"""Accuracy of simple RNN, GRU and LSTM at equal units and at equal parameters, over eight seeds.

Needs no data set: digits that come with scikit-learn, and reviews from the course's own grammar.
About six minutes on two cores.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.backend import keras
from gru_course.data import order_reviews
from gru_course.data.memory_tasks import Task, digits
from gru_course.training import Recipe, best_epoch, fit, predict
from gru_course.trials import (
    TrialRecipe,
    parameters,
    recurrent_layer,
    run_trial,
    score,
    units_for_parameters,
)

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


def models_for(features: int, outputs: int) -> Models:
    """Name the three cells of one width, and two of them with as many parameters as the LSTM."""
    budget = parameters("lstm", UNITS, features, outputs)
    models = {cell: (cell, UNITS) for cell in ("rnn", "gru", "lstm")}
    for cell in ("rnn", "gru"):
        widest = units_for_parameters(cell, budget, features, outputs)
        models[f"{cell}_matched"] = (cell, widest)
    return models


def compare_digits(training_size: str) -> dict[str, Any]:
    """Train on rows of digits; each seed draws its own training images, the same for all cells.

    Kept per seed: the accuracies, and after which share of the updates the weights were chosen.
    """
    size, recipe = DIGITS[training_size]
    train, validation, test = digits()
    models = models_for(train.features, train.classes)
    if training_size == "small":  # the same cell with fewer and with more parameters
        models |= {"gru_narrow": ("gru", 8), "gru_wide": ("gru", 128)}
    results = {}
    for name, (cell, units) in models.items():
        found: dict[str, Any] = {
            "cell": cell,
            "units": units,
            "parameters": parameters(cell, units, train.features, train.classes),
            "chosen_at": [],
            "train": [],
            "test": [],
        }
        for seed in SEEDS:
            drawn = np.random.default_rng(seed).permutation(len(train))[:size]
            seen = Task(train.x[drawn], train.y[drawn], train.classes, train.description)
            keras.backend.clear_session()  # models of earlier seeds would stay in memory
            model, curves = run_trial(cell, units, seen, validation, recipe, seed)
            best = int(np.argmin(curves["val_loss"]))
            found["chosen_at"].append((1 + best) * recipe.look_every / recipe.updates)
            found["train"].append(round(score(model, seen), 4))
            found["test"].append(round(score(model, test), 4))
        results[name] = found
        print("digits", training_size, name, found, flush=True)
    return results


def compare_reviews() -> dict[str, Any]:
    """Train on generated reviews in which only the order of the words decides."""
    data = order_reviews()
    vocabulary = len(data.vocabulary.words) + 3
    x, y = data.train.window(vocabulary, WINDOW), data.train.labels
    x_test = data.test.window(vocabulary, WINDOW)
    (seen, labels), validation = (x[:5000], y[:5000]), (x[5000:], y[5000:])
    models = models_for(EMBEDDING, 1)
    del models["rnn_matched"]
    results = {}
    for name, (cell, units) in models.items():
        found: dict[str, Any] = {"cell": cell, "units": units}
        found |= {"chosen_at": [], "train": [], "test": []}
        for seed in SEEDS:
            keras.backend.clear_session()
            keras.utils.set_random_seed(seed)
            layers = [keras.layers.Embedding(vocabulary, EMBEDDING), recurrent_layer(cell, units)]
            model = keras.Sequential(
                [
                    keras.Input((WINDOW,), dtype="int32"),
                    *layers,
                    keras.layers.Dense(1, activation="sigmoid"),
                ]
            )
            curves = fit(model, seen, labels, REVIEWS, validation=validation, keep_best=True)
            found["chosen_at"].append(best_epoch(curves) / REVIEWS.epochs)
            found["parameters"] = model.count_params()
            for part, inputs, truth in (
                ("train", seen, labels),
                ("test", x_test, data.test.labels),
            ):
                right = (predict(model, inputs) > 0.5) == truth
                found[part].append(round(float(np.mean(right)), 4))
        results[name] = found
        print("reviews", name, found, flush=True)
    return results


def run() -> dict[str, Any]:
    """Train everything; each model opens the test set once."""
    return {
        "digits_all": compare_digits("all"),
        "digits_small": compare_digits("small"),
        "reviews_all": compare_reviews(),
    }


if __name__ == "__main__":
    write_study(Path(__file__), run, seeds=list(SEEDS))
