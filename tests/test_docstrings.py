"""What a function of the package takes, gives and refuses stands in its docstring."""

import ast
import re

import pytest

SHORT = 6
"""A function of so few lines may say everything in one sentence, unless it refuses something."""
BY_KERAS = {"build", "call", "compute_loss", "compute_mask", "step", "step_backward"}
"""Methods that Keras calls, or a loop over a sequence; their class says the shapes."""
QUOTED = "cells/conventions.py"
"""Formulas as papers and libraries write them, with the names of these for everything."""
ON_A_PAGE = {"LinearForecaster.fit"}
"""A lesson prints these with their class, so they are kept short."""


def sections_of(function):
    text = ast.get_docstring(function) or ""
    return set(re.findall(r"^(\w+)\n-{3,}$", text, re.M))


def missing(function):
    """List the sections that a function owes its readers."""
    marks = " ".join(ast.unparse(mark) for mark in function.decorator_list)
    takes = function.args
    named = {a.arg for a in (*takes.args, *takes.kwonlyargs)} - {"self", "cls"}
    owed = set()
    if any(isinstance(node, ast.Raise) and node.exc for node in ast.walk(function)):
        owed.add("Raises")
    words = len((ast.get_docstring(function) or "").splitlines())
    if function.end_lineno - function.lineno + 1 - words > SHORT:
        if named or takes.vararg or takes.kwarg:
            owed.add("Parameters")
        gives = function.returns is not None and ast.unparse(function.returns) != "None"
        if gives and not re.search("property|contextmanager", marks):
            owed.add("Returns")
    there = sections_of(function)
    return owed - (there | ({"Returns"} if "Yields" in there else set()))


def public_functions(tree):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                    yield f"{node.name}.{part.name}", part


def unsaid(tree, path):
    return [
        f"{path}, {name}: {', '.join(sorted(sections))}"
        for name, function in public_functions(tree)
        if function.name not in BY_KERAS
        and name not in ON_A_PAGE
        and not (path == QUOTED and name.endswith("_step"))
        if (sections := missing(function))
    ]


def test_every_public_function_says_what_it_takes_gives_and_refuses(root):
    package = root / "src" / "gru_course"
    found = []
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += unsaid(tree, path.relative_to(package).as_posix())
    assert not found, "\n".join(found)


LONG = "    x = 1\n" * (SHORT + 1)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (f'def f(a):\n    """One."""\n{LONG}', ["m.py, f: Parameters"]),
        (f'def f() -> int:\n    """One."""\n{LONG}', ["m.py, f: Returns"]),
        ('def f(a):\n    """One."""\n    raise ValueError(a)\n', ["m.py, f: Raises"]),
        ('def f(a) -> int:\n    """One."""\n    return a\n', []),
        (f'class A:\n    def f(self):\n        """One."""\n{LONG.replace("x", "    x")}', []),
        (f'def _f(a):\n    """One."""\n{LONG}', []),
        (f'def f(a):\n    """One.\n\n    Parameters\n    ----------\n    a\n    """\n{LONG}', []),
    ],
)
def test_what_is_not_said_is_seen(code, said):
    assert unsaid(ast.parse(code), "m.py") == said
