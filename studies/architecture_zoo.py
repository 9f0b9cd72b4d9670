"""Every arrangement of layers at one budget of parameters and updates, beside linear models.

Gradients are clipped. Reads the real reviews. Half an hour on one core: ``make studies``.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.data.tokenise import UNKNOWN
from gru_course.layers.backend import keras, tf
from gru_course.reviews.baselines import bag_of_ngrams, nb_svm
from gru_course.reviews.classifiers import (
    ARCHITECTURES,
    SMALL_GRU,
    ClassifierConfig,
    classifier,
    reading_parameters,
    widest,
)
from gru_course.reviews.imdb import IMDB
from gru_course.training.fitting import Examples, hold_out, predict

SEEDS = range(5)
EPOCHS, LOOKS_PER_EPOCH, BATCH_SIZE = 3, 2, 128
CLIPNORM = 1.0
"""To this length the gradient of each array of weights is shortened."""
LEARNING_RATES, TRIAL_SEED = (0.0003, 0.001, 0.003, 0.01, 0.03), 100
"""Each architecture takes the rate that is best by validation, in one run each of another seed."""
REVIEWS = 25_000  # in the test part
OF_SEED = ("test_accuracy", "val_accuracy", "best_epoch")
STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
POOLED = ("mean_max", "attention")
LEDGER = (
    "gru",
    "rnn",
    "lstm",
    "lstm_gru",
    "gru_lstm",
    "bi_gru",
    "bi_lstm_gru",
    "parallel_lstm_gru",
)
"""Networks that the claims ledger compares; they are trained first."""

NETWORKS: dict[str, dict[str, str]] = {
    **{name: {"architecture": name, "pooling": "last"} for name in (*LEDGER, *ARCHITECTURES)},
    **{f"gru_{pooling}": {"architecture": "gru", "pooling": pooling} for pooling in POOLED},
}
LINEAR: dict[str, tuple[Callable[..., Pipeline], int, int]] = {
    "bigrams_window": (bag_of_ngrams, 2, 100),
    "bigrams": (bag_of_ngrams, 2, 0),
    "nb_svm_bigrams": (nb_svm, 2, 0),
    "nb_svm_trigrams": (nb_svm, 3, 0),
}
"""Builder, longest n-gram, and how many tokens at the end of a review are read (0 for all)."""


class Stopwatch(keras.callbacks.Callback):  # type: ignore[misc] # Keras is untyped
    """Time the updates between two looks, without the look at the validation set."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start."""
        self.start = time.perf_counter()

    def on_test_begin(self, logs: Any = None) -> None:
        """Stop."""
        self.seconds.append(time.perf_counter() - self.start)


@cache
def reviews() -> Any:
    """Load the reviews, once in each process."""
    return load(IMDB, "full")


@cache
def held_out_reviews() -> tuple[Examples, Examples]:
    """Give the last 100 tokens of the reviews to train on and of those to validate with."""
    train = reviews().train
    return hold_out(train.window(), train.labels, share=0.2)


class Training:
    """One architecture, compiled once and trained from as many seeds as one likes.

    XLA takes longer to compile a deep model than the model takes for an epoch.
    """

    def __init__(self, config: ClassifierConfig) -> None:
        self.config, self.model = config, classifier(config)
        self.model.compile(
            keras.optimizers.Adam(clipnorm=CLIPNORM),
            "binary_crossentropy",
            metrics=["accuracy"],
            jit_compile=True,
        )
        self.model.optimizer.build(self.model.trainable_variables)
        self.fresh_optimizer = [np.asarray(value) for value in self.model.optimizer.variables]
        self.parameters = self.model.count_params()

    def run(self, seed: int, learning_rate: float) -> tuple[list[float], float]:
        """Train from one seed; end with the weights of the best look.

        Return all looks, and the seconds of the fastest one: what else runs on the machine can only
        slow one down.
        """
        (x, y), validation = held_out_reviews()
        keras.utils.set_random_seed(seed)
        self.model.set_weights(classifier(self.config).get_weights())
        for variable, value in zip(
            self.model.optimizer.variables, self.fresh_optimizer, strict=True
        ):
            variable.assign(value)
        self.model.optimizer.learning_rate = learning_rate
        looks, watch = EPOCHS * LOOKS_PER_EPOCH, Stopwatch()
        best = keras.callbacks.EarlyStopping(
            "val_accuracy", mode="max", patience=looks, restore_best_weights=True
        )
        # Whole batches only, since XLA compiles once per shape.
        batches = tf.data.Dataset.from_tensor_slices((x, y.astype("float32")))
        history = self.model.fit(
            batches.shuffle(len(x), seed=seed).batch(BATCH_SIZE, drop_remainder=True).repeat(),
            shuffle=False,  # the data set does it
            epochs=looks,
            steps_per_epoch=len(x) // BATCH_SIZE // LOOKS_PER_EPOCH,
            validation_data=(validation[0], validation[1].astype("float32")),
            validation_batch_size=500,
            callbacks=[best, watch],
            verbose=0,
        )
        looked = [float(accuracy) for accuracy in history.history["val_accuracy"]]
        return looked, min(watch.seconds[1:])  # the first look of all compiles


@lru_cache(maxsize=1)
def training(architecture: str, pooling: str) -> Training:
    """Compile an architecture; the pieces that train it come one after the other."""
    config = replace(SMALL_GRU, architecture=architecture, pooling=pooling)
    return Training(widest(config, budget=reading_parameters(SMALL_GRU)))


