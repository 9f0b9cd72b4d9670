"""Run the notebooks side by side, a line for each as it ends.

``execute`` runs what is stale in the full profile and stores the outputs. ``verify`` runs all of
them in full, stores nothing, checks the bounds and tells which outputs are not as stored. ``check``
runs nothing and says whether the stored outputs are those of the full profile and as new as the
code and the data they came from. ``quick`` keeps what the quick profile says, to be compared by
tests.
"""

import argparse
import datetime
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from machine import git
from notebook_runs import (
    NOTEBOOKS,
    OTHER_MACHINES,
    Failure,
    Run,
    canonical,
    freshness_violations,
    missing_pictures,
    promises_of,
    reference_path,
    run_side_by_side,
    store,
)
from provenance import (
    check_libraries,
    notebook_stamp,
    reach_of_notebook,
    repository,
    violations,
)
from references import (
    Reference,
    code_cells,
    differences_from_stored,
    digest_of_sources,
    reference_of,
)

from gru_course.course.metrics import read_records

LOCK = "requirements.txt"


def execute(paths: Sequence[Path]) -> list[str]:
    """Run notebooks in full and store those that keep their promises; return what is wrong."""
    try:
        check_libraries()  # which the stamp names
    except ValueError as error:
        return [str(error)]
    violations = waiting_for_studies(paths)
    ready = [path for path in paths if path.name not in violations]
    begun = {path: _state(path) for path in ready}
    for path, run in run_side_by_side(ready, "full"):
        found = judge(path, run, "full")
        if isinstance(run, Run) and not found:
            if _state(path) != begun[path]:
                found = [f"{path.name} was not stored: it, or its code, was edited meanwhile"]
            else:
                found = _store(run, path)
        violations[path.name] = found
    return [text for found in violations.values() for text in found]


def _state(path: Path) -> tuple[str, str]:
    """Read a notebook and what its code reaches as they are on the disk now."""
    repository.cache_clear()
    text = path.read_text(encoding="utf-8")
    return text, reach_of_notebook(nbformat.reads(text, as_version=4)).digest


def _store(run: Run, path: Path) -> list[str]:
    try:
        notebook = canonical(run.notebook, path.stem)
        notebook.metadata["gru_course"] = notebook_stamp(notebook, "full")
        store(nbformat.writes(notebook), path)
    except OSError as error:
        return [f"{path.name} could not be stored, the old one is whole: {error}"]
    return []


def verify(paths: Sequence[Path]) -> list[str]:
    """Run notebooks in full and hold them to their promises; return what is wrong."""
    violations, other = [], []
    for path, run in run_side_by_side(paths, "full"):
        violations += judge(path, run, "full")
        if isinstance(run, Run):
            stored = nbformat.read(path, as_version=4)
            try:
                reference = Reference.read(reference_path(path))
            except ValueError as error:
                violations.append(f"{path.name}: {error}")
                continue
            differences = differences_from_stored(stored, run.notebook, reference)
            other += [f"{path.name}, {text}" for text in differences]
    for text in other:
        print(f"not as stored: {text}")
    print(f"{len(other)} outputs are not as stored; another machine may be the reason.")
    return violations


def keep_quick(paths: Sequence[Path]) -> list[str]:
    """Run notebooks in quick, as they are and as on other machines; keep what they say."""
    runs: dict[Path, list[Any]] = {path: [] for path in paths}
    violations = []
    for settings in ({}, *OTHER_MACHINES):
        for path, run in run_side_by_side(paths, "quick", settings):
            violations += judge(path, run, "quick")
            if isinstance(run, Run):
                runs[path].append(run.notebook)
    for path, found in runs.items():
        if len(found) == 1 + len(OTHER_MACHINES):
            reference = reference_of(found)
            reference_path(path).parent.mkdir(exist_ok=True)
            store(reference.as_json(), reference_path(path))
            print(f"{path.name}: {reference.share():.0%} of its cells with text are compared")
    return violations


def judge(path: Path, run: Run | Failure, profile: str) -> list[str]:
    """Print the line of a notebook; return what is wrong with its run."""
    if isinstance(run, Failure):
        print(f"{path.name}: FAILED", flush=True)
        return [f"{path.name}: {run.text}"]
    promises = promises_of(path, profile)
    try:
        records = read_records(run.notebook)
        found = promises.violations(records) + promises.over_budget(run.cpu_seconds)
    except ValueError as error:  # a name recorded twice
        records, found = {}, [f"{path.name}: {error}"]
    found += [f"{path.name}: {text}" for text in missing_pictures(run.notebook)]
    print(
        f"{path.name}: {run.seconds:.0f} s, {run.cpu_seconds:.0f} s of CPU time, "
        f"{len(records)} records, {len(found)} violations",
        flush=True,  # a log that is cut short still says how far it came
    )
    return found


