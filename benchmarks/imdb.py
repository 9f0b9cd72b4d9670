"""The sources' program on IMDB against the course's, and where the time goes.

Needs the real reviews and a machine on which nothing else runs; some twenty minutes on two cores:
``make bench``. PyTorch and JAX are measured as well where they are installed.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent / place) for place in ("../tools", "parts")]
from distinct import row_wise_update
from elsewhere import calls_elsewhere
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.layers.backend import keras, tf
from gru_course.layers.fast_gru import FastGRU
from gru_course.reviews.classifiers import LARGE_GRU, ClassifierConfig, classifier
from gru_course.reviews.imdb import IMDB
from gru_course.stats.timing import interleaved, steps
from gru_course.training.fitting import Recipe, batches, train

CORES = os.cpu_count() or 1
SEEDS = range(5)
TIMES = (
    *("train", "forward", "seconds", "waited", "arrays", "tf.data"),
    *("tf.data, no autotune", "latency", "by_timesteps", "by_batch", "published_seconds"),
    *("published_reached_after", "course_seconds", "gflops", "copy_gb_per_s"),
)
"""Fields that hold times, or rates."""
WANTED = 0.851  # the test accuracy that the sources print
BATCH, TIMESTEPS, UNITS, WORDS, DIM = 64, 100, 64, 10_000, 128
QUICK_GRU = ClassifierConfig(embedding_dim=16, units=16, timesteps=150, pooling="mean_max")
QUICK_RECIPE = Recipe(epochs=1, batch_size=125, learning_rate=0.02, decay=True)
"""The course's program for the goal, chosen on held-out training reviews."""


def published() -> keras.Model:
    """Build and compile the larger program of the sources, as published."""
    model = keras.Sequential(
        [
            keras.Input((TIMESTEPS,)),
            keras.layers.Embedding(WORDS, DIM),
            keras.layers.GRU(UNITS, return_sequences=False),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def large(recurrent: type[keras.layers.GRU] = keras.layers.GRU) -> keras.Model:
    """Build the same model once more, not compiled."""
    ids = keras.Input((TIMESTEPS,), dtype="int32")
    state = recurrent(UNITS)(keras.layers.Embedding(WORDS, DIM)(ids))
    return keras.Model(ids, keras.layers.Dense(1, activation="sigmoid")(state))


class Clock(keras.callbacks.Callback):  # type: ignore[misc] # Keras is untyped
    """Note when batches and epochs end, and what the epochs scored."""

    def __init__(self) -> None:
        super().__init__()
        self.last_batch = 0.0
        self.epochs: list[tuple[float, dict[str, float]]] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note the time."""
        self.last_batch = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note the time and the accuracies."""
        self.epochs.append((time.perf_counter(), dict(logs or {})))


def summary(seconds: Any) -> dict[str, Any]:
    """Keep every sample, in milliseconds, and their median."""
    milliseconds = 1000 * np.asarray(seconds)
    return {"median": float(np.median(milliseconds)), "samples": np.round(milliseconds, 4).tolist()}


def machine() -> dict[str, Any]:
    """Measure what this machine can do: products of three shapes, and reading memory."""
    shapes = {
        "large": (2000, 2000, 2000),
        "input product": (BATCH * TIMESTEPS, DIM, 3 * UNITS),
        "one step": (BATCH, UNITS, 3 * UNITS),
    }
    calls: dict[str, Callable[[], object]] = {}
    for name, (rows, inner, columns) in shapes.items():
        a, b = tf.random.normal((rows, inner)), tf.random.normal((inner, columns))
        calls[name] = partial(tf.matmul, a, b)
    found = interleaved(calls, rounds=15, repeats=20)
    rates = {
        name: float(2 * np.prod(shape) / np.median(found[name]) / 1e9)
        for name, shape in shapes.items()
    }
    values, target = np.ones(2**26, np.float32), np.empty(2**26, np.float32)
    moved = interleaved({"copy": lambda: np.copyto(target, values)}, rounds=9)["copy"]
    return {
        "gflops": rates,
        "copy_gb_per_s": float(2 * values.nbytes / np.median(moved) / 1e9),
        "threads": CORES,
    }


@cache
def reviews() -> Any:
    """Load the reviews."""
    return load(IMDB, "full")


@cache
def windows() -> tuple[Any, Any]:
    """Give the ids and labels of the reviews to train on."""
    return reviews().train.window(), reviews().train.labels


def updates() -> dict[str, Any]:
    """Time one update, and one forward pass, of the larger model in every way, in turn."""
    x, y = windows()
    few, labels = x[:BATCH], y[:BATCH].astype("float32")
    many, many_labels = x[: 4 * BATCH], y[: 4 * BATCH].astype("float32")
    train: dict[str, Callable[[], object]] = {}
    forward: dict[str, Callable[[], object]] = {}
    column = labels[:, None]
    train["Keras"], forward["Keras"] = steps(large(), few, column, xla=False)
    train["Keras, XLA"], forward["Keras, XLA"] = steps(large(), few, column)
    train["FastGRU"], forward["FastGRU"] = steps(large(FastGRU), few, column, xla=False)
    train["FastGRU, XLA"], forward["FastGRU, XLA"] = steps(large(FastGRU), few, column)
    plain = large(FastGRU)
    plain.compile(keras.optimizers.SGD(), "binary_crossentropy", jit_compile=True)
    ids, answers = tf.constant(few), tf.constant(column)
    train["FastGRU, XLA, SGD"] = lambda: plain.train_on_batch(ids, answers)
    train["FastGRU, XLA, batch 256"], _ = steps(large(FastGRU), many, many_labels[:, None])
    row_wise, _ = row_wise_update(WORDS, DIM, UNITS)
    train["distinct words once"] = lambda: row_wise(few, labels)
    with calls_elsewhere(BATCH, TIMESTEPS, WORDS, DIM, UNITS) as (others, versions):
        train |= {name: one for name, (one, _) in others.items()}
        forward |= {name: two for name, (_, two) in others.items()}
        found: dict[str, Any] = {
            key: {k: summary(v) for k, v in interleaved(calls, rounds=15, repeats=20).items()}
            for key, calls in (("train", train), ("forward", forward))
        }
    found |= {
        "distinct_words": len(np.unique(few)),
        "tokens": int(few.size),
        "elsewhere": versions,
    }
    return found


def compiled_large(**options: Any) -> keras.Model:
    """Build the larger model with the course's layer, ready for `fit`."""
    model = classifier(LARGE_GRU)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], jit_compile=True, **options)
    return model


