"""Notebooks that students might hand in."""

import json

from grading import grade_all
from sandbox import Limits
from submissions import find_submissions

SETUP = """import numpy as np
from gru_course.exercises import check, given, hint
from gru_course.cells import logistic"""
RIGHT = """def gru_step(x, h, kernel, recurrent_kernel, bias):
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3, axis=1)
    h_z, h_r, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
    z = logistic(x_z + h_z)
    r = logistic(x_r + h_r)
    return z * h + (1 - z) * np.tanh(x_h + r * h_h)"""
SWAPPED = RIGHT.replace("z * h + (1 - z)", "(1 - z) * h + z")
HALF_LIFE = """half_life = given("1.2", seed=7)
z = 0.5 ** (1 / half_life)
update_bias = np.log(z / (1 - z))"""
LATCH = """def adding_latch():
    kernel = np.array([[0.0, 0.0, 2.0], [-20.0, 0.0, 0.0]])
    bias = np.array([[10.0, 10.0, 0.0], [0.0, 0.0, 0.0]])
    return kernel, np.array([[0.0, 0.0, 0.5]]), bias"""
QUICK = Limits(seconds=5, wall=15)


def cell(source, grade_id=None):
    metadata = {"nbgrader": {"grade_id": grade_id, "solution": True}} if grade_id else {}
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}


def notebook(*cells, setup=SETUP):
    """Return a notebook; a cell is its source, or source and ``grade_id``."""
    made = [cell(setup), *(cell(c) if isinstance(c, str) else cell(*c) for c in cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def hand_in(folder, **notebooks):
    for name, content in notebooks.items():
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.ipynb").write_text(content)
    return folder


def grade(folder, numbers=("1.1",), limits=QUICK, results=None, **options):
    results = results or folder.with_name(f"{folder.name}-results")
    found = find_submissions(folder)
    options = {"seed": "test", "say": lambda _: None, **options}
    return {one.place: one for one in grade_all(found, numbers, results, limits=limits, **options)}
