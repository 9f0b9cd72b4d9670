"""What importing a module does besides defining."""

import ast
from collections.abc import Mapping

from definition_tokens import CHANGES_GLOBAL, Definitions, Reader
from modules import WHOLE, Meaning, Module, ModuleName, Outside, Ref, hidden_by

HARMLESS = {
    *("abc", "builtins", "collections", "contextlib", "cycler", "dataclasses", "enum", "functools"),
    *("itertools", "math", "numpy", "operator", "os.cpu_count", "os.path", "pathlib", "re"),
    *("string", "tensorflow.function", "types", "typing"),
}
"""Outside code that changes nothing but what it returns, called while a module is imported."""
HARMFUL = ("delattr", "eval", "exec", "globals", "locals", "next", "setattr", "vars")
"""Built-in functions that can change something else, or run what does."""
CALLING = ("filter", "list", "map", "max", "min", "set", "sorted", "sum", "tuple")
"""Built-in functions that call what they are handed, at once or when they are asked."""
METHODS_OF_CONSTANTS = {
    name for kind in (bytes, float, frozenset, int, Mapping, str, tuple) for name in dir(kind)
}
"""Methods that change nothing."""
FILING = "register_keras_serializable"
"""A decorator that changes nothing but under which name `LOADING` finds a class."""
LOADING = frozenset(
    {
        *("load_model", "deserialize", "deserialize_keras_object", "from_config"),
        *("get_registered_object", "model_from_json"),
    }
)
"""Who asks for one of these may find a class that is filed."""
NOBODY: frozenset[str] = frozenset()

Effect = tuple[ast.stmt, frozenset[str]]
"""A statement, and who has to be there for it to matter: one of these names; none if always."""


