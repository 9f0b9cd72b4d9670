"""The state at rest of the live figure "A GRU reads your review", for pages without scripts."""

import json
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from page_arrays import read_arrays

from gru_course.cells import GRUWeights, run
from gru_course.cells.layout import logistic
from gru_course.course.style import OTHER, PAGE_WIDTH, STATE, UPDATE_GATE
from gru_course.data.tokenise import START, Vocabulary, tokenise

STUDY = Path(__file__).resolve().parents[2] / "studies" / "review_reader.json"
TEXT = "The beginning is slow and the jokes are old, but the last hour is superb and very moving."


class Reading:
    """The weights of the page, read in NumPy.

    Parameters
    ----------
    study : pathlib.Path
        What ``studies/review_reader.py`` has stored.
    """

    def __init__(self, study: Path = STUDY) -> None:
        found = json.loads(study.read_text(encoding="utf-8"))["results"]
        arrays = read_arrays(study.with_suffix(".npz"), found["training"]["weights"])
        words = arrays.pop("words").tobytes().decode().split("\n")
        self.about = json.loads(arrays.pop("about").tobytes())
        self.vocabulary = Vocabulary(tuple(words))
        self.weights = {name: np.asarray(array, dtype=float) for name, array in arrays.items()}
        names = ("kernel", "recurrentKernel", "bias")
        self.gru = GRUWeights(*(self.weights[name] for name in names))

    def ids(self, text: str) -> np.ndarray:
        """Encode a text: the start, and the words that are known, at most the last that fit."""
        window: int = self.about["window"]
        return self.vocabulary.encode(text)[-window:]

    def read(self, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Compute logits, update gates and states of all steps."""
        trace = run(self.weights["vectors"][ids][np.newaxis], self.gru)
        hidden = trace.hidden[0]
        logits = hidden @ self.weights["outputKernel"][:, 0] + self.weights["outputBias"][0]
        return logits, np.array([step.update_gate[0] for step in trace.steps]), hidden

    def effects(self, ids: np.ndarray) -> np.ndarray:
        """Compute by how much the last logit falls without each of the steps."""
        last = float(self.read(ids)[0][-1])
        without = [self.read(np.delete(ids, n))[0][-1] for n in range(len(ids)) if len(ids) > 1]
        falls: np.ndarray = last - np.array(without)
        return falls

    def score(self, logits: np.ndarray) -> np.ndarray:
        """Turn logits into scores, at the temperature of the page."""
        return logistic(logits / self.about["temperature"])


def draw_review_reader() -> Figure:
    """Draw the score after each word, the mean update gate, and what each word adds."""
    reading = Reading()
    ids = reading.ids(TEXT)
    assert ids[0] == START
    assert len(ids) == 1 + len(tokenise(TEXT))
    logits, gates, _ = reading.read(ids)
    score, effects = reading.score(logits)[1:], reading.effects(ids)[1:]
    steps = np.arange(1, len(ids))
    figure, axes = plt.subplots(
        3, 1, figsize=(PAGE_WIDTH, 5.2), sharex=True, height_ratios=(2, 0.9, 1.4)
    )
    sure = reading.about["confidence"]
    axes[0].axhspan(1 - sure, sure, color="0.9")
    axes[0].plot(steps, score, "o-", color=STATE)
    axes[0].set(ylabel="score", ylim=(-0.05, 1.05))
    axes[1].bar(steps, gates[1:].mean(axis=1), color=UPDATE_GATE, width=0.7)
    axes[1].set(ylabel="mean z", ylim=(0, 1))
    colors = [UPDATE_GATE if effect > 0 else OTHER for effect in effects]
    axes[2].bar(steps, effects, color=colors, width=0.7)
    axes[2].axhline(0, color=STATE, linewidth=0.8)
    axes[2].set(ylabel="adds to\nthe logit", xlim=(0.3, len(steps) + 0.7))
    axes[2].set_xticks(steps, tokenise(TEXT), rotation=90)
    return figure
