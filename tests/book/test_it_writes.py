"""The live figure "It writes": the texts of Python, the numbers of NumPy and Keras."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import Hand, faults_in_any_state, page_with_scripts, text_without_scripts
from page_views import DESKTOP, PHONE, layout

from gru_course.apps.characters import learn
from gru_course.apps.characters.data import SHAKESPEARE
from gru_course.apps.characters.sampling import heated, top_p
from gru_course.apps.characters.saving import load_writer
from gru_course.cells import GRUWeights
from gru_course.course.mulberry import Mulberry32
from gru_course.data.loading import load

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from classic_scripts import bundle
from live_figures import trained
from weight_scripts import weight_script
from writer_figure import BEGINNING, COUNT, SEED, STUDY, TEMPERATURE, Writer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=["notebooks/16_writing_characters.ipynb"]
    ),
]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "assets" / "js"
MODEL = trained(ROOT, "it-writes")
PAGE = "../notebooks/16_writing_characters"
FIGURE = "#it-writes"
PAUSE = 450  # from when all is written, until the sentence is said and the address written
HAND = Hand(FIGURE, PAUSE)
press, said, slider, put = HAND.press, HAND.said, HAND.slider, HAND.put
WRITE = """([beginning, options]) => {
  const writing = window.writer.write(beginning, options);
  writing.on();
  return writing.steps.map((step) => ({
    ...step, logits: [...step.logits], said: [...step.said], drawn: [...step.drawn] }));
}"""
LOAD = """async (name) => { window.writer = gruCourse.characterWriter(
  await gruCourse.readModel(gruCourseWeights[name])); }"""


def page_with_model(browser, text=None, script=MODEL.script, name="it-writes"):
    scripts = text or bundle(SCRIPTS, "library"), script
    return page_with_scripts(browser, scripts, LOAD, name)


@pytest.fixture(scope="module")
def library(browser):
    page = page_with_model(browser)
    yield page
    page.close()


@pytest.fixture(scope="module")
def writer():
    return Writer()


@pytest.fixture(scope="module")
def kept():
    return load_writer(STUDY.with_suffix(".npz"))


# --- random numbers, temperature, top-p -----------------------------------------------------------


LOGITS = st.lists(st.floats(-30, 30), min_size=1, max_size=20)
DRAW = """([logits, temperature, p, number]) => {
  const hot = gruCourse.heated(Float64Array.from(logits), temperature);
  const cut = gruCourse.topP(hot, p);
  return [[...hot], [...cut], gruCourse.fallsOn(cut, number)];
}"""


@settings(max_examples=200, deadline=None)
@given(LOGITS, st.floats(0.1, 2), st.floats(0.01, 1), st.integers(0, 2**32 - 1))
def test_a_draw_is_that_of_python(library, logits, temperature, p, seed):
    hot = heated(np.array(logits), temperature)
    before = np.cumsum(np.sort(hot)[::-1])
    if np.abs(before - p).min() < 1e-12:  # a rounding decides which side the choice falls on
        return
    cut = top_p(hot, p)
    number = Mulberry32(seed).random()
    ours, left, found = library.evaluate(DRAW, [logits, temperature, p, number])
    assert np.abs(np.array(ours) - hot).max() < 1e-12
    assert np.abs(np.array(left) - cut).max() < 1e-12
    assert found["choice"] == Mulberry32(seed).choice(len(cut), cut)
    assert found["from"] <= number + 1e-12
    assert number < found["to"] + 1e-12
    assert found["to"] - found["from"] == pytest.approx(cut[found["choice"]], abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(LOGITS, st.integers(0, 2**32 - 1))
def test_choices_are_those_of_numpy(logits, seed):
    shares = heated(np.array(logits), 1.0)

    class Same(np.random.Generator):
        def random(self, *_):
            return Mulberry32(seed).random()

    rng = Same(np.random.PCG64())
    reached = np.cumsum(shares)
    expected = np.searchsorted(reached / reached[-1], rng.random(), side="right")
    assert Mulberry32(seed).choice(len(shares), shares) == expected


# --- the model ------------------------------------------------------------------------------------


def difference(page, writer, text, **options):
    """Give the largest difference from NumPy; the texts must be the same."""
    options = {"temperature": 1, "p": 1, "seed": 1, "count": 20} | options
    ids = writer.ids(text)
    found = page.evaluate(WRITE, [ids, options])
    expected = writer.write(ids, **options)
    assert [step["id"] for step in found] == expected.ids
    before = np.concatenate([np.full((1, writer.gru.units), np.nan), expected.states[:-1]])
    moved = np.abs(expected.states - before).mean(axis=1)
    pairs = [
        ([step["logits"] for step in found], expected.logits),
        ([step["drawn"] for step in found], expected.drawn),
        ([step["gate"] for step in found], expected.update_gate.mean(axis=1)),
        ([step["moved"] for step in found[1:]], moved[1:]),
    ]
    return max(np.abs(np.array(ours) - theirs).max(initial=0) for ours, theirs in pairs)


WAYS = [
    {},
    {"temperature": 0.2, "seed": 99},
    {"temperature": 2.0, "seed": 7, "count": 300},
    {"p": 0.5, "seed": 3},
    {"temperature": 0.7, "p": 0.05, "count": 1},
]


@pytest.mark.parametrize("options", WAYS, ids=range(len(WAYS)))
@pytest.mark.parametrize(
    "text", ["ROMEO:\n", "a", "To be, or not to be: that is the question\n" * 5]
)
def test_every_number_is_numpys(library, writer, text, options):
    assert difference(library, writer, text, **options) < 1e-12


def test_what_was_read_before_makes_no_difference(library, writer):
    for text in ("ROMEO:\n", "ROMEO", "JULIET:\n", "ROM", "ROMEO:\n"):
        assert difference(library, writer, text) < 1e-12


class Random:
    """A writer with random weights, in the shape of the page's."""

    def __init__(self, seed, units, alphabet):
        rng = np.random.default_rng(seed)
        size = len(alphabet) + 1
        shapes = {
            "vectors": (size, 3),
            "kernel": (3, 3 * units),
            "recurrentKernel": (units, 3 * units),
            "bias": (2, 3 * units),
            "outputKernel": (units, size),
            "outputBias": (size,),
        }
        self.weights = {
            name: rng.normal(size=shape).astype(np.float16).astype(float)
            for name, shape in shapes.items()
        }
        self.characters = "\N{REPLACEMENT CHARACTER}" + alphabet
        self.gru = GRUWeights(*(self.weights[n] for n in ("kernel", "recurrentKernel", "bias")))

    ids, logits, write = Writer.ids, Writer.logits, Writer.write

    def script(self):
        texts = {"characters": np.frombuffer(self.characters[1:].encode(), dtype=np.uint8)}
        return weight_script("random", {**self.weights, **texts}, {"made": "by a test"})


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 6),
    st.sets(st.sampled_from("abcxyz äßЖ中🙂\n&<"), min_size=1, max_size=6),
    st.floats(0.3, 2),
)
def test_random_weights(library, seed, units, alphabet, temperature):
    made = Random(seed, units, "".join(sorted(alphabet)))
    library.add_script_tag(content=made.script())
    library.evaluate(LOAD, "random")
    try:
        text = made.characters[1] * 3
        assert difference(library, made, text, temperature=temperature, seed=seed) < 1e-12
    finally:
        library.evaluate(LOAD, "it-writes")


