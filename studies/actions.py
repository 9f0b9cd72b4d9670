"""Hand movements and clips: GRUs against warping, averages and single frames.

Reads the real hand movements. About eight minutes on two cores: ``make studies``.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.analysis.dtw import nearest
from gru_course.backend import keras
from gru_course.data import LIBRAS, load
from gru_course.data.clips import turning_dots
from gru_course.data.splits import fold
from gru_course.models.actions import clip_reader, motion, path_reader
from gru_course.recognition import directions, kinds, learn_clips, learn_paths

SEEDS = range(3)
FOLDS = range(5)
BANDS = (1, 3, 5, 10)


def main() -> dict[str, Any]:
    """Test every movement once for each seed; the other methods have no seed."""
    data = load(LIBRAS, "full")
    splits = [fold(data.labels, number) for number in FOLDS]
    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text()) if progress.exists() else []
    for seed in SEEDS[len(found) :]:
        start = time.perf_counter()
        result: dict[str, Any] = {"clips": clips(seed)}
        for name, disturb in (("disturbed", True), ("repeated", False)):
            said = np.zeros(len(data), dtype=int)
            validation = []
            for split in splits:
                keras.utils.set_random_seed(seed)
                model = path_reader(data.x.shape[1], len(data.classes))
                train = data.x[split.train], data.labels[split.train]
                learn_paths(model, *train, disturb=disturb, seed=seed)
                said[split.test] = kinds(model, data.x[split.test])
                right = kinds(model, data.x[split.validation]) == data.labels[split.validation]
                validation.append(float(right.mean()))
            result[name] = {
                "validation_accuracy": float(np.mean(validation)),
                "test_accuracy": float(np.mean(said == data.labels)),
            }
            if disturb:
                confused = np.zeros((len(data.classes),) * 2, dtype=int)
                np.add.at(confused, (data.labels, said), 1)
                result["confused"] = confused.tolist()
        found.append(result)
        print(
            f"seed {seed}: {time.perf_counter() - start:.0f} s, {result['disturbed']}", flush=True
        )
        progress.write_text(json.dumps(found), encoding="utf-8")
    progress.unlink()

    def warping(x: Any) -> dict[str, Any]:
        """Choose the band on the validation parts, then answer the test parts."""

        def share(band: int, part: str) -> float:
            right = 0
            for split in splits:
                train, asked = split.train, getattr(split, part)
                if part == "test":  # nothing is chosen any more: use all that is known
                    train = np.concatenate([split.train, split.validation])
                answers = nearest(x[train], data.labels[train], x[asked], band)
                right += int((answers == data.labels[asked]).sum())
            return right / len(data)

        band = max(BANDS, key=lambda candidate: share(candidate, "validation"))
        return {"band": band, "test_accuracy": share(band, "test")}

    def averages() -> float:
        moved = motion(data.x)
        summary = np.concatenate([moved.mean(axis=1), moved.std(axis=1)], axis=1)
        right = 0
        for split in splits:
            train = np.concatenate([split.train, split.validation])
            linear = make_pipeline(StandardScaler(), LogisticRegression(C=10.0, max_iter=1000))
            linear.fit(summary[train], data.labels[train])
            right += int((linear.predict(summary[split.test]) == data.labels[split.test]).sum())
        return right / len(data)

    return {
        "seeds": found,
        "classes": list(data.classes),
        "warping_as_recorded": warping(data.x),
        "warping_of_motion": warping(motion(data.x)),
        "averages_test_accuracy": averages(),
    }


def clips(seed: int) -> dict[str, float]:
    """Teach clips with and without their order; then play the test clips in disorder."""
    films = turning_dots()
    split = films.split()
    test, labels = films.x[split.test], films.labels[split.test]
    result = {}
    for name, order in (("gru", True), ("averaged", False)):
        keras.utils.set_random_seed(seed)
        model = clip_reader(test.shape[1], test.shape[2], order)
        learn_clips(model, films.x[split.train], films.labels[split.train])
        result[name] = float(np.mean(directions(model, test) == labels))
        if order:
            places = np.random.default_rng(seed).permuted(
                np.tile(np.arange(test.shape[1]), (len(test), 1)), axis=1
            )
            mixed = np.take_along_axis(test, places[..., None, None, None], axis=1)
            result["gru_in_disorder"] = float(np.mean(directions(model, mixed) == labels))
    return result


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
