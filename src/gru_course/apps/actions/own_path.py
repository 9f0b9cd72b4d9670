"""A path of one's own: rows of coordinates, in a file or an array, as the data set holds them."""

import os
import re
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gru_course.apps.actions.data import TIMESTEPS
from gru_course.apps.actions.model import motion
from gru_course.course.checked import finite
from gru_course.data.errors import DataError

FEWEST, MOST = 10, 5_000
"""Rows of a path: fewer say nothing of how the hand moved, more are no single movement."""
_MOST_BYTES = 1_000_000
_BETWEEN = re.compile(r"[,;\t ]+")
_HELP = (
    "Write one row for each frame: how far right the hand is and how far up, with a comma between "
    "and a point in each decimal number"
)


def own_path(path: str | Path | ArrayLike) -> NDArray[np.float32]:
    """Return one movement as the data set would hold it.

    Parameters
    ----------
    path : str, pathlib.Path or array_like
        A text file with a row for each frame, or the rows themselves, shape ``(frames, 2)``: how
        far right the hand is and how far up, in any unit, at even distances in time. The first line
        of a file may name the columns.

    Returns
    -------
    ndarray of float32, shape (1, 45, 2)
        Read between the frames where there are more or fewer than 45.

    Raises
    ------
    DataError
        If the file cannot be read, or has something else than two numbers in a row.
    ValueError
        If the rows are no path: of another shape, too few or too many, not finite, or of a hand
        that rests. The error says what to do.

    Examples
    --------
    >>> right = np.linspace(0, 1, 20)
    >>> own_path(np.stack([right, right**2], axis=1)).shape
    (1, 45, 2)
    """
    if isinstance(path, (str, os.PathLike)):
        name, rows = os.path.basename(path), _rows(Path(path))
    else:
        name, rows = "the path", np.asarray(finite(path, "the coordinates"), dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1:] != (2,) or not FEWEST <= len(rows) <= MOST:
        raise ValueError(
            f"{name} has shape {rows.shape}; expected {FEWEST} to {MOST:,} rows of two numbers. "
            f"{_HELP}."
        )
    frames, asked = np.arange(len(rows)), np.linspace(0, len(rows) - 1, TIMESTEPS)
    even = np.stack([np.interp(asked, frames, column) for column in rows.T], axis=1)
    with np.errstate(over="ignore"):  # what is too large is refused at once
        drawn = finite(np.asarray(even[None], dtype=np.float32), "the coordinates as float32")
    if not motion(drawn).any():
        raise ValueError(
            f"in {name} the hand rests at {rows[0].tolist()}; expected a movement. Are these the "
            "right columns?"
        )
    return drawn


def _rows(file: Path) -> NDArray[np.float64]:
    """Read the numbers of a text file."""
    try:
        with file.expanduser().open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{file.name} is no text: its byte {error.start} is none. {_HELP}."
        ) from error
    if len(content) > _MOST_BYTES:
        raise DataError(
            f"{file.name} has more than {_MOST_BYTES:,} bytes; expected one movement. Cut the rest "
            "off."
        )
    rows: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = _BETWEEN.split(line.strip())
        if fields == [""] or (number == 1 and not any(map(_is_number, fields))):
            continue  # an empty line, or the names of the columns
        if len(fields) != 2 or not all(map(_is_number, fields)):
            raise DataError(
                f"line {number} of {file.name} is {line[:40]!r}; expected two numbers. {_HELP}."
            )
        rows.append([float(field) for field in fields])
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
