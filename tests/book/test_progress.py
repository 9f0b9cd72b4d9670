"""Progress in the contents: shown, saved, loaded, deleted, and harmless where it is damaged."""

import json
import re
import sys
from pathlib import Path

import pytest
from page_views import ALL_RULES, DESKTOP, PHONE, STILL, Visit, ask_axe, layout

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from quiz import questions_of

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb", but=["book/architecture.md"]),
]
HERE, NEXT = "book/architecture", "notebooks/01_gru_from_scratch"
QUESTIONS = list(questions_of((ROOT / f"{HERE}.md").read_text(encoding="utf-8")))
PAGES, ANSWERS = "gru-course-pages", "gru-course-questions"
OF_THE_THEME = {
    "script error: no",
    "console error: Got invalid theme mode: undefined. Resetting to auto.",
}
NOTHING_STORED = """for (const name of ['getItem', 'setItem', 'removeItem'])
  Storage.prototype[name] = () => { throw new DOMException('no', 'SecurityError'); };"""
FULL = NOTHING_STORED.replace("'getItem', ", "").replace("Security", "QuotaExceeded")


@pytest.fixture
def visit(browser, built):
    visits = []

    def open_page(name=HERE, viewport=DESKTOP, scheme="light", script=""):
        url = (built / f"{name}.html").as_uri()
        visits.append(Visit(browser, url, viewport, scheme))
        page = visits[-1].page
        if script:
            page.add_init_script(script)
            page.reload()
        page.add_style_tag(content=STILL)
        return page

    yield open_page
    for one in visits:
        # The theme's own scripts do not expect a browser that refuses to store.
        assert [text for text in one.problems if text not in OF_THE_THEME] == []
        one.context.close()


def box(page):
    """Open the box below the contents."""
    found = page.locator("details.progress-box")
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def marks(page):
    """Give what the contents show, by page."""
    script = """() => [...document.querySelectorAll('.progress-mark')].map((mark) =>
      [mark.closest('a').href, ...[...mark.children].map((part) => part.textContent.trim())])"""
    found = {}
    for address, *texts in page.evaluate(script):
        found[re.search(r"([^/]+/[^/]+)[.]html#?$", address)[1]] = texts
    return found


def answer(page, right):
    own = page.locator('form[data-quiz="architecture-blend"]')
    own.locator("input").fill("0.3" if right else "450")
    own.get_by_role("button", name="Check").click()


def ticked(page):
    return page.get_by_label("I have read this page")


def press(page, label):
    box(page).get_by_role("button", name=label, exact=True).click()


def said(page):
    return box(page).locator("[role=status]").inner_text()


def test_what_is_read_and_answered_stands_in_the_contents(visit):
    page = visit()
    assert marks(page) == {}
    ticked(page).check()
    answer(page, right=False)
    shown, told = marks(page)[HERE]
    assert shown == f"✓ 1/{len(QUESTIONS)}"
    assert told == f"(read, 1 of {len(QUESTIONS)} questions answered, 0 right)"
    answer(page, right=True)
    assert marks(page)[HERE][1].endswith("1 right)")
    assert "1 of " in box(page).locator("summary").inner_text()
    page.wait_for_timeout(6000)  # the browser writes down what is stored up to five seconds later
    page.goto(page.url.replace(HERE, NEXT))
    assert marks(page)[HERE][0] == f"✓ 1/{len(QUESTIONS)}"
    assert not ticked(page).is_checked()
    page.goto(page.url.replace(NEXT, HERE))
    ticked(page).uncheck()
    assert marks(page)[HERE][0] == f"1/{len(QUESTIONS)}"


def test_every_page_with_a_box_before_the_start_can_be_read(visit, built):
    page = visit()
    known = page.evaluate("gruCourseContents")
    expected = {
        path.relative_to(built).with_suffix("").as_posix()
        for folder in ("book", "notebooks")
        for path in (built / folder).glob("*.html")
        if 'class="before-you-start' in (text := path.read_text(encoding="utf-8"))
        or "before-you-start admonition" in text
    }
    assert set(known) == expected
    assert len(known) > 30
    assert known[HERE] == QUESTIONS
    page.goto((built / "book" / "glossary.html").as_uri())
    assert ticked(page).count() == ("book/glossary" in known)


