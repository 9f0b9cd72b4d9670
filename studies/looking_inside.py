"""Five GRUs that read reviews, looked into: memory, importance of words, units, probes.

Reads the real reviews. About six minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.cells.layout import Array
from gru_course.data.loading import load
from gru_course.data.tokenise import encode_window
from gru_course.layers.backend import keras
from gru_course.reviews.baselines import bag_of_ngrams
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.reviews.imdb import IMDB
from gru_course.reviews.inside import (
    IntArray,
    Reader,
    Score,
    agreement,
    drop_without,
    gates,
    occlusion,
    saliency,
)
from gru_course.reviews.probes import REVIEW_QUALITIES, all_probes
from gru_course.reviews.probing import probe_results
from gru_course.reviews.reach import change_by_reach, effective_memory, half_life
from gru_course.reviews.tracking import (
    NEGATIONS,
    find_tracker,
    position,
    recently,
    sentiment_so_far,
    shuffled,
    word_weights,
)
from gru_course.training.fitting import Examples, Recipe, hold_out, train

SEEDS = range(5)
WINDOW = 200
CONFIG = ClassifierConfig(timesteps=WINDOW, mask=True)
RECIPE = Recipe(epochs=3, batch_size=100, learning_rate=0.005, decay=True)
KEPT = [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 140, 160, 180, 200]
LEVEL = 0.1
LEFT_OUT = (1, 3, 10)
TEXTS = 200

Feature = Callable[[IntArray], Array]


@cache
def reviews() -> Any:
    """Load the reviews, once in each process."""
    return load(IMDB, "full")


@cache
def linear(longest: int) -> Any:
    """Fit a linear model to the reviews of training."""
    data = reviews()
    (_, labels), _ = parts()
    texts = data.train.texts[: len(labels)]
    return bag_of_ngrams(longest, 10.0).fit(texts, labels)


@cache
def parts() -> tuple[Examples, Examples]:
    """Give the ids of the reviews to train on, and those held out."""
    train = reviews().train
    return hold_out(train.window(maxlen=WINDOW), train.labels, 0.2)


def features() -> dict[str, Feature]:
    """Name what a unit may follow."""
    vocabulary = reviews().vocabulary
    weights = word_weights(linear(1), vocabulary, CONFIG.vocabulary_size)
    negations = [vocabulary.ids[word] for word in NEGATIONS]
    return {
        "sentiment so far": lambda ids: sentiment_so_far(ids, weights),
        "negation": lambda ids: recently(ids, negations, words=3),
        "position": position,
    }


def sentences() -> list[str]:
    """Write the sentences of all probes, those of a pair one after the other."""
    return [text for probe in all_probes(REVIEW_QUALITIES) for text in probe.texts]


def look_inside(seed: int) -> dict[str, Any]:
    """Train from a seed and look inside."""
    data = reviews()
    (x, y), held_out = parts()
    test = data.test.window(maxlen=WINDOW)
    keras.utils.set_random_seed(seed)
    untrained = Reader.of(classifier(CONFIG), CONFIG)
    model = classifier(CONFIG)
    train(model, x, y, RECIPE, validation=held_out, keep_best=True)
    reader = Reader.of(model, CONFIG)
    asked = encode_window(sentences(), data.vocabulary, maxlen=WINDOW)
    said = reader.score(asked).reshape(-1, 2)
    found = {
        "test_accuracy": float(np.mean((reader.score(test) > 0) == data.test.labels)),
        "memory": memory(reader, held_out[0]),
        "importance": importance(reader, untrained, held_out[0][:TEXTS]),
        "trackers": {
            name: trackers(reader, untrained, feature, held_out[0][:TEXTS], test[:TEXTS])
            for name, feature in features().items()
        },
        "probes": probe_results(all_probes(REVIEW_QUALITIES), said),
    }
    return {"found": found, "said": said.tolist()}


def bigrams() -> dict[str, Any]:
    """Ask a linear model, which has no seed."""
    model, test = linear(2), reviews().test
    return {
        "said": model.decision_function(sentences()).reshape(-1, 2).tolist(),
        "test_accuracy": model.score(list(test.texts), test.labels),
    }


def memory(reader: Reader, ids: IntArray) -> dict[str, Any]:
    """Measure how far back the model reads, on texts that fill the window."""
    full = ids[ids[:, 0] != 0][: 2 * TEXTS]
    first, second = full[:TEXTS], full[TEXTS : 2 * TEXTS]
    cut = change_by_reach(reader.score, first, KEPT)
    replaced = change_by_reach(reader.score, first, KEPT, older=second)
    update, _ = gates(reader.read(first))
    lives = half_life(update.reshape(-1, update.shape[-1]))
    return {
        "cut": cut.tolist(),
        "replaced": replaced.tolist(),
        "cut_memory": effective_memory(KEPT, cut, LEVEL),
        "replaced_memory": effective_memory(KEPT, replaced, LEVEL),
        "mean_update_gate": float(update.mean()),
        "half_lives": sorted(lives.tolist()),
    }


def importance(reader: Reader, untrained: Reader, ids: IntArray) -> dict[str, Any]:
    """Compare saliency with occlusion, and with that of a network that learnt nothing."""
    slopes, changes = saliency(reader, ids), occlusion(reader.score, ids)
    by_chance = np.random.default_rng(0).normal(size=ids.shape)
    orders = {"saliency": slopes, "occlusion": changes, "by chance": by_chance}

    def drops(score: Score, order: Array) -> list[float]:
        return [float(drop_without(score, ids, order, n).mean()) for n in LEFT_OUT]

    return {
        "agreement": agreement(slopes, changes, ids).tolist(),
        "saliency_untrained": agreement(slopes, saliency(untrained, ids), ids).tolist(),
        "drops": {name: drops(reader.score, order) for name, order in orders.items()},
    }


def trackers(
    reader: Reader, untrained: Reader, feature: Feature, ids: IntArray, others: IntArray
) -> dict[str, float]:
    """Find the unit that follows a feature best and confirm it, beside two controls."""

    def states(of: Reader, texts: IntArray) -> Array:
        after_each_word: Array = of.read(texts).hidden[texts != 0]
        return after_each_word

    there, elsewhere = feature(ids), feature(others)
    dealt = shuffled(there, ids, seed=0), shuffled(elsewhere, others, seed=1)

    def confirmed(of: Reader, here: Array, other: Array) -> float:
        values = states(of, ids), here[ids != 0], states(of, others), other[others != 0]
        return abs(find_tracker(*values).confirmed)

    return {
        "trained": confirmed(reader, there, elsewhere),
        "untrained": confirmed(untrained, there, elsewhere),
        "shuffled": confirmed(reader, *dealt),
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    probes = all_probes(REVIEW_QUALITIES)
    said = [np.array(found[f"seed/{seed}"]["said"]) for seed in SEEDS]
    of_bigrams = np.array(found["bigrams"]["said"])
    halves = {
        name: [n for n, probe in enumerate(probes) if probe.labels[0] == label]
        for name, label in (("positive", 1), ("negative", 0))
    }

    def by_half(logits: Array) -> dict[str, Any]:
        chosen = {name: ([probes[n] for n in half], logits[half]) for name, half in halves.items()}
        return {name: probe_results(*half)[0] for name, half in chosen.items()}

    return {
        "setting": {"config": asdict(CONFIG), "recipe": asdict(RECIPE), "kept": KEPT},
        "seeds": [found[f"seed/{seed}"]["found"] for seed in SEEDS],
        "probes_of_all_seeds": probe_results(probes * len(SEEDS), np.concatenate(said)),
        "probes_of_bigrams": probe_results(probes, of_bigrams),
        "negation_of_all_seeds": [by_half(logits) for logits in said],
        "negation_of_bigrams": by_half(of_bigrams),
        "bigram_test_accuracy": found["bigrams"]["test_accuracy"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the logits that are not stored."""
    parts = {f"seed/{seed}": {"found": row} for seed, row in enumerate(stored["seeds"])}
    return {**parts, "bigrams": {"test_accuracy": stored["bigram_test_accuracy"]}}


def study() -> Study:
    """Declare the pieces."""
    pieces = {f"seed/{seed}": Piece(look_inside, {"seed": seed}) for seed in SEEDS}
    pieces["bigrams"] = Piece(bigrams)
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
