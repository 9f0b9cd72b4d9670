import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import filelock
import nbformat
import pytest
import yaml


def page_text(path):
    """Read a page as Markdown; of a notebook, the Markdown cells."""
    if path.with_suffix(".md").exists():
        return path.with_suffix(".md").read_text(encoding="utf-8")
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


@pytest.fixture(scope="session")
def pages(root) -> dict[str, str]:
    """Give the text of every page in the table of contents, by its name."""
    toc = yaml.safe_load((root / "_toc.yml").read_text())
    names = [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]
    return {name: page_text(root / name) for name in names}


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
