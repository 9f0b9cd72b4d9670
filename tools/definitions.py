"""Digests of the definitions that a piece of Python reaches, wherever they live.

A definition is a function, a class or a constant of a module. Its digest is that of its syntax
tree, in which each name stands for the digest of what it means. So it does not matter in which
module, under which module name or in which order definitions stand, nor what a constant or a
function of a module is called, if the function is only called and not handed on, nor what comments
say, nor docstrings, annotations and the wording of errors where no code reads them, nor from where
an error says that something is imported. Everything else counts: bodies, defaults, decorators,
constants, attributes of classes, what importing a module does besides defining, and all that cannot
be resolved is taken to reach as far as it could: a module that is passed on as a value or imported
with a star counts as a whole.

Also counted are the stored results of studies whose names are reached, and the text of code that
a notebook shows to its readers.
"""

import ast
import functools
import graphlib
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from definition_tokens import (
    ANNOTATION,
    DOCSTRING,
    ERROR,
    Definitions,
    Reader,
    Token,
    Words,
    parameter_names,
    references,
)
from import_effects import Effects
from modules import (
    WHOLE,
    Module,
    ModuleName,
    Modules,
    Outside,
    Ref,
    is_docstring,
    is_main_block,
    read_module,
)
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SHOWING = {
    *("inspect.getsource", "inspect.getsourcelines", "inspect.getdoc", "inspect.signature"),
    *("help", "pydoc.help", "pydoc.render_doc"),
}
"""Who calls these shows the text of its arguments to a reader."""
RESULTS = (".json", ".npz")
"""Endings of files that a study stores."""
READING_ERRORS = {"exc_info", "format_exc", "print_exc", "raises"}
"""Names by which an error can be read that no handler has named."""
READING_ANNOTATIONS = {"__annotations__", "get_annotations", "get_type_hints"}
"""Who asks for these reads what else only a type checker does."""


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


