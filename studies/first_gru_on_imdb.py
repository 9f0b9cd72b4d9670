"""Test accuracy of the two first GRUs over five seeds, the epoch chosen by validation.

Reads the real reviews. About eight minutes on two cores: ``make studies``.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.backend import keras
from gru_course.data import IMDB, load
from gru_course.models import LARGE_GRU, SMALL_GRU, classifier
from gru_course.training import LARGE_RECIPE, SMALL_RECIPE, best_epoch, fit, hold_out, predict

SEEDS = range(5)


def run() -> dict[str, dict[str, list[float]]]:
    """Train both models from every seed; each opens the test set once, at its end."""
    data = load(IMDB, "full")
    (x, y), validation = hold_out(data.train.window(), data.train.labels, share=0.2)
    x_test = data.test.window()
    results: dict[str, dict[str, list[float]]] = {}
    for name, config, recipe in (
        ("small", SMALL_GRU, SMALL_RECIPE),
        ("large", LARGE_GRU, LARGE_RECIPE),
    ):
        found: dict[str, list[float]] = {"test_accuracy": [], "best_epoch": []}
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            model = classifier(config)
            curves = fit(model, x, y, recipe, validation=validation, keep_best=True)
            accuracy = np.mean((predict(model, x_test) > 0.5) == data.test.labels)
            found["test_accuracy"].append(round(float(accuracy), 4))
            found["best_epoch"].append(best_epoch(curves))
            print(name, seed, found["best_epoch"][-1], found["test_accuracy"][-1], flush=True)
        results[name] = found
    return results


if __name__ == "__main__":
    write_study(Path(__file__), run, seeds=list(SEEDS))
