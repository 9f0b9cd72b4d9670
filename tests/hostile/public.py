"""What the package offers: its public functions, classes and methods, and how to call them.

Names come from the text of the modules. An example call of each is noted while the examples of its
module's docstrings run; a function whose docstring shows no call needs one in ``written.py``.
"""

import ast
import doctest
import functools
import importlib
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

from hostile_values import fresh

import gru_course

FOLDER = Path(gru_course.__file__).parent
_RECORDS = {"NamedTuple", "Protocol", "Exception", "DataError"}
_CALLS = 3
"""How many calls of a function are noted: some show how it refuses."""
_DECORATORS = {"property", "cached_property", "abstractmethod", "overload"}

Example = dict[str, Any]


def public_names() -> list[str]:
    """List everything that takes arguments, as ``module.function`` or ``module.Class.method``.

    Records (named tuples, dataclasses that check nothing) hold what they are given, and the methods
    of a Keras layer are called by Keras: neither is listed.
    """
    found = []
    for file in sorted(FOLDER.rglob("*.py")):
        module = ".".join(file.relative_to(FOLDER).with_suffix("").parts)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and _is_listed(node, 0):
                found.append(f"{module}.{node.name}")
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found += [f"{module}.{name}" for name in _of_class(node)]
    return found


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    bases = [ast.unparse(base) for base in node.bases]
    methods = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    own = {method.name for method in methods}
    is_dataclass = any("dataclass" in ast.unparse(made) for made in node.decorator_list)
    if not _RECORDS & {*bases} and ("__post_init__" in own or "__init__" in own):
        yield node.name
    elif not is_dataclass and any(base.startswith("CellWeights") for base in bases):
        yield node.name  # checked by the class above it
    if not any(base.startswith("keras") for base in bases) and "AttentionPooling" not in bases:
        yield from (f"{node.name}.{method.name}" for method in methods if _is_listed(method, 1))


def _is_listed(node: ast.FunctionDef, first: int) -> bool:
    takes = node.args
    many = len(takes.posonlyargs) + len(takes.args) - first + len(takes.kwonlyargs)
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    return not node.name.startswith("_") and not marks & _DECORATORS and bool(many or takes.vararg)


def found(name: str) -> tuple[Any, Callable[..., Any], str]:
    """Return what is called, the function whose arguments are noted, and the module's name."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(("gru_course", *parts[:cut]))
        try:
            holder: Any = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        *outer, last = parts[cut:]
        for part in outer:
            holder = getattr(holder, part)
        called = inspect.getattr_static(holder, last) if outer else getattr(holder, last)
        called = called.__func__ if isinstance(called, classmethod | staticmethod) else called
        return called, called.__init__ if isinstance(called, type) else called, module
    raise LookupError(name)


@functools.cache
def _codes() -> dict[Any, str]:
    codes = {}
    for name in public_names():
        function = inspect.unwrap(found(name)[1])
        if isinstance(function, FunctionType):
            codes.setdefault(function.__code__, name)
    return codes


@functools.cache
def shown_examples(module: str) -> dict[str, list[Example]]:
    """Run the examples of a module's docstrings and note how its functions are called there.

    Of each function the first calls in its own docstring come first, then those in others.
    """
    codes = _codes()
    notes: dict[str, tuple[list[Example], list[Example]]] = {}
    current = ""

    def note(frame: FrameType, event: str, _: Any) -> None:
        name = codes.get(frame.f_code) if event == "call" else None
        if name is None:
            return
        elsewhere = not current.startswith(f"gru_course.{name}")
        found = notes.setdefault(name, ([], []))[elsewhere]
        if len(found) < _CALLS:
            code = frame.f_code
            many = code.co_argcount + code.co_kwonlyargcount
            many += bool(code.co_flags & inspect.CO_VARARGS)
            many += bool(code.co_flags & inspect.CO_VARKEYWORDS)
            found.append({key: fresh(frame.f_locals[key]) for key in code.co_varnames[:many]})

    runner = doctest.DocTestRunner(verbose=False)
    for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module)):
        current = test.name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sys.setprofile(note)
            try:
                runner.run(test, out=lambda _: None, clear_globs=False)
            finally:
                sys.setprofile(None)
    return {name: own + others for name, (own, others) in notes.items()}


def call(name: str, example: Example) -> Any:
    """Call something with the arguments of an example, and take what it gives one by one."""
    called, function, _ = found(name)
    signature = inspect.signature(function)
    bound = signature.bind_partial()
    bound.arguments.update({k: v for k, v in example.items() if k in signature.parameters})
    positional, named = list(bound.args), bound.kwargs
    if isinstance(called, type):
        positional = positional[1:] if "self" in example else positional
    result = called(*positional, **named)
    if isinstance(called, type):
        return None  # it holds what it was given; who computes with it checks
    return list(islice(result, 8)) if isinstance(result, Iterator) else result
