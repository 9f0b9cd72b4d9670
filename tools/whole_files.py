"""Files that are there in full or not at all."""

import os
from pathlib import Path


def whole_or_not(path: Path, content: bytes) -> None:
    """Write a file that is there in full or not at all, whatever ends the process.

    Raises
    ------
    OSError
        For example if the disk is full; an earlier file is still there then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
