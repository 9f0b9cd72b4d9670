"""Small models that pages load: their weights as 16-bit floats, and texts, in one file."""

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whole_files import whole_or_not


def keep_arrays(
    path: Path, arrays: Mapping[str, NDArray[Any]], texts: Mapping[str, str] | None = None
) -> str:
    """Write arrays, rounded to 16 bits, and texts whole or not at all; return the sha256."""
    parts: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    for name, text in (texts or {}).items():
        parts[name] = np.frombuffer(text.encode(), dtype=np.uint8)
    content = io.BytesIO()
    np.savez_compressed(content, **parts)
    whole_or_not(path, content.getvalue())
    return hashlib.sha256(content.getvalue()).hexdigest()


def read_arrays(path: Path, sha256: str) -> dict[str, NDArray[Any]]:
    """Read what `keep_arrays` wrote, texts as bytes; nothing is unpickled.

    Raises
    ------
    ValueError
        If it is not the file with this digest.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{path.name} is not the file that its study made: run 'make studies'")
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
