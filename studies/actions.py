"""Hand movements and clips: GRUs against warping, averages and single frames.

Reads the real hand movements. About eight minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.actions.clips import turning_dots
from gru_course.apps.actions.data import LIBRAS
from gru_course.apps.actions.dtw import nearest
from gru_course.apps.actions.learn import directions, kinds, train_on_clips, train_on_paths
from gru_course.apps.actions.model import clip_reader, motion, path_reader
from gru_course.data.loading import load
from gru_course.data.splits import Split, fold
from gru_course.layers.backend import keras

SEEDS = range(3)
FOLDS = range(5)
BANDS = (1, 3, 5, 10)


@cache
def movements() -> Any:
    """Load the movements, once in each process."""
    return load(LIBRAS, "full")


def splits() -> list[Split]:
    """Test every movement once."""
    return [fold(movements().labels, number) for number in FOLDS]


def paths(seed: int, disturb: bool) -> dict[str, Any]:
    """Train one reader for each part that is left out, and ask it for that part."""
    data = movements()
    said = np.zeros(len(data), dtype=int)
    validation = []
    for split in splits():
        keras.utils.set_random_seed(seed)
        model = path_reader(data.x.shape[1], len(data.classes))
        train = data.x[split.train], data.labels[split.train]
        train_on_paths(model, *train, disturb=disturb, seed=seed)
        said[split.test] = kinds(model, data.x[split.test])
        right = kinds(model, data.x[split.validation]) == data.labels[split.validation]
        validation.append(float(right.mean()))
    found: dict[str, Any] = {
        "validation_accuracy": float(np.mean(validation)),
        "test_accuracy": float(np.mean(said == data.labels)),
    }
    if disturb:
        confused = np.zeros((len(data.classes),) * 2, dtype=int)
        np.add.at(confused, (data.labels, said), 1)
        found["confused"] = confused.tolist()
    return found


def warping(of_motion: bool) -> dict[str, Any]:
    """Choose the band on the validation parts, then answer the test parts."""
    data = movements()
    x = motion(data.x) if of_motion else data.x

    def share(band: int, part: str) -> float:
        right = 0
        for split in splits():
            train, asked = split.train, getattr(split, part)
            if part == "test":  # nothing is chosen any more: use all that is known
                train = np.concatenate([split.train, split.validation])
            answers = nearest(x[train], data.labels[train], x[asked], band)
            right += int((answers == data.labels[asked]).sum())
        return right / len(data)

    band = max(BANDS, key=lambda candidate: share(candidate, "validation"))
    return {"band": band, "test_accuracy": share(band, "test")}


def averages() -> dict[str, Any]:
    """Fit a linear model to means and deviations; name the classes, too."""
    data = movements()
    moved = motion(data.x)
    summary = np.concatenate([moved.mean(axis=1), moved.std(axis=1)], axis=1)
    right = 0
    for split in splits():
        train = np.concatenate([split.train, split.validation])
        linear = make_pipeline(StandardScaler(), LogisticRegression(C=10.0, max_iter=1000))
        linear.fit(summary[train], data.labels[train])
        right += int((linear.predict(summary[split.test]) == data.labels[split.test]).sum())
    return {"classes": list(data.classes), "test_accuracy": right / len(data)}


def clips(seed: int) -> dict[str, float]:
    """Teach clips with and without their order; then play the test clips in disorder."""
    films = turning_dots()
    split = films.split()
    test, labels = films.x[split.test], films.labels[split.test]
    result = {}
    for name, order in (("gru", True), ("averaged", False)):
        keras.utils.set_random_seed(seed)
        model = clip_reader(test.shape[1], test.shape[2], order)
        train_on_clips(model, films.x[split.train], films.labels[split.train])
        result[name] = float(np.mean(directions(model, test) == labels))
        if order:
            places = np.random.default_rng(seed).permuted(
                np.tile(np.arange(test.shape[1]), (len(test), 1)), axis=1
            )
            mixed = np.take_along_axis(test, places[..., None, None, None], axis=1)
            result["gru_in_disorder"] = float(np.mean(directions(model, mixed) == labels))
    return result


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""

    def of(seed: int) -> dict[str, Any]:
        disturbed = {**found[f"disturbed/{seed}"]}
        confused = disturbed.pop("confused")
        return {
            "clips": found[f"clips/{seed}"],
            "disturbed": disturbed,
            "confused": confused,
            "repeated": found[f"repeated/{seed}"],
        }

    return {
        "seeds": [of(seed) for seed in SEEDS],
        "classes": found["averages"]["classes"],
        "warping_as_recorded": found["warping/as_recorded"],
        "warping_of_motion": found["warping/of_motion"],
        "averages_test_accuracy": found["averages"]["test_accuracy"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts: dict[str, Any] = {
        "warping/as_recorded": stored["warping_as_recorded"],
        "warping/of_motion": stored["warping_of_motion"],
        "averages": {
            "classes": stored["classes"],
            "test_accuracy": stored["averages_test_accuracy"],
        },
    }
    for seed, row in enumerate(stored["seeds"]):
        parts[f"clips/{seed}"] = row["clips"]
        parts[f"disturbed/{seed}"] = {**row["disturbed"], "confused": row["confused"]}
        parts[f"repeated/{seed}"] = row["repeated"]
    return parts


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        "averages": Piece(averages),
        "warping/as_recorded": Piece(warping, {"of_motion": False}),
        "warping/of_motion": Piece(warping, {"of_motion": True}),
    }
    for seed in SEEDS:
        pieces |= {
            f"clips/{seed}": Piece(clips, {"seed": seed}),
            f"disturbed/{seed}": Piece(paths, {"seed": seed, "disturb": True}),
            f"repeated/{seed}": Piece(paths, {"seed": seed, "disturb": False}),
        }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
