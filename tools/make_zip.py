"""Make what one takes along, in ``dist/``: the course in one file, the wheel and their checksums.

The zip file holds the offline book, its PDF if ``make pdf`` has printed this book, the lessons with
the stored studies that they read, the wheel, and a page that says how to begin.

Nothing is fetched, and equal files give equal bytes on one machine, because everything bears the
date of the version. Number, date and notes of a version are those of the first entry of
``CHANGELOG.md``; ``pyproject.toml`` and ``CITATION.cff`` must say the same.
"""

import argparse
import datetime
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import yaml
from build_book import built_book
from machine import stated
from passes import ROOT, files_below

WHEEL_INPUTS = ("pyproject.toml", "README.md", "LICENSE", "src")
ENTRY = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)", re.M | re.S)
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"

START = """The Gated Recurrent Unit: the course to take along

Read it: open book/index.html in a browser. It needs no server and no network.

Run it: you need Python 3.11, 3.12 or 3.13. In this folder, on Linux and macOS:

    python3 -m venv .venv
    .venv/bin/pip install "{wheel}[lab]"
    .venv/bin/jupyter lab notebooks

On Windows the last two lines begin with .venv\\Scripts\\ instead of .venv/bin/. The installation
downloads TensorFlow, of more than half a gigabyte. The lessons then need no network if you set
GRU_COURSE_PROFILE to quick.

Check it: sha256sum --check SHA256SUMS
"""


class Version(NamedTuple):
    """A version of the course."""

    number: str
    date: datetime.date
    notes: str


def version_of(root: Path) -> Version:
    """Read the newest version.

    Raises
    ------
    ValueError
        If the files that name it disagree, or the changelog does not begin with an entry.
    """
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    entry, first = ENTRY.search(changelog), re.search(r"^## .*", changelog, re.M)
    if not entry or not first or entry.start() != first.start():
        raise ValueError("CHANGELOG.md must begin with an entry such as '## 1.2.0 (2027-01-31)'")
    version = Version(entry[1], datetime.date.fromisoformat(entry[2]), entry[3].strip())
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    for where, said, meant in (
        ("pyproject.toml, version", project["version"], version.number),
        ("CITATION.cff, version", citation["version"], version.number),
        ("CITATION.cff, date-released", citation["date-released"], version.date),
    ):
        if said != meant:
            raise ValueError(f"{where} is {said}; the first entry of CHANGELOG.md says {meant}")
    return version


def build_wheel(root: Path, folder: Path, date: datetime.date) -> None:
    """Build the wheel of ``gru_course`` from a copy, free of what earlier builds have left."""
    noon = datetime.datetime.combine(date, datetime.time(12), datetime.UTC)
    with tempfile.TemporaryDirectory() as name:
        for item in WHEEL_INPUTS:
            source, copy = root / item, Path(name) / item
            if source.is_dir():
                left_out = shutil.ignore_patterns("__pycache__", "*.egg-info")
                shutil.copytree(source, copy, ignore=left_out)
            else:
                shutil.copyfile(source, copy)
        done = subprocess.run(
            [sys.executable, "-c", BUILD, folder.absolute()],
            cwd=name,
            env=stated() | {"SOURCE_DATE_EPOCH": str(int(noon.timestamp()))},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise ValueError(f"the wheel cannot be built:\n{done.stdout}{done.stderr}")


def contents(root: Path, site: Path, wheel: Path) -> dict[str, bytes]:
    """Give what one takes along, by its place in the zip file.

    Raises
    ------
    ValueError
        If there is no first page, or a page names a folder of this machine.
    """
    if not (site / "index.html").is_file():
        raise ValueError(f"there is no book in {site}: it has no index.html")
    files = {f"book/{p.relative_to(site).as_posix()}": p.read_bytes() for p in files_below(site)}
    own = re.compile(rb"(?<![\w.-])" + re.escape(os.fsencode(root.resolve())) + rb"/")
    for name, content in files.items():
        if own.search(content):
            raise ValueError(f"{name} names the folder {root} of this machine")
    read = [*root.glob("notebooks/*.ipynb"), *root.glob("studies/*.json"), root / "LICENSE"]
    files |= {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(read)}
    files[wheel.name] = wheel.read_bytes()
    if (pdf := pdf_of(site)).is_file():
        files[pdf.name] = pdf.read_bytes()
    files["START.txt"] = START.format(wheel=wheel.name).encode()
    sums = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)]
    return files | {"SHA256SUMS": "".join(sums).encode()}


def pdf_of(site: Path) -> Path:
    """Say where the PDF of a built book is kept, so that it is never that of another one."""
    return site.parent / "gru-course.pdf"


def write_zip(files: dict[str, bytes], path: Path, date: datetime.date) -> None:
    """Pack files into one folder of a zip file, with the date of the version."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in files.items():
            info = ZipInfo(f"{path.stem}/{name}", (date.year, date.month, date.day, 12, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.compress_type = ZIP_DEFLATED
            file.writestr(info, content)


def write_checksums(folder: Path) -> None:
    """Write ``SHA256SUMS`` for ``sha256sum --check``."""
    sums = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in files_below(folder)]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")


def make_zip(root: Path, site: Path, tag: str | None = None) -> Path:
    """Make everything anew and put it in its place whole. But for a release, handouts stay there.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    site : pathlib.Path
        Its built book.
    tag : str, optional
        The tag that is released, which must be that of the newest version.

    Raises
    ------
    ValueError
        If something must be put right first; the message says what.
    """
    version = version_of(root)
    if tag is not None and tag != f"v{version.number}":
        raise ValueError(f"the tag is {tag}, but the newest version is {version.number}")
    dist, beside = root / "dist", root / "_build"
    beside.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside) as name:
        folder = Path(name) / "dist"
        folder.mkdir()
        build_wheel(root, folder, version.date)
        (wheel,) = folder.glob("*.whl")
        path = folder / f"gru-course-{version.number}.zip"
        write_zip(contents(root, site, wheel), path, version.date)
        write_checksums(folder)
        (folder / "NOTES.md").write_text(f"{version.notes}\n", encoding="utf-8")
        packs = dist.glob("gru-course-[hs]*.zip")  # of make handout and make solutions
        for pack in [] if tag else packs:  # what lies in dist/ is released
            shutil.copy2(pack, folder)
        shutil.rmtree(dist, ignore_errors=True)
        folder.rename(dist)
    return dist


def main(arguments: list[str]) -> None:
    """Build the book if need be, and pack it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tag", help="refuse if this is not the tag of the newest version")
    try:
        dist = make_zip(ROOT, built_book(ROOT), parser.parse_args(arguments).tag)
    except (RuntimeError, ValueError) as error:
        sys.exit(str(error))
    for path in files_below(dist):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main(sys.argv[1:])
