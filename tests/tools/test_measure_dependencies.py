"""The page on dependencies lists what pyproject.toml asks for, with its reasons."""

import pytest
from measure_dependencies import PAGE, Dependency, listed, main_module, page

PROJECT = """[project]
name = "course"
dependencies = [
    "numpy>=2", # arrays
    # Words between the lines.
    "babel>=2; sys_platform == 'linux'",
]
[project.optional-dependencies]
test = [
    "course[lab]", # itself
    "pytest>=8", # the runner, in
]
"""


def rows(text):
    lines = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip("| `") for cell in line] for line in lines]


def test_reasons_stand_beside_or_above():
    assert listed(PROJECT) == [
        Dependency("", "numpy", "arrays"),
        Dependency("", "babel", "Words between the lines"),
        Dependency("test", "pytest", "the runner, in"),
    ]


def test_a_dependency_without_a_reason_is_red():
    with pytest.raises(ValueError, match="numpy has no reason"):
        listed(PROJECT.replace(" # arrays", ""))


def test_the_module_is_found_by_the_name_of_the_distribution():
    assert main_module("pillow") == "PIL"
    assert main_module("scikit-learn") == "sklearn"
    assert main_module("zizmor") is None, "a program"


def test_what_is_measured():
    [[group, name, why, size, took]] = rows(page([Dependency("test", "tabulate", "tables")]))
    assert (group, name, why) == ("test", "tabulate", "tables")
    assert 0.1 < float(size) < 2
    assert 0 < float(took) < 20


def test_what_is_not_installed_is_listed_as_such():
    [row] = rows(page([Dependency("", "no-such-thing", "nothing")]))
    assert row[3:] == ["not installed", ""]


def test_the_page_lists_what_is_asked_for_today(root):
    found = listed((root / "pyproject.toml").read_text(encoding="utf-8"))
    shown = rows((root / PAGE).read_text(encoding="utf-8"))
    asked = [[d.group or "everything", d.name, d.why.strip("`")] for d in found]
    assert [row[:3] for row in shown] == asked, "run 'make dependencies'"
