"""Sphinx extension: what a reader has read and answered, shown in the contents.

``book/assets/js/progress.js`` does it, in the reader's browser. What it cannot know by itself is
which pages there are and which questions they have: the build writes that in front of the script.
A page that can be read is one with the box "Before you start".
"""

import json
from collections.abc import Iterable
from pathlib import Path

from classic_scripts import bundle
from docutils import nodes
from live_figures import FOLDER, MODULES
from quiz import quiz
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

NAME = "progress"
BOX = "before-you-start"


def contents_of(env: BuildEnvironment) -> dict[str, list[str]]:
    """Give the names of the questions of each page that can be read; kept with the environment."""
    found: dict[str, list[str]] = vars(env).setdefault("gru_course_contents", {})
    return found


def note_page(app: Sphinx, doctree: nodes.document) -> None:
    """Note the questions of a page that was just read."""
    contents_of(app.env).pop(app.env.docname, None)
    if any(BOX in box["classes"] for box in doctree.findall(nodes.Admonition)):
        questions = [node["name"] for node in doctree.findall(quiz)]
        contents_of(app.env)[app.env.docname] = questions


def forget_page(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again or is no more."""
    contents_of(env).pop(docname, None)


def join_pages(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over what another process has noted."""
    contents_of(env).update(contents_of(other))


def write_script(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the script before the pages that load it."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    contents = json.dumps(dict(sorted(contents_of(env).items())), separators=(",", ":"))
    script = f"globalThis.gruCourseContents = {contents};\n"
    script += bundle(Path(app.srcdir) / MODULES, NAME)
    (folder / f"{NAME}.js").write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the script with every page."""
    app.connect("doctree-read", note_page)
    app.connect("env-purge-doc", forget_page)
    app.connect("env-merge-info", join_pages)
    app.connect("env-updated", write_script)
    app.add_css_file("css/progress.css")
    app.add_js_file(f"{FOLDER}/{NAME}.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
