"""What reading both ways, stacking, attention and minGRU gain over one GRU of the same size.

Five seeds each; no data needed. About twelve minutes on two busy cores: ``make studies``.
"""

import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.backend import keras
from gru_course.data.memory_tasks import Splits, digits
from gru_course.data.order_tasks import parity, recall_from, reviews
from gru_course.trials import TrialRecipe, score, train_trial
from gru_course.variants import (
    READERS,
    Reader,
    mingru,
    mingru_stacked,
    one_way,
    widest_model,
)

SEEDS = range(5)
LAG = 60
SIZES = (4_000, 500, 1_000)
"""Sequences to train, to validate, to test, where they can be generated."""


class Comparison(NamedTuple):
    """One task, the budget of parameters that all models share, and how they are trained."""

    splits: Splits
    budget: int
    recipe: TrialRecipe
    readers: tuple[Reader, ...] = READERS
    vocabulary: int = 0


def comparisons() -> dict[str, Comparison]:
    """Set the tasks; the recipe is the same for all models of a task."""
    gru_only = tuple(reader for reader in READERS if reader not in (mingru, mingru_stacked))
    recalls = {
        name: Splits(*(recall_from(place, n, LAG, seed=seed) for seed, n in enumerate(SIZES)))
        for name, place in (("recall_first", 0), ("recall_middle", LAG // 2))
    }
    recall_recipe = TrialRecipe(200, learning_rate=0.005, look_every=20, target=0.999)
    order, vocabulary = reviews()
    return {
        **{name: Comparison(s, 4_000, recall_recipe, gru_only) for name, s in recalls.items()},
        "digits": Comparison(digits(), 4_000, _best_of(500, 0.005)),
        "reviews": Comparison(order, 10_000, _best_of(500, 0.005), vocabulary=vocabulary),
        "parity": Comparison(
            Splits(*(parity(n, 16, seed=seed) for seed, n in enumerate(SIZES))),
            1_500,
            _best_of(300, 0.01),
            (one_way, mingru, mingru_stacked),
        ),
    }


def _best_of(updates: int, learning_rate: float) -> TrialRecipe:
    return TrialRecipe(
        updates, learning_rate=learning_rate, look_every=updates // 10, keep_best=True
    )


def run() -> dict[str, dict[str, dict[str, object]]]:
    """Train all models from every seed; validation chooses the look, the test set is read once."""
    results: dict[str, dict[str, dict[str, object]]] = {}
    for task, (splits, budget, recipe, readers, vocabulary) in comparisons().items():
        results[task] = {}
        for reader in readers:
            accuracy = []
            for seed in SEEDS:
                keras.utils.set_random_seed(seed)
                model = widest_model(reader, budget, splits.train, vocabulary=vocabulary)
                train_trial(model, splits.train, splits.validation, recipe)
                accuracy.append(round(score(model, splits.test), 4))
            results[task][reader.__name__] = {
                "test_accuracy": accuracy,
                "parameters": model.count_params(),
            }
            print(task, reader.__name__, model.count_params(), accuracy, flush=True)
    return results


if __name__ == "__main__":
    write_study(Path(__file__), run, seeds=list(SEEDS))
