"""The figures of the chapters are what their code draws."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.programs_leave(
    "book/*.md", "notebooks/*.ipynb", but=["notebooks/22_spoken_digits.ipynb"]
)


def test_drawn_figures_are_those_of_the_code(root, tmp_path):
    """Needs the locked matplotlib: another version may draw the same picture with other bytes."""
    subprocess.run([sys.executable, root / "tools/draw_figures.py", tmp_path], check=True)
    drawn = {p.name: p.read_bytes() for p in tmp_path.glob("*.svg")}
    stored = {p.name: p.read_bytes() for p in (root / "book/figures").glob("*.svg")}
    assert set(drawn) == set(stored)
    assert [name for name in drawn if drawn[name] != stored[name]] == []
