"""Time one form of a reader in a process of its own, and see how much memory that takes.

    python -m gru_course.export.alone FORM FILE FRAMES UNITS REPEATS

FORM is ``onnx``, ``litert``, ``c`` or ``keras``, or ``nothing`` for what Python and NumPy take;
FRAMES is a file of NumPy, an array of shape (timesteps, features). One thread, one word at a time.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gru_course.course.checked import whole
from gru_course.export.reader import Floats, Step, read_all

FORMS = ("nothing", "c", "litert", "onnx", "keras")
ONE_THREAD = {
    name: "1"
    for name in (
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
        *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    )
}


@dataclass(frozen=True)
class Alone:
    """What a form takes in a process of its own.

    Parameters
    ----------
    milliseconds : float
        Median time of a frame.
    megabytes : float
        The most memory that the process held.
    """

    milliseconds: float
    megabytes: float


def measured_alone(form: str, file: Path, frames: Path, units: int, repeats: int = 50) -> Alone:
    """Start a process that does nothing but read the frames again and again.

    Parameters
    ----------
    form : str
        One of `FORMS`.
    file : pathlib.Path
        What it reads from: a file of ONNX, LiteRT or Keras, or a compiled library.
    frames : pathlib.Path
        An array of frames, shape (timesteps, features), as ``numpy.save`` writes it.
    units : int
        Numbers in the state.
    repeats : int
        How often it reads all of them; the first time does not count.

    Returns
    -------
    Alone

    Raises
    ------
    ValueError
        If the form is unknown, or `units` or `repeats` is no number from 1 up.
    RuntimeError
        If the process failed; the text is what it said last.
    """
    if form not in FORMS:
        raise ValueError(f"the form {form!r} is unknown; there are {', '.join(FORMS)}")
    whole(units, "units")
    whole(repeats, "repeats")
    command = [sys.executable, "-m", "gru_course.export.alone"]
    done = subprocess.run(
        [*command, form, str(file), str(frames), str(units), str(repeats)],
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        raise RuntimeError(f"the form {form} did not run alone; it said: {last[0]}")
    return Alone(**json.loads(done.stdout.splitlines()[-1]))


def step_of(form: str, file: Path) -> Step:
    """Return one step of a form, importing only what it needs.

    Parameters
    ----------
    form : str
        One of `FORMS` but "nothing".
    file : pathlib.Path
        As for `measured_alone`.

    Returns
    -------
    callable
        A `gru_course.export.reader.Step`.

    Raises
    ------
    ValueError
        If the form is unknown.
    """
    match form:
        case "c":
            from gru_course.export.c_form import c_step

            return c_step(file)
        case "litert":
            from gru_course.export.litert import litert_step

            return litert_step(file.read_bytes())
        case "onnx":
            from gru_course.export.onnx_form import onnx_step

            return onnx_step(file.read_bytes())
        case "keras":
            from gru_course.export.reader import keras_step
            from gru_course.layers.backend import keras

            return keras_step(keras.models.load_model(file))
    raise ValueError(f"the form {form!r} is unknown; there are {', '.join(FORMS)}")


def _median(step: Step, frames: Floats, units: int, repeats: int) -> float:
    """Return the median of the milliseconds that one frame takes; the first pass warms up."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        read_all(step, frames, np.zeros(units, dtype=np.float32))
        times.append((time.perf_counter() - start) / len(frames))
    return 1000 * float(np.median(times[1:]))


def _megabytes() -> float:
    """Return the most memory that this process held."""
    status = Path("/proc/self/status")  # on Linux, as ru_maxrss counts the parent as well there
    if status.exists():
        return int(re.findall(r"^VmHWM:\s+(\d+) kB$", status.read_text(), re.MULTILINE)[0]) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on macOS


def main(form: str, file: str, frames: str, units: str, repeats: str) -> None:
    """Measure in this process, and print what was measured as JSON."""
    took = 0.0
    read = np.load(frames, allow_pickle=False)
    if form != "nothing":
        took = _median(step_of(form, Path(file)), read, int(units), int(repeats))
    print(json.dumps({"milliseconds": took, "megabytes": _megabytes()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
