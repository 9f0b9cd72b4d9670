"""Sphinx extension: what an instructor needs, made from the pages so that it cannot drift.

``{outcomes}`` lists what a learner can do after each page, with the exercises that assess it.
``{plan}`` makes a timetable: a line for each meeting, ``When: pages; minutes of WHAT``, where pages
are file names without folder and number, and ``a .. b`` is all from one to the other. The minutes
are those of the pages. ``{teaching-notes}`` shows ``book/teaching.toml``, a note for each page that
has exercises. A page that does not exist, is forgotten or does not fit stops the build.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FIELDS = ("believe", "ask", "skip")
TITLED = r"^`{3,}\{exercise\} (\d+\.\d+ [^\n]*)\n(?::[^\n]*\n)*?:label: (ex-\S+)"
WHAT = ("*Often believed:*", "*Ask:*", "*Can be left out:*")


@dataclass(frozen=True)
class Lesson:
    """A page with objectives and a time; exercises by label, those of lessons with their titles."""

    name: str
    minutes: int
    objectives: tuple[str, ...]
    exercises: tuple[tuple[str, str], ...]
    title: str = ""

    @property
    def short(self) -> str:
        """The name of the file without folder and number."""
        return re.sub(r"^\d+_", "", self.name.rpartition("/")[2])

    @property
    def link(self) -> str:
        """A reference that shows the title."""
        return f"{{doc}}`/{self.name}`"


def lessons_of(root: Path) -> list[Lesson]:
    """Read the pages of a book that say how long they take, in their order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    names = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    found = [_lesson(name, page_text(root / name)) for name in names]
    return [lesson for lesson in found if lesson]


def page_text(path: Path) -> str:
    """Read a page as Markdown; of a notebook, the Markdown cells."""
    if path.with_suffix(".md").is_file():
        return path.with_suffix(".md").read_text(encoding="utf-8")
    cells = nbformat.read(path.with_suffix(".ipynb"), as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def _lesson(name: str, text: str) -> Lesson | None:
    time = re.search(r"\*\*Time needed\.\*\* (\d+) minutes", text)
    box = re.search(r"\*\*Objectives\.\*\*[^\n]*\n((?:[- ][^\n]*\n)+)", text)
    if not time or not box:
        return None
    objectives = [" ".join(item.split()) for item in re.split(r"^- ", box[1], flags=re.M)[1:]]
    headed = {label: title for title, label in re.findall(TITLED, text, re.M)}
    labels = re.findall(r"^:label: (ex-\S+)", text, re.M)
    exercises = [(label, headed.get(label, "")) for label in labels]
    heading = re.search(r"^# (.+)$", text, re.M)
    title = heading[1] if heading else name
    return Lesson(name, int(time[1]), tuple(objectives), tuple(exercises), title)


@dataclass(frozen=True)
class Meeting:
    """A line of a plan."""

    when: str
    lessons: tuple[Lesson, ...]
    more: int
    what: str

    @property
    def minutes(self) -> int:
        """All minutes together."""
        return sum(lesson.minutes for lesson in self.lessons) + self.more


def read_plan(lines: list[str], lessons: list[Lesson], at_most: int, whole: bool) -> list[Meeting]:
    """Read a plan.

    Raises
    ------
    ValueError
        If a line cannot be read, a page does not exist, comes twice or is forgotten in a plan of
        the whole course, or a meeting is too long.
    """
    meetings = []
    for line in lines:
        match = re.fullmatch(r"([^:]+): (.+); (\d+) minutes of (.+)", line.strip())
        if not match:
            raise ValueError(f"expected 'When: pages; 60 minutes of exercises', got {line!r}")
        chosen = [lesson for item in match[2].split(", ") for lesson in _chosen(item, lessons)]
        meeting = Meeting(match[1], tuple(chosen), int(match[3]), match[4])
        if meeting.minutes > at_most:
            raise ValueError(f"{meeting.when} takes {meeting.minutes} minutes of {at_most}")
        meetings.append(meeting)
    planned = [lesson.short for meeting in meetings for lesson in meeting.lessons]
    if twice := {short for short in planned if planned.count(short) > 1}:
        raise ValueError(f"planned twice: {', '.join(sorted(twice))}")
    taught = [lesson.short for lesson in lessons if lesson.exercises]
    if missing := [short for short in taught if whole and short not in planned]:
        raise ValueError(f"not in the plan of the whole course: {', '.join(missing)}")
    return meetings


def _chosen(item: str, lessons: list[Lesson]) -> list[Lesson]:
    first, _, last = item.partition(" .. ")
    places = {lesson.short: place for place, lesson in enumerate(lessons)}
    if unknown := [name for name in (first, last or first) if name not in places]:
        raise ValueError(f"there is no page {unknown[0]!r} with a time")
    chosen = lessons[places[first] : places[last or first] + 1]
    if not chosen:
        raise ValueError(f"{last} comes before {first}")
    return chosen


def notes_for(
    lessons: list[Lesson], notes: list[dict[str, str]]
) -> dict[str, list[dict[str, str]]]:
    """Give the notes for each page with exercises; a note's page is a pattern of its file name.

    Raises
    ------
    ValueError
        If a page has no note, or a note no page.
    """
    taught = [lesson for lesson in lessons if lesson.exercises]
    found: dict[str, list[dict[str, str]]] = {lesson.name: [] for lesson in taught}
    for note in notes:
        pages = [lesson for lesson in taught if re.fullmatch(note["page"], lesson.short)]
        if not pages or not all(note.get(field) for field in FIELDS):
            raise ValueError(f"the note {note['page']!r} needs a page and {', '.join(FIELDS)}")
        for lesson in pages:
            found[lesson.name].append(note)
    if missing := [name for name, own in found.items() if not own]:
        raise ValueError(f"book/teaching.toml has no note for {', '.join(missing)}")
    return found


class _FromPages(SphinxDirective):
    """A part of the page that is made from the other pages."""

    def run(self) -> list[nodes.Node]:
        """Read the pages, and make Markdown of them."""
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / "_toc.yml"))
        lessons = lessons_of(root)
        for lesson in lessons:
            self.env.note_dependency(self.env.doc2path(lesson.name))
        try:
            return self.parse_text_to_nodes("\n".join(self.lines(root, lessons)))
        except ValueError as error:
            raise self.error(str(error)) from error

    def lines(self, root: Path, lessons: list[Lesson]) -> list[str]:
        """Write Markdown."""
        raise NotImplementedError


