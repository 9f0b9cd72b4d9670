import os
import warnings
from pathlib import Path

import filelock
import nbformat
import pytest
from build_book import built_book
from chromium import chromium, found_chromium
from page_names import page_names
from page_views import DESKTOP, STILL, Visit
from passes import FRESH


def page_text(path):
    """Read a page as Markdown; of a notebook, the Markdown cells."""
    if path.with_suffix(".md").exists():
        return path.with_suffix(".md").read_text(encoding="utf-8")
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


@pytest.fixture(scope="session")
def pages(root) -> dict[str, str]:
    """Give the text of every page in the table of contents, by its name."""
    return {name: page_text(root / name) for name in page_names(root)}


@pytest.fixture(scope="session")
def built(root, tmp_path_factory, worker_id) -> Path:
    """Give the site of the book, built strictly; a fresh run builds it once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    with filelock.FileLock(shared / "book.lock"):
        fresh = shared / "book-is-fresh"
        site = built_book(root, anew=bool(os.environ.get(FRESH)) and not fresh.exists())
        fresh.touch()
    return site


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = found_chromium()
    if found is None:
        message = "NO CHROMIUM: the pages were not looked at. Install it, or name it in $CHROMIUM."
        if os.environ.get("CI"):
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def browser(chromium_path):
    with chromium(chromium_path) as browser:
        yield browser


@pytest.fixture
def visit(request, browser, built):
    """Open the page with the live figure of a test file, its `FIGURE` on its `PAGE`.

    At an address or in another window; at the end nothing may have complained.
    """
    visits = []

    def open_page(address="", viewport=DESKTOP, scheme="light"):
        url = (built / "book" / f"{request.module.PAGE}.html").as_uri() + address
        visits.append(Visit(browser, url, viewport, scheme))
        page = visits[-1].page
        page.add_style_tag(content=STILL)
        page.on("dialog", lambda dialog: visits[-1].problems.append(f"dialog: {dialog.message}"))
        page.locator(f"{request.module.FIGURE} .live-stage").wait_for()
        return page

    yield open_page
    for one in visits:
        assert one.problems == []
        one.context.close()
