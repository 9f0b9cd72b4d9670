"""Definitions as tokens, in which names of other definitions are references."""

import ast
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from modules import (
    WHOLE,
    Meaning,
    Module,
    ModuleName,
    Modules,
    Outside,
    Ref,
    collect_imports,
    hidden_by,
    is_docstring,
)

IMPORTING = (
    "importlib.import_module",
    "importlib.reload",
    "importlib.util.module_from_spec",
    "runpy",
)
"""What imports a module by a name that may be made while the code runs."""
FIELDS_ARE_NAMES = {"dataclass", "NamedTuple", "TypedDict", "Protocol"}
"""In such classes the annotation of a field says only that there is a field."""
MEANINGFUL_ANNOTATIONS = re.compile(r"\b(ClassVar|InitVar|KW_ONLY)\b")

DOTTED = re.compile(r"[a-z_]\w*(?:\.\w+)+")
IMPORT_IN_WORDS = re.compile(r"from (\w+(?:\.\w+)*) import \w+(?:, \w+)*(?:; )?")

CHANGES_GLOBAL = "(changes a global)"
"""Token of code that changes something that is there after it has run."""


class Words(NamedTuple):
    """What counts only where somebody may read it."""

    kind: str
    text: str


ERROR, ANNOTATION, DOCSTRING = "error", "annotation", "docstring"
"""Kinds of words."""
Token = str | Ref | Words | frozenset[Ref]
"""A set of definitions stands for all that there are in a module, in no order."""


