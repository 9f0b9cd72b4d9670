"""Prices of a made-up share: a random walk, so that what can be forecast is known in advance."""

import numpy as np

from gru_course.course.checked import finite, whole
from gru_course.data.series import Series

TITLE = "GENERATED prices, not a market: a random walk"
DAYS_A_YEAR = 365
"""The made-up market never closes, so that its days are one step apart."""


def random_walk_prices(
    n: int = 3_650,
    drift: float = 0.05,
    volatility: float = 0.2,
    clustering: float = 0.0,
    momentum: float = 0.0,
    seed: int = 0,
) -> Series:
    r"""Generate daily prices whose direction nobody can forecast better than by the drift.

    Parameters
    ----------
    n : int
        Days, from 1 January 2010 on.
    drift : float
        Expected growth of the logarithm of the price in a year.
    volatility : float
        Standard deviation of that growth in a year; above 0.
    clustering : float
        From 0 (every day is as restless as the next) to below 1: how strongly restless days
        follow restless days.
    momentum : float
        From 0 to below 1: the share of a day's surprise that comes again the next day. Above 0 the
        direction *can* be forecast, which no random walk allows; for tests that must notice it.
    seed : int
        The same seed gives the same prices.

    Returns
    -------
    Series
        One column, "price", which starts at 100; its profile is "generated". The best forecast of
        tomorrow's logarithm is today's plus the drift of a day, whatever has happened before.
        With clustering, the size of the next step can be forecast, its direction cannot.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    The step of a day is :math:`r_t = \mu + \sigma_t e_t` with :math:`e_t` standard normal, and
    :math:`\sigma_t^2 = \bar\sigma^2 (1 - c) + c\,(0.1\,(r_{t-1} - \mu)^2 + 0.9\,\sigma_{t-1}^2)`
    where :math:`c` is the clustering: the GARCH(1, 1) process of Bollerslev (1986),
    doi:10.1016/0304-4076(86)90063-1, with a mean variance of :math:`\bar\sigma^2`.

    Examples
    --------
    >>> prices = random_walk_prices(n=5)
    >>> prices.statement.removesuffix(' (generated profile)')
    'GENERATED prices, not a market: a random walk, 5 values from 2010-01-01 to 2010-01-05'
    >>> prices.column("price")[0]
    np.float64(100.0)
    """
    whole(n, "n", least=2)
    given = (drift, volatility, clustering, momentum)
    finite(given, "drift, volatility, clustering and momentum", what_to_do="")
    if volatility <= 0 or not 0 <= clustering < 1 or not 0 <= momentum < 1:
        raise ValueError(
            f"volatility {volatility}, clustering {clustering}, momentum {momentum}; "
            "expected above 0, and twice from 0 to below 1"
        )
    shocks = np.random.default_rng(seed).normal(size=n - 1)
    mean_variance = volatility**2 / DAYS_A_YEAR
    variance = mean_variance
    surprises = np.empty(n - 1)
    for day, shock in enumerate(shocks):
        surprises[day] = np.sqrt(variance) * shock
        memory = 0.1 * surprises[day] ** 2 + 0.9 * variance
        variance = mean_variance * (1 - clustering) + clustering * memory
    for day in range(1, n - 1):
        surprises[day] += momentum * surprises[day - 1]
    steps = drift / DAYS_A_YEAR + surprises
    prices = 100 * np.exp(np.concatenate([[0.0], np.cumsum(steps)]))
    days = np.datetime64("2010-01-01") + np.arange(n)
    return Series(TITLE, "generated", days, prices[:, None], ("price",))
