"""Digests of the definitions that a piece of Python reaches, wherever they live.

A definition is a function, a class or a constant of a module. Its digest is that of its syntax
tree, in which each name stands for the digest of what it means. So it does not matter in which
module, under which module name or in which order definitions stand, nor what comments, docstrings,
annotations and the wording of errors say. Everything else counts: bodies, defaults, decorators,
constants, attributes of classes, what importing a module does besides defining, and all that
cannot be resolved is taken to reach as far as it could: a module that is passed on as a value or
imported with a star counts as a whole.

Also counted are the stored results of studies whose names are reached, and the text of code that
a notebook shows to its readers.
"""

import ast
import functools
import graphlib
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

WHOLE = "*"
"""Name of the definition that stands for everything in a module."""
SHOWING = {"inspect.getsource", "inspect.getdoc", "inspect.signature", "help"}
"""Who calls these shows the text of its arguments to a reader."""
HARMLESS = {
    *("builtins", "collections", "contextlib", "cycler", "dataclasses", "enum", "functools"),
    *("itertools", "math", "numpy", "operator", "os.cpu_count", "os.path", "pathlib", "re"),
    *("string", "tensorflow.function", "types", "typing"),
}
"""Outside code that changes nothing but what it returns, called while a module is imported."""
FILING = "register_keras_serializable"
"""A decorator that changes nothing but under which name `LOADING` finds a class."""
LOADING = {"load_model", "deserialize", "deserialize_keras_object", "from_config"}
FIELDS_ARE_NAMES = {"dataclass", "NamedTuple", "TypedDict", "Protocol"}
"""In such classes the annotation of a field says only that there is a field."""
MEANINGFUL_ANNOTATIONS = re.compile(r"\b(ClassVar|InitVar|KW_ONLY)\b")


class Ref(NamedTuple):
    """A definition: its module and its name there."""

    module: str
    name: str


class Outside(NamedTuple):
    """Something that is not of this repository, by its full name."""

    name: str


class ErrorText(NamedTuple):
    """A part of the wording of an error."""

    text: str


class ModuleName(NamedTuple):
    """A module of this repository."""

    name: str


Token = str | Ref | ErrorText
Meaning = Ref | Outside | ModuleName | None


@dataclass(frozen=True)
class Reach:
    """What a piece of Python reaches.

    Parameters
    ----------
    digest : str
        Equal for two pieces that do the same for the reasons given at the head of this module.
    parts : dict
        Name of each reached definition, effect, file or shown text to a digest of that part alone:
        what differs between two of them is why the digests differ.
    """

    digest: str
    parts: dict[str, str]


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


class Scope:
    """Names that a function, a class or a comprehension binds for itself."""

    def __init__(self, parent: "Scope | None", is_class: bool = False) -> None:
        self.parent, self.is_class = parent, is_class
        self.names: set[str] = set()
        self.globals: set[str] = set()
        self.imports: dict[str, tuple[str, str]] = {}


