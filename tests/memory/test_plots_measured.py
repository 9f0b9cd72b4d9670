import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

from gru_course.memory import plots_measured as measured
from gru_course.stats.statistics import Interval


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


ROWS = {"a": Interval(0.8, 0.7, 0.9), "b": Interval(1.1, 1.0, 1.3)}


def test_intervals_show_every_estimate_with_its_bounds():
    figure = measured.intervals({"x": ROWS, "y": ROWS}, xlabel="ratio", lines={"equal": 1.0})
    (ax,) = figure.axes
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a", "b"]
    first = ax.containers[0]
    assert list(first.lines[0].get_xdata()) == [0.8, 1.1]
    bars = [bound for segment in first.lines[2][0].get_segments() for bound in segment[:, 0]]
    assert bars == pytest.approx([0.7, 0.9, 1.0, 1.3])
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["equal", "x", "y"]


def test_series_with_other_rows_are_refused():
    with pytest.raises(ValueError, match="the same rows"):
        measured.intervals({"x": ROWS, "y": {"a": ROWS["a"]}}, xlabel="", lines={})


def test_times_are_medians():
    times = {"gru": [[1, 2, 9], [4, 4, 4]], "lstm": [[2, 2, 2], [8, 8, 8]]}
    figure = measured.times_by_cell([32, 64], times, xlabel="units")
    (ax,) = figure.axes
    assert list(ax.containers[0].lines[0].get_ydata()) == [2, 4]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["GRU", "LSTM"]


def test_every_run_is_shown():
    results = {name: {"train": [0.9, 1.0], "test": [0.7, 0.8]} for name in ("GRU", "LSTM")}
    figure = measured.runs_by_model(results)
    shown = [list(line.get_xdata()) for line in figure.axes[0].lines]
    assert shown == [[0.9, 1.0], [0.95], [0.7, 0.8], [0.75]] * 2
    labels = [t.get_text() for t in figure.legends[0].get_texts()]
    assert labels == ["training", "test", "mean of the seeds"]
