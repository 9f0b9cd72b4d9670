"""A folder of notebooks becomes a table: nothing lost, nothing graded twice, the same again."""

import csv
import dataclasses
import html.parser
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import filelock
import grade as grade_program
import grading
import nbformat
import pytest
import sandbox as sandbox_module
from grades_page import write_results
from grading import FAILED, NOT_ANSWERED, PASSED, drawn_from, exercises_of, grade_all
from handed_in import HALF_LIFE, LATCH, RIGHT, SWAPPED, grade, hand_in, notebook
from make_exercises import notebook as handout
from make_exercises import read
from sandbox import NoSandboxError
from submissions import find_submissions

ROOT = Path(grading.__file__).resolve().parents[1]
pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


def of(graded, number="1.1"):
    result = graded.results[number]
    return result.status, result.message


# --- one notebook ---------------------------------------------------------------------------------


@pytest.fixture
def result(sandbox, tmp_path):
    """Grade one notebook."""

    def run(*cells, numbers=("1.1",), **options):
        folder = hand_in(tmp_path / "in", one=notebook(*cells, **options))
        return grade(folder, numbers)["one.ipynb"]

    return run


def test_right_and_wrong_answers(result):
    assert of(result((RIGHT, "answer-1-1")))[0] == PASSED
    wrong = result((SWAPPED, "answer-1-1")).results["1.1"]
    assert (wrong.status, wrong.mistake) == (FAILED, "update-gate-swapped")


def test_an_answer_in_a_cell_without_a_mark_counts(result):
    assert of(result(RIGHT))[0] == PASSED
    assert (
        of(result(("gru_step = ...", "answer-1-1"), RIGHT, ('check("1.1")', "c-1-1")))[0] == PASSED
    )


def test_a_missing_answer_is_not_answered(result):
    graded = result("a = 1", ("gru_step = None", "answer-1-1"), numbers=("1.1", "1.2"))
    assert of(graded) == (NOT_ANSWERED, "`gru_step` is missing or still empty.")
    assert of(graded, "1.2")[0] == NOT_ANSWERED
    assert of(result(setup=""))[0] == NOT_ANSWERED


def test_the_numbers_of_a_question_come_from_the_seed_of_the_notebook(result):
    graded = result((HALF_LIFE, "answer-1-2"), numbers=("1.2",)).results["1.2"]
    assert (graded.status, graded.seed) == (PASSED, 7)
    copied = HALF_LIFE.replace("half_life = ", "half_life = 20; ")
    assert of(result(copied, numbers=("1.2",)), "1.2")[0] == FAILED
    invented = result("update_bias = 3.0", numbers=("1.2",))
    assert "was not called" in of(invented, "1.2")[1]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('given("9.9", 1)', "gives no numbers"),
        ('given("1.1", 1)', "gives no numbers"),
        ('given("1.2", -1)', "a whole number from 0 up"),
        ('[given("1.2", n) for n in range(101)]', "more than 100 times"),
    ],
)
def test_numbers_are_not_given_for_anything(result, call, said):
    assert said in result(call).notes[0]


def test_cells_go_on_after_an_error_and_the_student_reads_of_it(result):
    graded = result("a = unknown", "if", RIGHT, "1 / 0")
    assert of(graded)[0] == PASSED
    assert [note.split(":")[0] for note in graded.notes] == ["cell 2", "cell 3", "cell 5"]
    assert "name 'unknown' is not defined" in graded.notes[0]


def test_what_notebooks_do_works(result):
    usual = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
display(plt.gcf())
hint("1.1"), check("1.1", None)
with open("/tmp/own.txt", "w") as file:
    print("kept", file=file)
