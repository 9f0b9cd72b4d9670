import pytest

from gru_course.apps.forecasting.model import ForecasterConfig, gru_forecaster


def test_all_horizons_come_at_once():
    model = gru_forecaster(
        ForecasterConfig(history=20, features=3, horizon=7, units=4, dropout=0.1)
    )
    assert model.output_shape == (None, 7, 3)
    gru = 3 * (4 * (3 + 4) + 2 * 4)
    assert model.count_params() == gru + (4 + 1) * 7 * 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"horizon": 0}, "horizon is 0; expected a whole number from 1 up"),
        ({"units": 2.5}, "units is 2.5; expected a whole number from 1 up"),
        ({"quantiles": (float("nan"), 0.5)}, "between 0 and 1"),
        ({"dropout": float("nan")}, "dropout"),
        ({"quantiles": (0.9, 0.1)}, "ascending"),
        ({"quantiles": (0.0, 0.5)}, "between 0 and 1"),
        ({"quantiles": ()}, "quantiles"),
        ({"dropout": 1.0}, "dropout"),
    ],
)
def test_impossible_sizes_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        ForecasterConfig(**{"history": 5, "features": 1, "horizon": 2, **options})


def test_it_reads_what_is_known_of_each_asked_step():
    model = gru_forecaster(ForecasterConfig(history=20, features=3, horizon=7, units=4, ahead=5))
    assert [tuple(one.shape[1:]) for one in model.inputs] == [(20, 3), (7, 5)]
    assert model.output_shape == (None, 7, 3)
    with pytest.raises(ValueError, match=r"ahead is 1\.5"):
        ForecasterConfig(history=20, features=3, horizon=7, ahead=1.5)
