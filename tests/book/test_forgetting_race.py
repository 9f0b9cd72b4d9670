"""The live figure "Forgetting race": the numbers of NumPy and Keras, under everybody's hand."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import Hand, faults_in_any_state, page_with_scripts, text_without_scripts
from page_views import DESKTOP, PHONE, layout

from gru_course.cells import GRUWeights, LSTMWeights, SimpleRNNWeights, run
from gru_course.cells.sequence import backpropagate
from gru_course.layers.backend import keras

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from classic_scripts import bundle
from live_figures import trained
from race_figure import LONGEST, OTHERS, memory, networks, symbols

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb", but=["book/why-gru.md"]),
]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "assets" / "js"
MODEL = trained(ROOT, "forgetting-race")
PAGE = "why-gru"
FIGURE = "#forgetting-race"
PAUSE = 450
HAND = Hand(FIGURE, PAUSE)
press, said, slider = HAND.press, HAND.said, HAND.slider
CELLS = {"gru": GRUWeights, "lstm": LSTMWeights, "simpleRNN": SimpleRNNWeights}
BACK = """([kind, weights, x, last]) => {
  const c = gruCourse, m = Object.fromEntries(
    Object.entries(weights).map(([name, rows]) => [name, c.matrix(rows, name)]));
  const trace = c.run(c[kind](m), x);
  return c.backpropagate(kind, m, trace, last).map((parts) => parts.map((part) => [...part]));
}"""
MEMORY = """([name, number, options, steps]) => {
  const found = gruCourse.memory(window.model, name, number, options);
  return { ...found, gradients: found.gradients(steps) };
}"""


def page_with_model(browser, text=None):
    scripts = text or bundle(SCRIPTS, "library"), MODEL.script
    load = """async () => { window.model =
          await gruCourse.readModel(gruCourseWeights['forgetting-race']); }"""
    return page_with_scripts(browser, scripts, load)


@pytest.fixture(scope="module")
def library(browser):
    page = page_with_model(browser)
    yield page
    page.close()


# --- gradients ------------------------------------------------------------------------------------


def gradient_difference(page, kind, seed, after=True, shape=(2, 3, 5)):
    features, units, steps = shape
    variant = {"reset_after": after} if kind == "gru" else {}
    weights = CELLS[kind].random(features, units, seed, **variant)
    rng = np.random.default_rng(seed)
    x, last = rng.normal(size=(1, steps, features)), rng.normal(size=units)
    d_hidden = np.zeros((1, steps, units))
    d_hidden[0, -1] = last
    expected = backpropagate(run(x, weights), d_hidden)
    names = {"kernel": "kernel", "recurrent_kernel": "recurrentKernel", "bias": "bias"}
    rows = {js: np.atleast_2d(getattr(weights, name)).tolist() for name, js in names.items()}
    found = page.evaluate(BACK, [kind, rows, x[0].tolist(), last.tolist()])
    pairs = list(zip(found[0], (part[0] for part in expected.initial_state), strict=True))
    for t in range(steps):
        pairs += zip(found[t + 1], (part[0, t] for part in expected.states), strict=True)
    return max(np.abs(np.array(ours) - theirs).max() for ours, theirs in pairs)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from([("gru", True), ("gru", False), ("lstm", True), ("simpleRNN", True)]),
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 12)),
)
def test_gradients_are_numpys(library, kind, seed, shape):
    assert gradient_difference(library, kind[0], seed, kind[1], shape) < 1e-12


GRADIENT_FAULTS = {
    "z and r swapped": ("(h[j] - candidate[j]) * z[j] * (1 - z[j])",
                        "(h[j] - candidate[j]) * r[j] * (1 - r[j])"),
    "the direct path forgotten": ("const direct = dh.map((d, j) => d * z[j]);",
                                  "const direct = dh.map(() => 0);"),
    "the second bias dropped": ("let sum = bias.data[bias.columns + 2 * units + j];",
                                "let sum = 0;"),
}  # fmt: skip


@pytest.mark.parametrize("fault", GRADIENT_FAULTS)
def test_a_fault_in_the_gradients_is_red(browser, fault):
    text, (old, new) = bundle(SCRIPTS, "library"), GRADIENT_FAULTS[fault]
    assert text.count(old) == 1
    page = page_with_model(browser, text.replace(old, new))
    assert gradient_difference(page, "gru", 3) > 1e-3
    page.close()


# --- what is left ---------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 999])
def test_the_sequences_are_those_of_python(library, number):
    assert library.evaluate("gruCourse.symbols", number) == symbols(number)


def memory_difference(page, name, trained, shift, number=1, steps=41):
    options = {"trained": trained, "shift": shift}
    found = page.evaluate(MEMORY, [name, number, options, steps])
    expected = memory(networks(trained)[name], number, shift, steps)
    whole = memory(networks(trained)[name], number, shift, LONGEST + 1)
    assert found["answers"] == whole["answers"]
    pairs = [(found[key], whole[key]) for key in ("left", "right")]
    pairs.append((found["gradients"], expected["gradients"]))
    return max(np.abs(np.array(ours) - theirs).max() for ours, theirs in pairs)


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize(
    ("name", "shift"), [("gru", 0), ("gru", 4), ("gru", -4), ("lstm", 0), ("rnn", 0)]
)
@pytest.mark.parametrize(("number", "steps"), [(1, 41), (7, 1), (3, 101)])
def test_what_is_left_is_numpys(library, name, trained, shift, number, steps):
    assert memory_difference(library, name, trained, shift, number, steps) < 1e-9


@pytest.mark.parametrize(
    ("old", "new"),
    [("name === \"gru\" && i < units ? shift : 0", "name === \"gru\" && i >= units ? shift : 0"),
     ("hold(gate(0), \"z\"", "hold(gate(1), \"z\"")],
)  # fmt: skip
def test_a_fault_in_what_is_left_is_red(browser, old, new):
    text = bundle(SCRIPTS, "library")
    assert text.count(old) == 1
    page = page_with_model(browser, text.replace(old, new))
    with pytest.raises(AssertionError):
        assert memory_difference(page, "gru", True, 2) < 1e-3
    page.close()


@pytest.mark.parametrize("name", ["gru", "lstm", "rnn"])
def test_the_answers_are_those_of_keras(library, name):
    network = networks()[name]
    layers = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM, "rnn": keras.layers.SimpleRNN}
    units = network.weights.units
    model = keras.Sequential(
        [
            keras.Input((None, 9)),
            layers[name](units, return_sequences=True),
            keras.layers.Dense(8, activation="softmax"),
        ]
    )
    bias = network.weights.bias
    model.set_weights(
        [network.weights.kernel, network.weights.recurrent_kernel, bias, *network.head]
    )
    for number in (1, 5):
        rest = [symbols(number + 1000 * other)[1:] for other in range(OTHERS)]
        x = np.eye(9)[[[symbol, *row] for row in rest for symbol in range(8)]]
        x[:, 0, 8] = 1
        shares = model.predict(x, verbose=0).reshape(OTHERS, 8, LONGEST + 1, 8)
        found = library.evaluate(MEMORY, [name, number, {}, 41])
        right = np.einsum("mksk->s", shares) / (8 * OTHERS)
        assert np.abs(right - found["right"]).max() < 1e-3
        assert shares[0, symbols(number)[0], 20].argmax() == found["answers"][20]


# --- the figure -----------------------------------------------------------------------------------


def shares(page):
    """Give what is left, by the formulas, of the GRU, the LSTM and the simple RNN."""
    texts = page.locator(f"{FIGURE} .live-formula p b:first-of-type").all_inner_texts()
    return [float(text) for text in texts[:3]]


def expected(lag, bias=0.0, number=1, trained=False):
    """Give the same in NumPy."""
    found = [
        memory(network, number, bias if name == "gru" else 0, lag + 1)["left"][lag]
        for name, network in networks(trained).items()
    ]
    return pytest.approx(found, abs=0.00051)


def test_what_the_text_says_of_the_networks():
    fresh = {name: memory(network, 1) for name, network in networks(False).items()}
    order = ("gru", "lstm", "rnn")
    for key, step in (("left", 5), ("gradients", 0)):
        values = [fresh[name][key][step] for name in order]
        assert values == sorted(values)
        assert values[0] < values[2] / 5
    assert max(found["left"][-1] for found in fresh.values()) < 0.01
    opened = memory(networks(False)["gru"], 1, 4)["left"]
    assert all(opened[step] > max(fresh[name]["left"][step] for name in order) for step in (10, 40))
    trained = {name: memory(network, 1) for name, network in networks().items()}
    assert min(found["left"][-1] for found in trained.values()) > 0.9
    assert trained["lstm"]["gradients"][0] < 0.001
    assert all(trained[name]["right"][40] > 0.7 for name in ("gru", "lstm"))
    rnn = trained["rnn"]["right"]
    assert rnn[20] > 0.9
    assert np.mean(rnn > 0.5) < 0.2
    assert all(found["answers"][20] == symbols(1)[0] for found in trained.values())


def test_at_rest_and_the_guided_steps(visit):
    page = visit()
    assert shares(page) == expected(40)
    assert said(page).startswith("After 40 more symbols, asked for the first one")
    press(page, "Add 4 to bz")
    assert shares(page) == expected(40, 4)
    assert "as one of many that are kept" in said(page)
    press(page, "Train them")
    assert shares(page) == expected(40, trained=True)
    press(page, "Ask after 20")
    assert shares(page) == expected(20, trained=True)
    assert said(page).count(", right") == 3
    press(page, "Another sequence")
    assert shares(page) == expected(20, 0, 2, trained=True)
    press(page, "Start again")
    assert shares(page) == expected(40)


def test_by_keyboard_and_by_address(visit):
    page = visit()
    slider(page, "lag").focus()
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("After 41 more symbols")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.name") == "bias"
    page.keyboard.press("ArrowRight")
    assert shares(page) == expected(41, 0.1)
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    assert said(page).startswith("Step 1, left of the first: GRU 1.00")
    assert shares(page) == [1, 1, 1]
    again = visit(page.evaluate("location.hash"))
    assert shares(again) == [1, 1, 1]
    assert slider(again, "bias").input_value() == "0.1"
    assert slider(again, "lag").input_value() == "41"


def test_by_mouse_and_by_touch(browser, built, visit):
    page = visit()
    page.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    box = page.locator(f"{FIGURE} svg").bounding_box()
    page.mouse.click(box["x"] + 86, box["y"] + 40)
    assert said(page).startswith("Step 1, ")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto((built / "book" / f"{PAGE}.html").as_uri())
    phone.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    box = phone.locator(f"{FIGURE} svg").bounding_box()
    phone.touchscreen.tap(box["x"] + 86, box["y"] + 40)
    assert said(phone).startswith("Step 1, ")
    phone.locator(FIGURE).get_by_role("button", name="Train them", exact=True).tap()
    assert "all three keep the first step" in said(phone)
    context.close()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("lag=NaN", "lag is “NaN”; expected a number from 1 to 100"),
        ("bias=1e999", "bias is “1e999”; expected a number from \u22124 to 6"),
        ("lag=", "lag is “”"),
        ("sequence=-1", "sequence is “-1”"),
        ("step=1.5e300", "step is “1.5e300”"),
        ("__proto__=1", "means nothing to this figure"),
        ("<img src=x onerror=alert(1)>=1", "means nothing to this figure"),
        ("a=1&b=2&c=3&d=4", "There is more that it cannot use."),
    ],
)
def test_a_hostile_address_does_no_harm(visit, query, sentence):
    page = visit(f"{FIGURE}?{query}")
    text = said(page)
    assert text.startswith("The address of this page asks for what this figure cannot show.")
    assert sentence in text
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0
    assert np.isfinite(shares(page)).all()
    assert layout(page) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    assert faults_in_any_state(page, FIGURE, PAUSE) == []


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    address = (built / "book" / f"{PAGE}.html").as_uri()
    assert MODEL.sha256[:16] in text_without_scripts(browser, address, FIGURE)
