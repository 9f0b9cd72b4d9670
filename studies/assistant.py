"""Intents and slots of requests, refusals, and the record of dialogues, from three seeds.

Reads the real requests and dialogues. About five minutes on two cores: ``make studies``.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course import dialogue as talk
from gru_course.backend import keras
from gru_course.baselines import bag_of_ngrams
from gru_course.data import load
from gru_course.data.sgd import SGD, DialogueData
from gru_course.data.snips import SNIPS, Request, RequestData, words_of
from gru_course.models.requests import RequestConfig, RequestReader, fit_requests, scores_of
from gru_course.slots import WordLookup, span_f1

SEEDS = range(3)
CONFIG = RequestConfig()
TURNS = RequestConfig(
    units=64, longest=64, batch_size=16, learning_rate=0.008, dropout=0.25, word_dropout=0.15
)  # fewer turns than requests, so smaller batches and larger steps; chosen on validation
REFUSED = 0.03


def main() -> dict[str, Any]:
    """Train from every seed; the baselines have none."""
    requests, dialogues = load(SNIPS, "full"), load(SGD, "full")
    progress = Path(__file__).with_suffix(".progress")
    parts: dict[str, list[Any]] = {"requests": [], "dialogues": []}
    if progress.exists():
        parts = json.loads(progress.read_text(encoding="utf-8"))
    for name, of_seed in (
        ("requests", lambda seed: of_requests(requests, seed)),
        ("dialogues", lambda seed: of_dialogues(dialogues, seed)),
    ):
        for seed in SEEDS[len(parts[name]) :]:
            start = time.perf_counter()
            parts[name].append(of_seed(seed))
            print(
                f"seed {seed}: {time.perf_counter() - start:.0f} s, {parts[name][-1]}", flush=True
            )
            progress.write_text(json.dumps(parts), encoding="utf-8")
    found = [{**a, **b} for a, b in zip(*parts.values(), strict=True)]
    progress.unlink()
    return {
        "setting": {"requests": asdict(CONFIG), "turns": asdict(TURNS), "refused": REFUSED},
        "seeds": found,
        "baselines": {**request_baselines(requests), **dialogue_baselines(dialogues)},
    }


def of_requests(data: RequestData, seed: int) -> dict[str, Any]:
    """Train on the requests and measure intents, slots and refusals."""
    keras.utils.set_random_seed(seed)
    reader = RequestReader(data.train, CONFIG)
    curves = fit_requests(reader, data.train, data.validation, seed)

    def confidences(texts: Any) -> list[float]:
        return [reading.confidence for reading in reader.read(texts)]

    threshold = talk.threshold_for(confidences([r.words for r in data.validation]), REFUSED)
    outside = confidences([words_of(text) for text in talk.OUT_OF_SCOPE])
    test = [request.words for request in data.test]
    single = [reading.tags for reading in reader.read(test, well_formed=False)]
    return {
        **{f"test_{name}": value for name, value in scores_of(reader, data.test).items()},
        "test_slot_f1_word_by_word": span_f1([r.tags for r in data.test], single).f1,
        "validation": curves,
        "threshold": threshold,
        "refused_test": float(np.mean(np.array(confidences(test)) < threshold)),
        "refused_out_of_scope": float(np.mean(np.array(outside) < threshold)),
    }


def of_dialogues(data: DialogueData, seed: int) -> dict[str, Any]:
    """Train on the turns and measure the record."""
    keras.utils.set_random_seed(seed)
    train, validation = talk.turn_requests(data.train), talk.turn_requests(data.validation)
    reader = RequestReader(train, TURNS)
    curves = fit_requests(reader, train, validation, seed)
    said = talk.read_turns(reader, data.test)
    kept = [talk.track(turns) for turns in said]
    forgotten = [talk.track(turns, carry_over=False) for turns in said]
    return {
        "validation_of_turns": curves,
        "joint_goal_accuracy": talk.joint_goal_accuracy(data.test, kept),
        "joint_goal_accuracy_without": talk.joint_goal_accuracy(data.test, forgotten),
    }


def request_baselines(data: RequestData) -> dict[str, float]:
    """Measure word counts, and the most frequent tag of each word."""

    def xy(requests: tuple[Request, ...]) -> tuple[list[str], list[str]]:
        return [r.text for r in requests], [r.intent for r in requests]

    tags = WordLookup(data.train)
    found = [tags.tags(request.words) for request in data.test]
    return {
        "intent_accuracy": one_against_rest(data).score(*xy(data.test)),
        "slot_f1": span_f1([request.tags for request in data.test], found).f1,
        "word_accuracy": float(
            np.mean(
                [
                    t == p
                    for request, guess in zip(data.test, found, strict=True)
                    for t, p in zip(request.tags, guess, strict=True)
                ]
            )
        ),
    }


def one_against_rest(data: RequestData) -> Any:
    """Fit the word counts with a logistic regression for each intent."""
    counts, regression = (step for _, step in bag_of_ngrams(1, 10.0).steps)
    model = make_pipeline(counts, OneVsRestClassifier(regression))
    return model.fit([r.text for r in data.train], [r.intent for r in data.train])


def dialogue_baselines(data: DialogueData) -> dict[str, float]:
    """Measure the record that a list of values keeps, and what perfect tags would reach."""
    said = talk.lookup_turns(data.train)
    by_lookup = [talk.track(said(dialogue)) for dialogue in data.test]
    perfect = [talk.track([dict(r.slots) for r in talk.turn_requests([d])]) for d in data.test]
    empty = [talk.track([{} for _ in dialogue.turns]) for dialogue in data.test]
    return {
        "joint_goal_accuracy_empty": talk.joint_goal_accuracy(data.test, empty),
        "joint_goal_accuracy_lookup": talk.joint_goal_accuracy(data.test, by_lookup),
        "joint_goal_accuracy_perfect_tags": talk.joint_goal_accuracy(data.test, perfect),
    }


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
