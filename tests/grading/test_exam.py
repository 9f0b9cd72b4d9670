"""An examination is made and graded from a folder outside the course, the one of the book."""

import json
import shutil

import exam as exam_program
import grade as grade_program
import pytest
from exam import failings, read_exam
from handed_in import hand_in
from passes import ROOT

from gru_course.exercises.registry import EXERCISES

EXAMPLE = ROOT / "book" / "exam"
pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(EXAMPLE, tmp_path / "exam")


@pytest.fixture(autouse=True)
def _registry():
    known = dict(EXERCISES)
    yield
    EXERCISES.clear()
    EXERCISES.update(known)


def cells(path):
    return [cell["source"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def changed(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_students_get_neither_checks_nor_hints_nor_solutions(folder, capsys):
    exam_program.main([str(folder)])
    handout = "\n".join("".join(source) for source in cells(folder / "handout/90_midterm.ipynb"))
    assert "def left(gates):\n    raise NotImplementedError" in handout
    assert not any(word in handout for word in ("check(", "hint(", "np.prod", "Neither alone"))
    assert "np.prod" in (folder / "solutions/90_midterm.ipynb").read_text(encoding="utf-8")
    assert capsys.readouterr().out.count("90_midterm.ipynb") == 2


def test_it_is_graded_like_the_others(folder, tmp_path, sandbox):
    exam_program.main([str(folder)])
    solved = (folder / "solutions/90_midterm.ipynb").read_text(encoding="utf-8")
    blank = (folder / "handout/90_midterm.ipynb").read_text(encoding="utf-8")
    wrong = solved.replace("np.prod(gates)", "gates[-1]")
    handed_in = hand_in(tmp_path / "in", ann=solved, bob=blank, cem=wrong)
    options = ["--exam", str(folder), "--results", str(tmp_path / "out"), "--seconds", "5"]
    grade_program.main([str(handed_in), *options])
    rows = (tmp_path / "out/results.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[2] for row in rows[1:]] == ["1", "0", "0"]
    assert "last step alone" in rows[3]


def test_an_examination_inside_the_course_is_refused():
    with pytest.raises(ValueError, match="kept outside"):
        read_exam(EXAMPLE)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("judges.py", 'Task("90.1", "left"', 'Task("90.1", "rest"', "asks for left"),
        ("judges.py", 'Task("90.1"', 'Task("90.2"', "both a question"),
        ("judges.py", '"left", True', '"left", False', "ask for a function"),
        ("90_midterm.py", 'number="90.2"', 'number="90.3"', "its place is 90.2"),
    ],
)
def test_an_examination_that_breaks_a_rule_is_red(folder, name, old, new, said):
    with pytest.raises(ValueError, match=said):
        read_exam(changed(folder, name, old, new))


def test_a_number_of_a_lesson_is_red(folder):
    (folder / "90_midterm.py").rename(folder / "12_midterm.py")
    with pytest.raises(ValueError, match="number of a lesson"):
        read_exam(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("return np.prod(gates)", "return np.sum(gates)", "its solution fails"),
        ('says="lose"', 'says="win"', "expected 'win'"),
    ],
)
def test_a_question_that_is_not_judged_as_written_is_red(folder, old, new, said, capsys):
    changed(folder, "90_midterm.py", old, new)
    assert any(said in text for text in failings(read_exam(folder)))
    with pytest.raises(SystemExit, match=said):
        exam_program.main([str(folder)])
    assert not (folder / "handout").exists()
