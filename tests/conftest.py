import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "book"))  # beside its tests lies what they share


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


def pytest_collection_modifyitems(config, items):
    if not os.environ.get("GRU_COURSE_DATA"):
        if config.option.markexpr == "full":  # a run that skips all it was asked for is no pass
            raise pytest.UsageError(
                "-m full needs the real data: run 'make data', then set GRU_COURSE_DATA to the "
                "cache folder that it fills, or to another folder that holds them"
            )
        for item in items:
            if "full" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="real data: set GRU_COURSE_DATA"))
