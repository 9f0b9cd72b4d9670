import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gru_course.apps.translation.plots import alignment


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def test_words_and_numbers_are_written():
    figure = alignment(["a", "b", "c"], ["x", "y"], [[0.05, 0.9, 0.05], [0.7, 0.2, 0.1]])
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert sorted(text.get_text() for text in axes.texts) == [".1", ".2", ".7", ".9"]
    assert figure.get_size_inches()[0] <= 5.3


def test_a_turned_matrix_is_refused():
    with pytest.raises(ValueError, match=r"expected \(2, 3\)"):
        alignment(["a", "b", "c"], ["x", "y"], np.zeros((3, 2)))
