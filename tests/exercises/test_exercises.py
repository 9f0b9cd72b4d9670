"""Each solution passes its own check; each blank and each usual mistake gets its sentence."""

import contextlib
import io
import json
import random
import re
from dataclasses import replace
from typing import get_args

import make_exercises
import numpy as np
import pytest
from make_exercises import NotAnExercise, made, read
from passes import ROOT

from gru_course.exercises import answering, check, given, hint
from gru_course.exercises.answering import instances
from gru_course.exercises.calling import judged, nothing_changed, outputs_of
from gru_course.exercises.exercise import Kind, Verdict
from gru_course.exercises.plain import from_json, to_json
from gru_course.exercises.registry import EXERCISES, TASKS

LESSONS = [read(source) for source in sorted((ROOT / make_exercises.SOURCES).glob("*.py"))]
CHECKED = {e.number: (lesson, e) for lesson in LESSONS for e in lesson.exercises if e.solution}
WRONG = [(number, says, code) for number, (_, e) in CHECKED.items() for says, code in e.wrong]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    for name in ("_seeds", "_passed", "_hints_shown"):
        monkeypatch.setattr(answering, name, type(getattr(answering, name))())
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def run_cell(number, code):
    """Run a cell of a learner after the first cell of its notebook; return what is named in it."""
    lesson, written = CHECKED[number]
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(lesson.setup, names)
        exec(code, names)
    return names[written.name]


def verdict_of(number, answer, seed=1):
    exercise = EXERCISES[number]
    return judged(exercise, answer, instances(exercise, seed))


def test_every_task_has_its_text_and_every_text_its_task():
    assert [task.number for task in TASKS] == list(CHECKED) == list(EXERCISES)
    assert {n: e.name for n, (_, e) in CHECKED.items()} == {t.number: t.answer for t in TASKS}


def too_little(lessons):
    """Say what the exercises of each lesson lack."""
    found = []
    for lesson in lessons:
        missing = set(get_args(Kind)) - {e.kind for e in lesson.exercises}
        found += [f"{lesson.name}: nothing to {kind}" for kind in sorted(missing)]
        if sum("def " in e.solution for e in lesson.exercises) < 2:
            found.append(f"{lesson.name}: fewer than two of code")
    return found


def test_every_lesson_has_the_four_kinds_and_two_of_code():
    pages = {page.stem for page in (ROOT / "notebooks").glob("*.ipynb")}
    assert {lesson.name for lesson in LESSONS} == pages
    assert too_little(LESSONS) == []


def test_a_lesson_with_too_little_is_red():
    lesson = replace(LESSONS[0], exercises=[LESSONS[0].exercises[0]])
    assert len(too_little([lesson])) == 4


@pytest.mark.parametrize("number", CHECKED)
def test_a_solution_passes(number):
    solution = CHECKED[number][1].solved
    for seed in (1, 2, 3):
        answer = run_cell(number, solution.replace("seed=1", f"seed={seed}"))
        verdict = verdict_of(number, answer, seed)
        assert verdict.passed, verdict.message


@pytest.mark.parametrize("number", CHECKED)
def test_what_is_handed_out_fails_and_is_told_why(number):
    written = CHECKED[number][1]
    verdict = verdict_of(number, run_cell(number, written.blank))
    assert not verdict.passed
    assert (written.start[0] if written.start else "still empty") in verdict.message


@pytest.mark.parametrize(("number", "says", "code"), WRONG)
def test_a_usual_mistake_is_named(number, says, code):
    verdict = verdict_of(number, run_cell(number, code))
    assert not verdict.passed
    assert says in verdict.message


@pytest.mark.parametrize("number", CHECKED)
def test_what_is_seen_in_another_process_is_judged_alike(number):
    exercise, solution = EXERCISES[number], CHECKED[number][1]
    for code in (solution.solved, *(code for _, code in solution.wrong)):
        inputs = instances(exercise, 1)
        with nothing_changed():
            outputs = outputs_of(exercise, run_cell(number, code), inputs)
        if not isinstance(outputs, Verdict):
            crossed = [from_json(json.loads(json.dumps(to_json(o)))) for o in outputs]
            assert exercise.judge(inputs, crossed) == exercise.judge(inputs, outputs)


