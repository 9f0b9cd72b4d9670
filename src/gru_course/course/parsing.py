"""Files that others wrote: one that is not of the expected form gives one error that names it."""

import csv
import io
import math
import reprlib
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_KINDS = {
    dict: "names with values",
    list: "a list",
    str: "a text",
    int: "a whole number",
    float: "a finite number",
}


@contextmanager
def about_file(path: Path, error: type[Exception] = ValueError, advice: str = "") -> Iterator[None]:
    """Say in which file it was that something could not be read.

    Parameters
    ----------
    path : pathlib.Path
    error : type
        Which error to raise in place of a `ValueError` or a `RecursionError` of the block.
    advice : str
        What to do about it.

    Raises
    ------
    Exception
        What `error` says, with the name of the file, the reason and the advice.

    Examples
    --------
    >>> with about_file(Path("list.json"), advice="Save it again."):
    ...     of_kind({"a": 1}, list, "the file")
    Traceback (most recent call last):
    ...
    ValueError: list.json: the file is {'a': 1}; expected a list. Save it again.
    """
    try:
        yield
    except (ValueError, RecursionError) as wrong:
        what = "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong)
        what += "; expected UTF-8" if isinstance(wrong, UnicodeDecodeError) else ""
        raise error(f"{path}: {what:.500}{f'. {advice}' if advice else ''}") from wrong


def of_kind(value: object, kind: type[T], where: str) -> T:
    """Return a value of a file if it is of a kind.

    Parameters
    ----------
    value : object
        As json or tomllib give it; None for what is not there.
    kind : type
        dict, list, str, int or float. A whole number passes for a float, True and False for no
        number, NaN and infinity for nothing.
    where : str
        What the value is, for the error.

    Returns
    -------
    object
        `value`, unchanged.

    Raises
    ------
    ValueError
        If it is of another kind, or is a text with half a character (a lone surrogate).

    Examples
    --------
    >>> of_kind("5", float, "the floor")
    Traceback (most recent call last):
    ...
    ValueError: the floor is '5'; expected a finite number
    """
    kinds = (int, float) if kind is float else kind
    fits = isinstance(value, kinds) and not isinstance(value, bool)
    if not fits or (kind is float and not _is_finite(value)):
        found = "missing" if value is None else reprlib.repr(value)
        raise ValueError(f"{where} is {found}; expected {_KINDS[kind]}")
    if isinstance(value, str):
        value.encode()  # complains about half a character
    return value  # type: ignore[return-value]


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def field(row: object, name: str, kind: type[T], where: str) -> T:
    """Return one value of a row of a file, such as of an object of JSON; see `of_kind`.

    Examples
    --------
    >>> field({"speaker": "USER"}, "speaker", str, "turn 1")
    'USER'
    """
    return of_kind(of_kind(row, dict, where).get(name), kind, f"{where}, {name!r}")


def read_toml(path: Path) -> dict[str, Any]:
    r"""Read a TOML file, with or without a mark at its start and with the line ends of any system.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If it is not TOML in UTF-8; the text names the file, and the place if there is one.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "bounds.toml")
    ...     _ = path.write_bytes(b"[accuracy]\r\nfloor = 0.5\r\n")
    ...     read_toml(path)
    {'accuracy': {'floor': 0.5}}
    """
    with about_file(path):
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))


def read_csv(path: Path, columns: int) -> list[list[str]]:
    r"""Read the rows of a CSV file, without its header.

    Parameters
    ----------
    path : pathlib.Path
        In UTF-8, with or without a mark at its start, and with the line ends of any system.
    columns : int
        How many each row has at least.

    Returns
    -------
    list of list of str

    Raises
    ------
    ValueError
        If it is not such a file, has no rows, or a row is too short; the text says which.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "table.csv")
    ...     _ = path.write_bytes(b"day,value\r\n1,0.5\r\n")
    ...     read_csv(path, columns=2)
    [['1', '0.5']]
    """
    text = path.read_bytes().decode("utf-8-sig")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    except csv.Error as error:
        raise ValueError(f"it is no CSV file: {error}") from error
    if not rows:
        raise ValueError("there is no row below the header")
    for number, row in enumerate(rows, start=1):
        if len(row) < columns:
            raise ValueError(f"row {number} has {len(row)} columns; expected {columns}")
    return rows
