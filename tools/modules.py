"""The modules of a checkout: what they define and import, and what their names mean."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

WHOLE = "*"
"""Name of the definition that stands for everything in a module."""


ONLY_TYPES = {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
"""Conditions that hold for nobody but a type checker."""


class Ref(NamedTuple):
    """A definition: its module and its name there."""

    module: str
    name: str


class Outside(NamedTuple):
    """Something that is not of this repository, by its full name."""

    name: str


class ModuleName(NamedTuple):
    """A module of this repository."""

    name: str


Meaning = Ref | Outside | ModuleName | None


@dataclass
class Module:
    """The statements of a module by what they do when it is imported."""

    name: str
    path: Path
    text: str
    tree: ast.Module
    package: str
    bound: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    effects: list[ast.stmt] = field(default_factory=list)


class Modules:
    """The modules that can be imported from a checkout.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    search : sequence of str
        Folders below it that modules are imported from; what is found in none is outside.
    """

    def __init__(self, root: Path, search: Sequence[str]) -> None:
        self.root = root
        self._search = [root / place for place in search]
        self._found: dict[str, Module | None] = {}
        self._imported: dict[str, set[str]] = {}
        self._folders: dict[str, bool] = {}

    def add(self, module: Module) -> None:
        """Add a module that is in no file of its own, in the place of one of that name."""
        self._found[module.name] = module
        self._imported.pop(module.name, None)

    def from_file(self, path: Path) -> Module:
        """Return the module in a file, which may be a script that nobody imports."""
        for place in self._search:
            if place in path.parents:
                name = ".".join(path.relative_to(place).with_suffix("").parts)
                module = self.find(name.removesuffix(".__init__"))
                if module is not None and module.path == path:
                    return module
        # By its path: scripts in two folders may have one name.
        place = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        name = f"<{place.as_posix()}>"
        if self._found.get(name) is None:
            self._found[name] = read_module(name, path, path.read_text(encoding="utf-8"), "")
        module = self._found[name]
        assert module is not None
        return module

    def find(self, name: str) -> Module | None:
        """Return a module by its full name, or None if there is no file of it here."""
        if name not in self._found:
            self._found[name] = None
            for place in self._search:
                stem = place.joinpath(*name.split("."))
                for path in (stem / "__init__.py", stem.with_name(f"{stem.name}.py")):
                    if path.is_file() and self._found[name] is None:
                        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                        text = path.read_text(encoding="utf-8")
                        self._found[name] = read_module(name, path, text, package)
        return self._found[name]

    def is_module(self, name: str) -> bool:
        """Say whether a module, or a folder of modules, is of this repository."""
        if self.find(name) is not None:
            return True
        if name not in self._folders:
            places = (place.joinpath(*name.split(".")) for place in self._search if name)
            self._folders[name] = any(place.is_dir() for place in places)
        return self._folders[name]

    def every_module(self) -> list[str]:
        """Name all modules of this repository, also those that another one hides."""
        paths = {path for place in self._search for path in place.rglob("*.py")}
        return sorted({self.from_file(path).name for path in paths})

    def import_closure(self, names: Iterable[str]) -> set[str]:
        """Name the modules that importing some of them may import, and these themselves."""
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            module = self.find(name)
            if module is None or name in seen:
                continue
            seen.add(name)
            if name not in self._imported:
                self._imported[name] = set(self._imported_by(module))
            waiting += self._imported[name]
        return seen

    def _imported_by(self, module: Module) -> Iterator[str]:
        """Name the modules that importing one imports, and those that its functions may import."""
        for node in _walk_what_runs(module.tree):
            if isinstance(node, ast.Import):
                origins = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                origin = _origin(node, module.package)
                origins = [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
            else:
                continue
            for origin in origins:
                parts = origin.split(".")
                yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))

    def resolve(self, module: Module, name: str, seen: frozenset[Ref] = frozenset()) -> Meaning:
        """Say what a global name of a module means; None for a name that Python itself has."""
        if Ref(module.name, name) in seen:
            return None
        seen |= {Ref(module.name, name)}
        if name in module.bound:
            return Ref(module.name, name)
        if name in module.imports:
            return self.imported(*module.imports[name], seen)
        for star in module.stars:
            origin = self.find(star)
            if origin is None:
                if not self.is_module(star):
                    return Outside(f"{star}.{WHOLE}.{name}")
            elif self.resolve(origin, name, seen) is not None:
                # Of several that bring a name, the last one counts, if it was imported at all.
                return Ref(star if len(module.stars) == 1 else module.name, WHOLE)
        return None

    def imported(
        self, origin: str, name: str, seen: frozenset[Ref] = frozenset()
    ) -> Ref | Outside | ModuleName:
        """Say what ``from origin import name`` gives; ``import origin`` has no name."""
        if not self.is_module(origin):
            return Outside(f"{origin}.{name}" if name else origin)
        if not name:
            return ModuleName(origin)
        module = self.find(origin)
        found = self.resolve(module, name, seen) if module else None
        if found is not None:
            return found
        if self.is_module(f"{origin}.{name}"):
            return ModuleName(f"{origin}.{name}")
        return Ref(origin, WHOLE)  # made in a way that cannot be seen from here


def read_module(name: str, path: Path, text: str, package: str) -> Module:
    """Sort the statements of a module by what they do when it is imported."""
    module = Module(name, path, text, ast.parse(text, filename=str(path)), package)
    for stmt in module.tree.body:
        _sort_in(module, stmt, stmt)
    # What a later import hides may have been used before.
    hidden = [s for s in module.tree.body if hidden_by(module.imports, s, package)]
    module.effects += [stmt for stmt in hidden if stmt not in module.effects]
    for node in ast.walk(module.tree):
        # A function that sets a global is one of the places that define it.
        if isinstance(node, ast.Global):
            for stmt in module.tree.body:
                if node in ast.walk(stmt):
                    for bound in node.names:
                        module.bound.setdefault(bound, []).append(stmt)
    return module


def _sort_in(module: Module, stmt: ast.stmt, outermost: ast.stmt) -> None:
    """File a statement under the names that it binds, or among the effects of the import."""
    if isinstance(stmt, ast.Import | ast.ImportFrom):
        collect_imports(stmt, module.package, module.imports, module.stars)
    elif isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        module.bound.setdefault(stmt.name, []).append(outermost)
    elif is_docstring(stmt) or isinstance(stmt, ast.Pass) or is_main_block(stmt):
        pass
    elif isinstance(stmt, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = [*stmt.targets] if isinstance(stmt, ast.Assign) else [stmt.target]
        if isinstance(stmt, ast.AnnAssign) and stmt.value is None:
            return
        plain = all(_is_plain_target(target) for target in targets)
        if isinstance(stmt, ast.AugAssign):  # what it changes may be of another module
            plain = plain and ast.unparse(stmt.target) not in module.imports
        targets += [node.target for node in ast.walk(stmt) if isinstance(node, ast.NamedExpr)]
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    module.bound.setdefault(node.id, []).append(outermost)
        if not plain and outermost not in module.effects:
            module.effects.append(outermost)
    else:
        only_types = isinstance(stmt, ast.If) and ast.unparse(stmt.test) in ONLY_TYPES
        if not only_types and outermost not in module.effects:
            module.effects.append(outermost)
        for node in ast.iter_child_nodes(stmt):
            if isinstance(node, ast.ExceptHandler | ast.match_case):
                for inner in node.body:
                    _sort_in(module, inner, outermost)
            elif isinstance(node, ast.stmt):
                _sort_in(module, node, outermost)
            else:
                for name in ast.walk(node):
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                        module.bound.setdefault(name.id, []).append(outermost)


def _walk_what_runs(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without what stands there for types only."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ONLY_TYPES:
            for other in child.orelse:
                yield from _walk_what_runs(other)
        else:
            yield from _walk_what_runs(child)


def _is_plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_plain_target(element) for element in target.elts)
    return isinstance(target, ast.Name)


def is_docstring(stmt: ast.stmt) -> bool:
    """Say whether a text stands alone: a docstring of a module, a function or a constant."""
    value = stmt.value if isinstance(stmt, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def is_main_block(stmt: ast.stmt) -> bool:
    """Say whether a statement is for a run as a script."""
    return isinstance(stmt, ast.If) and ast.unparse(stmt.test) == "__name__ == '__main__'"


def collect_imports(
    node: ast.Import | ast.ImportFrom,
    package: str,
    imports: dict[str, tuple[str, str]],
    stars: list[str],
) -> None:
    """Note what the names that an import binds stand for."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.split(".")[0]
            imports[name] = (alias.name if alias.asname else name, "")
        elif alias.name == WHOLE:
            stars.append(_origin(node, package))
        else:
            imports[alias.asname or alias.name] = (_origin(node, package), alias.name)


def hidden_by(
    imports: Mapping[str, tuple[str, str]], node: ast.stmt, package: str
) -> list[tuple[str, str]]:
    """List what an import gives under names that stand for something else in the end."""
    given: dict[str, tuple[str, str]] = {}
    if isinstance(node, ast.Import | ast.ImportFrom):
        collect_imports(node, package, given, [])
    return [origin for name, origin in given.items() if imports.get(name, origin) != origin]


def _origin(node: ast.ImportFrom, package: str) -> str:
    """Name the module that ``from ... import`` looks in."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)
