"""What importing a module does besides defining."""

import ast

from definition_tokens import CHANGES_GLOBAL, Definitions, Reader
from modules import WHOLE, Module, ModuleName, Outside, Ref

HARMLESS = {
    *("builtins", "collections", "contextlib", "cycler", "dataclasses", "enum", "functools"),
    *("itertools", "math", "numpy", "operator", "os.cpu_count", "os.path", "pathlib", "re"),
    *("string", "tensorflow.function", "types", "typing"),
}
"""Outside code that changes nothing but what it returns, called while a module is imported."""
FILING = "register_keras_serializable"
"""A decorator that changes nothing but under which name `LOADING` finds a class."""


class Effects:
    """Finds the statements of modules that do something when they are imported."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions, self.modules = definitions, definitions.modules

    def of(self, module: Module) -> list[tuple[ast.stmt, bool]]:
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
        reader = Reader(self.modules, module)
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
        reader = Reader(self.modules, module)
        bases = [ref for base in node.bases if isinstance(ref := reader.meaning(base)[0], Ref)]
        return any(
            "__init_subclass__" in self.definitions.tokens_of(ref)
            or "metaclass" in self.definitions.tokens_of(ref)
            for ref in self.definitions.closure(bases)
        )
