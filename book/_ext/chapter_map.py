"""Sphinx extension: the map of the chapters, and the version of the course under every page.

``{chapter-map}`` lists the pages of ``_toc.yml`` part by part, so that a new page needs no further
entry. Its content says for each part which question it answers, a line each: ``Part: question``.
The version is that of ``pyproject.toml``.
"""

import tomllib
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective


class ChapterMap(SphinxDirective):
    """A table of the parts, their questions and their pages."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Read the table of contents that the build reads."""
        path = Path(self.env.srcdir) / "_toc.yml"
        self.env.note_dependency(str(path))
        parts = yaml.safe_load(path.read_text(encoding="utf-8"))["parts"]
        pages = {part["caption"]: [c["file"] for c in part["chapters"]] for part in parts}
        said = (line.partition(":") for line in self.content if line.strip())
        questions = {part.strip(): question.strip() for part, _, question in said}
        if list(questions) != list(pages) or not all(questions.values()):
            raise self.error(
                f"a question is needed for each part of _toc.yml, {', '.join(pages)}, in this "
                f"order; there is one for {', '.join(p for p, q in questions.items() if q)}"
            )
        lines = ["| Part | Question | Pages |", "|---|---|---|"]
        for part, question in questions.items():
            links = ", ".join(f"{{doc}}`/{page}`" for page in pages[part])
            lines.append(f"| {part} | {question} | {links} |")
        return self.parse_text_to_nodes("\n".join(lines))


def show_version(app: Sphinx, config: Config) -> None:
    """Put the version before what else stands at the foot of every page."""
    project = tomllib.loads((Path(app.srcdir) / "pyproject.toml").read_text(encoding="utf-8"))
    theme = config.html_theme_options
    version = f"Version {project['project']['version']}."
    theme["extra_footer"] = f"{version} {theme.get('extra_footer', '')}".strip()


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive and the version."""
    app.add_directive("chapter-map", ChapterMap)
    app.connect("config-inited", show_version)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
