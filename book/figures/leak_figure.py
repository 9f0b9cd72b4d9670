"""The state at rest of the live figure "Leaking windows", for pages without scripts."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from mulberry import random

from gru_course.course.style import OTHER, PAGE_WIDTH, STATE, UPDATE_GATE
from gru_course.data.series import series_windows

LENGTH, TEST = 24, 1 / 3
HISTORY, HORIZON = 5, 1


def shuffled(values: list[int]) -> list[int]:
    """Mix as the page does (Fisher and Yates)."""
    order, draws = list(values), random(1, len(values))
    for i in range(len(order) - 1, 0, -1):
        j = draws[i] % (i + 1)
        order[i], order[j] = order[j], order[i]
    return order


def split(history: int, horizon: int, how: str) -> tuple[list[int], list[int]]:
    """Give the origins of the windows for training and for the test."""
    values, border = np.zeros((LENGTH, 1)), LENGTH - round(TEST * LENGTH)

    def origins(start: int, stop: int) -> list[int]:
        found: list[int] = series_windows(values, history, horizon, start, stop).origins.tolist()
        return found

    if how == "time":
        return origins(0, border), origins(border, LENGTH)
    every = origins(0, LENGTH)
    tests = int(TEST * len(every) + 0.5)
    test = every[-tests:] if how == "order" else sorted(shuffled(every)[:tests])
    return [origin for origin in every if origin not in test], test


def leaked(history: int, horizon: int, how: str) -> tuple[list[int], list[int]]:
    """Give the places of the values that the test asks for, and those that the training holds."""
    train, test = split(history, horizon, how)
    asked = sorted({origin + i for origin in test for i in range(horizon)})
    held = {origin + i for origin in train for i in range(-history, horizon)}
    return asked, sorted(held & set(asked))


def draw_leaking_windows() -> Figure:
    """Draw the windows, one in each row, and mark the answers of the test that were seen."""
    train, test = split(HISTORY, HORIZON, "shuffled")
    _, seen = leaked(HISTORY, HORIZON, "shuffled")
    figure, ax = plt.subplots(figsize=(PAGE_WIDTH, 3.6))
    for row, origin in enumerate(sorted(train + test)):
        for step in range(origin - HISTORY, origin + HORIZON):
            color = OTHER if origin in test else UPDATE_GATE
            face = color if step >= origin else "none"
            style = "--" if origin in test else "-"
            box = (step + 0.06, row + 0.12), 0.88, 0.76
            ax.add_patch(Rectangle(*box, facecolor=face, edgecolor=color, linestyle=style))
        if origin in test and origin in seen:
            ax.plot(origin + 0.5, row + 0.5, "x", color=STATE, mew=2)
    ax.set(xlim=(0, LENGTH), ylim=(len(train + test), 0), xlabel="step", yticks=[])
    ax.set_xticks(np.arange(0, LENGTH, 4) + 0.5, [str(step + 1) for step in range(0, LENGTH, 4)])
    ax.set_ylabel("a window in each row")
    ax.grid(False)
    return figure
