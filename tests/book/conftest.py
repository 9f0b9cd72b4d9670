import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import filelock
import pytest


@pytest.fixture(scope="session")
def built(root, tmp_path_factory, worker_id) -> Path:
    """Build the whole book from scratch, strictly; once, also with several workers."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    site = shared / "site"
    with filelock.FileLock(shared / "site.lock"):
        if not site.exists():
            jupyter_book = Path(sys.executable).with_name("jupyter-book")
            command = [jupyter_book, "build", root, "--path-output", shared / "book"]
            command += ["--all", "-n", "-W", "--keep-going"]
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-5000:]
            (shared / "book" / "_build" / "html").rename(site)
    return site


@pytest.fixture(scope="session")
def chromium_path() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        message = "NO CHROMIUM: the pages were not looked at. Install it, or name it in $CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return found
