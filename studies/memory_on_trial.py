"""Three cells at equal parameters on tasks made of memory: how far each of them gets.

Trains every cell from several seeds on the tasks of ``gru_course.data.memory_tasks``. Everything
was set beforehand, on other seeds and on validation sequences. About fifteen minutes on two
cores: ``make studies``.
"""

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.backend import tf
from gru_course.data.memory_tasks import Task, adding, brackets, copy, counting, digits, recall
from gru_course.trials import (
    CELLS,
    TrialRecipe,
    all_right,
    parameters,
    run_trial,
    score,
    units_for_parameters,
)

SEEDS = range(5)
CURVE_SEEDS = range(3)  # where every length needs its own training

# The cells as Keras makes them, and the gated ones with an initial bias that keeps the old state.
ARMS: dict[str, tuple[str, dict[str, float]]] = {
    **{cell: (cell, {}) for cell in CELLS},
    "lstm_remembering": ("lstm", {"remember": 4.0}),
    "gru_remembering": ("gru", {"remember": 4.0}),
}


@dataclass(frozen=True)
class Curve:
    """One task at several lengths; every length is learned anew.

    A length is passed if the score on fresh sequences is at least (for numbers: at most)
    ``passed``. An arm that no seed brings past a length is not tried at longer ones.
    """

    make: Callable[[int, int, int], Task]  # n, length, seed
    lengths: tuple[int, ...]
    recipe: TrialRecipe
    passed: float


CURVES = {
    "adding": Curve(
        lambda n, length, seed: adding(n, length, seed),
        (50, 100, 200, 400),
        TrialRecipe(updates=2000, learning_rate=0.01, target=0.005),
        passed=0.01,
    ),
    "copy": Curve(
        lambda n, length, seed: copy(n, length, symbols=5, kinds=4, seed=seed),
        (5, 10, 20, 40, 80),
        TrialRecipe(updates=2000, learning_rate=0.01, target=0.99),
        passed=0.9,
    ),
    "recall": Curve(
        lambda n, length, seed: recall(n, length, seed=seed),
        (10, 20, 40, 80, 160),
        TrialRecipe(updates=1500, learning_rate=0.005, target=0.99),
        passed=0.9,
    ),
}
BRACKETS_RECIPE = TrialRecipe(updates=1500, learning_rate=0.005, keep_best=True)
BRACKETS_TRAINED = {"timesteps": 32, "depth": 4}
COUNTING_RECIPE = TrialRecipe(updates=2000, learning_rate=0.01, batch_size=60, look_every=500)
COUNTED, ASKED = 50, 300  # the longest strings of training and of the test
DIGITS_RECIPE = TrialRecipe(updates=1200, learning_rate=0.005, look_every=50, keep_best=True)
PIXELS_RECIPE = TrialRecipe(updates=1500, learning_rate=0.005, look_every=75, keep_best=True)


def units_of(cell: str, task: Task, gru_units: int = 32) -> int:
    """Return the units of a cell if the model may have the parameters of one with a GRU."""
    budget = parameters("gru", gru_units, task.features, task.outputs)
    return units_for_parameters(cell, budget, task.features, task.outputs)


def curve_trial(name: str, arm: str) -> dict[str, Any]:
    """Train one arm at every length of a task that it can still learn."""
    curve, (cell, options) = CURVES[name], ARMS[arm]
    found: dict[str, Any] = {"lengths": [], "scores": [], "updates": []}
    for length in curve.lengths:
        train, validation, test = (
            curve.make(n, length, seed) for seed, n in enumerate((10_000, 500, 1_000))
        )
        found["units"] = units_of(cell, train)
        scores, updates = [], []
        for seed in CURVE_SEEDS:
            model, curves = run_trial(
                cell, found["units"], train, validation, curve.recipe, seed, **options
            )
            scores.append(round(score(model, test), 5))
            updates.append(int(curves["updates"][-1]))
        found["lengths"].append(length)
        found["scores"].append(scores)
        found["updates"].append(updates)
        passed = [s >= curve.passed if train.classes else s <= curve.passed for s in scores]
        if not any(passed):
            break
    return found


