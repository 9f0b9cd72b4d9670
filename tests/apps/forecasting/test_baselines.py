import numpy as np
import pytest

from gru_course.apps.forecasting.baselines import (
    LinearForecaster,
    Smoothing,
    climatology,
    fit_smoothing,
    naive,
    seasonal_naive,
    smooth,
)
from gru_course.apps.forecasting.data import seasonal
from gru_course.apps.forecasting.task import ForecastTask, prepare


@pytest.fixture(scope="module")
def data():
    return prepare(ForecastTask(seasonal(("load",), "h", 1500), "load", 24, 6, 24))


def test_a_season_that_repeats_is_forecast_exactly():
    wave = np.tile(np.arange(5.0), 4)[None, :17]
    ahead = (np.arange(17, 24) % 5)[None].astype(float)
    np.testing.assert_array_equal(seasonal_naive(wave, 7, season=5), ahead)
    assert (naive(wave, 3) == wave[0, -1]).all()


@pytest.mark.parametrize("season", [0, 18])
def test_a_season_outside_of_the_history_is_refused(season):
    with pytest.raises(ValueError, match="season"):
        seasonal_naive(np.zeros((1, 17)), 3, season)


def test_the_linear_model_beats_repetition_on_waves(data):
    model, _ = LinearForecaster.fit(data)
    found = data.in_unit(model.predict(data.test), data.test)
    error = np.abs(found - data.test.truth).mean()
    assert error < 0.9 * np.abs(seasonal_naive(data.test.past, 6, 24) - data.test.truth).mean()


def test_with_shuffled_answers_the_linear_model_learns_nothing(data):
    rng = np.random.default_rng(0)
    shuffled = data._replace(train=data.train._replace(y=rng.permutation(data.train.y)))
    found = LinearForecaster.fit(data)[0].predict(data.test)
    without = LinearForecaster.fit(shuffled)[0].predict(data.test)
    errors = [np.abs(y - data.test.y).mean() for y in (found, without)]
    assert errors[1] > 1.3 * errors[0]


def test_the_linear_model_reads_columns_known_in_advance():
    series = seasonal(("load", "holiday"), "h", 1500)
    series.values[:, 1] = np.random.default_rng(0).random(1500) < 0.1
    series.values[:, 0] += 20 * series.values[:, 1]
    errors = []
    for known in ((), ("holiday",)):
        data = prepare(ForecastTask(series, "load", 24, 6, 24, known=known))
        said = data.in_unit(LinearForecaster.fit(data)[0].predict(data.test), data.test)
        errors.append(np.abs(said - data.test.truth).mean())
    assert errors[1] < 0.5 * errors[0]


def test_climatology_knows_the_kind_of_step_and_the_season_and_no_future():
    days = seasonal(("load",), "D", 1200)
    origins = np.arange(1000, 1150, 7)
    said = climatology(days, "load", 7, 1000, origins, 14)
    truth = days.values[origins[:, None] + np.arange(14), 0]
    overall = days.values[:1000, 0].mean()
    assert np.abs(said - truth).mean() < 0.8 * np.abs(overall - truth).mean()
    days.values[1000:] = 1e6
    np.testing.assert_array_equal(climatology(days, "load", 7, 1000, origins, 14), said)
    changed = seasonal(("load",), "D", 50)
    changed.values[3:10:7] = np.nan
    with pytest.raises(ValueError, match="has no value before 10"):
        climatology(changed, "load", 7, 10, origins[:0], 2)
    with pytest.raises(ValueError, match="have to lie in the 1200 values"):
        climatology(days, "load", 7, 1000, np.array([1200]), 2)


@pytest.mark.parametrize(("trend", "least"), [(0.0, None), (0.5, 0.01)])
def test_a_trend_is_smoothed_only_where_there_is_one(trend, least):
    rng = np.random.default_rng(1)
    values = np.tile([0.0, 5.0, 2.0], 60) + trend * np.arange(180) + 0.5 * rng.normal(size=180)
    found = fit_smoothing(values, 3)
    assert found.trend == 0 if least is None else True
    ahead = smooth(values, 3, found, np.array([180]), 30)[0]
    expected = np.tile([0.0, 5.0, 2.0], 10) + trend * np.arange(180, 210)
    assert np.abs(ahead - expected).mean() < 1.5


def test_a_penalty_is_needed(data):
    with pytest.raises(ValueError, match="no penalty"):
        LinearForecaster.fit(data, penalties=())


def test_smoothing_is_that_of_statsmodels():
    """The same numbers from the same start give the same forecasts."""
    holtwinters = pytest.importorskip("statsmodels.tsa.holtwinters")
    rng = np.random.default_rng(0)
    y = 10 + np.tile([0.0, 3.0, -1.0, 2.0], 30) + np.cumsum(rng.normal(size=120)) * 0.3
    by = Smoothing(0.4, 0.1, 0.2, 0.9)
    # Our start: the mean of the first season, no trend, and the first season around it. It is
    # used up by the first four values, which statsmodels reads a second time if it is let.
    start = y[:4]
    reference = holtwinters.ExponentialSmoothing(
        y[4:], trend="add", damped_trend=True, seasonal="add", seasonal_periods=4,
        initialization_method="known", initial_level=start.mean(), initial_trend=0.0,
        initial_seasonal=start - start.mean(),
    ).fit(
        smoothing_level=by.level, smoothing_trend=by.trend, smoothing_seasonal=by.season,
        damping_trend=by.damping, optimized=False,
    )  # fmt: skip
    # Each value from those before it. (Several steps ahead, statsmodels 0.15 leaves the very last
    # update of the season out; the formula has it.)
    ours = smooth(y, 4, by, np.arange(8, 120), 1)[:, 0]
    np.testing.assert_allclose(ours, reference.fittedvalues[4:], rtol=1e-6)
    ahead = smooth(y, 4, by, np.array([120]), 3)[0]
    np.testing.assert_allclose(ahead, reference.forecast(3), rtol=1e-6)


