"""Scores of the unusual: errors of a model, a moving Gaussian, a shape that does not fit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.anomalies.model import forecaster
from gru_course.apps.anomalies.nab import NabResult, Stream, best_threshold, nab_score, probation
from gru_course.course.checked import finite, measured, negligible, rounding, whole, with_squares
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import check_weights

FloatArray = NDArray[np.float64]
LONG = 2000
"""Over how many values before each one the usual level and spread are taken."""


def filled(values: FloatArray) -> FloatArray:
    """Return a series in which each missing value repeats the last one before it.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN where a value is missing.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ValueError
        If the first value is missing, which has none before it, or one is infinite.

    Examples
    --------
    >>> filled(np.array([1.0, np.nan, np.nan, 4.0])).tolist()
    [1.0, 1.0, 1.0, 4.0]
    """
    values = _row(measured(values, "the values"))
    if len(values) and np.isnan(values[0]):
        missing = int(np.argmin(np.append(np.isnan(values), False)))
        raise ValueError(
            f"the first {missing} of {len(values)} values are missing, and none is before them to "
            "repeat; begin the series, and what belongs to it, after them"
        )
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

    Raises
    ------
    ValueError
        If a value is not finite or too large to be squared, all are too small for it, or the width
        is below 1.

    Examples
    --------
    >>> mean, _ = trailing(np.array([1.0, 3.0, 5.0]), 2)
    >>> mean.tolist()
    [0.0, 1.0, 2.0]
    """
    values = _row(with_squares(values, "the values"))
    whole(width, "width")
    mean, deviation = np.zeros(len(values)), np.ones(len(values))
    # Window by window: running sums would keep the rounding of the largest value for ever.
    for place in range(1, len(values)):
        past = values[max(place - width, 0) : place]
        mean[place], deviation[place] = past.mean(), past.std()
    return mean, deviation


def _row(values: FloatArray) -> FloatArray:
    """Return one row of floats."""
    if values.ndim != 1:
        raise ValueError(f"the values have the shape {values.shape}; expected one row, (n,)")
    return np.asarray(values, np.float64)


def moving_gaussian(values: FloatArray, width: int = LONG) -> FloatArray:
    """Return how many deviations each value lies from the mean of those before it.

    The baseline of the benchmark: no model but the level and the spread of the recent past. After
    equal values the rounding of numbers so large is the deviation, so that another value lies very
    many of them away, and the same value none or a few.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    width : int
        How many values before each one are looked at.

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ValueError
        As `trailing`.

    Examples
    --------
    >>> float(moving_gaussian(np.array([1.0, 3.0, 1.0, 3.0, 9.0]))[-1])
    7.0
    """
    mean, deviation = trailing(values, width)
    equal = deviation <= rounding(mean)
    deviation[equal] = rounding(np.maximum(np.abs(mean), np.abs(values)))[equal]
    return np.abs(values - mean) / deviation


