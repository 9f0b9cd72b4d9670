import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from gru_course.apps.speech import plots as speech


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def test_the_mean_over_seeds_is_drawn():
    axes = speech.accuracy_by_share([0.5, 1.0], [[0.2, 0.8], [0.4, 1.0]], 0.1).axes[0]
    assert np.allclose(axes.lines[2].get_ydata(), [0.3, 0.9])
    named = [text.get_text() for text in axes.get_legend().get_texts()]
    assert named == ["one seed", "mean of the seeds", "a guess"]
    with pytest.raises(ValueError, match="one per share"):
        speech.accuracy_by_share([0.5, 1.0], [[0.2]], 0.1)


def test_every_confusion_is_written_out():
    axes = speech.confusion([[5, 2], [0, 7]], ["one", "nine"]).axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["2", "5", "7"]
    with pytest.raises(ValueError, match="2 words"):
        speech.confusion([[1]], ["one", "nine"])
