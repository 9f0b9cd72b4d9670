import numpy as np
import pytest

from gru_course.apps.forecasting.baselines import seasonal_naive
from gru_course.apps.forecasting.data import seasonal
from gru_course.apps.forecasting.intervals import coverage
from gru_course.apps.forecasting.learn import Pinball, forecast, train
from gru_course.apps.forecasting.model import ForecasterConfig
from gru_course.apps.forecasting.task import ForecastTask, prepare
from gru_course.layers.backend import keras
from gru_course.training.fitting import Recipe

RECIPE = Recipe(epochs=6, batch_size=32, learning_rate=0.01, decay=True)
CONFIG = ForecasterConfig(history=1, features=1, horizon=1, units=8)


@pytest.fixture(scope="module")
def data():
    return prepare(ForecastTask(seasonal(("load",), "h", 1500), "load", 24, 6, 24))


@pytest.fixture(scope="module")
def trained(data):
    return train(data, CONFIG, RECIPE, seed=0)


def mae(data, found):
    return np.abs(found[:, :, 1] - data.test.truth).mean()


def test_it_beats_the_season_of_yesterday(data, trained):
    found = forecast(trained[0], data, data.test)
    naive = np.abs(seasonal_naive(data.test.past, 6, 24) - data.test.truth).mean()
    assert mae(data, found) < 0.9 * naive
    assert (np.diff(found, axis=2) >= 0).all()
    assert 0.5 < coverage(data.test.truth, found[:, :, 0], found[:, :, 2]).mean() < 0.99


def test_the_band_begins_as_wide_as_the_answers_are_scattered(data):
    """From a band without width a short training does not arrive: 43% of 90% on the wind."""
    model, _ = train(data, CONFIG, Recipe(1, 512, 1e-9), seed=0)
    found = forecast(model, data, data.train)
    inside = coverage(data.train.truth, found[:, :, 0], found[:, :, 2])
    np.testing.assert_allclose(inside, 0.9, atol=0.01)


def test_it_uses_what_is_known_ahead():
    """A jump that only a column known in advance announces."""
    rng = np.random.default_rng(0)
    series = seasonal(("load", "holiday"), "h", 1500)
    series.values[:, 1] = rng.random(1500) < 0.1
    series.values[:, 0] += 20 * series.values[:, 1]
    options = {"history": 24, "horizon": 6, "season": 24, "anchor": "last"}
    errors = []
    for known in ((), ("holiday",)):
        data = prepare(ForecastTask(series, "load", known=known, **options))
        model, _ = train(data, CONFIG, Recipe(12, 32, 0.01, decay=True), seed=0)
        errors.append(mae(data, forecast(model, data, data.test)))
    assert errors[1] < 0.7 * errors[0]


def test_with_shuffled_answers_it_learns_nothing(data, trained):
    rng = np.random.default_rng(0)
    shuffled = data._replace(train=data.train._replace(y=rng.permutation(data.train.y)))
    model, _ = train(shuffled, CONFIG, RECIPE, seed=0)
    good, bad = (mae(data, forecast(m, data, data.test)) for m in (trained[0], model))
    assert bad > 1.3 * good


def test_a_seed_gives_the_same_model_and_the_best_epoch_is_kept(data, trained):
    model, curves = train(data, CONFIG, RECIPE, seed=0)
    for again, first in zip(model.get_weights(), trained[0].get_weights(), strict=True):
        np.testing.assert_allclose(again, first, atol=1e-4)
    kept = float(model.evaluate(data.validation.x, data.validation.y, verbose=0))
    assert kept == pytest.approx(min(curves["val_loss"]), rel=1e-3)


def test_pinball_is_least_at_the_quantile():
    y = np.arange(100.0)[:, None]
    losses = [float(Pinball([0.9])(y, np.full((100, 1, 1), q))) for q in (50.0, 80.0, 90.0, 99.0)]
    assert np.argmin(losses) == 2
    half = float(Pinball([0.5])(y, np.full((100, 1, 1), 50.0)))
    assert half == pytest.approx(np.abs(y - 50).mean() / 2)


@pytest.mark.parametrize("level", [0.0, 1.0, 90, float("nan")])
def test_a_quantile_is_a_share(level):
    with pytest.raises(ValueError, match=r"a quantile is .*; expected a share between 0 and 1"):
        Pinball([0.5, level])


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [("train", "x", "windows for training"), ("train", "y", "answers for training"),
     ("validation", "x", "windows for validation"), ("validation", "y", "answers for validation")],
)  # fmt: skip
def test_windows_of_no_numbers_teach_nothing(data, name, kind, said, value):
    wrong = getattr(getattr(data, name), kind).copy()
    wrong[3] = value
    spoilt = data._replace(**{name: getattr(data, name)._replace(**{kind: wrong})})
    with pytest.raises(ValueError, match=rf"the {said}: .* the first at \(3, 0"):
        train(spoilt, CONFIG, RECIPE, seed=0)


def test_windows_of_no_numbers_are_not_forecast_from(data, trained):
    wrong = data.test.x.copy()
    wrong[3, 5, 0] = np.nan
    with pytest.raises(ValueError, match=r"the windows: 1 of .* the first at \(3, 5, 0\): nan"):
        forecast(trained[0], data, data.test._replace(x=wrong))


def test_a_constant_series_is_forecast_to_stay():
    series = seasonal(("load",), "h", 400)
    series.values[:] = 1e9 / 3
    data = prepare(ForecastTask(series, "load", 24, 6, 24))
    model, _ = train(data, CONFIG, Recipe(1, 32), seed=0)
    np.testing.assert_allclose(forecast(model, data, data.test), 1e9 / 3, rtol=1e-6)


def test_the_loss_can_be_stored():
    loss = Pinball((0.1, 0.9))
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.quantiles == [0.1, 0.9]
