"""The networks of the live figure "Forgetting race": trained, judged, and kept for the page.

Each learns to name a symbol that it saw 20 steps before, from the same sequences and at equal
parameters. The gates that keep the old state start with a bias, since without one the LSTM may not
get there at all: see ``memory_on_trial.py``. Kept are also the weights that Keras begins with.
Needs no data set. About a minute on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from page_arrays import keep_arrays
from study_runs import Piece, Study, main

from gru_course.layers.backend import keras, tf
from gru_course.memory.tasks import recall
from gru_course.memory.trials import (
    CELLS,
    TrialRecipe,
    parameters,
    run_trial,
    score,
    trial_model,
    units_for_parameters,
)

SEED = 0
GRU_UNITS = 16
LAG = 20
ASKED = (10, 20, 40, 80)
"""Lags at which the trained networks are tested."""
REMEMBER: dict[str, dict[str, float]] = {
    "rnn": {},
    "lstm": {"remember": 2.0},
    "gru": {"remember": 2.0},
}
RECIPE = TrialRecipe(updates=3000, learning_rate=0.005, look_every=50, target=0.999)
WEIGHTS = Path(__file__).with_suffix(".npz")


def train(cell: str, lag: int, seed: int, **options: float) -> dict[str, Any]:
    """Train one cell; give its weights, rounded to 16 bits, and what it does with them."""
    training, validation = recall(10_000, lag, seed=0), recall(500, lag, seed=1)
    budget = parameters("gru", GRU_UNITS, training.features, training.outputs)
    units = units_for_parameters(cell, budget, training.features, training.outputs)
    model, curves = run_trial(cell, units, training, validation, RECIPE, seed, **options)
    weights = [weight.astype(np.float16) for weight in model.get_weights()]
    model.set_weights([weight.astype(np.float32) for weight in weights])
    return {
        "units": units,
        "updates": int(curves["updates"][-1]),
        "accuracy": [round(score(model, recall(1_000, asked, seed=2)), 4) for asked in ASKED],
        "weights": [weight.tolist() for weight in weights],
    }


def keep(**trained: Mapping[str, Any]) -> dict[str, str]:
    """Write the weights of all three beside this script, and those that Keras begins with."""
    names = ("kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
    arrays = {}
    for cell, found in trained.items():
        keras.utils.set_random_seed(SEED)
        fresh = trial_model(cell, found["units"], recall(1, LAG)).get_weights()
        for network, weights in ((cell, found["weights"]), (f"fresh.{cell}", fresh)):
            for name, weight in zip(names, weights, strict=True):
                arrays[f"{network}.{name}"] = np.array(weight)
    return {"weights": keep_arrays(WEIGHTS, arrays)}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together; the weights lie in a file of their own."""
    cells = {
        cell: {name: value for name, value in found[cell].items() if name != "weights"}
        for cell in CELLS
    }
    setting = {"lag": LAG, "asked": list(ASKED)}
    return {"setting": setting, "cells": cells, "kept": found["kept"]}


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the weights."""
    return {**stored["cells"], "kept": stored["kept"]}


def study() -> Study:
    """Declare the pieces: three trainings, and the file of their weights."""
    pieces = {
        cell: Piece(train, {"cell": cell, "lag": LAG, "seed": SEED, **REMEMBER[cell]})
        for cell in CELLS
    }
    pieces["kept"] = Piece(keep, needs={cell: cell for cell in CELLS})
    return Study(Path(__file__), pieces, assemble, [SEED], take_apart)


if __name__ == "__main__":
    # These models are too small to share out among cores.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(study())
