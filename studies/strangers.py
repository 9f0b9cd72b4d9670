"""Spoken digits by strangers: each speaker left out once, with and without the remedy.

Reads the real recordings. About six minutes on two cores: ``make studies``.
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
from gru_course.data import SPOKEN_DIGITS, load
from gru_course.data.spoken import by_speaker
from gru_course.data.voices import Scaling, normalised_by_word, other_voices, word_frames
from gru_course.models.speech import SpeechConfig, SpeechRecipe, decide, recogniser, train

SEEDS = range(3)
RECIPE = SpeechRecipe(epochs=8)


def main() -> dict[str, Any]:
    """Ask for the words of a person who was never heard, and of the one kept for validation."""
    data = load(SPOKEN_DIGITS, "full")
    frames, labels = word_frames(data), data.labels.astype(int)
    by_word = normalised_by_word(frames)
    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text()) if progress.exists() else []
    for seed in SEEDS[len(found) :]:
        start = time.perf_counter()
        result: dict[str, dict[str, Any]] = {"plain": {}, "remedied": {}}
        for name in data.speakers:
            split = by_speaker(data, name)
            by_band = Scaling.of(frames[split.train]).apply(frames)
            for way, x, voices in (
                ("plain", by_band, None),
                ("remedied", by_word, other_voices),
            ):
                keras.utils.set_random_seed(seed)
                model = recogniser(SpeechConfig())
                learn, held = ((x[part], labels[part]) for part in split[:2])
                train(model, *learn, RECIPE, held, augment=voices, seed=seed)
                result[way][name] = {
                    part: float(np.mean(decide(model, x[rows]) == labels[rows]))
                    for part, rows in (("validation", split.validation), ("test", split.test))
                }
        found.append(result)
        print(f"seed {seed}: {time.perf_counter() - start:.0f} s, {result}", flush=True)
        progress.write_text(json.dumps(found), encoding="utf-8")
    progress.unlink()
    return {"seeds": found, "epochs": RECIPE.epochs}


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
