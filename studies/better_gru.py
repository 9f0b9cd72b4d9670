"""How far a GRU goes on the reviews: with evidence beside the words, then with guessed labels.

Reads the real reviews, with and without labels. Some forty minutes on two cores: ``make studies``.
Finished trainings are kept in the cache, so a study that was stopped goes on.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from code_digest import digest_of_code
from study_runs import write_study

from gru_course.backend import keras
from gru_course.baselines import nb_svm
from gru_course.data import IMDB, cache_folder, load
from gru_course.data.duplicates import shared
from gru_course.data.unlabelled import load_unlabelled
from gru_course.evidence import Grams, cross_fitted, evidence, fitted_ratios
from gru_course.models.better import ReaderConfig, reader
from gru_course.self_training import Inputs, accuracy, answers, guesses, train
from gru_course.training import Recipe

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

Arrays = dict[str, NDArray[Any]]


def kept(name: str, compute: Callable[[], Arrays]) -> Arrays:
    """Return what was computed before by this very code, or compute and keep it."""
    code = digest_of_code([Path(__file__).read_text(encoding="utf-8")])[:16]
    path = cache_folder() / f"better-{code}-{name}.npz"
    if not path.exists():
        start = time.perf_counter()
        found = compute()
        found["seconds"] = np.array(time.perf_counter() - start)
        part = path.with_suffix(".part.npz")
        np.savez(part, **found)  # type: ignore[arg-type] # the stub takes a mapping for a flag
        part.replace(path)
        print(f"{name}: {found['seconds']:.0f} s, {found.get('epochs')}", flush=True)
    with np.load(path) as stored:
        return dict(stored)


def main() -> dict[str, Any]:
    """Train readers on words, on words and evidence, and on guesses; then look at the test."""
    data, more = load(IMDB, "full"), load_unlabelled()
    labels, test_labels = data.train.labels, data.test.labels
    grams = Grams.of([data.train, data.test, more.reviews])
    known = len(data.train) - HELD_OUT
    rows = np.arange(known)
    asked = {
        "validation": np.arange(known, len(data.train)),
        "test": len(data.train) + np.arange(len(data.test)),
    }
    # Some unlabelled reviews are in the labelled parts as well, the test part among them.
    copies = shared(more.reviews.texts, [*data.train.texts, *data.test.texts])
    fresh = np.setdiff1d(np.arange(len(more.reviews)), copies)
    unlabelled = len(data.train) + len(data.test) + fresh
    ids = np.concatenate([part.window(maxlen=MAXLEN) for part in (data.train, data.test)])
    ids = np.concatenate([ids, more.reviews.window(maxlen=MAXLEN)])
    truth = {"validation": labels[known:], "test": test_labels}

    def learn(seed: int, inputs: Inputs, targets: Any, recipe: Recipe, others: Any) -> Arrays:
        keras.utils.set_random_seed(seed)
        channels = 0 if inputs.evidence is None else inputs.evidence.shape[2]
        model = reader(ReaderConfig(channels=channels))
        held = others["validation"], truth["validation"]
        found: Arrays = {"epochs": np.array(train(model, inputs, targets, recipe, held, seed))}
        return found | {name: answers(model, part, LENGTHS) for name, part in others.items()}

    counted = fitted_ratios(grams, rows, labels[:known])
    parts = asked | {"unlabelled": unlabelled}
    others = {n: Inputs(ids[p], evidence(grams, counted, p, MAXLEN)) for n, p in parts.items()}
    words_only = {name: Inputs(ids[part]) for name, part in asked.items()}
    honest = Inputs(ids[rows], cross_fitted(grams, rows, labels[:known], MAXLEN))
    leaking = Inputs(ids[rows], evidence(grams, counted, rows, MAXLEN))
    asked_only = {name: others[name] for name in asked}

    def of_seeds(name: str, run: Callable[[int], Arrays], seeds: Sequence[int]) -> list[Arrays]:
        return [kept(f"{name}-{seed}", lambda seed=seed: run(seed)) for seed in seeds]  # type: ignore[misc]

    y = labels[:known]
    found = {
        "words": of_seeds(
            "words", lambda s: learn(s, Inputs(ids[rows]), y, LABELLED, words_only), SEEDS
        ),
        "evidence": of_seeds("evidence", lambda s: learn(s, honest, y, LABELLED, others), SEEDS),
        "leaking": of_seeds(
            "leaking", lambda s: learn(s, leaking, y, LABELLED, asked_only), SEEDS[:1]
        ),
    }
    guessed = guesses([run["unlabelled"] for run in found["evidence"]])
    both, targets = np.concatenate([rows, unlabelled]), np.concatenate([y, guessed])
    recounted = fitted_ratios(grams, both, targets)
    again = {n: Inputs(ids[p], evidence(grams, recounted, p, MAXLEN)) for n, p in asked.items()}
    taught = Inputs(ids[both], cross_fitted(grams, both, targets, MAXLEN))
    found["guesses"] = of_seeds(
        "guesses", lambda s: learn(s, taught, targets, GUESSED, again), SEEDS
    )

    def row(runs: list[Arrays]) -> dict[str, Any]:
        result: dict[str, Any] = {
            "epochs": [run["epochs"].tolist() for run in runs],
            "seconds": [float(run["seconds"]) for run in runs],
        }
        for name in asked:
            result[name] = [accuracy(run[name], truth[name]) for run in runs]
            average = np.mean([run[name] for run in runs], axis=0)
            result[f"{name}_together"] = accuracy(average, truth[name])
        return result

    return {
        "networks": {name: row(runs) for name, runs in found.items()},
        "linear": kept_linear(data, more.reviews.texts, fresh, known),
        "copies_left_out": len(copies),
        "unlabelled": len(fresh),
        "sure_guesses": float(np.mean(np.abs(guessed - 0.5) > 0.45)),
        "sizes": {"train": known, "validation": HELD_OUT, "test": len(data.test)},
    }


def kept_linear(data: Any, more: Any, fresh: Any, known: int) -> dict[str, Any]:
    """Fit the NB-SVM on the same reviews, then on its own guesses too."""
    texts, labels = list(data.train.texts), data.train.labels
    test = list(data.test.texts)

    def fit_and_score(extra: list[str], guessed: Any, strength: float) -> Any:
        return nb_svm(3, strength).fit(
            texts[:known] + extra, np.concatenate([labels[:known], guessed])
        )

    def compute() -> Arrays:
        nothing: tuple[list[str], Any] = [], np.zeros(0, labels.dtype)
        extra = [more[int(number)] for number in fresh]
        result: Arrays = {}
        given = nothing
        for name in ("labelled", "guesses"):
            models = {s: fit_and_score(*given, s) for s in STRENGTHS}
            scores = {s: m.score(texts[known:], labels[known:]) for s, m in models.items()}
            best = max(scores, key=lambda s: scores[s])
            result[name] = np.array(
                [best, scores[best], models[best].score(test, data.test.labels)]
            )
            given = extra, models[best].predict(extra)
        return result

    stored = kept("linear", compute)
    names = ("strength", "validation", "test")
    return {
        name: dict(zip(names, map(float, stored[name]), strict=True))
        for name in ("labelled", "guesses")
    }


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
