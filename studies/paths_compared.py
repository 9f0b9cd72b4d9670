"""Hand movements, each answer kept: warping and ROCKET, with and without disturbed versions.

Beside them stand the answers of GRUs that were trained on disturbed versions, as in ``actions.py``.
Reads the real hand movements. About five minutes on one core: ``make studies``.
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

from gru_course.apps.actions.data import LIBRAS
from gru_course.apps.actions.dtw import nearest
from gru_course.apps.actions.learn import kinds, train_on_paths
from gru_course.apps.actions.model import disturbed, motion, path_reader
from gru_course.apps.actions.rocket import convolved, random_kernels, ridge_answers
from gru_course.data.loading import load
from gru_course.data.splits import Split, fold
from gru_course.layers.backend import keras

SEEDS = range(5)
GRU_SEEDS = range(1)
FOLDS = range(5)
BANDS = (1, 3, 5, 10)
KERNELS, VERSIONS = 500, 10


@cache
def movements() -> Any:
    """Load the movements, once in each process."""
    return load(LIBRAS, "full")


def splits() -> list[Split]:
    """Test every movement once."""
    return [fold(movements().labels, number) for number in FOLDS]


def known(split: Split) -> NDArray[np.int64]:
    """Return all that may be learned from where nothing is chosen: two parts of three."""
    return np.concatenate([split.train, split.validation])


def versions(seed: int, count: int) -> NDArray[np.float32]:
    """Return every movement as it is and in disturbed versions, ``(count, n, timesteps, 2)``."""
    rng = np.random.default_rng(seed)
    paths = movements().x
    return np.stack([paths, *(disturbed(paths, rng) for _ in range(count - 1))])


def band() -> int:
    """Choose by how many steps two clocks may differ, on the validation parts."""
    data, x = movements(), motion(movements().x)

    def right(width: int) -> int:
        return sum(
            int(
                np.sum(
                    nearest(x[s.train], data.labels[s.train], x[s.validation], width)
                    == data.labels[s.validation]
                )
            )
            for s in splits()
        )

    return max(BANDS, key=right)


def warping(chosen: int, count: int, seed: int) -> list[int]:
    """Answer with the label of the nearest version of a known movement."""
    data, shown = movements(), versions(seed, count)
    said = np.zeros(len(data), dtype=int)
    for split in splits():
        train = known(split)
        x = motion(shown[:, train].reshape(-1, *data.x.shape[1:]))
        labels = np.tile(data.labels[train], count)
        said[split.test] = nearest(x, labels, motion(data.x[split.test]), chosen)
    return [int(kind) for kind in said]


def rocket(count: int, seed: int) -> list[int]:
    """Answer by ridge regression on random convolutions."""
    data, shown = movements(), versions(seed, count)
    moved = motion(shown.reshape(-1, *data.x.shape[1:]))
    _, timesteps, features = moved.shape
    kernels = random_kernels(KERNELS, timesteps, features, seed=seed)
    found = convolved(moved, kernels).reshape(count, len(data), -1)
    said = np.zeros(len(data), dtype=int)
    for split in splits():
        train = known(split)
        x = found[:, train].reshape(count * len(train), -1)
        labels = np.tile(data.labels[train], count)
        said[split.test] = ridge_answers(x, labels, found[0, split.test])
    return [int(kind) for kind in said]


def gru(seed: int) -> list[int]:
    """Answer by a GRU, trained without the validation part, which it has no use for here."""
    data = movements()
    said = np.zeros(len(data), dtype=int)
    for split in splits():
        keras.utils.set_random_seed(seed)
        model = path_reader(data.x.shape[1], len(data.classes))
        train_on_paths(model, data.x[split.train], data.labels[split.train], seed=seed)
        said[split.test] = kinds(model, data.x[split.test])
    return [int(kind) for kind in said]


def truth() -> list[int]:
    """Say which movement is of which kind."""
    return [int(label) for label in movements().labels]


NAMES = ("warping", "warping_versions", "rocket", "rocket_versions", "gru")


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "labels": found["truth"],
        "band": found["band"],
        "said": {
            name: [found[f"{name}/{seed}"] for seed in SEEDS if f"{name}/{seed}" in found]
            for name in NAMES
        },
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts: dict[str, Any] = {"truth": stored["labels"], "band": stored["band"]}
    for name, runs in stored["said"].items():
        parts |= {f"{name}/{seed}": run for seed, run in enumerate(runs)}
    return parts


def study() -> Study:
    """Declare the pieces."""
    needs = {"chosen": "band"}
    pieces = {
        "truth": Piece(truth),
        "band": Piece(band),
        "warping/0": Piece(warping, {"count": 1, "seed": 0}, needs),  # nothing is drawn
    }
    for seed in SEEDS:
        of = {"count": VERSIONS, "seed": seed}
        pieces |= {
            f"rocket/{seed}": Piece(rocket, {"count": 1, "seed": seed}),
            f"rocket_versions/{seed}": Piece(rocket, of),
            f"warping_versions/{seed}": Piece(warping, of, needs),
        }
    pieces |= {f"gru/{seed}": Piece(gru, {"seed": seed}) for seed in GRU_SEEDS}
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
