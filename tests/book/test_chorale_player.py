"""The live figure "It plays": chords of Keras, random numbers of Python, sound of the lesson."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_page import Hand, faults_in_any_state, page_with_scripts, text_without_scripts
from page_views import DESKTOP, PHONE, layout

from gru_course.apps.chorales.canons import canons
from gru_course.apps.chorales.data import CHORALES
from gru_course.apps.chorales.learn import texture
from gru_course.apps.chorales.model import chord_model
from gru_course.apps.chorales.rolls import KEYS, LOWEST, to_notes
from gru_course.apps.chorales.sound import synthesise
from gru_course.cells.layout import logistic
from gru_course.data.loading import load

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from chorale_figure import BEATS, OPENING, SEED, TEMPERATURE, Player, surprise
from classic_scripts import bundle
from live_figures import trained
from mulberry import random

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave(
        "book/*.md", "notebooks/*.ipynb", but=["notebooks/23_chorales.ipynb"]
    ),
]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "assets" / "js"
MODEL = trained(ROOT, "chorale-player")
PAGE = "../notebooks/23_chorales"
FIGURE = "#chorale-player"
PAUSE = 450
HAND = Hand(FIGURE, PAUSE)
press, said, slider = HAND.press, HAND.said, HAND.slider
EXPECT = """(rolls) => rolls.map((roll) =>
  reader.expected(roll.map((chord) => Uint8Array.from(chord))).map((logits) => [...logits]))"""
CONTINUE = """([openings, beats, seed, temperature]) => openings.map((opening) =>
  reader.continued(opening.map((chord) => Uint8Array.from(chord)), beats, seed, temperature)
    .roll.map((chord) => [...chord]))"""


def page_with_model(browser, text=None):
    scripts = text or bundle(SCRIPTS, "library"), MODEL.script
    load = """async () => { window.reader = gruCourse.chordReader(
          await gruCourse.readModel(gruCourseWeights['chorale-player'])); }"""
    return page_with_scripts(browser, scripts, load)


@pytest.fixture(scope="module")
def library(browser):
    page = page_with_model(browser)
    yield page
    page.close()


@pytest.fixture(scope="module")
def numpys():
    return Player()


@pytest.fixture(scope="module")
def keras_model(numpys):
    model = chord_model(numpys.about["units"])
    names = ("kernel", "recurrentKernel", "bias", "outputKernel", "outputBias")
    model.set_weights([numpys.weights[name].astype("f4") for name in names])
    return model


def plain(rolls):
    return [np.asarray(roll).astype(int).tolist() for roll in rolls]


# --- numbers --------------------------------------------------------------------------------------


def hard_rolls(numpys):
    """Give pieces that are hard in some way: short, long, silent, all keys down, one key off."""
    rng = np.random.default_rng(0)
    ours = numpys.roll()
    changed = ours.copy()
    changed[5, 40] ^= True
    return [
        ours, changed, ours[:1], ours[:5], np.zeros((3, KEYS), bool), np.ones((4, KEYS), bool),
        rng.random((1000, KEYS)) < 0.05, *canons(1, 1, 1).train,
    ]  # fmt: skip


def difference(page, numpys, rolls):
    """Give the largest difference of a logit from NumPy's."""
    found = page.evaluate(EXPECT, plain(rolls))
    return max(
        np.abs(np.array(ours) - numpys.expected(roll)).max()
        for ours, roll in zip(found, rolls, strict=True)
    )


def test_every_logit_is_numpys(library, numpys):
    assert difference(library, numpys, hard_rolls(numpys)) < 1e-12


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    beats=st.integers(1, 40),
    density=st.sampled_from([0.0, 0.04, 0.5, 1.0]),
)
def test_any_piece(library, numpys, seed, beats, density):
    roll = np.random.default_rng(seed).random((beats, KEYS)) < density
    assert difference(library, numpys, [roll, numpys.roll(), roll]) < 1e-12


