"""Add Python to a built book, so that exercises can be answered in its pages, from disk.

Pyodide comes from its npm package, in the version and with the checksums of
``tools/page_python/package-lock.json``, and is kept in ``_build``. It has no NumPy; the pages
get ``tools/page_python/small_numpy`` under that name, and the parts of ``gru_course`` that
judge the exercises. A page that is opened from disk may fetch nothing, but may load a script: so
all of it becomes one, ``_static/python/engine.js``, which a page loads when somebody runs a cell.
"""

import base64
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from make_exercises import SOURCES, read
from passes import ROOT, key_of
from whole_files import whole_or_not

PACKAGE = "tools/page_python"
LOCK = ("package.json", "package-lock.json")
PARTS = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
PYODIDE_LOCK = "pyodide-lock.json"
COURSE = (
    "gru_course/__init__.py",
    "gru_course/course/__init__.py",
    "gru_course/course/checked.py",
    "gru_course/cells/*.py",
    "gru_course/exercises/*.py",
    "gru_course/exercises/texts.json",
)
"""What the exercises need of the package, below ``src``."""
ENGINE, EDITION = Path("_static/python/engine.js"), Path("_static/live/python-edition.js")


class NoPyodideError(RuntimeError):
    """Pyodide cannot be had; the message says why and what to do."""


def kept_folder(root: Path = ROOT) -> Path:
    """Say where the npm packages of the lock are kept once they have been fetched."""
    return root / "_build" / "pyodide" / key_of(*(root / PACKAGE / name for name in LOCK))[:16]


def pyodide_folder(root: Path = ROOT, npm: str | None = None) -> Path:
    """Give the folder of the npm package; install it where it is not kept.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    npm : str, optional
        The program; by default the installed one.

    Raises
    ------
    NoPyodideError
        If there is no npm, or it does not install the package of the lock.
    """
    kept = kept_folder(root)
    place = kept / "node_modules" / "pyodide"
    if not place.is_dir():
        program = npm or shutil.which("npm")
        if program is None:
            raise NoPyodideError(
                "Python in the page needs npm, which comes with Node.js. Install it, or make the "
                "book without PYTHON_IN_PAGE."
            )
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            folder = Path(name) / "package"
            folder.mkdir()
            for file in LOCK:
                shutil.copy(root / PACKAGE / file, folder)
            # npm ci installs what the lock says, and refuses what has another checksum.
            command = [program, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NoPyodideError(
                    "npm did not install Pyodide. Make the book without PYTHON_IN_PAGE, or mend "
                    f"what npm says:\n{done.stderr[-2000:]}"
                )
            shutil.rmtree(kept, ignore_errors=True)
            folder.rename(kept)
    if missing := [name for name in (*PARTS, PYODIDE_LOCK) if not (place / name).is_file()]:
        raise NoPyodideError(
            f"The npm package of Pyodide has no {missing[0]}: another version is arranged in "
            f"another way. Delete {kept} and keep the version of the lock."
        )
    return place


def course_files(root: Path = ROOT) -> dict[str, str]:
    """Return the Python files that a page gets, path to content."""
    found = {
        path.relative_to(root / "src").as_posix(): path
        for pattern in COURSE
        for path in sorted((root / "src").glob(pattern))
    }
    found["session.py"] = root / PACKAGE / "session.py"
    for path in sorted((root / PACKAGE / "small_numpy").glob("*.py")):
        found[f"numpy/{path.name}"] = path
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def setups(root: Path = ROOT) -> dict[str, str]:
    """Return what the answers of each lesson import, by its number such as ``"01"``."""
    return {source.stem[:2]: read(source).setup for source in sorted((root / SOURCES).glob("*.py"))}


def versions(folder: Path) -> dict[str, str]:
    """Return the versions of Pyodide and of the Python in it."""
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((folder / PYODIDE_LOCK).read_text(encoding="utf-8"))
    return {"pyodide": package["version"], "python": lock["info"]["python"]}


def engine(folder: Path, root: Path = ROOT) -> str:
    """Write the script that holds Python.

    Parameters
    ----------
    folder : pathlib.Path
        The npm package.
    root : pathlib.Path
        The checkout.
    """
    lock = json.loads((folder / PYODIDE_LOCK).read_text(encoding="utf-8"))
    course = {"files": course_files(root), "setups": setups(root)}
    contents = {name: (folder / name).read_bytes() for name in PARTS}
    contents[PYODIDE_LOCK] = json.dumps(lock | {"packages": {}}).encode()  # none is in the page
    contents["course.json"] = json.dumps(course).encode()
    held = {
        "worker": (root / "book/assets/js/python-worker.js").read_text(encoding="utf-8"),
        "files": {name: _packed(content) for name, content in contents.items()},
    }
    return (
        f"// Pyodide {versions(folder)['pyodide']}, under the Mozilla Public License 2.0\n"
        "// (https://www.mozilla.org/MPL/2.0/), unchanged; its source is at\n"
        "// https://github.com/pyodide/pyodide. In it is Python, under the PSF licence.\n"
        f"globalThis.gruCoursePython.engine = {json.dumps(held)};\n"
    )


def add(site: Path, root: Path = ROOT) -> None:
    """Add Python to a site.

    Parameters
    ----------
    site : pathlib.Path
        A built book; files are added, and the script that says whether it has Python is changed.
    root : pathlib.Path
        The checkout.

    Raises
    ------
    NoPyodideError
        If Pyodide cannot be had; then nothing is changed.
    """
    folder = pyodide_folder(root)
    script, said = engine(folder, root), json.dumps(versions(folder))
    edition = f"globalThis.gruCoursePython = {{ edition: {said} }};\n"
    whole_or_not(site / ENGINE, script.encode())
    whole_or_not(site / EDITION, edition.encode())


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")


if __name__ == "__main__":
    try:
        print(pyodide_folder())
    except NoPyodideError as error:
        sys.exit(str(error))