def train_on_series(
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

    Raises
    ------
    ValueError
        If a value is not finite, or the start is shorter than `history` and one more, or all equal.
    Diverged
        If the training ends with weights that are no numbers.
    """
    values = _row(with_squares(values, "the values"))
    start = values[: probation(len(values))]
    for name, count in (("history", history), ("epochs", epochs), ("units", units)):
        whole(count, name)
    if history >= len(start):
        raise ValueError(
            f"the start of the {len(values)} values, of which nothing counts, holds {len(start)}; "
            f"history is {history}, expected fewer than that"
        )
    if negligible(np.ptp(start), start):
        raise ValueError(
            f"the first {len(start)} values are all {start[0]}, so there is nothing to learn and "
            "no deviation to measure in; begin the series where it moves"
        )
    mean, deviation = float(start.mean()), float(start.std())
    x = np.lib.stride_tricks.sliding_window_view((start - mean) / deviation, history + 1)
    x = x.astype("float32")
    model = forecaster(history, units)
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(x) // 32))
    model.compile(keras.optimizers.Adam(rate), "mae", jit_compile=True)
    change = x[:, -1:] - x[:, -2:-1]
    model.fit(x[:, :-1, None], change, batch_size=32, epochs=epochs, callbacks=fit_bar(), verbose=0)
    check_weights(model)
    return model, mean, deviation


def forecast_errors(
    model: keras.Model, values: FloatArray, mean: float, deviation: float
) -> FloatArray:
    """Return the absolute error of each one-step forecast, in units of `deviation`.

    Parameters
    ----------
    model : keras.Model
        From `train_on_series`.
    values : ndarray of float, shape (n,)
        Without gaps.
    mean, deviation : float
        Those by which the model's input is scaled.

    Returns
    -------
    ndarray, shape (n,)
        0 for the first values, which have no full history.

    Raises
    ------
    ValueError
        If a value is not finite, or there are no more than the model reads, or mean or deviation
        is none.
    """
    values, history = _row(finite(values, "the values")), model.input_shape[1]
    if not (np.isfinite(mean) and 0 < deviation < np.inf):
        raise ValueError(
            f"the mean is {mean} and the deviation {deviation}; expected finite numbers, the "
            "second above 0, as train_on_series() returns them"
        )
    if len(values) <= history:
        raise ValueError(f"{len(values)} values; expected more than the {history} the model reads")
    with np.errstate(over="ignore"):
        scaled = ((values - mean) / deviation).astype("float32")
    finite(scaled, "the scaled values", what_to_do="They are too far from the start.")
    x = np.lib.stride_tricks.sliding_window_view(scaled, history + 1)
    said = model.predict(x[:, :-1, None], batch_size=2000, verbose=0)[:, 0]
    errors = np.zeros(len(values))
    errors[history:] = np.abs(x[:, -1] - x[:, -2] - said)
    return finite(errors, "the errors", what_to_do=_WEIGHTS)


_WEIGHTS = "Look at the model's weights."


def train_on_beats(model: keras.Model, beats: NDArray[np.float32], epochs: int = 150) -> None:
    """Train an autoencoder of sequences, in place.

    Parameters
    ----------
    model : keras.Model
        From :func:`~gru_course.apps.anomalies.model.autoencoder`.
    beats : ndarray of float32, shape (n, timesteps)
        Normal ones only; each is both input and target.
    epochs : int
        Passes over them.

    Raises
    ------
    ValueError
        If a value is not finite, or there is no sequence.
    Diverged
        If the training ends with weights that are no numbers.
    """
    whole(epochs, "epochs")
    x = _rows(beats)[..., None]
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(x) // 16))
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), "mse", jit_compile=True)
    model.fit(x, x, batch_size=16, epochs=epochs, callbacks=fit_bar(), verbose=0)
    check_weights(model)


def misfit(model: keras.Model, beats: NDArray[np.float32]) -> FloatArray:
    """Return the mean squared error of each rebuilt sequence.

    Parameters
    ----------
    model : keras.Model
        An autoencoder, trained by `train_on_beats`.
    beats : ndarray of float32, shape (n, timesteps)

    Returns
    -------
    ndarray of float64, shape (n,)

    Raises
    ------
    ValueError
        If a value or an error is not finite, or there is no sequence.
    """
    beats = _rows(beats)
    rebuilt = model.predict(beats[..., None], verbose=0)[..., 0]
    errors = np.asarray(((beats - rebuilt) ** 2).mean(axis=1), dtype=np.float64)
    return finite(errors, "the errors", what_to_do=_WEIGHTS)


def _rows(beats: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sequences of floats that a network can read."""
    beats = finite(beats, "the sequences")
    if beats.ndim != 2 or not beats.size:
        raise ValueError(
            f"sequences of the shape {beats.shape}; expected (n, timesteps), n above 0"
        )
    with np.errstate(over="ignore"):
        short = finite(beats.astype(np.float32), "the sequences", what_to_do="Scale them first.")
    return beats if beats.dtype.kind == "f" else short


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

    Parameters
    ----------
    results : sequence of NabResult

    Returns
    -------
    float
        The mean of the scores, weighted by the numbers of anomalies.

    Raises
    ------
    ValueError
        If there is no anomaly at all, or a score is not finite.

    Examples
    --------
    >>> together([NabResult(100.0, 1, 1, 1, 0), NabResult(0.0, 1, 0, 3, 0)])
    25.0
    """
    weights = [result.anomalies for result in results]
    if not sum(weights):
        raise ValueError(f"{len(weights)} results without an anomaly; expected at least one")
    scores = finite([result.score for result in results], "the scores")
    return float(np.average(scores, weights=weights))
