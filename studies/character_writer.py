"""The GRU of the live figure "It writes": trained on Shakespeare, judged, and kept for the page.

The model of the lesson "Writing, one character at a time" with three quarters of its units, so that
its weights fit in a page, and trained twice as long. Reads the real text. One training, so it
supports no claim about GRUs; ``writing.py`` has three. About six minutes on one core:
``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from page_arrays import keep_arrays
from study_runs import Piece, Study, main

from gru_course.apps.characters import learn
from gru_course.apps.characters.baselines import bits
from gru_course.apps.characters.data import SHAKESPEARE, CharacterData
from gru_course.apps.characters.model import character_model
from gru_course.apps.characters.saving import NAMES, load_writer
from gru_course.data.loading import load
from gru_course.layers.backend import keras, tf

SEED = 0
UNITS = 192
EPOCHS = 8
WEIGHTS = Path(__file__).with_suffix(".npz")


@cache
def text() -> CharacterData:
    """Load the text, once in each process."""
    return load(SHAKESPEARE, "full")


def train(units: int, epochs: int, seed: int) -> dict[str, Any]:
    """Train, and keep the weights, rounded to 16 bits, beside this script."""
    keras.utils.set_random_seed(seed)
    model = character_model(len(text().characters) + 1, units)
    curve = learn.train(model, text().encode(text().train), epochs=epochs)
    weights = dict(zip(NAMES, model.get_weights(), strict=True))
    kept = keep_arrays(WEIGHTS, weights, {"characters": "".join(text().characters)})
    return {"units": units, "curve": [round(loss, 4) for loss in curve], "weights": kept}


def judge(training: Mapping[str, Any]) -> dict[str, float]:
    """Ask the model, as it is kept, about validation and test, which is opened here."""
    model, alphabet = load_writer(WEIGHTS, sha256=training["weights"])
    stretches = {name: alphabet.encode(getattr(text(), name)) for name in ("validation", "test")}
    before = {"validation": alphabet.encode(text().train), "test": stretches["validation"]}
    found = {
        f"{name}_bits": round(bits(learn.probabilities(model, ids, before[name])), 4)
        for name, ids in stretches.items()
    }
    return {"parameters": int(np.sum([w.size for w in model.get_weights()])), **found}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return dict(found)


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return dict(stored)


def study() -> Study:
    """Declare the pieces: the training, and what its weights are worth."""
    pieces = {
        "training": Piece(train, {"units": UNITS, "epochs": EPOCHS, "seed": SEED}),
        "judged": Piece(judge, needs={"training": "training"}),
    }
    return Study(Path(__file__), pieces, assemble, [SEED], take_apart)


if __name__ == "__main__":
    # This model is too small to share out among cores.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(study())
