"""Anomalies: an autoencoder of heartbeats, forecasters of sensors, and their baselines.

Reads the real heartbeats and sensors. About five minutes on two cores: ``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.anomalies.heartbeats import ECG5000
from gru_course.apps.anomalies.learn import (
    filled,
    forecast_errors,
    held_out_scores,
    misfit,
    moving_gaussian,
    together,
    train_on_beats,
    train_on_series,
)
from gru_course.apps.anomalies.model import autoencoder
from gru_course.apps.anomalies.nab import Stream, best_threshold, window_places
from gru_course.apps.anomalies.sensors import LATENCY, MACHINE, OFFICE, TAXI
from gru_course.data.loading import load
from gru_course.layers.backend import keras

SEEDS = range(3)
SENSORS = (MACHINE, TAXI, LATENCY, OFFICE)
COMPONENTS = (2, 4, 8, 16)
RANDOM_SEEDS = range(20)


@cache
def beats() -> Any:
    """Load the heartbeats, once in each process."""
    return load(ECG5000, "full")


@cache
def sensors() -> dict[str, Any]:
    """Load the sensors, once in each process."""
    return {dataset.name: load(dataset, "full") for dataset in SENSORS}


def values() -> dict[str, Any]:
    """Give the series of the sensors, without gaps."""
    return {name: filled(data.series.values[:, 0]) for name, data in sensors().items()}


def area(scores: Any, part: Any) -> float:
    """Return the area under the curve of a detector of beats."""
    return float(roc_auc_score(part.anomalous, scores))


def judged(scores: dict[str, Any]) -> dict[str, Any]:
    """Score a detector on all sensors, with and without a look at the labels."""
    streams = []
    for name, data in sensors().items():
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


def of_beats(seed: int) -> dict[str, float]:
    """Train an autoencoder on normal beats."""
    keras.utils.set_random_seed(seed)
    model = autoencoder(beats().train.values.shape[1])
    train_on_beats(model, beats().train.values)
    return {
        f"{name}_area": area(misfit(model, part.values), part)
        for name, part in (("validation", beats().validation), ("test", beats().test))
    }


def of_sensors(seed: int) -> dict[str, Any]:
    """Train a forecaster on each sensor; where it errs, something is unusual."""
    scores, errors = {}, {}
    for name, series in values().items():
        keras.utils.set_random_seed(seed)
        model, mean, deviation = train_on_series(series)
        forecast = forecast_errors(model, series, mean, deviation)
        scores[name] = moving_gaussian(forecast)
        errors[name] = float(forecast[forecast > 0].mean())
    return {"sensors": judged(scores), "errors": errors}


def linear() -> dict[str, Any]:
    """Measure linear detectors of beats."""
    train = beats().train.values
    parts = ("validation", beats().validation), ("test", beats().test)
    mean = train.mean(axis=0)
    found: dict[str, Any] = {
        "distance to the mean beat": {
            name: area(((part.values - mean) ** 2).mean(axis=1), part) for name, part in parts
        }
    }
    for count in COMPONENTS:
        pca = PCA(count, random_state=0).fit(train)
        found[f"PCA, {count} components"] = {
            name: area(
                ((part.values - pca.inverse_transform(pca.transform(part.values))) ** 2).mean(1),
                part,
            )
            for name, part in parts
        }
    return found


def moving() -> dict[str, Any]:
    """Look for values that are unusual by themselves."""
    return judged({name: moving_gaussian(v) for name, v in values().items()})


def last_value() -> dict[str, Any]:
    """Forecast that the last value comes again."""
    last = {name: np.abs(np.diff(v, prepend=v[0])) for name, v in values().items()}
    return judged({name: moving_gaussian(v) for name, v in last.items()})


def at_random(seed: int) -> dict[str, Any]:
    """Draw the scores."""
    return judged(
        {name: np.random.default_rng(seed).random(len(v)) for name, v in values().items()}
    )


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "seeds": [{**found[f"beats/{seed}"], **found[f"sensors/{seed}"]} for seed in SEEDS],
        "beats": found["linear"],
        "moving_gaussian": found["moving_gaussian"],
        "last_value": found["last_value"],
        "random": [found[f"random/{seed}"] for seed in RANDOM_SEEDS],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts = {
        "linear": stored["beats"],
        "moving_gaussian": stored["moving_gaussian"],
        "last_value": stored["last_value"],
    }
    for seed, row in enumerate(stored["seeds"]):
        parts[f"beats/{seed}"] = {name: row[name] for name in ("validation_area", "test_area")}
        parts[f"sensors/{seed}"] = {name: row[name] for name in ("sensors", "errors")}
    return parts | {f"random/{seed}": row for seed, row in enumerate(stored["random"])}


def study() -> Study:
    """Declare the pieces."""
    return Study(
        Path(__file__),
        {
            "linear": Piece(linear),
            "moving_gaussian": Piece(moving),
            "last_value": Piece(last_value),
            **{f"random/{seed}": Piece(at_random, {"seed": seed}) for seed in RANDOM_SEEDS},
            **{f"beats/{seed}": Piece(of_beats, {"seed": seed}) for seed in SEEDS},
            **{f"sensors/{seed}": Piece(of_sensors, {"seed": seed}) for seed in SEEDS},
        },
        assemble,
        SEEDS,
        take_apart,
    )


if __name__ == "__main__":
    main(study())