class Effects:
    """Finds the statements of modules that do something when they are imported."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions, self.modules = definitions, definitions.modules
        self._of: dict[str, list[Effect]] = {}

    def of(self, module: Module) -> list[Effect]:
        """List what importing a module does besides defining."""
        if module.name not in self._of:
            self._of[module.name] = self._find(module)
        return self._of[module.name]

    def _find(self, module: Module) -> list[Effect]:
        found = [(s, NOBODY) for s in module.effects if not self._only_imports(module, s)]
        for stmts in module.bound.values():
            for stmt in stmts:
                if stmt in module.effects:
                    continue
                if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    calls: list[ast.expr] = list(stmt.decorator_list)
                    filing = [d for d in calls if FILING in ast.unparse(d)]
                    if any(self._may_act(module, d) for d in calls if d not in filing):
                        found.append((stmt, NOBODY))
                    elif filing:
                        found.append((stmt, LOADING))
                    elif self._runs_something(module, stmt):
                        found.append((stmt, NOBODY))
                    if isinstance(stmt, ast.ClassDef):
                        heard = self._acts_on_subclasses(module, stmt)
                        found.append((stmt, NOBODY if heard else frozenset({"__subclasses__"})))
                elif self._may_act(module, stmt):
                    found.append((stmt, NOBODY))
        return found

    def _only_imports(self, module: Module, stmt: ast.stmt) -> bool:
        """Say whether a statement imports without warnings, and leaves nothing else behind."""
        if not isinstance(stmt, ast.With):
            return False
        reader = Reader(self.modules, module)

        def of_warnings(node: ast.expr) -> str:
            meaning, rest = reader.meaning(node.func) if isinstance(node, ast.Call) else (None, [])
            return ".".join([meaning.name, *rest]) if isinstance(meaning, Outside) else ""

        return all(
            of_warnings(item.context_expr) == "warnings.catch_warnings" and not item.optional_vars
            for item in stmt.items
        ) and all(
            (isinstance(inner, ast.Expr) and of_warnings(inner.value).startswith("warnings."))
            or (
                isinstance(inner, ast.Import | ast.ImportFrom)
                and not hidden_by(module.imports, inner, module.package)
            )
            for inner in stmt.body
        )

    def _runs_something(self, module: Module, stmt: ast.stmt) -> bool:
        """Say whether defining a function or a class may change more than that."""
        if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [*stmt.args.defaults, *(d for d in stmt.args.kw_defaults if d)]
            return any(self._may_act(module, d) for d in defaults if _calls(d))
        reader = Reader(self.modules, module)
        for inner in stmt.body if isinstance(stmt, ast.ClassDef) else []:
            decorators = getattr(inner, "decorator_list", [])
            if any(self._may_act(module, d) for d in decorators):
                return True
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if self._runs_something(module, inner):
                    return True
            elif self._may_act(module, inner) or CHANGES_GLOBAL in reader.read([inner]):
                return True
        return False

    def _may_act(self, module: Module, node: ast.AST) -> bool:
        """Say whether evaluating something may change more than what it returns."""
        reader = Reader(self.modules, module)
        calls = [(n.func, n.args) for n in ast.walk(node) if isinstance(n, ast.Call)]
        if isinstance(node, ast.expr) and not isinstance(node, ast.Call):
            calls.append((node, []))  # a decorator is called
        for call, arguments in calls:
            meaning, rest = reader.meaning(call)
            if isinstance(meaning, Outside):
                full = ".".join([meaning.name, *rest])
                pieces = full.split(".")
                heads = {".".join(pieces[:n]) for n in range(1, len(pieces) + 1)}
                if not heads & HARMLESS or "random" in pieces or pieces[-1].startswith("set"):
                    return True
            elif isinstance(meaning, Ref):
                if _is_unknown_method(rest) or self._acts_when_called(meaning, set()):
                    return True
            elif isinstance(meaning, ModuleName):
                return True
            elif isinstance(call, ast.Name):
                handed = [reader.meaning(a)[0] for a in arguments if call.id in CALLING]
                if call.id in HARMFUL or any(
                    isinstance(other, Ref) and self._acts_when_called(other, set())
                    for other in handed
                ):
                    return True
            elif _is_unknown_method(rest) and isinstance(_maker(reader, call), Ref):
                return True
        return False

    def _acts_when_called(self, ref: Ref, seen: set[Ref]) -> bool:
        """Say whether calling a definition changes a global, itself or by what it calls."""
        module = self.modules.find(ref.module)
        if ref in seen or module is None:
            return False
        seen.add(ref)
        if ref.name == WHOLE or ref.name not in module.bound:
            return True  # nobody can tell
        reader = Reader(self.modules, module)
        for stmt in module.bound[ref.name]:
            bodies: list[ast.stmt] = [stmt]
            if isinstance(stmt, ast.ClassDef):
                made = ("__new__", "__init__", "__post_init__", "__set_name__")
                bodies = [s for s in stmt.body if getattr(s, "name", None) in made]
                bases = [meaning for base in stmt.bases if (meaning := reader.meaning(base)[0])]
                if any(isinstance(b, Ref) and self._acts_when_called(b, seen) for b in bases):
                    return True
            if CHANGES_GLOBAL in reader.read(bodies):
                return True
            for call in (n for body in bodies for n in ast.walk(body) if isinstance(n, ast.Call)):
                called, rest = reader.meaning(call.func)
                if isinstance(called, Ref) and _is_unknown_method(rest):
                    return True
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
        reader = Reader(self.modules, module)
        bases = [ref for base in node.bases if isinstance(ref := reader.meaning(base)[0], Ref)]
        return any(
            "__init_subclass__" in self.definitions.tokens_of(ref)
            or "metaclass" in self.definitions.tokens_of(ref)
            for ref in self.definitions.closure(bases)
        )


def _calls(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _is_unknown_method(names: list[str]) -> bool:
    return bool(names) and names[-1] not in METHODS_OF_CONSTANTS


def _maker(reader: Reader, node: ast.expr) -> Meaning:
    """Say what made the object whose method is called: ``A`` in ``A(1).b.c``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return reader.meaning(node.func)[0] if isinstance(node, ast.Call) else None
