"""How far a GRU goes on the reviews: with evidence beside the words, then with guessed labels.

Reads the real reviews, with and without labels. Some ninety minutes on two cores: ``make studies``.
"""

import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.layers.backend import keras
from gru_course.reviews.baselines import nb_svm
from gru_course.reviews.duplicates import shared
from gru_course.reviews.evidence_reader import ReaderConfig, reader
from gru_course.reviews.imdb import IMDB
from gru_course.reviews.ngram_evidence import Grams, cross_fitted, evidence, fitted_ratios
from gru_course.reviews.self_training import Inputs, accuracy, answers, guesses, train
from gru_course.reviews.unlabelled import load_unlabelled
from gru_course.training.fitting import Recipe

SEEDS = range(3)
MAXLEN, HELD_OUT = 400, 5000
LENGTHS = (100, 150, 200, 250, 300, 400)
LABELLED = Recipe(
    epochs=3, batch_size=64, learning_rate=0.003, decay=True, clipnorm=1.0, lengths=LENGTHS
)
GUESSED = Recipe(
    epochs=2, batch_size=64, learning_rate=0.003, decay=True, clipnorm=1.0, lengths=LENGTHS
)
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)  # of the NB-SVM; chosen on the held-out reviews

NETWORKS = {"words": SEEDS, "evidence": SEEDS, "leaking": SEEDS[:1], "guesses": SEEDS}
PARTS = ("validation", "test")


class Reviews:
    """The reviews, how they are divided, and what is counted in them."""

    def __init__(self) -> None:
        self.data, self.more = load(IMDB, "full"), load_unlabelled()
        train, test, more = self.data.train, self.data.test, self.more.reviews
        self.grams = Grams.of([train, test, more])
        known = len(train) - HELD_OUT
        self.rows = np.arange(known)
        self.y = train.labels[:known]
        # Some unlabelled reviews are in the labelled parts as well, the test part among them.
        self.copies = shared(more.texts, [*train.texts, *test.texts])
        self.fresh = np.setdiff1d(np.arange(len(more)), self.copies)
        self.asked = {
            "validation": np.arange(known, len(train)),
            "test": len(train) + np.arange(len(test)),
            "unlabelled": len(train) + len(test) + self.fresh,
        }
        self.truth = {"validation": train.labels[known:], "test": test.labels}
        ids = [part.window(maxlen=MAXLEN) for part in (train, test, more)]
        self.ids = np.concatenate(ids)

    def counted(self, rows: Any, labels: Any, parts: tuple[str, ...]) -> dict[str, Inputs]:
        """Give parts with the evidence that is counted in other reviews."""
        ratios = fitted_ratios(self.grams, rows, labels)
        places = {name: self.asked[name] for name in parts}
        return {
            name: Inputs(self.ids[p], evidence(self.grams, ratios, p, MAXLEN))
            for name, p in places.items()
        }


@cache
def reviews() -> Reviews:
    """Load the reviews and count in them, once in each process."""
    return Reviews()


@cache
def evidence_of_labels() -> dict[str, Inputs]:
    """Give what is asked with the evidence of the labelled reviews."""
    return reviews().counted(reviews().rows, reviews().y, (*PARTS, "unlabelled"))


@cache
def honest() -> Inputs:
    """Give the labelled reviews, each with evidence in which its own label does not count."""
    it = reviews()
    return Inputs(it.ids[it.rows], cross_fitted(it.grams, it.rows, it.y, MAXLEN))


def learn(seed: int, inputs: Inputs, targets: Any, recipe: Recipe, others: Any) -> dict[str, Any]:
    """Train a reader; give its answers and how many of those that can be judged are right."""
    start = time.perf_counter()
    keras.utils.set_random_seed(seed)
    channels = 0 if inputs.evidence is None else inputs.evidence.shape[2]
    model = reader(ReaderConfig(channels=channels))
    held = others["validation"], reviews().truth["validation"]
    epochs = train(model, inputs, targets, recipe, held, seed)
    said = {name: answers(model, part, LENGTHS) for name, part in others.items()}
    return {
        "epochs": np.array(epochs).tolist(),
        "seconds": time.perf_counter() - start,
        **{name: accuracy(said[name], truth) for name, truth in reviews().truth.items()},
        "answers": {name: logits.tolist() for name, logits in said.items()},
    }


def words(seed: int) -> dict[str, Any]:
    """Train on words only."""
    it = reviews()
    others = {name: Inputs(it.ids[it.asked[name]]) for name in PARTS}
    return learn(seed, Inputs(it.ids[it.rows]), it.y, LABELLED, others)


def with_evidence(seed: int) -> dict[str, Any]:
    """Train on words and evidence."""
    return learn(seed, honest(), reviews().y, LABELLED, evidence_of_labels())


