"""Make slides for each lesson from its page: ``_build/slides/``, to be opened from the disk.

The rule is the structure of the lesson. Its title, its objectives and its summary are slides, and
so is each section: heading, first sentence, and what it shows, which is its first figure, else its
first table, else its first code that is short enough, with what that prints. The whole text of the
section is in the speaker's notes. Sections that only set up or lead on are left out.
"""

import argparse
import copy
import html
import importlib.util
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bs4 import Tag
from build_book import built_book
from passes import ROOT
from site_pages import Page, parts_of, plain

PLACE = Path("_build", "slides")
LEFT_OUT = {"Imports", "Exercises", "Where next"}
REVEAL = ("dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js", "LICENSE")
OWN = ("slides.css", "slides.js")
LINES, ROWS, LETTERS = 15, 9, 600
"""How much code, how much of a table and how many letters of a list a slide can hold."""

RECORD = re.compile(r'^<span class="n">record</span>.*\n', re.MULTILINE)
"""A line that only keeps a number for the tests."""


class Slide(NamedTuple):
    """What is shown, and what is said."""

    title: str
    shown: str
    notes: str


def slides_of(page: Page) -> Iterator[Slide]:
    """Choose the slides of a lesson.

    Raises
    ------
    ValueError
        If the lesson has no objectives or no summary.
    """
    sections = {_heading(s): s for s in _sections(page)}
    box = page.article.select_one(".before-you-start")
    objectives = box.find("ul") if box else None
    if not isinstance(objectives, Tag) or "Summary" not in sections:
        raise ValueError(f"{page.name} needs objectives and a summary to make slides of it")
    opening = [e for e in page.heading.find_next_siblings(True) if e.name in ("p", "ul", "figure")]
    facts = [p for p in box.find_all("p") if re.match("Time|Prereq", plain(p))] if box else []
    yield Slide(page.title(numbered=False), "".join(map(str, facts)), _notes(opening))
    yield from _list_slides("After this lesson you can", objectives)
    for title, section in sections.items():
        if title == "Summary":
            points = section.find("ul")
            yield from _list_slides(title, points if isinstance(points, Tag) else section)
        elif title not in LEFT_OUT:
            lead, key = f'<p class="lead">{_first_sentence(section)}</p>', _key(section)
            shown = f"{lead if key else ''}<div class=key>{key or _opening(section)}</div>"
            yield Slide(title, shown, _notes([section]))


def deck(page: Page) -> str:
    """Write the deck of a lesson."""
    for image in page.article.select("img[src]:not([src^='data:'])"):
        image["src"] = page.file(str(image["src"])).relative_to(page.site).as_posix()
    for link in page.article.select("a"):
        link.unwrap()
    for element in page.article.select("[id]"):
        del element["id"]
    title, *rest = slides_of(page)
    slides = [f"<section class=opening><h1>{title.title}</h1>{title.shown}{title.notes}</section>"]
    slides += [f"<section><h2>{s.title}</h2>{s.shown}{s.notes}</section>" for s in rest]
    sheets = ("reveal.css", "_static/course-math.css", "_static/pygments.css", "slides.css")
    links = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    scripts = "".join(
        f'<script src="{s}"></script>' for s in ("reveal.js", "notes.js", "slides.js")
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(page.title(numbered=False))}</title>{links}</head><body>"
        f'<div class="reveal"><div class="slides">\n{chr(10).join(slides)}\n</div></div>'
        f"{scripts}</body></html>\n"
    )


def make_slides(root: Path, site: Path, reveal: Path) -> Path:
    """Make the decks of all lessons anew and put them in their place whole."""
    place = root / PLACE
    place.parent.mkdir(parents=True, exist_ok=True)
    names = [
        name for part in parts_of(root) for name in part.pages if name.startswith("notebooks/")
    ]
    with tempfile.TemporaryDirectory(dir=place.parent) as name:
        folder = Path(name) / "slides"
        (folder / "_static").mkdir(parents=True)
        for file in REVEAL:
            shutil.copyfile(reveal / file, folder / Path(file).name)
        for own in OWN:
            shutil.copyfile(Path(__file__).with_name(own), folder / own)
        for sheet in ("course-math.css", "pygments.css"):
            shutil.copyfile(site / "_static" / sheet, folder / "_static" / sheet)
        entries = []
        for lesson in (Page(site, name) for name in names):
            file = f"{Path(lesson.name).name}.html"
            entries.append(f'<li><a href="{file}">{html.escape(lesson.title())}</a></li>')
            text = deck(lesson)
            (folder / file).write_text(text, encoding="utf-8")
            for picture in set(re.findall(r'<img[^>]* src="(_images/[^"]+)"', text)):
                (folder / picture).parent.mkdir(exist_ok=True)
                shutil.copyfile(site / picture, folder / picture)
        (folder / "index.html").write_text(_index(entries), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)
    return place


