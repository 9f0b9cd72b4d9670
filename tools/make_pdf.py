"""Print the book: one PDF of all pages, with contents, page numbers and the solutions at the end.

The pages of the built book become one document, in the order of ``_toc.yml``, which the installed
Chromium prints. What is folded on the screen is open on paper, what is too wide is set smaller, and
links inside the book lead to pages of the PDF.
"""

import argparse
import html
import io
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pikepdf
import yaml
from bs4 import BeautifulSoup
from build_book import built_book
from chromium import chromium, found_chromium
from make_zip import pdf_of, version_of
from passes import ROOT
from site_pages import Page, parts_of
from whole_files import whole_or_not

PDF = Path("_build", "gru-course.pdf")
CSS = Path(__file__).with_name("print.css")
FIT = Path(__file__).with_name("print_fit.js")
LARGEST = 40 * 2**20
WIDTH = 643  # pixels: A4 less the margins of print.css
PRINTING: dict[str, Any] = {"prefer_css_page_size": True, "print_background": True}
NUMBER = """numbers => {
  for (const link of document.querySelectorAll("a.to-page")) {
    link.dataset.page = numbers[decodeURIComponent(link.hash.slice(1))] ?? "";
  }
}"""
SOLUTIONS = ".solution, .quiz-paper"


class Chapter(NamedTuple):
    """What has a line in the contents: a page of the book, or the name of a part."""

    place: str
    title: str
    content: str | None

    def entry(self) -> str:
        """Write the line of the contents."""
        return f"<li{' class=part' * (self.content is None)}>{_link(self.place, self.title)}</li>"

    def printed(self, number: int) -> str:
        """Write what is printed."""
        if self.content is None:
            return f'<h1 class="part" id="{self.place}">{html.escape(self.title)}</h1>'
        start = f'<article class="bd-article" id="{self.place}" style="page: c{number}">'
        return f"{start}{self.content}</article>"


def printed_document(root: Path, site: Path) -> str:
    """Join the pages of the book into one document for the printer.

    Raises
    ------
    ValueError
        If a page of ``_toc.yml`` is not in the built book.
    """
    parts = parts_of(root)
    pages = {name: Page(site, name) for part in parts for name in part.pages}
    _join_links(pages)
    for page in pages.values():
        _open(page)
    styles = dict.fromkeys(path for page in pages.values() for path in page.styles())
    sheets = "".join(f'<link rel="stylesheet" href="{p.absolute().as_uri()}">' for p in styles)
    chapters: list[Chapter] = []
    answers: list[str] = []
    for part in parts:
        if part.caption:
            chapters.append(Chapter(f"part-{len(chapters)}", part.caption, None))
        for page in (pages[name] for name in part.pages):
            if solutions := _take_solutions(page):
                answers.append(f"<h2>{_link(page.name, page.title())}</h2>{solutions}")
            chapters.append(Chapter(page.name, page.title(), page.article.decode_contents()))
    if answers:
        chapters.append(Chapter("solutions", "Solutions", None))
        chapters.append(Chapter("all-solutions", "Solutions", "".join(answers)))
    config, rules = _config(root), CSS.read_text(encoding="utf-8")
    heads = "".join(_running_head(n, chapter.title) for n, chapter in enumerate(chapters))
    contents = "".join(chapter.entry() for chapter in chapters if chapter.place != "all-solutions")
    return (
        '<!doctype html><html lang="en" data-theme="light" data-mode="light"><head>'
        f'<meta charset="utf-8"><title>{html.escape(config["title"])}</title>{sheets}'
        f"<style>{rules}{heads}</style></head><body>{_title_page(root, config)}"
        f'<nav class="printed-contents"><h1>Contents</h1><ul>{contents}</ul></nav>'
        f"{''.join(chapter.printed(n) for n, chapter in enumerate(chapters))}</body></html>"
    )


def print_pdf(document: str, browser: Any, folder: Path) -> bytes:
    """Print a document.

    Raises
    ------
    RuntimeError
        If a picture is missing or something does not fit on the paper.
    """
    path = folder / "print.html"
    path.write_text(document, encoding="utf-8")
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
    page.set_default_timeout(0)
    page.emulate_media(media="print", color_scheme="light")
    page.goto(path.absolute().as_uri())
    missing = page.evaluate(FIT.read_text(encoding="utf-8"))
    if missing:
        raise RuntimeError("This cannot be printed whole:\n" + "\n".join(missing))
    numbers = page_numbers(page.pdf(**PRINTING))
    page.evaluate(NUMBER, numbers)
    printed = page.pdf(**PRINTING, outline=True, tagged=True)
    page.close()
    if page_numbers(printed) != numbers:
        raise RuntimeError("The page numbers themselves moved what they number.")
    return compressed(printed)


