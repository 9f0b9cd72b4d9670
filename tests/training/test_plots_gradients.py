import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gru_course.course import style
from gru_course.training import plots_gradients as gradients

DISTANCE = np.arange(20)


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def test_lines_differ_in_more_than_colour_and_leave_zeros_out():
    curves = {
        "simple RNN": 0.9**DISTANCE,
        "LSTM": 0.8**DISTANCE,
        "GRU": np.where(DISTANCE < 10, 0.5**DISTANCE, 0),
        "GRU that remembers": np.ones((3, 20)),
    }
    figure = gradients.reach({"before": curves, "after": curves}, mark=(5, "lag"))
    named = [line for line in figure.axes[0].lines if not line.get_label().startswith("_")]
    assert [line.get_label() for line in named] == list(curves)
    assert len({(line.get_linestyle(), line.get_marker()) for line in named}) == 4
    assert np.isnan(named[2].get_ydata()[10:]).all()
    assert figure.axes[0].get_yscale() == "log"


def test_a_line_named_after_a_cell_has_its_colour_and_hollow_marks():
    names = ["GRU, $b_z$ = 4", "LSTM, cell state", "somebody"]
    figure = gradients.reach({"one": {name: 0.5**DISTANCE for name in names}})
    lines = figure.axes[0].lines[:3]
    assert [line.get_color() for line in lines] == [style.GRU, style.LSTM, style.STATE]
    assert all(line.get_markerfacecolor() == style.GROUND for line in lines)
    with pytest.raises(ValueError, match="5 lines beside"):
        gradients.reach({"one": {str(n): 0.5**DISTANCE for n in range(5)}})


def test_four_panels_stand_in_two_rows():
    curves = {"GRU": 0.5**DISTANCE}
    figure = gradients.reach({title: curves for title in "abc"})
    assert [ax.get_title() for ax in figure.axes[:3]] == ["a", "b", "c"]
    assert not figure.axes[3].axison


def test_every_bias_is_named_and_names_keep_apart():
    figure = gradients.reach_by_bias({b: (1 - 10.0 ** (-b - 1)) ** DISTANCE for b in range(4)})
    texts = figure.axes[0].texts
    assert [text.get_text() for text in texts] == [f"$b_z$ = {b}" for b in (3, 2, 1, 0)]
    assert (np.diff([np.log10(text.get_position()[1]) for text in texts]) <= -0.9 + 1e-9).all()


def test_points_of_each_cell():
    figure = gradients.rate_against_radius({"GRU": [(0.6, 0.61), (0.7, 0.72)], "LSTM": [(1, 1)]})
    assert list(figure.axes[0].lines[1].get_xdata()) == [0.6, 0.7]


def test_memory_stands_against_gradient():
    figure = gradients.memory_against_gradient({"GRU": [(1e-3, 0.5), (0.1, 0.9)]})
    (dots,) = figure.axes[0].lines
    assert list(dots.get_xdata()) == [1e-3, 0.1]
    assert dots.get_marker() == "o"


def test_clipping_shows_the_limit():
    run = {"norm": [0.1, 10.0], "loss": [1.0, 0.5]}
    figure = gradients.clipping({"without": run, "with": run}, limit=1.0)
    assert list(figure.axes[0].lines[-1].get_ydata()) == [1.0, 1.0]


def test_borders_stand_between_windows():
    lengths = {"4 steps": [0.0] * 6 + [1.0] * 4, "whole": np.ones(10)}
    figure = gradients.cut_by_windows(lengths, {"4 steps": 4, "whole": None})
    assert [line.get_xdata()[0] for line in figure.axes[0].lines] == [4.5, 8.5]
    assert len(figure.axes[1].lines) == 0
    assert [bar.get_height() for bar in figure.axes[0].patches][5:7] == [0.0, 1.0]


def test_windows_show_every_seed():
    figure = gradients.accuracy_by_window({"5 steps": [0.2, 0.3], "all": [1.0, 1.0]}, chance=0.25)
    assert list(figure.axes[0].lines[0].get_xdata()) == [0.2, 0.3]


def test_graphs_carry_their_numbers():
    edges = ["keep", "into z", "out of z", "into candidate", "out of candidate", "into r"]
    values = dict.fromkeys([*edges, "r to candidate"], 0.125)
    texts = [text.get_text() for text in gradients.step_graph(values).axes[0].texts]
    assert sum("+0.125" in text for text in texts) == 7
    texts = [text.get_text() for text in gradients.chain([0.5], [0.2, 0.4]).axes[0].texts]
    assert any("+0.500" in text for text in texts)
    with pytest.raises(ValueError, match="expected"):
        gradients.step_graph({"keep": 1.0})
    with pytest.raises(ValueError, match="1 factors and 1 gradients"):
        gradients.chain([0.5], [0.2])
