"""Every arrangement of layers at one budget of parameters and updates, beside linear models.

Reads the real reviews. About fifteen minutes on two cores, one model on each: ``make studies``.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.backend import keras, tf
from gru_course.baselines import bag_of_ngrams, nb_svm
from gru_course.data import IMDB, load
from gru_course.data.tokenise import UNKNOWN
from gru_course.models import (
    ARCHITECTURES,
    SMALL_GRU,
    ClassifierConfig,
    classifier,
    reading_parameters,
    widest,
)
from gru_course.training import Split, hold_out, predict

SEEDS = range(8)
EPOCHS, LOOKS_PER_EPOCH, BATCH_SIZE = 3, 2, 128
LEARNING_RATES, TRIAL_SEED = (0.001, 0.003, 0.01), 100
"""Each architecture takes the rate that is best by validation, in one run each of another seed."""
STRENGTHS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
POOLED = ("mean_max", "attention")

NETWORKS: dict[str, ClassifierConfig] = {
    **{name: replace(SMALL_GRU, architecture=name) for name in ARCHITECTURES},
    **{f"gru_{pooling}": replace(SMALL_GRU, pooling=pooling) for pooling in POOLED},
}
LINEAR: dict[str, tuple[Callable[..., Pipeline], int, int]] = {
    "bigrams_window": (bag_of_ngrams, 2, 100),
    "bigrams": (bag_of_ngrams, 2, 0),
    "nb_svm_bigrams": (nb_svm, 2, 0),
    "nb_svm_trigrams": (nb_svm, 3, 0),
}
"""Builder, longest n-gram, and how many tokens at the end of a review are read (0 for all)."""


class Found(NamedTuple):
    """What one model gave: its row of the results, and which test reviews it got right."""

    row: dict[str, Any]
    right: NDArray[np.floating]


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
def held_out_reviews() -> tuple[Split, Split]:
    """Give the last 100 tokens of the reviews to train on and of those to validate with."""
    train = reviews().train
    return hold_out(train.window(), train.labels, share=0.2)


def on_one_core() -> None:
    """Keep TensorFlow to one thread, since two models are trained side by side."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class Training:
    """One architecture, compiled once and trained from as many seeds as one likes.

    XLA takes longer to compile a deep model than the model takes for an epoch.
    """

    def __init__(self, config: ClassifierConfig) -> None:
        self.config, self.model = config, classifier(config)
        self.model.compile("adam", "binary_crossentropy", metrics=["accuracy"], jit_compile=True)
        self.model.optimizer.build(self.model.trainable_variables)
        self.fresh_optimizer = [np.asarray(value) for value in self.model.optimizer.variables]
        self.seconds: list[float] = []

    def run(self, seed: int, learning_rate: float) -> list[float]:
        """Train from one seed; end with the weights of the best look, return all looks."""
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
        self.seconds += watch.seconds[1:]  # the first look of all compiles
        return [float(accuracy) for accuracy in history.history["val_accuracy"]]


def train_network(name: str) -> Found:
    """Train one architecture from every seed; each run opens the test set once, at its end."""
    config = widest(NETWORKS[name], budget=reading_parameters(SMALL_GRU))
    training = Training(config)
    tried = {rate: round(max(training.run(TRIAL_SEED, rate)), 4) for rate in LEARNING_RATES}
    learning_rate = max(tried, key=lambda rate: tried[rate])
    test = reviews().test
    found: dict[str, list[float]] = {"test_accuracy": [], "val_accuracy": [], "best_epoch": []}
    right = []
    for seed in SEEDS:
        looks = training.run(seed, learning_rate)
        right.append((predict(training.model, test.window()) > 0.5) == test.labels)
        found["test_accuracy"].append(round(float(right[-1].mean()), 4))
        found["val_accuracy"].append(round(max(looks), 4))
        found["best_epoch"].append((int(np.argmax(looks)) + 1) / LOOKS_PER_EPOCH)
    row = {
        **found,
        "learning_rate": learning_rate,
        "val_accuracy_by_learning_rate": {str(rate): value for rate, value in tried.items()},
        "units": config.units,
        "parameters": training.model.count_params(),
        "reading_parameters": reading_parameters(config),
        # The fastest look: what else runs on the machine can only slow one down.
        "seconds_per_epoch": round(min(training.seconds) * LOOKS_PER_EPOCH, 2),
    }
    return Found(row, np.mean(right, axis=0))


def train_linear(name: str) -> Found:
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
    row = {
        "test_accuracy": [round(float(right.mean()), 4)],
        "val_accuracy": [round(scores[strength], 4)],
        "test_accuracy_all_reviews": round(float(refitted), 4),
        "strength": strength,
        "parameters": features.shape[1] + 1,
        "seconds": round(seconds, 1),
    }
    return Found(row, right.astype(float))


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


def run() -> dict[str, Any]:
    """Train all models, two at a time; every finished row is printed at once."""
    found: dict[str, Found] = {}
    workers = ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), on_one_core)
    with workers as pool:
        # The longest first, so that neither core is idle at the end.
        jobs = {pool.submit(train_network, name): name for name in reversed(NETWORKS)}
        jobs |= {pool.submit(train_linear, name): name for name in reversed(LINEAR)}
        for job in as_completed(jobs):
            found[jobs[job]] = job.result()
            print(json.dumps({jobs[job]: found[jobs[job]].row}), flush=True)
    return {
        "networks": {name: found[name].row for name in NETWORKS},
        "linear": {name: found[name].row for name in LINEAR},
        "errors_over_reviews": errors_over_reviews({name: f.right for name, f in found.items()}),
        "recipe": {
            "epochs": EPOCHS,
            "looks_per_epoch": LOOKS_PER_EPOCH,
            "batch_size": BATCH_SIZE,
            "learning_rates": list(LEARNING_RATES),
        },
    }


if __name__ == "__main__":
    write_study(Path(__file__), run, seeds=list(SEEDS))
