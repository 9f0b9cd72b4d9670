"""Every page as a reader sees it, in Chromium, from disk, with the network off."""

import functools
import http.server
import re
import threading
from collections import defaultdict

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.browser

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# One group is one worker: the two halves of this module share the cores.
DESKTOP_GROUP, PHONE_GROUP = map(pytest.mark.xdist_group, ("desktop", "phone"))
VIEWS = [
    pytest.param(DESKTOP, "light", marks=DESKTOP_GROUP, id="desktop-light"),
    pytest.param(PHONE, "dark", marks=PHONE_GROUP, id="phone-dark"),
]
# What the theme's own switch stores.
THEME = "localStorage.setItem('mode', '{0}'); localStorage.setItem('theme', '{0}');"
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "preload": False,  # axe would fetch the style sheets again, which file:// forbids
    "resultTypes": ["violations"],  # else it describes each of the thousands of sound elements, too
}


@pytest.fixture(scope="session")
def browser(chromium_path):
    with sync_playwright() as playwright:
        # No request of the browser itself may leave the machine; the sandbox needs rights that
        # containers lack.
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield browser
        browser.close()


class Visit:
    """One page in one view, with everything that went wrong."""

    def __init__(self, browser, url, viewport=DESKTOP, scheme="light"):
        self.problems = []
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme)
        self.context.add_init_script(THEME.format(scheme))
        self.context.route("**/*", self._only_from_here)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        self.page.goto(url)

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


LOOK = """() => {
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
    const shown = formula.closest('details:not([open]), .toggle-hidden, .tabbed-content') === null;
    if (shown && (box.width < 2 || box.height < 5))
      found.push(`formula not shown: ${formula.textContent}`);
  }
  if (/\\\\\\(|\\$\\$|\\\\frac|\\\\mathbf/.test(document.querySelector('article')?.innerText ?? ''))
    found.push('raw TeX in the text');
  return found;
}"""


def look(visit):
    """Overflow, images and formulas; the font of the formulas must have arrived."""
    problems = visit.page.evaluate(LOOK)
    if visit.page.locator("math").count():
        visit.page.evaluate("() => document.fonts.ready")
        if not visit.page.evaluate("() => document.fonts.check('16px \"Course Math\"')"):
            problems.append("the font of the formulas is missing")
    return problems


# The classes of a token and of what is around it give its colour, so in code and signatures one
# token of each kind that is shown stands for all: a long page is checked in a tenth of the time.
ONE_TOKEN_OF_EACH_KIND = """() => {
  const seen = new Set();
  // All are asked before the first one goes: else the page would be laid out anew for each.
  const shown = [...document.querySelectorAll('pre span, .sig span')].filter(
    (token) => token.checkVisibility());
  // From the end, so that what is inside a token goes before it.
  for (const token of shown.reverse()) {
    if (token.children.length) continue;
    let kind = '';
    for (let e = token; !e.matches('pre, .sig'); e = e.parentElement) kind += e.className + ' in ';
    if (seen.has(kind)) token.replaceWith(token.textContent);
    seen.add(kind);
  }
}"""


