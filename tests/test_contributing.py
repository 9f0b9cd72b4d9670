"""CONTRIBUTING.md is followed to the letter: its lesson, its commands, its entries."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from typing import NamedTuple

import make_exercises
import mutate
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gru_course.catalogue import DATASETS
from gru_course.stats.claims import load_claims, read_notebooks

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
"""What Jupyter Lab writes into a new notebook."""


class Block(NamedTuple):
    """A piece of code on the page, and the section it stands in."""

    section: str
    language: str
    text: str


def blocks_of(page):
    found, section, fence = [], "", None
    for line in page.splitlines():
        mark = re.fullmatch(r"(`{3,})(\w*)", line)
        if fence is None and mark:
            fence, language, lines = mark[1], mark[2], []
        elif fence == line:
            found.append(Block(section, language, "\n".join(lines)))
            fence = None
        elif fence:
            lines.append(line)
        elif line.startswith("## "):
            section = line.removeprefix("## ")
    return found


@pytest.fixture(scope="module")
def page(root):
    return (root / "CONTRIBUTING.md").read_text(encoding="utf-8")


def in_section(page, section, language):
    return [b.text for b in blocks_of(page) if (b.section, b.language) == (section, language)]


def only(found):
    assert len(found) == 1
    return found[0]


# --- a lesson -------------------------------------------------------------------------------------


class Contributor:
    """Somebody who follows the page in a checkout of their own."""

    def __init__(self, page, root, folder):
        self.page, self.root = page, folder
        # By a program, as nothing here reads the copy but the programs that are started below.
        copy = (
            "import mutate, shutil, sys; shutil.copytree(*sys.argv[1:], ignore=mutate.NOT_COPIED)"
        )
        subprocess.run([sys.executable, "-c", copy, root, folder], cwd=root / "tools", check=True)
        self.before = self.files()
        self.make_venv()
        self.name = re.search(r"here it is `(\w+)`", page)[1]
        self.notebook = folder / "notebooks" / f"{self.name}.ipynb"
        self.bounds = folder / "notebooks" / "bounds.toml"
        self.gates = folder / "notebooks" / "gates.toml"

    def files(self):
        """Read everything but what git ignores."""
        left_out = {".venv", "_build", "__pycache__", ".pytest_cache", ".ruff_cache", ".passes"}
        names = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        return {n: (self.root / n).read_bytes() for n in names if not left_out & set(n.parts)}

    def touched(self):
        after = self.files()
        assert self.before.keys() <= after.keys()
        return {n.as_posix() for n, content in after.items() if self.before.get(n) != content}

    def make_venv(self):
        """Let `make` find what an installation leaves, with the Python of this test behind it."""
        python = self.root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        python.chmod(0o755)
        (self.root / ".venv" / ".ready").write_bytes(os.fsencode(self.root))

    def write_the_four_files(self):
        tag = re.search(r"The cell with the profile has the tag `(\w+)`", self.page)[1]
        folded = re.search(r"A cell that records has the tag\s`([\w-]+)`", self.page)[1]
        tag_of = {"profile = ": [tag], "record(": [folded]}
        notebook = new_notebook(metadata={"kernelspec": KERNEL})
        for block in blocks_of(self.page):
            if block.section == "Add a lesson" and block.language == "markdown":
                notebook.cells.append(new_markdown_cell(block.text))
            elif block.section == "Add a lesson" and block.language == "python":
                tags = [
                    t for start in tag_of if block.text.startswith(start) for t in tag_of[start]
                ]
                notebook.cells.append(new_code_cell(block.text, metadata={"tags": tags}))
        nbformat.write(notebook, self.notebook)
        declared = in_section(self.page, "Add a lesson", "toml")
        for path, text in zip((self.bounds, self.gates), declared, strict=True):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"\n{text}\n")
        neighbour = re.search(r"here below `([\w/]+)`", self.page)[1]
        toc = self.root / "_toc.yml"
        above = f"      - file: {neighbour}\n"
        text = toc.read_text(encoding="utf-8")
        assert above in text
        line = only(in_section(self.page, "Add a lesson", "yaml"))
        toc.write_text(text.replace(above, f"{above}{line}\n"), encoding="utf-8")

    def run(self, *command):
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def program(self, *command):
        """Start a program as the page does."""
        return self.run(".venv/bin/python", "-I", "tools/machine.py", *command)

    def commands(self):
        """List what the page says to type, less the whole test suite."""
        lines = only(in_section(self.page, "Add a lesson", "sh")).splitlines()
        assert lines[-1] == "make test"
        return [shlex.split(line) for line in lines[:-1]]

    def test_the_pages(self):
        """Run the part of `make test` that a lesson concerns, but for the run of the lesson."""
        tests = ["test_hygiene", "test_bounds_of_notebooks", "test_gates", "test_references"]
        files = [f"tests/notebooks/{name}.py" for name in tests]
        files += ["tests/book/test_chapters.py", "tests/book/test_numbers.py"]
        chosen = "table_of_contents or every_notebook or left_over or skeleton or every_typed"
        return self.program(
            *("python", "-m", "pytest", "-q", "-p", "no:nbval", "-p", "no:cacheprovider"),
            *(*files, "-k", f"{self.name} or {chosen}"),
        )

    def test_the_run(self):
        """Run the lesson in quick as `make test` does."""
        notebook = f"notebooks/{self.name}.ipynb"
        return self.program("python", "-m", "pytest", "-q", notebook, "--nbval")


def test_a_lesson_is_added_as_the_page_says(page, root, tmp_path):
    own = Contributor(page, root, tmp_path / "course")
    own.write_the_four_files()
    tables = {"notebooks/bounds.toml", "notebooks/gates.toml"}
    four = {f"notebooks/{own.name}.ipynb", *tables, "_toc.yml"}
    assert own.touched() == four

    for command in own.commands():
        status, said = own.run(*command)
        assert status == 0, said
    assert own.touched() == {*four, f"notebooks/quick/{own.name}.json"}
    for program in (
        own.test_the_pages,
        own.test_the_run,
        lambda: own.program("ruff", "check", own.notebook),
        lambda: own.program("ruff", "format", "--check", own.notebook),
    ):
        status, said = program()
        assert status == 0, said

    stored, bounds = own.notebook.read_bytes(), own.bounds.read_text(encoding="utf-8")
    own.bounds.write_text(bounds.replace("floor = 6.5, ceiling = 7.5", "floor = 8.5"), "utf-8")
    status, said = own.run(*own.commands()[0])
    assert status != 0
    assert f"{own.name} (full): steps_to_half is 7, below its floor 8.5" in said
    assert own.notebook.read_bytes() == stored


# --- the other recipes ----------------------------------------------------------------------------


def untrue(page, root):
    """List the commands and places on the page that do not exist."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.M))
    commands = re.findall(r"(?:^|`)make ([a-z-]+)", page, re.M)
    places = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", page)
    places += [link for link in re.findall(r"\]\(([\w/.]+)\)", page) if not link.endswith("ipynb")]
    made = ("notebooks/26_half_life", "dist/")
    return [f"make {name}" for name in commands if name not in targets] + [
        place for place in places if not place.startswith(made) and not exists(root, place)
    ]


