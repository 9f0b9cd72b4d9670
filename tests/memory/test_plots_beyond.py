import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gru_course.memory import plots_beyond as beyond
from gru_course.stats.statistics import Interval


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def test_attention_has_a_bar_per_step_and_marks_the_symbol():
    (ax,) = beyond.attention_weights([0.1, 0.7, 0.2], flagged=1).axes
    assert [round(bar.get_height(), 3) for bar in ax.patches] == [0.1, 0.7, 0.2]
    assert list(ax.lines[0].get_xdata()) == [1]


def test_gains_tell_a_gain_from_a_loss_from_neither():
    intervals = {"up": Interval(0.2, 0.1, 0.3), "down": Interval(-0.2, -0.3, -0.1)}
    figure = beyond.gains({"task": {**intervals, "open": Interval(0.1, -0.1, 0.3)}})
    marks = [line.get_marker() for line in figure.axes[0].lines if len(line.get_xdata()) == 1]
    assert marks == [">", "<", "o"]


def test_the_last_state_of_a_scan_comes_from_all_steps():
    (ax,) = beyond.scan_diagram(timesteps=6, follow=5).axes
    traced = [line for line in ax.lines if line.get_marker() == "o" and line.get_ydata()[0] == 0]
    assert len(traced) == 6
    (ax,) = beyond.scan_diagram(timesteps=6, follow=2).axes
    traced = [line for line in ax.lines if line.get_marker() == "o" and line.get_ydata()[0] == 0]
    assert len(traced) == 3


def test_curves_show_the_median_of_samples():
    times = np.array([[1.0, 2.0, 9.0], [2.0, 4.0, 5.0]])
    (ax,) = beyond.against_length([8, 16], {"GRU": times}, "ms").axes
    assert list(ax.lines[0].get_ydata()) == [2.0, 4.0]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["8", "16"]
