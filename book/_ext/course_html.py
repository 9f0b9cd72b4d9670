"""Sphinx extension: what this book needs beyond the stock theme.

* Equations become MathML while building: no script, no late jump of the page, nothing
  fetched. The STIX Two Math font comes from the installed package ``ziamath``, cut down
  to the glyphs that the book uses.
* ``{bounds-table}`` shows the promises of ``notebooks/bounds.toml``.
* Accessibility defects of the theme's markup are repaired, and a picture without
  alternative text is a warning, which in this book is an error.
"""

import base64
import io
import math
import re
from pathlib import Path

import ziamath
from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from gru_course.course.bounds import PROFILES, Bound, load_bounds

log = logging.getLogger(__name__)

MATH_FONT = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
MATH_CSS = "course-math.css"

IMAGE_WITHOUT_ALT = re.compile(r'<img[^>]*alt="(?:|[^"]*\.(?:png|svg|jpe?g|gif))"[^>]*>')

# Each pair is a defect of sphinx-book-theme 1.3, pydata-sphinx-theme 0.17 or
# sphinxcontrib-bibtex 2.7 that axe-core reports; a later theme may drop some.
REPAIRS = [
    # The visible label of the search button must be part of its name.
    (
        r'(<button class="btn search-button-field[^>]*?)aria-label="Search"',
        r'\1aria-label="Search Ctrl+K"',
    ),
    # The icons of the theme switch are decoration beside the button's own name.
    (
        r'<i class="(theme-switch [^"]*)" data-mode="(\w+)"\s+title="[^"]*">',
        r'<i class="\1" data-mode="\2" aria-hidden="true">',
    ),
    # "Toggle hidden content" contradicts the visible text of the summary.
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    # All content belongs to a landmark.
    (
        r'<div id="pst-primary-sidebar" class',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book navigation" class',
    ),
    # A formula and the mark behind it stay on one line.
    (r"(<math [^>]*>(?:(?!</math>).)*</math>[,.;:?!)]+)", r'<span class="with-mark">\1</span>'),
    # A list without list items, and a deprecated role.
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    (r' role="doc-biblioentry"', ""),
]


def _mathml(tex: str, display: str, location: nodes.Node) -> str:
    # latex2mathml knows the alignment of align*, not of its inner form aligned.
    tex = re.sub(r"\\(begin|end)\{(?:aligned|split)\}", r"\\\1{align*}", tex)
    mathml: str = convert(tex, display=display)
    if "\\" in mathml or "<mi>&amp;</mi>" in mathml or "<mo>&amp;</mo>" in mathml:
        log.warning("cannot turn this into MathML: %s", tex, location=location, type="course")
    return mathml


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    self.body.append(_mathml(node.astext(), "inline", node))
    raise nodes.SkipNode


