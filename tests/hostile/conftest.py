import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Let what is called with a strange path write its file elsewhere."""
    monkeypatch.chdir(tmp_path)