class Repository:
    """The modules of a checkout.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    search : sequence of str
        Folders below it that modules are imported from; what is found in none is outside.
    results : sequence of str
        Folders below it with stored results of studies, ``NAME.json``.
    """

    def __init__(
        self,
        root: Path,
        search: Sequence[str] = ("src", "benchmarks/parts"),
        results: Sequence[str] = ("studies", "benchmarks"),
    ) -> None:
        self.root = root
        self._search = [root / place for place in search]
        self._results = {
            path.name: path for place in results for path in sorted((root / place).glob("*.json"))
        }
        self._result_folders = set(results)
        self._modules: dict[str, Module | None] = {}
        self._tokens: dict[Ref, list[Token]] = {}
        self._imported: dict[str, set[str]] = {}

    def digest_of_script(self, path: Path) -> str:
        """Digest a script and what it reaches; see :meth:`reach_of_script`."""
        return self.reach_of_script(path).digest

    def digest_of(self, path: Path, name: str) -> str:
        """Digest one definition of a file and what it reaches; see :meth:`reach_of`."""
        return self.reach_of(path, name).digest

    def digest_of_cells(self, sources: Sequence[str]) -> str:
        """Digest the code cells of a notebook and what they reach; see :meth:`reach_of_cells`."""
        return self.reach_of_cells(sources).digest

    def reach_of_script(self, path: Path) -> Reach:
        """Follow all that a script defines and does."""
        script = self._from_file(path)
        # What only a run as a script does is part of the script and of no module.
        main = [stmt for stmt in script.tree.body if _is_main_block(stmt)]
        return self._reach(script, [Ref(script.name, WHOLE)], main, texts=False)

    def reach_of(self, path: Path, name: str) -> Reach:
        """Follow one function, class or constant of a file.

        Raises
        ------
        ValueError
            If the file has no such definition.
        """
        module = self._from_file(path)
        if name not in module.bound and name not in module.imports:
            raise ValueError(f"{path.name} defines no {name!r}")
        return self._reach(module, [Ref(module.name, name)], [], texts=False)

    def reach_of_cells(self, sources: Sequence[str]) -> Reach:
        """Follow the code cells of a notebook, whose order counts."""
        text = "\n".join(sources)
        cells = _read_module("notebook", self.root / "notebook", text, "")
        self._imported.pop("notebook", None)
        # A cell that catches an error may show its words.
        caught = any(isinstance(n, ast.ExceptHandler) and n.name for n in ast.walk(cells.tree))
        self._modules["notebook"] = cells
        return self._reach(cells, [], cells.tree.body, texts=caught, shown=True)

    # --- putting a digest together ----------------------------------------------------------------

    def _reach(
        self,
        start: Module,
        refs: list[Ref],
        statements: list[ast.stmt],
        *,
        texts: bool,
        shown: bool = False,
    ) -> Reach:
        reader = _Reader(self, start, local=set(start.bound) if shown else set())
        own = reader.read(statements)
        reached = self._closure([*refs, *_refs(own)])
        effects: dict[str, list[Token]] = {}
        modules = self._import_closure({start.name, *(ref.module for ref in reached)})
        filed: dict[str, list[Token]] = {}
        for name in sorted(modules):
            module = self._module(name)
            assert module is not None
            if name != start.name or not shown:
                for stmt, is_filing in self._effects(module):
                    (filed if is_filing else effects)[f"{name}:{stmt.lineno}"] = _Reader(
                        self, module
                    ).read([stmt])
        reached |= self._closure(_refs(t for tokens in effects.values() for t in tokens))
        everything = [own, *effects.values(), *(self._tokens_of(ref) for ref in reached)]
        if filed and LOADING & {t for tokens in everything for t in tokens if isinstance(t, str)}:
            effects |= filed
            reached |= self._closure(_refs(t for tokens in filed.values() for t in tokens))
        digests = self._digests(reached, texts)

        def full(tokens: Iterable[Token]) -> str:
            return _digest(tokens, digests.__getitem__, texts)

        def alone(tokens: Iterable[Token]) -> str:
            return _digest(tokens, lambda ref: ref.name, texts)

        extra = self._files([own, *(self._tokens_of(ref) for ref in reached)])
        if shown:
            extra |= self._shown_texts(start, statements)
        parts = {f"{ref.module}.{ref.name}": alone(self._tokens_of(ref)) for ref in reached}
        parts |= {
            f"what importing {where} does": alone(tokens) for where, tokens in effects.items()
        }
        parts |= extra
        if own:
            parts["its own code"] = alone(own)
        whole = [
            full(own),
            *(digests[ref] for ref in refs),
            *sorted({full(tokens) for tokens in effects.values()}),
            *(f"{name} {digest}" for name, digest in sorted(extra.items())),
        ]
        return Reach(hashlib.sha256("\n".join(whole).encode()).hexdigest(), parts)

    def _closure(self, refs: Iterable[Ref]) -> set[Ref]:
        seen: set[Ref] = set()
        waiting = list(refs)
        while waiting:
            ref = waiting.pop()
            if ref not in seen:
                seen.add(ref)
                waiting += _refs(self._tokens_of(ref))
        return seen

    def _digests(self, reached: set[Ref], texts: bool) -> dict[Ref, str]:
        """Digest definitions after those that they refer to; circles of them in rounds.

        In a circle each digest is made as often as the circle has members, from those of the round
        before. Then two definitions have the same digest if and only if they look the same however
        far one follows their references.
        """
        order = sorted(reached)
        place = {ref: number for number, ref in enumerate(order)}
        pairs = {(place[a], place[b]) for a in order for b in _refs(self._tokens_of(a))}
        if not order:
            return {}
        rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
        shape = (len(order), len(order))
        graph = coo_array(([True] * len(pairs), (rows, columns)), shape=shape)
        labels = connected_components(graph, connection="strong")[1].tolist()
        circles: dict[int, list[Ref]] = {}
        for ref, label in zip(order, labels, strict=True):
            circles.setdefault(label, []).append(ref)
        after: dict[int, set[int]] = {label: set() for label in circles}
        for a, b in pairs:
            if labels[a] != labels[b]:
                after[labels[a]].add(labels[b])
        digests: dict[Ref, str] = {}
        for label in graphlib.TopologicalSorter(after).static_order():
            circle = circles[label]
            current = dict.fromkeys(circle, "circle")
            for _ in circle:
                known = {**digests, **current} if len(circle) > 1 else digests
                look_up = functools.partial(_look_up, known)
                current = {r: _digest(self._tokens_of(r), look_up, texts) for r in circle}
            digests |= current
        return digests

    def _files(self, tokens: Iterable[Iterable[Token]]) -> dict[str, str]:
        """Digest the stored results whose names are mentioned."""
        found: dict[str, str] = {}
        for token in (t for part in tokens for t in part if isinstance(t, str)):
            if not token.startswith(("'", '"')):
                continue
            text = ast.literal_eval(token)
            named = Path(text).name
            if named in self._results:
                found |= self._result(named)
            elif set(Path(text).parts) & self._result_folders:
                for name in self._results:  # which one cannot be seen from here
                    found |= self._result(name)
        return found

    def _result(self, name: str) -> dict[str, str]:
        path = self._results[name]
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            stored["provenance"] = {
                k: v for k, v in stored["provenance"].items() if k not in ("code", "seal")
            }
            text = json.dumps(stored)
        except (ValueError, KeyError, TypeError, AttributeError):
            text = path.read_bytes().hex()
        return {f"the results in {name}": hashlib.sha256(text.encode()).hexdigest()}

    def _shown_texts(self, cells: Module, statements: Iterable[ast.stmt]) -> dict[str, str]:
        """Digest the text of definitions that the cells show."""
        found: dict[str, str] = {}
        for call in (n for stmt in statements for n in ast.walk(stmt) if isinstance(n, ast.Call)):
            reader = _Reader(self, cells, local=cells.bound)
            meaning, rest = reader.meaning(call.func)
            outside = meaning.name if isinstance(meaning, Outside) else ""
            if meaning is None and isinstance(call.func, ast.Name):
                outside = call.func.id
            with_docstring = ".".join([outside, *rest]) in SHOWING
            if not with_docstring and not (isinstance(meaning, Ref) and self._shows(meaning)):
                continue
            for argument in call.args:
                target, rest = reader.meaning(argument)
                targets = [(target, rest)] if isinstance(target, Ref) else []
                if not targets and not isinstance(argument, ast.Constant):
                    # A variable: it may be any definition that the cells name.
                    targets = [(ref, []) for ref in _refs(reader.read(statements))]
                for ref, inner in targets:
                    assert isinstance(ref, Ref)
                    text = self._text_of(ref, inner, with_docstring)
                    name = ".".join([ref.module, ref.name, *inner])
                    found[f"the text of {name}"] = hashlib.sha256(text.encode()).hexdigest()
        # Where a text stands does not matter, so the module is left out of what is digested.
        return found

    def _shows(self, ref: Ref) -> bool:
        tokens = self._tokens_of(ref)
        return any(f"outside {name}" in tokens for name in SHOWING) or any(
            a == "outside inspect" and f"inspect.{b}" in SHOWING
            for a, b in itertools.pairwise(tokens)
        )

    def _text_of(self, ref: Ref, inner: list[str], with_docstring: bool) -> str:
        module = self._module(ref.module)
        if module is None or ref.name not in module.bound:
            return ""
        node: ast.stmt = module.bound[ref.name][-1]
        for name in inner:
            body = getattr(node, "body", [])
            node = next((n for n in body if getattr(n, "name", None) == name), node)
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        lines = module.text.splitlines()[first - 1 : node.end_lineno]
        body = getattr(node, "body", [])
        if not with_docstring and body and _is_docstring(body[0]):
            lines[body[0].lineno - first : body[0].end_lineno - first + 1] = []
        return "\n".join(lines)

    # --- modules ----------------------------------------------------------------------------------

    def _from_file(self, path: Path) -> Module:
        for place in self._search:
            if place in path.parents:
                name = ".".join(path.relative_to(place).with_suffix("").parts)
                module = self._module(name.removesuffix(".__init__"))
                if module is not None and module.path == path:
                    return module
        name = f"<{path.name}>"
        if self._modules.get(name) is None:
            self._modules[name] = _read_module(name, path, path.read_text(encoding="utf-8"), "")
        module = self._modules[name]
        assert module is not None
        return module

    def _module(self, name: str) -> Module | None:
        if name not in self._modules:
            self._modules[name] = None
            for place in self._search:
                stem = place.joinpath(*name.split("."))
                for path in (stem / "__init__.py", stem.with_name(f"{stem.name}.py")):
                    if path.is_file() and self._modules[name] is None:
                        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                        text = path.read_text(encoding="utf-8")
                        self._modules[name] = _read_module(name, path, text, package)
        return self._modules[name]

    def is_module(self, name: str) -> bool:
        """Say whether a module, or a folder of modules, is of this repository."""
        if self._module(name) is not None:
            return True
        return any(place.joinpath(*name.split(".")).is_dir() for place in self._search if name)

    def _import_closure(self, names: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            module = self._module(name)
            if module is None or name in seen:
                continue
            seen.add(name)
            if name not in self._imported:
                self._imported[name] = set(self._imported_by(module))
            waiting += self._imported[name]
        return seen

    def _imported_by(self, module: Module) -> Iterator[str]:
        """Name the modules that importing one imports, and those that its functions may import."""
        for node in ast.walk(module.tree):
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
            origin = self._module(star)
            if origin is None:
                if not self.is_module(star):
                    return Outside(f"{star}.{WHOLE}.{name}")
            elif self.resolve(origin, name, seen) is not None:
                return Ref(star, WHOLE)
        return None

    def imported(
        self, origin: str, name: str, seen: frozenset[Ref] = frozenset()
    ) -> Ref | Outside | ModuleName:
        """Say what ``from origin import name`` gives; ``import origin`` has no name."""
        if not self.is_module(origin):
            return Outside(f"{origin}.{name}" if name else origin)
        if not name:
            return ModuleName(origin)
        module = self._module(origin)
        found = self.resolve(module, name, seen) if module else None
        if found is not None:
            return found
        if self.is_module(f"{origin}.{name}"):
            return ModuleName(f"{origin}.{name}")
        return Ref(origin, WHOLE)  # made in a way that cannot be seen from here

    def _effects(self, module: Module) -> list[tuple[ast.stmt, bool]]:
        """List what importing a module does besides defining, and whether it only files a class."""
        found = [(stmt, False) for stmt in module.effects]
        for stmts in module.bound.values():
            for stmt in stmts:
                if stmt in module.effects:
                    continue
                if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    calls: list[ast.expr] = list(stmt.decorator_list)
                    filing = [d for d in calls if FILING in ast.unparse(d)]
                    if any(self._may_act(module, d) for d in calls if d not in filing):
                        found.append((stmt, False))
                    elif filing:
                        found.append((stmt, True))
                    if isinstance(stmt, ast.ClassDef) and self._acts_on_subclasses(module, stmt):
                        found.append((stmt, False))
                elif self._may_act(module, stmt):
                    found.append((stmt, False))
        return found

    def _may_act(self, module: Module, node: ast.AST) -> bool:
        """Say whether evaluating something may change more than what it returns."""
        reader = _Reader(self, module)
        calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
        if isinstance(node, ast.expr) and not isinstance(node, ast.Call):
            calls.append(node)  # a decorator is called
        for call in calls:
            meaning, rest = reader.meaning(call)
            if isinstance(meaning, Outside):
                full = ".".join([meaning.name, *rest])
                pieces = full.split(".")
                heads = {".".join(pieces[:n]) for n in range(1, len(pieces) + 1)}
                if not heads & HARMLESS or "random" in pieces:
                    return True
            elif isinstance(meaning, Ref):
                if self._acts_when_called(meaning, set()):
                    return True
            elif isinstance(meaning, ModuleName):
                return True
            # None is a built-in function, or a method of something that was made just here.
        return False

    def _acts_when_called(self, ref: Ref, seen: set[Ref]) -> bool:
        """Say whether calling a definition changes a global, itself or by what it calls."""
        module = self._module(ref.module)
        if ref in seen or module is None:
            return False
        seen.add(ref)
        if ref.name == WHOLE or ref.name not in module.bound:
            return True  # nobody can tell
        reader = _Reader(self, module)
        for stmt in module.bound[ref.name]:
            bodies: list[ast.stmt] = [stmt]
            if isinstance(stmt, ast.ClassDef):
                made = ("__new__", "__init__", "__post_init__")
                bodies = [s for s in stmt.body if getattr(s, "name", None) in made]
                bases = [meaning for base in stmt.bases if (meaning := reader.meaning(base)[0])]
                if any(isinstance(b, Ref) and self._acts_when_called(b, seen) for b in bases):
                    return True
            if CHANGES_GLOBAL in reader.read(bodies):
                return True
            for call in (n for body in bodies for n in ast.walk(body) if isinstance(n, ast.Call)):
                called, _ = reader.meaning(call.func)
                handed = [reader.meaning(a)[0] for a in call.args] if called else []
                if isinstance(called, Outside):
                    handed = []
                for other in (called, *handed):
                    if isinstance(other, Ref) and self._acts_when_called(other, seen):
                        return True
        return False

    def _acts_on_subclasses(self, module: Module, node: ast.ClassDef) -> bool:
        if any(keyword.arg == "metaclass" for keyword in node.keywords):
            return True
        reader = _Reader(self, module)
        bases = [ref for base in node.bases if isinstance(ref := reader.meaning(base)[0], Ref)]
        return any(
            "__init_subclass__" in self._tokens_of(ref) or "metaclass" in self._tokens_of(ref)
            for ref in self._closure(bases)
        )

    def _tokens_of(self, ref: Ref) -> list[Token]:
        if ref not in self._tokens:
            self._tokens[ref] = self._read(ref)
        return self._tokens[ref]

    def _read(self, ref: Ref) -> list[Token]:
        module = self._module(ref.module)
        if module is None:
            return [f"outside {ref.module}"]
        reader = _Reader(self, module)
        if ref.name == WHOLE:
            names = sorted({*module.bound, *module.imports} - {WHOLE})
            refs = [self.resolve(module, name) for name in names]
            parts: list[Token] = sorted({r for r in refs if isinstance(r, Ref)})
            parts += sorted({f"outside {r.name}" for r in refs if isinstance(r, Outside)})
            parts += [Ref(star, WHOLE) for star in module.stars if self._module(star)]
            for stmt in module.effects:
                parts += reader.read([stmt])
            return parts
        statements = module.bound[ref.name]
        if len(statements) > 1:
            # A name that is given several values: who reads it in between matters as well.
            statements = [s for s in module.tree.body if s in statements or _reads(s, ref.name)]
        tokens = reader.read(statements)
        if ref.name in module.imports:  # a replacement for something that may be missing
            meaning = self.imported(*module.imports[ref.name])
            tokens += [meaning] if isinstance(meaning, Ref) else [f"outside {meaning.name}"]
        return tokens


CHANGES_GLOBAL = "(changes a global)"


class _Reader:
    """Turns statements of one module into tokens, in which names of definitions are references."""

    def __init__(self, repository: Repository, module: Module, local: Iterable[str] = ()) -> None:
        self.repository, self.module = repository, module
        self.local = set(local)
        self.scope: Scope | None = None
        self.fields = ""
        self.tokens: list[Token] = []

    def read(self, statements: Iterable[ast.stmt]) -> list[Token]:
        """Return the tokens of some statements of the module."""
        self.tokens = []
        self._statements(statements)
        return self.tokens

    # --- names ------------------------------------------------------------------------------------

    def meaning(self, node: ast.expr) -> tuple[Meaning, list[str]]:
        """Say what ``a.b.c`` means, and which attributes of that are left over."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None, names
        meaning = self._name(node.id)
        while isinstance(meaning, ModuleName) and names:
            meaning = self.repository.imported(meaning.name, names.pop(0))
        return meaning, names

    def _name(self, name: str) -> Meaning:
        scope, innermost = self.scope, True
        while scope is not None:
            if name in scope.globals:
                break
            if innermost or not scope.is_class:
                if name in scope.imports:
                    return self.repository.imported(*scope.imports[name])
                if name in scope.names:
                    return None
            innermost = False
            scope = scope.parent
        if name in self.local and name not in self.module.imports:
            return None
        return self.repository.resolve(self.module, name)

    def _is_local(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return True
        scope = self.scope
        while scope is not None:
            if node.id in scope.globals:
                return False
            if node.id in scope.names:
                return True
            scope = scope.parent
        return False

    # --- statements -------------------------------------------------------------------------------

    def _statements(self, statements: Iterable[ast.stmt]) -> None:
        for stmt in statements:
            if not _is_docstring(stmt):
                self._visit(stmt)

    def _visit(self, node: Any) -> None:
        if isinstance(node, list):
            if node and all(isinstance(item, ast.stmt) for item in node):
                self._statements(node)
            else:
                for item in node:
                    self._visit(item)
        elif isinstance(node, ast.AST):
            special = getattr(self, f"_{type(node).__name__}", None)
            (special or self._node)(node)
        elif node is not None:
            self.tokens.append(node if isinstance(node, str) else repr(node))

    def _node(self, node: ast.AST) -> None:
        self._open(type(node).__name__)
        for name, value in ast.iter_fields(node):
            # Fields without a value are left out: later versions of Python have more of them.
            if value not in (None, []) and name not in ("ctx", "type_comment", "type_ignores"):
                self.tokens.append(f"{name}=")
                self._visit(value)
        self.tokens.append(")")

    def _open(self, name: str) -> None:
        self.tokens.append(f"({name}")

    def _Import(self, node: ast.Import | ast.ImportFrom) -> None:
        pass  # what an import gives is counted where it is used

    _ImportFrom = _Import

    def _Constant(self, node: ast.Constant) -> None:
        self.tokens.append(repr(node.value))

    def _Name(self, node: ast.Name) -> None:
        self._attribute(node)

    def _Attribute(self, node: ast.Attribute) -> None:
        self._attribute(node)

    def _attribute(self, node: ast.Name | ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.tokens.append(type(node.ctx).__name__)
            if isinstance(node, ast.Attribute) and not self._is_local(node):
                self.tokens.append(CHANGES_GLOBAL)
        meaning, rest = self.meaning(node)
        if isinstance(meaning, Ref):
            self.tokens.append(meaning)
        elif isinstance(meaning, ModuleName):
            # As a value a module may be asked for anything.
            self.tokens.append(Ref(meaning.name, WHOLE))
        elif isinstance(meaning, Outside):
            self.tokens.append(f"outside {meaning.name}")
        elif isinstance(node, ast.Attribute):
            self._visit(node.value)
            rest = [node.attr]
        else:
            self.tokens.append(f"name {node.id}")
            rest = []
            if node.id in ("globals", "eval", "exec", "__import__"):
                self.tokens.append(Ref(self.module.name, WHOLE))
        self.tokens += rest

    def _Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del) and not self._is_local(node):
            self.tokens.append(CHANGES_GLOBAL)
        self._node(node)

    def _Global(self, node: ast.Global) -> None:
        self.tokens.append(CHANGES_GLOBAL)

    def _Expr(self, node: ast.Expr) -> None:
        call = node.value
        # A method that is called for what it does, on something that others see as well.
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and not self._is_local(call.func)
        ):
            self.tokens.append(CHANGES_GLOBAL)
        self._node(node)

    def _Call(self, node: ast.Call) -> None:
        meaning, rest = self.meaning(node.func)
        full = ".".join([meaning.name, *rest]) if isinstance(meaning, Outside) else ""
        if full in ("importlib.import_module", "importlib.reload"):
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                if self.repository.is_module(named.value):
                    self.tokens.append(Ref(named.value, WHOLE))
            else:
                self.tokens.append(Ref(self.module.name.split(".")[0], WHOLE))
        if isinstance(node.func, ast.Name) and node.func.id == "vars" and not node.args:
            self.tokens.append(Ref(self.module.name, WHOLE))
        self._node(node)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        if self.fields and self.scope is not None and self.scope.is_class:
            self._open("field")
            self._visit(node.target)
            words = ast.unparse(node.annotation)
            if self.fields == "typed" or MEANINGFUL_ANNOTATIONS.search(words):
                self._visit(node.annotation)
            self._visit(node.value)
            self.tokens.append(")")
        elif node.value is not None:
            self._visit(ast.Assign(targets=[node.target], value=node.value))

    def _Assert(self, node: ast.Assert) -> None:
        self._open("Assert")
        self._visit(node.test)
        if node.msg is not None:
            self._wording(node.msg)
        self.tokens.append(")")

    def _Raise(self, node: ast.Raise) -> None:
        self._open("Raise")
        if isinstance(node.exc, ast.Call):
            self._visit(node.exc.func)
            for argument in node.exc.args:
                if _is_wording(argument):
                    self._wording(argument)
                else:
                    self._visit(argument)
            self._visit(node.exc.keywords)
        else:
            self._visit(node.exc)
        self._visit(node.cause)
        self.tokens.append(")")

    def _wording(self, node: ast.expr) -> None:
        self.tokens.append(ErrorText(ast.unparse(node)))

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._open(type(node).__name__)
        self.tokens.append(node.name)
        self._visit(node.decorator_list)
        keeps_annotations = any("register" in ast.unparse(d) for d in node.decorator_list)
        self._parameters(node.args, keeps_annotations)
        with_body = Scope(self.scope)
        with_body.names |= _parameter_names(node.args)
        _collect(node.body, with_body, self.module.package)
        self._inside(with_body, node.body)
        self.tokens.append(")")

    _AsyncFunctionDef = _FunctionDef

    def _Lambda(self, node: ast.Lambda) -> None:
        self._open("Lambda")
        self._parameters(node.args, False)
        scope = Scope(self.scope)
        scope.names |= _parameter_names(node.args)
        self._inside(scope, node.body)
        self.tokens.append(")")

    def _parameters(self, parameters: ast.arguments, keeps_annotations: bool) -> None:
        self._open("parameters")
        groups = ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg")
        for group in groups:
            self.tokens.append(group)
            found = getattr(parameters, group)
            for parameter in found if isinstance(found, list) else [found] if found else []:
                self.tokens.append(parameter.arg)
                if keeps_annotations:
                    self._visit(parameter.annotation)
        for name in ("defaults", "kw_defaults"):
            self.tokens.append(name)
            for default in getattr(parameters, name):
                self.tokens.append(",")
                self._visit(default)
        self.tokens.append(")")

    def _ClassDef(self, node: ast.ClassDef) -> None:
        self._open("ClassDef")
        self.tokens.append(node.name)
        for part in (node.decorator_list, node.bases, node.keywords):
            self.tokens.append(";")
            self._visit(part)
        scope = Scope(self.scope, is_class=True)
        _collect(node.body, scope, self.module.package)
        outer, self.fields = self.fields, _kind_of_fields(node)
        self._inside(scope, node.body)
        self.fields = outer
        self.tokens.append(")")

    def _comprehension_of(self, node: Any) -> None:
        self._open(type(node).__name__)
        scope = Scope(self.scope)
        for generator in node.generators:
            scope.names |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        # The first iterable is evaluated outside; a name that is bound inside hides none there.
        self._visit(node.generators[0].iter)
        outer, self.scope = self.scope, scope
        for number, generator in enumerate(node.generators):
            self.tokens.append("for")
            self._visit(generator.target)
            if number:
                self._visit(generator.iter)
            self._visit(generator.ifs)
            self.tokens.append(str(generator.is_async))
        for name in ("key", "value", "elt"):
            self._visit(getattr(node, name, None))
        self.scope = outer
        self.tokens.append(")")

    _ListComp = _SetComp = _DictComp = _GeneratorExp = _comprehension_of

    def _inside(self, scope: Scope, body: list[ast.stmt] | ast.expr) -> None:
        outer, self.scope = self.scope, scope
        self._visit(body)
        self.scope = outer


# --- reading ------------------------------------------------------------------------------------


def _read_module(name: str, path: Path, text: str, package: str) -> Module:
    module = Module(name, path, text, ast.parse(text, filename=str(path)), package)
    for stmt in module.tree.body:
        _sort_in(module, stmt, stmt)
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
        _collect_imports(stmt, module.package, module.imports, module.stars)
    elif isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        module.bound.setdefault(stmt.name, []).append(outermost)
    elif _is_docstring(stmt) or isinstance(stmt, ast.Pass) or _is_main_block(stmt):
        pass
    elif isinstance(stmt, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = stmt.targets if isinstance(stmt, ast.Assign) else [stmt.target]
        if isinstance(stmt, ast.AnnAssign) and stmt.value is None:
            return
        plain = all(_is_plain_target(target) for target in targets)
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    module.bound.setdefault(node.id, []).append(outermost)
        if not plain and outermost not in module.effects:
            module.effects.append(outermost)
    else:
        only_types = isinstance(stmt, ast.If) and "TYPE_CHECKING" in ast.unparse(stmt.test)
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


def _is_plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_plain_target(element) for element in target.elts)
    return isinstance(target, ast.Name)


def _is_docstring(stmt: ast.stmt) -> bool:
    """Say whether a text stands alone: a docstring of a module, a function or a constant."""
    value = stmt.value if isinstance(stmt, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_main_block(stmt: ast.stmt) -> bool:
    return isinstance(stmt, ast.If) and ast.unparse(stmt.test) == "__name__ == '__main__'"


def _kind_of_fields(node: ast.ClassDef) -> str:
    """Say what annotations make in a class: nothing, fields by their names, or nobody can tell."""
    makers = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list] + node.bases
    names = {ast.unparse(maker).split(".")[-1] for maker in makers}
    return "named" if names & FIELDS_ARE_NAMES else "typed" if names else ""


def _is_wording(node: ast.expr) -> bool:
    """Say whether an expression is a text put together in place."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return _is_wording(node.left) or _is_wording(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("format", "join") and _is_wording(node.func.value)
    return isinstance(node, ast.JoinedStr)


def _reads(stmt: ast.stmt, name: str) -> bool:
    if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef):
        return False  # it reads the name when it is called
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(stmt))


