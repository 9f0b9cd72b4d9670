"""What it is worth to a small GRU to have learned from reviews of the same films.

Each training review is held out twice from the small GRU: once in a fifth drawn at random, once in
a fifth that has its films to itself, and each time two networks learn from the rest. Every training
has a seed of its own. The test set stays closed. Three minutes on one core.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.data.loading import load
from gru_course.reviews.classifiers import SMALL_GRU
from gru_course.reviews.films import film_runs, rare_names, share_naming, training_files
from gru_course.reviews.imdb import IMDB
from gru_course.reviews.repeated import Repeated
from gru_course.training.fitting import Recipe

SEEDS, PARTS, TIMES = range(10), range(5), range(2)
RECIPE = Recipe(epochs=2, batch_size=128, learning_rate=0.003, looks_per_epoch=4)
"""The base of studies/overfitting.py."""
LEARNED = 19_000  # reviews, in both ways the same number
WAYS = ("at_random", "by_film")
LAGS = (1, 5, 30, 1000)


@cache
def reviews() -> Any:
    """Load the reviews with what their numbers say, once in each process."""
    train, files = load(IMDB, "full").train, training_files()
    if not np.array_equal(train.labels, files.labels):
        raise ValueError("the reviews are not in the order of training_files()")
    return train, files, film_runs(files)


@cache
def split(way: str, part: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of 19,000 reviews to learn from and of 5,000 held out."""
    _, files, runs = reviews()
    rng = np.random.default_rng(part)
    if way == "by_film":
        held, free = runs.run == part, ~runs.near[:, part]
    else:
        held = np.zeros(len(runs.run), dtype=bool)
        for label in (0, 1):  # as many of both classes, as there
            mixed = np.random.default_rng(label).permutation(np.flatnonzero(files.labels == label))
            held[np.array_split(mixed, len(PARTS))[part]] = True
        free = ~held
    return np.sort(rng.permutation(np.flatnonzero(free))[:LEARNED]), np.flatnonzero(held)


@cache
def compiled() -> Repeated:
    """Compile the model, once in each process."""
    return Repeated(SMALL_GRU, RECIPE, texts=LEARNED)


def train(way: str, part: int, seed: int) -> dict[str, Any]:
    """Train on what is not held out; count the right answers in each run of films."""
    data, _, runs = reviews()
    learned, held = split(way, part)
    x, y = data.window(), data.labels
    model = compiled()
    model.train(x[learned], y[learned], validation=(x[held], y[held]), seed=seed)
    right = (model.predict(x[held]) > 0.5) == y[held]
    return {"right": np.bincount(runs.run[held], right, len(PARTS)).astype(int).tolist()}


def names() -> dict[str, Any]:
    """Measure how far the films are apart: by rare names, in both ways and along the numbers."""
    data, files, _ = reviews()
    rare = rare_names(list(data.texts))
    found: dict[str, Any] = {}
    for way in WAYS:
        shares = []
        for part in PARTS:
            learned, held = split(way, part)
            shares.append(share_naming([rare[i] for i in held], [rare[i] for i in learned]))
        found[way] = round(float(np.mean(shares)), 4)
    places = np.empty((2, len(files.numbers) // 2), dtype=int)
    places[files.labels, files.numbers] = np.arange(len(files.numbers))
    for lag in LAGS:
        pairs = zip(places[:, :-lag].ravel(), places[:, lag:].ravel(), strict=True)
        found[f"lag_{lag}"] = round(float(np.mean([bool(rare[a] & rare[b]) for a, b in pairs])), 4)
    return found


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together: right answers by way, time, held-out part and run of films."""
    return {
        "right": {
            way: [[found[f"{way}/{p}/{time}"]["right"] for p in PARTS] for time in TIMES]
            for way in WAYS
        },
        "names": found["names"],
        "learned": LEARNED,
        "held_out": 5000,
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts = {
        f"{way}/{part}/{time}": {"right": stored["right"][way][time][part]}
        for way in WAYS
        for part in PARTS
        for time in TIMES
    }
    return {"names": stored["names"], **parts}


def study() -> Study:
    """Declare the pieces."""
    pieces = {"names": Piece(names)} | {
        f"{way}/{part}/{time}": Piece(
            train, {"way": way, "part": part, "seed": time * len(PARTS) + part}
        )
        for time in TIMES
        for part in PARTS
        for way in WAYS
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
