"""Silence for libraries that write to the standard error stream past Python."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def standard_error_silenced() -> Iterator[None]:
    """Close the standard error stream, its file descriptor included, for as long as it lasts."""
    saved = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
