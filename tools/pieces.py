"""Studies in pieces, and the results of finished pieces, kept so that none is computed twice.

A piece is one training or another long computation: a function of the study's script and the
arguments to call it with. Its key is a digest of everything that can change its result: the
definitions that the function reaches, the arguments, the keys of the pieces whose results it is
handed, and the versions of the numeric libraries. So results of two versions of the code are never
mixed, and what a change does not touch is not computed again.
"""

import contextlib
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock
from provenance import repository
from whole_files import whole_or_not

from gru_course.data.fetch import cache_folder


@dataclass(frozen=True)
class Piece:
    """One training or another long computation.

    Parameters
    ----------
    run : callable
        A function at the top level of the study's script; it returns JSON values.
    arguments : mapping
        What to call it with, by name: JSON values only.
    needs : mapping
        Further arguments, by name: the key of an earlier piece, whose result is handed over.
    alone : bool
        For measurements of time: computed in the first process, while no other piece is.
    """

    run: Callable[..., Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False


@dataclass(frozen=True)
class Study:
    """A study: its pieces, and how their results become what is stored.

    Parameters
    ----------
    script : pathlib.Path
        The file that defines the study, in a folder of the checkout; the results lie beside it.
    pieces : mapping
        Key -> piece, in the order of work.
    assemble : callable
        Takes the results of all pieces, key -> result, and gives what is stored. It is quick:
        what takes long, or needs the data, is a piece.
    seeds : sequence of int
        Of all trainings, for the record.
    take_apart : callable
        The way back, as far as there is one: takes what is stored and gives key -> what that
        piece gave. Of a piece's fields it may leave out those that are not stored.
    times : sequence of str
        Fields that hold a measured time, so that they never come back the same.

    Raises
    ------
    ValueError
        If a piece needs one that does not stand before it, or is not a function of the script.
    """

    script: Path
    pieces: Mapping[str, Piece]
    assemble: Callable[[Mapping[str, Any]], Any]
    seeds: Sequence[int]
    take_apart: Callable[[Any], Mapping[str, Any]]
    times: Sequence[str] = ("seconds",)

    def __post_init__(self) -> None:
        earlier: set[str] = set()
        for name, piece in self.pieces.items():
            if missing := set(piece.needs.values()) - earlier:
                raise ValueError(f"piece {name!r} needs {sorted(missing)}, which must come before")
            if not getattr(piece.run, "__qualname__", "").isidentifier():
                raise ValueError(
                    f"piece {name!r} runs {piece.run}; expected a function at the top level of "
                    f"{self.script.name}, which a worker can find by its name"
                )
            earlier.add(name)

    @property
    def name(self) -> str:
        """The name of its script."""
        return self.script.stem

    @property
    def root(self) -> Path:
        """The checkout."""
        return self.script.resolve().parent.parent

    @property
    def place(self) -> str:
        """Where the script lies in the checkout."""
        return self.script.resolve().relative_to(self.root).as_posix()

    def codes(self) -> dict[str, str]:
        """Return the digest of what each function reaches that a piece runs."""
        names = sorted({piece.run.__name__ for piece in self.pieces.values()})
        script = self.script.resolve()
        return {name: repository(self.root).digest_of(script, name) for name in names}

    def keys(self, codes: Mapping[str, str], libraries: Mapping[str, str]) -> dict[str, str]:
        """Return the key of every piece for the given code and libraries.

        Raises
        ------
        ValueError
            If the arguments of a piece are not JSON values.
        """
        keys: dict[str, str] = {}
        for name, piece in self.pieces.items():
            needs = {argument: keys[other] for argument, other in piece.needs.items()}
            code = codes[piece.run.__name__]
            try:
                keys[name] = _digest([code, dict(piece.arguments), needs, dict(libraries)])
            except TypeError as error:
                raise ValueError(f"the arguments of piece {name!r} must be JSON: {error}") from None
        return keys


class Outcome(NamedTuple):
    """What a piece gave, in how many seconds, and on which machine."""

    result: Any
    seconds: float
    machine: str


def timed(run: Callable[..., Any], arguments: Mapping[str, Any]) -> Outcome:
    """Compute a piece."""
    start = time.perf_counter()
    result = through_json(run(**arguments))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}"
    return Outcome(result, time.perf_counter() - start, machine)


class Kept:
    """Results of finished pieces in a folder, one file each, whole or not at all.

    A file holds a checksum and what it is of; a damaged one counts as not there.

    Parameters
    ----------
    study : str
        Its name; the folder is in the user's cache and may be deleted at any time.
    """

    def __init__(self, study: str) -> None:
        self.folder = cache_folder() / "pieces" / study

    def get(self, key: str) -> Outcome | None:
        """Return what is kept under a key, or nothing."""
        path = self._path(key)
        try:
            checksum, body = path.read_bytes().split(b"\n", 1)
            if checksum.decode() != hashlib.sha256(body).hexdigest():
                raise ValueError("the checksum differs")
            return Outcome(**json.loads(body))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            print(f"{path} is damaged ({error}): its piece is computed again", file=sys.stderr)
            return None

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep an outcome; it is on the disk when this returns."""
        body = json.dumps(outcome._asdict()).encode()
        whole_or_not(self._path(key), hashlib.sha256(body).hexdigest().encode() + b"\n" + body)

    @contextlib.contextmanager
    def claim(self, key: str) -> Iterator[None]:
        """Let no other process on this machine compute the same piece meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self._path(key).with_suffix(".lock")
        with FileLock(lock):
            yield
            lock.unlink(missing_ok=True)  # whoever waited for it looks for the result first

    def _path(self, key: str) -> Path:
        return self.folder / f"{key[:32]}.json"


def through_json(value: Any) -> Any:
    """Return a value as it is read from a file again: tuples are lists, keys are texts."""
    return json.loads(json.dumps(value))


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
