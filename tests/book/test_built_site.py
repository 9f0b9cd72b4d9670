"""The built book, file by file: pages, links, outputs, no other hosts."""

import pickle
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlparse
from zipfile import ZipFile

import make_zip
import nbformat
import pytest
from build_book import DOCTREES, inputs
from page_names import page_names


class Page(HTMLParser):
    """The targets, links and loaded resources of one page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.resources = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in {"script", "img", "iframe", "source", "audio", "video"} and attributes.get("src"):
            self.resources.append(attributes["src"])
        if tag == "link" and attributes.get("rel") in {"stylesheet", "preload", "icon"}:
            self.resources.append(attributes["href"])
        if tag == "meta" and attributes.get("http-equiv") == "Refresh":
            self.links.append(re.search(r"url=(\S+)", attributes["content"])[1])


def site_violations(site):
    """List dead links between pages, missing files, and anything loaded from another host."""
    pages = {p.resolve(): Page(p) for p in site.rglob("*.html") if "_static" not in p.parts}
    found = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        for link in page.links:
            if urlparse(link).scheme:
                continue
            target, fragment = urldefrag(unquote(link))
            place = (path.parent / target).resolve() if target else path
            if not place.exists():
                found.append(f"{name}: dead link {link}")
            elif fragment and place in pages and fragment not in pages[place].ids:
                found.append(f"{name}: no such place {link}")
        for resource in page.resources:
            parsed = urlparse(resource)
            if parsed.scheme in {"http", "https"} or parsed.netloc:
                found.append(f"{name}: loads from another host {resource}")
            elif not parsed.scheme and not (path.parent / unquote(parsed.path)).exists():
                found.append(f"{name}: missing file {resource}")
    for style in site.rglob("*.css"):
        for address in re.findall(r"url\(['\"]?(https?:[^)'\"]+)", style.read_text("utf-8")):
            found.append(f"{style.name}: loads from another host {address}")
    return found


def test_links_and_resources(built):
    assert site_violations(built) == []


def test_every_page_is_there_and_notebooks_have_outputs(built, root):
    for name in page_names(root):
        html = (built / f"{name}.html").read_text(encoding="utf-8")
        assert len(html) > 5_000, name
        if name.startswith("notebooks/"):
            shown = html.count('class="cell_output')
            assert shown >= cells_that_show(root / f"{name}.ipynb"), f"{name} shows no outputs"
    assert (built / "genindex.html").exists()


def cells_that_show(path):
    """Count the cells with an output for the reader; a recorded number is none."""
    cells = nbformat.read(path, as_version=4).cells
    kinds = [{k for o in c.get("outputs", []) for k in o.get("data", {"text": ""})} for c in cells]
    return sum(any(not kind.startswith("application/papermill") for kind in k) for k in kinds)


def test_the_book_can_be_released_and_shows_its_version(built, root, tmp_path):
    number, date, _ = make_zip.version_of(root)
    (tmp_path / "a.whl").touch()
    files = make_zip.contents(root, built, tmp_path / "a.whl")
    make_zip.write_zip(files, tmp_path / "all.zip", date)
    with ZipFile(tmp_path / "all.zip") as file:
        names = {f"all/book/{path.relative_to(built).as_posix()}" for path in built.rglob("*.html")}
        assert names <= set(file.namelist())
        for name in page_names(root):
            assert f"Version {number}.".encode() in file.read(f"all/book/{name}.html"), name


def test_formulas_are_mathml_and_no_script_makes_them(built):
    html = (built / "book" / "architecture.html").read_text(encoding="utf-8")
    assert html.count("<math ") > 20
    assert "mathjax" not in "".join(re.findall(r"<script[^>]*>", html)).lower()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="missing.html">x</a>', "dead link"),
        ('<a href="#nowhere">x</a>', "no such place"),
        ('<script src="https://cdn.example.org/x.js"></script>', "another host"),
        ('<link rel="stylesheet" href="//cdn.example.org/x.css">', "another host"),
        ('<img src="gone.png" alt="x">', "missing file"),
    ],
)
def test_a_broken_site_is_red(tmp_path, body, said):
    (tmp_path / "page.html").write_text(f"<html><body>{body}</body></html>")
    violations = site_violations(tmp_path)
    assert len(violations) == 1
    assert said in violations[0]


def test_the_list_of_inputs_is_whole(built, root):
    """Whatever Sphinx notes as read for a page, inside this repository, is part of the key."""
    sys.path.insert(0, str(root / "book" / "_ext"))  # the pages hold nodes that are defined there
    noted = pickle.loads((built.parent / DOCTREES / "environment.pickle").read_bytes()).dependencies
    read = {(root / name).resolve() for names in noted.values() for name in names}
    others = {".venv", "_build"}  # what is installed is in the key; the build makes some itself
    ours = {p for p in read if p.is_relative_to(root)}
    ours = {p for p in ours if not others & set(p.relative_to(root).parts)}
    assert len(ours) > 50
    assert ours - {path.resolve() for path in inputs(root)} == set()


def test_no_lesson_offers_an_address_that_is_not_configured(built):
    """Jupyter Book has an address of its own, where none is configured."""
    pages = [path.read_text(encoding="utf-8") for path in built.glob("notebooks/*.html")]
    assert len(pages) > 20
    assert not any('class="launch"' in page for page in pages)
