"""What a release consists of: complete, free of this machine, the same twice, of one version."""

import ast
import datetime
import hashlib
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from zipfile import ZipFile

import make_zip
import pytest

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

PROJECT = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "gru-course"
version = "1.2.0"
[tool.setuptools.packages.find]
where = ["src"]
"""
FILES = {
    "pyproject.toml": PROJECT,
    "CITATION.cff": "version: 1.2.0\ndate-released: 2027-01-31\n",
    "CHANGELOG.md": "# Changes\n\n## 1.2.0 (2027-01-31)\n\nNew.\n\n## 1.1.0 (2026-12-01)\n\nOld.\n",
    "README.md": "",
    "LICENSE": "",
    "src/gru_course/__init__.py": "",
    "src/gru_course/cells/__init__.py": "",
    "build/lib/gru_course/gone.py": "",
    "tests/test_cells.py": "",
    "notebooks/01.ipynb": "{}",
    "notebooks/bounds.toml": "",
    "studies/memory.json": "{}",
    "site/index.html": "<a href='book/index.html'>",
    "site/book/index.html": "Hello",
}
WHEEL, COURSE = "gru_course-1.2.0-py3-none-any.whl", "gru-course-1.2.0.zip"


@pytest.fixture
def course(tmp_path):
    """Write a small course with a built book."""
    root = tmp_path / "course"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def files_in(dist):
    return {path.name: path.read_bytes() for path in dist.iterdir()}


# --- three files and the notes --------------------------------------------------------------------


def test_a_release_is_complete_and_the_same_twice(course):
    (course / "dist").mkdir()
    (course / "dist" / "gru_course-1.1.0-py3-none-any.whl").touch()
    first = files_in(make_zip.make_zip(course, course / "site", "v1.2.0"))
    assert first.keys() == {WHEEL, COURSE, "SHA256SUMS", "NOTES.md"}
    assert first["NOTES.md"] == b"New.\n"
    for line in first["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(first[name]).hexdigest() == digest
    assert first["SHA256SUMS"].count(b"\n") == 2
    for path in course.rglob("*"):
        if path.is_file():
            path.touch()
    assert files_in(make_zip.make_zip(course, course / "site")) == first


def test_what_was_packed_for_a_class_stays_but_is_not_released(course):
    packs = {"gru-course-handout-01-1.2.0.zip", "gru-course-solutions-1.2.0.zip"}
    (course / "dist").mkdir()
    for name in packs:
        (course / "dist" / name).write_text(name)
    found = files_in(make_zip.make_zip(course, course / "site"))
    assert packs <= found.keys()
    assert not any(name.encode() in found["SHA256SUMS"] for name in packs)
    assert not packs & files_in(make_zip.make_zip(course, course / "site", "v1.2.0")).keys()


@pytest.mark.parametrize("printed", [False, True])
def test_the_zip_holds_what_one_takes_along(course, printed):
    if printed:
        make_zip.pdf_of(course / "site").write_text("%PDF")
    path = make_zip.make_zip(course, course / "site") / COURSE
    top = "gru-course-1.2.0/"
    with ZipFile(path) as file:
        files = {name.removeprefix(top): file.read(name) for name in file.namelist()}
        assert all(info.filename.startswith(top) for info in file.infolist())
        assert {info.date_time for info in file.infolist()} == {(2027, 1, 31, 12, 0, 0)}
    book = {"book/index.html", "book/book/index.html"}
    said = {"LICENSE", "START.txt", "SHA256SUMS", *(["gru-course.pdf"] if printed else [])}
    assert files.keys() == book | {"notebooks/01.ipynb", "studies/memory.json", WHEEL} | said
    assert files["book/index.html"] == (course / "site" / "index.html").read_bytes()
    assert f'pip install "{WHEEL}[lab]"'.encode() in files["START.txt"]
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_wheel_holds_the_package_and_nothing_else(course):
    make_zip.build_wheel(course, course, datetime.date(2027, 1, 31))
    with ZipFile(course / WHEEL) as file:
        names = [name for name in file.namelist() if "dist-info" not in name]
    assert names == ["gru_course/__init__.py", "gru_course/cells/__init__.py"]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("pyproject.toml", "1.2.0", "1.2.1", "pyproject.toml, version is 1.2.1; .* says 1.2.0"),
        ("CITATION.cff", "1.2.0", "1.1.0", "CITATION.cff, version is 1.1.0"),
        ("CITATION.cff", "01-31", "01-30", "date-released is 2027-01-30"),
        ("CHANGELOG.md", "## 1.2.0 (2027", "## 1.2.0 (soon, 2027", "must begin with an entry"),
        ("CHANGELOG.md", "\n## ", "\n", "must begin with an entry"),
        ("src/gru_course/__init__.py", "", "", "the tag is v1.1.0"),
        ("site/index.html", "<a", "{root}/src", "index.html names the folder"),
        ("pyproject.toml", "version = ", "versions = ", "'version'"),
        ("pyproject.toml", "[tool", "[project.tool", "the wheel cannot be built"),
    ],
)
def test_what_must_not_be_released(course, name, old, new, said):
    path = course / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new.replace("{root}", str(course))))
    tag = "v1.1.0" if "the tag" in said else "v1.2.0"
    with pytest.raises((ValueError, KeyError), match=said):
        make_zip.make_zip(course, course / "site", tag)
    assert not (course / "dist").exists()


def test_a_site_without_a_first_page_is_refused(course):
    (course / "site" / "index.html").unlink()
    with pytest.raises(ValueError, match=r"has no index\.html"):
        make_zip.make_zip(course, course / "site")


# --- the course itself ----------------------------------------------------------------------------


def test_the_version_is_the_same_everywhere(root):
    assert make_zip.version_of(root).notes


def imported(folder):
    """List the packages from elsewhere that the modules of a folder import."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names - {folder.name}


