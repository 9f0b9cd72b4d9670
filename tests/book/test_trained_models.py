"""The table of trained models on the page of applications names what there is."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "book" / "applications.md"
ROOMS = Path(__file__).resolve().parents[2] / "src" / "gru_course" / "apps"


def rows(page: str) -> list[str]:
    """Return the rows of the table."""
    section = page.split("## Trained models to take away")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")][2:]


def wrong(page: str) -> list[str]:
    """Say what the table names that is not there, and which room it leaves out."""
    table = rows(page)
    loaded = set(re.findall(r"`gru_course\.apps\.(\w+)\.load\(\)`", "\n".join(table)))
    there = {p.parent.name for p in ROOMS.glob("*/__init__.py") if "def load(" in p.read_text()}
    found = [f"{room} can be loaded, but has no row" for room in sorted(there - loaded)]
    for name in re.findall(r"`(gru_course\.apps\.[\w.]+)`", "\n".join(table)):
        module, function = name.rsplit(".", 1)
        if module.split(".")[2] not in there:
            continue
        if not callable(getattr(importlib.import_module(module), function, None)):
            found.append(f"there is no {name}")
    lessons = re.findall(r"notebooks/(\d\d)_", "\n".join(table))
    if lessons != sorted(lessons) or len(set(lessons)) != 9:
        found.append(f"the rows are of the lessons {lessons}; expected nine in their order")
    return found


def test_each_name_is_there():
    assert wrong(PAGE.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("saving.judged", "saving.judge", "there is no gru_course.apps.anomalies.saving.judge"),
        ("`gru_course.apps.speech.load()`", "nothing", "speech can be loaded, but has no row"),
        ("20_stock_prices` | none", "19_stock` | none", "expected nine"),
    ],
)
def test_a_wrong_row_is_seen(old, new, said):
    page = PAGE.read_text()
    head, table = page.split("## Trained models to take away")
    assert old in table
    changed = head + "## Trained models to take away" + table.replace(old, new)
    assert any(said in one for one in wrong(changed))
