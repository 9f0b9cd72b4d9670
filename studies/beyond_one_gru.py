"""What reading both ways, stacking, attention and minGRU gain over one GRU of the same size.

Five seeds each; no data needed. About twelve minutes on two busy cores: ``make studies``.
"""

import sys
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.layers.backend import keras
from gru_course.memory.order_tasks import parity, recall_from, reviews
from gru_course.memory.tasks import Splits, digits
from gru_course.memory.trials import TrialRecipe, score, train_trial
from gru_course.memory.variants import (
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

    make: Callable[[], tuple[Splits, int]]  # the sequences, and how many words there are
    budget: int
    recipe: TrialRecipe
    readers: tuple[Reader, ...] = READERS


def _generated(make: Callable[..., Any], *arguments: int) -> tuple[Splits, int]:
    """Generate sequences of a task; `make` takes how many, the arguments, and a seed."""
    parts = (make(n, *arguments, seed=seed) for seed, n in enumerate(SIZES))
    return Splits(*parts), 0


def _best_of(updates: int, learning_rate: float) -> TrialRecipe:
    return TrialRecipe(
        updates, learning_rate=learning_rate, look_every=updates // 10, keep_best=True
    )


RECALL = TrialRecipe(200, learning_rate=0.005, look_every=20, target=0.999)
GRU_ONLY = tuple(reader for reader in READERS if reader not in (mingru, mingru_stacked))
COMPARISONS = {
    "recall_first": Comparison(
        partial(_generated, partial(recall_from, 0), LAG), 4_000, RECALL, GRU_ONLY
    ),
    "recall_middle": Comparison(
        partial(_generated, partial(recall_from, LAG // 2), LAG), 4_000, RECALL, GRU_ONLY
    ),
    "digits": Comparison(lambda: (digits(), 0), 4_000, _best_of(500, 0.005)),
    "reviews": Comparison(reviews, 10_000, _best_of(500, 0.005)),
    "parity": Comparison(
        partial(_generated, parity, 16),
        1_500,
        _best_of(300, 0.01),
        (one_way, mingru, mingru_stacked),
    ),
}
"""The recipe is the same for all models of a task."""


@cache
def sequences(task: str) -> tuple[Splits, int]:
    """Make the sequences of a task, once in each process."""
    return COMPARISONS[task].make()


def train(task: str, reader: str, seed: int) -> dict[str, Any]:
    """Train a model; validation chooses the look, the test set is read once."""
    splits, vocabulary = sequences(task)
    _, budget, recipe, readers = COMPARISONS[task]
    (way,) = (each for each in readers if each.__name__ == reader)
    keras.utils.set_random_seed(seed)
    model = widest_model(way, budget, splits.train, vocabulary=vocabulary)
    train_trial(model, splits.train, splits.validation, recipe)
    return {
        "test_accuracy": round(score(model, splits.test), 4),
        "parameters": model.count_params(),
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    results: dict[str, dict[str, Any]] = {}
    for task, comparison in COMPARISONS.items():
        results[task] = {}
        for reader in comparison.readers:
            runs = [found[f"{task}/{reader.__name__}/{seed}"] for seed in SEEDS]
            results[task][reader.__name__] = {
                "test_accuracy": [run["test_accuracy"] for run in runs],
                "parameters": runs[0]["parameters"],
            }
    return results


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        f"{task}/{reader}/{seed}": {**row, "test_accuracy": row["test_accuracy"][seed]}
        for task, rows in stored.items()
        for reader, row in rows.items()
        for seed in SEEDS
    }


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        f"{task}/{reader.__name__}/{seed}": Piece(
            train, {"task": task, "reader": reader.__name__, "seed": seed}
        )
        for task, comparison in COMPARISONS.items()
        for reader in comparison.readers
        for seed in SEEDS
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
