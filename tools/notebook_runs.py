"""Running, storing and dating notebooks; used by ``run_notebooks.py`` and by the tests."""

import ast
import hashlib
import time
from pathlib import Path
from typing import Any

import nbformat
import papermill

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
PACKAGE = ROOT / "src" / "gru_course"
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


def canonical(notebook: Any, stem: str, profile: str) -> Any:
    """Strip what differs between two equal runs, and note what the outputs came from."""
    notebook.cells = [c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]
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
        "gru_course": {"profile": profile, "inputs": inputs_digest(notebook)},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def store(notebook: Any, path: Path) -> None:
    """Write a notebook so that an interruption leaves the old file whole."""
    temporary = path.with_suffix(".tmp")
    temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    temporary.replace(path)


def inputs_digest(notebook: Any) -> str:
    """Digest what the outputs depend on: the code cells and the modules they import.

    The checksums of the data stand in those modules, so data count as well. Comments and
    docstrings do not: they cannot change an output.
    """
    digest = hashlib.sha256()
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    for source in sources:
        digest.update(_code_only(source).encode())
    seen: set[Path] = set()
    waiting = [module for source in sources for module in _imported_modules(source, None)]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            text = module.read_text(encoding="utf-8")
            waiting += _imported_modules(text, module)
    for module in sorted(seen):
        digest.update(_code_only(module.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def _code_only(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        ):
            body[0].value.value = ""
    return ast.dump(tree)


def _imported_modules(source: str, module: Path | None) -> list[Path]:
    """List the files of the package that a piece of Python imports."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parent = node.module or ""
            if node.level and module:
                base = module.parent.relative_to(PACKAGE.parent).parts
                base = base[: len(base) - node.level + 1]
                parent = ".".join([*base, *([node.module] if node.module else [])])
            names = [parent, *(f"{parent}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] != PACKAGE.name:
                continue
            for depth in range(1, len(parts) + 1):
                path = PACKAGE.parent.joinpath(*parts[:depth])
                found += [p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()]
    return found


def freshness_violations(path: Path) -> list[str]:
    """Say why the stored outputs of a notebook cannot be trusted; empty if they can."""
    notebook = nbformat.read(path, as_version=4)
    stamp = notebook.metadata.get("gru_course", {})
    found = []
    if stamp.get("profile") != "full":
        found.append("its stored outputs are not those of the full profile: run make execute")
    elif stamp.get("inputs") != inputs_digest(notebook):
        found.append("its stored outputs are older than its code or its data: run make execute")
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    if [c.execution_count for c in code] != list(range(1, len(code) + 1)):
        found.append("its cells were not run once each, from top to bottom")
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        found.append("a stored output is an error")
    return [f"{path.name}: {text}" for text in found]
