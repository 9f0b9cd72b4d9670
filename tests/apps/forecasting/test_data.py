import sys

import numpy as np
import pytest
from own_cache import remote_file

from gru_course.apps.forecasting.data import (
    BEIJING,
    ETTH1,
    GERMANY,
    VICTORIA,
    co2,
    easter,
    load_beijing,
    load_germany,
    load_victoria,
    seasonal,
    with_holidays,
)
from gru_course.data.errors import DataUnavailable
from gru_course.data.loading import load

EVERY = (BEIJING, GERMANY, ETTH1, VICTORIA)


@pytest.mark.full
@pytest.mark.parametrize("dataset", EVERY, ids=lambda dataset: dataset.name)
def test_the_stand_in_has_the_form_of_the_real_one(dataset):
    real, quick = load(dataset, "full"), load(dataset, "quick")
    assert real.names == quick.names
    assert real.step == quick.step
    assert real.times.dtype == quick.times.dtype


@pytest.mark.full
@pytest.mark.parametrize(
    ("dataset", "n", "missing", "first", "last"),
    [
        (BEIJING, 43_824, {"pm2.5": 2_067}, "2010-01-01T00", "2014-12-31T23"),
        (GERMANY, 4_383, {"wind": 1_463, "solar": 2_195}, "2006-01-01", "2017-12-31"),
        (ETTH1, 17_420, {}, "2016-07-01T00", "2018-06-26T19"),
        (VICTORIA, 52_608, {}, "2011-12-31T13:00", "2014-12-31T12:30"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_published_figures(dataset, n, missing, first, last):
    data = load(dataset, "full")
    assert len(data) == n
    assert [str(data.times[0]), str(data.times[-1])] == [first, last]
    counts = dict(zip(data.names, data.missing.sum(axis=0).tolist(), strict=True))
    assert {name: count for name, count in counts.items() if count} == missing


@pytest.mark.full
def test_published_means():
    assert load(ETTH1, "full").column("OT").mean() == pytest.approx(13.3247, abs=5e-5)
    assert load(GERMANY, "full").column("consumption").mean() == pytest.approx(1338.6758, abs=5e-5)
    beijing = load(BEIJING, "full")
    assert (beijing.values[:, -4:].sum(axis=1) == 1).all()
    assert beijing.missing[:24, beijing.names.index("pm2.5")].all()
    assert set(load(VICTORIA, "full").column("holiday")) == {0.0, 1.0}


def served(server, text):
    server.serve("tiny.csv", text.encode())
    return remote_file("tiny.csv", text.encode(), server.url)


def test_tiny_files(server):
    text = "No,year,month,day,hour,pm2.5,DEWP,TEMP,PRES,cbwd,Iws,Is,Ir\r\n"
    text += "1,2010,1,1,9,NA,-21,-11,1021,NW,1.79,0,0\r\n2,2010,1,1,10,7,-20,-12,1020,cv,4.92,0,1"
    data = load_beijing(served(server, text))
    assert data.column("temperature").tolist() == [-11, -12]
    assert data.column("dew point").tolist() == [-21, -20]
    assert data.column("calm or varying wind").tolist() == [0, 1]
    assert data.missing.sum() == 1


def test_a_tiny_file_of_germany(server, cache):
    text = "Date,Consumption,Wind,Solar,Wind+Solar\n2006-01-01,1069.1,,,\n2006-01-02,1380.5,7,,\n"
    data = load_germany(served(server, text))
    assert data.missing.tolist() == [[False, True, True], [False, False, True]]


def test_a_tiny_file_of_victoria(server):
    text = "Time,Demand,Temperature,Date,Holiday\n"
    text += "2011-12-31T13:00:00Z,4382.8,21.4,2012-01-01,TRUE\n"
    text += "2011-12-31T13:30:00Z,4263.3,21.05,2012-01-01,FALSE\n"
    assert load_victoria(served(server, text)).values.tolist() == [
        [4382.8, 21.4, 1],
        [4263.3, 21.05, 0],
    ]


@pytest.mark.parametrize(("step", "season"), [("h", 24), ("30m", 48), ("D", 7)])
def test_the_season_beats_the_last_value(step, season):
    values = seasonal(("x", "y"), step, n=1_000).values
    seasonal_naive = np.abs(values[season:] - values[:-season]).mean()
    assert seasonal_naive < np.abs(values[season:] - values[season // 2 : -season // 2]).mean()
    assert np.abs(np.diff(values, axis=0)).mean() > 0.5  # and the task is not trivial


def test_the_columns_share_the_weather():
    calm = seasonal(("x", "y", "z"), "h", n=2_000)
    slow = np.array([np.convolve(column, np.ones(24) / 24, "valid") for column in calm.values.T])
    steps = np.diff(slow[:, ::24])
    assert (np.abs(np.corrcoef(steps)) > 0.7).all()


@pytest.mark.parametrize(("step", "n"), [("h", 1), ("W", 100)])
def test_what_does_not_fit(step, n):
    with pytest.raises(
        ValueError, match=r"n is 1; expected a whole number from 2 up|one of D, h, 30m"
    ):
        seasonal(("x",), step, n)


def test_what_statsmodels_ships():
    pytest.importorskip("statsmodels")
    air = co2()
    assert (len(air), air.missing.sum()) == (2_284, 59)
    assert air.step == np.timedelta64(7, "D")


def test_without_statsmodels(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    with pytest.raises(DataUnavailable, match="pip install statsmodels"):
        co2()


def test_easter_is_that_of_dateutil():
    reference = pytest.importorskip("dateutil.easter").easter
    assert [str(easter(year)) for year in range(1583, 2300)] == [
        str(reference(year)) for year in range(1583, 2300)
    ]
    with pytest.raises(ValueError, match="year is 1582"):
        easter(1582)


def test_holidays_of_a_year():
    days = with_holidays(seasonal(("load",), "D", 366))
    free = days.times[days.column("holiday") == 1].astype(str).tolist()
    assert free == [
        "2020-01-01", "2020-04-10", "2020-04-13", "2020-05-01", "2020-05-21", "2020-06-01",
        "2020-10-03", "2020-12-25", "2020-12-26",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="a column 'holiday' already"):
        with_holidays(days)
    hours = with_holidays(seasonal(("load",), "h", 48))
    assert hours.column("holiday").sum() == 24