def choose_rate(architecture: str, pooling: str) -> dict[str, Any]:
    """Try the learning rates; validation chooses."""
    trained = training(architecture, pooling)
    runs = {rate: trained.run(TRIAL_SEED, rate) for rate in LEARNING_RATES}
    tried = {rate: round(max(looks), 4) for rate, (looks, _) in runs.items()}
    return {
        "learning_rate": max(tried, key=lambda rate: tried[rate]),
        "val_accuracy_by_learning_rate": {str(rate): value for rate, value in tried.items()},
        "units": trained.config.units,
        "parameters": trained.parameters,
        "reading_parameters": reading_parameters(trained.config),
        "seconds": min(seconds for _, seconds in runs.values()),
    }


def train_network(
    architecture: str, pooling: str, seed: int, chosen: dict[str, Any]
) -> dict[str, Any]:
    """Train one architecture from one seed; open the test set once, at the end."""
    trained, test = training(architecture, pooling), reviews().test
    looks, seconds = trained.run(seed, chosen["learning_rate"])
    right = (predict(trained.model, test.window()) > 0.5) == test.labels
    return {
        "test_accuracy": round(float(right.mean()), 4),
        "val_accuracy": round(max(looks), 4),
        "best_epoch": (int(np.argmax(looks)) + 1) / LOOKS_PER_EPOCH,
        "right": np.packbits(right).tobytes().hex(),
        "seconds": seconds,
    }


def train_linear(name: str) -> dict[str, Any]:
    """Fit one linear model; validation chooses its strength, and the test set is opened once."""
    build, longest, window = LINEAR[name]
    data = reviews()
    parts = (data.train, data.test)
    texts, test_texts = (list(part.texts) for part in parts)
    if window:  # the same tokens that the networks read, without the three markers
        texts, test_texts = (
            [data.vocabulary.decode(row[row > UNKNOWN]) for row in part.window(maxlen=window)]
            for part in parts
        )
    labels = data.train.labels
    cut = round(0.8 * len(texts))
    start = time.perf_counter()
    model = build(longest, strength=1.0)
    features = model[:-1].fit_transform(texts[:cut], labels[:cut])
    held_features = model[:-1].transform(texts[cut:])
    tried = {
        strength: clone(model[-1]).set_params(C=strength).fit(features, labels[:cut])
        for strength in STRENGTHS
    }
    scores = {s: float(last.score(held_features, labels[cut:])) for s, last in tried.items()}
    strength = max(scores, key=lambda s: scores[s])
    seconds = time.perf_counter() - start
    right = tried[strength].predict(model[:-1].transform(test_texts)) == data.test.labels
    # The published figures are for models fitted to all training reviews.
    refitted = build(longest, strength).fit(texts, labels).score(test_texts, data.test.labels)
    return {
        "test_accuracy": [round(float(right.mean()), 4)],
        "val_accuracy": [round(scores[strength], 4)],
        "test_accuracy_all_reviews": round(float(refitted), 4),
        "strength": strength,
        "parameters": features.shape[1] + 1,
        "seconds": round(seconds, 1),
        "right": np.packbits(right).tobytes().hex(),
    }


def errors_over_reviews(right: dict[str, NDArray[np.floating]]) -> dict[str, dict[str, float]]:
    """Give each difference in accuracy the standard error that the choice of reviews causes.

    Two models are tested on the same reviews, so what counts is how much their difference varies
    from review to review.
    """
    return {
        a: {
            b: round(float(np.std(right[a] - right[b], ddof=1) / np.sqrt(len(right[a]))), 5)
            for b in right
            if b != a
        }
        for a in right
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""

    def right_answers(key: str) -> NDArray[np.bool]:
        bits = np.frombuffer(bytes.fromhex(found[key]["right"]), np.uint8)
        return np.unpackbits(bits)[:REVIEWS].astype(bool)

    networks, right = {}, {}
    for name in NETWORKS:
        chosen = {**found[f"{name}/rate"]}
        runs = [found[f"{name}/{seed}"] for seed in SEEDS]
        seconds = min(chosen.pop("seconds"), *(run["seconds"] for run in runs))
        networks[name] = {
            **{measure: [run[measure] for run in runs] for measure in OF_SEED},
            **chosen,
            "seconds_per_epoch": round(seconds * LOOKS_PER_EPOCH, 2),
        }
        right[name] = np.mean([right_answers(f"{name}/{seed}") for seed in SEEDS], axis=0)
    linear = {name: {**found[name]} for name in LINEAR}
    for name, row in linear.items():
        right[name] = right_answers(name).astype(float)
        del row["right"]
    return {
        "networks": networks,
        "linear": linear,
        "errors_over_reviews": errors_over_reviews(right),
        "recipe": {
            "epochs": EPOCHS,
            "looks_per_epoch": LOOKS_PER_EPOCH,
            "batch_size": BATCH_SIZE,
            "clipnorm": CLIPNORM,
            "learning_rates": list(LEARNING_RATES),
        },
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave, without the answers that are not stored."""
    parts = dict(stored["linear"])
    for name, row in stored["networks"].items():
        rest = {measure: value for measure, value in row.items() if measure not in OF_SEED}
        del rest["seconds_per_epoch"]
        parts[f"{name}/rate"] = rest
        for seed in SEEDS:
            parts[f"{name}/{seed}"] = {measure: row[measure][seed] for measure in OF_SEED}
    return parts


def study() -> Study:
    """Declare the pieces, those with the same architecture one after the other."""
    pieces: dict[str, Piece] = {}
    for name in NETWORKS:
        network, needs = NETWORKS[name], {"chosen": f"{name}/rate"}
        pieces[f"{name}/rate"] = Piece(choose_rate, network)
        for seed in SEEDS:
            pieces[f"{name}/{seed}"] = Piece(train_network, {**network, "seed": seed}, needs)
    pieces |= {name: Piece(train_linear, {"name": name}) for name in LINEAR}
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    # Seconds can be compared only if each model has as many cores; Dask gives each worker its own.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    main(study())
