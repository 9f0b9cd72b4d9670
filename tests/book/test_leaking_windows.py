"""The live figure "Leaking windows": the windows of the course, and which of them leak."""

import sys
from pathlib import Path

import pytest
from live_page import Hand, faults_in_any_state, text_without_scripts
from page_views import DESKTOP, PHONE, layout

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from classic_scripts import bundle
from leak_figure import leaked, split

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb", but=["book/applications.md"]),
]

SCRIPTS = Path(__file__).resolve().parents[2] / "book" / "assets" / "js"
PAGE = "applications"
FIGURE = "#leaking-windows"
PAUSE = 450
HAND = Hand(FIGURE, PAUSE)
press, said, slider = HAND.press, HAND.said, HAND.slider
WAYS = ("time", "order", "shuffled")
CASES = [(h, k, way) for h in range(2, 9) for k in range(1, 5) for way in WAYS]


@pytest.fixture(scope="module")
def library(browser):
    page = browser.new_page()
    page.add_script_tag(content=bundle(SCRIPTS, "library"))
    yield page
    page.close()


def found(page, *case):
    """Give the origins of training and test, how many values are asked for, and how many seen."""
    cut = page.evaluate("(given) => gruCourse.leak(...given)", case)
    parts = tuple([w["origin"] for w in cut["windows"] if w["test"] == test] for test in (0, 1))
    return parts, cut["asked"], cut["seen"]


def test_the_windows_are_those_of_the_course(library):
    for case in CASES:
        asked, seen = leaked(*case)
        assert found(library, *case) == (split(*case), len(asked), len(seen)), case


def test_what_the_text_says_of_the_ways(library):
    seen = {case: found(library, *case)[2] for case in CASES}
    assert not any(seen[h, k, "time"] for h in range(2, 9) for k in range(1, 5))
    assert not any(seen[h, 1, "order"] for h in range(2, 9))
    assert all(seen[h, k, "order"] for h in range(2, 9) for k in range(2, 5))
    assert all(seen[h, k, "shuffled"] for h in range(2, 9) for k in range(1, 5))


def test_a_window_too_many_is_red(browser):
    text, old = bundle(SCRIPTS, "library"), "origin + horizon <= border"
    assert text.count(old) == 1
    page = browser.new_page()
    page.add_script_tag(content=text.replace(old, "origin < border"))
    assert found(page, 5, 3, "time")[2] > 0
    page.close()


def crosses(page):
    return page.locator(f"{FIGURE} .leak-cross").count()


def test_at_rest_and_the_guided_steps(visit):
    page = visit()
    asked, seen = leaked(5, 1, "shuffled")
    assert crosses(page) == len(seen) > 0
    assert f"Of the {len(asked)} values that the test asks for, {len(seen)} lie in" in said(page)
    press(page, "In order")
    assert crosses(page) == 0
    assert "none lies in a window of the training" in said(page)
    press(page, "In order, 3 asked")
    assert crosses(page) > 0
    assert f", {len(leaked(5, 3, 'order')[1])} lie in a window" in said(page)
    press(page, "By time, 3 asked")
    assert crosses(page) == 0
    press(page, "Start again")
    assert crosses(page) == len(seen)


def test_by_keyboard_and_by_address(visit):
    page = visit()
    slider(page, "history").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert said(page).endswith(" lie in a window of the training.")
    page.locator(FIGURE).get_by_label("windows first, then by time").focus()
    page.keyboard.press("Space")
    slider(page, "window").focus()
    page.keyboard.press("End")
    last = int(slider(page, "window").input_value())
    assert said(page).startswith(f"Window {last}, for the test, asks for steps 23 to 24; ")
    again = visit(page.evaluate("location.hash"))
    assert crosses(again) == crosses(page)
    assert slider(again, "window").input_value() == str(last)


def test_by_mouse_and_by_touch(browser, built, visit):
    page = visit()
    page.locator(f"{FIGURE} .live-chart svg").click(position={"x": 60, "y": 6})
    assert said(page).startswith("Window 1, for the ")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto((built / "book" / f"{PAGE}.html").as_uri())
    phone.locator(f"{FIGURE} .live-chart svg").tap(position={"x": 60, "y": 19})
    assert said(phone).startswith("Window 2, for the ")
    context.close()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("history=NaN", "history is “NaN”; expected a number from 2 to 8"),
        ("horizon=1e99", "horizon is “1e99”"),
        ("split=__proto__", "“split=__proto__” means nothing"),
        ("<img src=x onerror=alert(1)>=1", "means nothing to this figure"),
        ("a=1&b=2&c=3&d=4", "There is more that it cannot use."),
    ],
)
def test_a_hostile_address_does_no_harm(visit, query, sentence):
    page = visit(f"{FIGURE}?{query}")
    assert sentence in said(page)
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0
    assert layout(page) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    assert faults_in_any_state(page, FIGURE, PAUSE) == []


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    address = (built / "book" / f"{PAGE}.html").as_uri()
    text_without_scripts(browser, address, FIGURE)
