"""Four questions that Memory on trial left open: other starts, coupled gates, a longer training.

The tasks, their recipes, sizes and seeds are those of ``memory_on_trial.py``; what is new is

- chrono initialisation, beside one bias for all units (recall and copy);
- an LSTM whose input gate is 1 - f, started with a bias of 4: what coupling costs (copy);
- the GRU with a bias of 4, trained three times as long (copy);
- a GRU with a bias of 4 on the recall that attention solves in ``beyond_one_gru.py``.

About ten minutes: ``make studies``.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.layers.backend import keras, tf
from gru_course.memory.order_tasks import recall_from
from gru_course.memory.starts import chrono_gru, coupled_lstm, model_around, remembering
from gru_course.memory.tasks import Task, adding, copy, recall
from gru_course.memory.trials import TrialRecipe, parameters, recurrent_layer, score, train_trial
from gru_course.memory.variants import widest_model

SEEDS = range(3)
RECALL_SEEDS = range(5)
TASKS: dict[str, tuple[Callable[[int, int, int], Task], TrialRecipe]] = {
    "adding": (
        lambda n, length, seed: adding(n, length, seed),
        TrialRecipe(updates=2000, learning_rate=0.01, target=0.005),
    ),
    "copy": (
        lambda n, length, seed: copy(n, length, symbols=5, kinds=4, seed=seed),
        TrialRecipe(updates=2000, learning_rate=0.01, target=0.99),
    ),
    "recall": (
        lambda n, length, seed: recall(n, length, seed=seed),
        TrialRecipe(updates=1500, learning_rate=0.005, target=0.99),
    ),
}
"""As in ``memory_on_trial.py``."""
ARMS: dict[str, dict[str, tuple[int, ...]]] = {
    "copy": {
        "lstm_coupled_remembering": (10, 20, 40),
        "gru_remembering_longer": (20,),
        "gru_chrono": (10, 20),
    },
    "recall": {"gru_chrono": (160,)},
}
"""Of each task, what is trained, and at which lengths."""


def layer_of(arm: str, units: int, task: Task, seed: int) -> keras.Layer:
    """Make the layer of an arm; the longest time span is the length of the sequence."""
    every = {"return_sequences": task.every_step}
    match arm:
        case "gru_chrono":
            return chrono_gru(units, task.timesteps, seed, **every)
        case "lstm_coupled_remembering":
            return coupled_lstm(units, remember=4.0, **every)
    return recurrent_layer("gru", units, remember=4.0, **every)


def units_of(arm: str, task: Task) -> int:
    """Return the units that an arm may have, if a GRU with 32 sets the budget."""
    if "lstm" not in arm:
        return 32
    budget, units = parameters("gru", 32, task.features, task.outputs), 1
    while model_around(layer_of(arm, units + 1, task, 0), task).count_params() <= budget:
        units += 1
    return units


def curve_trial(task: str, arm: str, length: int, seed: int) -> dict[str, Any]:
    """Train one arm at one length."""
    make, recipe = TASKS[task]
    if arm.endswith("_longer"):
        recipe = replace(recipe, updates=3 * recipe.updates)
    train, validation, test = (make(n, length, k) for k, n in enumerate((10_000, 500, 1_000)))
    units = units_of(arm, train)
    keras.utils.set_random_seed(seed)
    model = model_around(layer_of(arm, units, train, seed), train)
    curves = train_trial(model, train, validation, recipe)
    found = {"score": round(score(model, test), 5), "updates": int(curves["updates"][-1])}
    return {"units": units, **found}


def recall_trial(place: int, seed: int) -> dict[str, Any]:
    """Train a GRU with a bias of 4 on the recall of ``beyond_one_gru.py``."""
    train, validation, test = (
        recall_from(place, n, 60, seed=k) for k, n in enumerate((4_000, 500, 1_000))
    )
    recipe = TrialRecipe(200, learning_rate=0.005, look_every=20, target=0.999)
    keras.utils.set_random_seed(seed)
    model = widest_model(remembering, 4_000, train)
    train_trial(model, train, validation, recipe)
    return {
        "test_accuracy": round(score(model, test), 4),
        "parameters": model.count_params(),
    }


PLACES = {"recall_first": 0, "recall_middle": 30}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    results: dict[str, Any] = {}
    for task, arms in ARMS.items():
        for arm, lengths in arms.items():
            runs = [[found[f"{task}/{arm}/{n}/{seed}"] for seed in SEEDS] for n in lengths]
            results.setdefault(task, {})[arm] = {
                "lengths": list(lengths),
                "scores": [[run["score"] for run in row] for row in runs],
                "updates": [[run["updates"] for run in row] for row in runs],
                "units": runs[0][0]["units"],
            }
    for task in PLACES:
        solved = [found[f"{task}/{seed}"] for seed in RECALL_SEEDS]
        accuracies = [run["test_accuracy"] for run in solved]
        results[task] = {"test_accuracy": accuracies, "parameters": solved[0]["parameters"]}
    return results


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts: dict[str, Any] = {}
    for task, arms in ARMS.items():
        for arm, lengths in arms.items():
            row = stored[task][arm]
            for n, length in enumerate(lengths):
                for seed in SEEDS:
                    parts[f"{task}/{arm}/{length}/{seed}"] = {
                        "units": row["units"],
                        "score": row["scores"][n][seed],
                        "updates": row["updates"][n][seed],
                    }
    for task in PLACES:
        for seed in RECALL_SEEDS:
            row = stored[task]
            parts[f"{task}/{seed}"] = {**row, "test_accuracy": row["test_accuracy"][seed]}
    return parts


def pieces() -> Iterator[tuple[str, Piece]]:
    """List all trainings, the quickest first."""
    for task, place in PLACES.items():
        for seed in RECALL_SEEDS:
            yield f"{task}/{seed}", Piece(recall_trial, {"place": place, "seed": seed})
    for task, arms in ARMS.items():
        for arm, lengths in arms.items():
            for length in lengths:
                for seed in SEEDS:
                    arguments = {"task": task, "arm": arm, "length": length, "seed": seed}
                    yield f"{task}/{arm}/{length}/{seed}", Piece(curve_trial, arguments)


def study() -> Study:
    """Declare the pieces."""
    return Study(Path(__file__), dict(pieces()), assemble, SEEDS, take_apart)


if __name__ == "__main__":
    # These models are too small to share out among cores.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(study())
