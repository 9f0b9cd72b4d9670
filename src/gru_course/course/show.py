"""What notebooks show besides plots: tables and the source of the shared code."""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Container, Iterator, Sequence
from itertools import accumulate
from typing import Any, TypeGuard

from IPython.display import Markdown
from tabulate import tabulate

from gru_course.course import checked

_MATHS = re.compile(r"(\$[^$]+\$)")
_CHECK = re.compile("_?check(ed)?_")
_COMPUTE = ("negligible", "rounding")
"""Functions of `checked` whose result is another number than their argument: no checks."""
_MARKUP = re.compile(r"[\\`*~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|\](?=[(\[:])")


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markdown:
    """Make a table that reads the same in Jupyter Lab and in the book.

    Parameters
    ----------
    headers : sequence of str
        One title per column, none of them empty: screen readers announce them.
    rows : sequence of sequences
        One cell per column; numbers are shown as given, so round them first. What would end a
        cell or be taken for markup is escaped; ``$...$`` is maths.

    Returns
    -------
    IPython.display.Markdown

    Raises
    ------
    ValueError
        If a header is empty or a row has another number of cells.

    Examples
    --------
    >>> print(table(["model", "accuracy"], [["GRU", "0.8400"]]).data)
    | model   | accuracy   |
    |---------|------------|
    | GRU     | 0.8400     |
    """
    if not all(headers):
        raise ValueError(f"every column needs a title, got {list(headers)}")
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"row {list(row)} has {len(row)} cells for {len(headers)} columns")
    titles, *cells = ([_escaped(str(cell)) for cell in row] for row in (headers, *rows))
    return Markdown(tabulate(cells, headers=titles, tablefmt="github", disable_numparse=True))


def _escaped(cell: str) -> str:
    """Write a cell so that a table shows it as it is.

    "<start>" would be taken for a tag and vanish from the page; a bar or a line break would end
    the cell, in maths too; a backslash would hide what follows it, but begins a name in maths.
    """
    parts = _MATHS.split(cell)  # maths at the odd places
    parts[::2] = [_MARKUP.sub(r"\\\g<0>", text).replace("<", "&lt;") for text in parts[::2]]
    return "<br>".join("".join(parts).replace("|", "\\|").splitlines())


def source(code: Callable[..., Any]) -> Markdown:
    """Show the source of shared code without its docstring and its checks, so that the code speaks.

    Parameters
    ----------
    code : callable
        A function or class of ``gru_course``.

    Returns
    -------
    IPython.display.Markdown
        A highlighted block of Python. What refuses wrong input is left out: calls of
        `gru_course.course.checked` and of functions named check, and conditions that only raise
        an error.

    Examples
    --------
    >>> print(source(_escaped).data.splitlines()[1])
    def _escaped(cell: str) -> str:
    """
    names = vars(sys.modules[code.__module__])
    checks = {
        name
        for name, it in names.items()
        if getattr(it, "__module__", "") == checked.__name__ or _CHECK.match(name)
    }.difference(_COMPUTE)
    text = _without_checks(inspect.getsource(code), checks).rstrip()
    fence = "````" if "```" in text else "```"
    return Markdown(f"{fence}python\n{text}\n{fence}")


def _without_checks(text: str, checks: Container[str]) -> str:
    """Take the docstring and the checks out of the source of a function or class.

    Parameters
    ----------
    text : str
    checks : container of str
        Names of functions that refuse their first argument or return it as it is.
    """
    # A method is indented: it can stand below a condition only.
    whole = (("if True:\n" if text[0].isspace() else "\n") + text).encode()  # the tree counts bytes
    (top,) = ast.parse(whole).body
    definition = top.body[0] if isinstance(top, ast.If) else top
    if not isinstance(definition, ast.FunctionDef | ast.ClassDef):  # the line of a lambda
        return text
    left_out = [*_checks(definition, checks)]
    if ast.get_docstring(definition) is not None:
        left_out.insert(0, definition.body[0])
    if {*definition.body} <= {*left_out}:
        return text
    lines = [0, 0, *accumulate(map(len, whole.splitlines(keepends=True)))]
    for node in reversed(left_out):
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        line, next_line = lines[node.lineno], lines[node.end_lineno + 1]
        begin = line + node.col_offset
        if isinstance(node, ast.Call):
            end = lines[node.end_lineno] + node.end_col_offset
            kept = ast.get_source_segment(whole.decode(), node.args[0]) or ""
            whole = whole[:begin] + kept.encode() + whole[end:]
        elif not whole[line:begin].strip():  # it shares its line with no other statement
            before = re.sub(rb"(?m)(?:^ *#.*\n)+\Z", b"", whole[:line])  # comments about it
            whole = before + whole[next_line:].lstrip(b"\n")
    return whole.decode().split("\n", 1)[1]


def _checks(node: ast.AST, checks: Container[str]) -> Iterator[ast.stmt | ast.Call]:
    """Find the statements that only check, and the checks inside others, from top to bottom."""
    if isinstance(node, ast.Call) and _is_check(node, checks):
        yield node
        return
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.stmt) and _only_checks(part, checks):
            yield part
        else:
            yield from _checks(part, checks)


def _is_check(node: ast.AST, checks: Container[str]) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in checks


def _only_checks(statement: ast.stmt, checks: Container[str]) -> bool:
    match statement:
        case ast.Expr(value=ast.Call() as call):
            return _is_check(call, checks)
        case ast.Assign(
            targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Name(id=same), *_]) as call
        ):
            return name == same and _is_check(call, checks)
        case ast.If(body=body, orelse=[]):
            return all(isinstance(one, ast.Raise) or _only_checks(one, checks) for one in body)
        case ast.For(body=body, orelse=[]) | ast.Try(body=body, orelse=[], finalbody=[]):
            return all(_only_checks(one, checks) for one in body)
    return False