def exists(root, place):
    return any((root / name).exists() for name in (place, f"{place}.ipynb"))


def test_every_command_and_place_exists(page, root):
    assert untrue(page, root) == []
    assert untrue("`make tea`, `src/nowhere.py`, [x](gone.md)", root) == [
        *("make tea", "src/nowhere.py", "gone.md")
    ]


def test_the_claim_of_the_page_is_one(page, root, tmp_path):
    claims = (root / "book" / "claims.toml").read_text(encoding="utf-8")
    entry = only(in_section(page, "Add a claim", "toml"))
    path, records = tmp_path / "claims.toml", read_notebooks(root / "notebooks")
    for verdict, wrong in (("holds", False), ("does not hold here", True)):
        declared = entry.replace('verdict = "holds"', f'verdict = "{verdict}"')
        path.write_text(f"{claims}\n{declared}\n", encoding="utf-8")
        ledger = load_claims(path, root / "studies")
        assert any("fewer-weights" in v for v in ledger.violations(records)) == wrong
    topics = {claim.topic for claim in ledger.claims[:-1]}
    assert ledger.claims[-1].topic in topics, "a new topic would need a section"


def test_the_exercise_of_the_page_is_one(page, root, tmp_path):
    (source,) = re.findall(r"`(notebooks/exercises/\w+\.py)`", page)
    cells = only(in_section(page, "Add an exercise", "python"))
    path = tmp_path / source.rpartition("/")[2]
    path.write_text(f"{(root / source).read_text(encoding='utf-8')}\n{cells}\n", encoding="utf-8")
    added = make_exercises.read(path).exercises[-1]
    assert added.title in cells
    assert added.answer in cells.replace("# ", "")


def test_the_study_of_its_page_is_one(root):
    (text,) = re.findall(
        r"```python\n(\"{3}.*?)```", (root / "studies" / "README.md").read_text("utf-8"), re.S
    )
    written = {"__name__": "studied", "__file__": str(root / "studies" / "studied.py")}
    exec(text, written)
    study = written["study"]()
    trained = dict.fromkeys(study.pieces, 0.5)
    assert study.take_apart(study.assemble(trained)) == trained


def test_the_mutant_of_the_page_has_the_fields_of_one(page):
    (text,) = re.findall(r"with its (`name`.*?), try it", page, re.S)
    assert re.findall(r"`(\w+)`", text) == [f.name for f in fields(mutate.Mutant)][:-1]
    command = only(in_section(page, "Add a mutant", "sh"))
    assert command.split()[-1] in {mutant.name for mutant in mutate.load()}


def test_the_data_set_and_the_extras_of_the_page_exist(page, root):
    (example,) = re.findall(r"`([A-Z]+)` is a short one", page)
    assert example.lower() in DATASETS
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extras,) = re.findall(r"extras (.*?):", page)
    assert re.findall(r"`(\w+)`", extras) == list(project["optional-dependencies"])
    numbers = re.findall(r"(?:git tag v|origin v|version |gru_course-)(\d+\.\d+\.\d+)", page)
    assert len(numbers) == 4
    assert len(set(numbers)) == 1
