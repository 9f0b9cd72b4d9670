"""Sphinx extension: places in which exercises can be answered by Python in the page.

Below the code of each exercise that is checked stands an empty place, and above the first a note.
``make book PYTHON_IN_PAGE=1`` adds Pyodide to the site (``tools/add_python.py``); then
``book/assets/js/python.js`` puts an editor in each place. In any other book the places stay empty,
and the note says what that command would bring.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_exercise_node

from gru_course.exercises.registry import EXERCISES

ELSEWHERE = {
    "4.7": "it needs Keras",
    "5.5": "one of its usual answers needs SciPy",
    "7.1": "it needs whole numbers of 32 bits",
    "9.5": "it needs Keras",
    "10.6": "it needs Keras",
    "14.4": "it needs numbers of 32 bits",
    "14.5": "it needs Keras",
}
"""Exercises that the small NumPy of the page cannot run, and why. A test runs all others in it."""
IN_PAGE = tuple(number for number in EXERCISES if number not in ELSEWHERE)
EDITION = Path("_static", "live", "python-edition.js")
"""Says whether a site has Python; `tools/add_python.py` writes another one."""
COMMAND = "make book PYTHON_IN_PAGE=1"


class python_place(nodes.General, nodes.Element):  # type: ignore[misc]
    """Where an editor appears."""


class python_note(nodes.General, nodes.Element):  # type: ignore[misc]
    """What is said above the exercises of a page."""


def add_places(app: Sphinx, doctree: nodes.document) -> None:
    """Put a place behind the code of each exercise, and a note before the first of them."""
    first: nodes.Element | None = None
    numbers = []
    for exercise in list(doctree.findall(is_exercise_node)):
        number = str(exercise.get("label", "")).removeprefix("ex-").replace("-", ".", 1)
        code = next((n for n in exercise.findall(nodes.literal_block) if _is_python(n)), None)
        if number not in IN_PAGE or code is None:
            continue
        code.parent.insert(code.parent.index(code) + 1, python_place(number=number))
        numbers.append(number)
        first = exercise if first is None else first
    if first is not None:
        note = python_note(lesson=f"{int(numbers[0].partition('.')[0]):02}")
        listed = f"{', '.join(numbers[:-1])} and {numbers[-1]}" if numbers[1:] else numbers[0]
        note += nodes.paragraph(
            "", "",
            nodes.Text("In a book made with "), nodes.literal(text=COMMAND),
            nodes.Text(f", {listed} can also be answered on this page, without Jupyter."),
        )  # fmt: skip
        first.parent.insert(first.parent.index(first), note)


def _is_python(block: nodes.literal_block) -> bool:
    return block.get("language") in ("python", "ipython3")


def visit_place(self: HTML5Translator, node: python_place) -> None:
    """Leave an empty place."""
    data = {"data-exercise": node["number"]}
    self.body.append(f"{self.starttag(node, 'div', '', CLASS='page-python', **data)}</div>\n")
    raise nodes.SkipNode


def visit_note(self: HTML5Translator, node: python_note) -> None:
    """Open the note."""
    data = {"data-lesson": node["lesson"]}
    self.body.append(self.starttag(node, "div", "", CLASS="page-python-note", **data))


def depart_note(self: HTML5Translator, node: python_note) -> None:
    """Close it."""
    self.body.append("</div>\n")


def skip(self: Any, node: nodes.Element) -> None:
    """Leave out what only a page needs."""
    raise nodes.SkipNode


def load_script(
    app: Sphinx, pagename: str, template: str, context: object, doctree: nodes.document | None
) -> None:
    """Let pages with places load script and style."""
    if doctree and next(iter(doctree.findall(python_place)), None):
        app.add_css_file("css/python.css")
        app.add_js_file("live/python-edition.js", loading_method="defer")
        app.add_js_file("live/python.js", loading_method="defer")


def write_edition(app: Sphinx) -> None:
    """Say that this site has no Python."""
    if app.builder.format == "html":
        path = Path(app.outdir, EDITION)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"// This book was made without Python in its pages: {COMMAND}\n")


def setup(app: Sphinx) -> dict[str, object]:
    """Register the places."""
    app.add_node(python_place, html=(visit_place, None), text=(skip, None), latex=(skip, None))
    app.add_node(python_note, html=(visit_note, depart_note), text=(skip, None), latex=(skip, None))
    app.connect("doctree-read", add_places)
    app.connect("builder-inited", write_edition)
    app.connect("html-page-context", load_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
