"""Bach's chorales: a GRU against its own loss of memory, counts, and what it composes.

Reads the real chorales. About five minutes on two cores: ``make studies``.
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
from gru_course.composing import (
    compose,
    learn_chords,
    loss_of_frequencies,
    loss_of_kept_keys,
    loss_on,
    texture,
)
from gru_course.data import CHORALES, load
from gru_course.models.music import chord_model

SEEDS = range(3)
TEMPERATURES = (1.0, 0.7, 0.4)
COMPOSED, STEPS = 20, 64


def main() -> dict[str, Any]:
    """Train from every seed, test once, and let each model compose."""
    music = load(CHORALES, "full")
    parts = music.train, music.validation
    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text()) if progress.exists() else []
    openings = [piece[:4] for piece in music.validation[:COMPOSED]]
    for seed in SEEDS[len(found) :]:
        start = time.perf_counter()
        result: dict[str, Any] = {}
        for name, build in (("gru", chord_model), ("no_memory", lambda: chord_model(units=0))):
            keras.utils.set_random_seed(seed)
            model = build()
            looks = learn_chords(model, *parts, seed=seed)
            result[name] = {"validation": looks, "test_loss": loss_on(model, music.test)}
            if name == "gru":
                rng = np.random.default_rng(seed)
                result["composed"] = {
                    str(t): texture([compose(model, o, STEPS, rng, t)[4:] for o in openings])
                    for t in TEMPERATURES
                }
        found.append(result)
        taken = time.perf_counter() - start
        print(f"seed {seed}: {taken:.0f} s, test {result['gru']['test_loss']:.3f}", flush=True)
        progress.write_text(json.dumps(found), encoding="utf-8")
    progress.unlink()
    return {
        "seeds": found,
        "frequencies_test_loss": loss_of_frequencies(music.train, music.test),
        "kept_keys_test_loss": loss_of_kept_keys(music.train, music.test),
        "texture_of_bach": texture(music.test),
        "parameters": {n: chord_model(u).count_params() for n, u in (("gru", 400), ("no", 0))},
    }


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
