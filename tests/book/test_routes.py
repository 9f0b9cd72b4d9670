"""The routes through the course take as long as their pages, and no page needs a later one."""

import posixpath
import re

import pytest

ROUTE = re.compile(
    r"^\*\*[^*\n]+\*\* (?:After the hour, )?(\d+) minutes\.\n\n((?:\|.*\n)+)", re.MULTILINE
)


def minutes(text):
    """Read how many minutes a page asks for."""
    return int(re.search(r"\*\*Time needed\.\*\* (\d+) minutes", text)[1])


def route_violations(text, pages):
    """Find rows of routes that differ from their page, and sums that are wrong."""
    found = []
    for total, table in ROUTE.findall(text):
        rows = re.findall(r"^\| (.+) \| (\d+) \|$", table, re.MULTILINE)
        if sum(int(said) for _, said in rows) != int(total):
            found.append(f"the rows do not add up to {total}")
        for row, said in rows:
            link = re.match(r"\{doc\}`([^`]+)`", row)
            page = posixpath.normpath(f"book/{link[1]}") if link else None
            if page and minutes(pages[page]) != int(said):
                found.append(f"{page} says {minutes(pages[page])} minutes, its row {said}")
    return found


def test_routes_take_as_long_as_their_pages(pages):
    text = pages["book/how-to-use"]
    assert len(ROUTE.findall(text)) == 2
    assert route_violations(text, pages) == []


def test_everything_takes_as_long_as_all_pages(pages):
    said = int(re.search(r"about (\d+) hours", pages["book/how-to-use"])[1])
    total = sum(minutes(text) for text in pages.values() if "**Time needed.**" in text)
    assert total / 60 == pytest.approx(said, rel=0.1)


def test_the_first_route_is_an_hour(pages):
    assert int(ROUTE.findall(pages["book/how-to-use"])[0][0]) <= 60


@pytest.mark.parametrize(
    ("row", "total", "said"),
    [("20", "20", ""), ("30", "30", "says 20 minutes"), ("20", "25", "do not add up")],
)
def test_another_time_is_seen(row, total, said):
    pages = {"book/a": "**Time needed.** 20 minutes"}
    table = f"| Page | Minutes |\n| --- | --- |\n| {{doc}}`a` | {row} |\n"
    text = f"**Short: a.** {total} minutes.\n\n{table}"
    found = route_violations(text, pages)
    assert any(said in text for text in found) if said else found == []


# --- the order of the pages ----------------------------------------------------------------------

LESSON = re.compile(r"notebooks/(\d\d)_")
NEEDED = re.compile(r"\*\*Prerequisites\.\*\*(.*?)(?=\n\n|\n:::|\Z)", re.DOTALL)
LINK = re.compile(r"\{doc\}`(?:[^`<]*<)?([^`>]+)>?`|\]\(([^)#\s]+)\.(?:ipynb|md)")


def order_violations(pages):
    """Find lessons out of their order, and pages whose box asks for one that stands later."""
    numbers = [int(match[1]) for name in pages if (match := LESSON.match(name))]
    found = []
    if numbers != list(range(len(numbers))):
        found.append(f"the lessons are numbered {numbers}; expected 0, 1, 2 and so on")
    earlier = set()
    for name, text in pages.items():
        needed = NEEDED.search(text)
        for link in LINK.findall(needed[1] if needed else ""):
            page = posixpath.normpath(posixpath.join(posixpath.dirname(name), *filter(None, link)))
            if page not in earlier:
                found.append(f"{name} needs {page}, which is not an earlier page")
        earlier.add(name)
    return found


def test_no_page_needs_a_later_one(pages):
    assert order_violations(pages) == []


def lessons(*numbers, first="", last=""):
    names = ["book/a", *(f"notebooks/{number:02}_x" for number in numbers), "book/z"]
    box = ":::{{admonition}} Before you start\n**Prerequisites.** {}\n:::\n{{doc}}`z`"
    texts = [first, *[""] * len(numbers), last]
    return {name: box.format(text) for name, text in zip(names, texts, strict=True)}


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (lessons(0, 1, 2, first="None", last="{doc}`a`, [One](../notebooks/01_x.ipynb)"), ""),
        (lessons(0, 2), "numbered [0, 2]"),
        (lessons(1, 0), "numbered [1, 0]"),
        (lessons(0, first="{doc}`z`, and a little Keras"), "book/a needs book/z"),
        (lessons(0, first="{doc}`the last <z>`"), "book/a needs book/z"),
        (lessons(0, first="Python;\n[Zero](../notebooks/00_x.ipynb)"), "needs notebooks/00_x"),
        (lessons(0, last="{doc}`gone`"), "needs book/gone"),
    ],
)
def test_another_order_is_seen(pages, said):
    found = order_violations(pages)
    assert len(found) == bool(said)
    assert all(said in text for text in found)
