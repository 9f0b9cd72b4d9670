"""Intents and slots of requests, refusals, and the record of dialogues, from five seeds.

Beside the GRU stand word counts, a word lookup, a list of values and a conditional random field,
which needs CRFsuite: ``pip install 'gru-course[opponents]'``. What is right is kept request by
request and turn by turn, so that intervals can be drawn over whole requests and dialogues. Reads
the real requests and dialogues. About ten minutes on one core: ``make studies``.
"""

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.assistant import dialogue as talk
from gru_course.apps.assistant.fields import FieldTagger
from gru_course.apps.assistant.learn import scores_of
from gru_course.apps.assistant.learn import train as train_reader
from gru_course.apps.assistant.model import RequestConfig, RequestReader
from gru_course.apps.assistant.sgd import SGD, Dialogue, DialogueData
from gru_course.apps.assistant.slots import WordLookup, positions, span_f1
from gru_course.apps.assistant.snips import SNIPS, Request, RequestData, spans, words_of
from gru_course.data.loading import load
from gru_course.layers.backend import keras
from gru_course.reviews.baselines import bag_of_ngrams
from gru_course.stats.clusters import over_clusters

SEEDS = range(5)
CONFIG = RequestConfig()
TURNS = RequestConfig(
    units=64, longest=64, batch_size=16, learning_rate=0.008, dropout=0.25, word_dropout=0.15
)  # fewer turns than requests, so smaller batches and larger steps; chosen on validation
REFUSED = 0.03
OF_TURNS = ("validation_of_turns", "right", "right_without")


@cache
def requests() -> RequestData:
    """Load the requests, once in each process."""
    return load(SNIPS, "full")


@cache
def dialogues() -> DialogueData:
    """Load the dialogues, once in each process."""
    return load(SGD, "full")


def digits(counts: Iterable[int]) -> str:
    """Write small counts side by side, one a request or a turn."""
    found = list(counts)
    if max(found) > 9:
        raise ValueError(f"a count is {max(found)}; one digit does not hold it")
    return "".join(map(str, found))


