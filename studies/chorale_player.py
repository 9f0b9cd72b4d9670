"""The GRU of the live figure "It plays": trained, judged, and kept for the page.

The model of the lesson "Chorales" with half of its units, so that its weights fit in a page. How
strong the dropout is, the validation pieces decide. Reads the real chorales. About three minutes on
one core: ``make studies``.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from page_arrays import keep_arrays, read_arrays
from study_runs import Piece, Study, main

from gru_course.apps.chorales.data import CHORALES
from gru_course.apps.chorales.learn import loss_on
from gru_course.apps.chorales.learn import train as train_on_chorales
from gru_course.apps.chorales.model import chord_model
from gru_course.apps.chorales.rolls import LOWEST, Music
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEED = 0
UNITS = 200
DROPOUTS = (0.4, 0.55, 0.7)
EPOCHS = 80
NAMES = ("kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
WEIGHTS = Path(__file__).with_suffix(".npz")
SHIFT = -12
"""Semitones from the pitches of the file to those that choirs sing."""


@cache
def music() -> Music:
    """Load the chorales, once in each process."""
    return load(CHORALES, "full")


def train(units: int, dropouts: Sequence[float], epochs: int, seed: int) -> dict[str, Any]:
    """Train with each dropout, and keep the weights of the best beside this script."""
    lowest: dict[str, float] = {}
    best: list[Any] = []
    for dropout in dropouts:
        keras.utils.set_random_seed(seed)
        model = chord_model(units, dropout)
        looks = train_on_chorales(
            model, music().train, music().validation, epochs=epochs, seed=seed
        )
        if min(looks) < min(lowest.values(), default=np.inf):
            best = model.get_weights()
        lowest[str(dropout)] = round(min(looks), 4)
    texts = {"about": json.dumps({"units": units, "lowest": LOWEST, "shift": SHIFT})}
    digest = keep_arrays(WEIGHTS, dict(zip(NAMES, best, strict=True)), texts)
    return {"units": units, "validation": lowest, "weights": digest}


def judge(training: Mapping[str, Any]) -> dict[str, float]:
    """Ask the model, as it is kept, about the test pieces, which are opened here."""
    arrays = read_arrays(WEIGHTS, training["weights"])
    model = chord_model(training["units"])
    model.set_weights([arrays[name].astype(np.float32) for name in NAMES])
    return {"test_loss": round(loss_on(model, music().test), 4)}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return dict(found)


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return dict(stored)


def study() -> Study:
    """Declare the pieces: the training, and what its weights are worth."""
    arguments = {"units": UNITS, "dropouts": list(DROPOUTS), "epochs": EPOCHS, "seed": SEED}
    pieces = {
        "training": Piece(train, arguments),
        "judged": Piece(judge, needs={"training": "training"}),
    }
    return Study(Path(__file__), pieces, assemble, [SEED], take_apart)


if __name__ == "__main__":
    main(study())
