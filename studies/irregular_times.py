"""Readings at irregular times with gaps: what a mask, the times and GRU-D gain.

Generated readings, whose best forecast is known. Five seeds each; about five minutes on two
cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.forecasting.irregular import (
    GRUDCell,
    Irregular,
    best_forecast,
    irregular_readings,
    prepared,
)
from gru_course.layers.backend import keras

SEEDS = range(5)
UNITS = 32
INPUTS = {"filled": 2, "mask": 4, "mask and times": 6, "GRU-D": 6}
"""How many of the six columns each model reads."""
EPOCHS, BATCH, RATE = 12, 64, 0.005


@cache
def parts() -> list[Irregular]:
    """Generate what to learn from, to choose by and to test with; once in each process."""
    return [irregular_readings(n, seed=seed) for seed, n in enumerate((8_000, 2_000, 4_000))]


def columns(name: str, readings: Irregular) -> Any:
    """Return what a model reads; a plain GRU gets the times as logarithms."""
    x = prepared(readings)
    if name == "mask and times":
        x[..., 4:] = np.log1p(x[..., 4:])
    return x[..., : INPUTS[name]]


def train(name: str, seed: int) -> dict[str, Any]:
    """Train a model, keep the best epoch by validation, and test it once."""
    learn, choose, test = ((columns(name, part), part.asked) for part in parts())
    keras.utils.set_random_seed(seed)
    gru = keras.layers.GRU(UNITS) if name != "GRU-D" else keras.layers.RNN(GRUDCell(UNITS))
    model = keras.Sequential([keras.Input(learn[0].shape[1:]), gru, keras.layers.Dense(1)])
    rate = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * len(learn[1]) // BATCH)
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0), "mse", jit_compile=True)
    best = keras.callbacks.EarlyStopping("val_loss", patience=EPOCHS, restore_best_weights=True)
    model.fit(
        *learn, batch_size=BATCH, epochs=EPOCHS, verbose=0, validation_data=choose, callbacks=[best]
    )
    said = model.predict(test[0], batch_size=1_000, verbose=0)[:, 0]
    return {
        "parameters": model.count_params(),
        "test_error": round(float(np.mean((said - test[1]) ** 2)), 5),
    }


def without_training() -> dict[str, float]:
    """Measure the last values, the mean and the best possible forecast."""
    test = parts()[2]
    last = prepared(test)[:, -1, :2].sum(axis=-1)
    said = {"mean": np.zeros(len(last)), "last values": last, "best possible": best_forecast(test)}
    return {name: round(float(np.mean((s - test.asked) ** 2)), 5) for name, s in said.items()}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    networks = {}
    for name in INPUTS:
        runs = [found[f"{name}/{seed}"] for seed in SEEDS]
        networks[name] = {
            "parameters": runs[0]["parameters"],
            "test_error": [run["test_error"] for run in runs],
        }
    return {"networks": networks, "without_training": found["without training"]}


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts = {
        f"{name}/{seed}": {**row, "test_error": row["test_error"][seed]}
        for name, row in stored["networks"].items()
        for seed in SEEDS
    }
    return {"without training": stored["without_training"], **parts}


def study() -> Study:
    """Declare the pieces."""
    pieces = {"without training": Piece(without_training)}
    pieces |= {
        f"{name}/{seed}": Piece(train, {"name": name, "seed": seed})
        for name in INPUTS
        for seed in SEEDS
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