def _parameter_names(parameters: ast.arguments) -> set[str]:
    every = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
    every += [one for one in (parameters.vararg, parameters.kwarg) if one]
    return {parameter.arg for parameter in every}


def _collect(body: Iterable[ast.AST], scope: Scope, package: str) -> None:
    """Collect the names that statements bind in their own scope."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _collect_imports(node, package, scope.imports, [])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope.names.add(node.name)
        elif isinstance(node, ast.Global):
            scope.globals |= set(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            scope.names.add(node.id)
        elif isinstance(node, ast.Lambda):
            pass
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            walruses = (n.target for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            scope.names |= {target.id for target in walruses}
        else:
            if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
                scope.names.add(node.name)
            _collect(ast.iter_child_nodes(node), scope, package)


def _collect_imports(
    node: ast.Import | ast.ImportFrom,
    package: str,
    imports: dict[str, tuple[str, str]],
    stars: list[str],
) -> None:
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.asname or alias.name.split(".")[0]
            imports[name] = (alias.name if alias.asname else name, "")
        elif alias.name == WHOLE:
            stars.append(_origin(node, package))
        else:
            imports[alias.asname or alias.name] = (_origin(node, package), alias.name)


def _origin(node: ast.ImportFrom, package: str) -> str:
    """Name the module that ``from ... import`` looks in."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


def _refs(tokens: Iterable[Token]) -> list[Ref]:
    return [token for token in tokens if isinstance(token, Ref)]


def _look_up(known: dict[Ref, str], ref: Ref) -> str:
    return known.get(ref, "circle")


def _digest(tokens: Iterable[Token], meaning: Callable[[Ref], str], texts: bool) -> str:
    digest = hashlib.sha256()
    for token in tokens:
        if isinstance(token, Ref):
            digest.update(f"ref {meaning(token)}\0".encode())
        elif isinstance(token, ErrorText):
            digest.update(f"error {token.text if texts else ''}\0".encode())
        else:
            digest.update(f"{token}\0".encode())
    return digest.hexdigest()
