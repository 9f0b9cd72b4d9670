import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
for shared in ("book", "data"):  # beside its tests lies what they share
    sys.path.insert(0, str(ROOT / "tests" / shared))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def needs_git():
    """Let git do what it does everywhere, whatever its user has configured."""
    if shutil.which("git") is None and not os.environ.get("CI"):
        pytest.skip("NO GIT: what asks it was not tested")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        yield


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
