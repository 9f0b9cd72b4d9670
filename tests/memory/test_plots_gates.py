import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gru_course.cells.gru import GRUStep
from gru_course.course import style
from gru_course.memory import plots_gates as gates


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


STEPS = [GRUStep(*(np.array([[v]]) for v in (z, 0.5, -0.2, 0.1))) for z in (0.1, 0.9)]


def test_the_parts_of_a_step_stand_against_the_bias_in_their_colours():
    parts = ["update_gate", "candidate"]
    figure = gates.turned_gate([-2, 2], STEPS, parts, gate="update gate", level=(-0.8, "old"))
    update, candidate, _level = figure.axes[0].lines
    assert (list(update.get_xdata()), list(update.get_ydata())) == ([-2, 2], [0.1, 0.9])
    assert [line.get_color() for line in (update, candidate)] == [
        style.UPDATE_GATE,
        style.CANDIDATE,
    ]


def test_a_step_for_each_bias_and_known_parts_are_asked_for():
    with pytest.raises(ValueError, match="2 steps for biases of shape"):
        gates.turned_gate([0.0], STEPS, ["candidate"], gate="", level=(0, ""))
    with pytest.raises(ValueError, match="no part 'output_gate'"):
        gates.turned_gate([0, 1], STEPS, ["output_gate"], gate="", level=(0, ""))


def test_the_flag_marks_the_steps_that_write():
    figure = gates.written_memory([0.5, -0.5, 0.1], [0, 1, 0], [0.0, -0.5, -0.5])
    for axes in figure.axes:
        assert any(list(line.get_xdata()) == [1] for line in axes.lines)
    with pytest.raises(ValueError, match=r"expected \(timesteps,\)"):
        gates.written_memory([0.5], [0, 1], [0.0])


def test_two_conventions_of_z_have_its_colour_and_differ_in_their_dashes():
    states = {"Cho": [-0.7, 0.8], "Chung": [0.8, -0.7]}
    figure = gates.mirrored_gates([-6, 6], states, old=0.8, candidate=-0.7)
    cho, chung = figure.axes[0].lines[:2]
    assert cho.get_color() == chung.get_color() == style.UPDATE_GATE
    assert cho.get_linestyle() != chung.get_linestyle()


def test_mistakes_about_a_gate_have_its_colour():
    names = ("wrong z", "wrong reset side", "wrong order", "bias dropped", "biases merged")
    figure = gates.mistakes_by_scale([0.1, 1.0], {name: [0.01, 1.0] for name in names})
    lines = figure.axes[0].lines[:5]
    colours = [line.get_color() for line in lines]
    assert colours == [style.UPDATE_GATE, style.RESET_GATE, *[style.STATE] * 3]
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 5