def _exercise(label: str, title: str) -> str:
    """Refer to an exercise: those of lessons have a number in their title, and none of Sphinx's."""
    return f"{{ref}}`{title} <{label}>`" if title else f"{{ref}}`{label}`"


class Outcomes(_FromPages):
    """What can be assessed, and with which exercises."""

    def lines(self, root: Path, lessons: list[Lesson]) -> list[str]:
        """Write a folded box for each page: in a table the page would be endless on a phone."""
        written = []
        for lesson in lessons:
            if lesson.exercises:
                asked = [f"- {_exercise(*exercise)}" for exercise in lesson.exercises]
                said = [f"After {lesson.link} a learner can", "", *_list(lesson.objectives), ""]
                written += _folded(lesson, [*said, "Exercises that show it:", "", *asked])
        return written


class Plan(_FromPages):
    """A timetable whose minutes are those of the pages."""

    has_content = True
    option_spec = {  # noqa: RUF012
        "at-most": directives.positive_int,
        "whole": directives.flag,
    }

    def lines(self, root: Path, lessons: list[Lesson]) -> list[str]:
        """Write a table."""
        content = [line for line in self.content if line.strip()]
        whole = "whole" in self.options
        meetings = read_plan(content, lessons, self.options["at-most"], whole)
        rows = ["| When | Pages, with their minutes | Minutes |", "|---|---|--:|"]
        for meeting in meetings:
            pages = [f"{lesson.link} ({lesson.minutes})" for lesson in meeting.lessons]
            pages.append(f"{meeting.what} ({meeting.more})")
            rows.append(f"| {meeting.when} | {', '.join(pages)} | {meeting.minutes} |")
        return [*rows, f"| | **together** | **{sum(m.minutes for m in meetings)}** |"]


class TeachingNotes(_FromPages):
    """A note for each page that is taught."""

    def lines(self, root: Path, lessons: list[Lesson]) -> list[str]:
        """Write a list."""
        path = root / "book" / "teaching.toml"
        self.env.note_dependency(str(path))
        notes = notes_for(lessons, tomllib.loads(path.read_text(encoding="utf-8"))["note"])
        written = []
        for lesson in lessons:
            said = [
                f"{what} {note[field]}"
                for note in notes.get(lesson.name, [])
                for what, field in zip(WHAT, FIELDS, strict=True)
            ]
            written += _folded(lesson, [lesson.link, "", *_list(said)]) if said else []
        return written


def _list(items: Iterable[str]) -> list[str]:
    return [f"- {item}" for item in items]


def _folded(lesson: Lesson, lines: list[str]) -> list[str]:
    opening = [f":::{{admonition}} {lesson.title}", ":class: dropdown", ""]
    return [*opening, *lines, ":::", ""]


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives."""
    app.add_directive("outcomes", Outcomes)
    app.add_directive("plan", Plan)
    app.add_directive("teaching-notes", TeachingNotes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
