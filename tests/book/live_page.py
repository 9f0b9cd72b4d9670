"""What every live figure is held to."""

from page_views import ALL_RULES, ask_axe, contrast, layout


def faults_in_any_state(page, figure, pause, labels=None):
    """Press the buttons of a figure in turn, and list what axe says of each state.

    Parameters
    ----------
    figure : str
        Its selector.
    pause : int
        Milliseconds until a state is shown whole.
    labels : sequence of str, optional
        Of the buttons; all of them if not given.
    """
    shown = page.locator(figure)
    if labels is None:
        buttons = shown.locator("button").all()
    else:
        buttons = [shown.get_by_role("button", name=label, exact=True) for label in labels]
    only = {"runOnly": ALL_RULES, "rules": {"color-contrast": {"enabled": False}}}
    found = []
    for button in buttons:
        button.click()
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
