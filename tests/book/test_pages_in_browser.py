"""Every page as a reader sees it, in Chromium, from disk, with the network off."""

import functools
import http.server
import shutil
import threading
from pathlib import Path

import pytest
from page_memory import TEMPLATES, Looks
from page_names import GENERATED, page_names
from page_views import PHONE, Visit, look_at
from passes import Passes

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAGES = [*page_names(Path(__file__).parents[2]), *GENERATED]


@pytest.fixture(scope="session")
def looks(browser, built):
    return Looks(browser, built, Passes())


@pytest.mark.parametrize("name", PAGES)
def test_page(name, looks):
    assert looks.problems(name) == []


def test_no_page_is_left_out(built):
    there = {p.relative_to(built).with_suffix("").as_posix() for p in built.rglob("*.html")}
    # The first page only forwards to the welcome page.
    assert {name for name in there if not name.startswith("_static/")} - {"index"} == set(PAGES)
    assert set(TEMPLATES) <= set(PAGES)


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


def test_search_finds_a_word_of_the_text(browser, built, served):
    for place in (served, built.as_uri()):
        with Visit(browser, f"{place}/search.html?q=vanishing+gradient") as visit:
            visit.page.wait_for_selector("#search-results li a")
            assert visit.page.locator("#search-results li").count() >= 3
            # From disk the titles are listed; the excerpts below them need a server.
            if place == served:
                assert visit.problems == []


def test_the_page_does_not_jump(browser, built):
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


def test_the_keyboard_reaches_what_was_folded_away(browser, built):
    """Wide code can be scrolled only if it takes the focus."""
    with Visit(browser, (built / "notebooks" / "05_rnn_lstm_gru_measured.html").as_uri()) as visit:
        solution = visit.page.locator(".toggle-hidden", has=visit.page.locator("pre")).first
        code = solution.locator("pre").first.element_handle()
        visit.page.wait_for_timeout(500)  # what the theme does by itself is done
        code.evaluate("e => e.append('wide '.repeat(99))")
        solution.locator(".toggle-button").click()
        assert code.evaluate("e => e.scrollWidth > e.clientWidth && e.tabIndex < 0")
        visit.page.wait_for_function("e => e.tabIndex === 0", arg=code)


def test_the_phone_menu_opens(browser, built):
    with Visit(browser, (built / "book" / "index.html").as_uri(), PHONE) as visit:
        link = visit.page.locator("nav.bd-links a", has_text="The architecture").first
        assert not link.is_visible()
        visit.page.locator("button.primary-toggle").first.click()
        link.wait_for(state="visible")


# --- the checks themselves, on pages that are broken on purpose ---------------------------------

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
GREY = "linear-gradient(#777, #777)"
BROKEN = {
    "request to another host": '<script src="https://example.org/x.js"></script>',
    "console error": "<script>console.error('no')</script>",
    "script error": "<script>undefinedFunction()</script>",
    "px too wide": '<article><div style="width: 3000px">wide</div></article>',
    "phone: the page is": '<article><div style="width: 600px">wide</div></article>',
    "broken image": '<img src="missing.png" alt="A picture that is not there">',
    "formula not shown": '<math style="display:block; width:0; height:0"><mi>x</mi></math>',
    "raw TeX": "<article>\\frac{1}{2}</article>",
    "image-alt": f'<img src="{PIXEL}">',
    "color-contrast: <p": '<p style="color: #bbb; background: #fff">faint</p>',
    "color-contrast: <i": '<details>a <i style="color: #bbb; background: #fff">b c</i></details>',
    "dark: color-contrast": "<style>[data-theme='dark'] p {color: #333; background: #222}</style>"
    "<p>faint in the dark</p>",
    '<span class="k">': "<style>.k {color: #bbb; background: #fff}</style>"
    '<pre><span class="k">def</span> <span class="k">for</span></pre>'
    '<pre hidden><span class="k">def</span></pre>',
    '<span class="n">': "<style>.n {color: #bbb; background: #fff}</style>"
    '<p class="sig"><span class="n">units</span> <span class="n">timesteps</span></p>',
    "(axe: equalRatio): <figcaption": "<style>figcaption {color: #fff; background: #fff}</style>"
    "<figure><figcaption>not to be seen</figcaption></figure>",
    "dark: color-contrast: 1.00": "<style>[data-theme='dark'] p {color: #222; background: #222}"
    "</style><p>not to be seen in the dark</p>",
    "(axe: bgImage): <p": f'<p style="color: #999; background: url({PIXEL})">on a picture</p>',
    "(axe: bgGradient): <p": f'<p style="color: #888; background: {GREY}">on a gradient</p>',
    "(axe: shortTextContent): <p": '<p style="color: #ddd; background: #fff">x</p>',
    "(axe: nonBmp): <p": '<p style="color: #ddd; background: #fff">−</p>',
    "(axe: bgOverlap): <p": '<div style="position: relative"><p>under something</p>'
    '<div style="position: absolute; inset: 0; background: #000"></div></div>',
    "(axe: nonBmp): <mo": '<p style="color: #ddd; background: #fff">'
    "a formula <math><mo>−</mo><mi>x</mi></math></p>",
}


