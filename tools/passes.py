"""A memory of checks that have passed, so that a check runs again only if something changed.

Only passes are kept, each under a key that holds everything that can change its outcome. What is
damaged or written by another version counts as not remembered: the worst that can happen is that
a check runs once more. ``FRESH=1`` in the environment reads nothing; a full run in a clean clone
begins with nothing to read.
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from whole_files import whole_or_not

ROOT = Path(__file__).resolve().parent.parent
FRESH = "FRESH"
SETTINGS = (
    *("GRU_COURSE_DATA", "GRU_COURSE_CACHE", "GRU_COURSE_PROFILE", "GRU_COURSE_PROGRESS"),
    *("CI", "CHROMIUM", "FIREFOX", "TSC", "PYTEST_ADDOPTS"),
)
"""Variables that decide what a check does; ``machine.py`` states the rest of the environment."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PROGRAMS = (*BROWSERS, "firefox-esr", "firefox", "git", "node", "tsc")
"""Programs that checks use, or without which they are skipped."""


class Passes:
    """Passes kept in a folder, one small file each, so that many processes may write at once.

    Parameters
    ----------
    folder : pathlib.Path
        It is made when the first pass is kept; it may be deleted at any time.
    """

    def __init__(self, folder: Path = ROOT / ".passes") -> None:
        self.folder = folder

    def has(self, kind: str, name: str, key: str) -> bool:
        """Say whether a check has passed with exactly this key."""
        return self._kept(kind, name).get("key") == key

    def reads(self, kind: str, name: str) -> list[str]:
        """Return the files that a check was seen to read when it passed; see :meth:`add`."""
        reads = self._kept(kind, name).get("reads")
        return reads if isinstance(reads, list) else []

    def _kept(self, kind: str, name: str) -> dict[str, Any]:
        if os.environ.get(FRESH):
            return {}
        try:
            kept = json.loads(self._file(kind, name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) and kept.get("name") == name else {}

    def add(self, kind: str, name: str, key: str, reads: Sequence[str] = ()) -> None:
        """Keep that a check has passed; it takes the place of the earlier pass of that check.

        Parameters
        ----------
        kind, name : str
            Of the check.
        key : str
            Of everything that can change its outcome.
        reads : sequence of str
            Where `key` depends on files that only a run can tell: which these were.
        """
        kept = {"name": name, "key": key, "reads": list(reads)}
        try:
            whole_or_not(self._file(kind, name), f"{json.dumps(kept)}\n".encode())
        except OSError as error:  # a full disk must not turn a pass into a failure
            print(f"The pass of {name} could not be kept: {error}", file=sys.stderr)

    def _file(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{key_of(name)[:32]}.json"


def key_of(*parts: str | bytes | Path) -> str:
    """Digest texts, bytes and the contents of files; a file that is not there counts as such.

    Examples
    --------
    >>> key_of("a", "b") == key_of("ab")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes() if part.is_file() else b"not a file"
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


@functools.cache
def installed() -> str:
    """Digest installed versions, Python and system."""
    # Not along sys.path, which some packages extend when they are imported.
    places = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    distributions = importlib.metadata.distributions(path=places)
    versions = sorted({f"{d.name}=={d.version}" for d in distributions})
    return key_of(sys.version, platform.platform(), *versions)


@functools.cache
def environment() -> str:
    """Digest what every check depends on: what is installed, settings and programs."""
    settings = [f"{name}={os.environ.get(name, '')}" for name in SETTINGS]
    programs = [_program(name) for name in (*PROGRAMS, os.environ.get("CHROMIUM", ""))]
    return key_of(installed(), *settings, *programs)


def _program(name: str) -> str:
    """Say which program has a name; another version of it is another file."""
    path = shutil.which(name)
    if path is None:
        return "not there"
    status = os.stat(path)
    return f"{path} {status.st_mtime_ns} {status.st_size}"


def files_below(folder: Path, patterns: Iterable[str] = ("*",)) -> list[Path]:
    """List the files of a folder that match, in order, without caches and what is hidden."""
    found = {path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()}

    def is_kept(path: Path) -> bool:
        inner = path.relative_to(folder).parts
        return not any(part.startswith(".") or part == "__pycache__" for part in inner)

    return sorted(path for path in found if is_kept(path))
