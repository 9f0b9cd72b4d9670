"""The live figure "A GRU reads your review": words of Python, answers of Keras, only text."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import Hand, faults_in_any_state, page_with_scripts, text_without_scripts
from page_views import DESKTOP, PHONE, layout

from gru_course.data.loading import load
from gru_course.data.tokenise import tokenise, typed_words
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.reviews.imdb import IMDB
from gru_course.training.fitting import predict

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from classic_scripts import bundle
from live_figures import trained
from review_figure import TEXT, Reading

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=["notebooks/11_looking_inside.ipynb"]
    ),
]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "assets" / "js"
MODEL = trained(ROOT, "review-reader")
PAGE = "../notebooks/11_looking_inside"
FIGURE = "#review-reader"
PAUSE = 800  # until the words are left out, the sentence is said and the address written
HAND = Hand(FIGURE, PAUSE)
press, said = HAND.press, HAND.said
READ = """([texts, typed]) => { const c = gruCourse, reader = window.reader;
  return texts.map((text) => {
    const reading = reader.read((typed ? c.typedWords : c.tokenise)(text));
    const n = reading.outputs.length;
    return {
      logits: reading.logits.slice(1), z: reading.outputs.map((o) => [...o.z]),
      h: reading.states.slice(1).map((h) => [...h]), p: reader.probability(reading.logits[n]),
      label: c.verdict(reader, reading).label, why: c.verdict(reader, reading).why,
      without: n > 60 ? [] : reading.outputs.map((_, i) => reader.without(i + 1)),
    };
  });
}"""
ASK = f"(given) => ({READ})(given).map(({{ p, label, why }}) => ({{ p, label, why }}))"


def page_with_model(browser, text=None):
    scripts = text or bundle(SCRIPTS, "library"), MODEL.script
    load = """async () => { window.reader = gruCourse.reviewReader(
          await gruCourse.readModel(gruCourseWeights['review-reader'])); }"""
    return page_with_scripts(browser, scripts, load)


@pytest.fixture(scope="module")
def library(browser):
    page = page_with_model(browser)
    yield page
    page.close()


@pytest.fixture(scope="module")
def reading():
    return Reading()


def keras_model(reading):
    names = ("vectors", "kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
    weights = [reading.weights[name].astype(np.float32) for name in names]
    window = reading.about["window"]
    model = classifier(
        ClassifierConfig(vocabulary_size=len(weights[0]), timesteps=window, mask=True)
    )
    model.set_weights(weights)
    return model


def keras_scores(reading, ids):
    logits = predict(keras_model(reading), ids)
    return reading.score(np.log(logits) - np.log1p(-logits))


# --- words ----------------------------------------------------------------------------------------


def same_words(page, texts):
    assert page.evaluate("(texts) => texts.map(gruCourse.tokenise)", texts) == [
        tokenise(text) for text in texts
    ]


def test_the_words_of_the_stand_in(library):
    same_words(library, list(load(IMDB, "quick").test.texts[:1000]))


@pytest.mark.full
def test_the_words_of_a_thousand_reviews(library):
    same_words(library, list(load(IMDB, "full").test.texts[:1000]))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_the_words_of_any_text(library, text):
    same_words(library, [text])


TYPED = [
    "It isn’t “great”—really…😀",
    "so-so; 'quoted' ‘also quoted’ rock ’n’ roll",
    "a\u00a0wide\u202fspace, a hard\u00adhyphen, zero\u200bwidth",
    "cafe\u0301, café, naïve, Амели, 映画, فيلم",
    "line<br>break<br/>and <i>tags</i> <b class='x'>bold</b>",
    "<p>one</p><p>two</p>",
    "I <3 it, a < b and c > d",
    "👩‍🚀👍🏽 ok ☆☆☆☆☆ 10/10 100 % €5",
    "<img src=x onerror=alert(1)>nice",
    "triple–pane 1990–1995 and – then",
    "don`t don´t\r\nWindows\rMac",
    "\x00control\x1f \x7f",
    "",
]


@pytest.mark.parametrize("text", TYPED, ids=range(len(TYPED)))
def test_the_words_that_a_person_types(library, reading, text):
    assert library.evaluate("gruCourse.typedWords", text) == typed_words(text, reading.vocabulary)


# --- numbers --------------------------------------------------------------------------------------

TEXTS = [
    TEXT,
    "",
    "superb",
    "Xyzzy plugh!",
    "not bad at all " * 20,
    "this is a very long and boring film with a good end " * 40,
]


def difference(page, reading, texts=TEXTS):
    """Give the largest difference from NumPy, and whether all lengths are the same."""
    differences = []
    for text, found in zip(texts, page.evaluate(READ, [texts, False]), strict=True):
        ids = reading.ids(text)
        expected = dict(zip(("logits", "z", "h"), reading.read(ids), strict=True))
        if 1 < len(ids) <= 60:
            expected["without"] = expected["logits"][-1] - reading.effects(ids)
        for name, values in expected.items():
            differences.append(np.abs(np.array(found[name]) - values).max())
        assert found["p"] == pytest.approx(reading.score(found["logits"][-1]), abs=1e-12)
    return max(differences)


def test_every_number_is_numpys(library, reading):
    assert difference(library, reading) < 1e-12


def test_what_was_read_before_makes_no_difference(library, reading):
    words = TEXT.split()
    prefixes = [" ".join(words[:n]) for n in (1, 5, 12, 5, 18, 0, 18)]
    assert difference(library, reading, [*prefixes, *TEXTS, TEXT]) < 1e-12


FAULTS = {
    "z and r swapped": ('hold(gate(1), "r"', 'hold(gate(0), "r"'),
    "the second bias dropped": ("after ? rowOf(bias, 1) : nothing", "nothing"),
    "the wrong vector": ("rank + 1 + RANK_OFFSET", "rank + RANK_OFFSET"),
    "no mark for the start": ("const all = [START, ...", "const all = [..."),
    "an old state": ("while (same < read.length &&", "while (same + 1 < read.length || false &&"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_red(browser, reading, fault):
    text, (old, new) = bundle(SCRIPTS, "library"), FAULTS[fault]
    assert text.count(old) == 1
    page = page_with_model(browser, text.replace(old, new))
    try:
        red = difference(page, reading, ["superb", "not bad", *TEXTS]) > 1e-3
    except ValueError:  # other lengths
        red = True
    assert red
    page.close()


def same_answers(page, reading, texts):
    found = page.evaluate(ASK, [texts, False])
    window = reading.about["window"]
    rows = [np.pad(ids, (window - len(ids), 0)) for ids in map(reading.ids, texts)]
    ids = np.array(rows, dtype=np.int32)
    scores = keras_scores(reading, ids)
    assert np.abs(np.array([one["p"] for one in found]) - scores).max() < 1e-4
    assert [one["p"] > 0.5 for one in found] == (scores > 0.5).tolist()


def test_the_answers_are_those_of_keras(library, reading):
    same_answers(library, reading, [*TEXTS, *load(IMDB, "quick").test.texts[:200]])


@pytest.mark.full
def test_the_answers_to_a_thousand_reviews_are_those_of_keras(library, reading):
    same_answers(library, reading, list(load(IMDB, "full").test.texts[:1000]))


# --- the figure -----------------------------------------------------------------------------------


def answer(page):
    return page.locator(f"{FIGURE} .review-answer").inner_text()


def field(page):
    return page.locator(FIGURE).get_by_label("Your review")


def word(page):
    return page.locator(f'{FIGURE} input[data-name="word"]')


def test_at_rest_it_shows_the_stored_picture(visit, reading):
    page = visit()
    assert field(page).input_value() == TEXT
    ids = reading.ids(TEXT)
    logits, effects = reading.read(ids)[0], reading.effects(ids)[1:]
    assert f"{reading.score(logits)[-1]:.2f}" in answer(page)
    strongest = reading.vocabulary.decode(ids[1:]).split()[np.argmax(np.abs(effects))]
    assert f"count most: “{strongest}”" in said(page)


def test_the_guided_steps_show_what_they_say(visit):
    page = visit()
    press(page, "Not boring, not bad")
    assert "The answer is negative" in said(page)
    assert "“boring” (\u2212" in said(page)
    press(page, "Irony")
    assert "The answer is positive" in said(page)
    press(page, "German")
    assert "No answer: the model knows none of its words." in said(page)
    assert page.locator(f"{FIGURE} .review-words s").count() >= 4
    press(page, "Start again")
    assert field(page).input_value() == TEXT


def test_by_keyboard_and_by_address(visit):
    page = visit()
    field(page).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("not a single good joke")
    page.keyboard.press("Tab")  # Start again
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.dataset.name") != "word":
        word(page).focus()
    page.keyboard.press("Home")
    assert said(page).startswith("Word 1, “not”: the score goes from ")
    page.keyboard.press("ArrowRight")
    assert said(page).startswith("Word 2, “a”: ")
    assert "Without it the logit at the end would be" in said(page)
    again = visit(page.evaluate("location.hash"))
    again.wait_for_timeout(PAUSE)
    assert field(again).input_value() == "not a single good joke"
    assert word(again).input_value() == "2"
    assert answer(again) == answer(page)


def test_by_mouse_and_by_touch(browser, built, visit):
    page = visit()
    page.locator(f"{FIGURE} .review-words span", has_text="superb").click()
    assert "“superb”: the score goes from" in said(page)
    page.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    box = page.locator(f"{FIGURE} svg").bounding_box()
    page.mouse.click(box["x"] + 86, box["y"] + 40)
    assert said(page).startswith("Word 1, “the”")
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto((built / "book" / f"{PAGE}.html").as_uri())
    phone.locator(f"{FIGURE} .review-words span", has_text="slow").tap()
    assert "“slow”: the score goes from" in said(phone)
    context.close()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<img src=x onerror=alert(1)>", "No answer: there is no word in it."),
        ("</textarea><script>alert(1)</script>", "“script”"),
        ("", "No answer: there is no word in it."),
        ("   \n ", "No answer: there is no word in it."),
        ("🙂 👩‍🚀", "No answer: there is no word in it."),
        ("فيلم رائع جدا \u202e xyzzy", "No answer: the model knows none of its words."),
        ("x" * 5000, "No answer: the model knows none of its words."),
        ("a good film " * 33_334, "Only the last 200 words that it knows are read."),
        ("xyzzy " * 100_000, "No answer: the model knows none of its words."),
    ],
    ids=range(9),
)
def test_whatever_is_typed_is_only_text(visit, text, sentence):
    page = visit("", PHONE)
    field(page).fill(text)
    # To leave out each of 200 words takes a while.
    page.locator(f"{FIGURE} [role=status]", has_text=sentence).wait_for()
    assert page.locator(f"{FIGURE} .live-stage :is(img, script)").count() == 0
    assert layout(page) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("word=NaN", "word is “NaN”; expected a number from 1 to 18"),
        ("word=1e99", "word is “1e99”"),
        ("<img src=x onerror=alert(1)>=1", "means nothing to this figure"),
        ("a=1&b=2&c=3&d=4", "There is more that it cannot use."),
    ],
)
def test_a_hostile_address_does_no_harm(visit, query, sentence):
    page = visit(f"{FIGURE}?{query}")
    assert sentence in said(page)
    assert field(page).input_value() == TEXT
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    labels = ("Start again", "Not boring, not bad", "Irony", "German")
    assert faults_in_any_state(page, FIGURE, PAUSE, labels) == []


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
    (tmp_path / "review-reader.js").write_text(bundle(SCRIPTS, "review-reader"))
    (tmp_path / "review-reader-weights.js").write_text(damage(MODEL.script))
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>t</title><div data-live="review-reader" '
        f'data-sha256="{digest}"><figure><img alt="stored"></figure></div>'
        '<script defer src="review-reader.js"></script>'
    )
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "This figure stays a picture." in alert.inner_text()
    assert sentence in alert.inner_text()
    assert page.locator("img[hidden]").count() == 0
    assert page.locator(".live-stage").count() == 0
    page.close()
