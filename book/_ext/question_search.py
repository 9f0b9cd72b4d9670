"""Sphinx extension: the search of the book understands whole questions.

How results are ordered is in ``question_search.js``; Sphinx's ``html_search_scorer`` takes it.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config


def use_order(app: Sphinx, config: Config) -> None:
    """Name the file by its whole path: Sphinx would look for it where the build was started."""
    config.html_search_scorer = str(Path(__file__).with_suffix(".js"))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the order of the search's results."""
    app.connect("config-inited", use_order)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
