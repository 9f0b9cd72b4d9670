"""Sensors that fail: four series of the Numenta Anomaly Benchmark, and a generated one."""

import json
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole
from gru_course.course.parsing import about_file, field, of_kind
from gru_course.data.errors import DataError
from gru_course.data.fetch import csv_rows, locate_or_download
from gru_course.data.series import Series, read_columns, regular
from gru_course.data.sources import Dataset, RemoteFile

TITLE = "Numenta Anomaly Benchmark"
STAND_IN_TITLE = "STAND-IN, a generated sensor with planted faults"
_ADDRESS = "https://raw.githubusercontent.com/numenta/NAB/ea702d75cc2258d9d7dd35ca8e5e2539d71f3140"
WINDOWS_FILE = RemoteFile(
    name="anomaly/labels/combined_windows.json",
    url=f"{_ADDRESS}/labels/combined_windows.json",
    sha256="1e1fbc4601321aad8d0f8b3784c8134299379f68f6c1f7777565f8ffd57ab6b1",
    size=15_359,
)


def _file(name: str, size: int, sha256: str) -> RemoteFile:
    url = f"{_ADDRESS}/data/realKnownCause/{name}.csv"
    return RemoteFile(f"anomaly/{name}.csv", url, sha256, size)


MACHINE_FILE = _file(
    "machine_temperature_system_failure",
    732_223,
    "92bf5b87fc7f9bba8ca0b7ec63ccaac8cb4a1371a258e8c29a10ae9c018d82a4",
)
TAXI_FILE = _file(
    "nyc_taxi", 265_771, "d8fa6f7f0734bf5c8be12c52a94e20a82664c397d9dec4449156bd453d32856d"
)
LATENCY_FILE = _file(
    "ec2_request_latency_system_failure",
    123_428,
    "98378580aa80157e057c61d59d81daddccc6c65a2c0c800e3f01f603b8215c3f",
)
OFFICE_FILE = _file(
    "ambient_temperature_system_failure",
    233_321,
    "230b68ccca20f59d562afd5d24ad52939c9b784386bed0054018358bf9120581",
)


@dataclass(frozen=True, eq=False)
class SensorData:
    """A series and the windows of time in which something is wrong.

    Parameters
    ----------
    series : Series
        One column, "value", NaN where nothing was measured.
    windows : tuple of (datetime64, datetime64)
        Start and end of each anomaly window, in order, both within.
    """

    series: Series
    windows: tuple[tuple[np.datetime64, np.datetime64], ...]

    @property
    def title(self) -> str:
        """What was measured."""
        return self.series.title

    @property
    def profile(self) -> str:
        """'full' for real data, 'quick' for a stand-in."""
        return self.series.profile

    @property
    def statement(self) -> str:
        """One line to print wherever a result from this series is shown."""
        windows = f"{len(self.windows)} anomaly windows"
        return self.series.statement.replace(" values", f" values, {windows},", 1)

    @property
    def measured(self) -> NDArray[np.bool_]:
        """Where there is a value, shape (n,); the score counts these places only."""
        return ~self.series.missing[:, 0]

    @property
    def anomalous(self) -> NDArray[np.bool_]:
        """Which times lie in a window, shape (n,)."""
        inside = np.zeros(len(self.series), dtype=bool)
        for start, end in self.windows:
            inside |= (self.series.times >= start) & (self.series.times <= end)
        return inside


def load_sensor(
    title: str,
    minutes: int,
    file: RemoteFile,
    windows: RemoteFile = WINDOWS_FILE,
) -> SensorData:
    """Return one series of the benchmark, at regular times.

    Parameters
    ----------
    title : str
        What was measured.
    minutes : int
        From one value to the next.
    file, windows : RemoteFile
        Where to read from; tests give small ones of their own.

    Returns
    -------
    SensorData
        Sorted. Of several values with one time stamp the first is kept: the machine has an hour
        twice, and the server has twelve values in one stamp, where American clocks went forward.
        Times without a value, in the gaps of the server and of the office, are there with NaN.

    Raises
    ------
    DataUnavailable
        If a file is not on this machine and cannot be downloaded.
    DataError
        If a file is altered or cut off.

    Notes
    -----
    Source: Lavin and Ahmad (2015), https://github.com/numenta/NAB, MIT. Labels are windows around
    the moments at which people saw or knew of a failure: a tenth of the series in all.

    Examples
    --------
    >>> data = load_sensor("a machine", 5, MACHINE_FILE)  # doctest: +SKIP
    >>> len(data.windows)  # doctest: +SKIP
    4
    """
    step = np.timedelta64(minutes, "m")
    with csv_rows(file, columns=2) as rows:
        times = np.array([row[0] for row in rows], "M8[m]")
        if np.isnat(times).any() or times.max() - times.min() > 100 * len(times) * step:
            raise ValueError(
                f"its {len(times):,} times are from {times.min()} to {times.max()}, or one is "
                f"missing; expected steps of {minutes} minutes and gaps that are shorter"
            )
        at, values = regular(times, read_columns(rows, (1,)), step)
        series = Series(f"{TITLE}, {title}", "full", at, values, ("value",))
    path = locate_or_download(windows)
    with about_file(path, DataError, "Replace it with an intact copy of the labels."):
        name = f"realKnownCause/{file.name.rsplit('/', 1)[-1]}"
        found = field(json.loads(path.read_bytes()), name, list, "the file")
        return SensorData(series, tuple(_edges(pair, name) for pair in found))


