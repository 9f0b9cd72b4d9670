"""The live figure "Gates by hand" as a person uses it: mouse, touch, keyboard, address, ear."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from live_page import Hand, faults_in_any_state
from page_views import DESKTOP, PHONE, STILL, Visit, layout

from gru_course.cells import GRUWeights, run

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from gates_by_hand import at_rest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=["book/architecture.md", "book/training.md"]
    ),
]

PAGE = "architecture"
FIGURE = "#gates-by-hand"
PRESETS = ("remember", "forget", "latch", "toggle", "count")
STEPS = 16
PAUSE = 450  # until the sentence is said and the address written
HAND = Hand(FIGURE, PAUSE)
press, said, slider, put = HAND.press, HAND.said, HAND.slider, HAND.put


@pytest.fixture(scope="module")
def opened(browser, built):
    """Open the page once for the tests that need no window of their own."""
    with Visit(browser, (built / "book" / "architecture.html").as_uri()) as opened:
        opened.page.add_style_tag(content=STILL)
        opened.page.on("dialog", lambda dialog: opened.problems.append(dialog.message))
        opened.page.locator(f"{FIGURE} .live-stage").wait_for()
        yield opened


@pytest.fixture
def page(opened):
    """Give the figure at rest."""
    opened.page.locator(FIGURE).get_by_role("button", name="Start again", exact=True).click()
    opened.page.wait_for_timeout(PAUSE)
    yield opened.page
    assert opened.problems == []


def number(text):
    return float(text.replace("\u2212", "-"))


WALK = """(figure) => {
  const by = (name) => figure.querySelector(`input[data-name="${name}"]`), step = by('step');
  const texts = [], inputs = [];
  for (let t = 1; t <= 16; t += 1) {
    step.value = t;
    step.dispatchEvent(new Event('input', { bubbles: true }));
    texts.push([...figure.querySelectorAll('.live-formula b')].map((b) => b.innerText));
    inputs.push(Number(by('input').value));
  }
  const names = ['Wz', 'Wr', 'Wh', 'Uz', 'Ur', 'Uh', 'bz', 'br', 'bh', 'ch'];
  return [texts, inputs, Object.fromEntries(names.map((n) => [n, Number(by(n).value)]))];
}"""


def walk(page):
    """Walk through all steps; give what the formulas say, the inputs and the weights."""
    return page.locator(FIGURE).evaluate(WALK)


def computed(page):
    """Give z, r, candidate and state of all steps, shape (16, 4), as the formulas show them."""
    return np.array([[number(text) for text in texts] for texts in walk(page)[0]])


def expected(values, inputs, one="keeps", reset="after"):
    """Compute the same by the NumPy cells; where 1 writes, through the other sign of z."""
    kernel = np.array([[values["Wz"], values["Wr"], values["Wh"]]])
    recurrent = np.array([[values["Uz"], values["Ur"], values["Uh"]]])
    bias = np.array([[values["bz"], values["br"], values["bh"]], [0, 0, values["ch"]]])
    sign = np.array([1.0 if one == "keeps" else -1.0, 1.0, 1.0])
    bias = bias * sign if reset == "after" else bias[0] * sign
    weights = GRUWeights(kernel * sign, recurrent * sign, bias)
    steps = run(np.reshape(inputs, (1, -1, 1)).astype(float), weights).steps
    table = np.array([np.ravel(step) for step in steps])
    if one == "writes":
        table[:, 0] = 1 - table[:, 0]
    return table


@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_is_that_of_numpy(page, preset):
    press(page, preset)
    put(page, "ch", 0.7)
    put(page, "Uz", 1.5)
    _, inputs, values = walk(page)
    assert values["ch"] == 0.7
    for one, words in (
        ("keeps", "keeps the old state (this book)"),
        ("writes", "writes the candidate"),
    ):
        for reset, place in (
            ("after", "after the product (Keras)"),
            ("before", "before the product"),
        ):
            page.get_by_label(words).check()
            page.get_by_label(place).check()
            difference = np.abs(computed(page) - expected(values, inputs, one, reset)).max()
            assert difference < 0.00051, (one, reset)


def test_the_stored_picture_shows_the_figure_at_rest(page):
    *_, h = at_rest()
    found = computed(page)
    assert np.abs(found[:, 3] - h).max() < 0.00051
    assert np.abs(found[:, :3].T - at_rest()[1:4]).max() < 0.00051


def test_presets_do_what_their_names_say(page):
    ends = {}
    for preset in PRESETS:
        press(page, preset)
        ends[preset] = computed(page)[:, 3]
    assert min(ends["remember"][2:]) > 0.9
    assert abs(ends["forget"][8]) < 0.02 < abs(ends["forget"][4])
    latch = ends["latch"]
    assert min(latch[1:7]) > 0.9
    assert max(latch[7:12]) < -0.7
    assert latch[15] > 0.7
    assert np.sign(ends["toggle"][[1, 4, 7, 10, 13]]).tolist() == [1, -1, 1, -1, 1]
    steps = np.diff(ends["count"][[0, 1, 4, 7, 10, 13]])
    assert np.all(np.abs(steps[:3] - 0.2) < 0.02)
    assert steps[4] < 0.1


def test_the_guided_steps_show_what_they_say(page):
    press(page, "Set bz to 0")
    assert "half of the state is lost" in said(page)
    h = computed(page)[:, 3]
    assert h[3] == pytest.approx(h[2] / 2, abs=0.001)
    press(page, "Let 1 write")
    assert "is lost at step 4" in said(page)
    assert abs(computed(page)[3, 3]) < 0.01
    put(page, "Wz", 12)
    put(page, "bz", -6)
    assert min(computed(page)[2:, 3]) > 0.9
    press(page, "Toggle with r closed")
    h = computed(page)[[1, 4, 7], 3]
    assert np.ptp(h) < 0.01 < h[0]


# --- by hand --------------------------------------------------------------------------------------


def test_by_keyboard(page):
    slider(page, "bz").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    assert "bz is 0.0. The last state is 0.00; it was 0.0" in said(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.name") == "Wr"
    slider(page, "step").focus()
    page.keyboard.press("End")
    assert said(page).startswith("Step 16: input 0.0, z 0.50")
    page.get_by_label("keeps the old state (this book)").focus()
    page.keyboard.press("ArrowDown")
    assert "Now z near 1 writes the candidate" in said(page)
    page.locator(FIGURE).get_by_role("button", name="latch").focus()
    page.keyboard.press("Enter")
    assert said(page).startswith("Latch:")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert said(page).startswith("Forget:")


def where(page, t, row):
    """Give the place of a step in a row of the picture, as shares of its height from above."""
    box = page.locator(f"{FIGURE} svg").bounding_box()
    column = (box["width"] - 90) / STEPS
    return box["x"] + 84 + (t - 0.5) * column, box["y"] + row


def test_by_mouse(page):
    page.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    page.mouse.click(*where(page, 9, 240))
    assert slider(page, "step").input_value() == "9"
    assert said(page).startswith("Step 9: input \u22121.0")
    page.mouse.move(*where(page, 10, 8))
    page.mouse.down()
    for t in (11, 12, 13):
        page.mouse.move(*where(page, t, 8))
    page.mouse.up()
    page.mouse.move(*where(page, 15, 8))
    _, inputs, _ = walk(page)
    assert inputs[9:15] == [1, 1, 1, 1, 0, 0]


def test_by_touch(browser, built):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((built / "book" / "architecture.html").as_uri())
    page.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    page.touchscreen.tap(*where(page, 5, 62))
    assert slider(page, "step").input_value() == "5"
    assert float(slider(page, "input").input_value()) == -1
    page.locator(FIGURE).get_by_role("button", name="toggle", exact=True).tap()
    assert said(page).startswith("Toggle:")
    context.close()


def test_start_again(page):
    rest = computed(page)
    press(page, "count")
    put(page, "Uh", -2.5)
    page.get_by_label("writes the candidate").check()
    assert page.locator(f'{FIGURE} [aria-pressed="true"]').count() == 0
    press(page, "Start again")
    assert page.locator(f'{FIGURE} [aria-pressed="true"]').inner_text() == "remember"
    assert np.array_equal(computed(page), rest)


def test_the_sentence_waits_until_a_drag_is_over(page):
    before = said(page)
    for value in np.arange(6, 0, -0.5):
        put(page, "bz", float(value))
    assert page.locator(f"{FIGURE} [role=status]").inner_text() == before
    assert said(page).startswith("bz is 0.5.")


# --- the address ----------------------------------------------------------------------------------


def test_the_address_holds_the_state(visit):
    page = visit()
    press(page, "toggle")
    put(page, "Uh", -2.5)
    put(page, "input", -0.4)
    page.get_by_label("before the product").check()
    page.wait_for_timeout(PAUSE)
    address = page.evaluate("location.hash")
    there = computed(page)
    again = visit(address)
    page.wait_for_timeout(PAUSE)
    assert (
        again.evaluate("document.querySelector('#gates-by-hand').getBoundingClientRect().top") < 200
    )
    assert np.array_equal(computed(again), there)
    page.evaluate("location.hash = '#gates-by-hand?from=latch'")  # a link on the same page
    page.wait_for_timeout(PAUSE)
    assert page.locator(f'{FIGURE} [aria-pressed="true"]').inner_text() == "latch"


IMAGE = "<img src=x onerror=alert(1)>"
HOSTILE = {
    "Wz=NaN": "Wz is “NaN”; expected a number from \u221212 to 12",
    "Uh=1e999": "Uh is “1e999”; expected a number from \u22125 to 5",
    "bz=-123456789": "bz is “-123456789”; expected",
    "Wz=": "Wz is “”; expected",
    f"Wz={IMAGE}": "Wz is “<img src=x onerror=alert(1)>”; expected",
    f"from={IMAGE}": "is no preset; expected remember, forget",
    f"{IMAGE}=1": "means nothing to this figure",
    "from=__proto__": "“__proto__” is no preset",
    "x=1,2": "x needs 16 numbers",
    "x=" + ",".join(["1"] * 15 + ["2"]): "x16 is “2”; expected a number from \u22121 to 1",
    "x=" + "1," * 50_000: "x needs 16 numbers",
    "t=0": "t is “0”; expected a number from 1 to 16",
    "t=1.5e300": "t is “1.5e300”",
    "one=both": "“one=both” means nothing",
    "Wz=" + "9" * 10_000: "Wz is “999999999999999999999999999999…”",
    "%E0%A4%A=1&\u202ewz=🙂": "means nothing",
    "a=1&b=2&c=3&d=4": "There is more that it cannot use.",
}


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_does_no_harm(page, query):
    page.evaluate("(hash) => { location.hash = hash; }", f"{FIGURE}?{query}")
    sentence = said(page)
    assert sentence.startswith("The address of this page asks for what this figure cannot show.")
    assert HOSTILE[query] in sentence
    assert page.locator(f"{FIGURE} [role=status] *").count() == 0
    assert page.locator("img[onerror]").count() == 0
    assert np.isfinite(computed(page)).all()
    assert layout(page) == []


def test_a_page_that_is_opened_at_a_hostile_address(visit):
    page = visit(f"{FIGURE}?Wz={IMAGE}&t=NaN")
    assert "Wz is “<img src=x onerror=alert(1)>”" in said(page)
    assert "t is “NaN”" in said(page)
    assert page.locator("img[onerror]").count() == 0


# --- for everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    assert page.locator(f"{FIGURE} button").count() == len(PRESETS) + 4
    others = [
        page.get_by_label("before the product").check,
        lambda: page.evaluate("location.hash = '#gates-by-hand?Wz=NaN'"),
    ]
    assert faults_in_any_state(page, FIGURE, PAUSE, others=others) == []


def test_every_control_has_a_name(page):
    controls = page.locator(f"{FIGURE} input, {FIGURE} button")
    names = [c.evaluate("e => e.labels?.[0]?.innerText ?? e.innerText") for c in controls.all()]
    assert all(re.search(r"\w", name) for name in names)
    assert len(set(names)) == len(names)


def test_the_picture_is_described(page):
    press(page, "toggle")
    text = page.locator(f"{FIGURE} .live-picture .live-hidden").text_content()
    assert text.startswith("The states of the 16 steps: 0.0, 0.8, 0.8, 0.8, \u22121.0")


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((built / "book" / "architecture.html").as_uri())
    assert page.locator(f"{FIGURE} img").is_visible()
    assert page.locator(f"{FIGURE} .live-stage").count() == 0
    context.close()


def test_only_pages_with_the_figure_load_its_script(built):
    loads = "live/gates-by-hand.js"
    assert loads in (built / "book" / "architecture.html").read_text(encoding="utf-8")
    assert loads not in (built / "book" / "training.html").read_text(encoding="utf-8")


TIMES = """(e) => new Promise((done) => {
  const script = [], response = [];
  const change = (i) => {
    if (i === 60) return done([script, response]);
    const start = performance.now();
    e.value = i % 2 ? 6 - i / 10 : i / 10;
    e.dispatchEvent(new Event('input', { bubbles: true }));
    script.push(performance.now() - start);
    requestAnimationFrame(() => setTimeout(() => {
      response.push(performance.now() - start);
      change(i + 1);
    }));
  };
  change(0);
})"""


def times(page):
    """Give the milliseconds of script for a change and until it is shown: a fast one of 60.

    What else the machine does would decide the others.
    """
    return tuple(float(np.percentile(of, 10)) for of in slider(page, "bz").evaluate(TIMES))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_it_answers_at_once(visit, viewport):
    script, response = times(visit("", viewport))
    assert script <= 16
    assert response <= 100


def test_a_slow_answer_is_seen(visit):
    page = visit()
    slow = "(e) => { const end = performance.now() + 20; while (performance.now() < end); }"
    slider(page, "bz").evaluate(f"(e) => e.addEventListener('input', {slow})")
    assert times(page)[0] > 16
