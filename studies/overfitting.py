"""What helps a small GRU on film reviews, one change at a time, and what the choices are worth.

Everything is chosen on validation reviews; only the base and the configuration that is chosen in
the end open the test set. About fifteen minutes on two cores. Every finished training is kept, so
a run that was stopped goes on; ``python studies/overfitting.py SECTION`` runs one section only.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import optuna

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from code_digest import digest_of_code
from study_runs import write_study

from gru_course.analysis.calibration import (
    answered,
    at_temperature,
    best_temperature,
    confidence_for,
    cross_entropy,
    reliability,
)
from gru_course.analysis.timing import interleaved
from gru_course.backend import keras, tf
from gru_course.baselines import bag_of_ngrams
from gru_course.data import IMDB, ReviewData, cache_folder, load
from gru_course.data.duplicates import shared
from gru_course.data.padding import first_words, padded_behind
from gru_course.models import SMALL_GRU, ClassifierConfig, classifier
from gru_course.search import finished, search
from gru_course.training import Recipe, hold_out, predict
from gru_course.tuning import Repeated

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
WITHOUT_COPIES = changed(without_copies=True)


class Kept:
    """Results of finished pieces, one line each; another version of the code has another file."""

    def __init__(self) -> None:
        code = digest_of_code([Path(__file__).read_text(encoding="utf-8")])[:16]
        self.stem = cache_folder() / f"overfitting-{code}"
        self.path = self.stem.with_suffix(".jsonl")
        self.found: dict[str, Any] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                if line.endswith("}"):  # the last line may have been cut off
                    self.found |= json.loads(line)

    def get(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return what was found before, or compute and keep it."""
        if key not in self.found:
            start = time.perf_counter()
            value = {"seconds": 0.0, **compute()}
            value["seconds"] = round(time.perf_counter() - start, 1)
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n" + json.dumps({key: value}))
            self.found[key] = value
            shown = {k: v for k, v in value.items() if isinstance(v, int | float)}
            print(key, shown, flush=True)
        return self.found[key]


class Reviews:
    """The reviews as a variant reads them: to learn from, and held out."""

    def __init__(self, data: ReviewData) -> None:
        self.data = data
        self.copied = shared(data.train.texts, data.test.texts)

    def ids(self, part: str, variant: Variant) -> Any:
        """Return the windows ``(25000, window)`` of ``"train"`` or ``"test"``."""
        reviews = getattr(self.data, part)
        cut = reviews.window if variant.kept == "last" else partial(first_words, reviews)
        ids = cut(maxlen=variant.window)
        return padded_behind(ids) if variant.behind else ids

    def split(self, variant: Variant) -> Any:
        """Return ``(x, y)`` to learn from and ``(x, y)`` held out."""
        seen, validation = hold_out(self.ids("train", variant), self.data.train.labels, share=0.2)
        keep = np.arange(variant.size)
        if variant.without_copies:
            keep = np.setdiff1d(keep, self.copied)
        return (seen[0][keep], seen[1][keep]), validation


def train(variant: Variant, reviews: Reviews, kept: Kept, name: str) -> None:
    """Train a variant from every seed, unless it is done."""
    missing = [seed for seed in SEEDS if f"{name}/{seed}" not in kept.found]
    if not missing:
        return
    keras.backend.clear_session()  # earlier models would stay in memory
    (x, y), validation = reviews.split(variant)
    trained = Repeated(variant.config, variant.recipe, texts=SIZES[-1])

    def once(seed: int) -> dict[str, Any]:
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
            found["whole"] = whole(trained, reviews, variant)
        if name.startswith("base/"):
            found["curves"] = {key: np.round(values, 4).tolist() for key, values in curves.items()}
        return found

    for seed in missing:
        kept.get(f"{name}/{seed}", partial(once, seed))


def whole(trained: Repeated, reviews: Reviews, variant: Variant) -> float:
    """Let what learned from a long window read whole reviews of the validation set."""
    reader = classifier(replace(variant.config, timesteps=WHOLE))
    reader.set_weights(trained.model.get_weights())
    x, y = reviews.split(changed(variant, window=WHOLE))[1]
    return float(np.mean((predict(reader, x) > 0.5) == y))


def bigrams(reviews: Reviews, size: int) -> dict[str, float]:
    """Fit the linear opponent on so many reviews; the validation set chooses its strength."""
    texts, labels = list(reviews.data.train.texts), reviews.data.train.labels
    cut = SIZES[-1]
    found = {}
    for strength in (1.0, 10.0, 100.0):
        model = bag_of_ngrams(2, strength).fit(texts[:size], labels[:size])
        found[strength] = float(model.score(texts[cut:], labels[cut:]))
    return {"validation": max(found.values()), "strength": max(found, key=lambda s: found[s])}


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


