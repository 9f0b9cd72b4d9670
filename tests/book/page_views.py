"""A page as a reader sees it, in Chromium, with the network off: what is wrong with it?

Each page is looked at once: all rules of axe on a light desktop, the contrast on a dark one, and
the layout on both a desktop and a phone. One page of each template is held to all rules on a dark
phone, too, where the menus are others.
"""

import re

from axe_playwright_python.base import AXE_SCRIPT
from page_contrast import MARK, MARK_ONE_OF_EACH_KIND, undecided_contrast

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Shows the table of contents at the side whole: of what is scrolled away axe leaves half open.
TALL = {"width": 1440, "height": 2400}
# What the theme's own switch stores.
THEME = "localStorage.setItem('mode', '{0}'); localStorage.setItem('theme', '{0}');"
STILL = "* { transition: none !important; animation: none !important; }"
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


class Visit:
    """One page in one window, with everything that went wrong."""

    def __init__(self, browser, url, viewport=DESKTOP, scheme="light"):
        self.problems = []
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme)
        self.context.add_init_script(THEME.format(scheme))
        self.context.route("**/*", self._only_from_here)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.goto(url)

    def turn_to(self, scheme):
        """Switch the theme, as the reader or the system may do at any time."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", scheme)

    def _only_from_here(self, route):
        if re.match(r"(file|data|blob):|http://127\.0\.0\.1:", route.request.url):
            route.continue_()
        else:
            self.problems.append(f"request to another host: {route.request.url}")
            route.abort()

    def _console(self, message):
        if message.type == "error":
            self.problems.append(f"console error: {message.text}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


def look_at(browser, url, measured, as_template=False):
    """Look at a page once, and list what is wrong with it.

    ``measured`` keeps measured contrasts, from one page to the next; ``as_template`` adds the
    rules on a phone.
    """
    found = []
    if as_template:
        with Visit(browser, url, PHONE, "dark") as visit:
            reveal(visit.page)
            found += [f"dark phone: {text}" for text in accessibility(visit.page, measured)]
    with Visit(browser, url, TALL) as visit:
        page = visit.page
        reveal(page)
        found += layout(page)
        page.set_viewport_size(PHONE)
        found += [f"phone: {text}" for text in layout(page)]
        page.set_viewport_size(TALL)
        found += accessibility(page, measured)
        visit.turn_to("dark")
        found += [f"dark: {text}" for text in contrast(page, measured)]
        return found + visit.problems


def reveal(page):
    """Show what is folded away, which is read, too, and let nothing move."""
    page.add_style_tag(content=STILL)
    page.evaluate(OPEN_BOXES)


# Tab stops come a moment after the boxes are open: wait for them, but not for ever.
OPEN_BOXES = """async () => {
  for (const box of document.querySelectorAll('details')) box.open = true;
  for (const box of document.querySelectorAll('.toggle-hidden .toggle-button')) box.click();
  const scrolled = document.querySelectorAll(':is(pre, .output)[tabindex]');
  const waits = () => [...scrolled].some((e) => e.tabIndex < 0 && e.scrollWidth > e.clientWidth);
  for (let i = 0; i < 100 && waits(); i++) await new Promise((done) => setTimeout(done, 20));
}"""

LAYOUT = """() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) {
    const limit = document.documentElement.clientWidth;
    const clipped = (e) => {
      for (let p = e.parentElement; p; p = p.parentElement)
        if (getComputedStyle(p).overflowX !== 'visible') return true;
      return false;
    };
    const culprits = [...document.querySelectorAll('article *')].filter(
      (e) => e.getBoundingClientRect().right > limit + 1 && !clipped(e));
    const inner = culprits.filter((e) => !culprits.some((o) => o !== e && e.contains(o)));
    found.push(`the page is ${wide} px too wide: ` +
      inner.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(' | '));
  }
  for (const image of document.querySelectorAll('img'))
    if (image.complete && image.naturalWidth === 0) found.push(`broken image: ${image.src}`);
  for (const formula of document.querySelectorAll('math')) {
    const box = formula.getBoundingClientRect();
    const shown = formula.closest('.tabbed-content') === null;
    if (shown && (box.width < 2 || box.height < 5))
      found.push(`formula not shown: ${formula.textContent}`);
  }
  if (/\\\\\\(|\\$\\$|\\\\frac|\\\\mathbf/.test(document.querySelector('article')?.innerText ?? ''))
    found.push('raw TeX in the text');
  return found;
}"""


def layout(page):
    """Overflow, images and formulas; the font of the formulas must have arrived."""
    problems = page.evaluate(LAYOUT)
    if page.locator("math").count():
        page.evaluate("() => document.fonts.ready")
        if not page.evaluate("() => document.fonts.check('16px \"Course Math\"')"):
            problems.append("the font of the formulas is missing")
    return problems


# The classes of a token and of what is around it give its colour, so in code and signatures one
# token of each kind that is shown stands for all, and one formula for all in such a place: axe
# goes through half as many elements.
ONE_COPY = """() => {
  const classes = (e, end) => {
    let path = '';
    for (; e && !e.matches(end); e = e.parentElement) path += e.tagName + '.' + e.className + ' ';
    return path;
  };
  // All are asked before the first one goes: else the page would be laid out anew for each.
  const shown = (selector) => [...document.querySelectorAll(selector)].filter(
    (e) => e.checkVisibility());
  const tokens = shown('pre span, .sig span').map((e) => [e, classes(e, 'pre, .sig')]);
  const colours = (formula) => [...new Set([...formula.querySelectorAll('*')].map(
    (e) => getComputedStyle(e).color + getComputedStyle(e).backgroundColor))].join();
  const formulas = shown('math').map((e) => [e, classes(e, 'article') + colours(e)]);
  const seen = new Set();
  // From the end, so that what is inside a token goes before it.
  for (const [copy, kind] of [...formulas, ...tokens.reverse()]) {
    if (copy.matches('span') && copy.children.length) continue;
    if (seen.has(kind)) copy.replaceWith(copy.textContent);
    seen.add(kind);
  }
}"""


def accessibility(page, measured):
    """Ask axe about everything; about contrast as below, which else took nearly all the time."""
    page.evaluate(ONE_COPY)
    rules = {"color-contrast": {"enabled": False}}
    return ask_axe(page, {"runOnly": ALL_RULES, "rules": rules})[0] + contrast(page, measured)


def contrast(page, measured):
    """Ask axe about the contrast of one text of each kind, and answer what it leaves open."""
    page.evaluate(MARK_ONE_OF_EACH_KIND)
    rule = {"type": "rule", "values": ["color-contrast"]}
    found, undecided = ask_axe(page, {"runOnly": rule}, {"include": [[f"[{MARK}]"]]})
    found += undecided_contrast(page, undecided, measured)
    return [text.replace(f' {MARK}=""', "") for text in found]


def ask_axe(page, options, context=None):
    """List the faults that axe finds, and give the elements about which it cannot decide."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options |= {
        "preload": False,  # axe would fetch the style sheets again, which file:// forbids
        "resultTypes": ["violations", "incomplete"],  # thousands of sound elements are not listed
    }
    ask = "([context, options]) => axe.run(context ?? document, options)"
    results = page.evaluate(ask, [context, options])
    found = [
        f"{rule['id']}: {node['html'][:140]} {node.get('failureSummary', '')[:200]}"
        for rule in results["violations"]
        for node in rule["nodes"]
    ]
    return found, [node for rule in results["incomplete"] for node in rule["nodes"]]
