"""The routes through the course: their minutes are those of their pages."""

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
