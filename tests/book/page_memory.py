"""Which pages were looked at already, just as they are, and found to be in order."""

import re
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from page_views import look_at
from passes import environment, files_below, key_of

HERE = Path(__file__).parent
# One page of each template, which is held to more rules.
TEMPLATES = ("book/which-gru", "notebooks/20_stock_prices", "book/api-apps", "genindex", "search")


class Looks:
    """The looks at the pages of a site, of which the good ones are remembered."""

    def __init__(self, browser, site, passes):
        self.browser, self.site, self.passes = browser, site, passes
        self.measured = {}
        self.shared = key_of(
            environment(),
            browser.version,
            AXE_SCRIPT,
            *sorted(HERE.glob("page_*.py")),
            *_named(site, files_below(site / "_static")),
        )

    def problems(self, name):
        """List what is wrong with a page, if it was not found to be in order before."""
        page = self.site / f"{name}.html"
        key = self.key(page)
        if self.passes.has("page", name, key):
            return []
        found = look_at(self.browser, page.as_uri(), self.measured, name in TEMPLATES)
        if not found:
            self.passes.add("page", name, key)
        return found

    def key(self, page):
        """Digest everything that a look at this page depends on.

        The contents of the other pages are not part of it, nor is the index of the search, which
        every page loads and only the page of the search uses.
        """
        html = page.read_text(encoding="utf-8")
        sources = {source for source in re.findall(r'\ssrc="([^":?]+)', html)}
        if page.stem != "search":
            sources = {source for source in sources if not source.endswith("searchindex.js")}
        files = [page.parent / source for source in sorted(sources)]
        return key_of(self.shared, html, *files)


def _named(folder, files):
    return [part for file in files for part in (file.relative_to(folder).as_posix(), file)]