def accessibility(visit, **options):
    visit.page.evaluate(ONE_TOKEN_OF_EACH_KIND)
    found = Axe().run(visit.page, options=AXE_RULES | options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:140]} {node.get('failureSummary', '')[:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


def contrast_in_the_other_theme(visit, scheme):
    """Colours depend on the theme, so contrast is measured in both."""
    other = {"light": "dark", "dark": "light"}[scheme]
    visit.page.add_style_tag(content="* { transition: none !important; }")
    visit.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", other)
    found = accessibility(visit, runOnly={"type": "rule", "values": ["color-contrast"]})
    return [f"{other}: {text}" for text in found]


def pages_of(site):
    """All pages but the first, which only forwards to the welcome page."""
    pages = [p for p in site.rglob("*.html") if "_static" not in p.parts]
    return sorted(p for p in pages if p != site / "index.html")


@pytest.mark.timeout(2400)  # some forty pages, each looked at in both themes
@pytest.mark.parametrize(("viewport", "scheme"), VIEWS)
def test_every_page(built, browser, viewport, scheme):
    problems = defaultdict(list)
    for path in pages_of(built):
        with Visit(browser, path.as_uri(), viewport, scheme) as visit:
            visit.page.wait_for_load_state("load")
            found = look(visit) + accessibility(visit) + visit.problems
            found += contrast_in_the_other_theme(visit, scheme)
            if found:
                problems[str(path.relative_to(built))] = found
    assert not problems, "\n".join(f"{p}: {t}" for p, ts in problems.items() for t in ts)


@pytest.fixture
def served(built):
    handler = functools.partial(QuietHandler, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@PHONE_GROUP
def test_search_finds_a_word_of_the_text(built, served, browser):
    for place in (served, built.as_uri()):
        with Visit(browser, f"{place}/search.html?q=vanishing+gradient") as visit:
            visit.page.wait_for_selector("#search-results li a")
            assert visit.page.locator("#search-results li").count() >= 3
            # From disk the titles are listed; the excerpts below them need a server.
            if place == served:
                assert visit.problems == []


@PHONE_GROUP
def test_the_page_does_not_jump(built, browser):
    """Formulas and figures have their size at the first paint."""
    observe = """() => new Promise((done) => {
      let total = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((e) => { total += e.value; }))
        .observe({type: 'layout-shift', buffered: true});
      setTimeout(() => done(total), 800);
    })"""
    for name in ("book/architecture.html", "notebooks/01_gru_from_scratch.html"):
        with Visit(browser, (built / name).as_uri()) as visit:
            assert visit.page.evaluate(observe) < 0.01, name


@PHONE_GROUP
def test_the_phone_menu_opens(built, browser):
    with Visit(browser, (built / "book" / "index.html").as_uri(), PHONE) as visit:
        link = visit.page.locator("nav.bd-links a", has_text="The architecture").first
        assert not link.is_visible()
        visit.page.locator("button.primary-toggle").first.click()
        link.wait_for(state="visible")


# --- the checks themselves, on pages that are broken on purpose ---------------------------------

BROKEN = {
    "request to another host": '<script src="https://example.org/x.js"></script>',
    "console error": "<script>console.error('no')</script>",
    "script error": "<script>undefinedFunction()</script>",
    "px too wide": '<article><div style="width: 3000px">wide</div></article>',
    "broken image": '<img src="missing.png" alt="A picture that is not there">',
    "formula not shown": '<math style="display:block; width:0; height:0"><mi>x</mi></math>',
    "raw TeX": "<article>\\frac{1}{2}</article>",
    "image-alt": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">',
    "color-contrast": '<p style="color: #bbb; background: #fff">faint</p>',
    "dark: color-contrast": "<style>[data-theme='dark'] p {color: #333; background: #222}</style>"
    "<p>faint in the dark</p>",
    '<span class="k">': "<style>.k {color: #bbb; background: #fff}</style>"
    '<pre><span class="k">def</span> <span class="k">for</span></pre>'
    '<pre hidden><span class="k">def</span></pre>',
    '<span class="n">': "<style>.n {color: #bbb; background: #fff}</style>"
    '<p class="sig"><span class="n">units</span> <span class="n">timesteps</span></p>',
}


@PHONE_GROUP
@pytest.mark.parametrize("said", BROKEN)
def test_a_broken_page_is_red(said, browser, tmp_path):
    path = tmp_path / "page.html"
    body = f"<main><h1>t</h1>{BROKEN[said]}</main>"
    path.write_text(f'<!doctype html><html lang="en"><title>t</title>{body}</html>')
    with Visit(browser, path.as_uri()) as visit:
        visit.page.wait_for_load_state("load")
        found = look(visit) + accessibility(visit) + visit.problems
        found += contrast_in_the_other_theme(visit, "light")
    assert any(said in text for text in found), found
