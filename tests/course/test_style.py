"""What no figure does silently: leave out a line, or a number that is not finite."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gru_course.apps.forecasting import plots as forecasts
from gru_course.course.style import finished, told_apart
from gru_course.reviews import plots_inside as inside
from gru_course.reviews import plots_tuning as tuning
from gru_course.training import plots as learning


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_line_too_many_is_refused_and_not_left_out():
    curves = {f"method {n}": [1.0, 2.0] for n in range(6)}
    with pytest.raises(ValueError, match=r"6 things to draw \(method 0, .*; expected 1 to 5"):
        forecasts.errors_by_horizon(curves, "MW")
    with pytest.raises(ValueError, match="0 things to draw"):
        tuning.by_data_size([10], {}, ylabel="accuracy")
    assert len(list(told_apart(curves, range(6)))) == 6


def draw_line(axes):
    axes.plot([0, 1], [0.5, np.nan], label="GRU")


def draw_bars(axes):
    axes.bar([0, 1], [0.5, np.inf], label="GRU")


def draw_error_bars(axes):
    axes.errorbar([0, 1], [1, 1], yerr=[0.5, np.nan], label="GRU")


def draw_picture(axes):
    axes.imshow([[0.5, np.nan]])


@pytest.mark.parametrize("draw", [draw_line, draw_bars, draw_error_bars, draw_picture])
def test_what_is_not_finite_is_seen(draw):
    figure, axes = plt.subplots()
    axes.set_title("the panel")
    draw(axes)
    with pytest.raises(ValueError, match=r"cannot show \d of \d+ numbers of '.*', which are NaN"):
        finished(figure)
    assert not plt.get_fignums()


def test_nan_in_a_figure_of_the_course():
    with pytest.raises(ValueError, match="'GRU', which are NaN"):
        forecasts.coverage_by_horizon({"GRU": [0.9, np.nan]}, promised=0.9)
    with pytest.raises(ValueError, match="something in each row"):
        learning.confusion_matrix([[0, 0], [1, 2]], ["no", "yes"])
    with pytest.raises(ValueError, match="more than 0 at distance 0"):
        inside.gates_and_gradient(np.full(3, 0.5), np.array([[0.0, 1.0]]))
