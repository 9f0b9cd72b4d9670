"""Questions: how they are written, and how they answer a person in Chromium."""

import io
import sys
from collections import Counter
from pathlib import Path

import pytest
from page_views import ALL_RULES, DESKTOP, PHONE, STILL, Visit, ask_axe, contrast, layout
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from quiz import questions_of

BOOK = Path(__file__).resolve().parents[2] / "book"
CHAPTERS = ("sequences-and-memory", "why-gru", "architecture", "rnn-lstm-gru", "training")
QUESTIONS = {
    page.stem: questions_of(page.read_text(encoding="utf-8")) for page in sorted(BOOK.glob("*.md"))
}
ALL = {name: q for questions in QUESTIONS.values() for name, q in questions.items()}
STORED = "gru-course-questions"

# --- as they are written --------------------------------------------------------------------------


def test_each_of_these_chapters_asks():
    assert {chapter for chapter in CHAPTERS if len(QUESTIONS[chapter]) < 4} == set()


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


# --- in the browser -------------------------------------------------------------------------------


@pytest.fixture
def visit(browser, built):
    visits = []

    def open_page(chapter="architecture", viewport=DESKTOP, scheme="light"):
        url = (built / "book" / f"{chapter}.html").as_uri()
        visits.append(Visit(browser, url, viewport, scheme))
        visits[-1].page.add_style_tag(content=STILL)
        return visits[-1].page

    yield open_page
    for one in visits:
        assert one.problems == []
        one.context.close()


def form(page, name):
    return page.locator(f'form[data-quiz="{name}"]')


def answer(page, name, places=(), text=None):
    """Give an answer and return what is said about it."""
    own = form(page, name)
    if text is not None:
        own.locator("input").fill(text)
    ticked = own.locator("input[type=checkbox]:checked")
    while ticked.count():
        ticked.first.uncheck()
    for place in places:
        own.locator("input").nth(place).check()
    own.get_by_role("button", name="Check").click()
    return own.locator(".quiz-feedback")


@pytest.mark.browser
@pytest.mark.parametrize("chapter", [name for name, questions in QUESTIONS.items() if questions])
def test_every_choice_is_judged_and_explained(visit, chapter):
    page = visit(chapter)
    for name, question in QUESTIONS[chapter].items():
        for place, choice in enumerate(question.choices):
            if question.tolerance is not None:
                near = float(choice.text) + 0.9 * question.tolerance
                said = answer(page, name, text=str(near))
            elif question.right == 1:
                said = answer(page, name, [place])
            else:
                right = [i for i, c in enumerate(question.choices) if c.right and i != place]
                said = answer(page, name, [place, *right[: question.right - 1]])
            assert said.get_attribute("data-verdict") == ("right" if choice.right else "wrong")
            first = choice.explanation.split("$")[0].split("`")[0].split("{")[0].split("*")[0]
            assert first.strip() in said.inner_text().replace("\n", " "), name
    here = len(QUESTIONS[chapter])
    assert f"{here} of {here}" in page.locator(".quiz-progress").inner_text()


@pytest.mark.browser
def test_numbers_as_people_type_them(visit):
    page = visit()
    for text in ("0.3", " 0,3 ", ".3", "3/10", "0.300", "3e-1", "+0.3"):
        assert (
            answer(page, "architecture-blend", text=text).get_attribute("data-verdict") == "right"
        )
    for text in ("-0.3", "\u22120,3"):
        said = answer(page, "architecture-blend", text=text)
        assert "the other convention" in said.inner_text()
    assert (
        "Not this number"
        in answer(page, "architecture-blend", text="0.29 ".replace("9", "")).inner_text()
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a number first."),
        ("   ", "Type a number first."),
        ("NaN", "“NaN” is no number"),
        ("Infinity", "“Infinity” is no number"),
        ("1/0", "“1/0” is no number"),
        ("1e999", "“1e999” is no number"),
        ("9" * 100_000, "is no number"),
        ("0.3 or so", "“0.3 or so” is no number. Type one such as 0.5, \u22121.2 or 3/4."),
        ("<img src=x onerror=alert(1)>", "“<img src=x onerror=alert(1)>” is no number"),
        ("🙂\u202e0.3", "is no number"),
    ],
    ids=range(10),
)
def test_hostile_numbers_do_no_harm(visit, text, said):
    page = visit()
    feedback = answer(page, "architecture-blend", text=text)
    assert said in feedback.inner_text()
    assert len(feedback.inner_text()) < 120
    assert feedback.get_attribute("data-verdict") is None
    assert feedback.locator("img").count() == 0
    assert page.evaluate(f"localStorage.getItem('{STORED}')") is None
    assert layout(page) == []


