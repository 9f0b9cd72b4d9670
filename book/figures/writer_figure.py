"""The state at rest of the live figure "It writes", for pages without scripts."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from page_arrays import read_arrays

from gru_course.apps.characters.sampling import heated, top_p
from gru_course.cells import GRUWeights
from gru_course.cells.gru import gru_step
from gru_course.course.mulberry import Mulberry32
from gru_course.course.style import PAGE_WIDTH, STATE, UPDATE_GATE

STUDY = Path(__file__).resolve().parents[2] / "studies" / "character_writer.json"
BEGINNING, TEMPERATURE, SEED, COUNT = "ROMEO:\n", 0.8, 1, 120
BARS, LINE = 8, 44


class Written(NamedTuple):
    """A text that was written, and how each of its characters came about.

    Parameters
    ----------
    ids : list of int
    logits : numpy.ndarray, shape (count, characters)
    drawn : numpy.ndarray, shape (count, characters)
        What each was drawn from.
    states : numpy.ndarray, shape (count, units)
        After each was read.
    update_gate : numpy.ndarray, shape (count, units)
        While each was read.
    """

    ids: list[int]
    logits: np.ndarray
    drawn: np.ndarray
    states: np.ndarray
    update_gate: np.ndarray


class Writer:
    """The weights of the page, in NumPy.

    Parameters
    ----------
    study : pathlib.Path
        What ``studies/character_writer.py`` has stored.
    """

    def __init__(self, study: Path = STUDY) -> None:
        found = json.loads(study.read_text(encoding="utf-8"))["results"]
        arrays = read_arrays(study.with_suffix(".npz"), found["training"]["weights"])
        self.characters = "\N{REPLACEMENT CHARACTER}" + arrays.pop("characters").tobytes().decode()
        self.weights = {name: np.asarray(array, dtype=float) for name, array in arrays.items()}
        names = ("kernel", "recurrentKernel", "bias")
        self.gru = GRUWeights(*(self.weights[name] for name in names))

    def ids(self, text: str) -> list[int]:
        """Encode a text of characters that the model knows."""
        return [self.characters.index(character) for character in text]

    def text(self, ids: list[int]) -> str:
        """Decode it again."""
        return "".join(self.characters[number] for number in ids)

    def logits(self, state: np.ndarray) -> np.ndarray:
        """Compute the scores of the next character."""
        scores: np.ndarray = state @ self.weights["outputKernel"] + self.weights["outputBias"]
        return scores

    def write(
        self, beginning: list[int], count: int, seed: int, temperature: float = 1.0, p: float = 1.0
    ) -> Written:
        """Go on from a beginning, with the random numbers of the page."""
        rng = Mulberry32(seed)
        state: np.ndarray = np.zeros((1, self.gru.units))
        for number in beginning:
            state = gru_step(self.weights["vectors"][[number]], state, self.gru).hidden_state
        ids, logits, drawn, states, gates = [], [], [], [], []
        for _ in range(count):
            logits.append(self.logits(state[0]))
            drawn.append(top_p(heated(logits[-1], temperature), p))
            ids.append(rng.choice(len(self.characters), drawn[-1]))
            step = gru_step(self.weights["vectors"][[ids[-1]]], state, self.gru)
            state = step.hidden_state
            states.append(state[0])
            gates.append(step.update_gate[0])
        return Written(ids, *(np.array(part) for part in (logits, drawn, states, gates)))


def shown(character: str) -> str:
    """Give a sign for a character that shows nothing."""
    return {"\n": "↵", " ": "␣"}.get(character, character)


def draw_it_writes() -> Figure:
    """Draw the text, and what its first character was drawn from."""
    writer = Writer()
    found = writer.write(writer.ids(BEGINNING), COUNT, SEED, TEMPERATURE)
    said, drawn = heated(found.logits[0], 1.0), found.drawn[0]
    likeliest = np.argsort(-drawn, kind="stable")[:BARS]
    text = BEGINNING + writer.text(found.ids)
    lines = [line[i : i + LINE] for line in text.split("\n") for i in range(0, len(line), LINE)]
    figure, (page, bars) = plt.subplots(2, 1, figsize=(PAGE_WIDTH, 3.6), height_ratios=(0.6, 1.3))
    page.axis("off")
    page.text(0, 1, "\n".join(lines), va="top", family="DejaVu Sans Mono", transform=page.transAxes)
    places = np.arange(BARS)
    bars.bar(places - 0.2, said[likeliest], 0.38, fill=False, edgecolor=STATE, label="model says")
    bars.bar(places + 0.2, drawn[likeliest], 0.38, color=UPDATE_GATE, label="drawn from")
    bars.set_xticks(places, [shown(writer.characters[number]) for number in likeliest])
    bars.set(ylabel="probability", xlabel="first character, the likeliest first")
    bars.grid(axis="x", visible=False)
    bars.legend()
    return figure
