import numpy as np
import pytest

from gru_course.apps.forecasting.prices import DAYS_A_YEAR, random_walk_prices


def steps(**options):
    return np.diff(np.log(random_walk_prices(**options).column("price")))


def lag_one(values):
    return np.corrcoef(values[1:], values[:-1])[0, 1]


def test_it_says_what_it_is():
    prices = random_walk_prices()
    assert prices.profile == "generated"
    assert prices.statement.startswith("GENERATED prices, not a market")
    assert prices.values.min() > 0


@pytest.mark.parametrize("clustering", [0.0, 0.95])
def test_the_direction_cannot_be_forecast(clustering):
    """Lag-one correlation of a random walk's steps is 0 within chance, over 20 walks."""
    walks = [steps(clustering=clustering, seed=seed) for seed in range(20)]
    found = np.array([lag_one(walk) for walk in walks])
    assert abs(found.mean()) < 3 * found.std(ddof=1) / np.sqrt(20)
    assert np.abs(found).max() < 0.12


def test_drift_and_volatility_are_those_asked_for():
    walks = np.array([steps(drift=0.3, volatility=0.1, seed=seed) for seed in range(20)])
    assert walks.mean() * DAYS_A_YEAR == pytest.approx(0.3, abs=0.03)
    assert walks.std() * np.sqrt(DAYS_A_YEAR) == pytest.approx(0.1, rel=0.02)


def test_restless_days_cluster_only_if_asked():
    def memory(clustering):
        return np.mean([lag_one(steps(clustering=clustering, seed=s) ** 2) for s in range(20)])

    assert abs(memory(0.0)) < 0.02
    assert memory(0.98) > 0.05
    restless = np.mean([steps(clustering=0.98, seed=seed).std() for seed in range(20)])
    assert restless * np.sqrt(DAYS_A_YEAR) == pytest.approx(0.2, rel=0.1)


def test_the_seed_decides():
    one, same, other = (random_walk_prices(n=50, seed=seed).values for seed in (0, 0, 1))
    assert (one == same).all()
    assert (one[1:] != other[1:]).all()


@pytest.mark.parametrize("name", ["drift", "volatility", "clustering", "momentum"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_prices_from_no_numbers(name, value):
    with pytest.raises(ValueError, match="drift, volatility, clustering and momentum: 1 of 4"):
        random_walk_prices(n=5, **{name: value})


@pytest.mark.parametrize(
    "wrong", [{"n": 1}, {"n": 2.5}, {"volatility": 0}, {"clustering": 1.0}], ids=str
)
def test_numbers_out_of_range(wrong):
    with pytest.raises(ValueError, match=r"from 0 to below 1|expected a whole number from 2 up"):
        random_walk_prices(**wrong)
