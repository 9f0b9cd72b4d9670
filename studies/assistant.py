"""Intents and slots of requests, refusals, and the record of dialogues, from three seeds.

Reads the real requests and dialogues. About five minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.assistant import dialogue as talk
from gru_course.apps.assistant.learn import scores_of
from gru_course.apps.assistant.learn import train as train_reader
from gru_course.apps.assistant.model import RequestConfig, RequestReader
from gru_course.apps.assistant.sgd import SGD, DialogueData
from gru_course.apps.assistant.slots import WordLookup, span_f1
from gru_course.apps.assistant.snips import SNIPS, Request, RequestData, words_of
from gru_course.data.loading import load
from gru_course.layers.backend import keras
from gru_course.reviews.baselines import bag_of_ngrams

SEEDS = range(3)
CONFIG = RequestConfig()
TURNS = RequestConfig(
    units=64, longest=64, batch_size=16, learning_rate=0.008, dropout=0.25, word_dropout=0.15
)  # fewer turns than requests, so smaller batches and larger steps; chosen on validation
REFUSED = 0.03


@cache
def requests() -> RequestData:
    """Load the requests, once in each process."""
    return load(SNIPS, "full")


@cache
def dialogues() -> DialogueData:
    """Load the dialogues, once in each process."""
    return load(SGD, "full")


def of_requests(seed: int) -> dict[str, Any]:
    """Train on the requests and measure intents, slots and refusals."""
    data = requests()
    keras.utils.set_random_seed(seed)
    reader = RequestReader(data.train, CONFIG)
    curves = train_reader(reader, data.train, data.validation, seed)

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


def of_dialogues(seed: int) -> dict[str, Any]:
    """Train on the turns and measure the record."""
    data = dialogues()
    keras.utils.set_random_seed(seed)
    train, validation = talk.turn_requests(data.train), talk.turn_requests(data.validation)
    reader = RequestReader(train, TURNS)
    curves = train_reader(reader, train, validation, seed)
    said = talk.read_turns(reader, data.test)
    kept = [talk.track(turns) for turns in said]
    forgotten = [talk.track(turns, carry_over=False) for turns in said]
    return {
        "validation_of_turns": curves,
        "joint_goal_accuracy": talk.joint_goal_accuracy(data.test, kept),
        "joint_goal_accuracy_without": talk.joint_goal_accuracy(data.test, forgotten),
    }


def request_baselines() -> dict[str, float]:
    """Measure word counts, and the most frequent tag of each word."""
    data = requests()

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


def dialogue_baselines() -> dict[str, float]:
    """Measure the record that a list of values keeps, and what perfect tags would reach."""
    data = dialogues()
    said = talk.lookup_turns(data.train)
    by_lookup = [talk.track(said(dialogue)) for dialogue in data.test]
    perfect = [talk.track([dict(r.slots) for r in talk.turn_requests([d])]) for d in data.test]
    empty = [talk.track([{} for _ in dialogue.turns]) for dialogue in data.test]
    return {
        "joint_goal_accuracy_empty": talk.joint_goal_accuracy(data.test, empty),
        "joint_goal_accuracy_lookup": talk.joint_goal_accuracy(data.test, by_lookup),
        "joint_goal_accuracy_perfect_tags": talk.joint_goal_accuracy(data.test, perfect),
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "setting": {"requests": asdict(CONFIG), "turns": asdict(TURNS), "refused": REFUSED},
        "seeds": [{**found[f"requests/{seed}"], **found[f"dialogues/{seed}"]} for seed in SEEDS],
        "baselines": {**found["requests/baselines"], **found["dialogues/baselines"]},
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""

    def of_kind(row: dict[str, Any], dialogues: bool) -> dict[str, Any]:
        turns = {name for name in row if "joint_goal" in name or name == "validation_of_turns"}
        return {name: value for name, value in row.items() if (name in turns) == dialogues}

    rows: dict[Any, Any] = dict(enumerate(stored["seeds"]))
    rows["baselines"] = stored["baselines"]
    return {
        f"{kind}/{name}": of_kind(row, kind == "dialogues")
        for kind in ("requests", "dialogues")
        for name, row in rows.items()
    }


def study() -> Study:
    """Declare the pieces."""
    return Study(
        Path(__file__),
        {
            "requests/baselines": Piece(request_baselines),
            "dialogues/baselines": Piece(dialogue_baselines),
            **{f"requests/{seed}": Piece(of_requests, {"seed": seed}) for seed in SEEDS},
            **{f"dialogues/{seed}": Piece(of_dialogues, {"seed": seed}) for seed in SEEDS},
        },
        assemble,
        SEEDS,
        take_apart,
    )


if __name__ == "__main__":
    main(study())
