"""What the figures of tuning show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gru_course.reviews.plots_tuning import (
    by_data_size,
    changes,
    choosing,
    kept_by_dropout,
    reliability_diagram,
    risk_coverage_curve,
    text_lengths,
)
from gru_course.stats.calibration import reliability, risk_coverage


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def labels(fig):
    legends = fig.legends or [ax.get_legend() for ax in fig.axes]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def test_by_data_size():
    fig = by_data_size([10, 100], {"a": [[0.5, 0.7], [0.8, 0.8]]}, ylabel="accuracy")
    (ax,) = fig.axes
    line, *_ = ax.containers[0]
    np.testing.assert_allclose(line.get_ydata(), [0.6, 0.8])
    assert [ax.xaxis.get_major_formatter()(v) for v in (10, 20_000)] == ["10", "20,000"]
    assert labels(fig) == ["a"]


def test_changes():
    fig = changes({"a": [0.8, 0.9], "b": [0.7]}, 0.85, unsure=0.01, xlabel="accuracy")
    (ax,) = fig.axes
    means = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "|"]
    np.testing.assert_allclose(means, [0.85, 0.7])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]
    assert labels(fig) == ["may be chance", "base"]


def test_kept_by_dropout():
    kept = np.array([[True, False], [True, True]])
    fig = kept_by_dropout({"words": kept, "all": np.ones((2, 2))})
    assert [ax.get_title() for ax in fig.axes] == ["words", "all"]
    assert [ax.images[0].get_array().tolist() for ax in fig.axes] == [kept.tolist(), 2 * [2 * [1]]]


@pytest.mark.parametrize(
    ("kept", "said"), [({}, "nothing to draw"), ({"words": [1, 0]}, r"words has the shape \(2,\)")]
)
def test_a_dropout_without_a_grid_is_refused(kept, said):
    with pytest.raises(ValueError, match=said):
        kept_by_dropout(kept)


def test_reliability_diagram():
    bins = reliability([0.9, 0.9, 0.6], [1, 0, 1])
    (ax,) = reliability_diagram({"as trained": bins}).axes
    np.testing.assert_allclose(ax.lines[1].get_xdata(), bins.confidence)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), bins.accuracy)


def test_risk_coverage_curve():
    found = risk_coverage(np.linspace(0, 1, 100), np.arange(100) > 40)
    fig = risk_coverage_curve({"test": found}, chosen=(0.5, 0.1))
    assert len(fig.axes[0].lines[0].get_xdata()) == 98
    assert labels(fig) == ["test", "threshold chosen"]


def test_choosing():
    (ax,) = choosing([1, 10], [0.8, 0.9], [0.8, 0.85]).axes
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0.8, 0.9], [0.8, 0.85]]


def test_text_lengths_show_where_the_window_ends():
    figure = text_lengths([5, 20, 40, 300, 120], window=100)
    (line,) = figure.axes[0].lines
    assert list(line.get_xdata()) == [100, 100]
    with pytest.raises(ValueError, match="no length to draw"):
        text_lengths([], window=100)