def reveal_folder() -> Path:
    """Find reveal.js in the installed package that ships it."""
    spec = importlib.util.find_spec("sphinx_revealjs")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(
            "sphinx-revealjs, which brings reveal.js, is not installed: run make book"
        )
    return Path(spec.submodule_search_locations[0], "_static", "revealjs")


def _index(entries: list[str]) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Slides</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="slides.css"></head><body class="decks"><h1>Slides</h1>'
        "<p>Arrow keys turn the slides, S opens the speaker's notes, D switches light and dark, "
        f"? lists all keys.</p><ul>{''.join(entries)}</ul></body></html>\n"
    )


def _sections(page: Page) -> list[Tag]:
    parent = page.heading.parent
    return parent.find_all("section", recursive=False) if parent else []


def _heading(section: Tag) -> str:
    heading = copy.copy(section.find(re.compile("^h[2-6]$")))
    assert isinstance(heading, Tag)
    for number in heading.select(".section-number"):
        number.decompose()
    return plain(heading)


def _list_slides(title: str, points: Tag) -> Iterator[Slide]:
    """Spread a list over as many slides as it needs."""
    groups: list[list[Tag]] = [[]]
    for point in points.find_all("li", recursive=False):
        if groups[-1] and sum(len(plain(p)) for p in [*groups[-1], point]) > LETTERS:
            groups.append([])
        groups[-1].append(point)
    for number, group in enumerate(groups, 1):
        shown = f'<div class="key"><ul>{"".join(map(str, group))}</ul></div>'
        yield Slide(f"{title} ({number}/{len(groups)})" if groups[1:] else title, shown, "")


def _first_sentence(section: Tag) -> str:
    """Take the first sentence of a section, formulas included."""
    first = next((p for p in section.find_all("p") if not p.find_parent(class_="cell")), None)
    if first is None:
        return ""
    text = first.decode_contents()
    end = re.search(r"[^.\s]{2,}[.:?!](?:</\w+>)*(?=\s+(?:<[^>]*>)*[A-Z])", text)
    sentence = text[: end.end()] if end else text
    balanced = all(sentence.count(f"<{t}") == sentence.count(f"</{t}>") for t in ("math", "span"))
    return sentence if balanced else text


def _opening(section: Tag) -> str:
    """Take as many paragraphs as a slide holds, at least one."""
    first, *more = [p for p in section.find_all("p") if not p.find_parent(class_="cell")]
    held = [first]
    for paragraph in more:
        if sum(len(plain(p)) for p in [*held, paragraph]) > LETTERS:
            break
        held.append(paragraph)
    return "".join(map(str, held))


def _key(section: Tag) -> str:
    """Choose what a section shows."""
    if image := section.select_one("img"):
        return str(image)
    tables = section.select("table")
    if table := next((t for t in tables if len(t.select("tr")) <= ROWS), None):
        return str(table)
    for cell in section.select(".cell"):
        code = cell.select_one(".cell_input .highlight")
        printed = cell.select_one(".cell_output .highlight")
        if code and not cell.select_one("details"):
            lines = [len(e.get_text().strip().splitlines()) for e in (code, printed) if e]
            if sum(lines) <= LINES and not plain(code).startswith(("import ", "from ", "profile ")):
                return f"{RECORD.sub('', str(code))}{printed or ''}"
    if tables:
        rows = tables[0].select("tr")
        for row in rows[ROWS:]:
            row.decompose()
        return f'{tables[0]}<p class="more">{len(rows) - ROWS} more rows in the lesson</p>'
    if example := section.select_one("div.math-block, ul, ol, blockquote"):
        return str(example)
    return ""


def _notes(elements: list[Tag]) -> str:
    """Give the text of elements, without code, outputs and figures, to the speaker."""
    said = []
    for element in elements:
        inside_it = element.find_all(["p", "ul", "ol", "blockquote", "h3"])
        for child in inside_it if element.name == "section" else [element]:
            inside = child.find_parent(["li", "blockquote", "figure", "table"])
            if not inside and not child.find_parent(class_="cell_input"):
                said.append(f"<h3>{plain(child)}</h3>" if child.name == "h3" else str(child))
    return f'<aside class="notes">{"".join(said)}</aside>' if said else ""


def main() -> None:
    """Build the book if need be, and make the slides."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        place = make_slides(ROOT, built_book(ROOT), reveal_folder())
    except (RuntimeError, ValueError) as error:
        sys.exit(str(error))
    print(f"Open {place.relative_to(ROOT)}/index.html in a browser. No server, no network needed.")


if __name__ == "__main__":
    main()
