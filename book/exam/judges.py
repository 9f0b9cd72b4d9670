"""How the answers to the questions of the examination are judged."""

import numpy as np

from gru_course.exercises.exercise import Task
from gru_course.exercises.judging import Mistake, compared

LEFT = compared(
    np.prod,
    [
        Mistake("added", lambda gates: 1 - np.sum(1 - gates), "You add up what the steps lose."),
        Mistake("last", lambda gates: gates[-1], "That is what the last step alone leaves."),
    ],
)

TASKS = [
    Task("90.1", "left", True, lambda rng: [(rng.uniform(0.5, 1, n),) for n in (3, 5, 8)], LEFT),
]