class Repository:
    """The modules of a checkout.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    search : sequence of str
        Folders below it that modules are imported from; what is found in none is outside.
    results : sequence of str
        Folders below it with stored results of studies: ``NAME.json``, and weights beside them.
    """

    def __init__(
        self,
        root: Path,
        search: Sequence[str] = ("src", "benchmarks/parts"),
        results: Sequence[str] = ("studies", "benchmarks"),
    ) -> None:
        self.root = root
        self.modules = Modules(root, search)
        self.definitions = Definitions(self.modules)
        self.effects = Effects(self.definitions)
        self._results = {
            path.name: path
            for place in results
            for path in sorted((root / place).glob("*"))
            if path.suffix in RESULTS
        }
        self._result_folders = set(results)

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
        script = self.modules.from_file(path)
        # What only a run as a script does is part of the script and of no module.
        main = [stmt for stmt in script.tree.body if is_main_block(stmt)]
        return self._reach(script, [Ref(script.name, WHOLE)], main, set())

    def reach_of(self, path: Path, name: str) -> Reach:
        """Follow one function, class or constant of a file.

        Raises
        ------
        ValueError
            If the file has no such definition.
        """
        module = self.modules.from_file(path)
        if name not in module.bound and name not in module.imports:
            raise ValueError(f"{path.name} defines no {name!r}")
        return self._reach(module, [Ref(module.name, name)], [], set())

    def reach_of_cells(self, sources: Sequence[str]) -> Reach:
        """Follow the code cells of a notebook; their order counts, and what stands in which."""
        text = "\n".join(sources)
        cells = read_module("notebook", self.root / "notebook", text, "")
        # A cell that catches an error may show its words.
        names = {getattr(n, "id", getattr(n, "attr", None)) for n in ast.walk(cells.tree)}
        caught = bool(names & READING_ERRORS) or any(
            isinstance(n, ast.ExceptHandler) and n.name for n in ast.walk(cells.tree)
        )
        self.modules.add(cells)
        self.definitions.forget(cells.name)
        read = ({ERROR} if caught else set()) | ({DOCSTRING} if "__doc__" in names else set())
        return self._reach(cells, [], cells.tree.body, read, cells=sources)

    # --- putting a digest together ----------------------------------------------------------------

    def _reach(
        self,
        start: Module,
        refs: list[Ref],
        statements: list[ast.stmt],
        read: set[str],
        *,
        cells: Sequence[str] = (),
    ) -> Reach:
        """Put a digest together; `read` are the kinds of words that somebody reads."""
        shown = bool(cells)
        reader = Reader(self.modules, start, local=set(start.bound) if shown else set())
        own = reader.read(statements)
        if shown:  # a text that stands alone in a cell is what the cell says
            own += [ast.unparse(stmt) for stmt in statements if is_docstring(stmt)]
            own += [f"cell of {size}" for cell in cells if (size := _size(cell))]
        reached = self.definitions.closure([*refs, *references(own)])
        effects: dict[str, list[Token]] = {}
        tokens_of, closure = self.definitions.tokens_of, self.definitions.closure
        modules = self.modules.import_closure({start.name, *(ref.module for ref in reached)})
        found: list[tuple[str, list[Token], frozenset[str]]] = []
        for name in sorted(modules):
            module = self.modules.find(name)
            assert module is not None
            if name != start.name or not shown:
                for stmt, finders in self.effects.of(module):
                    place = f"{name}:{stmt.lineno}:{stmt.col_offset}"
                    tokens = Reader(self.modules, module).read([stmt])
                    if finders:
                        found.append((place, tokens, finders))
                    else:
                        effects[place] = tokens
        reached |= closure(references(t for tokens in effects.values() for t in tokens))
        mentioned = _names([own, *effects.values(), *(tokens_of(ref) for ref in reached)])
        effects |= {place: tokens for place, tokens, finders in found if finders & mentioned}
        reached |= closure(references(t for tokens in effects.values() for t in tokens))
        if READING_ANNOTATIONS & mentioned:
            read = read | {ANNOTATION}
        digests = self._digests(reached, read)

        def full(tokens: Iterable[Token]) -> str:
            return _digest(tokens, digests.__getitem__, read)

        def alone(tokens: Iterable[Token]) -> str:
            return _digest(tokens, lambda ref: ref.name, read)

        extra = self._files([own, *(tokens_of(ref) for ref in reached)])
        if shown:
            extra |= self._shown_texts(start, statements)
        parts = {f"{ref.module}.{ref.name}": alone(tokens_of(ref)) for ref in reached}
        parts |= {
            f"what importing {where} does": alone(tokens) for where, tokens in effects.items()
        }
        parts |= extra
        if own:
            parts["its own code"] = alone(own)
        whole = [
            full(own),
            *(digests[ref] for ref in refs),
            *sorted(full(tokens) for tokens in effects.values()),
            *(f"{name} {digest}" for name, digest in sorted(extra.items())),
        ]
        return Reach(hashlib.sha256("\n".join(whole).encode()).hexdigest(), parts)

    def _digests(self, reached: set[Ref], read: set[str]) -> dict[Ref, str]:
        """Digest definitions after those that they refer to; circles of them in rounds.

        In a circle each digest is made as often as the circle has members, from those of the round
        before. Then two definitions have the same digest if and only if they look the same however
        far one follows their references.
        """
        tokens_of = self.definitions.tokens_of
        order = sorted(reached)
        place = {ref: number for number, ref in enumerate(order)}
        pairs = {(place[a], place[b]) for a in order for b in references(tokens_of(a))}
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
                current = {r: _digest(tokens_of(r), look_up, read) for r in circle}
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
        reader = Reader(self.modules, cells, local=cells.bound)
        anything = [(ref, list[str]()) for ref in references(reader.read(statements))]
        shows = functools.cache(self._shows)
        nodes = [node for stmt in statements for node in ast.walk(stmt)]
        calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
        for node in (n for n in nodes if isinstance(n, ast.Name | ast.Attribute)):
            asked = self._asked_for(reader, node)
            with_docstring = asked in SHOWING
            if not with_docstring and not (isinstance(asked, Ref) and shows(asked)):
                continue
            targets: list[tuple[Ref, list[str]]] = []
            if call := calls.get(id(node)):
                for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                    target, rest = reader.meaning(argument)
                    if isinstance(target, ModuleName):
                        target = Ref(target.name, WHOLE)
                    if isinstance(target, Ref):
                        targets.append((target, rest))
                    elif isinstance(target, Outside):
                        continue  # its text is that of a library, whose version counts
                    elif not isinstance(argument, ast.Constant):
                        targets += anything  # a variable: it may be any definition
            else:
                targets = anything  # it is handed on, and called with who knows what
            for ref, inner in targets:
                text = self._text_of(ref, inner, with_docstring)
                # Without the module: where a text stands does not matter.
                name = f"the text of {'.'.join([ref.name, *inner])}"
                found[name] = hashlib.sha256((found.get(name, "") + text).encode()).hexdigest()
        return found

    def _asked_for(self, reader: Reader, node: ast.expr) -> Ref | str | None:
        """Say what may show something: a definition, or what is outside by its full name."""
        meaning, rest = reader.meaning(node)
        if isinstance(meaning, Outside):
            return ".".join([meaning.name, *rest])
        while isinstance(node, ast.Attribute | ast.Call) and meaning is None:
            # A method of what a class has made may show what the class can show.
            node = node.func if isinstance(node, ast.Call) else node.value
            meaning = reader.meaning(node)[0]
        if meaning is None and isinstance(node, ast.Name):
            return node.id
        return meaning if isinstance(meaning, Ref) else None

    def _shows(self, ref: Ref) -> bool:
        tokens = self.definitions.tokens_of(ref)
        return (
            any(f"outside {name}" in tokens for name in SHOWING)
            or any(
                a == "outside inspect" and f"inspect.{b}" in SHOWING
                for a, b in itertools.pairwise(tokens)
            )
            or self._hands_on(ref, set())
        )

    def _hands_on(self, ref: Ref, seen: set[Ref]) -> bool:
        """Say whether a function shows what it is handed, itself or by what it calls."""
        module = self.modules.find(ref.module)
        functions = [
            stmt
            for stmt in (module.bound.get(ref.name, []) if module and ref not in seen else [])
            if isinstance(stmt, ast.FunctionDef)
        ]
        seen.add(ref)
        for function in functions:
            assert module is not None
            reader = Reader(self.modules, module)
            handed = parameter_names(function.args)
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
                if any(isinstance(a, ast.Name) and a.id in handed for a in arguments):
                    asked = self._asked_for(reader, call.func)
                    if asked in SHOWING or (isinstance(asked, Ref) and self._hands_on(asked, seen)):
                        return True
        return False

    def _text_of(self, ref: Ref, inner: list[str], with_docstring: bool) -> str:
        module = self.modules.find(ref.module)
        if module is not None and ref.name == WHOLE:
            return module.text
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
        if not with_docstring and body and is_docstring(body[0]):
            lines[body[0].lineno - first : body[0].end_lineno - first + 1] = []
        return "\n".join(lines)


