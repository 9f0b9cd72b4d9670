"""Exercises whose answer is one number ask for it in the page, with what `check` says."""

import sys
from dataclasses import replace

import pytest
from passes import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import exercise_numbers
from exercise_numbers import ASKED, SEED, question

from gru_course.exercises.answering import instances
from gru_course.exercises.exercise import Verdict
from gru_course.exercises.registry import EXERCISES


@pytest.fixture(autouse=True)
def _anew():
    question.cache_clear()
    yield
    question.cache_clear()


@pytest.mark.parametrize("number", ASKED)
def test_the_judge_of_the_notebook_has_made_every_sentence(number):
    made, exercise = question(ROOT, number), EXERCISES[number]
    assert sum(choice.right for choice in made.choices) == 1
    assert len(made.choices) >= 4
    inputs = instances(exercise, SEED)
    for choice in made.choices:
        verdict = exercise.judge(inputs, [float(choice.text)])
        assert verdict.passed is choice.right
        assert choice.right or choice.explanation == verdict.message
    assert all(str(one) in made.text for one in inputs[0])


def test_every_number_is_asked_for():
    """What is answered by one number has a field; rows and words have none."""
    drawn = {n: e for n, e in EXERCISES.items() if not e.is_function and e.kind == "compute"}
    assert set(ASKED) == drawn.keys() - {"9.2"}, "9.2 is a row of three numbers"


def test_a_judge_that_disagrees_stops_the_build(monkeypatch):
    wrong = replace(EXERCISES["1.2"], judge=lambda *_: Verdict(True, "Fine."))
    monkeypatch.setitem(EXERCISES, "1.2", wrong)
    with pytest.raises(ValueError, match=r"1\.2: 0\.99.* is judged as"):
        question(ROOT, "1.2")


def test_numbers_that_are_too_near_stop_the_build(monkeypatch):
    monkeypatch.setitem(exercise_numbers.ASKED, "1.2", ASKED["1.2"]._replace(tolerance=1.0))
    with pytest.raises(ValueError, match=r"1\.2: two of the numbers are nearer"):
        question(ROOT, "1.2")
