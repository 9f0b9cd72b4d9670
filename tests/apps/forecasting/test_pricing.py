"""Prices: a random walk is not beaten, a planted momentum is noticed, and the tricks work."""

import tracemalloc

import numpy as np
import pytest

from gru_course.apps.forecasting.forecast_tests import clark_west
from gru_course.apps.forecasting.prices import random_walk_prices
from gru_course.apps.forecasting.pricing import line_error, neighbours_error, smoothed, tomorrow
from gru_course.data.series import series_windows


def walk_of(n, **options):
    return random_walk_prices(n=n, **options).column("price")


def p_value(said):
    return clark_west(said.truth, said.today, said.said).p_value


def test_a_random_walk_is_not_beaten():
    said = tomorrow(walk_of(2000, seed=1))
    assert p_value(said) > 0.01
    # What is said is next to nothing: not the steady rise of a net that has to learn "no change".
    assert np.abs(said.said - said.today).mean() < 0.3 * np.abs(said.truth - said.today).mean()


def test_a_planted_momentum_is_noticed():
    assert p_value(tomorrow(walk_of(2500, momentum=0.4, seed=1))) < 0.01


def test_the_days_are_those_asked_for():
    prices = walk_of(600, seed=1)
    said = tomorrow(prices, first=500, epochs=1)
    np.testing.assert_allclose(np.exp(said.truth), prices[500:])
    np.testing.assert_allclose(np.exp(said.today), prices[499:-1])
    changed = prices.copy()
    changed[550:] *= 2
    again = tomorrow(changed, first=500, epochs=1)
    np.testing.assert_allclose(again.said[:50], said.said[:50], atol=1e-6)


def test_prices_from_which_nothing_can_be_learned():
    with pytest.raises(ValueError, match=r"only \d+ windows of 20 changes"):
        tomorrow(walk_of(60))
    with pytest.raises(ValueError, match="do not move"):
        tomorrow(np.full(600, 7.0))
    with pytest.raises(ValueError, match="expected one row"):
        tomorrow(walk_of(600)[:, None])


def test_momentum_comes_again():
    steps = np.diff(np.log(random_walk_prices(n=5000, momentum=0.4).column("price")))
    assert np.corrcoef(steps[1:], steps[:-1])[0, 1] == pytest.approx(0.4, abs=0.05)
    with pytest.raises(ValueError, match=r"momentum 1\.5"):
        random_walk_prices(momentum=1.5)


def test_the_tricks_fool_and_the_honest_ways_do_not():
    walk = np.log(random_walk_prices(n=1500, seed=2).column("price"))
    assert neighbours_error(walk, shuffled=True) < 0.9
    assert neighbours_error(walk, shuffled=False) > 1.0
    assert line_error(smoothed(walk)) < 0.8 < 1.2 < line_error(walk)


NAN, INF = np.nan, np.inf
WALK = np.log(random_walk_prices(n=300, seed=2).column("price"))


def changed(values, place, value):
    values = values.copy()
    values[place] = value
    return values


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: smoothed(changed(WALK, 7, NAN)), "the values: 1 of 300 .* the first at 7: nan"),
        (lambda: smoothed(WALK, 0), "width is 0; expected a whole number"),
        (lambda: smoothed(WALK, 301), "width 301; expected 1 to as many"),
        (lambda: line_error(changed(WALK, 7, INF)), "the first at 7: inf"),
        (lambda: line_error(WALK[:2]), "expected one row of at least 3"),
        (lambda: line_error(np.full(9, 0.1)), "the 7 values asked for do not change"),
        (lambda: line_error(np.array([0.3, 0.1 + 0.2] * 9)), "do not change"),
        (
            lambda: neighbours_error(changed(WALK, 7, INF), True),
            "the values: 1 of 300 .* at 7: inf",
        ),
        (
            lambda: neighbours_error(WALK[:65], True),
            "5 windows of 60 values and one more; expected",
        ),
        (
            lambda: neighbours_error(np.full(300, 1e9 / 3), False),
            "48 values asked for do not change",
        ),
    ],
)
def test_errors_over_nothing_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_a_ratio_of_errors_knows_no_unit(scale):
    assert line_error(scale * WALK) == pytest.approx(line_error(WALK), rel=1e-6)
    found, expected = (neighbours_error(s * WALK, shuffled=False) for s in (scale, 1))
    assert found == pytest.approx(expected, rel=1e-6)


def test_whole_numbers_do_not_run_over():
    steps = np.array([10, 250, 20, 240, 30, 230], "uint8")  # 2 * 250 is 244 in a byte
    assert line_error(steps) == line_error(steps.astype(float))


@pytest.mark.parametrize("price", [0.0, -1.0])
def test_a_price_without_a_logarithm_is_named(price):
    prices = walk_of(200)
    prices[9] = price
    with pytest.raises(ValueError, match=rf"1 of 200 prices .* first at 9: {price}; .* NaN"):
        tomorrow(prices)


def by_all_distances(values, shuffled, history=60):
    """Compare every window with every other one, as `neighbours_error` did at first."""
    cut = series_windows(values[:, None], history, 1)
    x, y = cut.x[..., 0], cut.y[:, 0, 0]
    order = np.random.default_rng(0).permutation(len(x)) if shuffled else np.arange(len(x))
    known, asked = np.split(order, [len(x) * 4 // 5])
    distances = ((x[asked, None] - x[None, known]) ** 2).sum(axis=-1)
    said = y[known][np.argpartition(distances, 2, axis=1)[:, :2]].mean(axis=1)
    return float(np.abs(said - y[asked]).mean() / np.abs(x[asked, -1] - y[asked]).mean())


@pytest.mark.parametrize("shuffled", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_tree_finds_the_same_neighbours_to_the_last_bit(seed, shuffled):
    walk = np.log(random_walk_prices(n=700, seed=seed).column("price"))
    assert neighbours_error(walk, shuffled=shuffled) == by_all_distances(walk, shuffled)


def test_neighbours_take_little_memory():
    walk = np.log(random_walk_prices(n=2500, seed=0).column("price"))
    tracemalloc.start()
    neighbours_error(walk, shuffled=True)
    assert tracemalloc.get_traced_memory()[1] < 20e6  # all distances at once took 900 million bytes
    tracemalloc.stop()
