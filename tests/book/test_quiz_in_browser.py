"""How questions answer a person in Chromium."""

import sys
from pathlib import Path

import pytest
from page_views import ALL_RULES, DESKTOP, PHONE, STILL, Visit, ask_axe, contrast, layout

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from classic_scripts import bundle
from quiz import questions_of

BOOK = Path(__file__).resolve().parents[2] / "book"
CHAPTERS = ("sequences-and-memory", "why-gru", "architecture", "rnn-lstm-gru", "training", "teach")
QUESTIONS = {
    name: questions_of((BOOK / f"{name}.md").read_text(encoding="utf-8")) for name in CHAPTERS
}
STORED = "gru-course-questions"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=[f"book/{name}.md" for name in CHAPTERS]
    ),
]


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


@pytest.mark.parametrize("chapter", CHAPTERS)
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


MADE = """<!doctype html><meta charset="utf-8"><title>t</title>
<form class="quiz" data-quiz="made-here" data-kind="radio" data-right="1"><fieldset>
<input type="radio" name="q" id="a"><label for="a">one</label>
<input type="radio" name="q" id="b"><label for="b">two</label>
<input type="radio" name="q" id="c"><label for="c">three</label></fieldset><ul class="quiz-answers">
<li data-answer="wrong"><div class="quiz-why">Because of one.</div></li>
<li data-answer="right"><div class="quiz-why">Because of two.</div></li>
<li data-answer="wrong"><div class="quiz-why">Because of three.</div></li></ul></form>
<script src="quiz.js"></script>"""


def test_a_choice_is_right_only_if_it_is_marked_so(browser, tmp_path):
    """On a page of its own, which needs no book."""
    (tmp_path / "quiz.js").write_text(bundle(BOOK / "assets" / "js", "quiz"))
    (tmp_path / "page.html").write_text(MADE)
    with Visit(browser, (tmp_path / "page.html").as_uri()) as visit:
        for place, verdict in enumerate(("wrong", "right", "wrong")):
            said = answer(visit.page, "made-here", [place])
            assert said.get_attribute("data-verdict") == verdict
            assert f"Because of {('one', 'two', 'three')[place]}." in said.inner_text()
        assert visit.problems == []


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


def test_nothing_chosen_and_too_much_chosen(visit):
    page = visit("training")
    assert "Choose an answer first" in answer(page, "training-truncation").inner_text()
    said = answer(page, "training-remember", [0, 1, 2])
    assert "Choose 2 answers; you chose 3." in said.inner_text()
    assert page.locator(".quiz-progress").inner_text().startswith("What you answer")


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


def test_by_touch(browser, built):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((built / "book" / "training.html").as_uri())
    for name, places in {"training-truncation": [1], "training-remember": [0, 3]}.items():
        for place in places:
            form(page, name).locator("label").nth(place).tap()
        form(page, name).get_by_role("button", name="Check").tap()
        assert form(page, name).locator(".quiz-feedback").get_attribute("data-verdict") == "right"
    context.close()


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
