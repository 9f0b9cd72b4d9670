"""What the page for instructors says is what the lessons say."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from teaching import Lesson, Outcomes, lessons_of, notes_for, read_plan

TOC = "root: index\nparts: [{caption: P, chapters: [{file: book/a}, {file: book/b}]}]\n"
PAGE = """# A

**Objectives.** After this page you can:
- see
  far
- hear

**Time needed.** 20 minutes

:label: ex-a-1
:label: ex-a-2

```{exercise} 7.1 From Chung's convention
:nonumber:
:label: ex-7-1
```
"""
EXERCISES = (("ex-a-1", ""), ("ex-a-2", ""), ("ex-7-1", "7.1 From Chung's convention"))
LESSONS = [
    Lesson("book/a", 20, ("see",), (("ex-1", ""),), "A"),
    Lesson("notebooks/07_b", 30, ("hear",), (("ex-2", ""),), "B"),
    Lesson("book/c", 40, ("read",), ()),
]


def test_objectives_minutes_and_exercises_are_those_of_the_page(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "_toc.yml").write_text(TOC)
    (tmp_path / "book/a.md").write_text(PAGE)
    (tmp_path / "book/b.md").write_text("# B without a box\n")
    (lesson,) = lessons_of(tmp_path)
    assert lesson == Lesson("book/a", 20, ("see far", "hear"), EXERCISES, "A")


def test_a_plan_adds_up():
    first, second = read_plan(
        ["Day 1: a; 10 minutes of work", "Day 2: b .. c; 5 minutes of talk: all"], LESSONS, 80, True
    )
    assert (first.minutes, second.minutes) == (30, 75)
    assert [lesson.short for lesson in second.lessons] == ["b", "c"]
    assert second.what == "talk: all"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Day 1: a, b; 31 minutes of work", "Day 1 takes 81 minutes of 80"),
        ("Day 1: a; 10 minutes of work", "not in the plan of the whole course: b"),
        ("Day 1: a, a, b; 1 minutes of work", "planned twice: a"),
        ("Day 1: a, d; 1 minutes of work", "no page 'd'"),
        ("Day 1: b .. a; 1 minutes of work", "a comes before b"),
        ("Day 1: a, b", "expected 'When: pages; 60 minutes"),
    ],
)
def test_a_wrong_plan_is_red(line, said):
    with pytest.raises(ValueError, match=said):
        read_plan([line], LESSONS, 80, True)


NOTE = {"believe": "x", "ask": "y", "skip": "z"}


def test_each_page_has_its_notes_whatever_its_number():
    notes = [NOTE | {"page": "a"}, NOTE | {"page": "b|gone"}]
    assert notes_for(LESSONS, notes) == {"book/a": [notes[0]], "notebooks/07_b": [notes[1]]}


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ([NOTE | {"page": "a"}], "no note for notebooks/07_b"),
        ([NOTE | {"page": "a|b"}, NOTE | {"page": "d"}], "'d' needs a page"),
        ([NOTE | {"page": "a|b", "ask": ""}], "needs a page and believe, ask, skip"),
    ],
)
def test_a_page_without_a_note_and_a_note_without_a_page_are_red(notes, said):
    with pytest.raises(ValueError, match=said):
        notes_for(LESSONS, notes)


def test_each_page_has_a_folded_box():
    lines = Outcomes.lines(None, None, LESSONS)
    assert [line for line in lines if line.startswith(":::{")] == [
        *(":::{admonition} A", ":::{admonition} B")
    ]
    assert lines.count(":class: dropdown") == lines.count(":::") == 2
    assert lines.index("- see") < lines.index("- {ref}`ex-1`")


def test_no_exercise_is_called_exercise_only(built):
    """Those of lessons have a number in their title, and none that Sphinx could show."""
    text = (built / "book" / "teach.html").read_text(encoding="utf-8")
    shown = re.findall(r'#ex-\d[^"]*"><span class="std std-ref">([^<]*)<', text)
    assert len(shown) > 100
    assert [said for said in shown if not re.match(r"\d+\.\d+ \w", said)] == []
