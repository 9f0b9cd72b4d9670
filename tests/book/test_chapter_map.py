"""The map of the chapters follows the table of contents; the version stands at the foot."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
import chapter_map

TOC = """
root: index
parts:
- caption: Start
  chapters: [{file: first}]
- caption: Use
  chapters: [{file: second}, {file: third}]
"""
MAP = "# Book\n\n```{chapter-map}\nStart: How?\nUse: What for?\n```\n"


@pytest.fixture
def page(tmp_path):
    """Build a small book; give its first page as text, and the warnings, which `make` refuses."""

    def build(toc=TOC, index=MAP):
        for name, text in {"_toc.yml": toc, "index.md": index}.items():
            (tmp_path / name).write_text(text)
        for name in ("first", "second", "third"):
            (tmp_path / f"{name}.md").write_text(f"---\norphan: true\n---\n# The {name}\n")
        (tmp_path / "pyproject.toml").write_text("[project]\nversion = '1.2.0'\n")
        warnings, extensions = io.StringIO(), ["myst_parser", "chapter_map"]
        app = Sphinx(
            *(tmp_path, None, tmp_path / "out", tmp_path / "trees", "text"),
            confoverrides={"extensions": extensions}, status=None, warning=warnings,
        )  # fmt: skip
        app.build()
        return (tmp_path / "out" / "index.txt").read_text(), warnings.getvalue()

    return build


def test_every_page_is_on_the_map(page):
    said, _ = page()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in said.splitlines()]
    assert ["Use", "What for?", "The second, The third"] in rows


@pytest.mark.parametrize(
    "index",
    [
        MAP.replace("Use: What for?\n", ""),
        MAP.replace("What for?", ""),
        MAP.replace("Use", "Reference"),
    ],
)
def test_a_part_without_a_question_is_red(page, index):
    assert "a question is needed for each part of _toc.yml, Start, Use" in page(index=index)[1]
    assert "a question is needed" not in page()[1]


def test_a_page_that_is_not_there_is_red(page):
    assert "unknown document: '/fourth'" in page(toc=TOC.replace("third", "fourth"))[1]


def test_the_version_stands_at_the_foot(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nversion = '1.2.0'\n")
    config = SimpleNamespace(html_theme_options={"extra_footer": "CC BY 4.0."})
    chapter_map.show_version(SimpleNamespace(srcdir=tmp_path), config)
    assert config.html_theme_options["extra_footer"] == "Version 1.2.0. CC BY 4.0."
