"""Bach's chorales: a GRU against its own loss of memory, counts, and what it composes.

Reads the real chorales. About five minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.chorales.data import CHORALES
from gru_course.apps.chorales.learn import (
    compose,
    loss_of_frequencies,
    loss_of_kept_keys,
    loss_on,
    texture,
    train,
)
from gru_course.apps.chorales.model import chord_model
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEEDS = range(3)
TEMPERATURES = (1.0, 0.7, 0.4)
COMPOSED, STEPS = 20, 64


UNITS = {"gru": 400, "no_memory": 0}


@cache
def music() -> Any:
    """Load the chorales, once in each process."""
    return load(CHORALES, "full")


def of_model(name: str, seed: int) -> dict[str, Any]:
    """Train a model, test it once, and let it compose if it has a memory."""
    keras.utils.set_random_seed(seed)
    model = chord_model(units=UNITS[name])
    looks = train(model, music().train, music().validation, seed=seed)
    found: dict[str, Any] = {"validation": looks, "test_loss": loss_on(model, music().test)}
    if UNITS[name]:
        openings = [piece[:4] for piece in music().validation[:COMPOSED]]
        rng = np.random.default_rng(seed)
        found["composed"] = {
            str(t): texture([compose(model, o, STEPS, rng, t)[4:] for o in openings])
            for t in TEMPERATURES
        }
    return found


def without_network() -> dict[str, Any]:
    """Measure counts, and the chorales themselves."""
    return {
        "frequencies_test_loss": loss_of_frequencies(music().train, music().test),
        "kept_keys_test_loss": loss_of_kept_keys(music().train, music().test),
        "texture_of_bach": texture(music().test),
    }


def parameters() -> dict[str, int]:
    """Count the parameters of both models."""
    return {name: chord_model(u).count_params() for name, u in (("gru", 400), ("no", 0))}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""

    def of(seed: int) -> dict[str, Any]:
        gru = {**found[f"gru/{seed}"]}
        composed = gru.pop("composed")
        return {"gru": gru, "composed": composed, "no_memory": found[f"no_memory/{seed}"]}

    return {
        "seeds": [of(seed) for seed in SEEDS],
        **found["without_network"],
        "parameters": found["parameters"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts = {"parameters": stored["parameters"]}
    parts["without_network"] = {
        name: value for name, value in stored.items() if name not in ("seeds", "parameters")
    }
    for seed, row in enumerate(stored["seeds"]):
        parts[f"gru/{seed}"] = {**row["gru"], "composed": row["composed"]}
        parts[f"no_memory/{seed}"] = row["no_memory"]
    return parts


def study() -> Study:
    """Declare the pieces."""
    return Study(
        Path(__file__),
        {
            "parameters": Piece(parameters),
            "without_network": Piece(without_network),
            **{
                f"{name}/{seed}": Piece(of_model, {"name": name, "seed": seed})
                for seed in SEEDS
                for name in UNITS
            },
        },
        assemble,
        SEEDS,
        take_apart,
    )


if __name__ == "__main__":
    main(study())
