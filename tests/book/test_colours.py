"""One colour, one meaning: in a drawing, the colour of a part stands for that part alone."""

import re

import pytest

from gru_course.course import style

PARTS = {
    "UPDATE_GATE": r"update gate|\bz\b|\bGRU\b",
    "RESET_GATE": r"reset gate",
    "CANDIDATE": r"candidate",
    "INPUT": r"\binputs?\b",
    "LSTM": r"\bLSTM\b",
    "SIMPLE_RNN": r"simple RNN",
}
"""Parts of the registry in `style`, and the words by which a page speaks of them."""

CHAPTERS = ["sequences-and-memory", "history", "why-gru", "architecture", "rnn-lstm-gru"]


def colours_without_part(svg, words):
    """Name the parts whose colour is in a drawing while its caption and alt text say nothing."""
    return [
        part
        for part, named in PARTS.items()
        if getattr(style, part).lower() in svg.lower()
        and not re.search(named, words, re.IGNORECASE)
    ]


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_colour_stands_for_its_part(root, pages, page):
    figures = re.findall(
        r"^```\{figure\} (figures/[\w-]+\.svg)\n(.*?)^```$",
        pages[f"book/{page}"],
        re.MULTILINE | re.DOTALL,
    )
    assert figures
    found = {
        path: colours_without_part((root / "book" / path).read_text(encoding="utf-8"), words)
        for path, words in figures
    }
    assert {path: parts for path, parts in found.items() if parts} == {}


def test_no_two_parts_share_a_colour():
    colours = [getattr(style, part) for part in [*PARTS, "STATE"]]
    assert len(set(colours)) == len(colours)


def test_the_page_on_conventions_lists_every_part(pages):
    table = pages["book/how-to-use"].split("| Part | Colour |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| ([^|-]+) \| ([^|]+) \|$", table, re.MULTILINE)
    assert [sum(bool(re.search(named, part)) for part, _ in rows) for named in PARTS.values()] == [
        1 for _ in PARTS
    ]
    assert len({colour for _, colour in rows}) == len(rows)


def test_a_colour_for_something_else_is_seen():
    svg = f"<path style='stroke: {style.RESET_GATE.lower()}'/>"
    assert colours_without_part(svg, "The complaint is read in full.") == ["RESET_GATE"]
    assert colours_without_part(svg, "The reset gate closes.") == []