class Definitions:
    """The definitions of a checkout, each read once."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._tokens: dict[Ref, list[Token]] = {}

    def closure(self, refs: Iterable[Ref]) -> set[Ref]:
        """Follow definitions to all that they refer to, directly or not."""
        seen: set[Ref] = set()
        waiting = list(refs)
        while waiting:
            ref = waiting.pop()
            if ref not in seen:
                seen.add(ref)
                waiting += references(self.tokens_of(ref))
        return seen

    def forget(self, module: str) -> None:
        """Read the definitions of a module again, since another one has taken its place."""
        self._tokens = {r: tokens for r, tokens in self._tokens.items() if r.module != module}

    def tokens_of(self, ref: Ref) -> list[Token]:
        """Return the tokens of all statements that make a definition."""
        if ref not in self._tokens:
            self._tokens[ref] = self._read(ref)
        return self._tokens[ref]

    def _read(self, ref: Ref) -> list[Token]:
        module = self.modules.find(ref.module)
        if module is None:
            return [f"outside {ref.module}"]
        reader = Reader(self.modules, module)
        if ref.name == WHOLE:
            names = sorted({*module.bound, *module.imports} - {WHOLE})
            refs = [self.modules.resolve(module, name) for name in names]
            parts: list[Token] = [frozenset(r for r in refs if isinstance(r, Ref))]
            parts += sorted({f"outside {r.name}" for r in refs if isinstance(r, Outside)})
            parts += [Ref(star, WHOLE) for star in module.stars if self.modules.find(star)]
            if not module.name.startswith("<"):  # of a script nobody asks for more than it uses
                for name, r in zip(names, refs, strict=True):  # each may be asked for by its name
                    parts += [f"named {name}", r] if isinstance(r, Ref) else []
                parts += [Ref(r.name, WHOLE) for r in refs if isinstance(r, ModuleName)]
            for stmt in module.effects:
                parts += reader.read([stmt])
            return parts
        statements = module.bound[ref.name]
        if len(statements) > 1:
            # A name that is given several values: who reads it in between matters as well.
            statements = [s for s in module.tree.body if s in statements or _reads(s, ref.name)]
        tokens = reader.read(statements)
        if ref.name in module.imports:  # a replacement for something that may be missing
            meaning = self.modules.imported(*module.imports[ref.name])
            tokens += [meaning] if isinstance(meaning, Ref) else [f"outside {meaning.name}"]
        for star in module.stars:  # may bring another one of that name
            if (origin := self.modules.find(star)) and self.modules.resolve(origin, ref.name):
                tokens.append(Ref(star, WHOLE))
        return tokens


class Scope:
    """Names that a function, a class or a comprehension binds for itself."""

    def __init__(self, parent: "Scope | None", is_class: bool = False) -> None:
        self.parent, self.is_class = parent, is_class
        self.names: set[str] = set()
        self.globals: set[str] = set()
        self.imports: dict[str, tuple[str, str]] = {}


class Reader:
    """Turns statements of one module into tokens, in which names of definitions are references."""

    def __init__(self, modules: Modules, module: Module, local: Iterable[str] = ()) -> None:
        self.modules, self.module = modules, module
        self.local = set(local)
        self.scope: Scope | None = None
        self.fields = ""
        self.tokens: list[Token] = []
        self.called: ast.expr | None = None

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
            meaning = self.modules.imported(meaning.name, names.pop(0))
        return meaning, names

    def _name(self, name: str) -> Meaning:
        scope, innermost = self.scope, True
        while scope is not None:
            if name in scope.globals:
                break
            if innermost or not scope.is_class:
                if name in scope.imports:
                    return self.modules.imported(*scope.imports[name])
                if name in scope.names:
                    return None
            innermost = False
            scope = scope.parent
        if name in self.local and name not in self.module.imports:
            return None
        return self.modules.resolve(self.module, name)

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
            if is_docstring(stmt):
                self.tokens.append(Words(DOCSTRING, ast.unparse(stmt)))
            else:
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
        """Count what another import of the same name hides; the rest counts where it is used."""
        imports = self.scope.imports if self.scope else self.module.imports
        if self.scope and self.scope.is_class:  # it becomes an attribute
            imports = dict.fromkeys(imports, ("", ""))
        for origin in hidden_by(imports, node, self.module.package):
            meaning = self.modules.imported(*origin)
            name = meaning.name
            if isinstance(meaning, Outside):
                self.tokens.append(f"outside {name}")
            else:
                self.tokens.append(meaning if isinstance(meaning, Ref) else Ref(name, WHOLE))

    _ImportFrom = _Import

    def _Dict(self, node: ast.Dict) -> None:
        self._node(node)
        # Of two entries with one key the last counts, wherever it comes from.
        self.tokens += [f"** at {place}" for place, key in enumerate(node.keys) if key is None]

    def _is_function(self, ref: Ref) -> bool:
        module = self.modules.find(ref.module)
        statements = module.bound.get(ref.name, []) if module else []
        return any(isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) for s in statements)

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
            if (rest or node is not self.called) and self._is_function(meaning):
                self.tokens.append(f"named {meaning.name}")  # who gets it may ask for its name
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
            if node.id in ("globals", "eval", "exec"):
                self._anything_here()
        self.tokens += rest

    def _anything_here(self) -> None:
        """Count all that the module can name: what runs is made while it runs."""
        self.tokens.append(Ref(self.module.name, WHOLE))
        meanings = [self.modules.imported(*origin) for origin in self.module.imports.values()]
        found = sorted({m.name for m in meanings if isinstance(m, ModuleName)})
        self.tokens += [Ref(name, WHOLE) for name in found]

    def _module_named(self, node: ast.expr | None) -> None:
        """Count a module that is asked for by a text, or all where the text is not seen here."""
        name = ast.literal_eval(node) if isinstance(node, ast.Constant) else ""
        if isinstance(node, ast.Name) and node.id == "__name__":
            name = self.module.name
        if isinstance(name, str) and name and not name.startswith("."):
            self.tokens += [Ref(name, WHOLE)] if self.modules.is_module(name) else []
        else:
            self.tokens += [Ref(n, WHOLE) for n in self.modules.every_module()]

    def _Subscript(self, node: ast.Subscript) -> None:
        meaning, rest = self.meaning(node.value)
        named = isinstance(node.slice, ast.Constant | ast.Name)
        if isinstance(meaning, Outside) and [meaning.name, *rest] == ["sys", "modules"] and named:
            self._module_named(node.slice)
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
        if full.startswith(IMPORTING):
            self._module_named(node.args[0] if node.args else None)
        if meaning is None and isinstance(node.func, ast.Name):
            if node.func.id == "vars" and not node.args:
                self._anything_here()
            if node.func.id == "__import__":
                self._module_named(node.args[0] if node.args else None)
        self.called = node.func
        self._node(node)

    def _AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
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

    def _annotation(self, node: ast.expr | None) -> None:
        if node is not None:
            self.tokens.append(Words(ANNOTATION, ast.unparse(node)))

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
        self.tokens.append(Words(ERROR, self._without_places(ast.unparse(node))))

    def _without_places(self, words: str) -> str:
        """Leave out of words where something of this repository is imported from."""

        def without_module(match: re.Match[str]) -> str:
            parts = match[0].split(".")
            lengths = range(len(parts), 0, -1)
            known = (n for n in lengths if self.modules.is_module(".".join(parts[:n])))
            return ".".join(parts[next(known, 0) :])

        def without_import(match: re.Match[str]) -> str:
            return "" if self.modules.is_module(match[1]) else match[0]

        return DOTTED.sub(without_module, IMPORT_IN_WORDS.sub(without_import, words))

    def _FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._open(type(node).__name__)
        # That of a function of a module counts where the function is handed on: see `_attribute`.
        if self.scope or self.local or node.decorator_list:
            self.tokens.append(node.name)
        self._visit(node.decorator_list)
        keeps_annotations = any("register" in ast.unparse(d) for d in node.decorator_list)
        self._parameters(node.args, keeps_annotations)
        self._annotation(node.returns)
        with_body = Scope(self.scope)
        with_body.names |= parameter_names(node.args)
        _collect(node.body, with_body, self.module.package)
        self._inside(with_body, node.body)
        self.tokens.append(")")

    _AsyncFunctionDef = _FunctionDef

    def _Lambda(self, node: ast.Lambda) -> None:
        self._open("Lambda")
        self._parameters(node.args, False)
        scope = Scope(self.scope)
        scope.names |= parameter_names(node.args)
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
                else:
                    self._annotation(parameter.annotation)
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


def parameter_names(parameters: ast.arguments) -> set[str]:
    """List the names of all parameters of a function."""
    every = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
    every += [one for one in (parameters.vararg, parameters.kwarg) if one]
    return {parameter.arg for parameter in every}


def _collect(body: Iterable[ast.AST], scope: Scope, package: str) -> None:
    """Collect the names that statements bind in their own scope."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            collect_imports(node, package, scope.imports, [])
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


def references(tokens: Iterable[Token]) -> list[Ref]:
    """Return the definitions that tokens refer to, in their order."""
    found: list[Ref] = []
    for token in tokens:
        if isinstance(token, Ref):
            found.append(token)
        elif isinstance(token, frozenset):
            found += sorted(token)
    return found
