import numpy as np
import pytest

from gru_course.apps.forecasting.baselines import seasonal_naive
from gru_course.apps.forecasting.boosting import BoostedTrees
from gru_course.apps.forecasting.data import seasonal
from gru_course.apps.forecasting.task import ForecastTask, prepare

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


@pytest.fixture(scope="module")
def data():
    series = seasonal(("load",), "h", 1500)
    task = ForecastTask(series, "load", 48, 6, 24, anchor="last", calendar_ahead=True)
    return prepare(task)


def test_trees_beat_repetition_and_learn_nothing_from_shuffled_answers(data):
    model, count = BoostedTrees.fit(data, 24, rounds=40)
    assert 1 <= count <= 40
    said = data.in_unit(model.predict(data.test), data.test)
    error = np.abs(said - data.test.truth).mean()
    naive = np.abs(seasonal_naive(data.test.past, 6, 24) - data.test.truth).mean()
    assert error < 0.9 * naive
    rng = np.random.default_rng(0)
    shuffled = data._replace(train=data.train._replace(y=rng.permutation(data.train.y)))
    bad, _ = BoostedTrees.fit(shuffled, 24, rounds=40)
    without = np.abs(data.in_unit(bad.predict(data.test), data.test) - data.test.truth).mean()
    assert without > 1.2 * error


def test_a_seed_gives_the_same_trees_and_another_unit_the_same_forecasts(data):
    first, again = (BoostedTrees.fit(data, 24, rounds=5)[0].predict(data.test) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    series = seasonal(("load",), "h", 1500)
    series.values[:] = 1e6 + 1000 * series.values
    moved = prepare(ForecastTask(series, "load", 48, 6, 24, anchor="last", calendar_ahead=True))
    other = BoostedTrees.fit(moved, 24, rounds=5)[0].predict(moved.test)
    np.testing.assert_allclose(other, first, atol=0.05)


def test_wrong_windows_are_refused(data):
    with pytest.raises(ValueError, match="season 49; expected at most the history, 48"):
        BoostedTrees.fit(data, 49)
    wrong = data.train.x.copy()
    wrong[1, 2, 0] = np.nan
    with pytest.raises(ValueError, match=r"the windows: 1 of"):
        BoostedTrees.fit(data._replace(train=data.train._replace(x=wrong)), 24)
