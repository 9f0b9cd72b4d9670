"""Detectors: they see planted faults, and nothing when there is nothing to see."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from gru_course.analysis.nab import Stream, best_threshold, probation, window_places
from gru_course.backend import keras
from gru_course.data import ECG5000, MACHINE, load
from gru_course.detecting import (
    filled,
    forecast_errors,
    held_out_scores,
    learn_beats,
    learn_forecaster,
    misfit,
    moving_gaussian,
    together,
    trailing,
)
from gru_course.models.detectors import autoencoder
from gru_course.plots.anomalies import beats_rebuilt, series_with_alarms


@pytest.fixture(scope="module")
def beats():
    return load(ECG5000, "quick")


@pytest.fixture(scope="module")
def rebuilt(beats):
    keras.utils.set_random_seed(0)
    model = autoencoder(beats.train.values.shape[1], units=16)
    learn_beats(model, beats.train.values, epochs=25)
    return misfit(model, beats.test.values)


def test_unsound_beats_fit_worse(beats, rebuilt):
    assert roc_auc_score(beats.test.anomalous, rebuilt) > 0.9


def test_shuffled_labels_are_at_chance(beats, rebuilt):
    areas = [
        roc_auc_score(np.random.default_rng(seed).permutation(beats.test.anomalous), rebuilt)
        for seed in range(20)
    ]
    assert abs(np.mean(areas) - 0.5) < 0.03


@pytest.fixture(scope="module")
def sensor():
    data = load(MACHINE, "quick")
    values = filled(data.series.values[:, 0])
    keras.utils.set_random_seed(0)
    model, mean, deviation = learn_forecaster(values, history=24, epochs=10, units=16)
    return data, values, model, forecast_errors(model, values, mean, deviation)


def test_only_the_start_is_learnt_from_and_the_future_is_not_read(sensor):
    _, values, model, errors = sensor
    start = values[: probation(len(values))]
    changed = values.copy()
    changed[5000:] = 0
    again = forecast_errors(model, changed, start.mean(), start.std())
    np.testing.assert_allclose(again[:5000], errors[:5000], atol=1e-5)
    assert errors[:24].max() == 0


def test_the_forecast_beats_the_last_value(sensor):
    _, values, _, errors = sensor
    start = values[: probation(len(values))]
    last = np.abs(np.diff(values)) / start.std()
    assert errors[24:700].mean() < 0.9 * last[23:699].mean()


def test_alarms_are_better_than_drawn_ones(sensor):
    data, values, _, errors = sensor
    windows = window_places(data.series.times, data.windows)
    half = len(values) // 2

    def score(scores):
        streams = []
        for first in (0, half):  # two halves: each is the other's "other series"
            inside = [(a - first, b - first) for a, b in windows if first <= a and b < first + half]
            streams.append(Stream(scores[first : first + half], inside))
        return together(held_out_scores(streams))

    drawn = [score(np.random.default_rng(seed).random(len(values))) for seed in range(10)]
    assert score(moving_gaussian(errors)) > np.mean(drawn) + 10


def test_trailing_is_what_numpy_says():
    values = np.random.default_rng(0).normal(size=50)
    mean, deviation = trailing(values, 7)
    assert mean[20] == pytest.approx(values[13:20].mean())
    assert deviation[20] == pytest.approx(values[13:20].std())
    assert mean[3] == pytest.approx(values[:3].mean())


def test_a_threshold_comes_from_the_other_series():
    """Two series that are perfect at thresholds of their own, and not at each other's."""
    loud, soft = np.full(100, 0.5), np.zeros(100)
    loud[50], soft[50] = 0.9, 0.4
    streams = [Stream(scores, [(50, 59)]) for scores in (loud, soft)]
    assert [best_threshold([stream]).score for stream in streams] == [100, 100]
    of_loud, of_soft = held_out_scores(streams)
    assert of_loud.score < 0  # at 0.4 everything is an alarm
    assert of_soft.score == 0  # at 0.9 nothing is


def test_one_series_has_no_others():
    with pytest.raises(ValueError, match="at least two"):
        held_out_scores([Stream([0.0] * 100, [(50, 60)])])


def test_pictures(sensor, beats):
    data, _, _, errors = sensor
    figure = series_with_alarms(data, moving_gaussian(errors), 5.0, 750)
    assert len(figure.axes) == 2
    some = beats.test.values[:2]
    titles = [axes.get_title() for axes in beats_rebuilt(some, some * 0.9, ["a", "b"]).axes]
    assert len(titles) == 2
    plt.close("all")