def raises(*_):
    raise RuntimeError("on purpose")


def leaves(*_):
    raise SystemExit("on purpose")


class Odd:
    def __array__(self, *_, **__):
        raise OSError("on purpose")

    def __repr__(self):
        raise OSError("on purpose")


itself = []
itself.append(itself)
HOSTILE = {
    "nothing": None,
    "text": "the answer",
    "huge text": "word " * 1_000_000,
    "huge array": np.broadcast_to(np.float64(1), (1_000_000, 1_000_000)),
    "objects": np.array([object(), None]),
    "ragged": [[1.0], [1.0, 2.0]],
    "itself": itself,
    "an object": object(),
    "odd": Odd(),
    "a class": Odd,
    "complex": 1j,
    "huge number": 10**400,
    "NaN": float("nan"),
    "infinite": np.full((2, 2), np.inf),
    "empty array": np.zeros((0, 3)),
    "no numbers": np.array(["a", "b"]),
    "dates": np.array(["2026-01-01"], dtype="M8[D]"),
    "a mapping": {"a": 1},
    "a set": {1},
    "a generator": (i for i in range(3)),
    "yes": True,
    "raises": raises,
    "leaves": leaves,
    "built in": print,
}


@pytest.mark.parametrize("number", CHECKED)
def test_a_hostile_answer_gets_a_sentence(number):
    for name, answer in HOSTILE.items():
        for tried in [answer] if callable(answer) else [answer, lambda *_, it=answer: it]:
            verdict = verdict_of(number, tried)
            assert not verdict.passed, name
            assert re.fullmatch(r"[^\n]{10,700}[.?!…)']", verdict.message), (name, verdict.message)


def random_states():
    legacy = np.random.get_state()  # noqa: NPY002
    return repr((random.getstate(), legacy, np.geterr(), np.get_printoptions()))


def test_check_changes_nothing_outside(capsys):
    x = np.arange(3.0)

    def meddles(*arguments):
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        np.seterr(all="raise")
        np.set_printoptions(precision=1)
        print("flood")
        return x

    before = random_states()
    check("1.1", meddles)
    check("1.1", CHECKED["1.1"] and run_cell("1.1", CHECKED["1.1"][1].solved))
    assert random_states() == before
    assert x.tolist() == [0.0, 1.0, 2.0]
    assert "flood" not in capsys.readouterr().out


def test_a_function_that_changes_its_arguments_is_told_so():
    def in_place(x, h, *weights):
        h *= 0.5
        return h

    assert verdict_of("1.1", in_place).mistake == "changes-its-arguments"


def test_check_says_how_far_the_lesson_is_done(capsys):
    check("1.1", run_cell("1.1", CHECKED["1.1"][1].solved))
    many = sum(number.startswith("1.") for number in EXERCISES)
    assert f"✓ 1.1: Right.\n  1 of {many} of lesson 1." in capsys.readouterr().out


def test_a_value_is_judged_by_the_numbers_that_were_given(capsys):
    check("1.2", 3.0)
    assert 'run the cell with given("1.2"' in capsys.readouterr().out
    solution = CHECKED["1.2"][1].solved
    bias = run_cell("1.2", solution)
    check("1.2", bias)
    given("1.2", seed=2)
    check("1.2", bias)
    assert re.findall("[✓✗]", capsys.readouterr().out) == ["✓", "✗"]


def test_hints_come_one_after_the_other_and_then_repeat(capsys):
    for _ in range(4):
        hint("1.1")
    shown = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in shown if line.startswith("Hint")] == [
        *("Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3")
    ]
    assert EXERCISES["1.1"].hints[0] in "\n".join(shown)


