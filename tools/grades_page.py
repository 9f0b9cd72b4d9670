"""Tables of results: CSV for a spreadsheet, HTML to read, and a page for each student.

What a student wrote is only ever text here: escaped in HTML, and no formula in a spreadsheet.
"""

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from grading import FAILED, NOT_ANSWERED, PASSED, Graded
from submissions import shown
from whole_files import whole_or_not

from gru_course.exercises.registry import EXERCISES

SIGNS = {PASSED: "✓", FAILED: "✗", NOT_ANSWERED: "–"}
FORMULA = re.compile(r"^[=+\-@\t\r]")
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem }
.wide { overflow-x: auto }
table { border-collapse: collapse }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top }
th, td { border-bottom: 1px solid #8886 }
section { margin-top: 2.5rem }
h1, h2, td, li { overflow-wrap: anywhere }
td[title] { white-space: nowrap }
.failed { color: light-dark(#a11, #f99) }
.passed { color: light-dark(#175c17, #8d8) }
"""


def write_results(graded: Sequence[Graded], numbers: Sequence[str], folder: Path) -> list[Path]:
    """Write ``results.csv``, ``results.html`` and a page for each student, each file whole.

    Returns
    -------
    list of pathlib.Path
        The two tables and the folder of the pages.
    """
    table, page, pages = (folder / name for name in ("results.csv", "results.html", "feedback"))
    names = {file_name(one.place): one for one in graded}
    for name, one in names.items():
        whole_or_not(pages / name, _page(f"Feedback for {one.student}", _feedback(one)).encode())
    for old in pages.glob("*.html"):
        if old.name not in names:
            old.unlink()
    whole_or_not(table, csv_table(graded, numbers).encode("utf-8-sig"))
    whole_or_not(page, html_table(graded, numbers).encode())
    return [table, page, pages]


def csv_table(graded: Iterable[Graded], numbers: Sequence[str]) -> str:
    """Return a table with one row a submission."""
    text = io.StringIO()
    rows = csv.writer(text)
    columns = [column for number in numbers for column in (number, f"{number} feedback")]
    rows.writerow(["student", "submission", "points", "of", *columns, "notes"])
    for one in graded:
        parts = [part for n in numbers for part in (one.results[n].status, one.results[n].message)]
        row = [
            one.student,
            shown(one.place),
            one.passed,
            len(numbers),
            *parts,
            " | ".join(one.notes),
        ]
        rows.writerow([_no_formula(part) if isinstance(part, str) else part for part in row])
    return text.getvalue()


def html_table(graded: Sequence[Graded], numbers: Sequence[str]) -> str:
    """Return a page with a table of everything, and the feedback of each student below it."""
    heads = "".join(
        f'<th scope="col" title="{html.escape(EXERCISES[n].title)}">{html.escape(n)}</th>'
        for n in numbers
    )
    rows = []
    for place, one in enumerate(graded):
        cells = "".join(_cell(one.results[number].status) for number in numbers)
        name = f'<a href="#student-{place}">{html.escape(one.student)}</a>'
        rows.append(
            f'<tr><th scope="row">{name}</th><td>{one.passed} of {len(numbers)}</td>{cells}</tr>\n'
        )
    feedback = "".join(
        f'<section id="student-{place}">\n<h2>{html.escape(one.student)}</h2>\n{_feedback(one)}'
        "</section>\n"
        for place, one in enumerate(graded)
    )
    signs = ", ".join(f"{sign} {status}" for status, sign in SIGNS.items())
    return _page(
        "Results",
        f"<p>{len(graded)} submissions. {signs}.</p>\n"
        f'<div class="wide" tabindex="0"><table>\n<tr><th scope="col">Student</th>'
        f'<th scope="col">Passed</th>{heads}</tr>\n{"".join(rows)}</table></div>\n{feedback}',
    )


def file_name(place: str) -> str:
    """Return the name of a student's page, which no name of a submission can lead elsewhere.

    Examples
    --------
    >>> file_name("../Zoë & Co.ipynb")
    'Zo-Co-0d1adb17.html'
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "-", place.removesuffix(".ipynb")).strip("-")[:40]
    digest = hashlib.sha256(place.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{plain}-{digest}.html" if plain else f"{digest}.html"


def _feedback(one: Graded) -> str:
    items = "".join(
        f'<tr><th scope="row">{number} {html.escape(EXERCISES[number].title)}</th>'
        f"{_cell(result.status, result.status)}<td>{_with_code(result.message)}</td></tr>\n"
        for number, result in one.results.items()
    )
    notes = "".join(f"<li>{html.escape(note)}</li>\n" for note in one.notes)
    notes = f"<p>While the notebook was read and run:</p>\n<ul>\n{notes}</ul>\n" if notes else ""
    head = f"<p>{html.escape(shown(one.place))}: {one.passed} of {len(one.results)} passed.</p>\n"
    return f'{head}<div class="wide" tabindex="0"><table>\n{items}</table></div>\n{notes}'


def _with_code(message: str) -> str:
    """Escape a text, and set as code what stands between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(message))


def _cell(status: str, text: str = "") -> str:
    shown = f"{SIGNS[status]} {text}".strip()
    kind = status.replace(" ", "-")
    return f'<td class="{kind}" title="{status}" aria-label="{status}">{shown}</td>'


def _page(title: str, content: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n"
        f"<h1>{html.escape(title)}</h1>\n{content}</html>\n"
    )


def _no_formula(text: str) -> str:
    """Let a spreadsheet take a text for a text."""
    return f"'{text}" if FORMULA.match(text) else text