assert open("own.txt").read() == "kept" + chr(10)"""
    await_it = "import asyncio\nawait asyncio.sleep(0)"
    graded = result(usual, await_it, RIGHT)
    assert of(graded)[0] == PASSED
    assert graded.notes == ()


def test_each_exercise_is_asked_for_before_the_next_one(result):
    """Two may have the same name for their answers."""
    cells = [(RIGHT, "answer-1-1"), "check()", ("gru_step = 5", "answer-1-2"), (HALF_LIFE, "b-1-2")]
    graded = result(*cells, numbers=("1.1", "1.2"))
    assert [of(graded, number)[0] for number in ("1.1", "1.2")] == [PASSED, PASSED]


def test_a_folder_of_notebooks_is_one_submission(sandbox, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    hand_in(folder / "anna", a=notebook((RIGHT, "a-1-1")), b=notebook((HALF_LIFE, "b-1-2")))
    hand_in(folder / "ben", a=notebook((RIGHT, "a-1-1")), b=notebook((RIGHT, "a-1-1")))
    hand_in(folder / "clara", a="no JSON", b=notebook(RIGHT))
    graded = grade(folder, ("1.1", "1.2"))
    assert [of(graded["anna"], number)[0] for number in ("1.1", "1.2")] == [PASSED, PASSED]
    assert of(graded["ben"]) == (
        FAILED,
        "Two notebooks have cells for this exercise. Hand in one of them.",
    )
    assert of(graded["clara"])[0] == PASSED
    assert graded["clara"].notes[0].startswith("clara/a.ipynb, It is no notebook")


LESSONS = sorted((ROOT / "notebooks" / "exercises").glob("*.py"))


@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_solutions_pass_and_handouts_do_not(sandbox, tmp_path, source):
    lesson = read(source)
    stored = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    marks = [c.metadata.nbgrader.grade_id for c in stored.cells if "nbgrader" in c.metadata]
    assert all(re.fullmatch(r"[\w-]+", mark) for mark in marks), "nbgrader takes no other names"
    made = {name: handout(lesson, "T", solved=name == "solved") for name in ("blank", "solved")}
    folder = hand_in(tmp_path / "in", **made)
    numbers = exercises_of(find_submissions(folder))
    assert numbers == [e.number for e in lesson.exercises if e.solution]
    graded = grade(folder, numbers, limits=sandbox_module.Limits())
    assert {number: of(graded["solved.ipynb"], number)[0] for number in numbers} == dict.fromkeys(
        numbers, PASSED
    )
    assert graded["blank.ipynb"].passed == 0


# --- a class --------------------------------------------------------------------------------------

EXPECTED = {
    "right": (PASSED, notebook((RIGHT, "answer-1-1"), (HALF_LIFE, "answer-1-2"))),
    "unmarked": (PASSED, notebook(RIGHT, HALF_LIFE)),
    "swapped": (FAILED, notebook((SWAPPED, "answer-1-1"))),
    "raises": (FAILED, notebook(("def gru_step(*a): raise ValueError('<b>')", "answer-1-1"))),
    "syntax": (NOT_ANSWERED, notebook(("def gru_step(:", "answer-1-1"))),
    "empty": (NOT_ANSWERED, notebook(setup="")),
    "crash": (FAILED, notebook(("import os; os._exit(3)", "answer-1-1"))),
    "noisy": (FAILED, notebook(("while True: print('=' * 99999)", "answer-1-1"))),
    "broken": (FAILED, "{" + notebook()),
    "text": (FAILED, notebook(("def gru_step(*a): return '<script>alert(1)</script>'", "a-1-1"))),
    "whole": (
        PASSED,
        notebook((RIGHT, "answer-1-1"), (HALF_LIFE, "answer-1-2"), (LATCH, "answer-1-4")),
    ),
    "endless": (FAILED, notebook(("def gru_step(*a):\n    while True: pass", "answer-1-1"))),
}
THREE = ("1.1", "1.2", "1.4")
LONGEST = 600
"""Seconds that grading a class of 200 may take on two cores."""


def a_class(folder, number):
    """Hand in notebooks of mixed quality; return what each must get."""
    rng, expected = random.Random(0), {}
    folder.mkdir()
    for student in range(number):
        kind = rng.choice(list(EXPECTED))
        status, content = EXPECTED[kind]
        own = content.replace("import numpy", f"# student {student}\\nimport numpy")
        path = folder / f"{student:03}-{kind}.ipynb"
        path.write_text(own)
        expected[path.name] = status
    return expected


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", [200 if os.environ.get("GRU_COURSE_STRESS") else 18])
def test_a_run_that_is_killed_goes_on(sandbox, tmp_path, number):
    """None is lost, none is graded twice, and the same results come out again."""
    folder, results, again = (tmp_path / name for name in ("in", "results", "again"))
    expected = a_class(folder, number)
    seconds = [] if number > 100 else ["--seconds", "2"]
    options = ["--exercises", *THREE, *seconds, "--seed", "s", "--results"]
    command = [sys.executable, ROOT / "tools" / "grade.py", folder, *options, results]
    begun = time.monotonic()
    with (tmp_path / "log").open("wb") as log:
        for share in (0.25, 0.5):
            process = subprocess.Popen(command, stdout=log, stderr=log)
            wait_for(lambda share=share: len(records(results)) >= number * share, process)
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert not (results / "results.csv").exists()
            time.sleep(0.5)
        before = records(results)
        assert 0.5 * number <= len(before) < number
        assert subprocess.run(command, stdout=log, stderr=log).returncode == 0
    assert time.monotonic() - begun < LONGEST, "two stops and three beginnings included"
    after = records(results)
    assert before.items() <= after.items()
    assert len(after) == number
    rows = table(results)
    assert {row["submission"]: row["1.1"] for row in rows} == expected
    assert len(rows) == number
    assert len(list((results / "feedback").glob("*.html"))) == number
    assert [p for p in results.rglob("*") if p.name.endswith(".part")] in ([], parts(results))

    told = []
    limits = sandbox_module.Limits(seconds=2.0, wall=12.0) if seconds else sandbox_module.Limits()
    grade_all(find_submissions(folder), THREE, results, seed="s", limits=limits, say=told.append)
    assert told == [f"{number} of {number} are graded already."]
    assert records(results) == after
    grade(folder, THREE, limits, results=again, seed="s")
    assert {p.name: p.read_bytes() for p in (again / "records").iterdir()} == {
        p.name: p.read_bytes() for p in (results / "records").glob("[0-9a-f]*")
    }


def wait_for(reached, process):
    while not reached():
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)


def records(results):
    """Give each record that is there: when it was written, and which file it is."""
    places = (results / "records").glob("[0-9a-f]*.json")
    return {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in places}


def parts(results):
    return [p for p in results.rglob("*.part") if not stat.S_ISDIR(p.stat().st_mode)]


def table(results):
    text = (results / "results.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_only_what_changed_is_graded_again(sandbox, tmp_path):
    folder = hand_in(tmp_path / "in", a=notebook(RIGHT), b=notebook(SWAPPED))
    told = []
    assert grade(folder)["b.ipynb"].passed == 0
    hand_in(folder, b=notebook(RIGHT))
    assert grade(folder, say=told.append)["b.ipynb"].passed == 1
    assert told == ["1 of 2 are graded already.", "[1/1] b.ipynb: 1 of 1 passed"]


def test_a_damaged_record_is_made_again(sandbox, tmp_path):
    folder = hand_in(tmp_path / "in", a=notebook(RIGHT))
    grade(folder)
    (record,) = (tmp_path / "in-results" / "records").iterdir()
    whole = record.read_bytes()
    for damage in (b"", whole[:40], b"{}", b"[]", b'{"results": 1}'):
        record.write_bytes(damage)
        assert grade(folder)["a.ipynb"].passed == 1
        assert record.read_bytes() == whole


def test_a_result_follows_from_all_that_it_names(tmp_path, monkeypatch):
    hand_in(tmp_path / "in", a=notebook(RIGHT))
    first = grading.grader_digest()
    copy = tmp_path / "gru_course"
    shutil.copytree(grading.COURSE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(grading, "COURSE", copy)
    assert grading.grader_digest() == first
    with (copy / "exercises" / "lesson_01.py").open("a") as file:
        file.write("# changed\n")
    assert grading.grader_digest() != first


def test_inputs_follow_from_student_exercise_and_seed():
    drawn = {drawn_from(*which) for which in (("s", "a", "1"), ("s", "b", "1"), ("s", "a", "2"),
                                              ("t", "a", "1"), ("s", "a", "1"))}  # fmt: skip
    assert len(drawn) == 4


def test_the_seed_is_new_and_kept(sandbox, tmp_path):
    folders = [hand_in(tmp_path / name, a=notebook(RIGHT)) for name in ("one", "two")]
    seeds = [grade(f, seed=None)["a.ipynb"].results["1.1"].seed for f in (*folders, folders[0])]
    assert seeds[0] == seeds[2] != seeds[1]


def test_two_runs_do_not_grade_into_one_folder(sandbox, tmp_path):
    folder = hand_in(tmp_path / "in", a=notebook())
    (tmp_path / "in-results").mkdir()
    with (
        filelock.FileLock(tmp_path / "in-results" / ".lock"),
        pytest.raises(ValueError, match="another run is grading"),
    ):
        grade(folder)


def test_a_judge_that_fails_is_no_pass(sandbox, tmp_path, monkeypatch):
    broken = dataclasses.replace(grading.EXERCISES["1.1"], judge=lambda inputs, outputs: 1 / 0)
    monkeypatch.setitem(grading.EXERCISES, "1.1", broken)
    graded = grade(hand_in(tmp_path / "in", a=notebook(RIGHT)))["a.ipynb"]
    assert of(graded) == (
        FAILED,
        "The answer cannot be judged: ZeroDivisionError: division by zero",
    )


# --- without a sandbox ----------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Put programs on the path, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def write(name, script):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return write


def refused(tmp_path, capsys):
    """Grade a notebook that would leave a trace; return what is said."""
    trace = tmp_path / "trace"
    folder = hand_in(tmp_path / "in", a=notebook(f"open({str(trace)!r}, 'w')\n{RIGHT}"))
    with pytest.raises(SystemExit) as left:
        grade_program.main([str(folder), "--exercises", "1.1"])
    assert not trace.exists()
    assert not list((tmp_path / "in-results").glob("*"))
    assert capsys.readouterr().out == ""
    return str(left.value)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system is refused")
def test_without_bubblewrap_nothing_is_graded(fake, tmp_path, capsys):
    said = refused(tmp_path, capsys)
    assert "bwrap is not installed, and nothing is graded without a sandbox" in said
    assert "apt-get install bubblewrap" in said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system is refused")
@pytest.mark.parametrize(
    "script",
    [
        "echo 'bwrap: No permissions to create new namespace' >&2; exit 1",
        "echo 'bwrap: Unknown option --disable-userns' >&2; exit 1",
        "exit 0",
    ],
)
def test_where_no_sandbox_can_be_made_nothing_is_graded(fake, tmp_path, capsys, script):
    fake("bwrap", script)
    fake("setpriv", "exit 1")
    said = refused(tmp_path, capsys)
    assert "bubblewrap cannot make a sandbox here" in said
    assert "user namespaces" in said
    assert "Nothing is graded without a sandbox" in said
    if "No permissions" in script:
        assert "(bwrap: No permissions to create new namespace)" in said


def test_on_another_system_nothing_is_graded(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "needs Linux" in refused(tmp_path, capsys)


def test_a_sandbox_that_fails_later_ends_the_run(sandbox, tmp_path, monkeypatch):
    """What was not graded has no result; another run finds it."""
    folder = hand_in(tmp_path / "in", a=notebook(RIGHT))
    command = sandbox_module.command
    broken = ["/bin/sh", "-c", "echo 'bwrap: no more' >&2; exit 1"]
    monkeypatch.setattr(sandbox_module, "command", lambda limits, *program: (
        broken if program == (sandbox_module.RUN,) else command(limits, *program)
    ))  # fmt: skip
    with pytest.raises(NoSandboxError, match="did not start: bwrap: no more"):
        grade(folder)
    assert list((tmp_path / "in-results" / "records").iterdir()) == []


# --- what is written ------------------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    """Collects the tags of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        assert not [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


OURS = {"html", "meta", "title", "style", "h1", "h2", "p", "div", "table", "tr", "th", "td", "a",
        "section", "ul", "li", "code"}  # fmt: skip
ODD = [
    "<img src=x onerror=alert(1)>",
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(1)",
    "a\nb",
    "\u202egnp",
    "'; DROP TABLE",
    "a..",
    "Zoë 李",
    "x" * 240,
    '"&amp;',
    " ",
]


def test_odd_names_and_texts_are_only_text(sandbox, tmp_path):
    attack = """raise ValueError('</td></table><script>alert(1)</script>=cmd|calc')"""
    answer = f"def gru_step(*a):\n  {attack}"
    folder = hand_in(tmp_path / "in", **{name: notebook(answer, attack) for name in ODD[:3]})
    hand_in(folder, **dict.fromkeys(ODD[3:], "no notebook"))
    (folder / os.fsdecode(b"\xff\xfe.ipynb")).write_text("no notebook")
    results = tmp_path / "results"
    graded = list(grade(folder, results=results).values())
    table_path, page_path, pages = write_results(graded, ("1.1",), results)
    assert len(graded) == len(ODD) + 1 == len(list(pages.iterdir()))
    for path in (page_path, *pages.iterdir()):
        page = Page(path.read_text(encoding="utf-8"))
        assert page.tags <= OURS, path
        assert re.fullmatch(r"[A-Za-z0-9-]+\.html|results\.html", path.name)
    assert page_path.read_text().count("<section") == len(ODD) + 1
    assert "</td></table><script>alert(1)</script>" in Page(page_path.read_text()).text
    rows = list(csv.reader(table_path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    assert len(rows) == len(ODD) + 2
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\-\t\r]", cell)]
    assert not [cell for row in rows for cell in row if "\n" in cell]


def test_results_are_tables_with_feedback(sandbox, tmp_path):
    folder = hand_in(tmp_path / "in", anna=notebook(RIGHT), ben=notebook(SWAPPED, "1 / 0"))
    results = tmp_path / "results"
    graded = list(grade(folder, ("1.1", "1.2"), results=results).values())
    write_results(graded, ("1.1", "1.2"), results)
    anna, ben = table(results)
    assert (anna["points"], anna["of"], anna["1.1"], anna["1.2"]) == (
        "1",
        "2",
        PASSED,
        NOT_ANSWERED,
    )
    assert (ben["points"], ben["1.1"]) == ("0", FAILED)
    assert "update gate near 1" in ben["1.1 feedback"]
    assert ben["notes"] == "cell 3: ZeroDivisionError: division by zero"
    page = Page((results / "results.html").read_text())
    assert "1 of 2" in page.text
    (feedback,) = (results / "feedback").glob("ben-*.html")
    assert "anna" not in feedback.read_text()
    assert "update gate near 1" in feedback.read_text()


def test_a_page_of_a_student_who_left_goes(tmp_path):
    one = grading.Graded("a", "a.ipynb", {"1.1": grading.Result(PASSED, "Right.")})
    two = grading.Graded("b", "b.ipynb", {"1.1": grading.Result(PASSED, "Right.")})
    *_, pages = write_results([one, two], ("1.1",), tmp_path)
    assert len(list(pages.iterdir())) == 2
    write_results([two], ("1.1",), tmp_path)
    assert [path.name[0] for path in pages.iterdir()] == ["b"]


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--exercises", "9.9"], "no exercise 9.9 can be graded; there are "),
        ([], 'say which to grade, such as EXERCISES="1.1 1.2"'),
        (["--results", "in/results"], "outside the folder of the submissions"),
    ],
)
def test_a_wrong_call_says_what_to_do(tmp_path, monkeypatch, options, said):
    hand_in(tmp_path / "in", a=notebook(RIGHT))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        grade_program.main(["in", *options])
    assert said in str(left.value)


def test_the_command_writes_the_tables(sandbox, tmp_path, capsys):
    folder = hand_in(tmp_path / "in", a=notebook((RIGHT, "answer-1-1")))
    grade_program.main([str(folder), "--jobs", "1"])
    results = tmp_path / "in-results"
    assert capsys.readouterr().out.splitlines() == [
        "[1/1] a.ipynb: 1 of 1 passed",
        *(str(results / name) for name in ("results.csv", "results.html", "feedback")),
    ]


def test_make_grade_hands_on_what_is_typed(root):
    typed = ["SUBMISSIONS=a folder", "EXERCISES=1.1 1.2", "RESULTS=there", "SECONDS=5", "EXAM=b c"]
    make = ["make", "--no-print-directory", "-n", "grade"]  # the tests may run below a make
    made = subprocess.run([*make, *typed], cwd=root, capture_output=True, text=True)
    assert made.stdout.strip().endswith(
        "python tools/grade.py 'a folder' --exercises 1.1 1.2 --results 'there' --seconds 5"
        " --exam 'b c'"
    )
