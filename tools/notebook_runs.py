"""Running, storing and dating notebooks; used by ``run_notebooks.py`` and by the tests."""

import time
from pathlib import Path
from typing import Any

import nbformat
import papermill
from provenance import violations

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
KEPT_CELL_METADATA = {"tags", "mystnb"}


def run_notebook(path: Path, profile: str, folder: Path) -> tuple[Any, float]:
    """Run a notebook in a profile; return it with its outputs, and the seconds it took.

    Parameters
    ----------
    path : pathlib.Path
        The notebook; the file is not touched.
    profile : str
        ``"quick"`` or ``"full"``, injected as the parameter ``profile``.
    folder : pathlib.Path
        Where papermill may write.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        If a cell raises.
    ValueError
        If the notebook has no parameter ``profile``: an unknown one would be ignored silently.
    """
    if "profile" not in papermill.inspect_notebook(str(path)):
        raise ValueError(f"{path.name} has no cell tagged 'parameters' that sets profile")
    start = time.perf_counter()
    notebook = papermill.execute_notebook(
        str(path),
        str(folder / path.name),
        parameters={"profile": profile},
        kernel_name="python3",
        cwd=str(path.parent),
        progress_bar=False,
        execution_timeout=1800,
        start_timeout=120,
        log_output=False,
    )
    return notebook, time.perf_counter() - start


def canonical(notebook: Any, stem: str) -> Any:
    """Strip what differs between two equal runs; the stamp stays as it is."""
    notebook.cells = [
        c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])
    ]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{stem[:2]}-{number:03d}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA and v}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "gru_course": notebook.metadata.get("gru_course", {}),
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def store(notebook: Any, path: Path) -> None:
    """Write a notebook so that an interruption leaves the old file whole."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    temporary.replace(path)


def compared_share(notebook: Any) -> float:
    """Return the share of cells with output that nbval compares; it never looks into pictures."""
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.outputs]
    compared = [
        cell
        for cell in cells
        if "nbval-ignore-output" not in cell.metadata.get("tags", [])
        and not all("image/png" in output.get("data", {}) for output in cell.outputs)
    ]
    return len(compared) / len(cells) if cells else 0.0


def freshness_violations(path: Path, root: Path = ROOT) -> list[str]:
    """Say why the stored outputs of a notebook cannot be trusted; empty if they can."""
    notebook = nbformat.read(path, as_version=4)
    found = []
    if notebook.metadata.get("gru_course", {}).get("profile") != "full":
        found.append("its stored outputs are not those of the full profile: run make execute")
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    if [c.execution_count for c in code] != list(range(1, len(code) + 1)):
        found.append("its cells were not run once each, from top to bottom")
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        found.append("a stored output is an error")
    result = path.relative_to(root).as_posix()
    return [f"{path.name}: {text}" for text in found] or violations(result, root)
