"""Anomalies: an autoencoder of heartbeats, forecasters of sensors, and their opponents.

Five seeds of each network. Differences of beats are drawn over beats, those of sensors over windows
and over series. Reads the real heartbeats and sensors. About five minutes on one core:
``make studies``.
"""

import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.apps.anomalies.detectors import (
    component_scores,
    isolation_scores,
    precision_area,
    profile_scores,
    windows_of,
)
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
from gru_course.apps.anomalies.nab import (
    Stream,
    best_threshold,
    probation,
    score_by_window,
    window_places,
)
from gru_course.apps.anomalies.sensors import LATENCY, MACHINE, OFFICE, TAXI
from gru_course.data.loading import load
from gru_course.layers.backend import keras
from gru_course.stats.paired import area_difference, cluster_difference

SEEDS = range(5)
SENSORS = (MACHINE, TAXI, LATENCY, OFFICE)
COMPONENTS = (2, 4, 8, 16)
OF_WINDOWS = ("isolation forest", "PCA", "matrix profile")
OPPONENTS = {
    name.replace(" ", "_"): name for name in (*OF_WINDOWS, "moving_gaussian", "last_value")
}
"""On the sensors: the piece of each, under the name of an argument."""
WIDTH = 48
"""Values in a window of the detectors that look at windows; as many as the forecaster reads."""
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


def judged_on_beats(scores: Mapping[str, Any]) -> dict[str, Any]:
    """Score a detector of beats; its scores of the test beats are kept for comparisons."""
    found: dict[str, Any] = {}
    for name, part in (("validation", beats().validation), ("test", beats().test)):
        found[f"{name}_area"] = float(roc_auc_score(part.anomalous, scores[name]))
        found[f"{name}_precision_area"] = precision_area(scores[name], part.anomalous)
    return found | {"scores": np.asarray(scores["test"], float).tolist()}


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
        "by_window": [
            score_by_window(stream, result.threshold).tolist()
            for stream, result in zip(streams, results, strict=True)
        ],
        "precision_area": [in_front(stream) for stream in streams],
    }


def in_front(stream: Stream) -> float:
    """Say how far the values of the windows come before all others, without a threshold."""
    flagged = np.zeros(len(stream.scores), bool)
    for first, last in stream.windows:
        flagged[first : last + 1] = True
    start = probation(len(flagged))
    return precision_area(stream.scores[start:], flagged[start:])


def of_beats(seed: int) -> dict[str, Any]:
    """Train an autoencoder on normal beats."""
    keras.utils.set_random_seed(seed)
    model = autoencoder(beats().train.values.shape[1])
    train_on_beats(model, beats().train.values)
    parts = ("validation", beats().validation), ("test", beats().test)
    return judged_on_beats({name: misfit(model, part.values) for name, part in parts})


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


def others_of_beats() -> dict[str, Any]:
    """Measure detectors of beats that know nothing of time."""
    usual = beats().train.values
    mean = usual.mean(axis=0)
    detectors = {
        "distance to the mean beat": lambda asked: ((asked - mean) ** 2).mean(axis=1),
        **{
            f"PCA, {count} components": lambda asked, count=count: component_scores(  # type: ignore[misc]
                usual, asked, count
            )
            for count in COMPONENTS
        },
        "isolation forest": lambda asked: isolation_scores(usual, asked),
    }
    parts = ("validation", beats().validation), ("test", beats().test)
    return {
        name: judged_on_beats({part: detector(of.values) for part, of in parts})
        for name, detector in detectors.items()
    }


def moving() -> dict[str, Any]:
    """Look for values that are unusual by themselves."""
    return judged({name: moving_gaussian(v) for name, v in values().items()})


def last_value() -> dict[str, Any]:
    """Forecast that the last value comes again."""
    last = {name: np.abs(np.diff(v, prepend=v[0])) for name, v in values().items()}
    return judged({name: moving_gaussian(v) for name, v in last.items()})


def windows_judged(detector: str) -> dict[str, Any]:
    """Measure a detector that looks at windows, fitted to the start of each series."""
    scores = {}
    for name, series in values().items():
        if detector == "matrix profile":
            scores[name] = profile_scores(series, WIDTH)
            continue
        start = series[: probation(len(series))]
        rows = windows_of((series - start.mean()) / start.std(), WIDTH)
        score = isolation_scores if detector == "isolation forest" else component_scores
        found = score(rows[: len(start) - WIDTH + 1], rows)
        scores[name] = np.append(np.zeros(WIDTH - 1), found)
    return judged(scores)


def at_random(seed: int) -> dict[str, Any]:
    """Draw the scores."""
    return judged(
        {name: np.random.default_rng(seed).random(len(v)) for name, v in values().items()}
    )


