"""Build the book strictly, and only if something that it is made from has changed.

``make book`` and the tests of the pages both ask here, so that one build serves both. Kept are only
whole sites that were built without a warning, each under a digest of everything that went into it.
If nothing but chapters has changed since a kept site, Sphinx reads only these chapters again, since
reading the others gave no warning. It writes all pages, so that every reference is looked up anew.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

from filelock import FileLock
from machine import stated
from passes import ROOT, files_below, installed, key_of

INPUTS = (
    *("_config.yml", "_toc.yml", "pyproject.toml", "book", "notebooks", "src/gru_course"),
    *("tests/mutants/mutants.toml", "tests/mutants/results.json", "tools/sandbox.py"),
    *(
        f"studies/{name}.{kind}"
        for name in (
            *("review_reader", "forgetting_race", "character_writer"),
            *("digit_listener", "chorale_player"),
        )
        for kind in ("json", "npz")
    ),
    "tools/page_arrays.py",
)
"""What the pages are made from; a test holds this list to the files that Sphinx says it read."""
KEPT = 2
"""Sites that are kept: another run may still be reading the one before."""
SITE, DOCTREES = "site", "doctrees"
"""Parts of what is kept: the pages, and what Sphinx has read for them."""
CONTENTS, MADE_FROM = "contents.txt", "made_from.json"
"""Digests: of the parts, and of what the site was made from."""
CHAPTERS = "book/*.md"


def inputs(root: Path = ROOT) -> list[Path]:
    """List the files that the book is made from."""
    paths = [root / name for name in INPUTS]
    return [file for path in paths for file in (files_below(path) if path.is_dir() else [path])]


def made_from(root: Path = ROOT) -> dict[str, str]:
    """Digest everything that can change the pages or the warnings of a build, by its name."""
    files = {file.relative_to(root).as_posix(): key_of(file) for file in inputs(root)}
    return {"what is installed": installed(), "this program": key_of(Path(__file__)), **files}


def book_key(root: Path = ROOT) -> str:
    """Digest the names as well."""
    return key_of(json.dumps(made_from(root)))


def built_book(root: Path = ROOT, anew: bool = False) -> Path:
    """Give the site of the book as it is now, and build it where that has not been done.

    Parameters
    ----------
    root : pathlib.Path
        The folder of ``_config.yml``.
    anew : bool
        Build it even if it is kept.

    Returns
    -------
    pathlib.Path
        A folder with ``index.html``, below ``_build/tested``.

    Raises
    ------
    RuntimeError
        If the build gives a warning or an error, or a file changes during it.
    """
    folder = root / "_build" / "tested"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        for interrupted in folder.glob("building-*"):
            shutil.rmtree(interrupted)
        place = folder / book_key(root)[:16]
        if anew or not _is_whole(place):
            _keep(root, place, anew)
        os.utime(place)
        by_use = sorted(folder.glob("*/"), key=lambda path: path.stat().st_mtime)
        for old in by_use[:-KEPT]:
            shutil.rmtree(old)
    return place / SITE


def build(root: Path, folder: Path) -> None:
    """Build the book strictly below a folder that holds no page; doctrees may be there."""
    program = Path(sys.executable).with_name("jupyter-book")
    command: list[str | Path] = [program, "build", root, "--path-output", folder]
    command += ["-n", "-W", "--keep-going"]
    result = subprocess.run(
        command, env=stated(root=root), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(
            "The book does not build without a warning. Each is named below; mend the page that it "
            f"names and build again.\n{result.stdout[-3000:]}{result.stderr[-5000:]}"
        )


def _keep(root: Path, place: Path, anew: bool) -> None:
    """Build aside, then put the whole in its place at once."""
    before = made_from(root)
    with tempfile.TemporaryDirectory(prefix="building-", dir=place.parent) as name:
        folder, whole = Path(name), Path(name) / "whole"
        if not anew:
            _lend(place.parent, before, folder / "_build" / ".doctrees")
        build(root, folder)
        if made_from(root) != before:
            raise RuntimeError("A file of the book changed while it was built. Build it again.")
        whole.mkdir()
        (folder / "_build" / "html").rename(whole / SITE)
        (folder / "_build" / ".doctrees").rename(whole / DOCTREES)
        (whole / MADE_FROM).write_text(json.dumps(before), encoding="utf-8")
        (whole / CONTENTS).write_text(_digest(whole, _parts(whole)), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        whole.rename(place)


def _lend(kept: Path, now: dict[str, str], doctrees: Path) -> None:
    """Copy what was read for a kept site, but for changed chapters, if only such have changed."""
    for place in kept.glob("*/"):
        if not _is_whole(place):
            continue
        then = json.loads((place / MADE_FROM).read_text(encoding="utf-8"))
        changed = {name for name, _ in then.items() ^ now.items()}
        if then.keys() == now.keys() and all(fnmatchcase(name, CHAPTERS) for name in changed):
            shutil.copytree(place / DOCTREES, doctrees)
            for name in changed:  # Sphinx reads a page that it has no doctree of
                (doctrees / name).with_suffix(".doctree").unlink(missing_ok=True)
            return


def _parts(place: Path) -> list[Path]:
    """List the files of a kept site that have to stay as they are."""
    return [*files_below(place / SITE), *files_below(place / DOCTREES), place / MADE_FROM]


def _is_whole(place: Path) -> bool:
    """Say whether a kept site still has the contents that it was built with."""
    try:
        contents = (place / CONTENTS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return contents == _digest(place, _parts(place))


def _digest(folder: Path, files: list[Path]) -> str:
    """Digest files together with their places in a folder."""
    return key_of(*(part for f in files for part in (f.relative_to(folder).as_posix(), f)))


def put(html: Path, root: Path = ROOT) -> None:
    """Put the book in its place whole, one process after the other."""
    html.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{html}.lock"):
        site = built_book(root)
        with tempfile.TemporaryDirectory(dir=html.parent) as folder:
            copy = shutil.copytree(site, Path(folder) / "html")
            shutil.rmtree(html, ignore_errors=True)
            copy.rename(html)


def main() -> None:
    """Put the book where a reader looks for it."""
    try:
        put(ROOT / "_build" / "html")
    except RuntimeError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(
            f"The book cannot be written: {error}. If this folder may only be read, copy the "
            "course to one of your own; else make room."
        )
    print("Open _build/html/index.html in a browser. No server and no network needed.")


if __name__ == "__main__":
    main()
