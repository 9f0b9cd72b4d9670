"""Scores of the unusual: errors of a model, a moving Gaussian, a shape that does not fit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gru_course.analysis.nab import NabResult, Stream, best_threshold, nab_score, probation
from gru_course.backend import keras
from gru_course.models.detectors import forecaster
from gru_course.progress import fit_bar

FloatArray = NDArray[np.float64]
LONG = 2000
"""Over how many values before each one the usual level and spread are taken."""


def filled(values: FloatArray) -> FloatArray:
    """Return a series in which each missing value repeats the last one before it.

    Examples
    --------
    >>> filled(np.array([1.0, np.nan, np.nan, 4.0])).tolist()
    [1.0, 1.0, 1.0, 4.0]
    """
    places = np.where(np.isnan(values), 0, np.arange(len(values)))
    return values[np.maximum.accumulate(places)]


def trailing(values: FloatArray, width: int) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of the values *before* each one.

    Parameters
    ----------
    values : ndarray, shape (n,)
    width : int
        How many values back, fewer at the start.

    Returns
    -------
    tuple of ndarray, each of shape (n,)
        At the first value 0 and 1: nothing is known there.

    Examples
    --------
    >>> mean, _ = trailing(np.array([1.0, 3.0, 5.0]), 2)
    >>> mean.tolist()
    [0.0, 1.0, 2.0]
    """
    n = len(values)
    sums, squares = (np.concatenate([[0.0], np.cumsum(v)]) for v in (values, values**2))
    ends = np.arange(n)
    starts = np.maximum(ends - width, 0)
    count = np.maximum(ends - starts, 1)
    mean = (sums[ends] - sums[starts]) / count
    variance = (squares[ends] - squares[starts]) / count - mean**2
    deviation = np.sqrt(np.maximum(variance, 1e-12))
    deviation[0] = 1.0
    return mean, deviation


def moving_gaussian(values: FloatArray, width: int = LONG) -> FloatArray:
    """Return how many deviations each value lies from the mean of those before it.

    The baseline of the benchmark: no model but the level and the spread of the recent past.

    Examples
    --------
    >>> float(moving_gaussian(np.array([1.0, 3.0, 1.0, 3.0, 9.0]))[-1])
    7.0
    """
    mean, deviation = trailing(values, width)
    return np.abs(values - mean) / deviation


def learn_forecaster(
    values: FloatArray, history: int = 48, epochs: int = 30, units: int = 32
) -> tuple[keras.Model, float, float]:
    """Train a forecaster on the start of a series, in which nothing counts yet.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Without gaps.
    history : int
        How many values it reads.
    epochs : int
        Passes over the start.
    units : int
        Of the GRU.

    Returns
    -------
    tuple
        The model, and mean and deviation of the start, by which its input is scaled.
    """
    start = values[: probation(len(values))]
    mean, deviation = float(start.mean()), float(start.std())
    x = np.lib.stride_tricks.sliding_window_view((start - mean) / deviation, history + 1)
    x = x.astype("float32")
    model = forecaster(history, units)
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(x) // 32))
    model.compile(keras.optimizers.Adam(rate), "mae", jit_compile=True)
    change = x[:, -1:] - x[:, -2:-1]
    model.fit(x[:, :-1, None], change, batch_size=32, epochs=epochs, callbacks=fit_bar(), verbose=0)
    return model, mean, deviation


def forecast_errors(
    model: keras.Model, values: FloatArray, mean: float, deviation: float
) -> FloatArray:
    """Return the absolute error of each one-step forecast, in units of `deviation`.

    Returns
    -------
    ndarray, shape (n,)
        0 for the first values, which have no full history.
    """
    history = model.input_shape[1]
    scaled = ((values - mean) / deviation).astype("float32")
    x = np.lib.stride_tricks.sliding_window_view(scaled, history + 1)
    said = model.predict(x[:, :-1, None], batch_size=2000, verbose=0)[:, 0]
    errors = np.zeros(len(values))
    errors[history:] = np.abs(x[:, -1] - x[:, -2] - said)
    return errors


def learn_beats(model: keras.Model, beats: NDArray[np.float32], epochs: int = 150) -> None:
    """Train an autoencoder on sequences ``(n, timesteps)``, in place."""
    x = beats[..., None]
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(x) // 16))
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "mse", jit_compile=True)
    model.fit(x, x, batch_size=16, epochs=epochs, callbacks=fit_bar(), verbose=0)


def misfit(model: keras.Model, beats: NDArray[np.float32]) -> FloatArray:
    """Return the mean squared error of each rebuilt sequence, shape ``(n,)``."""
    rebuilt = model.predict(beats[..., None], verbose=0)[..., 0]
    return np.asarray(((beats - rebuilt) ** 2).mean(axis=1), dtype=np.float64)


def held_out_scores(streams: Sequence[Stream]) -> list[NabResult]:
    """Score each stream at the threshold that was best on all the others.

    Parameters
    ----------
    streams : sequence of Stream
        Of one detector, at least two.

    Returns
    -------
    list of NabResult

    Raises
    ------
    ValueError
        If there is one stream only.

    Examples
    --------
    >>> scores = np.zeros(100)
    >>> scores[50] = 1
    >>> [result.score for result in held_out_scores([Stream(scores, [(50, 59)])] * 2)]
    [100.0, 100.0]
    """
    if len(streams) < 2:
        raise ValueError("one stream only; a threshold from the others needs at least two")
    found = []
    for place, stream in enumerate(streams):
        others = [other for number, other in enumerate(streams) if number != place]
        found.append(nab_score([stream], best_threshold(others).threshold))
    return found


def together(results: Sequence[NabResult]) -> float:
    """Return the score of several streams as one: each counts by its anomalies.

    Examples
    --------
    >>> together([NabResult(100.0, 1, 1, 1, 0), NabResult(0.0, 1, 0, 3, 0)])
    25.0
    """
    weights = [result.anomalies for result in results]
    return float(np.average([result.score for result in results], weights=weights))
