"""What students have handed in: a notebook each, or a folder each, found and read with suspicion.

A notebook is read as JSON and nothing else. Links are not followed, and what is too large or no
plain file is not opened. A submission that cannot be read is still one, and says why.
"""

import hashlib
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

MIB = 2**20
TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
LARGEST = 10 * MIB
MOST_NOTEBOOKS, MOST_CELLS = 50, 2000
NUMBER = re.compile(r"(\d+)[-_.](\d+)\D*$")
"""Lesson and exercise at the end of a ``grade_id``, which may hold no dot: ``ex-1-2``, ``1_2``."""


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    Parameters
    ----------
    source : str
        The code; empty for a cell that is none.
    exercise : str or None
        The exercise that nbgrader's metadata name, such as ``"1.2"``.
    """

    source: str
    exercise: str | None = None


@dataclass(frozen=True)
class Notebook:
    """One file.

    Parameters
    ----------
    place : str
        Where it lies in the folder of the submissions.
    cells : tuple of Cell
    problem : str or None
        Why it could not be read, as a sentence for the student.
    digest : str
        The SHA-256 of its content, or of what is known of it.
    """

    place: str
    cells: tuple[Cell, ...] = ()
    problem: str | None = None
    digest: str = ""

    @property
    def exercises(self) -> set[str]:
        """The exercises that it has cells for."""
        return {cell.exercise for cell in self.cells if cell.exercise}


@dataclass(frozen=True)
class Submission:
    """What one student has handed in.

    Parameters
    ----------
    student : str
        The name of the notebook without its ending, or of the folder.
    place : str
        The name of the notebook or folder; no two are the same.
    notebooks : tuple of Notebook
    notes : tuple of str
        What the instructor should know.
    """

    student: str
    place: str
    notebooks: tuple[Notebook, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that can change its result."""
        parts = [self.place, *(part for n in self.notebooks for part in (n.place, n.digest))]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def find_submissions(folder: Path) -> list[Submission]:
    """Find everything that was handed in, in the order of its names.

    Parameters
    ----------
    folder : pathlib.Path
        With one notebook, or one folder of notebooks, a student. Names with a dot in front are no
        submissions.

    Raises
    ------
    ValueError
        If there is no such folder, or nothing is in it.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}; name the one that holds the notebooks")
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    if not entries:
        raise ValueError(f"{folder} is empty; expected one notebook, or one folder, a student")
    found = [_submission(entry) for entry in entries]
    bearers = Counter(_folded(one.student) for one in found)
    return [
        replace(one, notes=("Another submission has the same name.",))
        if bearers[_folded(one.student)] > 1
        else one
        for one in found
    ]


def shown(text: str, most: int = 600) -> str:
    r"""Return a text of a student on one line, without what would change how others are shown.

    Examples
    --------
    >>> shown("a\x00\n \x1b[31mb\ud800\u202e" + "c" * 900, most=14)
    'a? ?[31mb??cc…'
    """
    line = " ".join(text[: 2 * most].split())
    marked = "".join("?" if _is_unfit(c) else c for c in line)
    return marked if len(marked) <= most else marked[: most - 1] + "…"


def _is_unfit(character: str) -> bool:
    """Say whether a character is a control, half a character, or turns the direction of writing."""
    return unicodedata.category(character) in ("Cc", "Cs") or character in TURNS


def read_notebook(path: Path, place: str) -> Notebook:
    """Read a notebook; one that cannot be read says why."""
    try:
        content = _content(path)
    except OSError as error:
        return _unreadable(place, f"It cannot be opened: {error.strerror}.")
    except ValueError as error:
        return _unreadable(place, str(error))
    digest = hashlib.sha256(content).hexdigest()
    try:
        cells = tuple(_cells(json.loads(content)))
    except (ValueError, RecursionError, MemoryError):  # no JSON, or far too deep
        problem = "It is no notebook: its content is not JSON. Save it again in Jupyter."
        return Notebook(place, (), problem, digest)
    except (KeyError, TypeError, AttributeError):
        problem = "It is no notebook of format 4. Save it again in Jupyter."
        return Notebook(place, (), problem, digest)
    if len(cells) > MOST_CELLS:
        return Notebook(place, (), f"It has more than {MOST_CELLS} cells.", digest)
    return Notebook(place, cells, None, digest)


def _submission(entry: Path) -> Submission:
    place = entry.name
    if entry.is_symlink() or not entry.is_dir():
        name = entry.stem if entry.suffix == ".ipynb" else place
        if entry.suffix != ".ipynb":
            problem = "It is no notebook: its name does not end in .ipynb."
            return Submission(name, place, (_unreadable(place, problem),))
        return Submission(name, place, (read_notebook(entry, place),))
    paths = []
    for above, folders, names in os.walk(entry, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [Path(above) / name for name in names if _is_notebook(name)]
        if len(paths) > MOST_NOTEBOOKS:
            problem = f"The folder has more than {MOST_NOTEBOOKS} notebooks."
            return Submission(place, place, (_unreadable(place, problem),))
    if not paths:
        return Submission(place, place, (_unreadable(place, "The folder has no notebook."),))
    read = (read_notebook(path, str(path.relative_to(entry.parent))) for path in sorted(paths))
    return Submission(place, place, tuple(read))


def _is_notebook(name: str) -> bool:
    return name.endswith(".ipynb") and not name.startswith(".")


def _content(path: Path) -> bytes:
    """Read a file if it is a plain one of a possible size; never wait for a pipe."""
    if path.is_symlink():
        raise ValueError("It is a link, and links are not followed. Hand in the notebook itself.")
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("It is no plain file.")
        if status.st_size > LARGEST:
            raise ValueError(
                f"It has {status.st_size / MIB:.0f} MiB; at most {LARGEST // MIB} are read. "
                "Clear the outputs, and save it again."
            )
        return file.read(LARGEST + 1)


def _cells(content: object) -> Iterable[Cell]:
    if not isinstance(content, dict) or not isinstance(content["cells"], list):
        raise TypeError
    for cell in content["cells"]:
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        match cell:
            case {"metadata": {"nbgrader": {"grade_id": str(name)}}}:
                number = NUMBER.search(name[:200])
            case _:
                number = None
        exercise = f"{int(number[1])}.{int(number[2])}" if number else None
        yield Cell(text if cell["cell_type"] == "code" else "", exercise)


def _unreadable(place: str, problem: str) -> Notebook:
    return Notebook(place, (), problem, hashlib.sha256(problem.encode()).hexdigest())


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