def page_numbers(printed: bytes) -> dict[str, int]:
    """Say on which page of a PDF each place lies that a link leads to."""
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        root: Any = pdf.Root
        pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        places = root.get("/Dests", {})
        return {unquote(name[1:]): pages[where[0].objgen] for name, where in places.items()}


def compressed(printed: bytes) -> bytes:
    """Write a PDF small: Chromium leaves the structure for screen readers as plain text."""
    small = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        pdf.save(small, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return small.getvalue()


def make_pdf(root: Path, site: Path, browser: Any) -> Path:
    """Print the book and put the PDF in its place.

    Raises
    ------
    RuntimeError
        If it cannot be printed whole, or the file is too large to be handed on.
    """
    kept, place = pdf_of(site), root / PDF
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as name:
        printed = print_pdf(printed_document(root, site), browser, Path(name))
    if len(printed) > LARGEST:
        raise RuntimeError(f"the PDF has {len(printed) / 2**20:.1f} MiB; at most 40 are meant")
    whole_or_not(kept, printed)  # for make zip
    whole_or_not(place, printed)
    return place


def _config(root: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return config


def _title_page(root: Path, config: dict[str, Any]) -> str:
    version = version_of(root)
    said = [config["author"], f"Version {version.number}, {version.date:%-d %B %Y}"]
    said += [config.get("html", {}).get("extra_footer", "")]
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in said)
    title = f'<p class="title">{html.escape(config["title"])}</p>'
    return f'<header class="title-page">{title}{lines}</header>'


def _link(place: str, words: str) -> str:
    return (
        f'<a class="to-page" data-page="000" href="#{place}"><span>{html.escape(words)}</span></a>'
    )


def _running_head(number: int, title: str) -> str:
    words = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'@page c{number} {{ @top-right {{ content: "{words}"; }} }}\n'


def _join_links(pages: dict[str, Page]) -> None:
    """Make the places of all pages distinct, and let links lead to them."""
    places = set(pages)
    for page in pages.values():
        for element in page.article.select("[id]"):
            element["id"] = f"{page.name}--{element['id']}"
            places.add(str(element["id"]))
    for page in pages.values():
        for link in page.article.select("a[href]"):
            target = page.target(str(link["href"]))
            if target is None:
                continue
            place = "--".join(target) if target[1] else target[0]
            place = place if place in places else target[0]
            if place in places:
                link["href"] = f"#{place}"
            else:  # such as the list of all functions, which is not printed
                del link["href"]


def _open(page: Page) -> None:
    """Open what is folded, and say what cannot be on paper."""
    page.embed_files()
    for details in page.article.select("details"):
        details["open"] = ""
    for element in page.article.select("details.hide > summary, .quiz-answers"):
        element.decompose()
    for cell in page.article.select("details.hide"):  # without its summary one is called "Details"
        cell.name = "div"
    for sound in page.article.select("audio, video"):
        label = sound.get("aria-label") or "a recording"
        sound.replace_with(_parsed(f'<p class="sound">To be heard in the book: {label}</p>'))
    for level in range(5, 0, -1):  # a page stands below the name of its part
        for heading in page.article.find_all(f"h{level}"):
            heading.name = f"h{level + 1}"


def _take_solutions(page: Page) -> str:
    """Take the solutions out of a page; in their places stand the numbers of their pages."""
    found = []
    for number, solution in enumerate(page.article.select(SOLUTIONS)):
        place = solution["id"] = solution.get("id") or f"{page.name}--answers-{number}"
        word = "Answers" if "quiz-paper" in (solution.get("class") or []) else "Solution"
        link = _parsed(f'<p class="see">{_link(str(place), word)}</p>')
        questions = page.article.select("form.quiz")
        if word == "Answers" and questions:  # they stand at the end, the link with the questions
            questions[-1].insert_after(link)
            solution.extract()
        else:
            solution.replace_with(link)
        found.append(str(solution))
    return "".join(found)


def _parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def main() -> None:
    """Build the book if need be, and print it."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    path = found_chromium()
    if path is None:
        sys.exit("Chromium prints the book, and there is none: install it, or name it in $CHROMIUM")
    try:
        with chromium(path) as browser:
            pdf = make_pdf(ROOT, built_book(ROOT), browser)
    except (RuntimeError, ValueError) as error:
        sys.exit(str(error))
    print(f"{pdf.relative_to(ROOT)}  {pdf.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
