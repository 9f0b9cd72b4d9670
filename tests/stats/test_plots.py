"""Pictures of measured times show every sample, and the limits beside what was reached."""

import matplotlib.pyplot as plt
import pytest

from gru_course.stats.plots import growth, roofline, times


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_first_program_stands_on_top_with_all_its_samples():
    axes = times({"Keras": [50.0, 52.0, 49.0], "FastGRU": [30.0, 31.0]}, floor=8.0).axes[0]
    assert [list(line.get_xdata()) for line in axes.lines] == [[50, 52, 49], [30, 31], [8, 8]]
    assert [bar.get_width() for bar in axes.patches] == [50.0, 30.5]
    assert axes.yaxis.get_inverted()


def test_the_roof_is_the_lower_of_two_limits():
    axes = roofline({"Adam": (0.5, 4.0)}, memory=20.0, arithmetic=180.0).axes[0]
    roof = dict(zip(*axes.lines[0].get_data(), strict=True))
    assert max(roof.values()) == 180.0
    assert min(roof.values()) == pytest.approx(20.0 * min(roof))
    assert {text.get_text() for text in axes.texts} == {
        "limit: memory",
        "limit: arithmetic",
        "Adam",
    }


def test_every_size_has_its_tick():
    upper, lower = growth({"timesteps": {25: 4.0, 50: 5.0}, "reviews": {1: 1.5, 4: 2.0}}).axes
    assert [tick.get_text() for tick in upper.get_xticklabels()] == ["25", "50"]
    assert lower.get_xlabel() == "reviews"
