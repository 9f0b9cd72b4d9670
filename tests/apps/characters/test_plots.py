"""Pictures of language models show every character and every order."""

import matplotlib.pyplot as plt
import numpy as np

from gru_course.apps.characters.plots import by_order, surprise, temperatures


def test_every_character_is_under_its_bits():
    figure = surprise("To be,\nor", {"GRU": np.full(9, 0.5), "5-gram": np.full(9, 0.25)}, columns=5)
    ticks = [t.get_text() for axes in figure.axes for t in axes.get_xticklabels()]
    assert "".join(ticks) == "To␣be,↵or"
    assert figure.axes[0].lines[1].get_ydata().tolist() == [2.0] * 5
    plt.close(figure)


def test_lines():
    assert len(by_order({1: 4.0, 2: 3.0}, 2.5).axes[0].lines) == 2
    assert len(temperatures([0.5, 1], [1, 2], 2.0).axes[0].lines) == 3
    plt.close("all")