FAULTS = {
    "z and r swapped": ('hold(gate(1), "r"', 'hold(gate(0), "r"'),
    "the second bias dropped": ("after ? rowOf(bias, 1) : nothing", "nothing"),
    "the bias of the answer dropped": (
        "affine(state, kernel, rowOf(bias, 0))",
        "affine(state, kernel)",
    ),
    "temperature forgotten": ("values.map((value) => value / temperature)", "values"),
    "another number": ("numbers[steps.length]", "numbers[0]"),
    "an old state": ("place < read.length && read[place] === id", "place < read.length"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_red(browser, writer, fault):
    script, (old, new) = bundle(SCRIPTS, "library"), FAULTS[fault]
    assert script.count(old) == 1
    page = page_with_model(browser, script.replace(old, new))
    try:
        texts = ("ROMEO:\n", "No, no")
        red = max(difference(page, writer, text, temperature=0.7) for text in texts) > 1e-6
    except AssertionError:  # another text
        red = True
    assert red
    page.close()


def prefixes(texts, count=200):
    """Cut beginnings of 1 to 200 characters out of a text."""
    rng = np.random.default_rng(0)
    starts = rng.integers(0, len(texts) - 201, count)
    return [texts[s : s + n] for s, n in zip(starts, rng.integers(1, 201, count), strict=True)]


def same_as_keras(page, writer, kept, texts):
    model, alphabet = kept
    worst, once = 0.0, {"temperature": 1, "p": 1, "seed": 1, "count": 1}
    for text in texts:
        ids = alphabet.encode(text)
        assert writer.ids(text) == ids.tolist()
        (step,) = page.evaluate(WRITE, [ids.tolist(), once])
        state = np.zeros((1, writer.gru.units), "float32")
        logits = np.asarray(model([ids[None], state], training=False)[0])[0, -1]
        worst = max(worst, np.abs(logits - step["logits"]).max())
        assert int(np.argmax(step["logits"])) == int(np.argmax(logits)), text
    assert worst < 2e-4
    return worst


def test_the_answers_to_invented_beginnings_are_those_of_keras(library, writer, kept):
    lines = "ROMEO:\nWhat light? Go, get thee gone; I know not how.\n\nJULIET:\nO, speak again!\n\n"
    same_as_keras(library, writer, kept, prefixes(lines * 5, 20))


@pytest.mark.full
def test_the_answers_to_200_beginnings_are_those_of_keras(library, writer, kept):
    print(same_as_keras(library, writer, kept, prefixes(load(SHAKESPEARE, "full").test)))


@pytest.mark.parametrize(
    ("temperature", "p", "seed"), [(0.8, 1.0, 1), (0.2, 1.0, 2), (1.6, 1.0, 3), (1.0, 0.7, 4)]
)
def test_the_text_is_the_one_that_keras_writes(library, kept, temperature, p, seed):
    model, alphabet = kept
    ids = alphabet.encode(BEGINNING)
    options = {"temperature": temperature, "p": p, "seed": seed, "count": COUNT}
    found = [step["id"] for step in library.evaluate(WRITE, [ids.tolist(), options])]
    rng = Mulberry32(seed)
    assert found == learn.write(model, ids, COUNT, rng, temperature=temperature, p=p).tolist()


TYPED = [
    "It isn’t—no…",
    "cafe\u0301 for “Romeo”",
    "\uff32\uff2f\uff2d \ufb01ne\u00a0day",
    "one\r\ntwo\rthree",
    "🙂 👩\u200d🚀 5%",
    "\x00\x1f\u200b\u202eabc",
    "مرحبا Romeo",
    "3 gates",
]


@pytest.mark.parametrize("text", TYPED, ids=range(len(TYPED)))
def test_typed_characters_are_those_of_python(library, kept, text):
    _, alphabet = kept
    found = library.evaluate("(text) => window.writer.encode(text)", text)
    assert found["ids"] == [number for number in alphabet.encode(text).tolist() if number]


# --- the figure -----------------------------------------------------------------------------------


def field(page):
    return page.locator(FIGURE).get_by_label("The beginning")


def written(page):
    return page.locator(f"{FIGURE} .writer-text").inner_text().replace("↵", "")


def test_at_rest_it_shows_the_text_of_the_lesson(visit, writer):
    page = visit()
    expected = writer.write(writer.ids(BEGINNING), COUNT, SEED, TEMPERATURE)
    said(page)
    assert written(page) == BEGINNING + writer.text(expected.ids)
    first = page.locator(f"{FIGURE} .writer-came td").all_inner_texts()
    shares = [float(text) for text in first[:2]]
    said_by_model = heated(expected.logits[0], 1.0)[expected.ids[0]]
    assert shares == pytest.approx([said_by_model, expected.drawn[0, expected.ids[0]]], abs=0.0006)
    assert f"with seed {SEED} it wrote {COUNT} characters" in said(page)


def test_the_guided_steps_show_what_they_say(visit, writer):
    page = visit()
    press(page, "Temperature 0.2")
    assert "real and plain ones" in said(page)
    press(page, "Temperature 1.6")
    assert "many of the words are none" in said(page)
    press(page, "Top-p 0.7")
    assert slider(page, "temperature").input_value() == "1"
    assert "“" in said(page)
    text = writer.text(writer.write(writer.ids(BEGINNING), COUNT, SEED, 1.0, 0.7).ids)
    assert written(page) == BEGINNING + text
    press(page, "Another seed")
    said(page)
    assert written(page) != BEGINNING + text
    press(page, "One character more")
    assert said(page).startswith(f"Character {COUNT + 1}, ")
    press(page, "Start again")
    assert slider(page, "seed").input_value() == str(SEED)


def test_what_the_text_says_of_the_temperatures(writer):
    """The words of the guided steps, on the text that they show."""
    cold, hot = (writer.write(writer.ids(BEGINNING), COUNT, SEED, t) for t in (0.2, 1.6))
    assert np.median(cold.drawn.max(axis=1)) > 0.9
    assert np.median((hot.drawn > 0.01).sum(axis=1)) > 8
    assert np.median(hot.drawn.max(axis=1)) < 0.5


@pytest.mark.full
def test_what_the_text_says_of_the_words(writer):
    """Over ten seeds, the shares of words that the plays have."""
    known = set(re.findall(r"[a-z']+", load(SHAKESPEARE, "full").train.lower()))

    def real(temperature):
        found = [
            writer.text(writer.write(writer.ids(BEGINNING), COUNT, seed, temperature).ids)
            for seed in range(1, 11)
        ]
        words = [word for text in found for word in re.findall(r"[a-z']+", text.lower())[:-1]]
        return np.mean([word in known for word in words])

    assert real(0.2) > 0.97
    assert real(1.6) < 0.6


def test_slowly(visit):
    page = visit("#it-writes?count=5")
    page.emulate_media(reduced_motion="no-preference")
    press(page, "Write it slowly")
    assert page.locator(f"{FIGURE} .writer-text span").count() <= 3
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    page.get_by_role("button", name="Write it slowly", exact=True).wait_for()
    assert said(page).startswith("Character 5, ")
    page.emulate_media(reduced_motion="reduce")
    press(page, "Write it slowly")
    assert page.locator(f"{FIGURE} .writer-text span").count() == 6


def test_by_keyboard_and_by_address(visit):
    page = visit()
    field(page).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("O, no")
    for _ in range(5):  # the buttons, then the first slider
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.name") == "temperature"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert "At temperature 0.85, top-p 0.95 and with seed 1 it wrote" in said(page)
    slider(page, "look").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("Character 2, ")
    again = visit(page.evaluate("location.hash"))
    said(again)
    assert field(again).input_value() == "O, no"
    assert slider(again, "look").input_value() == "2"
    assert written(again) == written(page)


def test_by_mouse_and_by_touch(browser, built, visit):
    page = visit()
    page.locator(f"{FIGURE} .writer-text span").nth(3).click()
    assert said(page).startswith("Character 3, ")
    page.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    box = page.locator(f"{FIGURE} svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 9, box["y"] + 40)
    assert said(page).startswith(f"Character {COUNT}, ")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto((built / "book" / f"{PAGE}.html").as_uri())
    phone.locator(f"{FIGURE} .writer-text span").nth(2).tap()
    assert said(phone).startswith("Character 2, ")
    context.close()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing to go on from: type at least one character"),
        ("🙂", "The model does not know “🙂”, and does not read what it does not know. There is"),
        ("<img src=x onerror=alert(1)>", "does not know “<”, “=”, “(”, “1”, “)” and 1 more"),
        ("</textarea><script>alert(1)</script>", "it wrote 120 characters"),
        ("مرحبا Romeo \u202e", "it wrote 120 characters"),
        ("to be or not " * 7_700, "Only the last 200 characters of the beginning are read."),
        ("é", "it wrote"),
    ],
    ids=range(7),
)
def test_whatever_is_typed_is_only_text(visit, text, sentence):
    page = visit("", PHONE)
    field(page).fill(text)
    if text == "é":
        assert "does not know “é”" in said(page)
    else:
        page.locator(f"{FIGURE} [role=status]", has_text=sentence).wait_for()
    assert page.locator(f"{FIGURE} .live-stage :is(img, script)").count() == 0
    assert layout(page) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("temperature=NaN", "temperature is “NaN”; expected a number from 0.10 to 2"),
        ("temperature=0", "temperature is “0”"),
        ("p=1e99", "p is “1e99”; expected a number from 0.05 to 1"),
        ("seed=-1", "seed is “-1”; expected a number from 0 to 99"),
        ("count=100000", "count is “100000”; expected a number from 1 to 300"),
        ("look=", "look is “”"),
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
    assert field(page).input_value() == BEGINNING
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0
    assert layout(page) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    others = [lambda: field(page).fill("é"), lambda: press(page, "Start again")]
    assert faults_in_any_state(page, FIGURE, PAUSE, others=others) == []


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    address = (built / "book" / f"{PAGE}.html").as_uri()
    assert MODEL.sha256[:16] in text_without_scripts(browser, address, FIGURE)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda script: script.replace('"base64": "', '"base64": "AAAA', 1), "bytes; expected"),
        (lambda script: script[: len(script) // 2], "not in the format"),
        (lambda script: script, "the weights of another model"),
    ],
)
def test_other_weights_are_refused(browser, tmp_path, damage, sentence):
    """A page of its own, whose figure asks for the weights by their digest."""
    digest = "0" * 64 if "another" in sentence else MODEL.sha256
    (tmp_path / "it-writes.js").write_text(bundle(SCRIPTS, "it-writes"))
    (tmp_path / "it-writes-weights.js").write_text(damage(MODEL.script))
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>t</title><div data-live="it-writes" '
        f'data-sha256="{digest}"><figure><img alt="stored"></figure></div>'
        '<script defer src="it-writes.js"></script>'
    )
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "This figure stays a picture." in alert.inner_text()
    assert sentence in alert.inner_text()
    assert page.locator(".live-stage").count() == 0
    page.close()


FIRST = """() => {
  const start = performance.now();
  const options = { temperature: 0.8, p: 1, seed: 1, count: 120 };
  gruCourse.characterWriter(window.model).write([31, 28, 26, 18, 28, 10, 1], options).on();
  return performance.now() - start;
}"""


def test_the_first_text_is_there_at_once(library):
    """Weights made ready and the whole text written; the figure shows it a slice at a time."""
    library.evaluate(
        "async () => { window.model = await gruCourse.readModel(gruCourseWeights['it-writes']); }"
    )
    assert min(library.evaluate(FIRST) for _ in range(5)) <= 100


def test_all_live_weights_together_are_small(built):
    scripts = list((built / "_static" / "live").glob("*-weights.js"))
    assert sum(script.stat().st_size for script in scripts) <= 3_000_000
