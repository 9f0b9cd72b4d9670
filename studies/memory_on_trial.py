"""Three cells at equal parameters on tasks made of memory: how far each of them gets.

Trains every cell from several seeds on the tasks of ``gru_course.memory.tasks``. Everything
was set beforehand, on other seeds and on validation sequences. About fifteen minutes on two
cores: ``make studies``.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.layers.backend import tf
from gru_course.memory.tasks import Task, adding, brackets, copy, counting, digits, recall
from gru_course.memory.trials import (
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


def curve_trial(task: str, arm: str, length: int, seed: int, **shorter: Any) -> Any:
    """Train one arm at one length, if a seed has learnt the one before it."""
    curve, (cell, options) = CURVES[task], ARMS[arm]
    if shorter and not any(run and run["passed"] for run in shorter.values()):
        return None
    train, validation, test = (
        curve.make(n, length, number) for number, n in enumerate((10_000, 500, 1_000))
    )
    units = units_of(cell, train)
    model, curves = run_trial(cell, units, train, validation, curve.recipe, seed, **options)
    found = round(score(model, test), 5)
    return {
        "units": units,
        "score": found,
        "updates": int(curves["updates"][-1]),
        "passed": found >= curve.passed if train.classes else found <= curve.passed,
    }


def brackets_trial(cell: str, seed: int) -> dict[str, Any]:
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
    }
    longer = [brackets(500, n, BRACKETS_TRAINED["depth"], seed=2) for n in found["lengths"]]
    deeper = [brackets(500, 64, depth, seed=3) for depth in found["depths"]]
    model, _ = run_trial(cell, found["units"], train, validation, BRACKETS_RECIPE, seed)
    return {
        **found,
        "by_length": [round(score(model, task), 4) for task in longer],
        "by_depth": [round(score(model, task), 4) for task in deeper],
    }


def counting_trial(cell: str, seed: int) -> dict[str, Any]:
    """Train on strings up to a number; find the first number at which the count is lost."""
    train, validation = counting(list(range(1, COUNTED + 1)) * 20), counting(range(1, COUNTED + 1))
    test = counting(range(1, ASKED + 1))
    units = units_of(cell, train, gru_units=16)
    model, curves = run_trial(cell, units, train, validation, COUNTING_RECIPE, seed)
    wrong = np.flatnonzero(~all_right(model, test))
    return {
        "units": units,
        "trained": COUNTED,
        "asked": ASKED,
        "longest": int(wrong[0]) if len(wrong) else ASKED,
        "validation_accuracy": round(curves["val_score"][-1], 4),
    }


def digits_trial(cell: str, seed: int, pixelwise: bool) -> dict[str, Any]:
    """Train on the digits, keep the best look, and open the test images once."""
    parts = digits(pixelwise)
    recipe = PIXELS_RECIPE if pixelwise else DIGITS_RECIPE
    units = units_of(cell, parts.train)
    model, _ = run_trial(cell, units, parts.train, parts.validation, recipe, seed)
    scores = {name: round(score(model, part), 4) for name, part in parts._asdict().items()}
    return {"units": units, **{f"{name}_accuracy": found for name, found in scores.items()}}


CURVE_ARMS = {"copy": tuple(ARMS), "adding": CELLS, "recall": tuple(ARMS)}
TASKS = ("copy", "adding", "counting", "recall", "brackets", "digits_pixels", "digits")
OF_SEED = {
    "counting": ("longest", "validation_accuracy"),
    "brackets": ("by_length", "by_depth"),
    "digits_pixels": ("train_accuracy", "validation_accuracy", "test_accuracy"),
    "digits": ("train_accuracy", "validation_accuracy", "test_accuracy"),
}
"""What each seed gives; all else is the same for all seeds."""


def seeds_of(task: str) -> range:
    """Return the seeds of a task."""
    return CURVE_SEEDS if task in CURVES or task == "digits_pixels" else SEEDS


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""

    def of_curve(task: str, arm: str) -> dict[str, Any]:
        rows = [
            [found[f"{task}/{arm}/{length}/{seed}"] for seed in CURVE_SEEDS]
            for length in CURVES[task].lengths
        ]
        tried = [row for row in rows if row[0]]
        return {
            "lengths": list(CURVES[task].lengths[: len(tried)]),
            "scores": [[run["score"] for run in row] for row in tried],
            "updates": [[run["updates"] for run in row] for row in tried],
            "units": tried[0][0]["units"],
        }

    def of_cell(task: str, cell: str) -> dict[str, Any]:
        runs = [found[f"{task}/{cell}/{seed}"] for seed in seeds_of(task)]
        return {
            name: [run[name] for run in runs] if name in OF_SEED[task] else value
            for name, value in runs[0].items()
        }

    return {
        task: {arm: of_curve(task, arm) for arm in CURVE_ARMS[task]}
        if task in CURVES
        else {cell: of_cell(task, cell) for cell in CELLS}
        for task in TASKS
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without what says whether a length was passed."""
    parts: dict[str, Any] = {}
    for task, rows in stored.items():
        for arm, row in rows.items():
            for seed in seeds_of(task):
                if task not in CURVES:
                    parts[f"{task}/{arm}/{seed}"] = {
                        name: value[seed] if name in OF_SEED[task] else value
                        for name, value in row.items()
                    }
                    continue
                for n, length in enumerate(CURVES[task].lengths):
                    tried = n < len(row["lengths"])
                    parts[f"{task}/{arm}/{length}/{seed}"] = tried and {
                        "units": row["units"],
                        "score": row["scores"][n][seed],
                        "updates": row["updates"][n][seed],
                    }
    return {name: part or None for name, part in parts.items()}


def pieces() -> Iterator[tuple[str, Piece]]:
    """List all trainings; a length waits for all seeds at the one before it."""
    trials: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "counting": (counting_trial, {}),
        "brackets": (brackets_trial, {}),
        "digits_pixels": (digits_trial, {"pixelwise": True}),
        "digits": (digits_trial, {"pixelwise": False}),
    }
    for task in TASKS:
        if task not in CURVES:
            run, options = trials[task]
            for cell in CELLS:
                for seed in seeds_of(task):
                    yield (
                        f"{task}/{cell}/{seed}",
                        Piece(run, {"cell": cell, "seed": seed, **options}),
                    )
            continue
        for arm in CURVE_ARMS[task]:
            shorter: dict[str, str] = {}
            for length in CURVES[task].lengths:
                for seed in CURVE_SEEDS:
                    arguments = {"task": task, "arm": arm, "length": length, "seed": seed}
                    yield f"{task}/{arm}/{length}/{seed}", Piece(curve_trial, arguments, shorter)
                shorter = {f"seed_{s}": f"{task}/{arm}/{length}/{s}" for s in CURVE_SEEDS}


def study() -> Study:
    """Declare the pieces."""
    return Study(Path(__file__), dict(pieces()), assemble, SEEDS, take_apart)


if __name__ == "__main__":
    # These models are too small to share out among cores.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(study())
