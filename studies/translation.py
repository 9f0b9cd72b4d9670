"""A GRU encoder-decoder, with and without attention, on English and French sentences.

Three seeds of each, beside translators without a network; then one with attention for three
times as long. About ten minutes on two cores: ``make studies``.
"""

import random
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.translation.baselines import NearestSentence, WordByWord
from gru_course.apps.translation.bleu import bleu
from gru_course.apps.translation.data import ENGLISH_FRENCH, english_key, sentence, translations
from gru_course.apps.translation.data import french_words as french
from gru_course.apps.translation.learn import Task, lengths, seed, train, translate
from gru_course.data.loading import load
from gru_course.training.fitting import Recipe

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


RECIPES = {"": RECIPE, "/longer": LONGER}


class Sentences(NamedTuple):
    """What is learned from, chosen by and asked, and how it is judged."""

    data: Any
    chosen: Any
    task: Task
    validation: Any
    asked: list[str]
    references: list[Any]
    new: Any  # whether no reference is a training sentence
    words: Any

    def score(self, answers: list[str], kept: Any = None) -> float:
        """Measure BLEU, of all answers or of some."""
        places = range(len(self.asked)) if kept is None else np.flatnonzero(kept)
        return bleu([answers[n] for n in places], [self.references[n] for n in places]).bleu

    def scores(self, answers: list[str]) -> dict[str, Any]:
        """Measure BLEU of all answers, of those that are new, and of each length."""
        of_length = [(low <= self.words) & (self.words <= high) for low, high in GROUPS]
        return {
            "bleu": self.score(answers),
            "bleu_of_new_french": self.score(answers, self.new),
            "bleu_by_length": [self.score(answers, kept) for kept in of_length],
        }


@cache
def sentences() -> Sentences:
    """Load the sentences and draw those that are used, once in each process."""
    data = load(ENGLISH_FRENCH, "full")
    chosen = random.Random(0).sample(data.train, PAIRS)
    task = Task.of(chosen, (VOCABULARY, VOCABULARY))
    validation = random.Random(1).sample(data.validation, 1_024)
    versions = translations(data.test)
    asked = random.Random(2).sample(sorted(versions), SENTENCES)
    references = [versions[text] for text in asked]
    known = {plain(pair.french) for pair in data.train}
    new = np.array([not any(plain(text) in known for text in of) for of in references])
    return Sentences(data, chosen, task, validation, asked, references, new, lengths(asked))


def without_network() -> dict[str, Any]:
    """Measure translators that look up."""
    nearest, by_word = (
        of(sentences().chosen).translate(sentences().asked) for of in (NearestSentence, WordByWord)
    )
    return {
        "nearest sentence": sentences().scores(nearest),
        "word by word": sentences().scores(by_word),
    }


def train_and_translate(name: str, number: int, recipe: str) -> dict[str, Any]:
    """Train a model and let it translate, also sentences that are not those it is judged by."""
    given = sentences()
    task, asked = given.task, given.asked
    seed(number)
    config = task.config(units=UNITS, embedding_dim=EMBEDDING, attention=MODELS[name])
    model, curves = train(task, config, RECIPES[recipe], task.encode(given.validation))
    answers = translate(model, task, asked)
    others = random.Random(3).sample(asked, len(asked))
    searched = translate(model, task, asked, width=WIDTH)
    return {
        "model": name,
        "greedy": given.scores(answers),
        "beam": given.scores(searched),
        "shuffled": given.score(translate(model, task, others)),
        "curves": curves,
        "parameters": model.count_params(),
        "examples": list(zip(asked[:8], searched[:8], strict=True)),
    }


def describe() -> dict[str, Any]:
    """Describe what is asked."""
    data, _, task, _, asked, references, new, words = sentences()
    return {
        "vocabulary": [len(task.english.words), len(task.french.words)],
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
        "signature": bleu(asked, references).signature,
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    described = found["asked"]
    return {
        "setting": {
            "pairs": PAIRS,
            "vocabulary": described["vocabulary"],
            "units": UNITS,
            "embedding": EMBEDDING,
            "recipe": asdict(RECIPE),
            "epochs_longer": LONGER.epochs,
            "width": WIDTH,
            "groups": GROUPS,
        },
        "asked": described["asked"],
        "baselines": found["without network"],
        "models": {name: [found[f"{name}/{number}"] for number in SEEDS] for name in MODELS},
        "longer": found[f"with attention/{SEEDS[0]}/longer"],
        "signature": described["signature"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        "asked": {
            "vocabulary": stored["setting"]["vocabulary"],
            "asked": stored["asked"],
            "signature": stored["signature"],
        },
        "without network": stored["baselines"],
        **{
            f"{name}/{number}": row
            for name, rows in stored["models"].items()
            for number, row in enumerate(rows)
        },
        f"with attention/{SEEDS[0]}/longer": stored["longer"],
    }


def study() -> Study:
    """Declare the pieces: each model from every seed, and one for three times as long."""
    pieces = {"asked": Piece(describe), "without network": Piece(without_network)}
    plan = [(name, number, "") for number in SEEDS for name in MODELS]
    for name, number, recipe in [*plan, ("with attention", SEEDS[0], "/longer")]:
        pieces[f"{name}/{number}{recipe}"] = Piece(
            train_and_translate, {"name": name, "number": number, "recipe": recipe}
        )
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


def plain(text: str) -> str:
    """Write a French sentence without regard to capitals and spaces."""
    return sentence(french(text))


if __name__ == "__main__":
    main(study())
