"""Two real share indices, day by day, and generated prices as their stand-in."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.forecasting.prices import random_walk_prices
from gru_course.apps.forecasting.task import Floats
from gru_course.course.checked import finite
from gru_course.course.parsing import about_file
from gru_course.data.errors import DataError
from gru_course.data.fetch import locate_or_download
from gru_course.data.series import checked_times
from gru_course.data.sources import Dataset, RemoteFile

_RAW = "https://raw.githubusercontent.com/bashtage/arch"
SP500_FILE = RemoteFile(
    name="prices/sp500.csv.gz",
    url=f"{_RAW}/8ec3620a7e322dcbb3bdbfe5f5ebeda30965c818/arch/data/sp500/sp500.csv.gz",
    sha256="1e028cbb9c400cc018c816ccc439b33c919387e726c3ed5ca2c05c82746059de",
    size=102_735,
)
NASDAQ_FILE = RemoteFile(
    name="prices/nasdaq.csv.gz",
    url=f"{_RAW}/f78f7cef0a6ea5f62ac9f6bd0dc187dc5a3ba676/arch/data/nasdaq/nasdaq.csv.gz",
    sha256="b2009535343ebb14e0aa11ed086788d2997a416ffe4f9450eed9a561ae30ac59",
    size=114_929,
)
SP500_TITLE = "S&P 500, daily closing prices"
NASDAQ_TITLE = "Nasdaq Composite, daily closing prices"


@dataclass(frozen=True, eq=False)
class Prices:
    """Closing prices of the days on which there was trade.

    Parameters
    ----------
    title : str
        Of what.
    profile : str
        'full' for a market, 'quick' for a stand-in.
    days : ndarray of datetime64, shape (n,)
        Ascending; weekends and holidays are left out, so the steps differ.
    close : ndarray of float64, shape (n,)
        Above 0.

    Raises
    ------
    ValueError
        If there are fewer than two days, they do not ascend, or a price is not above 0.

    Examples
    --------
    >>> days = np.array(["2024-01-05", "2024-01-08"], "M8[D]")
    >>> Prices("a share", "quick", days, np.array([100.0, 101.0])).returns.round(3).tolist()
    [0.995]
    """

    title: str
    profile: str
    days: NDArray[np.datetime64]
    close: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", checked_times(self.days))
        close = np.asarray(finite(self.close, f"the prices of {self.title}"), np.float64)
        object.__setattr__(self, "close", close)
        if self.close.shape != self.days.shape or len(self.days) < 2:
            raise ValueError(
                f"{len(self.days)} days and prices of the shape {self.close.shape}; expected a "
                "price for each of at least two days"
            )
        wrong = np.flatnonzero(np.diff(self.days) <= np.timedelta64(0))
        if len(wrong):
            raise ValueError(
                f"{self.days[wrong[0] + 1]} comes after {self.days[wrong[0]]}; sort the days and "
                "keep one price for each"
            )
        if (close <= 0).any():
            where = int(np.argmax(close <= 0))
            raise ValueError(
                f"the price of {self.days[where]} is {close[where]}; expected prices above 0"
            )

    def __len__(self) -> int:
        """Return the number of days."""
        return len(self.days)

    @property
    def returns(self) -> Floats:
        """Growth of the logarithm from each day to the next, in percent, shape (n - 1,)."""
        growth: Floats = 100 * np.diff(np.log(self.close))
        return growth

    @property
    def statement(self) -> str:
        """One line to print wherever a result from these prices is shown."""
        return (
            f"{self.title}, {len(self):,} days from {self.days[0]} to {self.days[-1]} "
            f"({self.profile} profile)"
        )

    def place(self, day: str) -> int:
        """Return the place of the first day from this one on.

        Parameters
        ----------
        day : str
            Such as '2015-01-01'.

        Returns
        -------
        int

        Raises
        ------
        ValueError
            If it is no day, or the prices end before it.

        Examples
        --------
        >>> made_up_prices(10).place("2010-01-04")
        3
        """
        try:
            asked = np.datetime64(day, "D")
        except ValueError as wrong:
            raise ValueError(f"{day!r:.60} is no day; expected one such as '2015-01-01'") from wrong
        found = int(np.searchsorted(self.days, asked))
        if found == len(self):
            raise ValueError(f"the prices end on {self.days[-1]}, before {day}")
        return found


def _load(title: str, file: RemoteFile) -> Prices:
    path = locate_or_download(file)
    with about_file(path, DataError, "Replace it with an intact copy of the table."):
        try:
            text = gzip.decompress(path.read_bytes()).decode()
        except (OSError, EOFError) as wrong:
            raise ValueError(f"it cannot be unpacked ({wrong})") from wrong
        rows = list(csv.reader(text.splitlines()))[1:]
        short = [number for number, row in enumerate(rows, 1) if len(row) < 6]
        if short or not rows:
            raise ValueError(f"row {short[0] if short else 1} has not the six columns of prices")
        dates = [row[0].split("/") for row in rows]
        days = np.array([f"{int(y):04}-{int(m):02}-{int(d):02}" for m, d, y in dates], "M8[D]")
        return Prices(title, "full", days, np.array([float(row[4]) for row in rows]))


def load_sp500(file: RemoteFile = SP500_FILE) -> Prices:
    """Return twenty years of closing prices of the S&P 500, 1999 to 2018.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Prices

    Raises
    ------
    DataUnavailable
        If the prices are not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: the package arch (Sheppard and others, NCSA licence). Only the close is read: on 2,004
    days the opening price of the file repeats the close of the day before.

    Examples
    --------
    >>> len(load_sp500())  # doctest: +SKIP
    5031
    """
    return _load(SP500_TITLE, file)


def load_nasdaq(file: RemoteFile = NASDAQ_FILE) -> Prices:
    """Return twenty years of closing prices of the Nasdaq Composite, 1999 to 2018.

    Parameters
    ----------
    file : RemoteFile
        Where to read from; tests give a small one of their own.

    Returns
    -------
    Prices

    Raises
    ------
    DataUnavailable
        If the prices are not on this machine and cannot be downloaded.
    DataError
        If the file is altered or cut off.

    Notes
    -----
    Source: the package arch (Sheppard and others, NCSA licence).

    Examples
    --------
    >>> len(load_nasdaq())  # doctest: +SKIP
    5031
    """
    return _load(NASDAQ_TITLE, file)


def made_up_prices(n: int = 1500, seed: int = 0) -> Prices:
    """Generate prices whose direction cannot be foreseen and whose restlessness can.

    Parameters
    ----------
    n : int
        Days.
    seed : int
        The same seed gives the same prices.

    Returns
    -------
    Prices

    Raises
    ------
    ValueError
        As `random_walk_prices`.

    Examples
    --------
    >>> made_up_prices(5).statement
    'STAND-IN, generated prices, 5 days from 2010-01-01 to 2010-01-05 (quick profile)'
    """
    walk = random_walk_prices(n, clustering=0.98, seed=seed)
    return Prices("STAND-IN, generated prices", "quick", walk.times, walk.column("price"))


def _dataset(
    name: str, title: str, file: RemoteFile, load_full: Callable[[], Prices], seed: int
) -> Dataset[Prices]:
    return Dataset(
        name=name,
        title=title,
        homepage="https://github.com/bashtage/arch",
        licence="NCSA, that of the package; where it has the prices from is not stated.",
        citation="arch",
        files=(file,),
        load_full=load_full,
        make_quick=partial(made_up_prices, seed=seed),
    )


SP500 = _dataset("sp500", SP500_TITLE, SP500_FILE, load_sp500, 0)
"""The S&P 500, day by day."""
NASDAQ = _dataset("nasdaq", NASDAQ_TITLE, NASDAQ_FILE, load_nasdaq, 1)
"""The Nasdaq Composite, day by day."""
