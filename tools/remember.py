"""A pytest plugin: test files that have passed run again only if something they need changed.

What a test file needs is: the definitions that it and its ``conftest.py`` reach, wherever they
stand; the files of this checkout that it was seen to open or list; the settings of pytest; the
versions, Python and the settings of the environment. A file that starts another program may read
anything, so it needs every file of the checkout, but for those that it marks with
``programs_leave("book/*.md")``; of these it may name some that are read all the same,
``but=["book/training.md"]``. The mark holds as well for what fixtures of a session read for all.

Used by ``make test`` as ``-p remember``; ``FRESH=1`` runs everything. What is chosen by ``-k``,
``-m`` or ``::`` always runs and is not remembered.
"""

import json
import os
import sys
import tomllib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from fnmatch import fnmatchcase
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from definitions import Repository
from machine import git
from passes import Passes, environment, key_of

KIND = "tests"
EVERYTHING, NAMES = "every file of the checkout", "which files there are"
BUT = "but for "
MARK = "programs_leave"
SEARCH = (
    *("src", "tools", "benchmarks/parts", "benchmarks", "book/figures", "book/_ext", "studies"),
    *("tests/book", "tests/tools", "tests/grading"),
)
STARTS_PROGRAMS = {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.system"}
LOOKS = {"open", "os.listdir", "os.scandir"}
WHY_NOT = pytest.StashKey[str]()
IMPORTERS = ("<frozen importlib", "_pytest/assertion/rewrite.py", "_pytest/doctest.py")
"""Who opens source code to run it: definitions stand for that already."""
OPENERS = tuple(
    f"{os.sep}{name}.py"
    for name in ("pathlib", "_local", "linecache", "tokenize", "inspect", "doctest")
)
"""Modules of Python that open files for others."""


class Checkout:
    """The files of a checkout as they are when a run begins.

    Parameters
    ----------
    root : pathlib.Path
        The checkout; what git ignores does not belong to it.

    Raises
    ------
    ValueError
        If git does not know it: there is no git, it was downloaded without its history, or
        it belongs to somebody else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        top = git(root, "rev-parse", "--show-toplevel")
        asked = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if top is None or asked is None or not os.path.samefile(top.rstrip(b"\r\n"), root):
            raise ValueError(f"git cannot tell which files belong to {root}")
        names = {name for name in os.fsdecode(asked).split("\0") if name}
        self.names = sorted(name for name in names if (root / name).is_file())
        self.repository = Repository(root, search=SEARCH)
        self._known = {name: self._state(name) for name in self.names}
        self._scripts: dict[Path, str] = {}

    def _state(self, name: str) -> tuple[int, int]:
        try:
            status = (self.root / name).stat()
        except OSError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_size)

    def code(self, file: Path) -> str:
        """Digest a test file and the definitions that it and its conftests reach."""
        above = [
            folder / "conftest.py" for folder in file.parents if folder.is_relative_to(self.root)
        ]
        parts = [self._script(path) for path in (file, *above) if path.is_file()]
        # Its own text, since examples in docstrings are tests, too.
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        settings = json.dumps(project["tool"]["pytest"])
        return key_of(file.read_bytes(), settings, environment(), *parts)

    def _script(self, path: Path) -> str:
        """Digest a script once: many files of tests have the same conftests."""
        if path not in self._scripts:
            self._scripts[path] = self.repository.digest_of_script(path)
        return self._scripts[path]

    def key(self, code: str, reads: Iterable[str]) -> str:
        """Digest the code of a test file together with what the files that it reads hold."""
        reads = self.chosen(reads)
        # Who looks for what is no code may also ask whether it is there.
        looks_around = any(not name.endswith(".py") for name in reads)
        names = "\n".join(self.names) if looks_around else ""
        contents = [part for name in reads if name != NAMES for part in (name, self.root / name)]
        return key_of(code, names, *contents)

    def chosen(self, reads: Iterable[str]) -> list[str]:
        """List what is read by name, in order."""
        reads = set(reads)
        left = {read for read in reads if read.startswith(BUT)}
        if EVERYTHING in reads:
            patterns = [read.removeprefix(BUT) for read in left]
            reads |= {n for n in self.names if not any(fnmatchcase(n, p) for p in patterns)}
        return sorted(reads - left - {EVERYTHING})

    def is_as_it_was(self, reads: Iterable[str]) -> bool:
        """Say whether files are still those of the beginning of the run."""
        chosen = (name for name in self.chosen(reads) if name != NAMES)
        return all(self._known[name] == self._state(name) for name in chosen)


class Watch:
    """Notes which files of a checkout are opened, for whom."""

    def __init__(self, root: Path) -> None:
        self._root = f"{root}{os.sep}"
        self._names: set[str] = set()
        self.seen: dict[str, set[str]] = {}
        self._for: list[str] = []
        sys.addaudithook(self._hear)
        self._hear_of_processes()

    @contextmanager
    def watching(self, who: str) -> Generator[None]:
        """Note what is opened in the block as read by `who`."""
        self._for.append(who)
        try:
            yield
        finally:
            self._for.pop()

    def _hear_of_processes(self) -> None:
        """Tell of processes that are spawned, of which no audit hook is told."""
        start = BaseProcess.start

        def told(process: BaseProcess) -> None:
            sys.audit("os.fork")
            start(process)

        BaseProcess.start = told  # type: ignore[method-assign, assignment]

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._for:
            return
        if event in STARTS_PROGRAMS:
            self._note(EVERYTHING)
        elif event in LOOKS and isinstance(arguments[0], str | os.PathLike | None):
            path = os.path.abspath(os.fspath(arguments[0] or "."))
            if f"{path}{os.sep}".startswith(self._root) and not _imports():
                self._note(path[len(self._root) :] if event == "open" else NAMES)

    def _note(self, name: str) -> None:
        self.seen.setdefault(self._for[-1], set()).add(name)


def _imports() -> bool:
    """Say whether what is opened is code that is about to be run, by who asked for it."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(IMPORTERS[0]) or name.endswith(IMPORTERS[1:]):
            return True
        if not name.endswith(OPENERS):
            return False
        frame = frame.f_back
    return False


def _uses(item: pytest.Item) -> Iterable[str]:
    """Name the fixtures of a test."""
    return getattr(item, "fixturenames", ())


class Remember:
    """Leaves out test files whose pass is remembered, and remembers those that pass."""

    def __init__(self, config: pytest.Config, root: Path) -> None:
        self.root = root
        environment()  # as it is now: tests may change it
        self.checkout = Checkout(root)
        self.passes = Passes(root / ".passes")
        self.watch = Watch(root)
        self.codes: dict[str, str] = {}
        self.left: dict[str, int] = {}
        self.patterns: dict[str, set[str]] = {}
        self.named: dict[str, set[str]] = {}
        self.failed: set[str] = set()
        self.fixtures: dict[str, set[str]] = {}
        worker = getattr(config, "workerinput", None)
        self.remembered: set[str] | None = set(worker["remembered"]) if worker else None

    def _code(self, name: str) -> str:
        if name not in self.codes:
            self.codes[name] = self.checkout.code(self.root / name)
        return self.codes[name]

    def _is_remembered(self, name: str) -> bool:
        reads = self.passes.reads(KIND, name)
        key = self.checkout.key(self._code(name), reads)
        return self.passes.has(KIND, name, key)

    def all_remembered(self) -> list[str]:
        """List the test files that need not run; asked once, before workers start."""
        if self.remembered is None:
            python = [n for n in self.checkout.names if n.startswith(("tests/", "src/"))]
            python = [n for n in python if n.endswith(".py") and not n.endswith("conftest.py")]
            self.remembered = {name for name in python if self._is_remembered(name)}
        return sorted(self.remembered)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker what is left out, so that all agree."""
        node.workerinput["remembered"] = self.all_remembered()

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave a remembered file out before it is imported."""
        if not collection_path.is_relative_to(self.root):
            return None
        name = collection_path.relative_to(self.root).as_posix()
        return True if name in self.all_remembered() else None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        """Note what importing a test file reads."""
        with self.watch.watching(self._name(collector)):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Count the tests of each file, and begin with what takes long: workers end together.

        Others that need the book come last: it is built by then, and no worker waits for it.
        With ``--dist loadfile`` a file stays in one worker, which can say that it passed.
        """
        for item in items:
            name = self._name(item)
            self.left[name] = self.left.get(name, 0) + 1
            marks = list(item.iter_markers(MARK))
            marked = {f"{BUT}{pattern}" for mark in marks for pattern in mark.args}
            self.patterns[name] = self.patterns.get(name, marked) & marked
            named = {file for mark in marks for file in mark.kwargs.get("but", ())}
            if lost := named.difference(self.checkout.names):
                raise pytest.UsageError(f"{name}: {MARK} names {sorted(lost)}, which are not there")
            self.named.setdefault(name, set()).update(named)
        items.sort(
            key=lambda item: (item.get_closest_marker("long") is None, "built" in _uses(item))
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Note what a fixture reads that others will use as well."""
        if fixturedef.scope in ("session", "package"):
            with self.watch.watching(f"fixture {fixturedef.argname}"):
                return (yield)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Note what a test reads, and remember its file once all of its tests have passed."""
        name = self._name(item)
        with self.watch.watching(name):
            result = yield
        for fixture in _uses(item):
            self.fixtures.setdefault(name, set()).add(f"fixture {fixture}")
        self.left[name] -= 1
        if self.left[name] == 0 and name not in self.failed:
            self._keep(name)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        if report.failed:
            self.failed.add(report.nodeid.partition("::")[0])

    def _keep(self, name: str) -> None:
        reads = self.watch.seen.get(name, set()) | {
            read
            for fixture in self.fixtures.get(name, ())
            for read in self.watch.seen.get(fixture, ())
            if not any(fnmatchcase(read, p.removeprefix(BUT)) for p in self.patterns[name])
        }
        reads &= {EVERYTHING, NAMES, *self.checkout.names} - {name}
        reads |= self.named[name]
        if EVERYTHING in reads:
            reads |= self.patterns[name]
        if self.checkout.is_as_it_was({name, *reads}):
            key = self.checkout.key(self._code(name), reads)
            self.passes.add(KIND, name, key, sorted(reads))

    def _name(self, node: Any) -> str:
        path = getattr(node, "path", self.root)
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else ""

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Take a run in which nothing was left to do for a success."""
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.all_remembered():
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say how much was left out."""
        if number := len(self.all_remembered()):
            said = f"{number} files of tests passed before and nothing they need has changed"
            terminalreporter.write_line(f"{said} (FRESH=1 runs them again)")


def pytest_configure(config: pytest.Config) -> None:
    """Take part, unless tests are chosen by hand."""
    option = config.option
    chosen = option.keyword or option.markexpr or any("::" in a for a in config.args)
    if not chosen and not option.collectonly:
        try:
            remember = Remember(config, config.rootpath)
        except ValueError as error:
            config.stash[WHY_NOT] = str(error)
        else:
            config.pluginmanager.register(remember, "remember-passes")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say that nothing is remembered, and why."""
    why = config.stash.get(WHY_NOT, None)
    return [f"every test runs, none is remembered: {why}"] if why else []