def _edges(pair: object, name: str) -> tuple[np.datetime64, np.datetime64]:
    times = [
        np.datetime64(of_kind(time, str, f"a time of {name}"), "m")
        for time in of_kind(pair, list, f"a window of {name}")
    ]
    if len(times) != 2 or not times[0] <= times[1]:
        raise ValueError(
            f"a window of {name} has the times {times}; expected its start and its end"
        )
    return times[0], times[1]


def small_sensor(minutes: int = 5, days: int = 28, faults: int = 4, seed: int = 0) -> SensorData:
    """Generate a sensor with a daily rhythm and planted faults.

    Parameters
    ----------
    minutes : int
        From one value to the next; a divisor of a day's 1,440.
    days : int
        How many; at least 5 for each fault.
    faults : int
        How many. In turn: a value freezes, the level shifts for some hours, the daily rhythm
        stops while every value stays in its usual range.
    seed : int
        The same seed gives the same series.

    Returns
    -------
    SensorData
        The first fifth is without faults. The windows are as wide as in the benchmark, a tenth of
        the series in all, with the fault beginning in the middle.

    Raises
    ------
    ValueError
        If the numbers do not fit together.

    Examples
    --------
    >>> small_sensor(days=28).statement  # doctest: +ELLIPSIS
    'STAND-IN, a generated sensor with planted faults, 8,064 values, 4 anomaly windows, from ...'
    """
    for name, count in (("minutes", minutes), ("days", days), ("faults", faults)):
        whole(count, name, least=0)
    if minutes < 1 or 1_440 % minutes or faults < 1 or days < 5 * faults:
        raise ValueError(
            f"minutes {minutes}, days {days}, faults {faults}; expected a divisor of 1,440, "
            "at least one fault, and 5 days for each"
        )
    rng = np.random.default_rng(seed)
    day = 1_440 // minutes
    n = days * day
    times = np.datetime64("2024-01-01T00:00") + np.arange(n) * np.timedelta64(minutes, "m")
    phase = 2 * np.pi * np.arange(n) / day
    values = 70 + 8 * np.sin(phase) + 3 * np.sin(2 * phase + 1) + rng.normal(0, 0.8, n)
    spacing, half = int(0.8 * n) // faults, n // (20 * faults)
    windows = []
    for number in range(faults):
        start = n // 5 + number * spacing + int(rng.integers(half, spacing - half))
        span = slice(start, min(start + day // 3, n))
        length = span.stop - span.start
        if number % 3 == 0:
            values[span] = values[start]
        elif number % 3 == 1:
            values[span] += 9 * rng.choice([-1, 1])
        else:
            values[span] = values[start] + np.cumsum(rng.normal(0, 0.3, length))
        windows.append((times[start - half], times[min(start + half, n - 1)]))
    series = Series(STAND_IN_TITLE, "quick", times, values[:, None], ("value",))
    return SensorData(series, tuple(windows))


def _dataset(
    name: str, title: str, minutes: int, days: int, file: RemoteFile
) -> Dataset[SensorData]:
    return Dataset(
        name=name,
        title=f"{TITLE}, {title}",
        homepage="https://github.com/numenta/NAB",
        licence="MIT.",
        citation="lavin2015",
        files=(file, WINDOWS_FILE),
        load_full=partial(load_sensor, title, minutes, file),
        make_quick=partial(small_sensor, minutes, days),
    )


MACHINE = _dataset("machine", "temperature of a machine", 5, 28, MACHINE_FILE)
"""A sensor on a machine that fails, every 5 minutes."""
TAXI = _dataset("taxi", "taxi passengers in New York", 30, 60, TAXI_FILE)
"""Passengers of taxis, every half-hour; holidays and a snowstorm are the anomalies."""
LATENCY = _dataset("latency", "latency of a server", 5, 28, LATENCY_FILE)
"""How long a server takes to answer, every 5 minutes."""
OFFICE = _dataset("office", "temperature of an office", 60, 120, OFFICE_FILE)
"""The temperature of an office, every hour, with long gaps."""