def epochs() -> dict[str, Any]:
    """Time whole epochs of the same work: same model, batch and number of updates, in turn."""
    x, y = windows()
    targets = y.astype("float32")
    pairs = batches(x, targets, Recipe(epochs=1, batch_size=BATCH))
    count = -(-len(x) // BATCH)
    program, ours, together = published(), compiled_large(), compiled_large(steps_per_execution=17)

    def run(model: keras.Model, *data: Any, **arguments: Any) -> tuple[float, float]:
        clock, start = Clock(), time.perf_counter()
        model.fit(*data, epochs=1, verbose=0, callbacks=[clock], **arguments)
        end = time.perf_counter()
        return end - start, end - clock.last_batch

    calls = {
        "published": lambda: run(program, x, y, batch_size=BATCH),
        "course": lambda: run(ours, pairs, steps_per_epoch=count, shuffle=False),
        "course, 17 updates a call": lambda: run(
            together, pairs, steps_per_epoch=count, shuffle=False
        ),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(5):
        for name, call in calls.items():
            times[name].append(call())
    return {
        name: {
            "seconds": [round(total, 3) for total, _ in found],
            "waited": [round(wait, 3) for _, wait in found],
        }
        for name, found in times.items()
    }


def waiting() -> dict[str, list[float]]:
    """Time how long `fit` takes to return after its last batch, by the way data are given."""
    x, y = windows()
    few, targets = x[:6400], y[:6400].astype("float32")
    model = compiled_large()
    pairs = tf.data.Dataset.from_tensor_slices((few, targets)).shuffle(len(few)).batch(BATCH)
    options = tf.data.Options()
    options.autotune.enabled = False
    ways = {
        "arrays": (few, targets),
        "tf.data": (pairs,),
        "tf.data, no autotune": (pairs.with_options(options),),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(10):
        for name, data in ways.items():
            clock = Clock()
            model.fit(*data, verbose=0, callbacks=[clock])
            if turn:
                found[name].append(round(time.perf_counter() - clock.last_batch, 3))
    return found


def lengths() -> dict[str, Any]:
    """Time an epoch of 6,400 reviews of up to 400 tokens, with and without lengths of batches."""
    data = reviews()
    config = replace(LARGE_GRU, timesteps=None, pooling="mean_max", mask=True)
    x, y = data.train.window(maxlen=400)[:6400], data.train.labels[:6400]
    ends = (100, 150, 200, 250, 300, 400)
    model = classifier(config)
    times: dict[str, list[float]] = {"one length": [], "by length": []}
    for turn in range(4):
        for name, chosen in (("one length", (400,)), ("by length", ends)):
            start = time.perf_counter()
            train(model, x, y, Recipe(epochs=1, batch_size=BATCH, lengths=chosen))
            if turn:
                times[name].append(round(time.perf_counter() - start, 3))
    padded = np.minimum(ends, 400)[np.searchsorted(ends, np.minimum((x != 0).sum(1), 400))]
    return {"seconds": times, "share_of_timesteps": float(padded.mean() / 400)}


def to_the_goal(seed: int) -> dict[str, Any]:
    """Run both programs from a cold start, compiling and all, until the goal is reached."""
    data, (x, y) = reviews(), windows()
    test, test_labels = data.test.window(), data.test.labels
    tf.keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    clock, start = Clock(), time.perf_counter()
    published().fit(
        *(x, y),
        epochs=3,
        batch_size=BATCH,
        validation_data=(test, test_labels),
        callbacks=[clock],
        verbose=0,
    )
    scores = [logs["val_accuracy"] for _, logs in clock.epochs]
    until = [end - start for end, _ in clock.epochs]
    reached = next((n for n, score in enumerate(scores) if score >= WANTED), None)

    keras.utils.set_random_seed(seed)
    start = time.perf_counter()
    wide = data.train.window(maxlen=QUICK_GRU.timesteps)
    model = classifier(QUICK_GRU)
    train(model, wide, y, QUICK_RECIPE)
    seconds = time.perf_counter() - start
    answers = model.predict(data.test.window(maxlen=QUICK_GRU.timesteps), 500, verbose=0)
    return {
        "published_accuracies": [round(score, 4) for score in scores],
        "published_seconds": [round(s, 2) for s in until],
        "published_reached_after": None if reached is None else round(until[reached], 2),
        "course_seconds": round(seconds, 2),
        "course_accuracy": round(float(np.mean((answers[:, 0] > 0.5) == test_labels)), 4),
    }


def inference() -> dict[str, Any]:
    """Time answers: one review or 256 at a time, and how the time grows."""
    x, _ = windows()

    def forward(model: keras.Model, few: Any, xla: bool) -> Callable[[], object]:
        model.compile(jit_compile=xla)
        return lambda: model.predict_on_batch(few)

    ways = {"Keras": (keras.layers.GRU, False), "FastGRU, XLA": (FastGRU, True)}
    found: dict[str, Any] = {"latency": {}, "by_timesteps": {}, "by_batch": {}}
    for size, rounds in ((1, 300), (256, 60)):
        calls = {name: forward(large(layer), x[:size], xla) for name, (layer, xla) in ways.items()}
        for name, taken in interleaved(calls, rounds=rounds, warm_up=5).items():
            p50, p95, p99 = (1000 * np.percentile(taken, (50, 95, 99))).tolist()
            found["latency"][f"{name}, batch {size}"] = {
                "p50": p50,
                "p95": p95,
                "p99": p99,
                "reviews_per_second": float(size / np.median(taken)),
            }
    rng = np.random.default_rng(0)
    for key, shapes in (
        ("by_timesteps", [(BATCH, n) for n in (25, 50, 100, 200, 400, 800)]),
        ("by_batch", [(n, TIMESTEPS) for n in (1, 4, 16, 64, 256, 1024)]),
    ):
        calls = {}
        for shape in shapes:
            model = classifier(replace(LARGE_GRU, timesteps=shape[1]))
            ids = rng.integers(1, WORDS, shape).astype("int32")
            calls[str(shape[key == "by_timesteps"])] = forward(model, ids, xla=True)
        times = interleaved(calls, rounds=15, repeats=3)
        found[key] = {name: float(1000 * np.median(taken)) for name, taken in times.items()}
    return found


MEASURES = (machine, updates, epochs, waiting, lengths, inference)
"""What is measured, one after the other and nothing beside it."""


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        **{measure.__name__: found[measure.__name__] for measure in MEASURES},
        "to_the_goal": [found[f"to_the_goal/{seed}"] for seed in SEEDS],
        "wanted": WANTED,
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts = {measure.__name__: stored[measure.__name__] for measure in MEASURES}
    return parts | {f"to_the_goal/{seed}": row for seed, row in enumerate(stored["to_the_goal"])}


def study() -> Study:
    """Declare the pieces."""
    pieces = {measure.__name__: Piece(measure, alone=True) for measure in MEASURES}
    for seed in SEEDS:
        pieces[f"to_the_goal/{seed}"] = Piece(to_the_goal, {"seed": seed}, alone=True)
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart, TIMES)


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(CORES)
    tf.config.threading.set_inter_op_parallelism_threads(CORES)
    main(study())
