"""Films of people: a GRU over pictures, and the same pictures read without their order.

Beside the GRU stand the same network without it, one that sees three frames at once, and linear
models. How fast and how long each network is trained, people 7 and 9 of the training half decide.
Then all learn from all people with odd numbers, and the others, who are the test, are asked about
once: as they were filmed, backwards, and with their frames in disorder. Reads the real films. About
ten minutes on one core: ``make studies``.
"""

import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.actions.films import FILMS, Films
from gru_course.apps.actions.learn import film_kinds, train_on_films
from gru_course.apps.actions.watching import film_reader, pixels, sampled, shuffled
from gru_course.data.loading import load
from gru_course.layers.backend import keras

Clips = NDArray[np.float32]

SEEDS = {"gru": range(5), "without_order": range(5), "three_frames": range(5)}
READERS: dict[str, dict[str, bool]] = {
    "gru": {},
    "without_order": {"order": False},
    "three_frames": {"order": False, "three": True},
}
PLANS = {
    "gru": ((20, 0.002), (20, 0.004), (40, 0.002), (40, 0.004), (80, 0.001), (80, 0.002)),
    "without_order": ((40, 0.004), (80, 0.002)),
    "three_frames": ((40, 0.004), (80, 0.002)),
}
"""Passes and step sizes that are tried; of equals, the first."""
ORDERS = ("kept", "sorted", "mean")
PENALTIES = (0.1, 1.0, 10.0, 100.0)


@cache
def films() -> Films:
    """Load the films, once in each process."""
    return load(FILMS, "full")


def trained(
    kind: Mapping[str, bool], places: NDArray[np.int64], epochs: int, rate: float, seed: int
) -> keras.Model:
    """Train one reader on some clips."""
    data = films()
    keras.utils.set_random_seed(seed)
    model = film_reader(len(data.classes), **kind)
    options: dict[str, Any] = {"epochs": epochs, "learning_rate": rate, "seed": seed}
    train_on_films(model, data, places, data.labels[places], **options)
    return model


def tried(kind: dict[str, bool], epochs: int, rate: float) -> dict[str, float]:
    """Train on people 1, 3 and 5; ask about 7 and 9."""
    split = films().by_person()
    model = trained(kind, split.train, epochs, rate, seed=0)
    said = film_kinds(model, sampled(films(), split.validation))
    right = float(np.mean(said == films().labels[split.validation]))
    return {"epochs": epochs, "rate": rate, "validation_accuracy": round(right, 4)}


def best(**plans: dict[str, float]) -> dict[str, float]:
    """Return the plan that was right most often."""
    return max(plans.values(), key=lambda plan: plan["validation_accuracy"])


def reader(kind: dict[str, bool], seed: int, plan: dict[str, Any]) -> dict[str, Any]:
    """Train on all people with odd numbers; show the others as they are and in other orders."""
    split = films().by_person(validation=())
    model = trained(kind, split.train, plan["epochs"], plan["rate"], seed)
    return asked(lambda clips: film_kinds(model, clips), seed)


def linear(order: str) -> dict[str, Any]:
    """Fit ridge regression to pixels; the penalty is chosen by leaving out one person at a time."""
    data = films()
    train = data.by_person(validation=()).train
    search = GridSearchCV(RidgeClassifier(), {"alpha": PENALTIES}, cv=LeaveOneGroupOut())
    x = pixels(sampled(data, train), order)
    search.fit(x, data.labels[train], groups=data.people[train])
    return asked(lambda clips: search.predict(pixels(clips, order)), seed=0)


def asked(answers: Callable[[Clips], NDArray[Any]], seed: int) -> dict[str, Any]:
    """Open the test: show its clips as they are, backwards, and with their frames in disorder."""
    test = films().by_person().test
    labels, people = films().labels[test], films().people[test]
    clips = sampled(films(), test)

    def right_by_person(played: Clips) -> list[int]:
        right = answers(played) == labels
        return [int(right[people == person].sum()) for person in np.unique(people)]

    return {
        "said": answers(clips).tolist(),
        "right_backwards": right_by_person(clips[:, ::-1]),
        "right_shuffled": right_by_person(shuffled(clips, np.random.default_rng(seed))),
    }


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
        "tried": {
            name: [found[f"tried/{name}/{place}"] for place in range(len(plans))]
            for name, plans in PLANS.items()
        },
        "plans": {name: found[f"plan/{name}"] for name in READERS},
        "readers": {
            name: [found[f"reader/{name}/{seed}"] for seed in SEEDS[name]] for name in READERS
        }
        | {f"ridge_{order}": [found[f"linear/{order}"]] for order in ORDERS},
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts: dict[str, Any] = {
        "truth": {name: stored[name] for name in ("labels", "people", "classes")}
    }
    parts |= {f"linear/{order}": stored["readers"][f"ridge_{order}"][0] for order in ORDERS}
    for name in READERS:
        parts[f"plan/{name}"] = stored["plans"][name]
        parts |= {f"tried/{name}/{place}": row for place, row in enumerate(stored["tried"][name])}
        parts |= {f"reader/{name}/{seed}": run for seed, run in enumerate(stored["readers"][name])}
    return parts


def study() -> Study:
    """Declare the pieces."""
    pieces = {"truth": Piece(truth)}
    pieces |= {f"linear/{order}": Piece(linear, {"order": order}) for order in ORDERS}
    for name, kind in READERS.items():
        needs = {}
        for place, (epochs, rate) in enumerate(PLANS[name]):
            needs[f"plan_{place}"] = f"tried/{name}/{place}"
            arguments = {"kind": kind, "epochs": epochs, "rate": rate}
            pieces[f"tried/{name}/{place}"] = Piece(tried, arguments)
        pieces[f"plan/{name}"] = Piece(best, needs=needs)
    for name, kind in READERS.items():
        for seed in SEEDS[name]:
            needs = {"plan": f"plan/{name}"}
            pieces[f"reader/{name}/{seed}"] = Piece(reader, {"kind": kind, "seed": seed}, needs)
    return Study(Path(__file__), pieces, assemble, SEEDS["gru"], take_apart)


if __name__ == "__main__":
    main(study())
