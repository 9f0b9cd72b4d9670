"""Weather and energy to forecast: four real series, their stand-ins, and two small real ones."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gru_course.course.checked import whole
from gru_course.data.errors import DataUnavailable
from gru_course.data.fetch import csv_rows
from gru_course.data.series import Series, read_columns
from gru_course.data.sources import Dataset, RemoteFile

_RAW = "https://raw.githubusercontent.com"
BEIJING_FILE = RemoteFile(
    name="timeseries/beijing_pm25.csv",
    url=f"{_RAW}/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f/pollution.csv",
    sha256="892e9559205d16d32623135c127a3951c12e46ea1e0b3093e107ce89a9fd60e2",
    size=2_010_492,
)
GERMANY_FILE = RemoteFile(
    name="timeseries/opsd_germany_daily.csv",
    url=f"{_RAW}/jenfly/opsd/e62374961f90a1accced6d2bbca5afe7f9e05045/opsd_germany_daily.csv",
    sha256="729b025d984497827cb6b89048d7c2c6a551e7aa727bc47ea0b74a2d1e84675d",
    size=217_983,
)
ETTH1_FILE = RemoteFile(
    name="timeseries/ETTh1.csv",
    url=f"{_RAW}/zhouhaoyi/ETDataset/1d16c8f4f943005d613b5bc962e9eeb06058cf07/ETT-small/ETTh1.csv",
    sha256="f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066",
    size=2_589_657,
)
VICTORIA_FILE = RemoteFile(
    name="timeseries/vic_electricity.csv",
    url=f"{_RAW}/skforecast/skforecast-datasets/f8c3d7fe5ec41ef86f93e969c31ec4b469b7c949/"
    "data/vic_electricity.csv",
    sha256="6fa81bc3552f8822e984900f727584b82b3f10f41d78a1a0cdda2879a29a122e",
    size=2_870_159,
)
BEIJING_TITLE = "Beijing, hourly weather and fine dust"
GERMANY_TITLE = "Germany, daily electricity use, wind and solar output"
ETTH1_TITLE = "ETTh1, hourly loads and oil temperature of a transformer"
VICTORIA_TITLE = "Victoria, half-hourly electricity demand and temperature"

WIND_FROM = {"NE": "wind from north-east", "NW": "wind from north-west",
             "SE": "wind from south-east", "cv": "calm or varying wind"}  # fmt: skip
BEIJING_NAMES = ("temperature", "dew point", "pressure", "wind", "snow", "rain", "pm2.5")
GERMANY_NAMES = ("consumption", "wind", "solar")
ETTH1_NAMES = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
VICTORIA_NAMES = ("demand", "temperature", "holiday")


def load_beijing(file: RemoteFile = BEIJING_FILE) -> Series:
    """Return five years of hourly weather in Beijing, 2010 to 2014.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Series
        Temperature and dew point in degrees Celsius, pressure in hectopascal, wind in m/s summed
        up since its direction last changed, hours of snow and of rain so far, fine dust in
        µg/m³, and four columns of 0 and 1 for the direction of the wind. Only the dust has gaps.

    Raises
    ------
    DataUnavailable
        If the series is not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: Chen, UCI, doi:10.24432/C5JS49, CC BY 4.0. The sum in "wind"
    is one over the past, so it leaks nothing, but it is not the speed of an hour.

    Examples
    --------
    >>> len(load_beijing())  # doctest: +SKIP
    43824
    """
    with csv_rows(file, columns=13) as rows:
        times = np.array(
            [f"{r[1]}-{int(r[2]):02}-{int(r[3]):02}T{int(r[4]):02}" for r in rows], "M8[h]"
        )
        numbers = read_columns(rows, (7, 6, 8, 10, 11, 12, 5))
        directions = np.array([[float(row[9] == kind) for kind in WIND_FROM] for row in rows])
        values = np.hstack([numbers, directions])
        return Series(BEIJING_TITLE, "full", times, values, (*BEIJING_NAMES, *WIND_FROM.values()))


def load_germany(file: RemoteFile = GERMANY_FILE) -> Series:
    """Return twelve years of daily electricity use in Germany, 2006 to 2017.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Series
        Consumption, wind and solar output in GWh. Wind begins with 2010 and solar with 2012;
        before, and on a few days after, their values are missing.

    Raises
    ------
    DataUnavailable
        If the series is not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: Open Power System Data, by way of https://github.com/jenfly/opsd (MIT).

    Examples
    --------
    >>> load_germany().names  # doctest: +SKIP
    ('consumption', 'wind', 'solar')
    """
    with csv_rows(file, columns=4) as rows:
        times = np.array([row[0] for row in rows], "M8[D]")
        return Series(GERMANY_TITLE, "full", times, read_columns(rows, (1, 2, 3)), GERMANY_NAMES)


def load_etth1(file: RemoteFile = ETTH1_FILE) -> Series:
    """Return two years of hourly loads and oil temperature of a transformer, 2016 to 2018.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Series
        Six loads and the oil temperature ``OT`` in degrees Celsius, nothing missing.

    Raises
    ------
    DataUnavailable
        If the series is not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: Zhou et al. (2021), CC BY-ND 4.0: the file may be passed on unchanged only. It is
    read as it is and no edited copy is kept. Zhou et al. train on the first 12 months of 30
    days, validate on the next 4 and test on the 4 after that.

    Examples
    --------
    >>> months = 30 * 24
    >>> load_etth1().part(0, 12 * months).times[-1]  # doctest: +SKIP
    np.datetime64('2017-06-25T23','h')
    """
    with csv_rows(file, columns=8) as rows:
        times = np.array([row[0] for row in rows], "M8[s]").astype("M8[h]")
        return Series(ETTH1_TITLE, "full", times, read_columns(rows, range(1, 8)), ETTH1_NAMES)


def load_victoria(file: RemoteFile = VICTORIA_FILE) -> Series:
    """Return three years of half-hourly electricity demand in Victoria, 2012 to 2014.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Series
        Demand in MWh, the temperature of Melbourne in degrees Celsius, and whether the day is a
        public holiday; nothing missing. The times are UTC, ten or eleven hours behind the clocks
        of Melbourne: with summer time, the peaks of a day move by an hour.

    Raises
    ------
    DataUnavailable
        If the series is not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: O'Hara-Wild et al., tsibbledata, from the Australian Energy Market Operator, by way
    of https://github.com/skforecast/skforecast-datasets (BSD-3-Clause).

    Examples
    --------
    >>> load_victoria().step  # doctest: +SKIP
    np.timedelta64(30,'m')
    """
    with csv_rows(file, columns=5) as rows:
        times = np.array([row[0].removesuffix("Z") for row in rows], "M8[m]")
        holiday = np.array([[float(row[4] == "TRUE")] for row in rows])
        values = np.hstack([read_columns(rows, (1, 2)), holiday])
        return Series(VICTORIA_TITLE, "full", times, values, VICTORIA_NAMES)


def easter(year: int) -> np.datetime64:
    """Return Easter Sunday of a year from 1583 on (Meeus 1991, chapter 8).

    Parameters
    ----------
    year : int

    Returns
    -------
    datetime64

    Raises
    ------
    ValueError
        If the year is before the Gregorian calendar.

    Examples
    --------
    >>> str(easter(2017))
    '2017-04-16'
    """
    whole(year, "year", least=1583)
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (
        19 * golden + century - century // 4
        - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30  # fmt: skip
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return np.datetime64(f"{year}-{month:02}-{day + 1:02}")


FIXED = ("01-01", "05-01", "10-03", "12-25", "12-26")
FROM_EASTER = (-2, 1, 39, 50)
"""Good Friday, Easter Monday, Ascension Day and Whit Monday."""


def with_holidays(series: Series) -> Series:
    """Add a column "holiday": 1 on the nine days that are holidays in all of Germany, else 0.

    Parameters
    ----------
    series : Series

    Returns
    -------
    Series

    Raises
    ------
    ValueError
        If there is such a column already.

    Notes
    -----
    The 500th anniversary of the Reformation, 31 October 2017, is left out, as are holidays of some
    of the states only.

    Examples
    --------
    >>> series = with_holidays(seasonal(("load",), "D", 366))  # the year 2020
    >>> series.names, int(series.column("holiday").sum())
    (('load', 'holiday'), 9)
    """
    if "holiday" in series.names:
        raise ValueError("there is a column 'holiday' already; expected a series without it")
    days = series.times.astype("M8[D]")
    years = np.unique(days.astype("M8[Y]")).astype(str)
    fixed = [np.datetime64(f"{year}-{day}") for year in years for day in FIXED]
    moving = [easter(int(year)) + shift for year in years for shift in FROM_EASTER]
    holiday = np.isin(days, fixed + moving).astype(np.float64)
    values = np.hstack([series.values, holiday[:, None]])
    return replace(series, values=values, names=(*series.names, "holiday"))


def seasonal(names: tuple[str, ...], step: str, n: int, seed: int = 0) -> Series:
    """Generate a series with seasons, in the place of a real one.

    Parameters
    ----------
    names : tuple of str
        Names of the columns.
    step : str
        'D' for days, 'h' for hours, '30m' for half-hours.
    n : int
        How many values.
    seed : int
        The same seed gives the same series.

    Returns
    -------
    Series
        Each column is a yearly and a daily wave (in daily series a weekly one), weaker at
        weekends, plus the same slowly wandering "weather", plus noise. The weather is seen by
        all columns, so each helps to forecast the others. It starts on 1 January 2020.

    Raises
    ------
    ValueError
        If `n` is below 2 or the step is not one of the three.

    Examples
    --------
    >>> series = seasonal(("demand", "temperature"), "h", n=48)
    >>> series.statement
    'STAND-IN, generated, 48 values from 2020-01-01T00 to 2020-01-02T23 (quick profile)'
    """
    whole(n, "n", least=2)
    if not names:
        raise ValueError("there is no name of a column; expected at least one")
    steps = {"D": (1, "D"), "h": (1, "h"), "30m": (30, "m")}
    if step not in steps:
        raise ValueError(f"step {step!r}; expected one of {', '.join(steps)}")
    count, unit = steps[step]
    rng = np.random.default_rng(seed)
    times = np.datetime64("2020-01-01").astype(f"M8[{unit}]") + np.arange(n) * count
    days = (times - times[0]) / np.timedelta64(1, "D")
    # About as wide as the season of a day, and half forgotten after two to three days.
    keep = 0.75 ** days[1]
    weather = np.empty(n)
    weather[0] = rng.normal()
    for place, push in enumerate(rng.normal(size=n - 1) * np.sqrt(1 - keep**2), start=1):
        weather[place] = keep * weather[place - 1] + push
    weekend = (days.astype(int) + 2) % 7 >= 5  # 1 January 2020 was a Wednesday
    short = 2 * np.pi * days / (7 if step == "D" else 1)
    columns = []
    for _ in names:
        phase, sign = rng.uniform(0, 2 * np.pi), rng.choice([-1, 1])
        wave = np.sin(short + phase) + 0.4 * np.sin(2 * short + 2 * phase)
        year = 2 * np.sin(2 * np.pi * days / 365.25 + phase)
        noise = 0.2 * rng.normal(size=n)
        columns.append(20 + 3 * (wave * (1 - 0.4 * weekend) + year + sign * weather + noise))
    return Series("STAND-IN, generated", "quick", times, np.stack(columns, 1), names)


def co2() -> Series:
    """Return weekly carbon dioxide in the air of Mauna Loa, 1958 to 2001, which statsmodels ships.

    Returns
    -------
    Series
        2,284 values in parts per million, 59 of them missing, real ones, in the public domain.

    Raises
    ------
    DataUnavailable
        If statsmodels is not installed.

    Notes
    -----
    Source: Keeling and Whorf (2004), by way of statsmodels.

    Examples
    --------
    >>> int(co2().missing.sum())  # doctest: +SKIP
    59
    """
    rows = _shipped("co2")
    times = rows.index.to_numpy().astype("M8[D]")
    values = rows["co2"].to_numpy(np.float64)
    return Series("Weekly CO₂ at Mauna Loa", "quick", times, values[:, None], ("co2",))


def _shipped(name: str) -> Any:
    try:
        from statsmodels import datasets  # here, as it brings pandas, which little else needs

        return getattr(datasets, name).load_pandas().data
    except ImportError as error:
        raise DataUnavailable(
            f"The {name} series comes with statsmodels, which is not installed ({error}). "
            "Run: pip install statsmodels"
        ) from error


_HALF_YEAR = 180


def _dataset(
    name: str, title: str, source: tuple[str, str, str], file: RemoteFile,
    load_full: Callable[[], Series], make_quick: Callable[[], Series],
) -> Dataset[Series]:  # fmt: skip
    homepage, licence, citation = source
    return Dataset(name, title, homepage, licence, citation, (file,), load_full, make_quick)


BEIJING = _dataset(
    "beijing", BEIJING_TITLE,
    ("https://archive.ics.uci.edu/dataset/381", "CC BY 4.0; name the author.", "chen_beijing"),
    BEIJING_FILE, load_beijing,
    partial(seasonal, (*BEIJING_NAMES, *WIND_FROM.values()), "h", _HALF_YEAR * 24),
)  # fmt: skip
"""Hourly weather in Beijing."""
GERMANY = _dataset(
    "germany", GERMANY_TITLE,
    (
        "https://open-power-system-data.org/",
        "Attribution to Open Power System Data; the repository that holds the file is MIT.",
        "opsd",
    ),
    GERMANY_FILE, load_germany, partial(seasonal, GERMANY_NAMES, "D", 4 * 365),
)  # fmt: skip
"""Daily electricity in Germany."""
ETTH1 = _dataset(
    "etth1", ETTH1_TITLE,
    (
        "https://github.com/zhouhaoyi/ETDataset",
        "CC BY-ND 4.0: may be passed on unchanged only.",
        "zhou2021informer",
    ),
    ETTH1_FILE, load_etth1, partial(seasonal, ETTH1_NAMES, "h", _HALF_YEAR * 24),
)  # fmt: skip
"""Hourly loads and oil temperature of a transformer."""
VICTORIA = _dataset(
    "victoria", VICTORIA_TITLE,
    (
        "https://tsibbledata.tidyverts.org/reference/vic_elec.html",
        "The repository that holds the file is BSD-3-Clause; tsibbledata is GPL-3.",
        "tsibbledata",
    ),
    VICTORIA_FILE, load_victoria, partial(seasonal, VICTORIA_NAMES, "30m", _HALF_YEAR * 48),
)  # fmt: skip
"""Half-hourly electricity demand in Victoria."""
