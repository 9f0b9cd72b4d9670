"""A GRU encoder-decoder, with and without attention, on English and French sentences.

Three seeds of each, beside translators without a network; then one with attention for three
times as long. About ten minutes on two cores: ``make studies``.
"""

import json
import random
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.analysis.bleu import bleu
from gru_course.data import load
from gru_course.data.translation import ENGLISH_FRENCH, english_key, sentence, translations
from gru_course.data.translation import french_words as french
from gru_course.training import Recipe
from gru_course.translating import Task, lengths, seed, train, translate
from gru_course.translation_baselines import NearestSentence, WordByWord

SEEDS = range(3)
PAIRS = 96_000
VOCABULARY = 4_000
UNITS, EMBEDDING = 128, 96
RECIPE = Recipe(epochs=1, batch_size=32, learning_rate=0.003, decay=True, clipnorm=1.0)
LONGER = replace(RECIPE, epochs=3)
MODELS = {"without attention": False, "with attention": True}
SENTENCES = 1_500
WIDTH = 4
GROUPS = ((1, 4), (5, 5), (6, 6), (7, 7), (8, 8))


def main() -> dict[str, Any]:
    """Train each model from every seed; go on where an earlier run was stopped."""
    data = load(ENGLISH_FRENCH, "full")
    chosen = random.Random(0).sample(data.train, PAIRS)
    task = Task.of(chosen, (VOCABULARY, VOCABULARY))
    validation = random.Random(1).sample(data.validation, 1_024)
    versions = translations(data.test)
    asked = random.Random(2).sample(sorted(versions), SENTENCES)
    references = [versions[text] for text in asked]
    known = {plain(pair.french) for pair in data.train}
    new = np.array([not any(plain(text) in known for text in of) for of in references])
    words = lengths(asked)

    def score(answers: list[str], kept: Any = None) -> float:
        places = range(len(asked)) if kept is None else np.flatnonzero(kept)
        return bleu([answers[n] for n in places], [references[n] for n in places]).bleu

    def scores(answers: list[str]) -> dict[str, Any]:
        of_length = [(low <= words) & (words <= high) for low, high in GROUPS]
        return {
            "bleu": score(answers),
            "bleu_of_new_french": score(answers, new),
            "bleu_by_length": [score(answers, kept) for kept in of_length],
        }

    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text(encoding="utf-8")) if progress.exists() else {}
    if "baselines" not in found:
        nearest, by_word = (of(chosen).translate(asked) for of in (NearestSentence, WordByWord))
        found["baselines"] = {"nearest sentence": scores(nearest), "word by word": scores(by_word)}
    plan = [(RECIPE, name, number) for number in SEEDS for name in MODELS]
    plan.append((LONGER, "with attention", SEEDS[0]))
    for recipe, name, number in plan:
        key = f"{name}, {number}" + (", longer" if recipe is LONGER else "")
        if key in found:
            continue
        start = time.perf_counter()
        seed(number)
        config = task.config(units=UNITS, embedding_dim=EMBEDDING, attention=MODELS[name])
        model, curves = train(task, config, recipe, task.encode(validation))
        training = time.perf_counter() - start
        answers = translate(model, task, asked)
        others = random.Random(3).sample(asked, len(asked))
        searched = translate(model, task, asked, width=WIDTH)
        found[key] = {
            "model": name,
            "greedy": scores(answers),
            "beam": scores(searched),
            "shuffled": score(translate(model, task, others)),
            "curves": curves,
            "parameters": model.count_params(),
            "examples": list(zip(asked[:8], searched[:8], strict=True)),
        }
        progress.write_text(json.dumps(found), encoding="utf-8")
        print(
            f"{key}: training {training:.0f} s of {time.perf_counter() - start:.0f}, BLEU "
            f"{found[key]['greedy']['bleu']:.1f}, beam {found[key]['beam']['bleu']:.1f}",
            flush=True,
        )
    progress.unlink(missing_ok=True)
    return {
        "setting": {
            "pairs": PAIRS,
            "vocabulary": [len(task.english.words), len(task.french.words)],
            "units": UNITS,
            "embedding": EMBEDDING,
            "recipe": asdict(RECIPE),
            "epochs_longer": LONGER.epochs,
            "width": WIDTH,
            "groups": GROUPS,
        },
        "asked": {
            "sentences": len(asked),
            "new_french": int(new.sum()),
            "by_length": [int(((a <= words) & (words <= b)).sum()) for a, b in GROUPS],
            "mean_references": float(np.mean([len(of) for of in references])),
            "english_in_training": len(
                {english_key(text) for text in asked} & {english_key(p.english) for p in data.train}
            ),
            "coverage": [task.english.coverage(asked), task.french.coverage(sum(references, ()))],
        },
        "baselines": found["baselines"],
        "models": {name: [found[f"{name}, {number}"] for number in SEEDS] for name in MODELS},
        "longer": found[f"with attention, {SEEDS[0]}, longer"],
        "signature": bleu(asked, references).signature,
    }


def plain(text: str) -> str:
    """Write a French sentence without regard to capitals and spaces."""
    return sentence(french(text))


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