def test_smoothing_sees_no_future():
    y = np.random.default_rng(0).normal(size=60)
    changed = y.copy()
    changed[40:] = 99
    by, origins = Smoothing(0.4, 0.1, 0.2, 0.9), np.array([20, 40])
    np.testing.assert_array_equal(smooth(y, 4, by, origins, 6), smooth(changed, 4, by, origins, 6))


def test_smoothing_bridges_a_gap():
    y = np.tile([1.0, 5.0, 3.0], 20)
    y[30] = np.nan
    found = smooth(y, 3, Smoothing(0.4, 0.1, 0.2, 0.9), np.array([45]), 3)
    np.testing.assert_allclose(found, [[1, 5, 3]], atol=1e-9)


def test_the_numbers_of_smoothing_are_estimated():
    pytest.importorskip("statsmodels")
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=200)) + np.tile([0.0, 4.0], 100)
    still = rng.normal(size=200) + np.tile([0.0, 4.0], 100)
    assert fit_smoothing(walk, 2).level > 0.7 > 0.3 > fit_smoothing(still, 2).level


@pytest.mark.parametrize("values", [np.full(50, np.nan), np.zeros(7)])
def test_too_little_to_smooth_is_refused(values):
    with pytest.raises(ValueError, match="expected"):
        fit_smoothing(values, 4)


NAN, INF = np.nan, np.inf
BY = Smoothing(0.4, 0.1, 0.2, 0.9)
WAVE = np.tile([1.0, 5.0, 3.0], 20)


def changed(places, value):
    values = WAVE.copy()
    values[places] = value
    return values


def smooth_it(values=WAVE, season=3, by=BY, origins=(45,), horizon=3):
    return smooth(values, season, by, np.array(origins), horizon)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: naive(np.array([[1.0, NAN]]), 3), r"the known values: 1 of 2 .* at \(0, 1\): nan"),
        (lambda: naive(np.array([[1.0, -INF]]), 3), r"at \(0, 1\): -inf"),
        (lambda: naive(np.array([1.0, 2.0]), 3), r"shape \(2,\)"),
        (lambda: naive(np.array([[1.0, 2.0]]), 0), "horizon is 0; expected"),
        (
            lambda: fit_smoothing(changed(7, NAN), 3),
            "1 of 60 .* at 7: nan; .* Leave missing ones out",
        ),
        (lambda: fit_smoothing(changed(7, INF), 3), "at 7: inf"),
        (lambda: fit_smoothing(np.full(60, 0.1), 3), "all values are 0.1"),
        (lambda: fit_smoothing(WAVE * 1e200, 3), "the values go up to .* in another unit"),
        (lambda: fit_smoothing(WAVE[:, None], 3), r"shape \(60, 1\)"),
        (lambda: smooth_it(changed(7, INF)), "the values: 1 of 60 .* at 7: inf"),
        (lambda: smooth_it(changed([0, 1, 2], NAN)), "the first season, 3 values, is missing"),
        (lambda: smooth_it(by=Smoothing(NAN, 0.1, 0.2, 0.9)), "the numbers of smoothing: 1 of 4"),
        (lambda: smooth_it(by=Smoothing(4.0, 0.1, 0.2, 0.9)), r"expected each in \[0, 1\]"),
        (lambda: smooth_it(season=0), "season is 0"),
        (lambda: smooth_it(horizon=1.5), "horizon is 1.5"),
        (lambda: smooth_it(origins=(NAN,)), "the origins: 1 of 1"),
    ],
)
def test_what_is_not_finite_is_not_forecast_from(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_no_penalty_wins_with_an_error_that_is_none(data):
    wrong = data.validation.y.copy()
    wrong[2, 1] = NAN
    spoilt = data._replace(validation=data.validation._replace(y=wrong))
    with pytest.raises(ValueError, match=r"the validation error of the penalty 1\.0: .* nan"):
        LinearForecaster.fit(spoilt)
    with pytest.raises(ValueError, match=r"the penalties: 1 of 2 .* at 1"):
        LinearForecaster.fit(data, penalties=(1.0, NAN))


@pytest.mark.parametrize("level", [0.0, 0.1, 1e9])
def test_smoothing_of_a_constant_stays_there(level):
    found = smooth_it(np.full(60, level))
    np.testing.assert_allclose(found, level, rtol=1e-12)


@pytest.mark.parametrize("origins", [[], [30, 20], [3], [61]])
def test_impossible_origins_are_refused(origins):
    with pytest.raises(ValueError, match="origin"):
        smooth(np.zeros(60), 4, Smoothing(0.4, 0.1, 0.2, 0.9), np.array(origins), 6)
