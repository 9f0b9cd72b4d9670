"""A digest of everything in this repository that a piece of Python depends on."""

import ast
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "gru_course"


def digest_of_code(sources: Sequence[str]) -> str:
    """Digest sources and the modules of the package that they import, directly or not.

    Only what a name stands for counts: ``from gru_course.data import load`` leads to the module
    that defines ``load``, not through the ``__init__`` to every other module beside it. An
    ``__init__`` that merely lies on the way to a module is taken to have no effect on results.

    The checksums of the data stand in those modules, so data count as well. Comments and
    docstrings do not: they cannot change an output.
    """
    digest = hashlib.sha256()
    for source in sources:
        digest.update(_code_only(source).encode())
    seen: set[Path] = set()
    waiting = [module for source in sources for module in _imported_modules(source, PACKAGE)]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            text = module.read_text(encoding="utf-8")
            waiting += _imported_modules(text, module.parent)
    for module in sorted(seen):
        digest.update(_code_only(module.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def _code_only(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        # A text that stands alone is a docstring, of a module, a function or a constant.
        text = getattr(node, "value", None) if isinstance(node, ast.Expr) else None
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            text.value = ""
    return repr(_canonical(tree))


def _canonical(node: Any) -> Any:
    """Turn a syntax tree into tuples; unlike ast.dump, the same in every Python version."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return (type(node).__name__, *((name, _canonical(value)) for name, value in fields))
    if isinstance(node, list):
        return tuple(_canonical(item) for item in node)
    return node


def _imported_modules(source: str, folder: Path) -> list[Path]:
    """List the files of the package that a piece of Python, kept in `folder`, imports."""
    found: list[Path | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [_file(_place(alias.name)) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            place = _imported_from(node, folder)
            found += [_defining_file(place, alias.name) for alias in node.names]
    return [path for path in found if path]


def _imported_from(node: ast.ImportFrom, folder: Path) -> Path:
    """Return where ``from ... import`` looks: a package's folder, or a module without ``.py``."""
    if not node.level:
        return _place(node.module or "")
    place = folder
    for _ in range(node.level - 1):
        place = place.parent
    return place.joinpath(*node.module.split(".")) if node.module else place


def _place(name: str) -> Path:
    return PACKAGE.parent.joinpath(*name.split("."))


def _file(place: Path) -> Path | None:
    """Return the file that runs when `place` is imported; None if it is not of the package."""
    if place != PACKAGE and PACKAGE not in place.parents:
        return None
    candidates = (place / "__init__.py", place.with_name(f"{place.name}.py"))
    return next((path for path in candidates if path.is_file()), None)


def _defining_file(place: Path, name: str) -> Path | None:
    """Return the file that defines what ``from place import name`` gives."""
    file = _file(place)
    if not file or file.name != "__init__.py":
        return file
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            origin = _imported_from(node, file.parent)
            for alias in node.names:
                if (alias.asname or alias.name) == name and origin != place and _file(origin):
                    return _defining_file(origin, alias.name)
    return _file(place / name) or file
