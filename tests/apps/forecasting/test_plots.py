"""Pictures of forecasts and prices show what they are given."""

import matplotlib.pyplot as plt
import numpy as np

from gru_course.apps.forecasting.plots import coverage_by_horizon, errors_by_horizon, fan
from gru_course.apps.forecasting.plots_prices import changes, levels
from gru_course.apps.forecasting.pricing import Tomorrow


def test_everything_is_drawn():
    ones = np.ones(5)
    axes = fan(ones, ones, (ones, ones, ones), ones, "load, MW").axes[0]
    assert [axes.get_xlabel(), axes.get_ylabel()] == ["steps from the origin", "load, MW"]
    assert "seasonal naive" in axes.get_legend_handles_labels()[1]
    axes = errors_by_horizon({"GRU": [1, 2], "seasonal naive": [2, 3]}, "°C").axes[0]
    assert [line.get_label() for line in axes.lines] == ["GRU", "seasonal naive"]
    assert len(coverage_by_horizon({"GRU": [0.9, 0.8]}, 0.9).axes[0].lines) == 2
    plt.close("all")


def test_changes_are_taken_from_today():
    said = Tomorrow(np.array([0.01, 0.0]), np.array([0.002, 0.0]), np.zeros(2))
    x, y = changes(said).axes[0].lines[1].get_data()
    np.testing.assert_allclose([x[0], y[0]], [1.0, 0.2])
    assert len(levels(said).axes[0].lines) == 2
    plt.close("all")