def _size(cell: str) -> int:
    """Count the statements of a cell, but for imports, which may stand in any."""
    return sum(not isinstance(s, ast.Import | ast.ImportFrom) for s in ast.parse(cell).body)


def _look_up(known: dict[Ref, str], ref: Ref) -> str:
    return known.get(ref, "circle")


def _names(tokens: Iterable[Iterable[Token]]) -> set[str]:
    """List the last parts of all names in tokens: of ``outside keras.saving.x`` it is ``x``.

    Who defines a function of a name does not ask for it.
    """
    return {
        token.rpartition(".")[2]
        for part in tokens
        for before, token in itertools.pairwise(["", *part])
        if isinstance(token, str) and before not in ("(FunctionDef", "(AsyncFunctionDef")
    }


def _digest(tokens: Iterable[Token], meaning: Callable[[Ref], str], read: set[str]) -> str:
    digest = hashlib.sha256()
    for token in tokens:
        if isinstance(token, Ref):
            digest.update(f"ref {meaning(token)}\0".encode())
        elif isinstance(token, frozenset):
            for one in sorted({meaning(ref) for ref in token}):
                digest.update(f"ref {one}\0".encode())
        elif isinstance(token, Words):
            if token.kind in read or token.kind == ERROR:  # that there is one counts in any case
                digest.update(f"{token.kind} {token.text * (token.kind in read)}\0".encode())
        else:
            digest.update(f"{token}\0".encode())
    return digest.hexdigest()