def waiting_for_studies(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Name the notebooks that read results older than their code, and those results."""
    found = {}
    for path in paths:
        code = path.read_text(encoding="utf-8")
        read = sorted(set(re.findall(r"\.\./((?:studies|benchmarks)/\w+\.json)", code)))
        if stale := [text for result in read for text in violations(result)]:
            found[path.name] = [f"{path.name} was not run: {text}" for text in stale]
    return found


def changed_since(revision: str, paths: Sequence[Path]) -> list[Path]:
    """List the notebooks whose code, outputs or stamp are not those of a revision.

    With another lock all are listed. Text between the cells does not count.

    Raises
    ------
    ValueError
        If git knows no such revision of the lock.
    """
    folder = paths[0].parent
    lock = _git(folder, "show", f"{revision}:{LOCK}")
    if lock is None:
        raise ValueError(f"git knows no revision {revision!r} with a {LOCK}: fetch it")
    root = Path((_git(folder, "rev-parse", "--show-toplevel") or "").strip())
    if lock != (root / LOCK).read_text(encoding="utf-8"):
        return list(paths)
    return [
        path
        for path in paths
        if _content(_git(path.parent, "show", f"{revision}:./{path.name}"))
        != _content(path.read_text(encoding="utf-8"))
    ]


def _git(folder: Path, *command: str) -> str | None:
    said = git(folder, *command)
    return None if said is None else said.decode()


def _content(text: str | None) -> Any:
    if text is None:
        return None
    notebook = json.loads(text)
    metadata = notebook["metadata"]  # Jupyter Lab adds to it whatever it opens
    stands_for = metadata.get("gru_course"), metadata.get("kernelspec", {}).get("name")
    return stands_for, [(c["source"], c["outputs"]) for c in code_cells(notebook)]


def in_rotation(paths: Sequence[Path], count: int, day: int) -> list[Path]:
    """Choose some notebooks by the day, so that all have their turn.

    Examples
    --------
    >>> abc = [Path("a"), Path("b"), Path("c")]
    >>> [[path.name for path in in_rotation(abc, 2, day)] for day in range(3)]
    [['a', 'b'], ['c', 'a'], ['b', 'c']]
    """
    count = min(count, len(paths))
    return [paths[(day * count + i) % len(paths)] for i in range(count)]


def is_out_of_date(path: Path) -> bool:
    """Say whether a notebook has no reference of today's cells."""
    try:
        kept = Reference.read(reference_path(path))
    except ValueError:
        return True
    return kept.sources != digest_of_sources(nbformat.read(path, as_version=4))


def main(arguments: list[str]) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, default in (
        ("execute", "those that are stale"),
        ("verify", "all"),
        ("check", "all"),
        ("quick", "those without a reference of today's cells"),
    ):
        command = commands.add_parser(name)
        command.add_argument("notebooks", nargs="*", type=Path, help=f"default: {default}")
        if name == "verify":
            command.add_argument("--changed-since", metavar="REV", help="only what has changed")
            command.add_argument("--rotate", type=int, default=0, metavar="N", help="and N others")
    options = parser.parse_args(arguments)
    named, every = options.notebooks, sorted(NOTEBOOKS.glob("*.ipynb"))
    if missing := [str(path) for path in named if not path.is_file()]:
        parser.error(f"there is no {', no '.join(missing)}")
    if options.command == "check":
        violations = [text for path in named or every for text in freshness_violations(path)]
    elif options.command == "execute":
        violations = execute(named or [path for path in every if freshness_violations(path)])
    elif options.command == "quick":
        violations = keep_quick(named or [path for path in every if is_out_of_date(path)])
    else:
        paths = named or every
        if options.changed_since:
            try:
                changed = changed_since(options.changed_since, paths)
            except ValueError as error:
                parser.error(str(error))
            others = [path for path in paths if path not in changed]
            today = datetime.datetime.now(datetime.UTC).toordinal()
            paths = changed + in_rotation(others, options.rotate, today)
        violations = verify(paths)
    for text in violations:
        print(f"RED  {text}", file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