def best_of_validation(others: Mapping[str, Any]) -> str:
    """Choose the number of components without the test beats."""
    names = [f"PCA, {count} components" for count in COMPONENTS]
    return max(names, key=lambda name: float(others[name]["validation_area"]))


def ahead_on_beats(others: dict[str, Any], **runs: dict[str, Any]) -> dict[str, Any]:
    """Compare the autoencoder, as the mean of its seeds, with the others on the same test beats."""
    anomalous = beats().test.anomalous
    ours = [run["scores"] for run in runs.values()]
    return {
        name: area_difference(ours, found["scores"], anomalous) for name, found in others.items()
    }


def ahead_on_sensors(others: dict[str, Any], **runs: dict[str, Any]) -> dict[str, Any]:
    """Compare the forecaster, as the mean of its seeds, with the others.

    By Student's t over the windows as if they had nothing to do with each other, and over the
    series, which is the cautious way: a model and a threshold serve all windows of a series.
    """
    ours = [np.concatenate(run["sensors"]["by_window"]) for run in runs.values()]
    found = {}
    for name, result in others.items():
        rows = np.concatenate(result["by_window"])
        series = np.repeat(range(len(SENSORS)), [len(w) for w in result["by_window"]])
        clusters = {"windows": np.arange(len(rows)), "series": series}
        found[name] = {
            over: cluster_difference(ours, rows, places)[0] for over, places in clusters.items()
        }
    return found


def opponents_on_sensors(**found: dict[str, Any]) -> dict[str, Any]:
    """Put the opponents together that a difference is computed for, by their names."""
    return {name.replace("_", " "): result for name, result in found.items()}


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together; the scores of single beats are left out."""

    def measured(row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "scores"}

    return {
        "seeds": [
            {**measured(found[f"beats/{seed}"]), **found[f"sensors/{seed}"]} for seed in SEEDS
        ],
        "beats": {name: measured(row) for name, row in found["others of beats"].items()},
        "chosen": found["chosen"],
        "moving_gaussian": found["moving_gaussian"],
        "last_value": found["last_value"],
        "windows": {name: found[name] for name in OF_WINDOWS},
        "random": [found[f"random/{seed}"] for seed in RANDOM_SEEDS],
        "ahead_on_beats": found["ahead on beats"],
        "ahead_on_sensors": found["ahead on sensors"],
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    parts = {
        "others of beats": stored["beats"],
        "chosen": stored["chosen"],
        "moving_gaussian": stored["moving_gaussian"],
        "last_value": stored["last_value"],
        "ahead on beats": stored["ahead_on_beats"],
        "ahead on sensors": stored["ahead_on_sensors"],
        **stored["windows"],
    }
    for seed, row in enumerate(stored["seeds"]):
        of_sensors = ("sensors", "errors")
        parts[f"beats/{seed}"] = {n: value for n, value in row.items() if n not in of_sensors}
        parts[f"sensors/{seed}"] = {name: row[name] for name in of_sensors}
    known = {argument: parts[name] for argument, name in OPPONENTS.items()}
    parts["opponents"] = opponents_on_sensors(**known)
    return parts | {f"random/{seed}": row for seed, row in enumerate(stored["random"])}


def study() -> Study:
    """Declare the pieces."""
    of_seeds = {
        kind: {f"seed_{seed}": f"{kind}/{seed}" for seed in SEEDS} for kind in ("beats", "sensors")
    }
    pieces = {
        "others of beats": Piece(others_of_beats),
        "chosen": Piece(best_of_validation, needs={"others": "others of beats"}),
        "moving_gaussian": Piece(moving),
        "last_value": Piece(last_value),
        **{name: Piece(windows_judged, {"detector": name}) for name in OF_WINDOWS},
        "opponents": Piece(opponents_on_sensors, needs=OPPONENTS),
        **{f"random/{seed}": Piece(at_random, {"seed": seed}) for seed in RANDOM_SEEDS},
        **{f"beats/{seed}": Piece(of_beats, {"seed": seed}) for seed in SEEDS},
        **{f"sensors/{seed}": Piece(of_sensors, {"seed": seed}) for seed in SEEDS},
        "ahead on beats": Piece(
            ahead_on_beats, needs={"others": "others of beats", **of_seeds["beats"]}
        ),
        "ahead on sensors": Piece(
            ahead_on_sensors, needs={"others": "opponents", **of_seeds["sensors"]}
        ),
    }
    return Study(Path(__file__), pieces, assemble, SEEDS, take_apart)


if __name__ == "__main__":
    main(study())
