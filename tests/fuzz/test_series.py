"""Tables of series: the values that were written, or an error that names the file and the row."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru_course.apps.anomalies.sensors import load_sensor
from gru_course.apps.forecasting.data import load_beijing, load_etth1, load_germany, load_victoria

from .conftest import altered, damaged, fuzzed

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
STARTS, ENDS = st.sampled_from(["", "\ufeff"]), st.sampled_from(["\n", "\r\n"])
HOURS = np.arange("2016-01-01T00", "2016-01-05T00", dtype="M8[h]")


def table_of(draw, columns, missing=False):
    rows = draw(st.integers(2, 6))
    numbers = st.one_of(NUMBERS, st.just(np.nan)) if missing else NUMBERS
    cells = draw(st.lists(numbers, min_size=rows * columns, max_size=rows * columns))
    return np.array(cells).reshape(rows, columns)


def text_of(header, times, values, start="", end="\n"):
    cells = [["" if np.isnan(v) else repr(float(v)) for v in row] for row in values]
    rows = [
        ",".join([str(t).replace("T", " "), *row]) for t, row in zip(times, cells, strict=False)
    ]
    return (start + end.join([header, *rows, ""])).encode()


@st.composite
def etth1(draw):
    values = table_of(draw, 7)
    times = [f"{str(t).replace('T', ' ')}:00:00" for t in HOURS]
    return values, text_of("date,a,b,c,d,e,f,g", times, values, draw(STARTS), draw(ENDS))


@st.composite
def germany(draw):
    values = table_of(draw, 3, missing=True)
    days = np.datetime64("2006-01-01") + np.arange(len(values))
    return values, text_of("Date,Consumption,Wind,Solar", days, values, draw(STARTS), draw(ENDS))


@st.composite
def sensor(draw):
    values = table_of(draw, 1)
    return values, text_of("timestamp,value", HOURS, values, draw(STARTS), draw(ENDS))


BEIJING = (
    b"No,year,month,day,hour,pm2.5,DEWP,TEMP,PRES,cbwd,Iws,Is,Ir\r\n"
    b"1,2010,1,1,9,NA,-21,-11,1021,NW,1.79,0,0\r\n2,2010,1,1,10,7,-20,-12,1020,cv,4.92,0,1\r\n"
)
VICTORIA = (
    b"Time,Demand,Temperature,Date,Holiday\n2011-12-31T13:00:00Z,4382.8,21.4,2012-01-01,TRUE\n"
    b"2011-12-31T13:30:00Z,4263.3,21.05,2012-01-01,FALSE\n"
)
TABLES = st.one_of(
    st.tuples(st.just(load_beijing), damaged(st.just(BEIJING))),
    st.tuples(st.just(load_victoria), damaged(st.just(VICTORIA))),
    st.tuples(st.just(load_etth1), damaged(etth1().map(lambda pair: pair[1]))),
    st.tuples(st.just(load_germany), damaged(germany().map(lambda pair: pair[1]))),
)


@fuzzed
@given(TABLES)
def test_forecasting_damaged(tried, stored, table):
    load, body = table
    file = stored("t.csv", body)
    series = tried(lambda: load(file), names="t.csv: ")
    if series is not None:
        assert len(series) >= 1
        assert not np.isinf(series.values).any()
        assert not np.isnat(series.times).any()


@fuzzed
@given(
    st.one_of(st.tuples(st.just(load_etth1), etth1()), st.tuples(st.just(load_germany), germany()))
)
def test_forecasting_sound(tried, stored, table):
    load, (values, body) = table
    file = stored("t.csv", body)
    np.testing.assert_array_equal(tried(lambda: load(file)).values, values)


LABELS = st.fixed_dictionaries(
    {
        "realKnownCause/t.csv": st.just(
            [["2016-01-01 01:00:00.000000", "2016-01-01 02:00:00.000000"]]
        )
    }
)


@fuzzed
@given(
    damaged(sensor().map(lambda pair: pair[1])),
    st.one_of(LABELS, altered(LABELS)).map(lambda tree: json.dumps(tree).encode()),
)
def test_sensor_damaged(tried, stored, body, labels):
    file, windows = stored("t.csv", body), stored("w.json", labels)
    data = tried(lambda: load_sensor("x", 60, file, windows), names=": ")
    if data is not None:
        assert not np.isinf(data.series.values).any()
        assert len(data.series) <= 100 * len(body)
        assert all(first <= last for first, last in data.windows)


@fuzzed
@given(sensor())
def test_sensor_sound(tried, stored, pair):
    values, body = pair
    file, windows = stored("t.csv", body), stored("w.json", b'{"realKnownCause/t.csv": []}')
    data = tried(lambda: load_sensor("x", 60, file, windows))
    np.testing.assert_array_equal(data.series.values, values)
