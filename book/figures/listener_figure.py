"""The state at rest of the live figure "It listens", for pages without scripts."""

import base64
import io
import json
import re
import wave
from pathlib import Path

import nbformat
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from page_arrays import read_arrays

from gru_course.apps.speech.learn import decide_early
from gru_course.apps.speech.spoken import SpokenWords, joined
from gru_course.apps.speech.voices import word_frames
from gru_course.cells import GRUWeights, run
from gru_course.course.style import OTHER, PAGE_WIDTH, STATE

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "studies" / "digit_listener.json"
LESSON = ROOT / "notebooks" / "22_spoken_digits.ipynb"
PLAYER = re.compile(r'<audio controls aria-label="([^"]*)" src="data:audio/wav;base64,([^"]*)"')

Floats = NDArray[np.float64]


class Listener:
    """The weights of the page, used in NumPy.

    Parameters
    ----------
    study : pathlib.Path
        What ``studies/digit_listener.py`` has stored.
    """

    def __init__(self, study: Path = STUDY) -> None:
        found = json.loads(study.read_text(encoding="utf-8"))["results"]
        arrays = read_arrays(study.with_suffix(".npz"), found["training"]["weights"])
        self.about = json.loads(arrays.pop("about").tobytes())
        self.weights = {name: array.astype(np.float64) for name, array in arrays.items()}
        names = ("kernel", "recurrentKernel", "bias")
        self.gru = GRUWeights(*(self.weights[name] for name in names))

    def frames(self, samples: NDArray[np.floating]) -> NDArray[np.float32]:
        """Cut one recording into frames as the course does, shape (timesteps, bands)."""
        kept = np.round(samples * 2**15).astype(np.int16)
        waveforms, offsets = joined([kept])
        one = np.zeros(1, np.uint8)
        data = SpokenWords(
            "", "quick", self.about["rate"], ("",), ("",), waveforms, offsets, one, one, one
        )
        frames: NDArray[np.float32] = word_frames(data, timesteps=self.about["timesteps"])[0]
        return frames

    def scaled(self, frames: NDArray[np.floating]) -> NDArray[np.floating]:
        """Scale frames as the training frames were."""
        mean, deviation = (self.weights[name] for name in ("mean", "deviation"))
        return (frames - mean) / deviation

    def listen(self, scaled: NDArray[np.floating]) -> tuple[Floats, Floats, Floats]:
        """Compute the logits, update gates and states after each scaled frame."""
        trace = run(np.asarray(scaled, dtype=float)[np.newaxis], self.gru)
        hidden = trace.hidden[0]
        logits = hidden @ self.weights["outputKernel"] + self.weights["outputBias"]
        return logits, np.array([step.update_gate[0] for step in trace.steps]), hidden


def recordings_of_lesson(path: Path = LESSON) -> dict[str, Floats]:
    """Find the recordings that the lesson plays, by their names."""
    found: dict[str, Floats] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            for name, sound in PLAYER.findall(output.get("data", {}).get("text/html", "")):
                with wave.open(io.BytesIO(base64.b64decode(sound))) as file:
                    frames = file.readframes(file.getnframes())
                found[name] = np.frombuffer(frames, "<i2") / 2**15
    return found


def draw_digit_listener() -> Figure:
    """Draw a recording, its frames, and the probability of each digit after each frame."""
    listener = Listener()
    name, samples = next(iter(recordings_of_lesson().items()))
    frames = listener.frames(samples)
    frames = frames[(frames != 0).any(axis=-1)]
    logits = listener.listen(listener.scaled(frames))[0]
    said = np.exp(logits - logits.max(axis=-1, keepdims=True))
    said /= said.sum(axis=-1, keepdims=True)
    threshold, words = listener.about["threshold"], listener.about["words"]
    decision, taken = decide_early(
        np.asarray(said[np.newaxis], dtype="f4"), np.array([len(said)]), threshold
    )
    figure, axes = plt.subplots(
        3, 1, figsize=(PAGE_WIDTH, 5.6), sharex=True, height_ratios=(0.7, 1.3, 2)
    )
    hop = 2 * round(0.01 * listener.about["rate"])
    shown = samples[: len(frames) * hop]
    axes[0].plot(0.5 + np.arange(len(shown)) / hop, shown, color=STATE, linewidth=0.6)
    axes[0].set(title=name, ylabel="sound", yticks=[])
    across = (0.5, len(frames) + 0.5)
    axes[1].imshow(
        frames.T, aspect="auto", origin="lower", cmap="Greys", extent=(*across, 0, frames.shape[1])
    )
    axes[1].set(ylabel="mel band")
    axes[2].imshow(said.T, aspect="auto", cmap="Blues", vmin=0, vmax=1, extent=(*across, 9.5, -0.5))
    axes[2].set(xlabel="frame of 20 ms", ylabel="digit", yticks=range(len(words)))
    axes[2].set_yticklabels(words)
    axes[2].add_patch(
        Rectangle(
            (taken[0] - 0.5, decision[0] - 0.5), 1, 1, fill=False, edgecolor=OTHER, linewidth=2
        )
    )
    axes[2].set_xlim(*across)
    for picture in axes[1:]:
        picture.grid(False)
    return figure