def test_saved_deleted_taken_back_and_loaded(visit, tmp_path):
    page = visit()
    ticked(page).check()
    answer(page, right=True)
    before = marks(page)
    box(page)
    with page.expect_download() as saving:
        press(page, "Save to a file")
    assert saving.value.suggested_filename == "gru-course-progress.json"
    saving.value.save_as(tmp_path / "progress.json")
    kept = json.loads((tmp_path / "progress.json").read_text())
    assert kept["read"] == {HERE: True}
    assert kept["answered"] == {"architecture-blend": True}
    assert "Saved as gru-course-progress.json" in said(page)
    press(page, "Delete")
    assert "can take that back" in said(page)
    assert marks(page) == {}
    assert not ticked(page).is_checked()
    assert page.evaluate("localStorage.length - Number('mode' in localStorage) * 2") == 0
    press(page, "Take back the deletion")
    assert marks(page) == before
    press(page, "Delete")
    box(page).locator("input[type=file]").set_input_files(tmp_path / "progress.json")
    box(page).get_by_text("Loaded: 1 pages and 1 answers.").wait_for()
    assert marks(page) == before
    assert ticked(page).is_checked()


def saved(**changes):
    return json.dumps({"format": "gru-course-progress", "version": 1} | changes)


BAD_FILES = {
    "": "it is no JSON. Nothing was changed.",
    "\x00\x01\ufffd": "it is no JSON. Nothing was changed.",
    "[]": "not one that “Save to a file” writes. Nothing was changed.",
    "null": "not one that “Save to a file” writes. Nothing was changed.",
    saved(version=2): "not one that “Save to a file” writes. Nothing was changed.",
    " " * 1_000_001: "too large to hold progress. Nothing was changed.",
    saved(read=[1], answered="x"): "Loaded: 0 pages and 0 answers.",
    saved(read={"<img src=x onerror=alert(1)>": True, "__proto__": True}, answered={"a": 1}): (
        "Loaded: 0 pages and 0 answers. 2 others are not in this edition and were left out."
    ),
}


@pytest.mark.parametrize("content", BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_file_that_is_no_progress_changes_nothing(visit, tmp_path, content):
    page = visit()
    ticked(page).check()
    (tmp_path / "file.json").write_text(content, encoding="utf-8")
    box(page).locator("input[type=file]").set_input_files(tmp_path / "file.json")
    box(page).get_by_text(BAD_FILES[content]).wait_for()
    assert list(marks(page)) == [HERE]
    assert page.locator("img[onerror]").count() == 0


@pytest.mark.parametrize("script", [NOTHING_STORED, FULL], ids=["nothing stored", "no room"])
def test_where_the_browser_stores_nothing_it_says_so(visit, script):
    page = visit(script=script)
    assert "Your browser stores nothing for this book" in box(page).inner_text()
    assert "your browser stores nothing" in page.locator(".quiz-progress").inner_text()
    ticked(page).check()
    answer(page, right=True)
    assert marks(page)[HERE][0] == f"✓ 1/{len(QUESTIONS)}"
    with page.expect_download():
        press(page, "Save to a file")
    press(page, "Delete")
    assert marks(page) == {}


@pytest.mark.parametrize("stored", ["no JSON", "null", "[1]", '{"book/architecture": "<img>"}'])
def test_a_damaged_memory_is_no_memory(visit, stored):
    page = visit(script=f"localStorage.setItem('{PAGES}', {json.dumps(stored)})")
    assert marks(page) == {}
    assert page.locator(".progress-box img").count() == 0
    ticked(page).check()
    assert marks(page)[HERE][0] == "✓"


def test_by_keyboard(visit):
    page = visit()
    ticked(page).focus()
    page.keyboard.press("Space")
    assert marks(page)[HERE] == ["✓", "(read)"]
    page.locator("details.progress-box summary").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert marks(page) == {}
    page.keyboard.press("Enter")  # the same button takes it back
    assert marks(page)[HERE] == ["✓", "(read)"]


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing(visit, viewport, scheme):
    page = visit("book/architecture", viewport, scheme)
    ticked(page).check()
    answer(page, right=True)
    if viewport is PHONE:
        page.locator("button.primary-toggle, label.primary-toggle").first.click()
    box(page)
    for label in ("Delete", "Take back the deletion"):
        press(page, label)
        for place in (".progress-box", ".bd-links"):
            assert ask_axe(page, {"runOnly": ALL_RULES}, {"include": [[place]]})[0] == []
        assert layout(page) == []


def test_without_scripts_nothing_is_promised(browser, built):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built / f"{HERE}.html").as_uri())
    assert page.locator(".progress-box, .progress-read").count() == 0
    context.close()
