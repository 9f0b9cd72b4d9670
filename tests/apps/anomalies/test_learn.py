"""Detectors: they see planted faults, and nothing when there is nothing to see."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from gru_course.apps.anomalies.heartbeats import ECG5000
from gru_course.apps.anomalies.learn import (
    filled,
    forecast_errors,
    held_out_scores,
    misfit,
    moving_gaussian,
    together,
    trailing,
    train_on_beats,
    train_on_series,
)
from gru_course.apps.anomalies.model import autoencoder, forecaster
from gru_course.apps.anomalies.nab import (
    NabResult,
    Stream,
    best_threshold,
    probation,
    window_places,
)
from gru_course.apps.anomalies.plots import beats_rebuilt, series_with_alarms
from gru_course.apps.anomalies.sensors import MACHINE
from gru_course.data.loading import load
from gru_course.layers.backend import keras


@pytest.fixture(scope="module")
def beats():
    return load(ECG5000, "quick")


@pytest.fixture(scope="module")
def rebuilt(beats):
    keras.utils.set_random_seed(0)
    model = autoencoder(beats.train.values.shape[1], units=16)
    train_on_beats(model, beats.train.values, epochs=25)
    return misfit(model, beats.test.values)


def test_abnormal_beats_fit_worse(beats, rebuilt):
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
    model, mean, deviation = train_on_series(values, history=24, epochs=10, units=16)
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


@pytest.mark.parametrize("scale", [1e-100, 1e-9, 1.0, 1e9, 1e100])
@pytest.mark.parametrize("level", [0.0, 1.0, 1e9])
def test_trailing_at_any_scale_and_level(scale, level):
    """Running sums of squares lose the deviation once the level is large beside it."""
    noise = np.random.default_rng(0).normal(size=400)
    mean, deviation = trailing(scale * (level + noise), 100)
    for place in (1, 2, 50, 250, 399):
        past = (level + noise)[max(place - 100, 0) : place]
        assert mean[place] == pytest.approx(scale * past.mean())
        assert deviation[place] == pytest.approx(scale * past.std(), rel=1e-6)


@pytest.mark.parametrize("spike", [1e6, 1e12, -1e100])
def test_what_comes_long_after_a_spike_does_not_know_it(spike):
    values = np.random.default_rng(0).normal(size=400)
    spoilt = values.copy()
    spoilt[150] = spike
    for function in (trailing, moving_gaussian):
        clean, found = (np.atleast_2d(function(of, 100)) for of in (values, spoilt))
        np.testing.assert_array_equal(found[:, 251:], clean[:, 251:])
        np.testing.assert_array_equal(found[:, :150], clean[:, :150])


def test_equal_values_have_no_deviation():
    for level in (0.0, 0.1, 1e9 / 3):
        mean, deviation = trailing(np.full(50, level), 10)
        np.testing.assert_allclose(mean[1:], level, rtol=1e-15)
        assert deviation[1:].max() <= 1e-15 * level
        values = np.append(np.full(50, level), [level + 1e-3, level])
        scores = moving_gaussian(values, 10)
        assert scores[1:50].max() <= 2  # of roundings
        assert 100 < scores[50] < np.inf


def test_width_and_whole_numbers():
    small = np.array([100, 200, 100, 250, 0], "uint8")  # their squares do not fit into a byte
    np.testing.assert_array_equal(trailing(small, 3), trailing(small.astype(float), 3))
    assert len(trailing(np.array([]), 3)[0]) == 0
    with pytest.raises(ValueError, match="width is 0; expected a whole number from 1 up"):
        trailing(small, 0)


NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([NAN, NAN, 5.0], "the first 2 of 3 values are missing, .* begin the series"),
        ([NAN], "the first 1 of 1 values are missing"),
        ([1.0, INF], "the values: 1 of 2 values is not finite, the first at 1: inf"),
        ([[1.0, 2.0]], r"the shape \(1, 2\); expected one row"),
        (["a"], "of type <U1"),
    ],
)
def test_what_cannot_be_filled(values, said):
    with pytest.raises(ValueError, match=said):
        filled(np.array(values))


def test_nothing_to_fill():
    values = np.array([1.0, 2.0])
    np.testing.assert_array_equal(filled(values), values)
    assert len(filled(np.array([]))) == 0


LONG_ENOUGH = np.sin(np.arange(1000.0))


def changed(place, value):
    values = LONG_ENOUGH.copy()
    values[place] = value
    return values


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.append(np.full(150, 5.0), LONG_ENOUGH[150:]), "the first 150 values are all 5.0, so"),
        (np.append(np.full(150, 1e9 / 3), LONG_ENOUGH[150:]), "the first 150 values are all 3333"),
        (
            np.append(0.3 * np.ones(100), np.full(900, 0.1 + 0.2)),
            "the first 150 values are all 0.3",
        ),
        (changed(500, NAN), "the first at 500: nan"),
        (changed(2, INF), "the first at 2: inf"),
        (LONG_ENOUGH[:300], "holds 45; history is 48, expected fewer"),
        (np.array([]), "holds 0; history is 48"),
        (LONG_ENOUGH * 1e200, r"the values go up to .*; give them in another unit"),
        (LONG_ENOUGH * 1e-200, r"the values go up to .*; give them in another unit"),
    ],
)
def test_a_start_that_teaches_nothing_is_refused(values, said):
    with pytest.raises(ValueError, match=said):
        train_on_series(values, epochs=1, units=2)


@pytest.mark.parametrize(
    ("values", "scale", "said"),
    [
        (changed(500, NAN), (0.0, 1.0), "the values: 1 of 1000 .* at 500: nan"),
        (LONG_ENOUGH, (0.0, 0.0), "the mean is 0.0 and the deviation 0.0; expected"),
        (LONG_ENOUGH, (NAN, 1.0), "the mean is nan"),
        (LONG_ENOUGH, (0.0, INF), "the deviation inf"),
        (LONG_ENOUGH[:4], (0.0, 1.0), "4 values; expected more than the 4 the model reads"),
        (
            changed(500, 1e300),
            (0.0, 1.0),
            "the scaled values: 1 of 1000 .* at 500: inf; .* too far",
        ),
    ],
)
def test_errors_of_no_numbers_are_refused(values, scale, said):
    with pytest.raises(ValueError, match=said):
        forecast_errors(forecaster(4, 2), values, *scale)


def test_a_model_of_no_numbers_finds_nothing_unusual():
    model, rebuilder = forecaster(4, 2), autoencoder(5, 2, 2)
    for spoilt in (model, rebuilder):
        spoilt.set_weights([np.full_like(weight, NAN) for weight in spoilt.get_weights()])
    with pytest.raises(ValueError, match=r"the errors: 996 of 1000 .* the model's weights"):
        forecast_errors(model, LONG_ENOUGH, 0.0, 1.0)
    with pytest.raises(ValueError, match=r"the errors: 5 of 5 .* the model's weights"):
        misfit(rebuilder, np.eye(5))


@pytest.mark.parametrize(
    ("beats", "said"),
    [
        ([[1.0, NAN]], r"the sequences: 1 of 2 .* at \(0, 1\): nan"),
        ([[1.0, 1e300]], r"at \(0, 1\): inf; .* Scale them first"),
        ([1.0, 2.0], r"the shape \(2,\); expected \(n, timesteps\)"),
        (np.empty((0, 5)), r"the shape \(0, 5\)"),
    ],
)
def test_sequences_of_no_numbers_are_refused(beats, said):
    model = autoencoder(2, 2, 2)
    for function in (train_on_beats, misfit):
        with pytest.raises(ValueError, match=said):
            function(model, np.array(beats))


def test_whole_numbers_are_sequences_too():
    model = autoencoder(5, 2, 2)
    np.testing.assert_allclose(misfit(model, np.eye(5, dtype="uint8")), misfit(model, np.eye(5)))


def test_results_of_nothing_are_no_score():
    with pytest.raises(ValueError, match="0 results without an anomaly"):
        together([])
    with pytest.raises(ValueError, match=r"the scores: 1 of 1 .* nan"):
        together([NabResult(NAN, 1, 1, 1, 0)])


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
    figure = series_with_alarms(data, moving_gaussian(errors), 5.0, 750, "°C")
    assert len(figure.axes) == 2
    some = beats.test.values[:2]
    titles = [axes.get_title() for axes in beats_rebuilt(some, some * 0.9, ["a", "b"]).axes]
    assert len(titles) == 2
    plt.close("all")
