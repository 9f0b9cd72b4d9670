"""The programs in the chapters print what stands below them."""

import contextlib
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from passes import Passes, environment, files_below, key_of

from gru_course.layers.backend import keras

PAGES = sorted((Path(__file__).parents[2] / "book").glob("*.md"))
PROGRAM = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = [
    (page.stem, place, program, shown)
    for page in PAGES
    for place, (program, shown) in enumerate(PROGRAM.findall(page.read_text(encoding="utf-8")))
]


def said_by(program):
    """Run a program; return what it printed, and the kind and text of the error that ended it."""
    if "keras" in program:
        keras.utils.clear_session()  # names of layers count from the beginning, as for a reader
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(program, "<page>", "exec"), {"__name__": "__page__"})
        except Exception as error:
            return f"{out.getvalue()}{type(error).__name__}: {error}"
        finally:
            plt.close("all")
    return out.getvalue()


class Runs:
    """The runs of programs, of which the good ones are remembered."""

    def __init__(self, root, passes):
        self.passes = passes
        self.course = key_of(*files_below(root / "src" / "gru_course", ["*.py"]))

    def problem(self, name, program, shown):
        """Return what a program said if it is not what is shown, and was not found so before."""
        course = self.course if "gru_course" in program else ""  # wording of errors counts, too
        key = key_of(environment(), Path(__file__), program, shown, course)
        if self.passes.has("program", name, key):
            return None
        said = said_by(program)
        if shown.strip() not in said:
            return said
        self.passes.add("program", name, key)
        return None


@pytest.fixture(scope="module")
def runs(root):
    return Runs(root, Passes())


@pytest.mark.parametrize(
    ("name", "program", "shown"),
    [(f"{page}-{place}", program, shown) for page, place, program, shown in PROGRAMS],
    ids=[f"{page}-{place}" for page, place, _, _ in PROGRAMS],
)
def test_what_stands_below_a_program_is_what_it_says(name, program, shown, runs):
    if re.search(r"^(?:import|from) torch\b", program, re.MULTILINE):
        pytest.importorskip("torch", reason="PyTorch is not installed")
    assert runs.problem(name, program, shown) is None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_program_of_a_page_is_run(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("```python") == len(PROGRAM.findall(text))


def test_there_are_programs():
    assert len(PROGRAMS) > 10


def test_another_message_is_seen():
    assert "expected" not in said_by("1 / 0")
    assert said_by("print(1)\n1 / 0") == "1\nZeroDivisionError: division by zero"


def test_a_program_that_said_what_is_shown_is_not_run_twice(root, tmp_path, monkeypatch):
    runs = Runs(root, Passes(tmp_path))
    assert runs.problem("a", "print(1)", "1") is None
    monkeypatch.setitem(globals(), "said_by", lambda program: "another")
    assert runs.problem("a", "print(1)", "1") is None
    assert runs.problem("a", "print(2)", "1") == "another"
    assert runs.problem("a", "print(1)", "2") == "another"
    monkeypatch.setenv("FRESH", "1")
    assert runs.problem("a", "print(1)", "1") == "another"


def test_a_fault_in_the_course_after_a_remembered_run_is_found(tmp_path):
    module = tmp_path / "src" / "gru_course" / "gates.py"
    module.parent.mkdir(parents=True)
    passes = Passes(tmp_path / "passes")
    program = "from pathlib import Path\nprint(Path(gru_course).read_text())"
    program = program.replace("gru_course", repr(str(module)), 1)
    module.write_text("expected one gate")
    assert Runs(tmp_path, passes).problem("a", program, "one gate") is None
    module.write_text("expected two gates")
    assert "two gates" in Runs(tmp_path, passes).problem("a", program, "one gate")
