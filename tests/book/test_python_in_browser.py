"""Exercises that are answered by Python in the page, from disk, in Chromium.

Pyodide is fetched by `make book PYTHON_IN_PAGE=1`. Where that has not been done, what needs it is
skipped; $PYTHON_IN_PAGE lets the tests fetch it, as the weekly run does.
"""

import os
import shutil
import sys
import time

import add_python
import pytest
from make_exercises import SOURCES, read
from page_views import ALL_RULES, DESKTOP, PHONE, STILL, Visit, ask_axe, contrast, layout
from passes import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from python_in_page import COMMAND, ELSEWHERE, IN_PAGE

LESSONS = {source.stem[:2]: read(source) for source in sorted((ROOT / SOURCES).glob("*.py"))}
BY_NUMBER = {e.number: e for lesson in LESSONS.values() for e in lesson.exercises if e.solution}
STORED = "gru-course-python"
START = 90_000
"""Milliseconds that Python may take to start on a busy machine."""
pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def site(built, tmp_path_factory):
    """Give the lessons of the book with Python in them."""
    if not add_python.kept_folder().is_dir() and not os.environ.get("PYTHON_IN_PAGE"):
        pytest.skip(f"NO PYODIDE: Python in the page was not tried. `{COMMAND}` fetches it.")
    place = shutil.copytree(built, tmp_path_factory.mktemp("python") / "site")
    add_python.add(place)
    return place


@pytest.fixture
def visit(browser, site):
    visits = []

    def open_page(lesson="01", viewport=DESKTOP, scheme="light", script=None, address=site):
        url = (address / "notebooks" / f"{LESSONS[lesson].name}.html").as_uri()
        visits.append(Visit(browser, url, viewport, scheme))
        if script:
            visits[-1].context.add_init_script(script)
            visits[-1].page.reload()
        visits[-1].page.add_style_tag(content=STILL)
        return visits[-1].page

    open_page.forgiven = []
    yield open_page
    for one in visits:
        assert [p for p in one.problems if not any(f in p for f in open_page.forgiven)] == []
        one.context.close()


def box(page, number):
    return page.locator(f'.page-python[data-exercise="{number}"]')


def press(page, number, label):
    box(page, number).get_by_role("button", name=f"{label}, exercise {number}").click()


def answer(page, number, code):
    """Run a cell and return what is said about it, when it is."""
    said = box(page, number).locator(".page-python-said")
    box(page, number).locator("textarea").fill(code)
    press(page, number, "Run and check")
    said.filter(has_text=f"{number}:").wait_for(timeout=START)
    return said


@pytest.mark.parametrize("lesson", ["01", "03", "06"])
def test_every_exercise_of_the_page_answers(visit, lesson):
    """As in the notebook: blanks, usual mistakes and solutions, each with its sentence."""
    page = visit(lesson)
    here = [e for e in LESSONS[lesson].exercises if e.number in IN_PAGE]
    assert len(here) >= 3
    for exercise in here:
        says, mistake = exercise.wrong[0]
        blank = exercise.start[0] if exercise.start else "still empty"
        assert box(page, exercise.number).locator("textarea").input_value() == exercise.blank
        for expected, code in ((blank, exercise.blank), (says, mistake), ("✓", exercise.solved)):
            said = answer(page, exercise.number, code)
            text = said.inner_text()
            assert expected.replace("`", "") in text
            assert said.get_attribute("data-verdict") == ("right" if expected == "✓" else "wrong")
    assert f"{len(here)} of {len(here)} of lesson {int(lesson)}" in text


def test_a_loop_without_an_end_is_stopped_by_hand(visit):
    page = visit()
    said = box(page, "1.2").locator(".page-python-said")
    assert "Right." in answer(page, "1.2", BY_NUMBER["1.2"].solved).inner_text()
    box(page, "1.2").locator("textarea").fill("while True: pass")
    press(page, "1.2", "Run and check")
    said.filter(has_text="Running").wait_for()
    press(page, "1.1", "Run and check")
    assert (
        "Another exercise is running" in box(page, "1.1").locator(".page-python-said").inner_text()
    )
    begun = time.monotonic()
    press(page, "1.2", "Stop")
    said.filter(has_text="Stopped.").wait_for(timeout=2000)
    assert time.monotonic() - begun < 2
    # Python starts again, and knows what had passed.
    found = answer(page, "1.1", BY_NUMBER["1.1"].solved).inner_text()
    assert "2 of 4 of lesson 1." in found


def test_a_loop_without_an_end_is_stopped_by_time(visit):
    hurry = """const wait = window.setTimeout;
      window.setTimeout = (f, ms, ...rest) => wait(f, ms === 20000 ? 1000 : ms, ...rest);"""
    page = visit(script=hurry)
    box(page, "1.1").locator("textarea").fill("while True: pass")
    press(page, "1.1", "Run and check")
    said = box(page, "1.1").locator(".page-python-said")
    said.filter(has_text="Stopped after 20 seconds").wait_for(timeout=START)


def test_stopped_while_it_starts(visit):
    page = visit()
    press(page, "1.1", "Run and check")
    press(page, "1.1", "Stop")
    assert "Stopped." in box(page, "1.1").locator(".page-python-said").inner_text()


