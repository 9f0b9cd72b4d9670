"""What live figures and questions cost: milliseconds until they answer, bytes that a page loads.

``python -m pytest tests/book/test_live_costs.py -p no:nbval -rP`` prints what was measured.
"""

import re
import sys
from pathlib import Path

import pytest
from live_page import Hand
from page_views import DESKTOP, Visit

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from live_figures import FIGURES

pytestmark = pytest.mark.browser

SCRIPT, RESPONSE, KEY = 16, 100, 50
"""Milliseconds: of script for a change while dragging; until a step, or a letter, is answered."""
WEIGHT = 1_500_000
"""Bytes that figures, questions and progress may add to a page."""
CHANGES = """(buttons) => new Promise(async (done) => {
  const times = [];
  for (const button of [...buttons, ...buttons, ...buttons]) {
    const start = performance.now();
    button.click();
    await new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)));
    times.push(performance.now() - start);
  }
  done(times.sort((a, b) => a - b)[1]);
})"""
LETTERS = """(e) => new Promise(async (done) => {
  const text = 'it was a good film with some old jokes and a slow but moving end '.repeat(14);
  const times = [];
  for (let i = 0; i < 21; i += 1) {
    const start = performance.now();
    e.value = text.slice(0, 940) + 'x'.repeat(i);
    e.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)));
    times.push(performance.now() - start);
  }
  done(times.sort((a, b) => a - b)[2]);
})"""
SLOW = "(e) => e.addEventListener('{}', () => {{ const end = performance.now() + {}; \
while (performance.now() < end); }})"


@pytest.fixture
def open_page(browser, built):
    """Open the page with a figure."""
    visits = []

    def opened(name):
        (page,) = [
            path
            for folder in ("book", "notebooks")
            for path in (built / folder).glob("*.html")
            if f'data-live="{name}"' in path.read_text(encoding="utf-8")
        ][:1]
        visits.append(Visit(browser, page.as_uri(), DESKTOP))
        visits[-1].page.locator(f"#{name} .live-stage").wait_for()
        return visits[-1].page

    yield opened
    for visit in visits:
        assert visit.problems == []
        visit.context.close()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_answers_at_once(open_page, name):
    """Fast ones of many changes; what else the machine does would decide the others."""
    page = open_page(name)
    hand = Hand(f"#{name}")
    hand.said(page)
    response = page.locator(f"#{name} .live-guide li button").evaluate_all(CHANGES)
    print(f"{name:20} a step {response:6.1f} ms")
    assert response <= RESPONSE
    sliders = page.locator(f"#{name} input[type=range]:enabled")
    for slider in sliders.evaluate_all("(all) => all.map((one) => one.dataset.name)"):
        script = hand.drag(page, slider)
        print(f"{name:20} {slider:12} {script:6.1f} ms of script for a change")
        assert script <= SCRIPT


def test_a_letter_is_answered_at_once(open_page):
    """From the letter to the answer to 200 words."""
    page = open_page("review-reader")
    key = page.locator("#review-reader textarea").evaluate(LETTERS)
    print(f"a letter behind 200 words {key:.1f} ms")
    assert key <= KEY


def test_what_is_slow_is_seen(open_page):
    page = open_page("leaking-windows")
    slider = page.locator("#leaking-windows input[type=range]").first
    slider.evaluate(SLOW.format("input", 20))
    assert Hand("#leaking-windows").drag(page, slider.get_attribute("data-name")) > SCRIPT
    buttons = page.locator("#leaking-windows .live-guide li button")
    for button in buttons.all():
        button.evaluate(SLOW.format("click", 110))
    assert buttons.evaluate_all(CHANGES) > RESPONSE


def added(site, page):
    """Count the bytes of scripts, weights and styles of figures and questions on a page."""
    text = page.read_text(encoding="utf-8")
    loaded = set(re.findall(r'(?:src|href)="[^"]*_static/((?:live|css)/[^"?]+)', text))
    loaded = {name for name in loaded if re.match(r"live/|css/(live|quiz|progress|python)", name)}
    # The weights are asked for by the script of their figure.
    loaded |= {f"live/{name}-weights.js" for name in re.findall(r'data-live="([\w-]+)"', text)}
    files = [site / "_static" / name for name in loaded]
    return sum(file.stat().st_size for file in files if file.exists())


def test_figures_and_questions_add_little_to_a_page(built):
    pages = [path for folder in ("book", "notebooks") for path in (built / folder).glob("*.html")]
    sizes = {path.stem: added(built, path) for path in pages}
    largest = max(sizes, key=lambda name: sizes[name])
    print(f"{sizes[largest]:,} bytes more on {largest}, the page with the most")
    assert min(sizes.values()) > 0, "each page shows progress"
    assert sizes[largest] > 100_000, "there is a page with weights"
    assert sizes[largest] <= WEIGHT


def test_a_heavy_page_is_seen(tmp_path):
    (tmp_path / "_static" / "live").mkdir(parents=True)
    (tmp_path / "_static" / "live" / "a.js").write_bytes(bytes(1_000))
    (tmp_path / "_static" / "live" / "a-weights.js").write_bytes(bytes(WEIGHT))
    page = tmp_path / "page.html"
    page.write_text('<script src="../_static/live/a.js?v=1"></script><div data-live="a"></div>')
    assert added(tmp_path, page) == WEIGHT + 1_000
