"""The live figure "Data into windows": the rows of Keras, and whatever one types is only text."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import Hand, faults_in_any_state, text_without_scripts
from page_views import DESKTOP, PHONE, layout

from gru_course.layers.backend import keras

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from classic_scripts import bundle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=["book/sequences-and-memory.md"]
    ),
]

SCRIPTS = Path(__file__).resolve().parents[2] / "book" / "assets" / "js"
PAGE = "sequences-and-memory"
FIGURE = "#data-into-windows"
ENDS = ("pre", "post")
PAUSE = 450
HAND = Hand(FIGURE, PAUSE)
press, said = HAND.press, HAND.said


@pytest.fixture(scope="module")
def library(browser):
    page = browser.new_page()
    page.add_script_tag(content=bundle(SCRIPTS, "library"))
    yield page
    page.close()


ROW = "([s, n, p, t]) => gruCourse.intoWindow(s, n, p, t).row.map((id) => id ?? 0)"


@settings(max_examples=100, deadline=None)
@given(
    sequence=st.lists(st.integers(1, 99), max_size=12),
    length=st.integers(1, 12),
    padding=st.sampled_from(ENDS),
    truncating=st.sampled_from(ENDS),
)
def test_the_rows_are_those_of_keras(library, sequence, length, padding, truncating):
    (row,) = keras.utils.pad_sequences(
        [sequence], length, padding=padding, truncating=truncating
    ).tolist()
    assert library.evaluate(ROW, [sequence, length, padding, truncating]) == row


def test_an_end_that_is_mistaken_is_red(browser):
    text, old = bundle(SCRIPTS, "library"), 'padding === "pre" ? [...filler'
    assert text.count(old) == 1
    page = browser.new_page()
    page.add_script_tag(content=text.replace(old, old.replace("pre", "post")))
    assert page.evaluate(ROW, [[1], 2, "pre", "pre"]) == [1, 0]  # Keras gives [0, 1]
    page.close()


def rows(page):
    cells = "rows => rows.map((row) => [...row.querySelectorAll('td')].map((td) => td.innerText))"
    return page.locator(f"{FIGURE} tbody tr").evaluate_all(cells)


def field(page, which):
    return page.locator(FIGURE).get_by_label(f"{which} review")


def test_at_rest_and_the_guided_steps(visit):
    page = visit()
    assert rows(page) == [["but", "in", "the", "end", "superb"], ["0", "0", "0", "not", "good"]]
    assert (
        "The first review loses its first 3 words. The second review gets 3 zeros in front."
        in said(page)
    )
    press(page, "Cut behind")
    assert rows(page)[0] == ["slow", "at", "first", "but", "in"]
    assert "the praise at the end is gone" in said(page)
    press(page, "Fill behind")
    assert rows(page) == [["but", "in", "the", "end", "superb"], ["not", "good", "0", "0", "0"]]
    press(page, "Window of 8")
    assert rows(page)[0] == ["slow", "at", "first", "but", "in", "the", "end", "superb"]
    assert "The first review fits." in said(page)
    press(page, "Start again")
    assert rows(page)[1] == ["0", "0", "0", "not", "good"]


def test_by_keyboard_and_by_address(visit):
    page = visit()
    field(page, "Second").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("really not very good")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.locator(FIGURE).get_by_label("behind").nth(1).focus()
    page.keyboard.press("Space")
    assert rows(page) == [["slow", "at", "first"], ["really", "not", "very"]]
    assert "The second review loses its last word." in said(page)
    again = visit(page.evaluate("location.hash"))
    assert rows(again) == rows(page)
    assert field(again, "Second").input_value() == "really not very good"


@pytest.mark.parametrize(
    ("text", "shown", "sentence"),
    [
        ("<img src=x onerror=alert(1)>", "onerror=alert(1)>", "gets 2 zeros"),
        ("", "0", "has no words and becomes a row of filler"),
        ("   ", "0", "has no words"),
        ("word " * 100_000, "word", "reads only its first 40 words"),
        ("x" * 5000, "x" * 20 + "…", "gets 4 zeros"),
        ("🙂 👩‍🚀 fine", "fine", "gets 2 zeros"),
        ("ليس جيدا \u202e abc", "abc", "gets 1 zero "),
        ("</td></table><script>alert(1)</script>", "</td></table><script…", "gets 4 zeros"),
    ],
    ids=range(8),
)
def test_whatever_is_typed_is_only_text(visit, text, shown, sentence):
    page = visit("", PHONE)
    field(page, "First").fill(text)
    assert rows(page)[0][-1] == shown
    assert sentence in said(page)
    assert page.locator(f"{FIGURE} .live-stage :is(img, script)").count() == 0
    assert layout(page) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("length=NaN", "length is “NaN”; expected a number from 1 to 10"),
        ("length=1e99", "length is “1e99”"),
        ("padding=both", "“padding=both” means nothing"),
        ("<img src=x onerror=alert(1)>=1", "means nothing to this figure"),
    ],
)
def test_a_hostile_address_does_no_harm(visit, query, sentence):
    page = visit(f"{FIGURE}?{query}&a=<img src=x onerror=alert(1)>")
    assert sentence in said(page)
    assert field(page, "First").input_value() == "<img src=x onerror=alert(1)>"
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    labels = ("Start again", "Cut behind", "Fill behind", "Window of 8")
    assert faults_in_any_state(page, FIGURE, PAUSE, labels) == []


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    address = (built / "book" / f"{PAGE}.html").as_uri()
    text_without_scripts(browser, address, FIGURE)


def test_by_touch(browser, built):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((built / "book" / f"{PAGE}.html").as_uri())
    before = page.locator(f"{FIGURE} [role=status]").inner_text()
    page.locator(f"{FIGURE} .live-guide button").first.tap()
    page.wait_for_timeout(PAUSE)
    assert page.locator(f"{FIGURE} [role=status]").inner_text() != before
    context.close()


def test_it_answers_at_once(visit):
    page = visit()
    script = field(page, "First").evaluate(
        """(e) => Array.from({ length: 40 }, (_, i) => {
          const start = performance.now();
          e.value = 'word '.repeat(i * 5);
          e.dispatchEvent(new Event('input', { bubbles: true }));
          return performance.now() - start;
        })"""
    )
    assert sorted(script)[20] <= 16
