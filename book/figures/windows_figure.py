"""The state at rest of the live figure "Data into windows", for pages without scripts."""

from matplotlib.figure import Figure
from shapes import FADED_TEXT, box, canvas, label

from gru_course.course.style import INPUT

REVIEWS = ("slow at first but in the end superb", "not good")
WINDOW = 5
WIDTH, STEP = 5.2, 0.86


def draw_data_into_windows() -> Figure:
    """Draw two reviews above the rows that they become, padded and cut in front."""
    figure, ax = canvas(WIDTH, 2.75)
    for row, review in enumerate(REVIEWS):
        words = review.split()
        cut = max(0, len(words) - WINDOW)
        top = 2.55 - 1.0 * row
        name = f"review {row + 1}: {len(words)} words"
        label(ax, (0.1, top), name, size=10.5, align="left", weight="bold")
        if cut:
            gone = f"cut in front: {' '.join(words[:cut])}"
            label(ax, (5.1, top), gone, FADED_TEXT, 10.5, align="right")
        kept: list[str | None] = list(words[cut:])
        for step, word in enumerate([None] * (WINDOW - len(kept)) + kept):
            place = (0.88 + STEP * step, top - 0.42)
            color, style = (FADED_TEXT, (0, (3, 2))) if word is None else (INPUT, "-")
            box(ax, place, (STEP - 0.08, 0.36), word or "0", color, linestyle=style, rounding=0.04)
    for step in range(WINDOW):
        label(ax, (0.88 + STEP * step, 0.4), f"step {step + 1}", FADED_TEXT, 10)
    label(ax, (2.6, 0.12), "an array of shape (2, 5); 0 is filler", size=10.5)
    return figure
