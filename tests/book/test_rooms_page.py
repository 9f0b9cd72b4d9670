"""The pages about the code show all rooms and modules, and say what their docstrings say."""

import io
import re
import sys
import tomllib
from pathlib import Path

import pytest
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
import rooms_page

ROOT = Path(__file__).resolve().parents[2]

CONTRACTS = """
[[tool.importlinter.contracts]]
name = "Only downward"
type = "layers"
layers = ["apps", "cells | data"]
"""
FILES = {"apps": "What for.", "apps/songs": "Songs.", "cells": "Cells.\n\nMore.", "data": "Data."}


@pytest.fixture
def page(tmp_path):
    (tmp_path / "pyproject.toml").write_text(CONTRACTS)
    (tmp_path / "index.md").write_text("# Rooms\n\n```{rooms}\n```\n")
    for room, said in FILES.items():
        (folder := tmp_path / "src/gru_course" / room).mkdir(parents=True)
        (folder / "__init__.py").write_text(f'"""{said}"""\n')

    def build():
        warnings = io.StringIO()
        app = Sphinx(
            *(tmp_path, None, tmp_path / "out", tmp_path / "trees", "text"),
            confoverrides={
                "extensions": ["myst_parser", "sphinx_design", "rooms_page"],
                "myst_enable_extensions": ["colon_fence"],
            },
            status=None,
            warning=warnings,
        )
        app.build()
        assert "index.md" not in warnings.getvalue()
        return (tmp_path / "out/index.txt").read_text()

    return build


def test_each_room_has_its_place_and_its_sentence(page):
    said = page()
    places = [said.index(room) for room in ("What for.", "Cells.", "Data.", "songs", "Only down")]
    assert places == sorted(places)
    assert "More." not in said


def test_a_room_that_says_nothing_is_red(page, tmp_path):
    (tmp_path / "src/gru_course/cells/__init__.py").write_text("")
    with pytest.raises(Exception, match="does not say what it holds"):
        page()


def test_every_room_of_the_package_says_what_it_holds():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for layer in settings["tool"]["importlinter"]["contracts"][0]["layers"]:
        for room in layer.split(" | "):
            assert rooms_page.sentence(ROOT / "src/gru_course" / room).endswith(".")


INSIDE = {
    *("course.checked", "course.parsing", "course.progress", "course.style", "course.waveforms"),
    *("data.archives", "exercises.two_classes", "layers.backend"),
}
"""What only the package itself calls."""


def left_out(pages, modules):
    shown = re.findall(r"^\.\. automodule:: gru_course\.(\S+)$", pages, re.M)
    return sorted(modules - set(shown) - INSIDE)


def test_every_module_stands_on_a_page_of_the_reference():
    package = ROOT / "src" / "gru_course"
    files = [p.relative_to(package).with_suffix("") for p in package.glob("*/**/*.py")]
    modules = {".".join(file.parts) for file in files if file.name != "__init__"}
    lessons = {name for name in modules if name.startswith("exercises.lesson_")}
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "book").glob("api*.md"))
    assert left_out(pages, modules - lessons) == []
    assert modules >= INSIDE
    assert left_out(pages, {"apps.songs.data"}) == ["apps.songs.data"]