def test_what_a_cell_prints_and_where_it_stops(visit):
    page = visit()
    code = "print('<img src=x onerror=alert(1)>')\nfor i in range(10**6): print(i)\n1 / 0"
    said = answer(page, "1.1", code)
    assert "your cell stops in line 3: ZeroDivisionError" in said.inner_text()
    assert "more is not shown" in said.inner_text()
    assert said.locator("img").count() == 0
    assert said.get_attribute("role") == "status"
    press(page, "1.1", "Hint")
    said.filter(has_text="Hint 1 of 3").wait_for()
    code = "import js\nfrom pyodide.http import pyfetch\nawait_ = js.fetch('https://example.org/')"
    answer(page, "1.1", code)  # the visit would see a request


def test_by_keyboard(visit):
    page = visit()
    field = box(page, "1.1").locator("textarea")
    field.fill("")
    field.focus()
    page.keyboard.type("def f():")
    page.keyboard.press("Enter")
    page.keyboard.type("return 1")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("x")
    assert field.input_value() == "def f():\n    return 1\n        x"
    assert field.evaluate("e => document.activeElement === e")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    name = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(name) == "Run and check, exercise 1.1"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert not field.evaluate("e => document.activeElement === e")
    described = field.get_attribute("aria-describedby")
    assert "Escape, then Tab leaves" in page.locator(f"#{described}").inner_text()
    field.focus()
    page.keyboard.press("Control+Enter")
    assert box(page, "1.1").locator(".page-python-said").inner_text()
    assert page.evaluate("document.activeElement.id") == "python-1-1"


def test_what_is_written_is_kept_and_can_be_thrown_away(visit):
    page = visit()
    field = box(page, "1.1").locator("textarea")
    field.fill("x = 1")
    for _ in range(20):  # the browser writes it down a moment later
        page.wait_for_timeout(500)
        page.reload()
        if field.input_value() == "x = 1":
            break
    assert field.input_value() == "x = 1"
    press(page, "1.1", "Start anew")
    assert field.input_value() == BY_NUMBER["1.1"].blank
    for stored in ("no JSON", "null", "[1]", '{"1.1": 3}', '{"1.1": {"blank": "", "code": "old"}}'):
        page.evaluate("([key, value]) => localStorage.setItem(key, value)", [STORED, stored])
        page.reload()
        assert field.input_value() == BY_NUMBER["1.1"].blank, stored


@pytest.mark.parametrize("broken", ["missing", "damaged"])
def test_a_book_whose_python_is_broken_says_so(visit, site, tmp_path, broken):
    place = shutil.copytree(site, tmp_path / "site")
    engine = place / add_python.ENGINE
    if broken == "missing":
        engine.unlink()
    else:
        engine.write_text(engine.read_text().replace('"pyodide.asm.js": "', '"pyodide.asm.js": "@'))
    visit.forgiven.append("ERR_FILE_NOT_FOUND")  # the browser itself reports the missing file
    page = visit(address=place)
    press(page, "1.1", "Run and check")
    said = box(page, "1.1").locator(".page-python-said")
    said.filter(has_text="Python cannot run here").wait_for(timeout=START)
    assert "can be answered in make lab" in said.inner_text()


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("01", viewport, scheme)
    only = {"runOnly": ALL_RULES, "rules": {"color-contrast": {"enabled": False}}}
    for code in (None, "print('x' * 500)\n1 / 0", BY_NUMBER["1.2"].solved):
        if code:
            answer(page, "1.2", code)
        assert ask_axe(page, dict(only), {"include": [[".page-python"]]})[0] == []
        assert layout(page) == []
    page.evaluate("""document.querySelector('.bd-article').replaceChildren(
      ...document.querySelectorAll('.page-python-note, .page-python'))""")
    assert [text for text in contrast(page, {}) if "pst-back-to-top" not in text] == []


def test_the_licence_is_shown(visit):
    note = visit().locator(".page-python-note").inner_text()
    assert "Pyodide 0.29.4 (Mozilla Public License 2.0, source)" in note
    assert "PSF licence" in note


def test_a_book_without_python_says_what_it_could_do_and_stays_whole(browser, built):
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto((built / "notebooks" / f"{LESSONS['01'].name}.html").as_uri())
        note = page.locator(".page-python-note").inner_text()
        assert COMMAND in note
        assert "1.1, 1.2, 1.4 and 1.5 can also be answered on this page" in note
        assert page.locator("textarea").count() == 0
        assert page.locator(".page-python").count() == 4
        context.close()


def test_the_pages_leave_a_place_for_each_exercise(built):
    places = 0
    for lesson in LESSONS.values():
        text = (built / "notebooks" / f"{lesson.name}.html").read_text(encoding="utf-8")
        for exercise in lesson.exercises:
            found = text.count(f'data-exercise="{exercise.number}"')
            assert found == (exercise.number in IN_PAGE), exercise.number
            places += found
    assert places == len(IN_PAGE) == len(BY_NUMBER) - len(ELSEWHERE)
