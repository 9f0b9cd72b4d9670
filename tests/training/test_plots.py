import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

from gru_course.course import style
from gru_course.training import plots


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def test_learning_curves_mark_the_best_epoch():
    curves = {
        "epoch": [1, 2, 3],
        "accuracy": [0.7, 0.8, 0.9],
        "loss": [0.6, 0.4, 0.3],
        "val_accuracy": [0.7, 0.82, 0.8],
        "val_loss": [0.6, 0.5, 0.55],
    }
    left, right = plots.learning_curves(curves, held_out="validation").axes
    for ax in (left, right):
        assert ax.lines[-1].get_xdata()[0] == 2
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["training", "validation"]


def test_seed_spread_shows_every_seed():
    figure = plots.seed_spread({"GRU": [0.8, 0.81, 0.82]}, {"bigrams": 0.9})
    dots = figure.axes[0].lines[0]
    assert list(dots.get_xdata()) == [0.8, 0.81, 0.82]


def test_confusion_matrix_gives_counts_and_shares():
    figure = plots.confusion_matrix([[90, 10], [20, 80]], ["negative", "positive"])
    assert [t.get_text() for t in figure.axes[0].texts][:2] == ["90\n90.0%", "10\n10.0%"]


def test_the_style_leaves_no_trace():
    before = dict(mpl.rcParams)
    with style.course_style():
        assert mpl.rcParams["figure.figsize"] == [5.2, 3.2]
    assert dict(mpl.rcParams) == before
