"""What helps a small GRU on film reviews, one change at a time, and what the choices are worth.

Everything is chosen on validation reviews; only the base and the configuration that is chosen in
the end open the test set. About fifteen minutes on two cores.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache, partial, wraps
from pathlib import Path
from typing import Any

import numpy as np
import optuna

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.data.padding import first_words, padded_behind
from gru_course.layers.backend import keras, tf
from gru_course.reviews.baselines import bag_of_ngrams
from gru_course.reviews.classifiers import SMALL_GRU, ClassifierConfig, classifier
from gru_course.reviews.duplicates import shared
from gru_course.reviews.imdb import IMDB
from gru_course.reviews.repeated import Repeated
from gru_course.stats.calibration import (
    answered,
    at_temperature,
    best_temperature,
    confidence_for,
    cross_entropy,
    reliability,
)
from gru_course.stats.timing import interleaved
from gru_course.training.fitting import Recipe, hold_out, predict
from gru_course.training.search import finished, search

SEEDS = range(3)
SIZES = (1250, 2500, 5000, 10_000, 20_000)
LONG = 400  # tokens to learn from
WHOLE = 1000  # tokens; more than 99 of 100 reviews are not longer
RECIPE = Recipe(epochs=2, batch_size=128, learning_rate=0.003, looks_per_epoch=4)
SCORED = 5000  # training reviews on which the gap is measured
TRIALS = 12
WANTED = 0.95  # share of right answers that the neutral verdict is to leave


@dataclass(frozen=True)
class Variant:
    """The base with one change."""

    config: ClassifierConfig = SMALL_GRU
    recipe: Recipe = RECIPE
    size: int = SIZES[-1]
    kept: str = "last"  # which end of a review
    behind: bool = False  # where the padding is
    window: int = 100
    without_copies: bool = False


BASE = Variant()


def changed(variant: Variant = BASE, **changes: Any) -> Variant:
    """Change a variant, its model or its recipe, whichever has a field of that name."""
    for name, value in changes.items():
        if hasattr(variant, name):
            variant = replace(variant, **{name: value})
        elif hasattr(variant.config, name):
            variant = replace(variant, config=replace(variant.config, **{name: value}))
        else:
            variant = replace(variant, recipe=replace(variant.recipe, **{name: value}))
    return variant


LONG_WINDOW: dict[str, Any] = {"window": LONG, "timesteps": LONG}
POOLED: dict[str, Any] = {"pooling": "mean_max", "mask": True}
SECTIONS: dict[str, dict[str, Variant]] = {
    "base": {"base": BASE, "longer": changed(epochs=6)},
    "size": {
        **{f"gru_{size}": changed(size=size) for size in SIZES[:-1]},
        "lstm_1250": changed(size=1250, architecture="lstm"),
        "narrow_1250": changed(size=1250, units=8),
        "thin_1250": changed(size=1250, embedding_dim=8),
    },
    "dropout": {
        "embedding_0.2": changed(embedding_dropout=0.2),
        "embedding_0.5": changed(embedding_dropout=0.5),
        "word_0.2": changed(word_dropout=0.2),
        "state_0.5": changed(state_dropout=0.5),
        "recurrent_0.3": changed(recurrent_dropout=0.3),
    },
    "optimiser": {
        "weight_decay_0.1": changed(weight_decay=0.1),
        "rate_0.001": changed(learning_rate=0.001),
        "decay": changed(decay=True),
        "decay_0.01": changed(decay=True, learning_rate=0.01),
        "average_0.98": changed(averaging=0.98),
    },
    "padding": {
        "front_200": changed(window=200, timesteps=200),
        "behind_200": changed(window=200, timesteps=200, behind=True),
        "first_100": changed(kept="first"),
    },
    "window": {
        "last_50": changed(window=50, timesteps=50),
        "last_400": changed(**LONG_WINDOW),
        "pooled_400": changed(**LONG_WINDOW, **POOLED),
    },
}
TESTED = {"base": BASE, "without_copies": changed(without_copies=True)}
"""What opens the test set, beside what the search chooses."""
NAMES_TESTED = (*TESTED, "chosen")


@cache
def data() -> Any:
    """Load the reviews, once in each process."""
    return load(IMDB, "full")


@cache
def copied() -> Any:
    """Find the training reviews that are in the test part, too."""
    return shared(data().train.texts, data().test.texts)


def ids(part: str, variant: Variant) -> Any:
    """Return the windows ``(25000, window)`` of ``"train"`` or ``"test"``."""
    reviews = getattr(data(), part)
    cut = reviews.window if variant.kept == "last" else partial(first_words, reviews)
    found = cut(maxlen=variant.window)
    return padded_behind(found) if variant.behind else found


def split(variant: Variant) -> Any:
    """Return ``(x, y)`` to learn from and ``(x, y)`` held out."""
    seen, validation = hold_out(ids("train", variant), data().train.labels, share=0.2)
    keep = np.arange(variant.size)
    if variant.without_copies:
        keep = np.setdiff1d(keep, copied())
    return (seen[0][keep], seen[1][keep]), validation


@lru_cache(maxsize=1)
def compiled(variant: Variant) -> Repeated:
    """Compile a variant; the pieces that train it come one after the other."""
    keras.backend.clear_session()  # earlier models would stay in memory
    return Repeated(variant.config, variant.recipe, texts=SIZES[-1])


def timed(run: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Let a piece say how many seconds it took."""

    @wraps(run)
    def with_seconds(**arguments: Any) -> dict[str, Any]:
        start = time.perf_counter()
        found = run(**arguments)
        return {"seconds": round(time.perf_counter() - start, 1), **found}

    return with_seconds


