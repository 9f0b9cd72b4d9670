"""Characters of Shakespeare: counting, a GRU, and both together, from three seeds.

Reads the real text. About five minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.characters.baselines import NGrams, bits
from gru_course.apps.characters.data import SHAKESPEARE
from gru_course.apps.characters.learn import probabilities, train
from gru_course.apps.characters.model import character_model
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEEDS = range(3)
ORDERS = range(1, 10)
SHARES = np.linspace(0, 1, 21)


@cache
def text() -> Any:
    """Load the text, once in each process."""
    return load(SHAKESPEARE, "full")


def parts() -> dict[str, tuple[Any, Any]]:
    """Give the characters of the two parts that are asked, each with those before it."""
    train, validation, test = (
        text().encode(part) for part in (text().train, text().validation, text().test)
    )
    return {"validation": (validation, train), "test": (test, validation)}


def characters() -> int:
    """Count the different characters, and the one for those that are unknown."""
    return len(text().characters) + 1


def counted(order: int) -> dict[str, Any]:
    """Count, and give the probability of each character."""
    model = NGrams(order, text().encode(text().train), characters())
    return {
        name: model.probabilities(np.concatenate([before[-ORDERS[-1] :], ids]))[ORDERS[-1] :]
        for name, (ids, before) in parts().items()
    }


def counting(order: int) -> dict[str, float]:
    """Measure how well one order of counting does."""
    return {f"{name}_bits": bits(p) for name, p in counted(order).items()}


def choose_order(**found: Any) -> int:
    """Choose by validation."""
    return min(ORDERS, key=lambda order: float(found[f"order_{order}"]["validation_bits"]))


def gru(seed: int, order: int) -> dict[str, Any]:
    """Train a GRU, mix it with counting as validation says, and test once."""
    keras.utils.set_random_seed(seed)
    model = character_model(characters())
    curve = train(model, text().encode(text().train))
    said = {name: probabilities(model, *part) for name, part in parts().items()}
    counts = counted(order)
    mixed = {name: [bits(w * said[name] + (1 - w) * counts[name]) for w in SHARES] for name in said}
    chosen = int(np.argmin(mixed["validation"]))
    return {
        "curve": curve,
        "validation_bits": bits(said["validation"]),
        "test_bits": bits(said["test"]),
        "share_of_gru": float(SHARES[chosen]),
        "mixed_test_bits": mixed["test"][chosen],
    }


def parameters() -> int:
    """Count the parameters of the GRU."""
    return int(character_model(characters()).count_params())


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "seeds": [found[f"gru/{seed}"] for seed in SEEDS],
        "counting": {order: found[f"counting/{order}"] for order in ORDERS},
        "best_order": found["best_order"],
        "parameters": found["parameters"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        "best_order": stored["best_order"],
        "parameters": stored["parameters"],
        **{f"gru/{seed}": row for seed, row in enumerate(stored["seeds"])},
        **{f"counting/{order}": row for order, row in stored["counting"].items()},
    }


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        **{f"counting/{order}": Piece(counting, {"order": order}) for order in ORDERS},
        "best_order": Piece(
            choose_order, needs={f"order_{order}": f"counting/{order}" for order in ORDERS}
        ),
        "parameters": Piece(parameters),
        **{f"gru/{s}": Piece(gru, {"seed": s}, needs={"order": "best_order"}) for s in SEEDS},
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
