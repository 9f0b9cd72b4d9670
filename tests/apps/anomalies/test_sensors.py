import json

import numpy as np
import pytest
from own_cache import remote_file

from gru_course.apps.anomalies.nab import Stream, best_threshold, window_places
from gru_course.apps.anomalies.sensors import (
    LATENCY,
    MACHINE,
    MACHINE_FILE,
    OFFICE,
    TAXI,
    WINDOWS_FILE,
    load_sensor,
    small_sensor,
)
from gru_course.data.loading import load

EVERY = (MACHINE, TAXI, LATENCY, OFFICE)


def by_name(value):
    return getattr(value, "name", None)


@pytest.mark.parametrize("dataset", EVERY, ids=by_name)
@pytest.mark.parametrize("profile", ["quick", pytest.param("full", marks=pytest.mark.full)])
def test_windows_are_a_tenth_and_inside(dataset, profile):
    data = load(dataset, profile)
    for (start, end), later in zip(data.windows, [*data.windows[1:], None], strict=True):
        assert data.series.times[0] < start < end <= data.series.times[-1]
        assert later is None or end < later[0]
    assert 0.08 < data.anomalous.mean() < 0.12
    assert data.measured.mean() > 0.9


@pytest.mark.full
@pytest.mark.parametrize(
    ("dataset", "measured", "missing", "windows", "minutes"),
    [
        (MACHINE, 22_695 - 12, 0, 4, 5),
        (TAXI, 10_320, 0, 5, 30),
        (LATENCY, 4_032 - 11, 12, 3, 5),
        (OFFICE, 7_267, 621, 2, 60),
    ],
    ids=by_name,
)
def test_published_figures_less_the_blemishes(dataset, measured, missing, windows, minutes):
    data = load(dataset, "full")
    assert data.measured.sum() == measured
    assert (~data.measured).sum() == missing
    assert len(data.windows) == windows
    assert data.series.step == np.timedelta64(minutes, "m")
    quick = load(dataset, "quick")
    assert quick.series.step == data.series.step
    assert quick.series.names == data.series.names


def test_a_tiny_file(server):
    text = "timestamp,value\n2014-01-07 02:50:00,1.5\n2014-01-07 02:55:00,2\n"
    text += "2014-01-07 02:50:00,9\n2014-01-07 02:55:00,9\n2014-01-07 03:10:00,4\n"
    labels = {"realKnownCause/tiny.csv": [["2014-01-07 02:55:00.000000"] * 2]}
    for name, body in (("tiny.csv", text), ("windows.json", json.dumps(labels))):
        server.serve(name, body.encode())
    data = load_sensor(
        "tiny",
        5,
        remote_file("tiny.csv", text.encode(), server.url),
        remote_file("windows.json", json.dumps(labels).encode(), server.url),
    )
    np.testing.assert_array_equal(data.series.values[:, 0], [1.5, 2, np.nan, np.nan, 4])
    assert data.measured.tolist() == [True, True, False, False, True]
    assert data.anomalous.tolist() == [False, True, False, False, False]
    assert "5 values, 1 anomaly windows, from 2014-01-07T02:50" in data.statement


def test_the_planted_faults_can_be_found_by_whoever_knows_the_rhythm():
    data = small_sensor()
    values = data.series.column("value")
    day = 288
    typical = np.median(values[: len(values) // 5 // day * day].reshape(-1, day), axis=0)
    surprise = np.abs(values - np.resize(typical, len(values)))
    smooth = np.convolve(surprise, np.ones(24) / 24)[: len(values)]  # the past alone
    places = window_places(data.series.times, data.windows)
    assert best_threshold([Stream(smooth, places)]).score > 60
    chance = [np.random.default_rng(seed).uniform(size=len(values)) for seed in range(12)]
    lucky = [best_threshold([Stream(scores, places)]).score for scores in chance]
    assert np.mean(lucky) < 45  # not 0: the threshold is chosen with the labels in hand
    assert not data.anomalous[: len(values) // 5].any()


@pytest.mark.parametrize("wrong", [{"minutes": 7}, {"faults": 0}, {"days": 19}])
def test_numbers_that_do_not_fit(wrong):
    with pytest.raises(ValueError, match="a divisor of 1,440"):
        small_sensor(**wrong)


@pytest.mark.parametrize("name", ["minutes", "faults", "days"])
def test_counts_are_whole(name):
    with pytest.raises(ValueError, match=f"{name} is 2.5; expected a whole number"):
        small_sensor(**{name: 2.5})


def test_files_are_shared():
    assert MACHINE.files == (MACHINE_FILE, WINDOWS_FILE)