@timed
def train(section: str, name: str, seed: int) -> dict[str, Any]:
    """Train a variant."""
    variant = SECTIONS[section][name]
    (x, y), validation = split(variant)
    trained = compiled(variant)
    curves = trained.train(x, y, validation=validation, seed=seed)
    right = (trained.predict(validation[0]) > 0.5) == validation[1]
    on_seen = (trained.predict(x[:SCORED]) > 0.5) == y[:SCORED]
    found = {
        "validation": float(right.mean()),
        "last": curves["val_accuracy"][-1],
        "train": round(float(on_seen.mean()), 4),
        "epoch": curves["epoch"][int(np.argmax(curves["val_accuracy"]))],
        "right": np.packbits(right).tobytes().hex(),
    }
    if variant.window == LONG:
        found["whole"] = whole(trained, variant)
    if section == "base":
        found["curves"] = {key: np.round(values, 4).tolist() for key, values in curves.items()}
    return found


def whole(trained: Repeated, variant: Variant) -> float:
    """Let what learned from a long window read whole reviews of the validation set."""
    reader = classifier(replace(variant.config, timesteps=WHOLE))
    reader.set_weights(trained.model.get_weights())
    x, y = split(changed(variant, window=WHOLE))[1]
    return float(np.mean((predict(reader, x) > 0.5) == y))


@timed
def bigrams(size: int) -> dict[str, Any]:
    """Fit the linear opponent on so many reviews; the validation set chooses its strength."""
    texts, labels = list(data().train.texts), data().train.labels
    cut = SIZES[-1]
    found = {}
    for strength in (1.0, 10.0, 100.0):
        model = bag_of_ngrams(2, strength).fit(texts[:size], labels[:size])
        found[strength] = float(model.score(texts[cut:], labels[cut:]))
    return {"validation": max(found.values()), "strength": max(found, key=lambda s: found[s])}


