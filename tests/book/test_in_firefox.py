"""The pages in Firefox: live figures and questions say there what they say in Chromium.

Skipped, with a line that says so, where Firefox is not installed; once a week it is.
"""

import os
import re
import shutil
import sys
import warnings
from pathlib import Path

import pytest
from firefox import firefox, found_firefox
from page_views import ALL_RULES
from scipy.io import wavfile
from scipy.signal import resample_poly

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "figures"))
from listener_figure import recordings_of_lesson
from live_figures import FIGURES, WEIGHTS
from quiz import questions_of

pytestmark = pytest.mark.browser

STATE = """
const figure = document.getElementById(arguments[0]);
return { said: figure.querySelector('[role=status]').textContent,
  numbers: [...figure.querySelectorAll('.live-formula p, output')].map((e) => e.textContent),
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth };
"""
DARK = "document.documentElement.dataset.theme = arguments[0]"
STILL = """const rules = document.createElement('style');
rules.textContent = '* { transition: none !important; animation: none !important; }';
document.head.append(rules);"""
FOREIGN = """
return performance.getEntriesByType('resource').map((e) => e.name)
  .filter((name) => !/^(file|data|blob):/.test(name));
"""
STEP = "#{} .live-guide li:last-child button"


@pytest.fixture(scope="module")
def fox(tmp_path_factory):
    program = found_firefox()
    if program is None or shutil.which(program) is None:
        message = "NO FIREFOX: the pages were looked at in Chromium only."
        if os.environ.get("FIREFOX"):
            pytest.fail(f"{message} There is no {program}, which $FIREFOX names.")
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    with firefox(program, tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture(scope="module")
def page_of(built):
    """Give for each figure the page that it stands on."""
    found = {}
    for page in [*(built / "book").glob("*.html"), *(built / "notebooks").glob("*.html")]:
        text = page.read_text(encoding="utf-8")
        found |= {name: page for name in FIGURES if f'data-live="{name}"' in text}
    return found


def shown(ask, name):
    """Ask either browser what a figure shows, once nothing changes any more."""
    before, now = None, ask(STATE, name)
    while now != before or not now["said"]:
        ask("return new Promise((done) => setTimeout(done, 900))")
        before, now = now, ask(STATE, name)
    return now


def in_chromium(page):
    return lambda script, *given: page.evaluate(
        "([script, given]) => new Function(script)(...given)", [script, given]
    )


def test_an_error_in_a_script_is_seen(fox, tmp_path):
    for name, script in (
        ("thrown", "throw new Error('broken on purpose')"),
        ("late", "setTimeout(() => undefinedName)"),
        ("said", "console.error('broken', 'on purpose')"),
    ):
        page = tmp_path / f"{name}.html"
        page.write_text(f"<!doctype html><title>t</title><script>{script}</script>")
        fox.open(page.as_uri())
        fox.evaluate("return new Promise((done) => setTimeout(done, 200))")
        assert len(fox.problems()) == 1, name
    page.write_text('<!doctype html><title>t</title><img src="http://example.org/a.png" alt="">')
    fox.open(page.as_uri())
    assert fox.evaluate(FOREIGN) == ["http://example.org/a.png"]
    fox.problems()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_what_it_says_in_chromium(fox, browser, page_of, name):
    address = page_of[name].as_uri()
    fox.open(address)
    fox.wait(f"document.querySelector('#{name} .live-stage')")
    assert fox.evaluate(f"return document.querySelectorAll('#{name} [role=alert]').length") == 0
    chromium = browser.new_context(reduced_motion="reduce").new_page()
    chromium.goto(address)
    chromium.locator(f"#{name} .live-stage").wait_for()
    states = [[shown(fox.evaluate, name), shown(in_chromium(chromium), name)]]
    # One change, by the keyboard.
    fox.keys(STEP.format(name), "Enter")
    chromium.locator(STEP.format(name)).press("Enter")
    states.append([shown(fox.evaluate, name), shown(in_chromium(chromium), name)])
    chromium.context.close()
    for ours, theirs in states:
        assert ours == theirs
    assert states[0] != states[1], "the key changed nothing"
    assert not states[1][0]["wide"]
    assert fox.evaluate(FOREIGN) == []
    assert fox.problems() == []


def test_each_trained_figure_stands_on_a_page(page_of):
    assert set(WEIGHTS) <= set(page_of)


def opened(fox, page_of, name):
    """Open the page of a figure and wait until it answers."""
    fox.open(page_of[name].as_uri())
    fox.wait(f"document.querySelector('#{name} .live-stage')")
    fox.evaluate(STILL)
    return shown(fox.evaluate, name)


@pytest.mark.parametrize("name", FIGURES)
def test_a_finger_presses_and_axe_finds_nothing(fox, page_of, name):
    before = opened(fox, page_of, name)
    assert fox.axe(f"#{name}", ALL_RULES) == []
    fox.evaluate("addEventListener('pointerdown', (e) => { document.body.title = e.pointerType; })")
    fox.tap(f"#{name} .live-guide li button")
    after = shown(fox.evaluate, name)
    assert after["said"] != before["said"]
    assert fox.evaluate("return document.body.title") == "touch"
    fox.evaluate(DARK, "dark")
    assert fox.axe(f"#{name}", ALL_RULES) == []
    fox.evaluate(DARK, "light")
    assert fox.problems() == []


def test_axe_is_red_in_firefox(fox, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><button></button>'
        '<p style="color: #bbb; background: #fff">faint</p></main></html>'
    )
    fox.open(page.as_uri())
    found = {text.split(":")[0] for text in fox.axe("main", ALL_RULES)}
    assert found == {"button-name", "color-contrast"}


DRAWN = {
    "gates-by-hand": ("svg", r"Step \d+: "),
    "leaking-windows": (".live-chart svg", r"Window \d+, "),
    "forgetting-race": ("svg", r"Step \d+, "),
    "it-writes": (".writer-text span:nth-child(4)", "Character 3, "),
    "digit-listener": ("svg", r"Frame \d+ of \d+: "),
    "chorale-player": ("svg", r"Beat \d+, "),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_finger_chooses_in_the_drawing(fox, page_of, name):
    opened(fox, page_of, name)
    place, said = DRAWN[name]
    fox.tap(f"#{name} {place}")
    assert re.match(said, shown(fox.evaluate, name)["said"])
    assert fox.problems() == []


def test_what_is_typed_is_continued_as_in_chromium(fox, browser, page_of):
    before = opened(fox, page_of, "it-writes")
    fox.keys("#it-writes textarea", "O, is it all forgot? \u00e9")
    chromium = browser.new_context(reduced_motion="reduce").new_page()
    chromium.goto(page_of["it-writes"].as_uri())
    field = chromium.locator("#it-writes textarea")
    field.focus()
    field.press("Control+End")
    field.press_sequentially("O, is it all forgot? \u00e9")
    ours, theirs = shown(fox.evaluate, "it-writes"), shown(in_chromium(chromium), "it-writes")
    chromium.context.close()
    assert before != ours == theirs
    assert "\u201c\u00e9\u201d" in ours["said"]
    assert fox.problems() == []


def test_a_recording_of_ones_own_is_heard_as_in_chromium(fox, browser, page_of, tmp_path):
    samples = next(iter(recordings_of_lesson().values()))
    wavfile.write(tmp_path / "own.wav", 48_000, resample_poly(samples, 6, 1).astype("f4"))
    opened(fox, page_of, "digit-listener")
    fox.keys("#digit-listener input[type=file]", str(tmp_path / "own.wav"))
    caption = "document.querySelector('#digit-listener .listener-caption').textContent"
    fox.wait(f"{caption}.includes('own.wav')")
    chromium = browser.new_context(reduced_motion="reduce").new_page()
    chromium.goto(page_of["digit-listener"].as_uri())
    chromium.locator("#digit-listener input[type=file]").set_input_files(tmp_path / "own.wav")
    chromium.locator("#digit-listener .listener-caption", has_text="own.wav").wait_for()
    ours = shown(fox.evaluate, "digit-listener")
    assert ours == shown(in_chromium(chromium), "digit-listener")
    chromium.context.close()
    assert ours["said"].startswith("your file \u201cown.wav\u201d. It decides for nine at frame ")
    assert fox.problems() == []


PLAY = """return [...document.querySelectorAll(`#${arguments[0]} button`)].find(
  (one) => ['Play', 'Stop'].includes(one.textContent)).textContent"""


@pytest.mark.parametrize("name", ["digit-listener", "chorale-player"])
def test_what_plays_goes_on_and_ends(fox, page_of, name):
    opened(fox, page_of, name)
    fox.evaluate(
        f"""window.seen = new Set();
        new MutationObserver(() => window.seen.add(document.querySelector(
          '#{name} .listener-caption').textContent + document.querySelector(
          '#{name} input').value)).observe(
          document.getElementById('{name}'), {{ childList: true, subtree: true }});
        const buttons = [...document.querySelectorAll('#{name} button')];
        buttons.find((one) => one.textContent === 'Play').id = 'play-{name}';"""
    )
    fox.click(f"#play-{name}")
    fox.wait("window.seen.size > 3")
    if name == "chorale-player":
        assert fox.evaluate(PLAY, name) == "Stop"
        fox.keys(f"#play-{name}", "Space")
    fox.wait(f"document.getElementById('play-{name}').textContent === 'Play'")
    assert fox.problems() == []


QUIZZES = ("training", "rnn-lstm-gru")  # a test below expects "architecture" to be unanswered


@pytest.mark.parametrize("chapter", QUIZZES)
def test_every_question_of_a_chapter_is_judged(fox, built, root, chapter):
    """The right answer by a finger, then a wrong one by the keyboard."""
    fox.open((built / "book" / f"{chapter}.html").as_uri())
    fox.evaluate(STILL)
    questions = questions_of((root / "book" / f"{chapter}.md").read_text(encoding="utf-8"))
    for name, question in questions.items():
        form = f'form[data-quiz="{name}"]'
        verdict = f"document.querySelector('{form} .quiz-feedback').dataset.verdict"
        wrong = next(i for i, choice in enumerate(question.choices) if not choice.right)
        if question.tolerance is None:
            for place, choice in enumerate(question.choices):
                if choice.right:
                    fox.tap(f"{form} label[for='{name}-{place}']")
        else:
            fox.keys(f"{form} input", next(c.text for c in question.choices if c.right))
        fox.tap(f"{form} .quiz-check button")
        fox.wait(f"{verdict} === 'right'")
        if question.tolerance is None:
            if question.right > 1:  # one of the right ones makes room
                right = next(i for i, choice in enumerate(question.choices) if choice.right)
                fox.keys(f"#{name}-{right}", "Space")
            fox.keys(f"#{name}-{wrong}", "Space")
        else:
            fox.keys(f"{form} input", "99")
        fox.keys(f"{form} .quiz-check button", "Enter")
        fox.wait(f"{verdict} === 'wrong'")
        assert fox.axe(form, ALL_RULES) == []
    assert fox.problems() == []


def test_a_question_is_judged_and_remembered(fox, built):
    fox.open((built / "book" / "architecture.html").as_uri())
    form = 'form[data-quiz="architecture-blend"]'
    fox.keys(f"{form} input", "0,3")
    fox.click(f"{form} button")
    fox.wait(f"""document.querySelector('{form} .quiz-feedback').dataset.verdict === 'right'""")
    fox.open((built / "book" / "architecture.html").as_uri())
    fox.wait("document.querySelector('.quiz-progress').textContent.includes('1 of')")
    assert fox.problems() == []