def visit_displaymath(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on its own line, with its number and a link to itself."""
    self.body.append(self.starttag(node, "div", CLASS="math math-block", tabindex="0"))
    self.body.append(_mathml(node.astext(), "block", node))
    if node.get("number"):
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _bounds(bound: Bound) -> str:
    """Write the bounds of a metric so briefly that three columns fit a phone."""
    floor, ceiling = f"{bound.floor:g}", f"{bound.ceiling:g}"
    if math.isinf(bound.ceiling):
        text = f"≥ {floor}"
    else:
        text = f"≤ {ceiling}" if math.isinf(bound.floor) else f"{floor} to {ceiling}"
    return (
        text.replace("≤ ", "≤\u00a0").replace("≥ ", "≥\u00a0").replace("-", "\u2011")
    )  # no breaks


class BoundsTable(SphinxDirective):
    """A table of all notebooks, metrics and bounds."""

    def run(self) -> list[nodes.Node]:
        """Read the file that the tests read, so that the page cannot say otherwise."""
        path = Path(self.env.srcdir) / "notebooks" / "bounds.toml"
        self.env.note_dependency(str(path))
        promises = load_bounds(path)
        lines = ["| promise | quick | full |", "|---|---|---|"]
        for notebook in dict.fromkeys(name for name, _ in promises):
            both = [promises[notebook, profile] for profile in PROFILES]
            seconds = " | ".join(f"≤\u00a0{p.budget_cpu_seconds:g}" for p in both)
            lines.append(f"| **{notebook}**, seconds of CPU time | {seconds} |")
            bounds = [{bound.metric: _bounds(bound) for bound in p.bounds} for p in both]
            for metric in dict.fromkeys(m for p in bounds for m in p):
                lines.append(
                    f"| `{metric}` | " + " | ".join(p.get(metric, "–") for p in bounds) + " |"
                )
        return self.parse_text_to_nodes("\n".join(lines))


def warn_of_missing_alt(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, str], doctree: object
) -> None:
    """Complain about each picture whose alternative text is missing or a file name."""
    for match in IMAGE_WITHOUT_ALT.finditer(context.get("body") or ""):
        log.warning(
            "image without alternative text: %s",
            match.group(0)[:120],
            location=pagename,
            type="course",
        )


def name_the_module(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Head the docstring of a module with its name, or its members would run on unannounced."""
    if what == "module":
        lines[:0] = [f".. rubric:: {name}", "   :heading-level: 2", ""]


def _write_math_css(out: Path, characters: set[str]) -> None:
    """Embed the glyphs in the style sheet: no second request, also from ``file://``."""
    # With a time stamp, each build would give other bytes.
    font = TTFont(MATH_FONT, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=["*"], hinting=False))
    cutter.populate(unicodes=[ord(c) for c in characters | set("0123456789()[]{}|=+-−√")])
    cutter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)
    encoded = base64.b64encode(buffer.getvalue()).decode()
    css = (
        "@font-face { font-family: 'Course Math'; "
        f"src: url(data:font/ttf;base64,{encoded}) format('truetype'); }}\n"
        "math { font-family: 'Course Math', math; }\n"
    )
    (out / "_static" / MATH_CSS).write_text(css, encoding="utf-8")


def _math_characters(html: str) -> set[str]:
    """Collect the characters of all formulas, upright letters also in bold and italic."""
    characters: set[str] = set()
    for formula in re.findall(r"<math.*?</math>", html, flags=re.DOTALL):
        text = re.sub(r"<[^>]*>", "", formula)
        text = re.sub(r"&#x([0-9A-Fa-f]+);", lambda m: chr(int(m.group(1), 16)), text)
        characters |= set(text)
        # A lone letter in <mi> is shown in mathematical italic.
        for letter in re.findall(r"<mi>(?:&#x([0-9A-Fa-f]+);|(\w))</mi>", formula):
            characters.add(_italic(chr(int(letter[0], 16)) if letter[0] else letter[1]))
    return characters


def _italic(letter: str) -> str:
    if letter == "h":
        return "\u210e"
    for first, italic_first, count in (("A", 0x1D434, 26), ("a", 0x1D44E, 26), ("α", 0x1D6FC, 25)):
        if 0 <= ord(letter) - ord(first) < count:
            return chr(italic_first + ord(letter) - ord(first))
    return letter


def finish_pages(app: Sphinx, error: Exception | None) -> None:
    """Repair the markup of every page and write the font for the formulas in them."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    characters: set[str] = set()
    for path in out.rglob("*.html"):
        if "_static" in path.parts:
            continue
        old = html = path.read_text(encoding="utf-8")
        for pattern, replacement in REPAIRS:
            html = re.sub(pattern, replacement, html)
        characters |= _math_characters(html)
        if html != old:
            path.write_text(html, encoding="utf-8")
    _write_math_css(out, characters)


def setup(app: Sphinx) -> dict[str, object]:
    """Register everything with Sphinx."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(visit_math, None),
        block_renderers=(visit_displaymath, None),
    )
    app.add_directive("bounds-table", BoundsTable)
    app.add_css_file(MATH_CSS)
    app.connect("html-page-context", warn_of_missing_alt)
    app.connect("autodoc-process-docstring", name_the_module)
    app.connect("build-finished", finish_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
