"""One colour, one meaning: in a drawing, the colour of a part stands for that part alone."""

import ast
import re

import nbformat
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
"""Chapters on the parts: each colour in their drawings is a part that the page names there."""

OF_ONE_PART = {"RESET_GATE": r"reset|\br_t\b", "CANDIDATE": r"cand", "LSTM": r"LSTM"}
"""Colours that stand for nothing else in any drawing or plot. Blue is also that of a GRU's results,
dark yellow that of what a model learns from, and light grey serves for frames and aids."""


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


def other_uses(source):
    """Name the functions that use a part's colour and do not name that part.

    What counts as naming are the texts, arguments and names in the function; of code outside of
    functions, those in the same statement and in the text below it.
    """
    found = []
    blocks = ast.parse(source).body
    for block, after in zip(blocks, [*blocks[1:], ast.Pass()], strict=True):
        nodes = [*ast.walk(block), *(ast.walk(after) if isinstance(after, ast.Expr) else ())]
        names = {n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", None) for n in nodes}
        words = {getattr(n, "arg", None) or getattr(n, "name", None) for n in nodes}
        words |= {n.value for n in nodes if isinstance(n, ast.Constant)}
        for part in OF_ONE_PART:
            said = " ".join(str(word) for word in words | (names - {part}))
            if part in names and not re.search(OF_ONE_PART[part], said, re.IGNORECASE):
                found.append(f"{getattr(block, 'name', 'a constant')}: {part}")
    return found


def test_no_plot_uses_the_colour_of_a_part_for_something_else(root):
    modules = [*root.glob("src/gru_course/**/plots*.py"), *root.glob("book/figures/*.py")]
    assert len(modules) > 20
    found = {path.name: other_uses(path.read_text(encoding="utf-8")) for path in modules}
    assert {name: uses for name, uses in found.items() if uses} == {}


LINES = {"plot", "step", "scatter", "bar", "barh", "hist", "loglog", "semilogx", "semilogy"}
COLOURED = {"color", "c", "facecolor", None}
"""Arguments that give a colour; None stands for ``**options``."""


def left_to_chance(source):
    """Name the plots whose colours are those of the parts, one after the other, for anything."""
    blocks = ast.parse(source).body
    blocks = blocks if any(isinstance(b, ast.FunctionDef) for b in blocks) else [ast.parse(source)]
    return [
        ast.unparse(call)
        for block in blocks
        if "set_prop_cycle(CASES)" not in ast.unparse(block).replace("style.", "")
        for call in ast.walk(block)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in LINES
        and re.search(r"ax|panel|plt", ast.unparse(call.func.value))
        and not COLOURED & {keyword.arg for keyword in call.keywords}
    ]


def test_every_plot_says_its_colours(root):
    found = {
        path.name: left_to_chance(path.read_text(encoding="utf-8"))
        for path in root.glob("src/gru_course/**/plots*.py")
    }
    for path in root.glob("notebooks/*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
        found[path.name] = [plot for source in sources for plot in left_to_chance(source)]
    assert {name: plots for name, plots in found.items() if plots} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("axes.plot(x)", 1),
        ("axes.plot(x, color=style.GRU)", 0),
        ("axes.set_prop_cycle(style.CASES)\naxes.plot(x)", 0),
        ("def one():\n    axes.set_prop_cycle(CASES)\ndef two():\n    axes.bar(x, y)", 1),
        ("weights.step(x)", 0),
    ],
)
def test_a_plot_without_colours_is_seen(source, count):
    assert len(left_to_chance(source)) == count


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("    ax.axhline(loss, color=style.RESET_GATE, label='worse')", ["draw: RESET_GATE"]),
        ("    ax.axhline(r, color=style.RESET_GATE, label='reset gate')", []),
        ("    looks = [(style.GRU, '-'), (style.LSTM, ':')]", ["draw: LSTM"]),
        ("    ax.plot(candidate, color=style.CANDIDATE)", []),
    ],
)
def test_a_plot_in_the_colour_of_a_part_is_seen(line, seen):
    assert other_uses(f"def draw(ax, style):\n{line}\n") == seen


def test_no_two_parts_share_a_colour():
    colours = [getattr(style, part) for part in [*PARTS, "STATE", "OTHER", "ANOTHER"]]
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