def test_an_unknown_number_names_the_known_ones():
    with pytest.raises(ValueError, match=r"no exercise '99.1' .* 1.1, 1.2"):
        check("99.1", 0)


def test_a_wrong_answer_is_an_error_for_nbgrader_only(monkeypatch, capsys):
    check("1.1", None)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(AssertionError, match="still empty"):
        check("1.1", None)


# --- what is made of the sources -----------------------------------------------------------------


def drifted(found):
    return [
        str(path.relative_to(ROOT))
        for path, content in found.items()
        if "_build" not in path.parts and path.read_text(encoding="utf-8") != content
    ]


def test_what_is_stored_is_what_the_sources_make():
    assert drifted(made()) == [], "run `make exercises`"


def test_a_drift_is_seen():
    path, content = next(iter(made().items()))
    assert drifted({path: content.replace("Hint", "Clue").replace("hints", "clues")})


def test_handouts_hold_no_solution_and_nbgrader_finds_its_cells():
    for path, content in made().items():
        if path.parent != ROOT / make_exercises.SOURCES:
            continue
        assert "SOLUTION" not in content
        lesson = next(lesson for lesson in LESSONS if lesson.name == path.stem)
        for exercise in lesson.exercises:
            if exercise.solution:
                secret = exercise.solved.splitlines()
                kept = exercise.blank.splitlines()
                assert any(line not in kept for line in secret)
        cells = json.loads(content)["cells"]
        marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
        ids = [mark["grade_id"] for mark in marks if mark]
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(r"[\w-]+", name) for name in ids), "nbgrader refuses other names"
        graded = [mark for mark in marks if mark.get("grade")]
        assert len(graded) == len(lesson.exercises)


SOURCE = """# %% setup
import numpy as np

# %% exercise [markdown] number="1.1" kind="write" title="Twice"
# Return the double.


# %% solution
def twice(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% hint [markdown]
# A.

# %% hint [markdown]
# B.

# %% hint [markdown]
# C.


# %% wrong says="x"
def twice(x):
    return x


# %% wrong says="x"
def twice(x):
    return x * x


# %% exercise [markdown] number="1.2" kind="predict" title="Why"
# Say why.
#
# - a list

# %% answer [markdown]
# Because.
"""


def test_a_source_is_read(tmp_path):
    (tmp_path / "01_twice.py").write_text(SOURCE)
    first, second = read(tmp_path / "01_twice.py").exercises
    assert first.blank == 'def twice(x):\n    raise NotImplementedError("your code here")'
    assert first.solved == "def twice(x):\n    return 2 * x"
    assert (first.name, first.hints) == ("twice", ["A.", "B.", "C."])
    assert (second.task, second.answer) == ("Say why.\n\n- a list", "Because.")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number="1.2"', 'number="1.3"', "exercise 1.3: its place is 1.2"),
        ('kind="predict"', 'kind="guess"', "its kind is 'guess'"),
        (' title="Why"', "", "line 35: 'title' is missing"),
        ("# %% hint [markdown]\n# C.", "", "it has 2 hints"),
        ("### END SOLUTION", "###", "needs the marks"),
        ('# %% wrong says="x"\ndef twice(x):\n    return x * x', "", "at least two"),
        ("# %% answer [markdown]\n# Because.", "", "either a solution"),
        ("# %% answer", "# %% reply", "no cell called reply"),
        ("# %% setup", "# %%setup", "this is no cell"),
    ],
)
def test_a_source_that_breaks_a_rule_is_red(tmp_path, old, new, said):
    assert old in SOURCE
    (tmp_path / "01_twice.py").write_text(SOURCE.replace(old, new))
    with pytest.raises(NotAnExercise, match=re.escape(said)):
        read(tmp_path / "01_twice.py")


def test_a_lesson_without_a_place_for_exercises_is_red():
    cells = {"cells": [{"cell_type": "markdown", "source": ["# Title"]}]}
    with pytest.raises(NotAnExercise, match="## Exercises"):
        make_exercises.in_lesson(json.dumps(cells), "## Exercises\n")
