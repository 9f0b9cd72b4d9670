"""The state at rest of the live figure "It plays", for pages without scripts."""

import json
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from mulberry import random
from numpy.typing import NDArray
from page_arrays import read_arrays

from gru_course.apps.chorales.plots import pitch_name
from gru_course.apps.chorales.rolls import KEYS, Roll, to_roll
from gru_course.cells import GRUWeights, run
from gru_course.cells.layout import logistic
from gru_course.course.style import OTHER, PAGE_WIDTH, STATE

STUDY = Path(__file__).resolve().parents[2] / "studies" / "chorale_player.json"
OPENING = (
    (72, 64, 55, 48),
    (71, 62, 55, 43),
    (72, 60, 52, 45),
    (74, 62, 55, 47),
    (76, 67, 55, 48),
    (74, 65, 57, 53),
    (74, 62, 59, 55),
    (72, 64, 60, 48),
)
"""Two bars of our own, in C major: the pitches of four voices at each beat."""
BEATS, SEED, TEMPERATURE = 24, 1, 1.0
LOW, HIGH = 36, 84

Floats = NDArray[np.float64]


class Player:
    """The weights of the page, used in NumPy.

    Parameters
    ----------
    study : pathlib.Path
        What ``studies/chorale_player.py`` has stored.
    """

    def __init__(self, study: Path = STUDY) -> None:
        found = json.loads(study.read_text(encoding="utf-8"))["results"]
        arrays = read_arrays(study.with_suffix(".npz"), found["training"]["weights"])
        self.about = json.loads(arrays.pop("about").tobytes())
        self.weights = {name: array.astype(np.float64) for name, array in arrays.items()}
        names = ("kernel", "recurrentKernel", "bias")
        self.gru = GRUWeights(*(self.weights[name] for name in names))

    def roll(self, chords: tuple[tuple[int, ...], ...] = OPENING) -> Roll:
        """Write sung pitches as a roll of the model; 0 is a rest."""
        shift = self.about["shift"]
        return to_roll([[pitch - shift for pitch in chord if pitch] for chord in chords])

    def expected(self, roll: Roll) -> Floats:
        """Compute the logits of the keys after each beat, shape (beats, 88)."""
        hidden = run(roll[np.newaxis].astype(float), self.gru).hidden[0]
        logits: Floats = hidden @ self.weights["outputKernel"] + self.weights["outputBias"]
        return logits

    def continued(self, opening: Roll, beats: int, seed: int, temperature: float) -> Roll:
        """Continue a piece with the random numbers of the page."""
        roll = np.asarray(opening, dtype=bool)
        draws = np.array(random(seed, (beats - len(roll)) * KEYS)).reshape(-1, KEYS) / 2**32
        for draw in draws:
            logits = self.expected(roll)[-1]
            roll = np.vstack([roll, draw < logistic(logits / temperature)])
        return roll


def surprise(logits: Floats, roll: Roll) -> Floats:
    """Return minus the log-likelihood of each chord from the second on, in nats."""
    expected = logits[:-1]
    each: Floats = np.logaddexp(0, expected) - roll[1:] * expected
    total: Floats = each.sum(axis=1)
    return total


def draw_chorale_player() -> Figure:
    """Draw what was given and drawn, how probable each key was, and each chord's surprise."""
    player = Player()
    opening = player.roll()
    roll = player.continued(opening, BEATS, SEED, TEMPERATURE)
    logits = player.expected(roll)
    first = LOW - player.about["shift"] - player.about["lowest"]
    sight = slice(first, first + HIGH - LOW)
    chances = logistic(logits[:-1] / TEMPERATURE)[:, sight]
    figure, axes = plt.subplots(2, 1, figsize=(PAGE_WIDTH, 5.2), sharex=True, height_ratios=(4, 1))
    axes[0].imshow(
        chances.T,
        aspect="auto",
        origin="lower",
        cmap="Blues",
        vmin=0,
        vmax=1,
        extent=(1.5, BEATS + 0.5, LOW, HIGH),
    )
    for beat, chord in enumerate(roll[:, sight], start=1):
        for key in np.flatnonzero(chord).tolist():
            color = STATE if beat <= len(opening) else OTHER
            axes[0].add_patch(
                Rectangle((beat - 0.5, LOW + key), 1, 1, fill=False, edgecolor=color, linewidth=1.5)
            )
    axes[0].grid(False)
    octaves = range(LOW, HIGH, 12)
    axes[0].set(ylim=(LOW, HIGH), xlim=(0.5, BEATS + 0.5), ylabel="key")
    axes[0].set_yticks([pitch + 0.5 for pitch in octaves], [pitch_name(p) for p in octaves])
    axes[1].bar(np.arange(2, BEATS + 1), surprise(logits, roll), color=OTHER, width=0.7)
    axes[1].set(xlabel="beat", ylabel="surprise", xticks=range(1, BEATS + 1, 4))
    return figure
