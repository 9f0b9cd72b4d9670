"""How questions are written."""

import io
import sys
from collections import Counter
from pathlib import Path

import pytest
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from quiz import questions_of
from test_quiz_in_browser import CHAPTERS

BOOK = Path(__file__).resolve().parents[2] / "book"
QUESTIONS = {
    page.stem: questions_of(page.read_text(encoding="utf-8")) for page in sorted(BOOK.glob("*.md"))
}
ALL = {name: q for questions in QUESTIONS.values() for name, q in questions.items()}


def test_each_of_these_chapters_asks():
    enough = {chapter for chapter, questions in QUESTIONS.items() if len(questions) >= 4}
    assert enough == set(CHAPTERS) == {chapter for chapter in QUESTIONS if QUESTIONS[chapter]}


def test_names_are_unique_over_the_book():
    assert len(ALL) == sum(map(len, QUESTIONS.values()))


def habits(questions):
    """Say by which habit of the author one could guess."""
    single = [q for q in questions if q.right == 1 and q.tolerance is None]
    places = Counter(next(i for i, c in enumerate(q.choices) if c.right) for q in single)
    found = [
        f"the right choice stands {place + 1}. in {count} of {len(single)} questions"
        for place, count in places.items()
        if count > len(single) / 2
    ]
    found += [f"the right choice is never the {p + 1}." for p in range(3) if not places[p]]
    longest = sum(max(q.choices, key=lambda c: len(c.text)).right for q in single)
    if longest > len(single) / 2:
        found.append(f"the longest choice is right in {longest} of {len(single)} questions")
    return found


def test_nobody_can_guess_by_place_or_length():
    assert habits(ALL.values()) == []


QUESTION = """:::{quiz} a-b
:right: 1

Which?

- [ ] One
  > Because it is not two at all.
- [x] Two
  > Because it is two,
  > and not one.
- [ ] Three
  > Because it is more than two.
:::
"""
TYPED = QUESTION.replace(":right: 1", ":right: 1\n:tolerance: 0.1")
for word, digit in (("One", "1"), ("Two", "2"), ("Three", "3")):
    TYPED = TYPED.replace(f"] {word}", f"] {digit}")


def test_a_question_is_read():
    (question,) = questions_of(QUESTION).values()
    assert question.text == "Which?"
    assert [c.text for c in question.choices] == ["One", "Two", "Three"]
    assert [c.right for c in question.choices] == [False, True, False]
    assert question.choices[1].explanation == "Because it is two, and not one."
    assert questions_of(TYPED)["a-b"].tolerance == 0.1


WRONG = [
    (QUESTION, ":right: 1", ":right: 2", "1 choices are ticked as right; right says 2"),
    (QUESTION, "[ ] One", "[x] One", "2 choices are ticked as right; right says 1"),
    (QUESTION, "[x] Two", "[ ] Two", "0 choices are ticked"),
    (QUESTION, "  > Because it is more than two.\n", "", "'Three' needs an explanation"),
    (QUESTION, "Because it is more than two.", "No.", "'Three' needs an explanation"),
    (QUESTION, "Three", "All of the above", "speaks of the other choices"),
    (QUESTION, "Three", "None of these", "speaks of the other choices"),
    (QUESTION, "Three", "Both of the choices above", "speaks of the other choices"),
    (QUESTION, "Three", "One", "two choices are the same"),
    (QUESTION, "Which?\n", "", "no question above the choices"),
    (QUESTION, "- [ ] One\n  > Because it is not two at all.\n", "", "expected at least 3"),
    (TYPED, "] 3", "] three", "each choice is a number"),
    (TYPED, "] 3", "] 2.1", "nearer than twice the tolerance"),
    (TYPED, "0.1", "-0.1", "a tolerance above 0"),
]


@pytest.mark.parametrize(("text", "old", "new", "said"), WRONG)
def test_a_badly_written_question_is_red(text, old, new, said):
    assert old in text
    with pytest.raises(ValueError, match=said):
        questions_of(text.replace(old, new))


def test_habits_are_seen():
    first = QUESTION.replace("[x]", "[ ]").replace("[ ] One", "[x] One")
    long = QUESTION.replace("Two", "Two, which is by far the longest")
    found = habits([*questions_of(first).values()] * 4)
    assert "the right choice stands 1. in 4 of 4 questions" in found
    assert "the right choice is never the 2." in found
    assert any("longest" in text for text in habits(questions_of(long).values()))
    with pytest.raises(ValueError, match="two questions have the name a-b"):
        questions_of(QUESTION + "\n" + QUESTION)


@pytest.mark.parametrize(
    ("text", "said"), [(WRONG[0][0].replace(*WRONG[0][1:3]), WRONG[0][3]), (QUESTION, "")]
)
def test_the_build_refuses_it_and_text_can_be_read(tmp_path, text, said):
    (tmp_path / "index.md").write_text(f"# Page\n\n{text}")
    warnings = io.StringIO()
    app = Sphinx(
        *(tmp_path, None, tmp_path / "out", tmp_path / "trees", "text"),
        confoverrides={
            "extensions": ["myst_parser", "quiz"], "myst_enable_extensions": ["colon_fence"],
        },
        status=None, warning=warnings,
    )  # fmt: skip
    app.build()
    assert said in warnings.getvalue()
    written = (tmp_path / "out" / "index.txt").read_text()
    assert ("Which?" in written) is not bool(said)
