"""Does a measured ratio of times come back? The same layers in several fresh processes.

The rounds of one process share its compiled code, its threads and where its arrays lie. So an
interval over rounds says nothing about the next start of the program; this study does.
Run it with nothing else on the machine: about two minutes on two cores.
"""

import multiprocessing
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from study_runs import Piece, Study, main

from gru_course.layers.backend import tf
from gru_course.memory.trials import parameters, recurrent_layer, units_for_parameters
from gru_course.stats.timing import interleaved, layer_steps

PROCESSES = 8
THREADS = 2
ROUNDS, REPEATS = 9, 3
FEATURES, UNITS, TIMESTEPS, BATCH = 64, 64, 100, 32


def measure(number: int) -> dict[str, Any]:
    """Time one process: medians in milliseconds per call, with and without XLA.

    Every second process fixes the threads; the others leave them to TensorFlow. The order in
    which the models are built changes as well.
    """
    fixed = number % 2 == 0
    if fixed:
        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    wider = units_for_parameters("gru", parameters("lstm", UNITS, FEATURES), FEATURES)
    layers = [("rnn", UNITS), ("gru", UNITS), ("lstm", UNITS), ("gru_matched", wider)]
    order = np.random.default_rng(number).permutation(len(layers))
    result: dict[str, Any] = {"fixed_threads": fixed}
    for key, xla in (("xla", True), ("default", False)):
        calls = {}
        for which in order:
            name, units = layers[which]
            layer = recurrent_layer(name.removesuffix("_matched"), units)
            calls[name] = layer_steps(layer, (BATCH, TIMESTEPS, FEATURES), xla=xla)
        for position, kind in enumerate(("train", "forward")):
            chosen = {name: pair[position] for name, pair in calls.items()}
            times = interleaved(chosen, rounds=ROUNDS, repeats=REPEATS, seed=number)
            medians = {name: round(float(1000 * np.median(t)), 3) for name, t in times.items()}
            result[f"{key}_{kind}"] = medians
    return result


def afresh(number: int) -> Any:
    """Time in a process that has just been started."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, number).result()


def assemble(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put the pieces together."""
    return [found[f"process/{number}"] for number in range(PROCESSES)]


def take_apart(stored: list[dict[str, Any]]) -> dict[str, Any]:
    """Find what each piece gave."""
    return {f"process/{number}": row for number, row in enumerate(stored)}


def study() -> Study:
    """Declare the pieces."""
    pieces = {
        f"process/{number}": Piece(afresh, {"number": number}, alone=True)
        for number in range(PROCESSES)
    }
    times = [f"{way}_{kind}" for way in ("xla", "default") for kind in ("train", "forward")]
    return Study(Path(__file__), pieces, assemble, range(PROCESSES), take_apart, times)


if __name__ == "__main__":
    main(study())
