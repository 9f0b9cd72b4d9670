"""The pages in Firefox: live figures and questions say there what they say in Chromium.

Skipped, with a line that says so, where Firefox is not installed; once a week it is.
"""

import os
import shutil
import sys
import warnings
from pathlib import Path

import pytest
from firefox import firefox, found_firefox

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from live_figures import FIGURES, WEIGHTS

pytestmark = pytest.mark.browser

STATE = """
const figure = document.getElementById(arguments[0]);
return { said: figure.querySelector('[role=status]').textContent,
  numbers: [...figure.querySelectorAll('.live-formula p, output')].map((e) => e.textContent),
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth };
"""
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


def test_a_question_is_judged_and_remembered(fox, built):
    fox.open((built / "book" / "architecture.html").as_uri())
    form = 'form[data-quiz="architecture-blend"]'
    fox.keys(f"{form} input", "0,3")
    fox.click(f"{form} button")
    fox.wait(f"""document.querySelector('{form} .quiz-feedback').dataset.verdict === 'right'""")
    fox.open((built / "book" / "architecture.html").as_uri())
    fox.wait("document.querySelector('.quiz-progress').textContent.includes('1 of')")
    assert fox.problems() == []
