import numpy as np
import pytest

from gru_course.apps.forecasting.irregular import (
    NOISE,
    SPANS,
    GRUDCell,
    Irregular,
    best_forecast,
    irregular_readings,
    prepared,
)
from gru_course.layers.backend import keras

NAN = np.nan


def test_readings_are_what_they_say():
    readings = irregular_readings(3_000, rows=30, seed=4)
    assert (np.diff(readings.hours, axis=1) > 0).all()
    assert not readings.hours[:, 0].any()
    assert np.nanstd(readings.values) == pytest.approx(np.sqrt(1 + NOISE**2), abs=0.02)
    assert readings.asked.var() == pytest.approx(2, abs=0.15)
    again = irregular_readings(3_000, rows=30, seed=4)
    assert np.array_equal(again.asked, readings.asked)


def test_times_count_from_the_last_measurement_before():
    values = np.array([[[NAN, 1.0], [4.0, NAN], [NAN, NAN], [6.0, 2.0]]])
    x = prepared(Irregular(np.array([[0.0, 1.0, 3.0, 6.0]]), values, np.zeros(1)))[0]
    assert x[:, :2].tolist() == [[0, 1], [4, 1], [4, 1], [6, 2]]
    assert x[:, 2:4].tolist() == [[0, 1], [1, 0], [0, 0], [1, 1]]
    assert x[:, 4:].tolist() == [[0, 0], [1, 1], [2, 3], [5, 6]]


def test_the_best_forecast_is_that_of_the_joint_distribution():
    readings = irregular_readings(1, rows=6, seed=1)
    total = 0.0
    for feature, span in enumerate(SPANS):
        hours, values = readings.hours[0], readings.values[0, :, feature]
        shared = np.exp(-np.abs(hours[:, None] - hours) / span)
        seen = ~np.isnan(values)
        known = shared[np.ix_(seen, seen)] + NOISE**2 * np.eye(seen.sum())
        total += shared[-1, seen] @ np.linalg.solve(known, values[seen])
    assert best_forecast(readings)[0] == pytest.approx(total)


def test_without_fading_it_is_a_gru_that_reads_values_and_mask():
    x = prepared(irregular_readings(4, rows=7))
    layer = keras.layers.RNN(GRUDCell(5))
    layer.build(x.shape)
    cell = layer.cell
    for weight in (cell.of_value, cell.value_bias, cell.of_state, cell.state_bias):
        weight.assign(keras.ops.zeros(weight.shape))
    plain = keras.layers.GRU(5)
    plain.build((None, None, 4))
    plain.set_weights(cell.gru.get_weights())
    assert np.allclose(layer(x), plain(x[..., :4]), atol=1e-6)


def test_an_old_value_fades_and_a_measured_one_does_not():
    cell = GRUDCell(3)
    cell.build((None, 6))
    cell.value_bias.assign([0.0, 0.0])
    read = []
    cell.gru = lambda x, states: (read.append(np.asarray(x)[0]), None)
    cell.call(keras.ops.array([[2.0, 2.0, 1.0, 0.0, 10.0, 10.0]]), [keras.ops.zeros((1, 3))])
    assert read[0] == pytest.approx([2.0, 2 * np.exp(-1), 1.0, 0.0])


def test_what_does_not_fit():
    with pytest.raises(ValueError, match="values, masks and times"):
        GRUDCell(3).build((None, 4))
    with pytest.raises(ValueError, match="rows is 0"):
        irregular_readings(2, rows=0)
