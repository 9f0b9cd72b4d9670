"""Films of people: a GRU over pictures against averages, three frames at once, and a linear model.

Reads the real films. About fifteen minutes on one core: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifier

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.actions.films import FILMS, Films
from gru_course.apps.actions.learn import film_kinds, train_on_films
from gru_course.apps.actions.watching import film_reader, sampled
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEEDS = range(5)
READERS: dict[str, dict[str, bool]] = {
    "average": {"order": False, "three": False},
    "three_average": {"order": False, "three": True},
    "gru": {"order": True, "three": False},
    "three_gru": {"order": True, "three": True},
}
DIRECTED = ("average", "three_average", "gru")
DROPOUTS = (0.3, 0.5)
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
EPOCHS = 25
LINEAR_STEPS = 12


@cache
def films() -> Films:
    """Load the films, once in each process."""
    return load(FILMS, "full")


def trained(
    kind: Mapping[str, bool], dropout: float, places: NDArray[np.int64], seed: int
) -> keras.Model:
    """Train one reader on some clips."""
    keras.utils.set_random_seed(seed)
    model = film_reader(len(films().classes), dropout=dropout, **kind)
    train_on_films(model, films(), places, films().labels[places], epochs=EPOCHS, seed=seed)
    return model


def choice(kind: dict[str, bool]) -> dict[str, Any]:
    """Choose how much to leave out while training, on two people of the training half."""
    split = films().by_person()
    clips, labels = sampled(films(), split.validation), films().labels[split.validation]
    shares = [
        float(np.mean(film_kinds(trained(kind, dropout, split.train, seed=0), clips) == labels))
        for dropout in DROPOUTS
    ]
    return {"dropout": DROPOUTS[int(np.argmax(shares))], "validation_accuracy": shares}


def reader(kind: dict[str, bool], seed: int, chosen: dict[str, Any]) -> dict[str, list[int]]:
    """Train on all people with odd numbers; show the others as they are and backwards."""
    split = films().by_person(validation=())
    model = trained(kind, chosen["dropout"], split.train, seed)
    clips = sampled(films(), split.test)
    return {
        "said": film_kinds(model, clips).tolist(),
        "said_backwards": film_kinds(model, clips[:, ::-1]).tolist(),
    }


def direction(kind: dict[str, bool], seed: int) -> dict[str, list[int]]:
    """Teach whether a clip runs forwards or backwards; ask about clips of other people."""
    split = films().by_person(validation=())
    keras.utils.set_random_seed(seed)
    model = film_reader(2, **kind)
    nothing = np.zeros(len(split.train), dtype=np.int64)
    train_on_films(
        model, films(), split.train, nothing, epochs=EPOCHS // 2, both_ways=True, seed=seed
    )
    clips = sampled(films(), split.test)
    return {
        "said": film_kinds(model, clips).tolist(),
        "said_backwards": film_kinds(model, clips[:, ::-1]).tolist(),
    }


def linear(in_order: bool) -> dict[str, Any]:
    """Fit ridge regression to twelve small pictures of each clip, or to their mean."""
    data = films()

    def pictures(places: NDArray[np.int64]) -> NDArray[np.float32]:
        clips = sampled(data, places)
        steps = np.rint(np.linspace(0, clips.shape[1] - 1, LINEAR_STEPS)).astype(int)
        small = clips[:, steps].reshape(len(places), LINEAR_STEPS, 12, 2, 12, 2).mean(axis=(3, 5))
        return (small if in_order else small.mean(axis=1)).reshape(len(places), -1)

    def answers(penalty: float, train: NDArray[np.int64], asked: NDArray[np.int64]) -> list[int]:
        model = RidgeClassifier(alpha=penalty).fit(pictures(train), data.labels[train])
        said: list[int] = model.predict(pictures(asked)).tolist()
        return said

    train, validation, test = data.by_person()

    def share(penalty: float) -> float:
        said = answers(penalty, train, validation)
        return float(np.mean(np.array(said) == data.labels[validation]))

    penalty = max(PENALTIES, key=share)
    return {"penalty": penalty, "said": answers(penalty, np.concatenate([train, validation]), test)}


def truth() -> dict[str, Any]:
    """Say who does what in the test clips."""
    test = films().by_person().test
    return {
        "labels": films().labels[test].tolist(),
        "people": films().people[test].tolist(),
        "classes": list(films().classes),
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        **found["truth"],
        "linear": {"in_order": found["linear/in_order"], "mean": found["linear/mean"]},
        "chosen": {name: found[f"choice/{name}"] for name in READERS},
        "readers": {name: [found[f"reader/{name}/{seed}"] for seed in SEEDS] for name in READERS},
        "directions": {
            name: [found[f"direction/{name}/{seed}"] for seed in SEEDS] for name in DIRECTED
        },
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts: dict[str, Any] = {
        "truth": {name: stored[name] for name in ("labels", "people", "classes")},
        "linear/in_order": stored["linear"]["in_order"],
        "linear/mean": stored["linear"]["mean"],
    }
    for name in READERS:
        parts[f"choice/{name}"] = stored["chosen"][name]
        for seed in SEEDS:
            parts[f"reader/{name}/{seed}"] = stored["readers"][name][seed]
            if name in DIRECTED:
                parts[f"direction/{name}/{seed}"] = stored["directions"][name][seed]
    return parts


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        "truth": Piece(truth),
        "linear/in_order": Piece(linear, {"in_order": True}),
        "linear/mean": Piece(linear, {"in_order": False}),
    }
    for name, kind in READERS.items():
        pieces[f"choice/{name}"] = Piece(choice, {"kind": kind})
        for seed in SEEDS:
            arguments = {"kind": kind, "seed": seed}
            needs = {"chosen": f"choice/{name}"}
            pieces[f"reader/{name}/{seed}"] = Piece(reader, arguments, needs)
            if name in DIRECTED:
                pieces[f"direction/{name}/{seed}"] = Piece(direction, arguments)
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
