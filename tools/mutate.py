"""Put faults into a copy of this repository on purpose; for each, a named test must turn red.

``tests/mutants/mutants.toml`` declares faults that people really make, each with the one test that
has to see it. mutmut and cosmic-ray are for another purpose: they change operators and constants by
the thousand and ask the whole suite each time. So these few lines are our own.
"""

import argparse
import ast
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import stated
from passes import ROOT, key_of
from whole_files import whole_or_not

TABLE = ROOT / "tests" / "mutants" / "mutants.toml"
RESULTS = TABLE.with_name("results.json")
KINDS = ("data", "cells", "layers", "training", "metrics", "bounds", "ledger", "page")
Results = dict[str, dict[str, Any]]
LIMIT = 1200
"""Seconds after which a test counts as hanging."""
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".passes", "_build", "__pycache__", ".*_cache", ".hypothesis"
)
# How a test, a doctest or a bound fails by its own check, not because the fault broke something.
_CHECK = re.compile(
    r"assert |AssertionError|Failed: (?!Timeout)|.*^Expected:|\w+ \(quick\): ", re.DOTALL | re.M
)
# All plugins together take seconds to start, so each run gets the ones that it needs.
PLUGINS = ("-p", "xdist.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider")
OF_NOTEBOOKS = ("-p", "nbval.plugin", "-p", "lessons", "--nbval", "--nbval-current-env")


@dataclass(frozen=True)
class Mutant:
    """One deliberate fault.

    Parameters
    ----------
    name : str
        A short name for the command line.
    kind : str
        One of `KINDS`: what the fault is in.
    wrong, teaches : str
        What is wrong, and what that it is caught teaches; a sentence each.
    file : str
        Which file is changed, from the root of the repository.
    old, new : str
        The text that is replaced, which must be there exactly once, and what replaces it.
    test : str
        The test that must catch it, as pytest names it, or a notebook, whose bounds must.
    says : str
        What the test must say, if it looks for several things.
    """

    name: str
    kind: str
    wrong: str
    teaches: str
    file: str
    old: str
    new: str
    test: str
    says: str = ""

    def problems(self, root: Path) -> list[str]:
        """Say why this fault cannot be tried, and what to do; empty if it can."""
        path = root / self.file
        if self.kind not in KINDS:
            return [f"{self.name}: kind is {self.kind!r}; expected one of {', '.join(KINDS)}"]
        if not path.is_file():
            return [f"{self.name}: there is no file {self.file}: say where its code is now"]
        found = path.read_text(encoding="utf-8").count(self.old)
        if found != 1 or self.old == self.new:
            return [
                f"{self.name}: the old text stands {found} times in {self.file}, and must stand "
                "there once and differ from the new one: copy the lines as they are now"
            ]
        if _body_of(root, self.test) is None:
            return [f"{self.name}: there is no test {self.test}: name the one that catches it now"]
        try:
            _parse(self.file, self.changed(root))
        except (SyntaxError, ValueError) as error:
            return [f"{self.name}: {self.file} would not even be read with the fault: {error}"]
        return []

    def changed(self, root: Path) -> str:
        """Return the file with the fault in it."""
        return _read(root / self.file).replace(self.old, self.new)

    def key(self, root: Path) -> str:
        """Digest the fault and the test that must catch it, by which a result shows its age."""
        body = _body_of(root, self.test) or ""
        return key_of(self.file, self.old, self.new, self.test, self.says, body)

    def code(self, root: Path) -> str:
        """Digest the whole file and that of its test; if either has changed, look again."""
        return key_of(root / self.file, root / self.test.partition("::")[0])


@dataclass(frozen=True)
class Outcome:
    """How a test took a fault.

    Parameters
    ----------
    verdict : str
        ``"caught"``, ``"survived"`` if the test passed, or ``"error"`` if nothing was found out.
    said : str
        What the test said, or what went wrong.
    seconds : float
        How long the test ran.
    """

    verdict: str
    said: str
    seconds: float


def load(path: Path = TABLE) -> list[Mutant]:
    """Read the table of faults.

    Raises
    ------
    ValueError
        If an entry lacks a key or has an unknown one, or a name stands there twice.
    """
    mutants: dict[str, Mutant] = {}
    for entry in tomllib.loads(_read(path)).get("mutant", []):
        name = entry.get("name", "without a name")
        try:
            mutant = Mutant(**entry)
        except TypeError as error:
            raise ValueError(f"{path.name}, {name}: {error}") from None
        if name in mutants:
            raise ValueError(f"{path.name}: the name {name!r} stands there twice")
        mutants[name] = mutant
    return list(mutants.values())


def read_results(path: Path) -> Results:
    """Return what was caught, by name; empty if nothing is stored."""
    if not path.exists():
        return {}
    results: Results = json.loads(_read(path))
    return results


def sample(
    mutants: Sequence[Mutant], root: Path, results: Results, size: int, seconds: float
) -> list[Mutant]:
    """Choose some faults that are caught quickly: where code has changed since, those first.

    The others follow by a digest of all that code, so that each change draws them anew.
    """
    quick = [m for m in mutants if m.name in results and results[m.name]["seconds"] <= seconds]
    code = {m.name: m.code(root) for m in quick}
    everything = key_of(*code.values())

    def order(mutant: Mutant) -> tuple[bool, str]:
        unchanged = code[mutant.name] == results[mutant.name]["code"]
        return unchanged, key_of(everything, mutant.name)

    return sorted(quick, key=order)[:size]


