"""Characters of Shakespeare: counting, a GRU, and both together, from three seeds.

Reads the real text. About five minutes on two cores: ``make studies``.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.backend import keras
from gru_course.data import SHAKESPEARE, load
from gru_course.models.language import character_model
from gru_course.ngrams import NGrams, bits
from gru_course.writing import learn_characters, probabilities

SEEDS = range(3)
ORDERS = range(1, 10)
SHARES = np.linspace(0, 1, 21)


def main() -> dict[str, Any]:
    """Choose by validation, test once."""
    data = load(SHAKESPEARE, "full")
    train, validation, test = (data.encode(s) for s in (data.train, data.validation, data.test))
    parts = {"validation": (validation, train), "test": (test, validation)}
    characters = len(data.characters) + 1

    def counted(order: int) -> dict[str, Any]:
        model = NGrams(order, train, characters)
        return {
            name: model.probabilities(np.concatenate([before[-ORDERS[-1] :], ids]))[ORDERS[-1] :]
            for name, (ids, before) in parts.items()
        }

    by_order = {order: counted(order) for order in ORDERS}
    best_order = min(ORDERS, key=lambda order: bits(by_order[order]["validation"]))
    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text()) if progress.exists() else []
    for seed in SEEDS[len(found) :]:
        start = time.perf_counter()
        keras.utils.set_random_seed(seed)
        model = character_model(characters)
        curve = learn_characters(model, train)
        said = {name: probabilities(model, *part) for name, part in parts.items()}
        counts = by_order[best_order]
        mixed = {
            name: [bits(w * said[name] + (1 - w) * counts[name]) for w in SHARES] for name in parts
        }
        chosen = int(np.argmin(mixed["validation"]))
        found.append(
            {
                "curve": curve,
                "validation_bits": bits(said["validation"]),
                "test_bits": bits(said["test"]),
                "share_of_gru": float(SHARES[chosen]),
                "mixed_test_bits": mixed["test"][chosen],
            }
        )
        taken = time.perf_counter() - start
        print(f"seed {seed}: {taken:.0f} s, test {found[-1]['test_bits']:.4f}", flush=True)
        progress.write_text(json.dumps(found), encoding="utf-8")
    progress.unlink()
    return {
        "seeds": found,
        "counting": {
            order: {f"{name}_bits": bits(p) for name, p in both.items()}
            for order, both in by_order.items()
        },
        "best_order": best_order,
        "parameters": character_model(characters).count_params(),
    }


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
