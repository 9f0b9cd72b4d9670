"""A digest of everything in this repository that a piece of Python depends on."""

import ast
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "gru_course"


def digest_of_code(sources: Sequence[str]) -> str:
    """Digest sources and the modules of the package that they import, directly or not.

    The checksums of the data stand in those modules, so data count as well. Comments and
    docstrings do not: they cannot change an output.
    """
    digest = hashlib.sha256()
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
    return repr(_canonical(tree))


def _canonical(node: Any) -> Any:
    """Turn a syntax tree into tuples; unlike ast.dump, the same in every Python version."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        return (type(node).__name__, *((name, _canonical(value)) for name, value in fields))
    if isinstance(node, list):
        return tuple(_canonical(item) for item in node)
    return node


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