def brackets_trial(cell: str) -> dict[str, Any]:
    """Train on short, shallow strings of brackets; test on longer and on deeper ones."""
    train, validation = (
        brackets(5_000, **BRACKETS_TRAINED),
        brackets(500, **BRACKETS_TRAINED, seed=1),
    )
    found: dict[str, Any] = {
        "units": units_of(cell, train),
        "trained": BRACKETS_TRAINED,
        "lengths": [32, 64, 128, 256, 512],
        "depths": [2, 3, 4, 5, 6, 8, 10],
        "by_length": [],
        "by_depth": [],
    }
    longer = [brackets(500, n, BRACKETS_TRAINED["depth"], seed=2) for n in found["lengths"]]
    deeper = [brackets(500, 64, depth, seed=3) for depth in found["depths"]]
    for seed in SEEDS:
        model, _ = run_trial(cell, found["units"], train, validation, BRACKETS_RECIPE, seed)
        found["by_length"].append([round(score(model, task), 4) for task in longer])
        found["by_depth"].append([round(score(model, task), 4) for task in deeper])
    return found


def counting_trial(cell: str) -> dict[str, Any]:
    """Train on strings up to a number; find the first number at which the count is lost."""
    train, validation = counting(list(range(1, COUNTED + 1)) * 20), counting(range(1, COUNTED + 1))
    test = counting(range(1, ASKED + 1))
    found: dict[str, Any] = {
        "units": units_of(cell, train, gru_units=16),
        "trained": COUNTED,
        "asked": ASKED,
        "longest": [],
        "validation_accuracy": [],
    }
    for seed in SEEDS:
        model, curves = run_trial(cell, found["units"], train, validation, COUNTING_RECIPE, seed)
        wrong = np.flatnonzero(~all_right(model, test))
        found["longest"].append(int(wrong[0]) if len(wrong) else ASKED)
        found["validation_accuracy"].append(round(curves["val_score"][-1], 4))
    return found


def digits_trial(cell: str, pixelwise: bool) -> dict[str, Any]:
    """Train on the digits, keep the best look, and open the test images once per seed."""
    parts = digits(pixelwise)
    recipe, seeds = (PIXELS_RECIPE, CURVE_SEEDS) if pixelwise else (DIGITS_RECIPE, SEEDS)
    names = [f"{part}_accuracy" for part in parts._fields]
    found: dict[str, Any] = {"units": units_of(cell, parts.train), **{name: [] for name in names}}
    for seed in seeds:
        model, _ = run_trial(cell, found["units"], parts.train, parts.validation, recipe, seed)
        for name, part in zip(names, parts, strict=True):
            found[name].append(round(score(model, part), 4))
    return found


JOBS: dict[str, tuple[Callable[[str], dict[str, Any]], tuple[str, ...]]] = {
    "copy": (partial(curve_trial, "copy"), tuple(ARMS)),
    "adding": (partial(curve_trial, "adding"), CELLS),
    "counting": (counting_trial, CELLS),
    "recall": (partial(curve_trial, "recall"), tuple(ARMS)),
    "brackets": (brackets_trial, CELLS),
    "digits_pixels": (partial(digits_trial, pixelwise=True), CELLS),
    "digits": (partial(digits_trial, pixelwise=False), CELLS),
}


def one_thread() -> None:
    """Give every process one core; these models are too small to share out."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def run() -> dict[str, dict[str, Any]]:
    """Run all tasks with all arms, two at a time."""
    results: dict[str, dict[str, Any]] = {task: {} for task in JOBS}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn, initializer=one_thread) as pool:
        waiting = {
            (task, arm): pool.submit(trial, arm)
            for task, (trial, arms) in JOBS.items()
            for arm in arms
        }
        for (task, arm), future in waiting.items():
            results[task][arm] = future.result()
            print(task, arm, results[task][arm], flush=True)
    return results


if __name__ == "__main__":
    write_study(Path(__file__), run, seeds=list(SEEDS))
