"""Anomalies: an autoencoder of heartbeats, forecasters of sensors, and their baselines.

Reads the real heartbeats and sensors. About five minutes on two cores: ``make studies``.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import write_study

from gru_course.analysis.nab import Stream, best_threshold, window_places
from gru_course.backend import keras
from gru_course.data import ECG5000, LATENCY, MACHINE, OFFICE, TAXI, load
from gru_course.detecting import (
    filled,
    forecast_errors,
    held_out_scores,
    learn_beats,
    learn_forecaster,
    misfit,
    moving_gaussian,
    together,
)
from gru_course.models.detectors import autoencoder

SEEDS = range(3)
SENSORS = (MACHINE, TAXI, LATENCY, OFFICE)
COMPONENTS = (2, 4, 8, 16)
RANDOM_SEEDS = range(20)


def main() -> dict[str, Any]:
    """Train from every seed; the other detectors have none, or are cheap."""
    beats = load(ECG5000, "full")
    sensors = {dataset.name: load(dataset, "full") for dataset in SENSORS}

    def area(scores: Any, part: Any) -> float:
        return float(roc_auc_score(part.anomalous, scores))

    def judged(scores: dict[str, Any]) -> dict[str, Any]:
        """Score a detector on all sensors, with and without a look at the labels."""
        streams = []
        for name, data in sensors.items():
            places = window_places(data.series.times[data.measured], data.windows)
            streams.append(Stream(scores[name][data.measured], places))
        results = held_out_scores(streams)
        return {
            "held_out": together(results),
            "with_labels": best_threshold(streams).score,
            "each_with_its_labels": together([best_threshold([stream]) for stream in streams]),
            "found": [result.found for result in results],
            "anomalies": [result.anomalies for result in results],
            "false_alarms": [result.false_alarms for result in results],
        }

    values = {name: filled(data.series.values[:, 0]) for name, data in sensors.items()}
    progress = Path(__file__).with_suffix(".progress")
    found = json.loads(progress.read_text()) if progress.exists() else []
    for seed in SEEDS[len(found) :]:
        start = time.perf_counter()
        keras.utils.set_random_seed(seed)
        model = autoencoder(beats.train.values.shape[1])
        learn_beats(model, beats.train.values)
        result: dict[str, Any] = {
            "validation_area": area(misfit(model, beats.validation.values), beats.validation),
            "test_area": area(misfit(model, beats.test.values), beats.test),
        }
        scores, errors = {}, {}
        for name, series in values.items():
            keras.utils.set_random_seed(seed)
            forecast = forecast_errors(*_with_scale(series))
            scores[name] = moving_gaussian(forecast)
            errors[name] = float(forecast[forecast > 0].mean())
        result |= {"sensors": judged(scores), "errors": errors}
        found.append(result)
        taken = time.perf_counter() - start
        print(
            f"seed {seed}: {taken:.0f} s, beats {result['test_area']:.4f}, "
            f"sensors {result['sensors']['held_out']:.1f}",
            flush=True,
        )
        progress.write_text(json.dumps(found), encoding="utf-8")
    progress.unlink()

    mean = beats.train.values.mean(axis=0)
    linear: dict[str, Any] = {
        "distance to the mean beat": {
            name: area(((part.values - mean) ** 2).mean(axis=1), part)
            for name, part in (("validation", beats.validation), ("test", beats.test))
        }
    }
    for count in COMPONENTS:
        pca = PCA(count, random_state=0).fit(beats.train.values)
        linear[f"PCA, {count} components"] = {
            name: area(
                ((part.values - pca.inverse_transform(pca.transform(part.values))) ** 2).mean(1),
                part,
            )
            for name, part in (("validation", beats.validation), ("test", beats.test))
        }
    last = {name: np.abs(np.diff(v, prepend=v[0])) for name, v in values.items()}
    drawn = [
        judged({name: np.random.default_rng(seed).random(len(v)) for name, v in values.items()})
        for seed in RANDOM_SEEDS
    ]
    return {
        "seeds": found,
        "beats": linear,
        "moving_gaussian": judged({n: moving_gaussian(v) for n, v in values.items()}),
        "last_value": judged({n: moving_gaussian(v) for n, v in last.items()}),
        "random": drawn,
    }


def _with_scale(series: Any) -> tuple[Any, Any, float, float]:
    model, mean, deviation = learn_forecaster(series)
    return model, series, mean, deviation


if __name__ == "__main__":
    write_study(Path(__file__), main, seeds=list(SEEDS))
