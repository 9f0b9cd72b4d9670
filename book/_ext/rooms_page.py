"""Sphinx extension: ``{rooms}`` draws the rooms of the package, as its contracts hold them.

The rows are the layers of import-linter in ``pyproject.toml``, the highest first; what a room holds
is the first sentence of its docstring. So the drawing cannot say anything else than ``make lint``.
"""

import ast
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def sentence(module: Path) -> str:
    """Return the first line of the docstring of a module or package."""
    file = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{file} does not say what it holds: give it a docstring")
    return docstring.partition("\n\n")[0].replace("\n", " ")


class Rooms(SphinxDirective):
    """One row of cards for each layer, and the contracts in words."""

    def run(self) -> list[nodes.Node]:
        """Read the contracts and the docstrings."""
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / "pyproject.toml"))
        settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        contracts = settings["tool"]["importlinter"]["contracts"]
        (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
        lines = []
        for layer in layers:
            rooms = [room.strip() for room in layer.split("|")]
            lines += [f"::::{{grid}} 1 1 {len(rooms)} {len(rooms)}", ":gutter: 2", ""]
            for room in rooms:
                module = root / "src" / "gru_course" / room
                lines += [f":::{{grid-item-card}} {room}", sentence(module)]
                lines.append(":::")
            lines.append("::::")
        folders = sorted((root / "src" / "gru_course" / "apps").glob("*/__init__.py"))
        lines += ["", "The applications in `apps`:", ""]
        lines += [f"- **{file.parent.name}**: {sentence(file.parent)}" for file in folders]
        lines += ["", "What is held:", "", *(f"- {contract['name']}." for contract in contracts)]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directive."""
    app.add_directive("rooms", Rooms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
