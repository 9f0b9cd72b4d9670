"""The live figure "Backpropagation by hand": the numbers of the lesson and of NumPy."""

import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from live_page import Hand, faults_in_any_state, text_without_scripts
from page_views import DESKTOP, PHONE, layout

from gru_course.cells import GRUWeights

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from backprop_figure import by_hand

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=["notebooks/06_backpropagation_by_hand.ipynb"]
    ),
]

PAGE = "../notebooks/06_backpropagation_by_hand"
FIGURE = "#backprop-by-hand"
PAUSE = 450
HAND = Hand(FIGURE, PAUSE)
press, said, slider = HAND.press, HAND.said, HAND.slider
ROWS = {"arrives": 0, "paths": slice(1, 5), "factor": 5, "leaves": 6, "shares": 7}


def put(page, **values):
    move = "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    for name, value in values.items():
        slider(page, name).evaluate(move, value)


def tables(page):
    """Give the cells of both tables; NaN where nothing has arrived."""
    cells = "rows => rows.map((row) => [...row.querySelectorAll('td')].map((td) => td.innerText))"
    number = lambda text: float(text.replace("\u2212", "-")) if text != "·" else np.nan  # noqa: E731
    return [
        np.array([[number(text) for text in row] for row in rows])
        for rows in (table.locator("tbody tr").evaluate_all(cells)
                     for table in page.locator(f"{FIGURE} table").all())
    ]  # fmt: skip


def agree(page, **given):
    """Compare all cells of both tables with NumPy."""
    found = by_hand(**given)
    forward, back = tables(page)
    expected = [found[name] for name in ("z", "r", "candidate")]
    assert np.abs(forward[1:4] - expected).max() < 0.00006
    assert np.abs(forward[4] - found["h"][1:]).max() < 0.00006
    assert np.abs(back[ROWS["arrives"]] - found["gradients"][1:]).max() < 0.00006
    assert np.abs(back[ROWS["paths"]] - found["paths"]).max() < 0.00006
    assert np.abs(back[ROWS["factor"]] - found["paths"].sum(axis=0)).max() < 0.00006
    assert np.abs(back[ROWS["leaves"]] - found["gradients"][:-1]).max() < 0.00006
    assert np.abs(back[ROWS["shares"]] - found["shares"]).max() < 0.00006
    assert found["shares"].sum() == pytest.approx(found["U_z"], abs=1e-12)


def test_the_numbers_at_rest_are_those_of_the_lesson(visit, root):
    page = visit()
    agree(page)
    notebook = nbformat.read(root / f"notebooks/{Path(PAGE).name}.ipynb", as_version=4)
    outputs = str([cell.get("outputs") for cell in notebook.cells])
    found = by_hand()
    for value in (*found["gradients"][1:], *found["paths"].sum(axis=0)):
        assert any(f"{value:+.{digits}f}" in outputs for digits in (4, 5)), value
    assert f"{found['U_z']:+.6f}" in outputs


def test_other_weights_and_inputs(visit):
    page = visit()
    put(page, Wz=-3, Uz=1.5, bz=0.5, Wr=2, Ur=-4, br=1, Wh=-0.7, Uh=2.1, bh=0.3, ch=-0.6)
    put(page, h0=-0.8, x1=0.2, x2=1, x3=-0.4, target=-0.5)
    weights = GRUWeights(
        np.array([[-3, 2, -0.7]]),
        np.array([[1.5, -4, 2.1]]),
        np.array([[0.5, 1, 0.3], [0, 0, -0.6]]),
    )
    agree(page, weights=weights, x=(0.2, 1, -0.4), start=-0.8, target=-0.5)
    swapped = GRUWeights(weights.kernel, weights.recurrent_kernel[:, [1, 0, 2]], weights.bias)
    with pytest.raises(AssertionError):
        agree(page, weights=swapped, x=(0.2, 1, -0.4), start=-0.8, target=-0.5)


def test_the_guided_steps_show_what_they_say(visit):
    page = visit()
    press(page, "Begin at the loss")
    _, back = tables(page)
    assert np.isnan(back).sum() == back.size - 1
    assert back[ROWS["arrives"], 2] == pytest.approx(-1.4388)
    slider(page, "back").focus()
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("At h2: \u22121.4388 times +1.1922 gives \u22121.7153.")
    press(page, "Set bz to 6")
    _, back = tables(page)
    assert min(back[1]) > 0.9
    assert abs(back[ROWS["leaves"], 0] / back[ROWS["arrives"], 2]) > 0.9
    press(page, "Set Uh to 5, bz to \u22126")
    assert "Each factor is above 1" in said(page)
    _, back = tables(page)
    assert min(back[ROWS["factor"]]) > 1
    press(page, "Start again")
    agree(page)


def test_by_keyboard_and_by_address(visit):
    page = visit()
    slider(page, "bz").focus()
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("bz is \u22120.5. The gradient at h3 is")
    slider(page, "x2").focus()
    page.keyboard.press("End")
    assert said(page).startswith("x2 is 1.0.")
    slider(page, "back").focus()
    page.keyboard.press("Home")
    assert said(page).startswith("The gradient begins at h3")
    again = visit(page.evaluate("location.hash"))
    for one, other in zip(tables(again), tables(page), strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    assert slider(again, "x2").input_value() == "1"


def test_by_touch(browser, built):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((built / "book" / f"{PAGE}.html").as_uri())
    page.locator(FIGURE).get_by_role("button", name="Begin at the loss").tap()
    assert "Steps back" in said(page)
    context.close()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("Wz=NaN", "Wz is “NaN”; expected a number from \u221212 to 12"),
        ("h0=2", "h0 is “2”; expected a number from \u22121 to 1"),
        ("back=", "back is “”; expected a number from 0 to 3"),
        ("<img src=x onerror=alert(1)>=1", "means nothing to this figure"),
        ("a=1&b=2&c=3&d=4", "There is more that it cannot use."),
    ],
)
def test_a_hostile_address_does_no_harm(visit, query, sentence):
    page = visit(f"{FIGURE}?{query}")
    assert sentence in said(page)
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0
    agree(page)
    assert layout(page) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    assert faults_in_any_state(page, FIGURE, PAUSE) == []


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    address = (built / "book" / f"{PAGE}.html").as_uri()
    text_without_scripts(browser, address, FIGURE)
