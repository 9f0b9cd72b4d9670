"""The stored measurements of simple RNN, LSTM and GRU: their names, and ratios of times."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gru_course.stats.statistics import Interval, ratio_of_medians

NAMES = {
    "rnn": "simple RNN",
    "gru_reset_before": "GRU, reset before",
    "gru": "GRU",
    "lstm": "LSTM",
}
"""Cells whose parameters and operations are counted."""

SETTINGS = {
    "gru_reset_before": "GRU, reset_after=False",
    "gru_recurrent_dropout": "GRU, recurrent_dropout=0.2",
    "lstm": "LSTM",
    "lstm_recurrent_dropout": "LSTM, recurrent_dropout=0.2",
}
"""Layers that were timed beside a default GRU."""

TASKS = {
    "digits_all": "digits, 1,000 images",
    "digits_small": "digits, 200 images",
    "reviews_all": "reviews, 5,000",
}
MODELS = {
    "rnn": "simple RNN",
    "rnn_matched": "simple RNN, wider",
    "gru": "GRU",
    "gru_matched": "GRU, wider",
    "lstm": "LSTM",
}
"""Models whose accuracies were compared."""


def shown(interval: Iterable[float], digits: int = 2) -> str:
    """Write an estimate with its interval.

    Examples
    --------
    >>> shown((0.75, 0.7, 0.8))
    '0.75 (0.70 to 0.80)'
    """
    estimate, low, high = (f"{value:.{digits}f}" for value in interval)
    return f"{estimate} ({low} to {high})"


def points(
    grid: Iterable[Mapping[str, Any]], *, xla: bool, **fixed: int
) -> list[Mapping[str, Any]]:
    """Choose the points of a grid of timings.

    Examples
    --------
    >>> points([{"xla": True, "units": 64}, {"xla": False, "units": 64}], xla=True, units=64)
    [{'xla': True, 'units': 64}]
    """
    wanted = {"xla": xla, **fixed}
    return [point for point in grid if all(point[k] == v for k, v in wanted.items())]


def time_ratios(
    chosen: Iterable[Mapping[str, Any]], model: str, *, kind: str = "train", other: str = "lstm"
) -> dict[str, Interval]:
    """Divide the times of a model by those of another, at each of some points.

    Parameters
    ----------
    chosen : iterable of mapping
        Points of the grid.
    model, other : str
    kind : str
        ``"train"`` for an update, ``"forward"`` for a forward pass.

    Returns
    -------
    dict
        What the point is, in two lines, to the ratio of the medians.
    """
    return {
        f"{p['units']} units,\n{p['timesteps']} steps, batch {p['batch']}": ratio_of_medians(
            p[kind][model], p[kind][other]
        )
        for p in chosen
    }


def xla_ratios(
    timed: Iterable[Mapping[str, Any]], models: Iterable[str], *, other: str
) -> dict[str, list[Interval]]:
    """Divide the times of an update by those of another model, with XLA and without.

    Parameters
    ----------
    timed : iterable of mapping
        The times with XLA and those without.
    models : iterable of str
    other : str
        The model to divide by.

    Returns
    -------
    dict
        Name of a model to the two ratios of the medians.
    """
    samples = {point["xla"]: point["train"] for point in timed}
    return {
        model: [ratio_of_medians(samples[x][model], samples[x][other]) for x in (True, False)]
        for model in models
    }


def ratio_over_starts(
    starts: Sequence[Mapping[str, Mapping[str, float]]], model: str, kind: str
) -> tuple[float, float, float]:
    """Divide the time of a model by that of the LSTM in each of several fresh processes.

    Returns
    -------
    tuple of float
        The median, the least and the greatest of the ratios.

    Examples
    --------
    >>> starts = [{"train": {"gru": 3.0, "lstm": 4.0}}, {"train": {"gru": 2.0, "lstm": 2.0}}]
    >>> ratio_over_starts(starts, "gru", "train")
    (0.875, 0.75, 1.0)
    """
    ratios = [start[kind][model] / start[kind]["lstm"] for start in starts]
    return float(np.median(ratios)), min(ratios), max(ratios)