@timed
def cost_of_dropout() -> dict[str, Any]:
    """Time an update with every kind of dropout, in turn."""
    x, y = np.ones((128, 100), dtype="int32"), np.zeros(128, dtype="float32")
    calls = {}
    for kind in ("none", "embedding_dropout", "dropout", "recurrent_dropout"):
        variant = BASE if kind == "none" else changed(BASE, **{kind: 0.3})
        model = classifier(variant.config)
        model.compile("adam", "binary_crossentropy", jit_compile=True)
        calls[kind] = partial(model.train_on_batch, x, y)
    times = interleaved(calls, rounds=15, repeats=3)
    return {"milliseconds": {name: np.round(1000 * t, 3).tolist() for name, t in times.items()}}


def settings(trial: optuna.trial.BaseTrial) -> Variant:
    """Ask for everything that the search may choose."""
    pooling = trial.suggest_categorical("pooling", ["last", "mean_max"])
    return changed(
        pooling=pooling,
        mask=True,
        embedding_dropout=trial.suggest_float("embedding_dropout", 0.0, 0.6, step=0.1),
        state_dropout=trial.suggest_float("state_dropout", 0.0, 0.6, step=0.2),
        word_dropout=trial.suggest_float("word_dropout", 0.0, 0.3, step=0.1),
        learning_rate=trial.suggest_float("learning_rate", 0.001, 0.01, log=True),
        decay=trial.suggest_categorical("decay", [False, True]),
        averaging=trial.suggest_categorical("averaging", [0.0, 0.98]),
    )


@timed
def searched() -> dict[str, Any]:
    """Search on the validation set; the window is that of the base, so that a trial is short."""

    def objective(trial: optuna.Trial) -> float:
        keras.backend.clear_session()
        variant = settings(trial)
        (x, y), validation = split(variant)
        model = Repeated(variant.config, variant.recipe, texts=len(x))
        return max(model.train(x, y, validation=validation, seed=0)["val_accuracy"])

    with tempfile.TemporaryDirectory() as folder:
        found = search(objective, Path(folder) / "search.log", TRIALS, report=None)
    return {
        "best": found.best_params,
        "trials": [{**trial.params, "validation": trial.value} for trial in finished(found)],
    }


@timed
def open_test(name: str, seed: int, search: Any = None) -> dict[str, Any]:
    """Train once more and open the test set."""
    variant = chosen_from(search["best"]) if search else TESTED[name]
    trained = compiled(variant)
    (x, y), validation = split(variant)
    curves = trained.train(x, y, validation=validation, seed=seed)
    held, labels = trained.predict(validation[0]), validation[1]
    test, truth = trained.predict(ids("test", variant)), data().test.labels
    on_seen = (trained.predict(x[:SCORED]) > 0.5) == y[:SCORED]
    copies = shared(data().test.texts, data().train.texts[: SIZES[-1]])
    right = (test > 0.5) == truth
    tau = best_temperature(held, labels)
    both = test, at_temperature(test, tau)
    threshold = confidence_for(held, labels, WANTED)
    share, accuracy = answered(test, truth, threshold)
    return {
        "validation": max(curves["val_accuracy"]),
        "train": round(float(on_seen.mean()), 4),
        "test": float(right.mean()),
        "test_without_copies": float(np.delete(right, copies).mean()),
        "copies_right": right[copies].astype(int).tolist(),
        "temperature": round(tau, 4),
        "calibration_error": [round(reliability(p, truth).expected_error, 5) for p in both],
        "cross_entropy": [round(cross_entropy(p, truth), 5) for p in both],
        "threshold": round(threshold, 4),
        "answered": round(share, 5),
        "answered_accuracy": round(accuracy, 5),
    }


def copies() -> dict[str, int]:
    """Count the test reviews that were seen in training, and those that could have been."""
    return {
        "seen": len(shared(data().test.texts, data().train.texts[: SIZES[-1]])),
        "all": len(shared(data().test.texts, data().train.texts)),
    }


def chosen_from(best: dict[str, Any]) -> Variant:
    """Read a long window with the settings that the search found."""
    return changed(settings(optuna.trial.FixedTrial(best)), **LONG_WINDOW)