@pytest.mark.browser
def test_nothing_chosen_and_too_much_chosen(visit):
    page = visit("training")
    assert "Choose an answer first" in answer(page, "training-truncation").inner_text()
    said = answer(page, "training-remember", [0, 1, 2])
    assert "Choose 2 answers; you chose 3." in said.inner_text()
    assert page.locator(".quiz-progress").inner_text().startswith("What you answer")


@pytest.mark.browser
def test_by_keyboard(visit):
    page = visit()
    form(page, "architecture-both-gates").locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    feedback = form(page, "architecture-both-gates").locator(".quiz-feedback")
    assert feedback.inner_text() == ""  # nothing is judged before it is asked for
    page.keyboard.press("Enter")
    assert "Not right" in feedback.inner_text()
    page.keyboard.press("ArrowDown")
    assert feedback.inner_text() == ""  # another choice, not judged yet
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert "✓ Right" in feedback.inner_text()
    assert feedback.get_attribute("role") == "status"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert (
        form(page, "architecture-both-gates").locator("details").get_attribute("open") is not None
    )


@pytest.mark.browser
def test_what_was_answered_is_remembered_and_can_be_deleted(visit):
    page = visit()
    answer(page, "architecture-blend", text="0.3")
    answer(page, "architecture-count", text="450")
    page.wait_for_timeout(1000)  # the browser writes it down a moment later
    page.reload()
    said = page.locator(".quiz-progress").inner_text()
    assert said.startswith("Answered on this page: 2 of 4, at the last try right: 1.")
    page.get_by_role("button", name="Delete my answers").click()
    assert page.evaluate(f"localStorage.getItem('{STORED}')") is None
    assert "deleted" in page.locator(".quiz-progress").inner_text()
    assert not page.get_by_role("button", name="Delete my answers").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize(
    "stored", ["no JSON", "null", "[1]", '{"architecture-blend": "<img src=x onerror=alert(1)>"}']
)
def test_a_damaged_memory_is_no_memory(visit, stored):
    page = visit()
    page.evaluate("([key, value]) => localStorage.setItem(key, value)", [STORED, stored])
    page.wait_for_timeout(1000)
    page.reload()
    assert page.locator(".quiz-progress").inner_text().startswith("What you answer")
    assert answer(page, "architecture-blend", text="0.3").get_attribute("data-verdict") == "right"


@pytest.mark.browser
def test_without_scripts_answers_are_folded(browser, built):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built / "book" / "architecture.html").as_uri())
    own = form(page, "architecture-both-gates")
    own.locator("input").first.check()
    assert own.locator("button").count() == 0
    assert not own.locator(".quiz-answers li").first.is_visible()
    own.locator("summary").click()
    assert own.locator(".quiz-answers li").first.is_visible()
    context.close()


@pytest.mark.browser
def test_on_paper_the_answers_stand_at_the_end(visit):
    page = visit()
    paper = page.locator(".quiz-paper")
    assert not paper.is_visible()
    assert paper.evaluate("e => e.offsetHeight") == 0
    page.emulate_media(media="print")
    assert paper.is_visible()
    assert paper.evaluate("e => e.offsetHeight") > 200
    assert not page.locator(".quiz-answers").first.is_visible()
    assert not page.locator(".quiz-check").first.is_visible()
    text = paper.inner_text()
    for question in QUESTIONS["architecture"].values():
        assert question.choices[0].text.split("$")[0].strip() in text
    last = "[...document.querySelectorAll('article > *')].at(-1).matches('.quiz-paper')"
    assert page.evaluate(last)


@pytest.mark.browser
@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("training", viewport, scheme)
    only = {"runOnly": ALL_RULES, "rules": {"color-contrast": {"enabled": False}}}
    for give in (
        lambda: None,
        lambda: answer(page, "training-truncation", [1]),
        lambda: answer(page, "training-best-epoch", [0]),
        lambda: answer(page, "training-clipping", text="much"),
        lambda: answer(page, "training-remember", [0, 3]),
    ):
        give()
        assert ask_axe(page, dict(only), {"include": [[".quiz"]]})[0] == []
    page.evaluate("for (const box of document.querySelectorAll('.quiz details')) box.open = true;")
    assert layout(page) == []
    page.evaluate("""document.querySelector('.bd-article').replaceChildren(
      ...document.querySelectorAll('.quiz, .quiz-foot'))""")
    own = [text for text in contrast(page, {}) if "pst-back-to-top" not in text]
    assert own == []