COMES_WITH = {"cycler": "matplotlib", "PIL": "pillow", "tensorflow": "tensorflow"}
"""Packages that another one brings, or that stand under several names."""


OF_EXTRAS = {"ai_edge_litert", "onnx", "onnxruntime", "pycrfsuite"}
"""Imported where they are used only, by functions that say which extra is missing."""


def dependency_violations(imports, declared):
    """Compare what is imported with what an installation of the wheel brings."""
    known = packages_distributions()
    needed = {COMES_WITH.get(name) or known[name][0].lower() for name in imports}
    found = [f"{name} is imported, and not among the dependencies" for name in needed - declared]
    return found + [f"{name} is a dependency that nothing imports" for name in declared - needed]


def test_the_wheel_brings_what_the_package_imports_and_no_more(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.match(r"[\w-]+", text)[0] for text in project["dependencies"]}
    declared = names - {"tensorflow-cpu"}  # the same package as tensorflow
    imports = imported(root / "src" / "gru_course") - OF_EXTRAS
    assert dependency_violations(imports, declared) == []
    assert dependency_violations(imports | {"papermill"}, declared | {"nbval"}) == [
        "papermill is imported, and not among the dependencies",
        "nbval is a dependency that nothing imports",
    ]


ONLY_NUMPY = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in {"numpy", "gru_course", *sys.stdlib_module_names}:
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.path.insert(0, sys.argv[1])
sys.meta_path.insert(0, Refuse())
import gru_course.cells
print(gru_course.cells.__file__)
import gru_course.layers.attention_and_mingru
"""


def test_the_cells_of_the_wheel_need_only_numpy(root, tmp_path):
    make_zip.build_wheel(root, tmp_path, datetime.date(2027, 1, 31))
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as file:
        tops = {name.partition("/")[0].partition("-")[0] for name in file.namelist()}
        assert "gru_course/py.typed" in file.namelist()
        file.extractall(tmp_path)
    assert tops == {"gru_course"}
    command = [sys.executable, "-I", "-c", ONLY_NUMPY, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == f"{tmp_path / 'gru_course' / 'cells' / '__init__.py'}\n", done.stderr
    assert "No module named 'keras'" in done.stderr, "the layers need more than NumPy"
