import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Tools are scripts, not a package; the tests import what the scripts import.
sys.path[:0] = [str(ROOT / "tools")]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


def pytest_collection_modifyitems(items):
    if not os.environ.get("GRU_COURSE_DATA"):
        for item in items:
            if "full" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="real data: set GRU_COURSE_DATA"))