def leaking(seed: int) -> dict[str, Any]:
    """Train on evidence in which each label counts for itself."""
    it = reviews()
    ratios = fitted_ratios(it.grams, it.rows, it.y)
    inputs = Inputs(it.ids[it.rows], evidence(it.grams, ratios, it.rows, MAXLEN))
    others = {name: evidence_of_labels()[name] for name in PARTS}
    return learn(seed, inputs, it.y, LABELLED, others)


def guess(**runs: Any) -> dict[str, Any]:
    """Guess the labels of the unlabelled reviews."""
    guessed = guesses([run["answers"]["unlabelled"] for run in runs.values()])
    return {
        "guessed": guessed.tolist(),
        "sure_guesses": float(np.mean(np.abs(guessed - 0.5) > 0.45)),
    }


def from_guesses(seed: int, guess: dict[str, Any]) -> dict[str, Any]:
    """Train on labels and guesses."""
    it = reviews()
    both = np.concatenate([it.rows, it.asked["unlabelled"]])
    targets = np.concatenate([it.y, np.array(guess["guessed"], np.float32)])
    taught = Inputs(it.ids[both], cross_fitted(it.grams, both, targets, MAXLEN))
    return learn(seed, taught, targets, GUESSED, it.counted(both, targets, PARTS))


def together(**runs: Any) -> dict[str, float]:
    """Average the answers of all seeds."""
    found = {}
    for name, truth in reviews().truth.items():
        said = [np.array(run["answers"][name], np.float32) for run in runs.values()]
        found[name] = accuracy(np.mean(said, axis=0), truth)
    return found


def linear() -> dict[str, dict[str, float]]:
    """Fit the NB-SVM on the same reviews, then on its own guesses too."""
    it = reviews()
    texts, labels = list(it.data.train.texts), it.data.train.labels
    test, known = list(it.data.test.texts), len(it.rows)
    guessed: tuple[list[str], Any] = [], np.zeros(0, labels.dtype)
    extra = [it.more.reviews.texts[int(number)] for number in it.fresh]
    result = {}
    for name in ("labelled", "guesses"):
        more, targets = guessed
        models = {
            s: nb_svm(3, s).fit(texts[:known] + more, np.concatenate([labels[:known], targets]))
            for s in STRENGTHS
        }
        scores = {s: m.score(texts[known:], labels[known:]) for s, m in models.items()}
        best = max(scores, key=lambda s: scores[s])
        result[name] = {
            "strength": best,
            "validation": float(scores[best]),
            "test": float(models[best].score(test, it.data.test.labels)),
        }
        guessed = extra, models[best].predict(extra)
    return result


def sizes() -> dict[str, Any]:
    """Count the reviews."""
    it = reviews()
    return {
        "copies_left_out": len(it.copies),
        "unlabelled": len(it.fresh),
        "sizes": {"train": len(it.rows), "validation": HELD_OUT, "test": len(it.data.test)},
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    networks = {}
    for network, seeds in NETWORKS.items():
        runs = [found[f"{network}/{seed}"] for seed in seeds]
        row = {name: [run[name] for run in runs] for name in ("epochs", "seconds")}
        for name in PARTS:
            row[name] = [run[name] for run in runs]
            row[f"{name}_together"] = found[f"{network}/together"][name]
        networks[network] = row
    sizes = found["sizes"]
    return {
        "networks": networks,
        "linear": found["linear"],
        "copies_left_out": sizes["copies_left_out"],
        "unlabelled": sizes["unlabelled"],
        "sure_guesses": found["guess"]["sure_guesses"],
        "sizes": sizes["sizes"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the answers that are not stored."""
    parts = {
        "linear": stored["linear"],
        "guess": {"sure_guesses": stored["sure_guesses"]},
        "sizes": {name: stored[name] for name in ("copies_left_out", "unlabelled", "sizes")},
    }
    for network, row in stored["networks"].items():
        parts[f"{network}/together"] = {name: row[f"{name}_together"] for name in PARTS}
        for seed in NETWORKS[network]:
            parts[f"{network}/{seed}"] = {name: row[name][seed] for name in ("epochs", *PARTS)}
    return parts


def study() -> Study:
    """Declare the pieces: readers of words, of words and evidence, and of guesses."""
    runs = {"words": words, "evidence": with_evidence, "leaking": leaking}
    pieces = {"sizes": Piece(sizes), "linear": Piece(linear)}
    for network, seeds in NETWORKS.items():
        of_seeds = {f"seed_{seed}": f"{network}/{seed}" for seed in seeds}
        for seed in seeds:
            pieces[f"{network}/{seed}"] = (
                Piece(runs[network], {"seed": seed})
                if network in runs
                else Piece(from_guesses, {"seed": seed}, needs={"guess": "guess"})
            )
        pieces[f"{network}/together"] = Piece(together, needs=of_seeds)
        if network == "evidence":
            pieces["guess"] = Piece(guess, needs=of_seeds)
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