def slot_counts(true: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> dict[str, str]:
    """Count for each request the slots that are right, found and there to find."""
    pairs = [(positions(t), positions(p)) for t, p in zip(true, tags, strict=True)]
    return {
        "right": digits(len(t & p) for t, p in pairs),
        "found": digits(len(p) for _, p in pairs),
        "there": digits(len(t) for t, _ in pairs),
    }


def right_turns(states: Sequence[Sequence[Mapping[str, str]]]) -> list[str]:
    """Say for each turn of each test dialogue whether the whole record is right after it."""
    return [
        digits(int(talk.is_right(s, t.state)) for s, t in zip(record, dialogue.turns, strict=True))
        for dialogue, record in zip(dialogues().test, states, strict=True)
    ]


def of_requests(seed: int) -> dict[str, Any]:
    """Train on the requests and measure intents, slots and refusals."""
    begin, data = time.perf_counter(), requests()
    keras.utils.set_random_seed(seed)
    reader = RequestReader(data.train, CONFIG)
    curves = train_reader(reader, data.train, data.validation, seed)
    seconds = time.perf_counter() - begin

    def confidences(texts: Any) -> list[float]:
        return [reading.confidence for reading in reader.read(texts)]

    threshold = talk.threshold_for(confidences([r.words for r in data.validation]), REFUSED)
    outside = confidences([words_of(text) for text in talk.OUT_OF_SCOPE])
    test = [request.words for request in data.test]
    true, readings = [r.tags for r in data.test], reader.read(test)
    single = [reading.tags for reading in reader.read(test, well_formed=False)]
    return {
        **{f"test_{name}": value for name, value in scores_of(reader, data.test).items()},
        "test_slot_f1_word_by_word": span_f1(true, single).f1,
        "slots": slot_counts(true, [reading.tags for reading in readings]),
        "intents": digits(
            int(reading.intent == r.intent) for reading, r in zip(readings, data.test, strict=True)
        ),
        "validation": curves,
        "threshold": threshold,
        "refused_test": float(np.mean(np.array(confidences(test)) < threshold)),
        "refused_out_of_scope": float(np.mean(np.array(outside) < threshold)),
        "parameters": int(reader.model.count_params()),
        "seconds": seconds,
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
        "right": right_turns(kept),
        "right_without": right_turns(forgotten),
    }


def xy(requests: Sequence[Request]) -> tuple[list[str], list[str]]:
    """Give texts and intents."""
    return [r.text for r in requests], [r.intent for r in requests]


def counted_intents() -> str:
    """Say for each test request whether word counts find its intent."""
    texts, intents = xy(requests().test)
    found = one_against_rest(requests()).predict(texts)
    return digits(int(a == b) for a, b in zip(found, intents, strict=True))


def field_of_requests() -> dict[str, Any]:
    """Fit a conditional random field, with and without the intent that word counts guess.

    Validation chooses between the two, and the chosen one tags the test requests. While fitting,
    the guesses for a request come from counts of the others, as they will in use.
    """
    data = requests()
    counts = one_against_rest(data)
    guesses = {
        "train": cross_val_predict(counts, *xy(data.train), cv=5),
        "validation": counts.predict(xy(data.validation)[0]),
        "test": counts.predict(xy(data.test)[0]),
    }
    fitted, scores, seconds = {}, {}, {}
    for name in ("words", "words and intent"):
        begin = time.perf_counter()
        about = [str(g) for g in guesses["train"]] if name == "words and intent" else None
        fitted[name] = FieldTagger(data.train, about)
        seconds[name] = time.perf_counter() - begin
        scores[name] = span_f1(
            [r.tags for r in data.validation],
            tagged(fitted[name], data.validation, guesses["validation"], about is not None),
        ).f1
    chosen = max(scores, key=scores.__getitem__)
    tags = tagged(fitted[chosen], data.test, guesses["test"], chosen != "words")
    true = [r.tags for r in data.test]
    return {
        "validation": scores,
        "chosen": chosen,
        "slot_f1": span_f1(true, tags).f1,
        "slots": slot_counts(true, tags),
        "weights": fitted[chosen].weights,
        "seconds": seconds[chosen],
    }


def tagged(
    field: FieldTagger, requests: Sequence[Request], guesses: Sequence[str], told: bool
) -> list[list[str]]:
    """Tag requests; `told` says whether the field knows the guessed intents."""
    pairs = zip(requests, guesses, strict=True)
    return [field.tags(request.words, str(guess) if told else "") for request, guess in pairs]


def field_of_dialogues() -> dict[str, Any]:
    """Fit a conditional random field on the turns, and keep a record with it."""
    data = dialogues()
    begin = time.perf_counter()
    field = FieldTagger(talk.turn_requests(data.train))
    seconds = time.perf_counter() - begin

    def said(dialogue: Dialogue) -> list[dict[str, str]]:
        turns = talk.turn_requests([dialogue])
        return [dict(spans(turn.words, field.tags(turn.words))) for turn in turns]

    kept = [talk.track(said(dialogue)) for dialogue in data.test]
    return {
        "joint_goal_accuracy": talk.joint_goal_accuracy(data.test, kept),
        "right": right_turns(kept),
        "seconds": seconds,
    }


def request_baselines() -> dict[str, float]:
    """Measure word counts, and the most frequent tag of each word."""
    data = requests()

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


def listed_turns() -> list[str]:
    """Say turn by turn whether the record is right that a list of values keeps."""
    said = talk.lookup_turns(dialogues().train)
    return right_turns([talk.track(said(dialogue)) for dialogue in dialogues().test])


def numbers(text: str) -> list[int]:
    """Read what `digits` wrote."""
    return [int(sign) for sign in text]


def ahead_in_turns(rows: Sequence[Sequence[str]], opponent: Sequence[Sequence[str]]) -> list[float]:
    """Give the difference in joint goal accuracy with its interval over whole dialogues.

    Of several trainings the mean of each dialogue is taken.
    """
    ours, theirs = (
        np.mean([[sum(numbers(turns)) for turns in row] for row in of], axis=0)
        for of in (rows, opponent)
    )
    turns = [len(dialogue) for dialogue in rows[0]]
    return list(
        over_clusters(
            lambda sums: sums[..., 0] / sums[..., 1], np.stack([ours - theirs, turns], axis=1)
        )
    )


def ahead_in_slots(rows: Sequence[Mapping[str, str]], opponent: Mapping[str, str]) -> list[float]:
    """Give the difference in slot F1 with its interval over whole requests.

    Of several trainings the mean F1 is taken.
    """
    columns = [numbers(row[name]) for row in (opponent, *rows) for name in ("right", "found")]
    there = numbers(opponent["there"])

    def difference(sums: Any) -> Any:
        right, found = sums[..., 1::2], sums[..., 2::2]
        f1 = 2 * right / (found + sums[..., :1])
        return f1[..., 1:].mean(axis=-1) - f1[..., 0]

    return list(over_clusters(difference, np.stack([there, *columns], axis=1)))


def ahead_in_intents(rows: Sequence[str], opponent: str) -> list[float]:
    """Give the difference in the accuracy of intents with its interval over requests."""
    ours, theirs = np.mean([numbers(row) for row in rows], axis=0), numbers(opponent)
    return list(
        over_clusters(
            lambda s: s[..., 0] / s[..., 1], np.stack([ours - theirs, np.ones(len(ours))], axis=1)
        )
    )


def compared(
    field: Mapping[str, Any],
    turns: Mapping[str, Any],
    listed: Sequence[str],
    counted: str,
    **rows: Mapping[str, Any],
) -> dict[str, list[float]]:
    """Compare the GRU with its opponents: estimate, and both ends of 95% of the differences."""
    requests_of = [rows[f"requests_{seed}"] for seed in SEEDS]
    kept = [rows[f"dialogues_{seed}"] for seed in SEEDS]
    right = [row["right"] for row in kept]
    return {
        "slot_f1_over_field": ahead_in_slots([row["slots"] for row in requests_of], field["slots"]),
        "intents_over_counts": ahead_in_intents([row["intents"] for row in requests_of], counted),
        "joint_goal_over_list": ahead_in_turns(right, [listed]),
        "joint_goal_over_field": ahead_in_turns(right, [turns["right"]]),
        "joint_goal_over_forgetting": ahead_in_turns(right, [row["right_without"] for row in kept]),
        "joint_goal_of_field_over_list": ahead_in_turns([turns["right"]], [listed]),
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "setting": {"requests": asdict(CONFIG), "turns": asdict(TURNS), "refused": REFUSED},
        "seeds": [{**found[f"requests/{seed}"], **found[f"dialogues/{seed}"]} for seed in SEEDS],
        "baselines": {**found["requests/baselines"], **found["dialogues/baselines"]},
        "field": {"requests": found["requests/field"], "dialogues": found["dialogues/field"]},
        "right": {"counted": found["requests/counted"], "listed": found["dialogues/listed"]},
        "ahead": found["ahead"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""

    def of_kind(row: dict[str, Any], dialogues: bool) -> dict[str, Any]:
        turns = {name for name in row if "joint_goal" in name or name in OF_TURNS}
        return {name: value for name, value in row.items() if (name in turns) == dialogues}

    rows: dict[Any, Any] = dict(enumerate(stored["seeds"]))
    rows["baselines"] = stored["baselines"]
    return {
        **{
            f"{kind}/{name}": of_kind(row, kind == "dialogues")
            for kind in ("requests", "dialogues")
            for name, row in rows.items()
        },
        **{f"{kind}/field": row for kind, row in stored["field"].items()},
        "requests/counted": stored["right"]["counted"],
        "dialogues/listed": stored["right"]["listed"],
        "ahead": stored["ahead"],
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
            "requests/counted": Piece(counted_intents),
            "dialogues/listed": Piece(listed_turns),
            "requests/field": Piece(field_of_requests),
            "dialogues/field": Piece(field_of_dialogues),
            "ahead": Piece(
                compared,
                needs={
                    "field": "requests/field",
                    "turns": "dialogues/field",
                    "listed": "dialogues/listed",
                    "counted": "requests/counted",
                    **{
                        f"{kind}_{seed}": f"{kind}/{seed}"
                        for kind in ("requests", "dialogues")
                        for seed in SEEDS
                    },
                },
            ),
        },
        assemble,
        SEEDS,
        take_apart,
    )


if __name__ == "__main__":
    main(study())
