import gzip

import numpy as np
import pytest
from own_cache import remote_file

from gru_course.apps.forecasting.market import NASDAQ, SP500, Prices, load_sp500, made_up_prices
from gru_course.data.errors import DataError
from gru_course.data.loading import load

DAYS = np.array(["2024-01-05", "2024-01-08", "2024-01-09"], "M8[D]")


@pytest.mark.full
@pytest.mark.parametrize(
    ("dataset", "rmse", "explained", "no_change", "mean"),
    [(SP500, 19.97, 0.995, 0.7425, 0.7422), (NASDAQ, 62.00, 0.997, 1.0607, 1.0598)],
    ids=["sp500", "nasdaq"],
)
def test_figures_of_the_index(dataset, rmse, explained, no_change, mean):
    """Those of the S&P 500 were computed by somebody else before, from the same file."""
    index = load(dataset, "full")
    first = index.place("2015-01-01")
    assert len(index) == 5_031
    assert len(index) - first == 1_006
    came, before = index.close[first:], index.close[first - 1 : -1]
    error = np.mean((came - before) ** 2)
    assert np.sqrt(error) == pytest.approx(rmse, abs=0.005)
    assert 1 - error / came.var() == pytest.approx(explained, abs=0.0005)
    changes = index.returns
    known, asked = changes[: first - 1], changes[first - 1 :]
    assert np.mean(asked**2) == pytest.approx(no_change, abs=5e-5)
    assert np.mean((asked - known.mean()) ** 2) == pytest.approx(mean, abs=5e-5)


ROWS = "Date,Open,High,Low,Close,Adj Close,Volume\n"
ROW = "1/{}/2024,1,2,0.5,{},1,9\n"


def served(server, body):
    server.serve("prices.csv.gz", body)
    return remote_file("prices.csv.gz", body, server.url)


def packed(server, text):
    return served(server, gzip.compress(text.encode()))


def test_a_small_file_is_read(server):
    file = packed(server, ROWS + ROW.format(5, 100) + ROW.format(8, 110))
    index = load_sp500(file)
    assert index.days.astype(str).tolist() == ["2024-01-05", "2024-01-08"]
    assert index.returns == pytest.approx([100 * np.log(1.1)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS, "row 1 has not the six columns"),
        (ROWS + "1/5/2024,1\n", "row 1 has not the six columns"),
        (ROWS + ROW.format(5, 100) + ROW.format(5, 110), "2024-01-05 comes after 2024-01-05"),
        (ROWS + ROW.format(5, 100) + ROW.format(8, -1), "price of 2024-01-08 is -1.0"),
        (ROWS + ROW.format(5, 100) + ROW.format(8, "x"), "could not convert"),
    ],
)
def test_a_damaged_file_is_named(server, text, said):
    with pytest.raises(DataError, match=rf"prices\.csv\.gz: .*{said}.* Replace it"):
        load_sp500(packed(server, text))


def test_a_file_that_is_not_packed_is_named(server):
    with pytest.raises(DataError, match="cannot be unpacked"):
        load_sp500(served(server, b"Date,Open"))


@pytest.mark.parametrize(
    ("days", "close", "said"),
    [
        (DAYS, [1.0, 2.0], "3 days and prices of the shape"),
        (DAYS[:1], [1.0], "at least two days"),
        (DAYS[::-1], [1.0, 2.0, 3.0], "2024-01-08 comes after 2024-01-09; sort"),
        (DAYS[[0, 0, 1]], [1.0, 2.0, 3.0], "keep one price for each"),
        (DAYS, [1.0, 0.0, 3.0], "the price of 2024-01-08 is 0.0; expected prices above 0"),
        (DAYS, [1.0, np.nan, 3.0], "1 of 3"),
    ],
)
def test_what_is_no_row_of_prices(days, close, said):
    with pytest.raises(ValueError, match=said):
        Prices("mine", "quick", days, np.array(close))


def test_places_of_days():
    prices = Prices("mine", "quick", DAYS, np.array([1.0, 2.0, 3.0]))
    assert [prices.place(day) for day in ("2020-01-01", "2024-01-06", "2024-01-09")] == [0, 1, 2]
    with pytest.raises(ValueError, match="end on 2024-01-09, before 2025"):
        prices.place("2025-01-01")
    with pytest.raises(ValueError, match="'soon' is no day"):
        prices.place("soon")
    assert made_up_prices(50, seed=1).profile == "quick"
