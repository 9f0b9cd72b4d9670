import itertools
import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from gru_course.course import style
from gru_course.reviews import plots_inside as inside
from gru_course.reviews.probing import ProbeResult
from gru_course.stats.statistics import Interval


@pytest.fixture(autouse=True)
def close_figures():
    mpl.use("agg")
    yield
    plt.close("all")


def strip(**options):
    rows = {"update gate": ([0.0, 0.5, 1.0], style.UPDATE_GATE)}
    return inside.word_strips(["It", "<unknown>", "R&B"], rows, "A text.", **options).data


def test_a_strip_reads_as_text():
    """Without tags, as a screen reader has it: each word, what follows, and its value."""
    text = re.sub(r"<[^>]+>", "", strip())
    said = "It, update gate 0.00&lt;unknown&gt;, update gate 0.50R&amp;B, update gate 1.00"
    assert text.startswith(said)
    assert text.endswith("A text. Under each word, line 1: update gate.")


def luminance(colour):
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("colour", [style.UPDATE_GATE, style.RESET_GATE, style.STATE, style.LSTM])
def test_the_darkest_ground_leaves_text_readable(colour):
    rows = {"x": ([1.0, -1.0], colour)}
    data = inside.word_strips(["a", "b"], rows, "", signed=True).data
    grounds = re.findall(r"background:(#\w{6})", data)
    assert len(grounds) == 3
    for ground in grounds:
        assert (luminance(ground) + 0.05) / (luminance("#111111") + 0.05) > 4.5


def test_signed_values_show_their_sign_and_scale_by_the_largest():
    rows = {"x": ([4.0, -2.0, 0.0], style.UPDATE_GATE)}
    data = inside.word_strips(["a", "b", "c"], rows, "", signed=True).data
    assert re.findall(r">([+-]?\d\.\d+)<", data) == ["+4.00", "-2.00", "0.00"]
    _, strongest, half, none = re.findall(r"background:(#\w{6})", data)
    assert none == "#ffffff"
    assert len({strongest, half, none}) == 3


def test_a_row_needs_a_value_for_each_word():
    with pytest.raises(ValueError, match=r"update gate has shape \(3,\); expected \(2,\)"):
        inside.word_strips(["a", "b"], {"update gate": ([1, 2, 3], "red")}, "")


def test_the_largest_jumps_are_named():
    words = ["a", "fine", "dull", "mess"]
    figure = inside.running_answers([[0.5, 0.9, 0.91, 0.2]], [words], ["text"], jumps=2)
    assert {text.get_text() for text in figure.axes[0].texts} == {"fine", "mess"}


def test_words_that_stand_side_by_side_do_not_overlap():
    values = [0.7, 0.71, 0.58, 0.9, *[0.95] * 30, 0.4]
    words = ["beginning", "I", "absolutely", "loved", *["it"] * 30, "nevertheless"]
    figure = inside.running_answers([values], [words], ["text"], jumps=4)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(box.x1 <= figure.axes[0].get_window_extent().x1 for box in boxes)


def test_paths_begin_and_end_with_a_mark():
    path = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.5]])
    figure = inside.trajectories({"one": path}, path, [1, 0, 1])
    ends = [line.get_xydata()[0].tolist() for line in figure.axes[0].lines[-2:]]
    assert ends == [[0.0, 0.0], [2.0, 0.5]]


def test_reach_shows_every_seed_and_the_median():
    seeds = [[1.0, 0.5, 0.1], [1.0, 0.7, 0.2], [1.0, 0.6, 0.3]]
    figure = inside.reach([0, 10, 200], {"cut off": seeds}, level=0.1)
    *lines, middle, level = figure.axes[0].lines
    assert [list(line.get_ydata()) for line in lines] == seeds
    assert list(middle.get_ydata()) == [1.0, 0.6, 0.2]
    assert list(level.get_ydata()) == [0.1, 0.1]


def test_gradients_are_shown_beside_that_of_the_last_word():
    norms = np.array([[2.0, 1.0], [4.0, 2.0], [1.0, 0.5]])
    figure = inside.gates_and_gradient([[0.1, 0.9]], norms)
    assert list(figure.axes[1].lines[0].get_ydata()) == [1.0, 0.5]


def results(share):
    interval = Interval(share, share - 0.1, share + 0.1)
    return [
        ProbeResult("negation", False, 10, interval, interval),
        ProbeResult("negation", True, 10, interval, interval),
    ]


@pytest.mark.parametrize(("panel", "marks"), [(0, 1), (1, 2)])
def test_controls_are_shown_where_they_have_a_right_answer(panel, marks):
    intensifier = results(0.1)[1]._replace(kind="intensifier")
    models = {"GRU": [*results(0.8), intensifier], "bigrams": [*results(0.6), intensifier]}
    figure = inside.probe_shares(models)
    rows = [label.get_text() for label in figure.axes[panel].get_yticklabels()]
    assert rows == ["negation", "intensifier"][:marks]
    of_gru = [line for line in figure.axes[panel].lines if line.get_marker() == "o"]
    faces = [line.get_markerfacecolor() for line in of_gru if len(line.get_xdata())]
    assert faces == [style.GRU, style.GROUND, style.GROUND][: 2 * marks - 1]
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["GRU", "bigrams"]


def test_the_other_figures_are_drawn():
    agreement = inside.spread_of_agreement({"a": [0.5, 0.6], "b": [0.0, 0.1]})
    assert [ax.get_title(loc="left") or ax.get_title() for ax in agreement.axes] == ["a", "b"]
    figure = inside.unit_beside([0.1, 0.2], [1, 2], ("unit 3", "position"))
    assert len(figure.axes) == 2
