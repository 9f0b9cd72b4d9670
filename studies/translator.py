"""A stronger translator: pieces of words, dropout, two decoding GRUs, averaged weights.

One seed, chosen on validation, scored once on the test part beside the nearest sentence. Its
averaged weights are kept beside this script, as 16-bit floats: ``make studies``.
"""

import hashlib
import json
import random
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import numpy as np
from study_runs import Piece, Study, main

from gru_course.apps.translation.baselines import NearestSentence
from gru_course.apps.translation.bleu import bleu, bleu_ahead, bleu_interval
from gru_course.apps.translation.data import (
    ENGLISH_FRENCH,
    english_key,
    english_words,
    translations,
)
from gru_course.apps.translation.deep import DeepConfig, DeepTranslator
from gru_course.apps.translation.learn import Task, seed, translate
from gru_course.apps.translation.long_training import Plan, train_long
from gru_course.apps.translation.saving import load_translator, looked_at, save_translator
from gru_course.apps.translation.subwords import task_of_pieces
from gru_course.data.fetch import cache_folder
from gru_course.data.loading import load

MERGES, LONGEST = 3_000, 32
UNITS, EMBEDDING, LAYERS = 160, 160, 1
LOOKED_AT = 1_000
SENTENCES, WIDTH = 1_500, 4
EXAMPLES, PICTURES, LONG = 20, 4, 7
PLAN = Plan(
    passes=30, last=22, batch_size=64, rate=0.002, warmup=500,
    dropout=0.2, last_dropout=0.1, smoothing=0.1, averaging=0.999, seed=0,
)  # fmt: skip
WEIGHTS = Path(__file__).with_suffix(".npz")


@cache
def data() -> Any:
    """Load the pairs, once in each process."""
    return load(ENGLISH_FRENCH, "full")


@cache
def task() -> Any:
    """Cut the words of the training pairs into pieces."""
    return task_of_pieces(data().train, MERGES, LONGEST)


def train(plan: Mapping[str, Any], units: int, embedding: int, layers: int) -> dict[str, Any]:
    """Train, and keep the averaged weights beside this script."""
    given, pairs = task(), data().validation
    versions = translations(pairs)
    asked = sorted(versions)[:: len(versions) // LOOKED_AT]

    def look(model: DeepTranslator) -> float:
        answers = translate(model, given, asked)
        score = bleu(answers, [versions[text] for text in asked]).bleu
        print(f"validation: BLEU {score:.1f}", flush=True)
        return score

    seed(plan["seed"])
    sizes = len(given.english.words), len(given.french.words)
    model = DeepTranslator(DeepConfig(*sizes, units, embedding, layers))
    early = {**plan, **dict.fromkeys(("passes", "last", "last_dropout"))}
    same = [MERGES, LONGEST, units, embedding, layers, early]
    digest = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:12]
    folder = cache_folder() / "training" / f"translator-{digest}"
    model, curves = train_long(
        model, Plan(**plan), (given.source, given.target), given.encode(pairs), look, folder
    )
    return {
        "weights": save_translator(WEIGHTS, model, given),
        "parameters": model.count_params(),
        "vocabulary": sizes,
        "curves": curves,
    }


def judge(training: Mapping[str, Any]) -> dict[str, Any]:
    """Score what is kept, rounded to 16 bits, beside the nearest sentence; test is opened here."""
    model, known = load_translator(WEIGHTS, sha256=training["weights"])
    nearest = NearestSentence(data().train)
    scores = {}
    for part, pairs in (("validation", data().validation), ("test", data().test)):
        versions = translations(pairs)
        asked = random.Random(2).sample(sorted(versions), SENTENCES)
        references = [versions[text] for text in asked]
        answers = {
            "greedy": translate(model, known, asked),
            "beam": translate(model, known, asked, width=WIDTH),
            "nearest sentence": nearest.translate(asked),
        }
        scores[part] = {name: bleu(found, references).bleu for name, found in answers.items()}
    others = translate(model, known, random.Random(3).sample(asked, len(asked)))
    places = random.Random(4).sample(range(len(asked)), EXAMPLES)
    long = [text for text in asked if len(english_words(text)) >= LONG][:PICTURES]
    return {
        **scores,
        "ahead": {
            search: bleu_ahead(answers[search], answers["nearest sentence"], references)
            for search in ("greedy", "beam")
        },
        "interval": {
            search: bleu_interval(answers[search], references) for search in ("greedy", "beam")
        },
        "shuffled": bleu(others, references).bleu,
        "signature": bleu(answers["beam"], references).signature,
        "sentences": len(asked),
        "english_in_training": len(
            {english_key(text) for text in asked} & {english_key(p.english) for p in data().train}
        ),
        "examples": [
            [asked[n], references[n][0], *(found[n] for found in answers.values())] for n in places
        ],
        "alignments": [picture(model, known, text) for text in long],
        "bytes": WEIGHTS.stat().st_size,
    }


def picture(model: DeepTranslator, known: Task, text: str) -> dict[str, Any]:
    """Say where the decoder looked, with three decimals."""
    read, wrote, looked = looked_at(model, known, text, width=WIDTH)
    return {"read": read, "wrote": wrote, "weights": np.round(looked.astype(float), 3).tolist()}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "setting": {
            "merges": MERGES, "units": UNITS, "embedding": EMBEDDING, "layers": LAYERS,
            "plan": asdict(PLAN), "width": WIDTH,
        },
        **found,
    }  # fmt: skip


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {name: stored[name] for name in ("training", "judged")}


def study() -> Study:
    """Declare the pieces: the training, and what its weights are worth."""
    arguments = {
        "plan": asdict(PLAN), "units": UNITS, "embedding": EMBEDDING, "layers": LAYERS,
    }  # fmt: skip
    pieces = {
        "training": Piece(train, arguments),
        "judged": Piece(judge, needs={"training": "training"}),
    }
    return Study(Path(__file__), pieces, assemble, [PLAN.seed], take_apart)


if __name__ == "__main__":
    main(study())
