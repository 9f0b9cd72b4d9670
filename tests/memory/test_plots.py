import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gru_course.memory import plots as memory


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def test_success_curves_show_the_median_and_every_seed():
    curves = {"gru": ([10, 20], [[1.0, 0.9, 0.2], [0.1, 0.2, 0.3]]), "rnn": ([10], [[0.5]])}
    figure = memory.success_curves(curves, xlabel="lag", ylabel="right", baseline=0.125, trained=10)
    line, first, _second = figure.axes[0].lines[:3]
    assert list(line.get_ydata()) == [0.9, 0.2]
    assert list(first.get_ydata()) == [1.0, 0.9, 0.2]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["GRU", "simple RNN", "without memory", "limit of training"]


def test_every_arm_needs_a_look_that_is_more_than_a_colour():
    with pytest.raises(ValueError, match="no look for tcn"):
        memory.success_curves({"tcn": ([1], [[1]])}, xlabel="", ylabel="", baseline=0)
    looks = {(str(look["linestyle"]), look["marker"]) for look in memory.LOOKS.values()}
    assert len(looks) == len(memory.LOOKS)


def test_longest_counts_show_every_seed():
    figure = memory.longest_counts({"lstm": [100, 97, 160], "gru": [50, 44, 55]}, trained=50)
    assert list(figure.axes[0].lines[0].get_xdata()) == [100, 97, 160]


def test_counting_states_and_examples_draw_what_they_are_given():
    figure = memory.counting_states({"lstm": np.arange(8), "gru": np.zeros(8)}, trained=2)
    assert [len(ax.lines[0].get_xdata()) for ax in figure.axes] == [8, 8]
    figure = memory.adding_example([[0.5, 0], [0.2, 1], [0.9, 1]])
    assert list(figure.axes[0].lines[1].get_ydata()) == [0.2, 0.9]
    assert len(memory.digit_rows(np.zeros((3, 8, 8)), [0, 1, 2]).axes) == 3


def test_a_plateau_stands_beside_the_constant_answer():
    curve = {"updates": [100.0, 200.0], "val_score": [0.17, 0.004], "loss": [1.0, 1.0]}
    (ax,) = memory.plateau({"gru": curve}, constant=1 / 6).axes
    of_gru, constant = ax.lines
    assert list(of_gru.get_ydata()) == [0.17, 0.004]
    assert set(constant.get_ydata()) == {1 / 6}


def test_gates_over_time_are_ordered_by_the_first_step():
    gates = [[0.9, 0.1, 0.5], [1.0, 1.0, 0.8]]
    figure = memory.gates_over_time(gates, ["A", "B"])
    image = figure.axes[0].images[0].get_array()
    assert np.asarray(image).tolist() == [[0.1, 1.0], [0.5, 0.8], [0.9, 1.0]]
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["A", "B"]
    with pytest.raises(ValueError, match="1 names for 2 steps"):
        memory.gates_over_time(gates, ["A"])
