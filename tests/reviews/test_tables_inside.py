"""What the tables of a classifier that is looked into say."""

import numpy as np
import pytest

from gru_course.data.tokenise import Vocabulary
from gru_course.reviews import tables_inside as tables
from gru_course.reviews.probing import ProbeResult
from gru_course.stats.statistics import Interval

WORDS = Vocabulary(("film", "good", "dull"))
IDS = np.array([[0, 4, 5, 6], [0, 0, 4, 6]])


def rows_of(markdown):
    lines = markdown.data.splitlines()[2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def result(kind, share, is_control=False):
    interval = Interval(share, share - 0.1, share + 0.1)
    return ProbeResult(kind, is_control, 4, interval, interval)


def test_rare_words_and_padding_are_not_listed():
    gate = np.array([[0.9, 0.2, 0.0, 0.5], [0.9, 0.9, 0.4, 0.5]])
    found = rows_of(tables.words_by_gate(gate, IDS, WORDS, least=2))
    assert found == [["film", "0.30", "dull", "0.50"], ["dull", "0.50", "film", "0.30"]]


def test_words_are_listed_by_how_much_two_measures_differ():
    one = np.array([[9.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, -3.0]])
    found = rows_of(tables.disagreements(one, np.zeros((2, 4)), IDS, WORDS, shown=2))
    assert found == [
        ["dull", "film dull", "-3.0", "+0.0"],
        ["good", "film good dull", "+2.0", "+0.0"],
    ]


def test_numbers_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"numbers of shape \(2, 3\) for ids of shape \(2, 4\)"):
        tables.words_by_gate(np.zeros((2, 3)), IDS, WORDS)


def test_controls_have_no_right_direction():
    gru, bag = ([result("not", share), result("not", 0.1, True)] for share in (0.8, 0.6))
    names = [row[0] for row in rows_of(tables.probe_answers(gru, bag))]
    assert names == ["not: noticed", "not: flipped", "not, control: flipped"]


def test_seeds_stand_beside_the_other_model():
    seeds = [[result("not", share)] for share in (0.5, 0.75, 1.0)]
    found = rows_of(tables.probe_seeds(seeds, [result("not", 0.6)]))
    assert found[0] == ["not: noticed", "0.75 (0.50 to 1.00)", "0.60"]
    assert [row[0] for row in found] == ["not: noticed", "not: flipped"]
