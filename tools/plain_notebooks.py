"""Keep out of stored notebooks what tells of the program that wrote them, and of its user.

Jupyter Lab writes into whatever it opens: the version of a Python, the name of a kernel, the state
of the view. ``lab_config.py`` lets it save the notebooks of the course as they were.
"""

import copy
from typing import Any

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = {"tags", "mystnb"}
FOLDED = "remove-input"
"""The tag of cells that only record numbers: no page shows their source, and Lab folds it."""


def is_folded(cell: Any) -> bool:
    """Say whether a cell has the tag of those that only record."""
    return FOLDED in cell["metadata"].get("tags", [])


def plain_metadata(notebook: Any) -> None:
    """Reduce the metadata of a notebook and of its cells to what the course needs."""
    metadata = notebook["metadata"]
    stamp = metadata.get("gru_course", {})
    metadata.clear()
    metadata.update(copy.deepcopy(METADATA), gru_course=stamp)
    for cell in notebook["cells"]:
        for name, value in list(cell["metadata"].items()):
            if name not in KEPT_CELL_METADATA or not value:
                del cell["metadata"][name]
        if is_folded(cell):
            cell["metadata"]["jupyter"] = {"source_hidden": True}


def before_saving(model: dict[str, Any], path: str, contents_manager: Any) -> None:
    """Save a notebook of the course without traces; leave others as they are."""
    if model["type"] == "notebook" and "gru_course" in model["content"]["metadata"]:
        plain_metadata(model["content"])