def broken_page(path, body):
    body = f"<main><h1>t</h1>{body}</main>"
    path.write_text(f'<!doctype html><html lang="en"><title>t</title>{body}</html>')
    return path.as_uri()


@pytest.mark.parametrize("said", BROKEN)
def test_a_broken_page_is_red(said, browser, tmp_path):
    found = look_at(browser, broken_page(tmp_path / "page.html", BROKEN[said]), {})
    assert any(said in text for text in found), found


def test_a_fault_that_only_a_phone_shows(browser, tmp_path):
    wide = "<style>@media (min-width: 600px) { button { display: none } }</style>"
    address = broken_page(tmp_path / "page.html", f"{wide}<button></button>")
    assert look_at(browser, address, {}) == []
    (found,) = look_at(browser, address, {}, as_template=True)
    assert found.startswith("dark phone: button-name")


GOOD = {
    "over a picture": f'<p style="color: #111; background: url({PIXEL})">on a picture</p>',
    "over a gradient": f'<p style="color: #fff; background: {GREY}; font-size: 24px">large</p>',
    "one sign": '<p style="color: #555; background: #fff">x</p>',
    "an operator": '<p style="color: #555"><math><mo>−</mo><mn>1</mn></math></p>',
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_sound_text_is_green_where_axe_cannot_decide(kind, browser, tmp_path):
    assert look_at(browser, broken_page(tmp_path / "page.html", GOOD[kind]), {}) == []


# --- what is remembered -------------------------------------------------------------------------


@pytest.fixture
def remembered(browser, tmp_path):
    """Make a site of one page that was looked at and found to be in order."""
    site = tmp_path / "site"
    (site / "_static").mkdir(parents=True)
    (site / "_static" / "a.css").write_text("p { color: #111; background: #fff }")
    shutil.copy(Path(__file__).parents[2] / "book" / "figures" / "zoo.svg", site / "a.svg")
    head = '<link rel="stylesheet" href="_static/a.css">'
    broken_page(site / "a.html", f'{head}<p>text</p><img src="a.svg" width="300" alt="All cells">')
    passes = Passes(tmp_path / "passes")
    assert Looks(browser, site, passes).problems("a") == []
    return site, lambda: Looks(browser, site, passes).problems("a")


def test_a_page_in_order_is_not_looked_at_twice(remembered, monkeypatch):
    _, problems = remembered
    monkeypatch.setattr("page_memory.look_at", lambda *_: ["looked at"])
    assert problems() == []
    monkeypatch.setenv("FRESH", "1")
    assert problems() == ["looked at"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("a.html", "<p>", "<p style='color: #fff'>", "equalRatio"),
        ("_static/a.css", "#111", "#bbb", "color-contrast"),
        ("a.svg", "<svg", "<sv", "broken image"),
    ],
)
def test_a_fault_after_a_remembered_pass_is_found(remembered, file, old, new, said):
    site, problems = remembered
    text = (site / file).read_text()
    assert old in text
    (site / file).write_text(text.replace(old, new, 1))
    assert any(said in text for text in problems())
    assert problems() != []  # a fault is not remembered


def test_the_index_of_the_search_counts_for_the_page_of_the_search_only(browser, tmp_path):
    (tmp_path / "_static").mkdir()
    keys = []
    for index in ("one", "another"):
        (tmp_path / "searchindex.js").write_text(index)
        looks = Looks(browser, tmp_path, Passes(tmp_path / "passes"))
        for name in ("a", "search"):
            broken_page(tmp_path / f"{name}.html", '<script src="searchindex.js"></script>')
            keys.append(looks.key(tmp_path / f"{name}.html"))
    a, search, a_later, search_later = keys
    assert (a == a_later, search == search_later) == (True, False)
