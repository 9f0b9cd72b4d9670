"""Arrays in one file, which is there in full or not at all; a damaged one counts as missing."""

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gru_course.data.archives import UNREADABLE

T = TypeVar("T")


def write_arrays(arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Write arrays into an uncompressed ``.npz``, in full or not at all.

    Uncompressed, since unpacking would take most of the second that loading may take.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    path : pathlib.Path
        Written under a temporary name beside it, which is then changed.

    Raises
    ------
    OSError
        If it cannot be written; an earlier file is still there then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_arrays({"ids": np.arange(3)}, Path(folder) / "a.npz")
    ...     read_arrays(Path(folder) / "a.npz", lambda arrays: arrays["ids"].tolist())
    [0, 1, 2]
    """
    part = path.with_name(f"{path.name}.part")
    contents: dict[str, Any] = dict(arrays)
    try:
        with part.open("wb") as handle:
            np.savez(handle, **contents)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read_arrays(path: Path, unpack: Callable[[Mapping[str, NDArray[Any]]], T]) -> T | None:
    """Return what `unpack` makes of the arrays in a file; None if it is missing or damaged.

    Each array has a checksum, so damage does not go unnoticed.

    Parameters
    ----------
    path : pathlib.Path
    unpack : callable
        Takes the arrays by their names.

    Returns
    -------
    object or None
    """
    try:
        with zipfile.ZipFile(path) as whole:
            if whole.testzip() is not None:  # numpy compares no checksum of what it leaves unread
                return None
        with np.load(path, allow_pickle=False) as arrays:
            return unpack(arrays)
    except UNREADABLE:
        return None
