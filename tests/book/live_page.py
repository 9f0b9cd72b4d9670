"""What every live figure is held to, and how its tests handle it."""

from pathlib import Path
from typing import NamedTuple

from page_views import ALL_RULES, ask_axe, contrast, layout


class Hand(NamedTuple):
    """What a test does with one figure, whichever page it is shown on.

    Parameters
    ----------
    figure : str
        Its selector.
    pause : int
        Milliseconds until the sentence is said and the address written.
    """

    figure: str
    pause: int = 450

    def press(self, page, label):
        """Press a button."""
        page.locator(self.figure).get_by_role("button", name=label, exact=True).click()

    def said(self, page):
        """Give the sentence that a screen reader speaks, once nothing changes any more."""
        page.locator(f"{self.figure} [aria-busy]").wait_for(state="detached")
        page.wait_for_timeout(self.pause)
        return page.locator(f"{self.figure} [role=status]").inner_text()

    def slider(self, page, name):
        """Find a slider."""
        return page.locator(f'{self.figure} input[data-name="{name}"]')

    def put(self, page, name, value):
        """Move a slider as its thumb does."""
        self.slider(page, name).evaluate(MOVE, value)

    def drag(self, page, name):
        """Drag a slider from its least value up; give the milliseconds of script for a change.

        The fifth fastest of 40: what else the machine does would decide the others.
        """
        return self.slider(page, name).evaluate(DRAG)


MOVE = "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', { bubbles: true })); }"
DRAG = """(e) => Array.from({ length: 40 }, (_, i) => {
  const steps = Math.round((e.max - e.min) / e.step);
  const start = performance.now();
  e.value = Number(e.min) + (i + 1) % (steps + 1) * e.step;
  e.dispatchEvent(new Event('input', { bubbles: true }));
  return performance.now() - start;
}).sort((a, b) => a - b)[4]"""


def page_with_scripts(browser, scripts, load, given=None):
    """Open a page from disk that has scripts and no figure, and call what loads its model."""
    page = browser.new_page()
    # Any page from disk: a blank one computes no digest.
    page.goto((Path(__file__).resolve().parents[2] / "LICENSE").as_uri())
    for script in scripts:
        page.add_script_tag(content=script)
    page.evaluate(load, given)
    return page


def faults_in_any_state(page, figure, pause, labels=None, others=()):
    """Press the buttons of a figure in turn, and list what axe says of each state.

    Parameters
    ----------
    figure : str
        Its selector.
    pause : int
        Milliseconds until a state is shown whole.
    labels : sequence of str, optional
        Of the buttons; all of them if not given.
    others : sequence of callable
        Further changes, which are made after those.
    """
    shown = page.locator(figure)
    if labels is None:
        buttons = shown.locator("button").all()
    else:
        buttons = [shown.get_by_role("button", name=label, exact=True) for label in labels]
    only = {"runOnly": ALL_RULES, "rules": {"color-contrast": {"enabled": False}}}
    found = []
    for change in [*(button.click for button in buttons), *others]:
        change()
        page.wait_for_timeout(pause)
        found += ask_axe(page, dict(only), {"include": [[figure]]})[0] + layout(page)
    page.evaluate(
        f"document.querySelector('.bd-article').replaceChildren(document.querySelector('{figure}'))"
    )
    return found + [text for text in contrast(page, {}) if "pst-back-to-top" not in text]


def text_without_scripts(browser, address, figure):
    """Return what a figure says where no script runs; its stored picture must stand there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator(f"{figure} img").is_visible()
    assert page.locator(f"{figure} .live-stage").count() == 0
    text = page.locator(figure).inner_text()
    context.close()
    return text
