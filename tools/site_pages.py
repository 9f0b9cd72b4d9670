"""The pages of the built book, read for other forms of it: what is printed, and the slides."""

import copy
import posixpath
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag

import yaml
from bs4 import BeautifulSoup, Tag

OF_THE_SCREEN = ".headerlink, script, noscript, .quiz-check, .quiz-feedback, .quiz-foot, button"
"""What means nothing without the page around it."""


class Part(NamedTuple):
    """A part of the table of contents."""

    caption: str
    pages: tuple[str, ...]


def parts_of(root: Path) -> list[Part]:
    """Read the parts of a book; the first page belongs to a part of its own, without a caption."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = toc.get("parts") or [{"caption": "", "chapters": toc.get("chapters", [])}]
    listed = [Part(p["caption"], tuple(c["file"] for c in p["chapters"])) for p in parts]
    return [Part("", (toc["root"],)), *listed]


class Page:
    """What stands between the head and the foot of a page, free to be changed."""

    def __init__(self, site: Path, name: str) -> None:
        self.site, self.name = site, name
        path = site / f"{name}.html"
        if not path.is_file():
            raise ValueError(f"{name} is in _toc.yml, but not in the book: build it again")
        self._document = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        article = self._document.select_one("article")
        if article is None or article.h1 is None:
            raise ValueError(f"{name} has no title")
        self.article: Tag = article
        self.heading: Tag = article.h1
        for element in article.select(OF_THE_SCREEN):
            element.decompose()

    def title(self, numbered: bool = True) -> str:
        """Give the title as text."""
        heading = copy.copy(self.heading)
        if not numbered and heading.select_one(".section-number"):
            heading.select(".section-number")[0].decompose()
        return plain(heading)

    def styles(self) -> list[Path]:
        """List the style sheets that the page loads."""
        links = self._document.select("link[rel~=stylesheet][href]")
        return [self.file(str(link["href"])) for link in links]

    def file(self, address: str) -> Path:
        """Find the file of the site that an address on this page names."""
        where = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
        return self.site / posixpath.normpath(posixpath.join(posixpath.dirname(self.name), where))

    def target(self, address: str) -> tuple[str, str] | None:
        """Give page and place that an address leads to; None if it leads out of the book."""
        where, place = urldefrag(address)
        if re.match(r"[a-z][a-z+.-]*:", where):
            return None
        if not where:
            return self.name, place
        path = self.file(where).relative_to(self.site)
        return path.with_suffix("").as_posix(), unquote(place)

    def embed_files(self) -> None:
        """Let pictures and sounds be found from anywhere on this machine."""
        for element in self.article.select("img[src], audio[src], video[src], source[src]"):
            if not re.match(r"[a-z]+:", str(element["src"])):
                element["src"] = self.file(str(element["src"])).absolute().as_uri()


def plain(element: Tag) -> str:
    """Give the words of an element on one line."""
    return " ".join(element.get_text().split())
