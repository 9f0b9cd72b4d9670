"""Time of one update and of one forward pass: simple RNN, GRU, LSTM, in Keras on a CPU.

Run it with nothing else on the machine: about five minutes on two cores.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.layers.backend import keras, tf
from gru_course.memory.trials import parameters, recurrent_layer, units_for_parameters
from gru_course.stats.timing import interleaved, layer_steps, steps

THREADS = 2
ROUNDS, REPEATS = 15, 5
FEATURES = 64
BASE = {"units": 64, "timesteps": 100, "batch": 32}
# One number of the base at a time, and one large corner.
GRID = [
    BASE,
    *({**BASE, "units": units} for units in (32, 128, 256)),
    *({**BASE, "timesteps": timesteps} for timesteps in (50, 200)),
    *({**BASE, "batch": batch} for batch in (1, 128)),
    {"units": 256, "timesteps": 100, "batch": 128},
]
VOCABULARY = 10_000

Layers = dict[str, tuple[str, int, dict[str, Any]]]


def layers_of(units: int) -> Layers:
    """Name the three cells of one width, and a GRU with as many parameters as the LSTM."""
    budget = parameters("lstm", units, FEATURES)
    return {
        "rnn": ("rnn", units, {}),
        "gru": ("gru", units, {}),
        "lstm": ("lstm", units, {}),
        "gru_matched": ("gru", units_for_parameters("gru", budget, FEATURES), {}),
    }


def variants_of(units: int) -> Layers:
    """Name settings that change the kernel of a layer, and a twin that should not differ."""
    return {
        "gru": ("gru", units, {}),
        "gru_twin": ("gru", units, {}),
        "gru_reset_before": ("gru", units, {"reset_after": False}),
        "gru_recurrent_dropout": ("gru", units, {"recurrent_dropout": 0.2}),
        "lstm": ("lstm", units, {}),
        "lstm_recurrent_dropout": ("lstm", units, {"recurrent_dropout": 0.2}),
    }


def measure(calls: dict[str, tuple[Callable[[], object], Callable[[], object]]]) -> dict[str, Any]:
    """Time updates and forward passes of several models; milliseconds per call, all samples."""
    result = {}
    for which, kind in enumerate(("train", "forward")):
        chosen = {name: pair[which] for name, pair in calls.items()}
        times = interleaved(chosen, rounds=ROUNDS, repeats=REPEATS)
        result[kind] = {name: np.round(1000 * t, 4).tolist() for name, t in times.items()}
    return result


def measure_layers(layers: Layers, timesteps: int, batch: int, xla: bool) -> dict[str, Any]:
    """Time bare layers on random sequences."""
    calls = {
        name: layer_steps(
            recurrent_layer(cell, units, **options), (batch, timesteps, FEATURES), xla=xla
        )
        for name, (cell, units, options) in layers.items()
    }
    return measure(calls)


def measure_point(units: int, timesteps: int, batch: int, xla: bool) -> dict[str, Any]:
    """Time the cells at one point of the grid."""
    layers = layers_of(units)
    return {
        "units_of": {name: width for name, (_, width, _) in layers.items()},
        **measure_layers(layers, timesteps, batch, xla),
    }


def measure_variants(units: int, timesteps: int, batch: int, xla: bool) -> dict[str, Any]:
    """Time settings that change the kernel of a layer."""
    return measure_layers(variants_of(units), timesteps, batch, xla)


def measure_classifiers(xla: bool) -> dict[str, Any]:
    """Time whole classifiers of reviews, as large as the larger one of the second notebook."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, VOCABULARY, size=(64, 100), dtype="int32")
    y = rng.integers(0, 2, size=(64, 1)).astype("float32")
    calls = {}
    for cell in ("rnn", "gru", "lstm"):
        layers = [keras.layers.Embedding(VOCABULARY, 128), recurrent_layer(cell, 64)]
        model = keras.Sequential(
            [keras.Input((100,), dtype="int32"), *layers, keras.layers.Dense(1)]
        )
        calls[cell] = steps(model, x, y, xla=xla)
    return measure(calls)


def key_of(kind: str, arguments: Mapping[str, Any]) -> str:
    """Name a piece."""
    return f"{kind}/" + "/".join(f"{name}={value}" for name, value in arguments.items())


def points() -> dict[str, list[dict[str, Any]]]:
    """List what is timed: the grid, the variants at its base, and the classifiers."""
    both = (True, False)
    return {
        "grid": [{**point, "xla": xla} for xla in both for point in GRID],
        "variants": [{**BASE, "xla": xla} for xla in both],
        "classifiers": [{"xla": xla} for xla in both],
    }


def assemble(found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the pieces together."""
    return {
        "threads": THREADS,
        "features": FEATURES,
        **{
            kind: [{**point, **found[key_of(kind, point)]} for point in listed]
            for kind, listed in points().items()
        },
    }


def take_apart(stored: dict[str, Any]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {
        key_of(kind, point): {name: row[name] for name in row if name not in point}
        for kind, listed in points().items()
        for point, row in zip(listed, stored[kind], strict=True)
    }


def study() -> Study:
    """Declare the pieces."""
    measures: dict[str, Callable[..., dict[str, Any]]] = {
        "grid": measure_point,
        "variants": measure_variants,
        "classifiers": measure_classifiers,
    }
    pieces = {
        key_of(kind, point): Piece(measures[kind], point, alone=True)
        for xla in (True, False)
        for kind, listed in points().items()
        for point in listed
        if point["xla"] == xla
    }
    times = ("train", "forward")
    return Study(Path(__file__), pieces, assemble, [0], take_apart, times)


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    main(study())
