"""What notebooks show besides plots: tables and the source of the shared code."""

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

from IPython.display import Markdown
from tabulate import tabulate

_MATHS = re.compile(r"(\$[^$]+\$)")
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
    """Show the source of shared code without its docstring, so that the code speaks.

    Parameters
    ----------
    code : callable
        A function or class of ``gru_course``.

    Returns
    -------
    IPython.display.Markdown
        A highlighted block of Python.

    Examples
    --------
    >>> print(source(_escaped).data.splitlines()[1])
    def _escaped(cell: str) -> str:
    """
    text = inspect.getsource(code)
    if code.__doc__:
        text = _without_docstring(text)
    fence = "````" if "```" in text else "```"
    return Markdown(f"{fence}python\n{text.rstrip()}\n{fence}")


def _without_docstring(text: str) -> str:
    """Take the docstring out of the source of a function or class, if more than that is left."""
    # A method is indented: it can stand below a condition only.
    (first,) = ast.parse(f"if True:\n{text}" if text[0].isspace() else f"\n{text}").body
    definition = first.body[0] if isinstance(first, ast.If) else first
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    docstring, *rest = definition.body
    if ast.get_docstring(definition) is None or not rest:
        return text
    if rest[0].lineno == docstring.end_lineno:  # in one line with the code
        return text
    lines = text.splitlines(keepends=True)
    begin, end = docstring.lineno - 2, (docstring.end_lineno or docstring.lineno) - 1
    return "".join(lines[:begin]) + "".join(lines[end:]).lstrip("\n")
