"""Spoken digits: known voices, strangers, and a decision while somebody speaks.

Reads the real recordings. Some five minutes on two cores: ``make studies``.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from study_runs import write_study

from gru_course.backend import keras
from gru_course.data import SPOKEN_DIGITS, load
from gru_course.data.features import Floats
from gru_course.data.splits import Split
from gru_course.data.spoken import by_speaker, by_take
from gru_course.data.voices import (
    Scaling,
    heard,
    normalised_by_word,
    other_voices,
    word_frames,
)
from gru_course.models.speech import (
    SpeechConfig,
    SpeechRecipe,
    choose_threshold,
    decide,
    decide_at,
    decide_early,
    probabilities,
    recogniser,
    train,
)

SEEDS = range(3)
CONFIG = SpeechConfig()
STREAMING = SpeechConfig(streaming=True)
RECIPE = SpeechRecipe(epochs=15)
AT_STRANGERS = SpeechRecipe(epochs=8)
SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def main() -> dict[str, Any]:
    """Train everything; what is finished is kept, so that a run may be stopped and resumed."""
    data = load(SPOKEN_DIGITS, "full")
    frames, labels = word_frames(data), data.labels.astype(int)
    store = Path(__file__).with_suffix(".progress")
    done: dict[str, Any] = json.loads(store.read_text(encoding="utf-8")) if store.exists() else {}

    def once(name: str, measure: Any) -> None:
        if name not in done:
            done[name] = measure()
            print(name, {k: v for k, v in done[name].items() if isinstance(v, float)}, flush=True)
            store.write_text(json.dumps(done), encoding="utf-8")

    known = by_take(data)
    once("baseline known", lambda: baseline(frames, labels, known))
    for name in data.speakers:
        once(f"baseline {name}", lambda n=name: baseline(frames, labels, by_speaker(data, n)))
    for seed in SEEDS:
        once(f"known {seed}", lambda s=seed: whole(frames, labels, known, RECIPE, False, s))
        once(f"stream {seed}", lambda s=seed: stream(frames, labels, known, s))
    for name in data.speakers:
        for remedy in (False, True):
            once(
                f"stranger {name} {'remedied' if remedy else 'plain'}",
                lambda n=name, r=remedy: whole(
                    frames, labels, by_speaker(data, n), AT_STRANGERS, r, 0
                ),
            )
    store.unlink()
    return {
        "setting": {"config": asdict(CONFIG), "recipe": asdict(RECIPE), "shares": SHARES},
        "words": data.words,
        "speakers": data.speakers,
        "runs": done,
    }


def baseline(frames: Floats, labels: Any, split: Split) -> dict[str, Any]:
    """Average the frames over time and fit a logistic regression: order is lost."""
    mask = heard(frames)[..., None]
    means = (frames * mask).sum(axis=1) / mask.sum(axis=1)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000))
    model.fit(means[split.train], labels[split.train])
    return {"test_accuracy": float(model.score(means[split.test], labels[split.test]))}


def whole(
    frames: Floats, labels: Any, split: Split, recipe: SpeechRecipe, remedy: bool, seed: int
) -> dict[str, Any]:
    """Train a model that hears the word out; with the remedy it is prepared for strangers."""
    x = normalised_by_word(frames) if remedy else Scaling.of(frames[split.train]).apply(frames)
    keras.utils.set_random_seed(seed)
    model = recogniser(CONFIG)
    curve = train(
        model,
        x[split.train],
        labels[split.train],
        recipe,
        (x[split.validation], labels[split.validation]),
        augment=other_voices if remedy else None,
        seed=seed,
    )
    understood = decide(model, x[split.test])
    counts = np.zeros((CONFIG.words, CONFIG.words), dtype=int)
    np.add.at(counts, (labels[split.test], understood), 1)
    return {
        "validation_accuracy": max(curve),
        "test_accuracy": float(np.mean(understood == labels[split.test])),
        "confusion": counts.tolist(),
    }


def stream(frames: Floats, labels: Any, split: Split, seed: int) -> dict[str, Any]:
    """Train a model that answers after every frame, and let it decide early."""
    x = Scaling.of(frames[split.train]).apply(frames)
    keras.utils.set_random_seed(seed)
    model = recogniser(STREAMING)
    held_out = x[split.validation], labels[split.validation]
    train(model, x[split.train], labels[split.train], RECIPE, held_out, seed=seed)
    lengths = heard(x).sum(axis=1)
    asked, said = (probabilities(model, x[part]) for part in (split.validation, split.test))
    threshold = choose_threshold(asked, lengths[split.validation], held_out[1])
    truth, frames_of = labels[split.test], lengths[split.test]
    early, taken = decide_early(said, frames_of, threshold)
    return {
        "test_accuracy": float(np.mean(decide_at(said, frames_of, 1.0) == truth)),
        "by_share": [float(np.mean(decide_at(said, frames_of, s) == truth)) for s in SHARES],
        "threshold": threshold,
        "early_accuracy": float(np.mean(early == truth)),
        "early_share": float(np.mean(taken / frames_of)),
    }


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