def choosing_flatters(all_found: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the best of nearly equal runs on some validation reviews, and look at the others.

    The reviews that choose are drawn 400 times. For each number of them: the accuracy of the chosen
    run on the reviews that chose it, and on all others.
    """
    names = [
        f"{section}/{name}"
        for section in ("base", "dropout", "optimiser")
        for name in SECTIONS[section]
        if name not in ("longer", "recurrent_0.3")
    ]
    rights = [bytes.fromhex(all_found[f"{n}/{seed}"]["right"]) for n in names for seed in SEEDS]
    right = np.array([np.unpackbits(np.frombuffer(r, np.uint8))[:5000] for r in rights])
    rng = np.random.default_rng(0)
    found: dict[str, Any] = {"runs": len(right), "reviews": [50, 100, 250, 500, 1000, 2500]}
    found |= {"chooses": [], "does_not": []}
    for number in found["reviews"]:
        pairs = []
        for _ in range(400):
            one, other = np.split(rng.permutation(right.shape[1]), [number])
            best = right[right[:, one].mean(axis=1).argmax()]
            pairs.append((best[one].mean(), best[other].mean()))
        chooses, does_not = np.mean(pairs, axis=0)
        found["chooses"].append(round(float(chooses), 5))
        found["does_not"].append(round(float(does_not), 5))
    return found


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    results: dict[str, Any] = {"variants": {}}
    for section, variants in SECTIONS.items():
        for name in variants:
            runs = [found[f"{section}/{name}/{seed}"] for seed in SEEDS]
            each = {k: [r[k] for r in runs] for k in runs[0] if k not in ("right", "curves")}
            results["variants"][name] = {"section": section, **each}
    for name in SECTIONS["base"]:
        results[f"curves_{name}"] = [found[f"base/{name}/{seed}"]["curves"] for seed in SEEDS]
    results["bigrams"] = {size: found[f"bigrams/{size}"]["validation"] for size in SIZES}
    results["cost"] = found["cost"]["milliseconds"]
    results["search"] = found["search"]
    results["chosen"] = asdict(chosen_from(found["search"]["best"]))
    results["test"] = {n: [found[f"test/{n}/{seed}"] for seed in SEEDS] for n in NAMES_TESTED}
    results["choosing_flatters"] = choosing_flatters(found)
    results["copies"] = found["copies"]
    results["seconds_in_all"] = round(sum(value.get("seconds", 0) for value in found.values()))
    return results


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the answers that are not stored."""
    parts = {
        "cost": {"milliseconds": stored["cost"]},
        "search": stored["search"],
        "copies": stored["copies"],
        **{f"bigrams/{size}": {"validation": v} for size, v in stored["bigrams"].items()},
    }
    for name, row in stored["variants"].items():
        for seed in SEEDS:
            part = {measure: value[seed] for measure, value in row.items() if measure != "section"}
            if row["section"] == "base":
                part["curves"] = stored[f"curves_{name}"][seed]
            parts[f"{row['section']}/{name}/{seed}"] = part
    for name, rows in stored["test"].items():
        parts |= {f"test/{name}/{seed}": row for seed, row in enumerate(rows)}
    return parts


def study() -> Study:
    """Declare the pieces, those of one variant one after the other."""
    pieces = {
        f"{section}/{name}/{seed}": Piece(train, {"section": section, "name": name, "seed": seed})
        for section, variants in SECTIONS.items()
        for name in variants
        for seed in SEEDS
    }
    pieces |= {f"bigrams/{size}": Piece(bigrams, {"size": size}) for size in SIZES}
    pieces |= {
        "cost": Piece(cost_of_dropout, alone=True),
        "search": Piece(searched),
        "copies": Piece(copies),
    }
    for name in NAMES_TESTED:
        needs = {} if name in TESTED else {"search": "search"}
        for seed in SEEDS:
            pieces[f"test/{name}/{seed}"] = Piece(open_test, {"name": name, "seed": seed}, needs)
    times = ("seconds", "milliseconds")
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart, times)


if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    main(study())
