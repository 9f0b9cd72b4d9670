"""The installed Chromium, for what is printed with it and for the tests of the pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from passes import BROWSERS
from playwright.sync_api import Browser, sync_playwright

# No request of the browser itself may leave the machine; the sandbox needs rights that
# containers lack.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def found_chromium() -> str | None:
    """Give the program that ``$CHROMIUM`` names, else an installed one, else None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """Start a browser, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