FAULTS = {
    "z and r swapped": ('hold(gate(1), "r"', 'hold(gate(0), "r"'),
    "the second bias dropped": ("after ? rowOf(bias, 1) : nothing", "nothing"),
    "an old state": ("if (read[place] !== key)", "if (read[place] === undefined)"),
    "a beat too early": ("cell.step(chord, [states[place]])", "cell.step(chord, [states[0]])"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_red(browser, numpys, fault):
    text, (old, new) = bundle(SCRIPTS, "library"), FAULTS[fault]
    assert text.count(old) == 1
    page = page_with_model(browser, text.replace(old, new))
    assert difference(page, numpys, hard_rolls(numpys)) > 1e-3
    page.close()


def fifty(music):
    return [*music.test, *music.validation, *music.train][:50]


def same_as_keras(page, numpys, keras_model, rolls):
    """Compare logits and which keys are rather down; then one continuation of each piece."""
    for ours, roll in zip(page.evaluate(EXPECT, plain(rolls)), rolls, strict=True):
        theirs = np.asarray(keras_model(roll[np.newaxis].astype("f4")))[0]
        assert np.abs(np.array(ours) - theirs).max() < 1e-3
        assert ((np.array(ours) > 0) == (theirs > 0)).all()
    openings = [roll[:8] for roll in rolls]
    found = page.evaluate(CONTINUE, [plain(openings), 12, 7, 0.8])
    draws = np.array(random(7, 4 * KEYS)).reshape(4, KEYS) / 2**32
    for ours, opening in zip(found, openings, strict=True):
        roll = opening
        for draw in draws:
            logits = np.asarray(keras_model(roll[np.newaxis].astype("f4")), dtype=float)[0, -1]
            roll = np.vstack([roll, draw < logistic(logits / 0.8)])
        assert (np.array(ours, bool) == roll).all()


def test_fifty_canons_are_continued_as_by_keras(library, numpys, keras_model):
    same_as_keras(library, numpys, keras_model, fifty(canons(timesteps=20)))


@pytest.mark.full
def test_fifty_chorales_are_continued_as_by_keras(library, numpys, keras_model):
    same_as_keras(library, numpys, keras_model, fifty(load(CHORALES, "full")))


def test_the_random_numbers_are_those_of_python(library, numpys):
    for seed, temperature in ((1, 0.7), (2, 0.2), (999, 1.5)):
        opening = numpys.roll()
        found = library.evaluate(CONTINUE, [plain([opening]), BEATS, seed, temperature])[0]
        assert (np.array(found) == numpys.continued(opening, BEATS, seed, temperature)).all()


def test_the_surprise_is_the_loss_of_the_lesson(library, numpys):
    roll = numpys.continued(numpys.roll(), BEATS, SEED, TEMPERATURE)
    roll[10] = True  # saturated: no logarithm of 0
    logits = numpys.expected(roll)
    asked = "([logits, roll]) => roll.map((chord, i) => gruCourse.surprise(logits[i], chord))"
    found = library.evaluate(asked, [logits[:-1].tolist(), plain([roll[1:]])[0]])
    assert found == pytest.approx(surprise(logits, roll).tolist(), abs=1e-9)


def test_the_sound_is_that_of_the_lesson(library, numpys):
    roll = numpys.continued(numpys.roll(), BEATS, SEED, TEMPERATURE)
    notes = to_notes(roll, -12)
    found = library.evaluate(
        """([roll, lowest]) => {
          const notes = gruCourse.notesOf(roll.map((chord) => Uint8Array.from(chord)), lowest);
          return [notes, [...gruCourse.synthesised(notes, 0.45, 16000)]]; }""",
        [plain([roll])[0], LOWEST - 12],
    )
    ours = sorted((note["pitch"], note["start"], note["steps"]) for note in found[0])
    assert ours == sorted((note.pitch, note.start, note.steps) for note in notes)
    assert np.abs(np.array(found[1]) - synthesise(notes, 0.45, 16_000)).max() < 1e-5


# --- the figure -----------------------------------------------------------------------------------


def caption(page):
    return page.locator(f"{FIGURE} .listener-caption").inner_text()


def chords(page):
    return page.locator(f"{FIGURE} .live-hidden").text_content()


def names(chord):
    """Name the pitches of a chord as the page does."""
    letters = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"]
    pitches = np.flatnonzero(chord) + LOWEST - 12
    return (
        " ".join(f"{letters[p % 12]}{p // 12 - 1}".replace("-", "\u2212") for p in pitches)
        or "silence"
    )


def continued(numpys, seed=SEED, temperature=TEMPERATURE, opening=OPENING):
    return numpys.continued(numpys.roll(opening), BEATS, seed, temperature)


def going_on(roll):
    return f"It goes on with {'; '.join(names(chord) for chord in roll[8:12])}."


def test_at_rest_it_shows_the_stored_picture(visit, numpys):
    page = visit()
    roll = continued(numpys)
    text = said(page)
    assert text.startswith(going_on(roll))
    assert f"{texture([roll[8:]])['notes']:.1f} notes a chord" in text
    assert caption(page) == f"Beat 8: {names(roll[7])}"
    assert chords(page) == f"The chords: {'; '.join(map(names, roll))}."


def test_the_guided_steps_show_what_they_say(visit, numpys):
    page = visit()
    press(page, "A strange note")
    strange = [list(chord) for chord in OPENING]
    strange[5][0] = 73
    roll, ours = continued(numpys, opening=strange), continued(numpys)
    found = surprise(numpys.expected(roll), roll)
    usual = surprise(numpys.expected(ours), ours)
    assert found[4] > usual[4] + 3
    assert (roll[8:] != ours[8:]).any()
    assert f"Beat 6, given: {names(roll[5])}." in said(page)
    assert f"Surprise: {found[4]:.1f} nats." in said(page)
    press(page, "Temperature 0.5")
    cold = continued(numpys, temperature=0.5)
    assert going_on(cold) in said(page)
    assert cold[8:].sum() < ours[8:].sum()
    press(page, "Temperature 1.2")
    hot = continued(numpys, temperature=1.2)
    assert going_on(hot) in said(page)
    assert texture([hot[8:]])["clashes"] > texture([ours[8:]])["clashes"]
    press(page, "Another continuation")
    assert going_on(continued(numpys, 2, 1.2)) in said(page)
    press(page, "Start again")
    assert said(page).startswith(going_on(ours))


def test_by_keyboard_and_by_address(visit, numpys):
    page = visit()
    slider(page, "beat").focus()
    page.keyboard.press("Home")
    assert said(page).startswith("Beat 1, C3 G3 E4 C5.")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.name") == "temperature"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    assert slider(page, "voice-0").get_attribute("aria-valuetext") == "E♭5"
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    assert slider(page, "voice-1").get_attribute("aria-valuetext") == "rest"
    text = said(page)
    assert text.startswith("Beat 7, given: G3 B3 E♭5.")
    again = visit(page.evaluate("location.hash"))
    assert said(again) == text
    assert slider(again, "temperature").input_value() == "1.05"
    assert chords(again) == chords(page)
    page.locator(FIGURE).get_by_role("button", name="Play", exact=True).press("Enter")
    page.locator(FIGURE).get_by_role("button", name="Stop", exact=True).press("Space")
    assert page.locator(FIGURE).get_by_role("button", name="Play", exact=True).count() == 1


def place(page, beat, pitch):
    """Find where a pitch of a beat is in the picture."""
    page.locator(f"{FIGURE} svg").scroll_into_view_if_needed()
    box = page.locator(f"{FIGURE} svg").bounding_box()
    column = (box["width"] - 84 - 8) / BEATS
    return box["x"] + 84 + (beat - 0.5) * column, box["y"] + 10 + 5 * (84 - pitch - 0.5)


def test_by_mouse_and_by_touch(browser, built, visit):
    page = visit()
    page.mouse.click(*place(page, 3, 72))
    assert said(page).startswith("Beat 3, given: A2 E3 C4 C5.")  # taken hold of, not moved
    page.mouse.click(*place(page, 3, 76))
    assert said(page).startswith("Beat 3, given: A2 E3 C4 E5.")
    page.mouse.move(*place(page, 3, 76))
    page.mouse.down()
    page.mouse.move(*place(page, 3, 77))
    page.mouse.move(*place(page, 3, 79))
    page.mouse.up()
    assert said(page).startswith("Beat 3, given: A2 E3 C4 G5.")
    page.mouse.click(*place(page, 12, 60))
    assert said(page).startswith("Beat 12, drawn: ")
    assert slider(page, "voice-0").is_disabled()
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto((built / "book" / f"{PAGE}.html").as_uri())
    phone.locator(f"{FIGURE} .live-stage").wait_for()
    phone.touchscreen.tap(*place(phone, 3, 76))
    assert said(phone).startswith("Beat 3, given: A2 E3 C4 E5.")
    phone.locator(FIGURE).get_by_role("button", name="Temperature 0.5", exact=True).tap()
    assert said(phone).startswith("Colder, ")
    context.close()


WATCH = """(figure) => {
  window.seen = [];
  const caption = document.querySelector(`${figure} .listener-caption`);
  new MutationObserver(() => window.seen.push(caption.textContent)).observe(
    caption, { childList: true });
}"""
INTERRUPT = """async ([figure, label]) => {
  const button = (name) => [...document.querySelectorAll(`${figure} button`)].find(
    (one) => one.textContent === name);
  const play = button("Play");
  play.click();
  await new Promise((done) => setTimeout(done, 200));
  const during = play.textContent;
  button(label).click();
  await new Promise((done) => setTimeout(done, 50));
  return [during, play.textContent];
}"""


def test_it_plays_when_asked_and_says_which_chord(visit, numpys):
    page = visit()
    page.evaluate(
        """() => { window.started = 0;
          const start = AudioBufferSourceNode.prototype.start;
          AudioBufferSourceNode.prototype.start = function (...given) {
            window.started += 1; return start.apply(this, given); }; }"""
    )
    press(page, "Another continuation")
    press(page, "Start again")
    page.wait_for_timeout(400)
    assert page.evaluate("started") == 0
    page.evaluate(WATCH, FIGURE)
    press(page, "Play")
    page.wait_for_function("seen.some((text) => text.startsWith('Playing beat 4'))")
    press(page, "Stop")
    roll = continued(numpys)
    *playing, last = dict.fromkeys(page.evaluate("seen"))
    beats = [int(text.split()[2].rstrip(":")) for text in playing if text.startswith("Playing")]
    assert beats == list(range(1, len(beats) + 1))
    assert f"Playing beat 3: {names(roll[2])}" in playing
    assert last == f"Beat 8: {names(roll[7])}"
    assert page.evaluate("started") == 1


@pytest.mark.parametrize("label", ["Stop", "Temperature 1.2", "Another continuation"])
def test_whatever_is_chosen_ends_the_music(visit, label):
    assert visit().evaluate(INTERRUPT, [FIGURE, label]) == ["Stop", "Play"]


def test_silence_has_a_sentence(visit):
    page = visit(f"{FIGURE}?opening={'.'.join(['0-0-0-0'] * 8)}&temperature=0.2")
    text = said(page)
    assert "It goes on with" in text
    press(page, "Play")
    assert said(page).startswith(("There is no note to play", "Playing 24 beats"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("temperature=NaN", "temperature is “NaN”; expected a number from 0.20 to 1.50"),
        ("seed=1e999", "seed is “1e999”; expected a number from 1 to 999"),
        ("beat=", "beat is “”"),
        ("opening=72-64-55-48", "expected 8 chords of 4 pitches"),
        (f"opening={'.'.join(['99-64-55-48'] * 8)}", "each in the range of its voice or 0"),
        (f"opening={'.'.join(['1e1-64-55-48'] * 8)}", "each in the range of its voice or 0"),
        ("opening=<img src=x onerror=alert(1)>", "opening is “<img src=x onerror=alert(1)>”"),
        ("__proto__=1", "means nothing to this figure"),
        ("a=1&b=2&c=3&d=4", "There is more that it cannot use."),
    ],
)
def test_a_hostile_address_does_no_harm(visit, numpys, query, sentence):
    page = visit(f"{FIGURE}?{query}")
    text = said(page)
    assert text.startswith("The address of this page asks for what this figure cannot show.")
    assert sentence in text
    assert caption(page) == f"Beat 8: {names(continued(numpys)[7])}"
    assert page.locator(f"{FIGURE} .live-stage img").count() == 0
    assert layout(page) == []


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_in_any_state(visit, viewport, scheme):
    page = visit("", viewport, scheme)
    labels = ("Play", "Another continuation", "A strange note", "Temperature 0.5", "Start again")
    assert faults_in_any_state(page, FIGURE, PAUSE, labels) == []


def test_without_scripts_the_stored_picture_stands_there(browser, built):
    address = (built / "book" / f"{PAGE}.html").as_uri()
    assert MODEL.sha256[:16] in text_without_scripts(browser, address, FIGURE)


def test_other_weights_are_refused(browser, tmp_path):
    (tmp_path / "chorale-player.js").write_text(bundle(SCRIPTS, "chorale-player"))
    (tmp_path / "chorale-player-weights.js").write_text(MODEL.script)
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>t</title><div data-live="chorale-player" '
        f'data-sha256="{"0" * 64}"><figure><img alt="stored"></figure></div>'
        '<script defer src="chorale-player.js"></script>'
    )
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.get_by_role("alert").wait_for()
    assert "the weights of another model" in page.get_by_role("alert").inner_text()
    assert page.locator(".live-stage").count() == 0
    page.close()


CLICK = """(e) => {
  const start = performance.now();
  e.click();
  return performance.now() - start;
}"""


@pytest.mark.parametrize("name", ["beat", "temperature", "voice-0"])
def test_it_answers_at_once(visit, name):
    page = visit(f"{FIGURE}?beat=2")  # the first beat after which nearly all is computed anew
    assert HAND.drag(page, name) <= 16


def test_it_plays_at_once(visit):
    page = visit()
    button = page.locator(FIGURE).get_by_role("button", name="Play", exact=True)
    times = []
    for _ in range(3):
        times.append(button.evaluate(CLICK))
        press(page, "Start again")
    assert min(times) <= 100
