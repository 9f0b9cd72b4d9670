"""pytest plugin: nbval runs each notebook once, and the same outputs are held to all it promises.

``pytest notebooks --nbval --nbval-current-env -p lessons`` runs the quick profile. The outputs of
each cell are compared with those in ``quick/`` beside the notebook; after the last cell they are
held to ``bounds.toml``, and the kernel to its budget. A notebook that has passed is not run again
until something changes that could make it fail.
"""

import functools
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import machine
import nbformat
import notebook_runs
import pytest
import references
from definitions import Repository
from nbval.plugin import IPyNbCell, IPyNbFile
from notebook_runs import (
    ONE_THREAD,
    cpu_seconds_of_children,
    promises_of,
    reference_path,
)
from passes import Passes, environment, key_of
from references import Cell, Reference, remaking

from gru_course.course import bounds, metrics
from gru_course.course.bounds import NotebookBounds
from gru_course.course.metrics import read_records
from gru_course.data.loading import PROFILE_VARIABLE

PROFILE = "quick"
KIND = "notebooks"
COMPARED_ELSEWHERE = {"execution_count": 0, "outputs": []}
"""The stored outputs are of the full profile, and nbval compares a cell only if it has been run."""
REMEMBERED = pytest.StashKey[set[str]]()
CHECKERS = [Path(__file__)] + [
    Path(str(module.__file__)) for module in (references, notebook_runs, bounds, metrics)
]


class Lesson(IPyNbFile):  # type: ignore[misc] # nbval is untyped
    """A notebook in the quick profile."""

    promises: NotebookBounds
    reference: Reference
    sources: list[str]
    tags: str
    key: str
    cpu_seconds_before: float

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the cells and, after them, what is promised of all; nothing if it has passed."""
        self.promises = promises_of(self.path, PROFILE)
        cells = list(super().collect())
        self.sources = [cell.cell.source for cell in cells]
        self.tags = repr([cell.cell.metadata.get("tags") for cell in cells])
        self.key = self.key_now(_repository(self.config.rootpath))
        if self.passes.has(KIND, self.path.name, self.key):
            self.config.stash[REMEMBERED].add(self.path.name)
            return
        kept = reference_path(self.path)
        self.reference = Reference.read(kept)
        if len(cells) != len(self.reference.cells):
            raise ValueError(
                f"{kept.name} is of {len(self.reference.cells)} cells, not {len(cells)}"
            )
        self.lesson_cells = [
            LessonCell.from_parent(
                self,
                name=c.name,
                cell_num=c.cell_num,
                cell=nbformat.from_dict({**c.cell, **COMPARED_ELSEWHERE}),
                options=c.options,
            )
            for c in cells
        ]
        yield from self.lesson_cells
        yield Promises.from_parent(self, name="bounds and budget")

    def key_now(self, repository: Repository) -> str:
        """Digest all that can change whether this notebook passes, as it is on the disk."""
        promises = promises_of(self.path, PROFILE)
        limits = [(bound.metric, bound.floor, bound.ceiling) for bound in promises.bounds]
        promised = repr((limits, promises.budget_cpu_seconds))
        checked = key_of(reference_path(self.path), self.tags, promised, *CHECKERS)
        reached = repository.digest_of_cells(self.sources)
        return key_of(*self.sources, reached, checked, environment())

    @property
    def passes(self) -> Passes:
        """The memory of this checkout."""
        return Passes(self.config.rootpath / ".passes")

    def setup(self) -> None:
        """Start the kernel."""
        self.cpu_seconds_before = cpu_seconds_of_children()
        super().setup()


class LessonCell(IPyNbCell):  # type: ignore[misc]
    """A cell whose outputs are compared with the kept ones of the quick profile."""

    passed = False

    def compare_outputs(self, test: Any, ref: Any, skip_compare: Any = None) -> bool:
        """Say whether the outputs are as kept; those stored in the notebook are of the full run."""
        kept: Cell = self.parent.reference.cells[self.cell_num]
        self.comparison_traceback = kept.differences(test)
        if self.comparison_traceback:
            meant = f"If that is meant: {remaking(self.parent.path.stem)}"
            self.comparison_traceback.append(meant)
            return False
        return True

    def runtest(self) -> None:
        """Run the cell."""
        super().runtest()
        self.passed = True


class BrokenPromise(Exception):
    """A bound or a budget does not hold."""


class Promises(pytest.Item):
    """What a notebook promises of all its outputs together."""

    def runtest(self) -> None:
        """Hold the outputs of the cells to the bounds, and the kernel to its budget."""
        lesson: Any = self.parent
        if lesson.kernel.is_alive():
            lesson.kernel.stop()  # its CPU time is known when it has ended
        cpu_seconds = cpu_seconds_of_children() - lesson.cpu_seconds_before
        share = f"{lesson.reference.share():.0%} of its cells with text compared"
        self.user_properties.append((KIND, f"{cpu_seconds:.0f} s of CPU time, {share}"))
        run = {"cells": [{"outputs": cell.test_outputs or []} for cell in lesson.lesson_cells]}
        broken = lesson.promises.violations(read_records(run))
        broken += lesson.promises.over_budget(cpu_seconds)
        if broken:
            raise BrokenPromise("\n".join(broken))
        passed = all(cell.passed for cell in lesson.lesson_cells)
        # What was edited meanwhile may or may not be what has run.
        if passed and lesson.key_now(Repository(lesson.config.rootpath)) == lesson.key:
            lesson.passes.add(KIND, lesson.path.name, lesson.key)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Say what is broken, not where in this file it was noticed."""
        if isinstance(excinfo.value, BrokenPromise):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the notebook."""
        return self.path, 0, f"{self.path.name}::{self.name}"


@functools.cache
def _repository(root: Path) -> Repository:
    return Repository(root)


# --- what pytest calls ----------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """State the environment, choose the profile, and give each kernel one core."""
    config.stash[REMEMBERED] = set()
    config.option.nbval_current_env = True  # whatever the notebook says
    machine.enter(config.rootpath)
    os.environ[PROFILE_VARIABLE] = PROFILE
    os.environ.update(ONE_THREAD)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Take notebooks out of the hands of nbval's own class."""
    collectors = yield
    return [
        Lesson.from_parent(parent, path=file_path) if isinstance(c, IPyNbFile) else c
        for c in collectors
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest notebook, so that workers end together."""
    items.sort(
        key=lambda i: -i.parent.promises.budget_cpu_seconds if isinstance(i.parent, Lesson) else 0
    )


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Learn from a worker of xdist which notebooks it did not have to run."""
    node.config.stash[REMEMBERED] |= set(getattr(node, "workeroutput", {}).get("remembered", []))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Count a session in which everything is remembered as passed."""
    remembered = session.config.stash[REMEMBERED]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["remembered"] = sorted(remembered)
    elif remembered and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was not run, what the others took, and how much of them is compared."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name == KIND and report.when == "call":
                    terminalreporter.write_line(f"{report.nodeid.partition('::')[0]}: {value}")
    if remembered := config.stash[REMEMBERED]:
        terminalreporter.write_line(
            f"{len(remembered)} notebooks have passed before and nothing they depend on has "
            f"changed (FRESH=1 runs them all): {', '.join(sorted(remembered))}"
        )
