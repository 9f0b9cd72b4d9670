"""Sphinx extension: figures that answer, and the scripts that pages load.

``{live} NAME`` holds a question, a sentence on what to see and a stored picture. Where scripts run,
``book/assets/js/NAME.js`` puts the live figure in the place of the picture; where not, and in
Lab, the picture stands there. Its modules become one classic script, see :mod:`classic_scripts`.
"""

from pathlib import Path
from typing import Any

from classic_scripts import bundle
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

MODULES = Path("book", "assets", "js")
FOLDER = "live"
FIGURES = ("gates-by-hand", "data-into-windows")
SCRIPTS = (*FIGURES, "library", "quiz")
"""Entries that become a script of their own, below ``_static/live``."""


class live_figure(nodes.General, nodes.Element):  # type: ignore[misc]
    """A figure that a script brings to life."""


class Live(SphinxDirective):
    """A question, a sentence and a stored picture, in the place of which the figure appears."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Read the content as usual text."""
        (name,) = self.arguments
        if name not in FIGURES:
            raise self.error(f"there is no live figure {name!r}; expected {', '.join(FIGURES)}")
        figure = live_figure(name=name, ids=[name])
        figure += self.parse_content_to_nodes()
        if not list(figure.findall(nodes.image)):
            raise self.error(f"{name}: a stored picture is needed for pages without scripts")
        return [figure]


def visit_live(self: HTML5Translator, node: live_figure) -> None:
    """Open the figure."""
    self.body.append(self.starttag(node, "div", CLASS="live", **{"data-live": node["name"]}))


def depart_live(self: HTML5Translator, node: live_figure) -> None:
    """Close the figure."""
    self.body.append("</div>\n")


def visit_elsewhere(self: Any, node: live_figure) -> None:
    """Write what it holds where there are no scripts."""


def write_scripts(app: Sphinx) -> None:
    """Join the modules before the pages are written."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCRIPTS:
        script = bundle(Path(app.srcdir) / MODULES, name)
        (folder / f"{name}.js").write_text(script, encoding="utf-8")


def load_scripts(
    app: Sphinx, pagename: str, template: str, context: object, doctree: nodes.document | None
) -> None:
    """Let a page load the scripts of its own figures, and no others."""
    names = {node["name"] for node in doctree.findall(live_figure)} if doctree else set()
    if names:
        app.add_css_file("css/live.css")
    for name in sorted(names):
        app.add_js_file(f"{FOLDER}/{name}.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    plain = (visit_elsewhere, visit_elsewhere)
    app.add_node(live_figure, html=(visit_live, depart_live), text=plain, latex=plain)
    app.add_directive("live", Live)
    app.connect("builder-inited", write_scripts)
    app.connect("html-page-context", load_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
