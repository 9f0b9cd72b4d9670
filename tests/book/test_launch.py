"""Buttons for Colab and Binder: only with an address, and what they lead to is there and works."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from page_names import page_names
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
import launch

URL = "https://github.com/owner/course"


@pytest.fixture
def page(tmp_path):
    """Build a book of two pages; give them as HTML."""

    def build(**options):
        (tmp_path / "notebooks").mkdir()
        for name in ("index", "notebooks/a"):
            (tmp_path / f"{name}.md").write_text("---\norphan: true\n---\n# Title\n")
        app = Sphinx(
            *(tmp_path, None, tmp_path / "out", tmp_path / "trees", "html"),
            confoverrides={
                "extensions": ["myst_parser", "launch"],
                "html_theme": "sphinx_book_theme",
                "html_theme_options": options,
            },
            status=None,
            warning=io.StringIO(),
        )
        app.build()
        return [(tmp_path / "out" / f"{n}.html").read_text() for n in ("index", "notebooks/a")]

    return build


def test_there_are_buttons_where_there_is_an_address(page):
    index, lesson = page(repository_url=URL, repository_branch="next")
    assert "colab.research" not in index
    assert f"github{URL.removeprefix('https://github.com')}/blob/next/notebooks/a.ipynb" in lesson
    assert f"git clone -q --depth 1 --branch next {URL} gru-course" in lesson


def test_without_an_address_there_are_none(page):
    assert not any("colab" in text or "mybinder" in text for text in page())


def test_each_button_names_a_file_that_exists(root):
    lessons = [name for name in page_names(root) if name.startswith("notebooks/")]
    assert len(lessons) > 20
    for lesson in lessons:
        for address in launch.addresses(URL, "main", lesson).values():
            assert (root / "notebooks" / address.rpartition("/notebooks/")[2]).is_file()


@pytest.mark.parametrize("url", ["https://example.org/a/b", "https://github.com/only", "a/b"])
def test_an_address_elsewhere_is_red(url):
    with pytest.raises(ValueError, match="expected https://github"):
        launch.addresses(url, "main", "notebooks/a")


def pip(*arguments, cwd):
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, *arguments], cwd=cwd, check=True)


def installed(folder):
    return (folder / "gru_course" / "cells" / "__init__.py").is_file()


def test_the_cell_for_colab_works(root, needs_git, tmp_path):
    """Run its commands, with this checkout in the place of the address, without dependencies."""
    clone, enter, install = launch.CELL.format(url=root.as_uri(), branch="next").splitlines()
    (tmp_path / "bare").mkdir()
    subprocess.run(["git", "clone", "-q", "--bare", root, tmp_path / "bare"], check=True)
    subprocess.run(["git", "branch", "-f", "next", "HEAD"], cwd=tmp_path / "bare", check=True)
    command = clone.removeprefix("!").replace(root.as_uri(), (tmp_path / "bare").as_uri())
    subprocess.run(command.split(), cwd=tmp_path, check=True)
    folder = tmp_path / enter.removeprefix("%cd ")
    assert (folder / "../studies/memory_on_trial.json").is_file(), "lessons read it from there"
    assert install == "%pip install -q .."
    pip("--target", tmp_path / "there", "..", cwd=folder)
    assert installed(tmp_path / "there")


def test_what_binder_installs_is_the_lock_and_the_course(root):
    (line,) = (root / "binder" / "requirements.txt").read_text().splitlines()
    lock = root / "binder" / line.removeprefix("-r ")
    assert lock.resolve() == root / "requirements.txt"
    assert os.access(root / "binder" / "postBuild", os.X_OK)
    assert (
        "pip install --no-deps --no-build-isolation ."
        in (root / "binder" / "postBuild").read_text()
    )
    assert (root / "binder" / "runtime.txt").read_text() == "python-3.11\n"
