"""Python is added to a book whole, from the package that the lock names, or not at all."""

import base64
import gzip
import json
import re
import shutil
import sys
from pathlib import Path

import add_python
import build_book
import pytest
from add_python import EDITION, ENGINE, LOCK, PACKAGE, PARTS, PYODIDE_LOCK, NoPyodideError
from passes import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import python_in_page

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/??_*.ipynb")

PYTHON = {"info": {"python": "3.13.2"}, "packages": {"numpy": {}}}


@pytest.fixture
def course(tmp_path):
    """Copy what is packed to a place of its own."""
    for name in (PACKAGE, "src/gru_course/exercises", "notebooks/exercises", "book/assets/js"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def npm(tmp_path):
    """Give a program that stands in for npm, and does what a test writes into it."""
    path = tmp_path / "npm"

    def write(script):
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return write


def package(folder):
    """Write what looks like the npm package."""
    folder.mkdir(parents=True)
    for name in PARTS:
        (folder / name).write_bytes(name.encode())
    (folder / PYODIDE_LOCK).write_text(json.dumps(PYTHON))
    (folder / "package.json").write_text(json.dumps({"version": "9.9"}))
    return folder


def test_the_lock_has_checksums_and_names_no_host():
    stated, lock = (json.loads((ROOT / PACKAGE / name).read_text()) for name in LOCK)
    assert re.fullmatch(r"\d+\.\d+\.\d+", stated["dependencies"]["pyodide"]), "an exact version"
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages["node_modules/pyodide"]["version"] == stated["dependencies"]["pyodide"]
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not any("resolved" in one for one in packages.values())


def test_npm_is_asked_once_for_what_the_lock_says(course, npm):
    program = npm(
        'test "$*" = "ci --ignore-scripts --no-audit --no-fund" || exit 9\n'
        "test -f package-lock.json || exit 8\n"
        f"mkdir -p node_modules && cp -r {package(course / 'made')} node_modules/pyodide"
    )
    folder = add_python.pyodide_folder(course, program)
    assert add_python.versions(folder) == {"pyodide": "9.9", "python": "3.13.2"}
    assert add_python.pyodide_folder(course, npm("exit 7")) == folder
    (course / PACKAGE / LOCK[1]).write_text("{}")
    with pytest.raises(NoPyodideError, match="npm did not install Pyodide"):
        add_python.pyodide_folder(course, npm("exit 7"))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'EINTEGRITY: wrong checksum' >&2; exit 1", "EINTEGRITY: wrong checksum"),
        ("mkdir -p node_modules/pyodide", "has no pyodide.js"),
    ],
)
def test_what_npm_does_not_bring(course, npm, script, said):
    with pytest.raises(NoPyodideError, match=said):
        add_python.pyodide_folder(course, npm(script))


def test_without_npm(course, monkeypatch):
    monkeypatch.setattr(add_python.shutil, "which", lambda _: None)
    with pytest.raises(NoPyodideError, match=r"needs npm.*without PYTHON_IN_PAGE"):
        add_python.add(course / "site", course)
    assert not (course / "site").exists()


def test_the_engine_holds_every_part_unchanged(course):
    script = add_python.engine(package(course / "made"), course)
    assert "Mozilla Public License" in script
    held = json.loads(script.partition("engine = ")[2].rstrip(";\n"))
    files = {name: gzip.decompress(base64.b64decode(c)) for name, c in held["files"].items()}
    assert all(files[name] == name.encode() for name in PARTS)
    assert json.loads(files[PYODIDE_LOCK]) == {**PYTHON, "packages": {}}
    course_files = json.loads(files["course.json"])
    assert "def check(" in course_files["files"]["gru_course/exercises/answering.py"]
    assert "numpy/__init__.py" in course_files["files"]
    assert course_files["setups"]["01"].startswith("import numpy as np")
    assert held["worker"] == (ROOT / "book/assets/js/python-worker.js").read_text()
    assert script == add_python.engine(course / "made", course), "the same twice"


def test_a_book_without_python_and_one_with_it(course, monkeypatch):
    site = course / "kept"
    (site / EDITION).parent.mkdir(parents=True)
    (site / EDITION).write_text("// none")
    monkeypatch.setattr(build_book, "built_book", lambda _: site)
    made = package(course / "made")
    monkeypatch.setattr(add_python, "pyodide_folder", lambda _: made)
    html = course / "_build" / "html"
    build_book.put(html, course, with_python=True)
    assert '"pyodide": "9.9"' in (html / EDITION).read_text()
    assert (html / ENGINE).is_file()
    build_book.put(html, course)
    assert (html / EDITION).read_text() == "// none"
    assert not (html / ENGINE).exists()
    assert (site / EDITION).read_text() == "// none", "what is kept stays as it is"
    assert EDITION == python_in_page.EDITION


def test_the_readme_says_how():
    assert python_in_page.COMMAND in (ROOT / "README.md").read_text()
    assert Path(ROOT, "Makefile").read_text().count("$(if $(PYTHON_IN_PAGE),--python)") == 1
