import numpy as np
import pytest

from gru_course.apps.forecasting.market import NASDAQ, SP500, made_up_prices
from gru_course.apps.forecasting.volatility import (
    Garch,
    ewma,
    fit_garch,
    forecast_variances,
    garch_variances,
    qlike,
    train_variances,
    variance_windows,
)
from gru_course.data.loading import load


@pytest.mark.full
@pytest.mark.parametrize(
    ("dataset", "expected"),
    [(SP500, (0.943, 0.485, 0.415, 0.376)), (NASDAQ, (1.432, 0.896, 0.845, 0.818))],
    ids=["sp500", "nasdaq"],
)
def test_the_models_give_what_the_package_arch_gives(dataset, expected):
    """Figures from arch 8.0.0: same data, same split. It starts its variance otherwise."""
    index = load(dataset, "full")
    first = index.place("2015-01-01") - 1
    r = index.returns - index.returns[:first].mean()
    known, asked, start = r[:first], r[first:], float(r[:first].var())
    ways = (
        np.full(len(r), start),
        ewma(r, start),
        garch_variances(r, fit_garch(known), start),
        garch_variances(r, fit_garch(known, bad_news=True), start),
    )
    found = [qlike(h[first:], asked).mean() for h in ways]
    np.testing.assert_allclose(found, expected, atol=0.008)
    assert found == sorted(found, reverse=True)


def by_hand(r, by, start):
    h = [start]
    for before in r[:-1]:
        share = by.news + by.bad_news * (before < 0)
        h.append(by.base + share * before**2 + by.memory * h[-1])
    return h


def test_the_filter_is_the_recursion():
    r, by = np.random.default_rng(0).normal(size=40), Garch(0.05, 0.08, 0.1, 0.85)
    np.testing.assert_allclose(garch_variances(r, by, 2.0), by_hand(r, by, 2.0))
    np.testing.assert_allclose(ewma(r, 2.0, 0.9), by_hand(r, Garch(0.0, 0.1, 0.0, 0.9), 2.0))


def test_a_process_is_found_again():
    rng, by = np.random.default_rng(0), Garch(0.05, 0.05, 0.1, 0.85)
    h, r = 1.0, np.empty(8000)
    for day in range(len(r)):
        r[day] = np.sqrt(h) * rng.normal()
        h = by.base + (by.news + by.bad_news * (r[day] < 0)) * r[day] ** 2 + by.memory * h
    np.testing.assert_allclose(fit_garch(r, bad_news=True), by, atol=0.03)
    assert fit_garch(r).bad_news == 0


def test_the_loss_is_least_at_the_variance():
    r = np.random.default_rng(0).normal(scale=2.0, size=5000)
    losses = [qlike(np.full(5000, h), r).mean() for h in (1.0, 2.0, 4.0, 8.0)]
    assert np.argmin(losses) == 2


@pytest.fixture(scope="module")
def windows():
    r = made_up_prices(1500).returns
    r = r - r.mean()
    constant = np.full(len(r), r[:1000].var())
    return [
        variance_windows(r, constant, r[:1000].std(), 30, start, stop)
        for start, stop in ((30, 1000), (1000, 1200), (1200, 1499))
    ], r


def test_before_training_the_anchor_stands_and_training_improves_on_it(windows):
    (train, held, test), r = windows
    model = train_variances(train, held, 0, epochs=1)
    model.set_weights([0 * w for w in model.get_weights()])
    np.testing.assert_allclose(forecast_variances(model, test), test.anchor, rtol=1e-6)
    learned = train_variances(train, train, 0, epochs=5)
    asked = r[30:1000]
    assert qlike(forecast_variances(learned, train), asked).mean() < (
        qlike(train.anchor, asked).mean()
    )


def test_a_window_ends_the_day_before(windows):
    (train, _, _), r = windows
    np.testing.assert_allclose(train.x[0, -1, 0], r[29] / r[:1000].std(), rtol=1e-5)
    np.testing.assert_allclose(train.y[0], r[30] ** 2 / train.anchor[0], rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: qlike([0.0], [1.0]), "variances above 0"),
        (lambda: qlike([1.0, 1.0], [1.0]), "as many of both"),
        (lambda: ewma([1.0], start=0.0), "a start above 0"),
        (lambda: ewma([1.0], start=1.0, keep=1.5), "shares from 0 to 1"),
        (lambda: fit_garch(np.ones(50)), "at least 100"),
        (lambda: fit_garch(np.ones(200)), "not all the same"),
        (lambda: variance_windows(np.ones(9), np.ones(9), 1.0, 5, 4, 9), "as many before them"),
        (lambda: variance_windows(np.ones(9), np.zeros(9), 1.0, 5, 6, 9), "not above 0"),
    ],
)
def test_what_cannot_be_computed_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