class Copy:
    """A copy of a repository to put faults into, one at a time.

    Parameters
    ----------
    root, folder : pathlib.Path
        What to copy, and where to; the folder must not be there yet.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        shutil.copytree(root, folder, ignore=NOT_COPIED)
        self.folder = folder

    def red_without_fault(self, tests: Iterable[str]) -> dict[str, Outcome]:
        """Run tests without any fault and return those that do not pass."""
        tests = list(dict.fromkeys(tests))
        plain = [test for test in tests if ".ipynb" not in test]
        if plain and self._run(plain).verdict == "survived":  # at once: TensorFlow starts slowly
            tests = [test for test in tests if test not in plain]
        found = {test: self._run([test]) for test in tests}
        return {test: outcome for test, outcome in found.items() if outcome.verdict != "survived"}

    def try_out(self, mutant: Mutant) -> Outcome:
        """Put a fault in, run the test that must catch it, and take the fault out again."""
        path = self.folder / mutant.file
        whole = path.read_bytes()
        path.write_text(mutant.changed(self.folder), encoding="utf-8")
        try:
            return self._run([mutant.test], mutant.says)
        finally:
            path.write_bytes(whole)

    def _run(self, tests: Sequence[str], says: str = "") -> Outcome:
        report = self.folder.with_suffix(".xml")
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", *tests, f"--junitxml={report}", *PLUGINS]
        if any(test.endswith(".ipynb") for test in tests):
            command += OF_NOTEBOOKS
        start = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self._environment(),
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome("error", f"still running after {LIMIT} s", LIMIT)
        seconds = round(time.perf_counter() - start, 1)
        if done.returncode not in (0, 1) or not report.exists():
            return Outcome("error", f"pytest ended with {done.returncode}: {done.stdout}", seconds)
        return judge(report, says, seconds)

    def _environment(self) -> dict[str, str]:
        """Make the copy's own code the code that is imported, and nothing remembered."""
        left_out = re.compile("PYTEST|GRU_COURSE_DATA|GRU_COURSE_PROFILE")
        kept = {name: value for name, value in stated().items() if not left_out.match(name)}
        paths = os.pathsep.join(str(self.folder / name) for name in ("src", "tools"))
        return kept | {
            "PYTHONPATH": paths,
            # Python tells compiled code by second and size, which a quick change may share.
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "FRESH": "1",
        }


def judge(report: Path, says: str, seconds: float) -> Outcome:
    """Read from pytest's report in XML whether a test has turned red by its own check."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    messages = {
        kind: [node.get("message", "") for case in cases for node in case.iter(kind)]
        for kind in ("failure", "error", "skipped")
    }
    checks = [text for text in messages["failure"] if _CHECK.match(text) and says in text]
    if checks:
        return Outcome("caught", checks[0], seconds)
    if others := messages["error"] + messages["failure"]:
        return Outcome("error", f"it failed, but not by its check: {others[0]}", seconds)
    if len(messages["skipped"]) == len(cases):
        return Outcome("error", f"it did not run: {messages['skipped'] or 'no such test'}", seconds)
    return Outcome("survived", f"{len(cases)} tests passed", seconds)


def main(arguments: list[str]) -> int:
    """Try the named faults, or all, and store which are caught; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to try; all if none is named")
    names = parser.parse_args(arguments).names
    mutants = load()
    if unknown := set(names) - {mutant.name for mutant in mutants}:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in mutants if not names or mutant.name in names]
    if problems := [text for mutant in mutants for text in mutant.problems(ROOT)]:
        print("\n".join(f"RED  {text}" for text in problems), file=sys.stderr)
        return 1
    red = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(ROOT, Path(folder) / "copy")
        failing = copy.red_without_fault(mutant.test for mutant in chosen)
        for mutant in chosen:
            outcome = failing.get(mutant.test)
            if outcome:
                outcome = Outcome("error", f"red without the fault: {outcome.said}", 0)
            else:
                outcome = copy.try_out(mutant)
            red += outcome.verdict != "caught"
            _store(mutants, mutant, outcome)
            said = " ".join(outcome.said.split())[:160]
            print(
                f"{outcome.verdict:8} {outcome.seconds:6.1f} s  {mutant.name}: {said}", flush=True
            )
    print(f"{len(chosen) - red} of {len(chosen)} faults caught")
    return 1 if red else 0


def _store(mutants: Sequence[Mutant], tried: Mutant, outcome: Outcome) -> None:
    """Keep that a fault was caught, or forget that it once was; whole or not at all."""
    results = read_results(RESULTS)
    results.pop(tried.name, None)
    if outcome.verdict == "caught":
        results[tried.name] = {
            "test": tried.test,
            "seconds": outcome.seconds,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "key": tried.key(ROOT),
            "code": tried.code(ROOT),
        }
    in_order = {m.name: results[m.name] for m in mutants if m.name in results}
    whole_or_not(RESULTS, f"{json.dumps(in_order, indent=2)}\n".encode())


def _body_of(root: Path, test: str) -> str | None:
    """Return the code of a test, or of what a doctest is about; None if it is not there."""
    place, _, name = test.partition("::")
    if not (root / place).is_file():
        return None
    if Path(place).suffix == ".ipynb":
        return ""
    plain = name.partition("[")[0].rpartition(".")[2]  # no parameters, no module
    return next(
        (
            ast.unparse(node)
            for node in ast.walk(ast.parse(_read(root / place)))
            if isinstance(node, ast.FunctionDef) and node.name == plain
        ),
        None,
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _parse(name: str, text: str) -> None:
    """Raise SyntaxError or ValueError if a file of this name could not be read at all."""
    parsers: dict[str, Callable[[str], object]] = {
        ".py": ast.parse,
        ".toml": tomllib.loads,
        ".json": json.loads,
        ".ipynb": json.loads,
    }
    if parse := parsers.get(Path(name).suffix):
        parse(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