def searched(reviews: Reviews, journal: Path) -> dict[str, Any]:
    """Search on the validation set; the window is that of the base, so that a trial is short."""

    def objective(trial: optuna.Trial) -> float:
        keras.backend.clear_session()
        variant = settings(trial)
        (x, y), validation = reviews.split(variant)
        model = Repeated(variant.config, variant.recipe, texts=len(x))
        return max(model.train(x, y, validation=validation, seed=0)["val_accuracy"])

    study = search(objective, journal, TRIALS, report=lambda line: print(line, flush=True))
    return {
        "best": study.best_params,
        "trials": [{**trial.params, "validation": trial.value} for trial in finished(study)],
    }


def measured(variant: Variant, reviews: Reviews, seed: int, trained: Repeated) -> dict[str, Any]:
    """Train once more and open the test set."""
    (x, y), validation = reviews.split(variant)
    curves = trained.train(x, y, validation=validation, seed=seed)
    held, labels = trained.predict(validation[0]), validation[1]
    test, truth = trained.predict(reviews.ids("test", variant)), reviews.data.test.labels
    on_seen = (trained.predict(x[:SCORED]) > 0.5) == y[:SCORED]
    copies = shared(reviews.data.test.texts, reviews.data.train.texts[: SIZES[-1]])
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


def open_test(name: str, variant: Variant, reviews: Reviews, kept: Kept) -> None:
    """Measure a variant on the test set from every seed."""
    keras.backend.clear_session()
    missing = any(f"test/{name}/{seed}" not in kept.found for seed in SEEDS)
    trained = Repeated(variant.config, variant.recipe, texts=SIZES[-1]) if missing else None

    def once(seed: int) -> dict[str, Any]:
        assert trained is not None
        return measured(variant, reviews, seed, trained)

    for seed in SEEDS:
        kept.get(f"test/{name}/{seed}", partial(once, seed))


def chosen_from(best: dict[str, Any]) -> Variant:
    """Read a long window with the settings that the search found."""
    return changed(settings(optuna.trial.FixedTrial(best)), **LONG_WINDOW)


def choosing_flatters(kept: Kept) -> dict[str, Any]:
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
    rights = [bytes.fromhex(kept.found[f"{n}/{seed}"]["right"]) for n in names for seed in SEEDS]
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


def work(section: str, reviews: Reviews, kept: Kept) -> None:
    """Do what is missing of one section."""
    for name, variant in SECTIONS.get(section, {}).items():
        train(variant, reviews, kept, f"{section}/{name}")
    if section == "size":
        for size in SIZES:
            kept.get(f"bigrams/{size}", partial(bigrams, reviews, size))
    if section == "dropout":
        kept.get("cost", cost_of_dropout)
    if section == "search":
        kept.get("search", partial(searched, reviews, kept.stem.with_suffix(".log")))
    if section == "test":
        open_test("base", BASE, reviews, kept)
        open_test("without_copies", WITHOUT_COPIES, reviews, kept)
        open_test("chosen", chosen_from(kept.found["search"]["best"]), reviews, kept)


def run() -> dict[str, Any]:
    """Run what is missing and put it all together."""
    reviews, kept = Reviews(load(IMDB, "full")), Kept()
    for section in PARTS:
        work(section, reviews, kept)
    results: dict[str, Any] = {"variants": {}}
    for section, variants in SECTIONS.items():
        for name in variants:
            runs = [kept.found[f"{section}/{name}/{seed}"] for seed in SEEDS]
            each = {k: [r[k] for r in runs] for k in runs[0] if k not in ("right", "curves")}
            results["variants"][name] = {"section": section, **each}
    for name in ("base", "longer"):
        results[f"curves_{name}"] = [kept.found[f"base/{name}/{seed}"]["curves"] for seed in SEEDS]
    results["bigrams"] = {size: kept.found[f"bigrams/{size}"]["validation"] for size in SIZES}
    results["cost"] = kept.found["cost"]["milliseconds"]
    results["search"] = kept.found["search"]
    results["chosen"] = asdict(chosen_from(kept.found["search"]["best"]))
    names = ("base", "without_copies", "chosen")
    results["test"] = {n: [kept.found[f"test/{n}/{seed}"] for seed in SEEDS] for n in names}
    results["choosing_flatters"] = choosing_flatters(kept)
    results["copies"] = {
        "seen": len(shared(reviews.data.test.texts, reviews.data.train.texts[: SIZES[-1]])),
        "all": len(shared(reviews.data.test.texts, reviews.data.train.texts)),
    }
    results["seconds_in_all"] = round(sum(value["seconds"] for value in kept.found.values()))
    return results


PARTS = (*SECTIONS, "search", "test")

if __name__ == "__main__":
    tf.get_logger().setLevel("ERROR")
    if sys.argv[1:]:
        for wanted in sys.argv[1:]:
            if wanted not in PARTS:
                sys.exit(f"there is no section {wanted!r}; expected one of {', '.join(PARTS)}")
            work(wanted, Reviews(load(IMDB, "full")), Kept())
    else:
        write_study(Path(__file__), run, seeds=list(SEEDS))
