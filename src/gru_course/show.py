"""What notebooks show besides plots: tables and the source of the shared code."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from IPython.display import Markdown
from tabulate import tabulate


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> Markdown:
    """Make a table that reads the same in Jupyter Lab and in the book.

    Parameters
    ----------
    headers : sequence of str
        One title per column, none of them empty: screen readers announce them.
    rows : sequence of sequences
        One cell per column; numbers are shown as given, so round them first.

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
    # "<start>" would be taken for a tag and vanish from the page.
    cells = [[str(cell).replace("<", "&lt;") for cell in row] for row in rows]
    return Markdown(tabulate(cells, headers=headers, tablefmt="github", disable_numparse=True))


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
    """
    text = inspect.getsource(code)
    if code.__doc__:
        head, _, tail = text.partition('"""')
        body = tail.partition('"""')[2]
        text = head.rstrip() + "\n" + body.lstrip("\n")
    return Markdown(f"```python\n{text.rstrip()}\n```")
