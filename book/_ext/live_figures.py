"""Sphinx extension: figures that answer, and the scripts that pages load.

``{live} NAME`` holds a question, a sentence on what to see and a stored picture. Where scripts run,
``book/assets/js/NAME.js`` puts the live figure in the place of the picture; where not, and in
Lab, the picture stands there. Its modules become one classic script, see :mod:`classic_scripts`.
The weights of a trained model become a script, too, see :mod:`weight_scripts`; below the figure
stands which study trained it.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from classic_scripts import bundle
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from weight_scripts import digest_of, weight_script

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from page_arrays import read_arrays

MODULES = Path("book", "assets", "js")
FOLDER = "live"
WEIGHTS = {
    "review-reader": "review_reader",
    "forgetting-race": "forgetting_race",
    "it-writes": "character_writer",
    "digit-listener": "digit_listener",
    "chorale-player": "chorale_player",
}
"""Figures with a trained model, and the study that trained it and keeps its weights."""
FIGURES = ("gates-by-hand", "data-into-windows", "backprop-by-hand", "leaking-windows", *WEIGHTS)
SCRIPTS = (*FIGURES, "library", "quiz")
"""Entries that become a script of their own, below ``_static/live``."""


class live_figure(nodes.General, nodes.Element):  # type: ignore[misc]
    """A figure that a script brings to life."""


SOURCE = "Weights: trained by `{study}` on {date}, sha256 `{sha256:.16}`."


class Trained(NamedTuple):
    """A model for a page: its script, the digest of its weights, and where it comes from."""

    script: str
    sha256: str
    provenance: dict[str, str]


@cache
def trained(root: Path, name: str) -> Trained:
    """Make the script of a figure's weights from what its study keeps.

    Raises
    ------
    ValueError
        If the weights are not those whose digest the study has recorded.
    """
    study = Path(root, "studies", WEIGHTS[name])
    made = json.loads(study.with_suffix(".json").read_text(encoding="utf-8"))
    (digest,) = (part["weights"] for part in made["results"].values() if "weights" in part)
    arrays = read_arrays(study.with_suffix(".npz"), digest)
    provenance = {"study": f"studies/{study.name}.py", "date": made["provenance"]["date"]}
    script = weight_script(name, arrays, {**provenance, "found": json.dumps(made["results"])})
    return Trained(script, digest_of(script), provenance)


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
        if name in WEIGHTS:
            root = Path(self.env.srcdir)
            for suffix in (".json", ".npz"):
                self.env.note_dependency(str(root / "studies" / f"{WEIGHTS[name]}{suffix}"))
            model = trained(root, name)
            figure["sha256"] = model.sha256
            figure += self.parse_text_to_nodes(
                SOURCE.format(sha256=model.sha256, **model.provenance)
            )
        return [figure]


def visit_live(self: HTML5Translator, node: live_figure) -> None:
    """Open the figure."""
    data = {"data-live": node["name"], "data-sha256": node.get("sha256", "")}
    self.body.append(self.starttag(node, "div", CLASS="live", **data))


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
    for name in WEIGHTS:
        script = trained(Path(app.srcdir), name).script
        (folder / f"{name}-weights.js").write_text(script, encoding="utf-8")


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
