"""What stored results came from: stamps, seals, and differences that were accepted as none.

The outputs of a notebook and the results of a study carry a *stamp*: the digest of all that they
follow from (see :mod:`definitions`) and of the versions of the numeric libraries in the lock, as
far as their first two numbers go. A result whose stamp is not that of today's code is stale.

A *seal* is a digest of the stamp together with the results, so that neither can be edited by hand.

Where new code gives the same results as old code, they need not be made again: a row of
``studies/accepted.toml`` says so, with a reason and with evidence that can be checked again.

    python tools/provenance.py stale                  what is stale, and which definition changed
    python tools/provenance.py accept RESULT ...      add a row for each, see --help
    python tools/provenance.py check                  check the evidence of all rows again
"""

import argparse
import copy
import hashlib
import importlib.metadata
import io
import json
import re
import sys
import tarfile
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from definitions import Reach, Repository
from machine import git
from whole_files import whole_or_not

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = Path("studies/accepted.toml")
NUMERIC = (
    *("keras", "matplotlib", "numpy", "optuna", "pandas", "sacrebleu", "scikit-learn", "scipy"),
    *("statsmodels", "tensorflow"),
)
"""Libraries whose next version may print other numbers or draw another picture."""
NO_STAMP = "no stamp"
AGAIN = {"studies": "studies", "benchmarks": "bench"}
"""What `make` runs again the results of a folder; those of others are notebooks."""


@dataclass(frozen=True)
class Acceptance:
    """One row of ``accepted.toml``: results of the code ``old`` count as those of the code ``new``.

    Parameters
    ----------
    result : str
        Path of the stored results below the checkout.
    old, new : str
        Stamps.
    reason : str
        Why the results are equal, in a sentence.
    evidence : dict
        One of ``{same_code = COMMIT}``: at that commit the results were fresh by the rules of that
        time, and ``new`` is the stamp of its code by today's; ``{pieces = [...]}``: these pieces of
        the study were run again and gave what is stored; ``{test = NODE_ID}``: this test holds that
        old and new code give equal results.
    """

    result: str
    old: str
    new: str
    reason: str
    evidence: Mapping[str, Any]


# --- what results follow from ---------------------------------------------------------------------


@cache
def repository(root: Path = ROOT) -> Repository:
    """Return the modules of a checkout, read once in each process."""
    return Repository(root)


def locked_versions(root: Path = ROOT) -> dict[str, str]:
    """Read the versions of the numeric libraries in the lock, as far as they can change numbers.

    These are the first two numbers; where the lock has one version for an older Python and one for
    a newer, both count.
    """
    found: dict[str, list[str]] = {}
    for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([\w.-]+)==(\d+\.\d+)", line):
            name = match[1].removesuffix("-cpu")
            if name in NUMERIC and match[2] not in found.setdefault(name, []):
                found[name].append(match[2])
    return {name: " or ".join(versions) for name, versions in found.items()}


def installed_versions() -> dict[str, str]:
    """Return the versions of the numeric libraries as far as they are taken to change results.

    These are their first two numbers; any build of TensorFlow counts as TensorFlow.
    """
    versions = {name: _installed_version(name) for name in NUMERIC}
    return {name: ".".join(v.split(".")[:2]) for name, v in versions.items() if v}


def _installed_version(name: str) -> str | None:
    for build in (name, f"{name}-cpu"):
        try:
            return importlib.metadata.version(build)
        except importlib.metadata.PackageNotFoundError:
            continue
    # Builds for other processors have names of their own, and provide the same package.
    builds = importlib.metadata.packages_distributions().get(name)
    return importlib.metadata.version(builds[0]) if builds else None


def check_libraries(root: Path = ROOT) -> None:
    """Compare the installed libraries with those of the lock, which the stamp names.

    Raises
    ------
    ValueError
        If one that can change results is missing, or its first two numbers are others.
    """
    installed, locked = installed_versions(), locked_versions(root)
    if other := [n for n in locked if installed.get(n) not in locked[n].split(" or ")]:
        told = (f"{name} {locked[name]}, not {installed.get(name, 'there')}" for name in other)
        raise ValueError(f"requirements.txt asks for {'; '.join(told)}: install what it lists")


def reach_of_notebook(notebook: Any, root: Path = ROOT) -> Reach:
    """Follow the code cells of a notebook."""
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    return _with_versions(repository(root).reach_of_cells(sources), root)


def reach_of_study(script: Path, root: Path = ROOT) -> Reach:
    """Follow the script of a study."""
    return _with_versions(repository(root).reach_of_script(script), root)


def _with_versions(reach: Reach, root: Path) -> Reach:
    versions = locked_versions(root)
    text = json.dumps([reach.digest, versions], sort_keys=True)
    parts = {f"{name} of the lock": version for name, version in versions.items()}
    return Reach(hashlib.sha256(text.encode()).hexdigest(), reach.parts | parts)


def reach_of_result(result: str, root: Path = ROOT) -> Reach:
    """Follow the code of stored results, named by their path below the checkout."""
    path = root / result
    if path.suffix == ".ipynb":
        return reach_of_notebook(_read_notebook(path), root)
    return reach_of_study(path.with_suffix(".py"), root)


def results(root: Path = ROOT) -> list[str]:
    """List the stored results: of studies first, since notebooks read them."""
    studies = [
        script.with_suffix(".json")
        for folder in ("studies", "benchmarks")
        for script in sorted((root / folder).glob("*.py"))
    ]
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    return [path.relative_to(root).as_posix() for path in [*studies, *notebooks]]


# --- stamps and seals -----------------------------------------------------------------------------


def seal(stamp: Mapping[str, Any], content: str) -> str:
    """Digest a stamp with the results that it stands on."""
    unsealed = {key: value for key, value in stamp.items() if key != "seal"}
    return hashlib.sha256(json.dumps([unsealed, content], sort_keys=True).encode()).hexdigest()


def notebook_stamp(notebook: Any, profile: str, root: Path = ROOT) -> dict[str, Any]:
    """Stamp a notebook whose outputs were just made."""
    stamp = {
        "profile": profile,
        "inputs": reach_of_notebook(notebook, root).digest,
        "versions": installed_versions(),
    }
    return stamp | {"seal": seal(stamp, _outputs(notebook))}


def study_document(stamp: Mapping[str, Any], found: Any) -> dict[str, Any]:
    """Put the results of a study, in their order, under a sealed stamp."""
    sealed = {**stamp, "seal": seal(stamp, json.dumps(found))}
    return {"provenance": sealed, "results": found}


def _outputs(notebook: Any) -> str:
    cells = coalesced(notebook)["cells"]
    return json.dumps([c["outputs"] for c in cells if c["cell_type"] == "code"], sort_keys=True)


def coalesced(notebook: Any) -> Any:
    """Return a copy in which what a cell printed in several goes is one output.

    How many goes it takes differs from run to run, and Jupyter Lab joins them when it saves.
    """
    from nbconvert.preprocessors import CoalesceStreamsPreprocessor  # slow, too

    return CoalesceStreamsPreprocessor().preprocess(copy.deepcopy(notebook), {})[0]


def _read_notebook(path: Path) -> Any:
    import nbformat  # takes two seconds, and studies can do without it

    return nbformat.read(path, as_version=4)


def _read_stamp(path: Path) -> tuple[str, dict[str, Any], str]:
    """Read the stamp of stored results: the digest, all of the stamp, and what is sealed by it."""
    if path.suffix == ".ipynb":
        notebook = _read_notebook(path)
        stamp = dict(notebook.metadata.get("gru_course", {}))
        return stamp.get("inputs", NO_STAMP), stamp, _outputs(notebook)
    stored = json.loads(path.read_text(encoding="utf-8"))
    stamp = stored["provenance"]
    return stamp.get("code", NO_STAMP), stamp, json.dumps(stored["results"])


def violations(result: str, root: Path = ROOT) -> list[str]:
    """Say why stored results do not stand for today's code; empty if they do.

    Parameters
    ----------
    result : str
        Their path below the checkout.
    root : pathlib.Path
        The checkout.
    """
    path = root / result
    again = f"make {AGAIN.get(path.parent.name, 'execute')}"
    if not path.exists():
        return [f"{result}: there are no stored results, run {again}"]
    try:
        digest, stamp, content = _read_stamp(path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"{result}: cannot be read ({error!r}), run {again}"]
    if digest == NO_STAMP:
        return [f"{result}: does not say what it came from, run {again}"]
    if stamp.get("seal") != seal(stamp, content):
        told = f"{result}: its seal is broken: it holds another run, or was edited by hand"
        return [f"{told}; git restore {result} brings back what was stored, {again} makes it anew"]
    if follow(digest, result, load_accepted(root)) != reach_of_result(result, root).digest:
        return [f"{result}: older than what it follows from, see make stale; run {again}"]
    return []


# --- differences that were accepted as none -------------------------------------------------------


def load_accepted(root: Path = ROOT) -> list[Acceptance]:
    """Read the rows of ``accepted.toml``.

    Raises
    ------
    ValueError
        If a row lacks something, names no stored results, or gives no evidence.
    """
    path = root / ACCEPTED
    if not path.exists():
        return []
    rows = []
    stored = tomllib.loads(path.read_text(encoding="utf-8"))
    for number, row in enumerate(stored.get("accepted", []), 1):
        where = f"{ACCEPTED.name}, row {number}"
        if set(row) != {"result", "old", "new", "reason", "evidence"}:
            raise ValueError(
                f"{where} needs result, old, new, reason and evidence, has {list(row)}"
            )
        if set(row["evidence"]) not in ({"same_code"}, {"pieces"}, {"test"}):
            raise ValueError(
                f"{where}: evidence is same_code, pieces or test, not {row['evidence']}"
            )
        if not row["reason"].strip() or not all(row["evidence"].values()):
            raise ValueError(f"{where}: the reason and the evidence must not be empty")
        if not (root / row["result"]).exists():
            raise ValueError(f"{where}: there is no {row['result']}; delete the row")
        rows.append(Acceptance(**row))
    return rows


def follow(digest: str, result: str, rows: Iterable[Acceptance]) -> str:
    """Return the stamp that accepted rows lead to from the stored one."""
    for row in rows:
        if row.result == result and row.old == digest:
            digest = row.new
    return digest


def unused(root: Path = ROOT) -> list[str]:
    """Name the rows that lead nowhere: of results that were made anew, or edited by hand."""
    rows, found = load_accepted(root), []
    digests = {row.result: {_read_stamp(root / row.result)[0]} for row in rows}
    for number, row in enumerate(rows, 1):
        if row.old not in digests[row.result]:
            found.append(f"{ACCEPTED.name}, row {number}: {row.result} never had the stamp `old`")
        digests[row.result].add(row.new)
    return found


def accept(named: Sequence[str], reason: str, evidence: Mapping[str, Any], root: Path) -> None:
    """Add a row for each result that is stale."""
    lines = []
    rows = load_accepted(root)
    for result in named:
        old = follow(_read_stamp(root / result)[0], result, rows)
        new = reach_of_result(result, root).digest
        if old == new:
            raise ValueError(f"{result} is fresh: there is nothing to accept")
        told = ", ".join(f"{key} = {json.dumps(value)}" for key, value in evidence.items())
        lines.append(
            f"\n[[accepted]]\nresult = {json.dumps(result)}\nold = {json.dumps(old)}\n"
            f"new = {json.dumps(new)}\nreason = {json.dumps(reason)}\nevidence = {{ {told} }}\n"
        )
    path = root / ACCEPTED
    before = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    whole_or_not(path, (before + "".join(lines)).encode())


_HEAD = """\
# Stored results that count as those of newer code without having been made again: see the head of
# tools/provenance.py. Rows are added by `python tools/provenance.py accept`, and go when the
# results are made anew.
"""


def evidence_violations(rows: Sequence[Acceptance], root: Path = ROOT) -> list[str]:
    """Check the evidence of rows again, as far as that takes no training.

    Pieces are run again by ``python studies/NAME.py --again PIECE``; here it counts that the row
    names them.
    """
    found = []
    by_commit: dict[str, list[Acceptance]] = {}
    for row in rows:
        kind, value = next(iter(row.evidence.items()))
        if kind == "same_code":
            by_commit.setdefault(value, []).append(row)
        if kind == "test" and not _is_test(value, root):
            found.append(f"{row.result}: there is no test {value}")
    for commit, of_commit in by_commit.items():
        found += _same_code_violations(of_commit, commit, root)
    return found


def _is_test(node_id: str, root: Path) -> bool:
    file, _, name = node_id.partition("::")
    function = name.partition("[")[0].rpartition("::")[2]
    path = root / file
    return path.is_file() and f"def {function}(" in path.read_text(encoding="utf-8")


def _same_code_violations(rows: Iterable[Acceptance], commit: str, root: Path) -> list[str]:
    if not _has_commit(commit, root):
        return [f"commit {commit} is not in this clone, so its code cannot be looked at"]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        old = _checkout(commit, Path(folder), root)
        for row in rows:
            digest, _, content = _read_stamp(old / row.result)
            if follow(digest, row.result, load_accepted(old)) != row.old:
                found.append(f"{row.result}: at {commit} its stamp was not {row.old}")
            if content != _read_stamp(root / row.result)[2]:
                found.append(f"{row.result}: its results are not those of {commit}")
            if reach_of_result(row.result, old).digest != row.new:
                found.append(f"{row.result}: the code of {commit} has not the stamp {row.new}")
    return found


# --- why something is stale -----------------------------------------------------------------------


def changes(result: str, root: Path = ROOT) -> list[str]:
    """Say what changed since stored results were made, definition by definition.

    The code of that time is taken from the commit that brought the stamp.
    """
    digest = follow(_read_stamp(root / result)[0], result, load_accepted(root))
    asked = git(root, "log", "-1", "--format=%H", f"-S{digest}", "--", result, str(ACCEPTED))
    commit = (asked or b"").decode().strip()
    if not commit:
        return ["which definition changed cannot be said: no commit of this clone has its stamp"]
    with tempfile.TemporaryDirectory() as folder:
        then = reach_of_result(result, _checkout(commit, Path(folder), root))
    if then.digest != digest:
        return [f"which definition changed cannot be said: the code of {commit[:9]} is another"]
    return difference(then.parts, reach_of_result(result, root).parts)


def minutes(result: str, root: Path = ROOT) -> float:
    """Return how many minutes the stored run of a study took, or a run of a notebook may take."""
    path = root / result
    if path.suffix == ".ipynb":
        bounds = tomllib.loads(path.with_name("bounds.toml").read_text(encoding="utf-8"))
        return float(bounds[path.stem]["budget_cpu_seconds"]["full"]) / 60
    return float(_read_stamp(path)[1]["seconds"]) / 60


def difference(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name the parts that changed, came or went; a part that only moved did none of this."""

    def without_place(parts: Mapping[str, str]) -> Counter[tuple[str, str]]:
        return Counter((_short(name), digest) for name, digest in parts.items())

    gone, came = without_place(then), without_place(now)
    gone, came = gone - came, came - gone
    gone_names, came_names = {name for name, _ in gone}, {name for name, _ in came}
    return [
        *(f"changed: {name}" for name in sorted(gone_names & came_names)),
        *(f"new: {name}" for name in sorted(came_names - gone_names)),
        *(f"gone: {name}" for name in sorted(gone_names - came_names)),
    ]


def _short(name: str) -> str:
    if name.startswith("what importing"):
        return "what an import does"
    return name if " " in name else name.split(".")[-1]


def _has_commit(commit: str, root: Path) -> bool:
    return git(root, "cat-file", "-e", f"{commit}^{{commit}}") is not None


def _checkout(commit: str, folder: Path, root: Path) -> Path:
    """Lay the code of a commit into a folder."""
    archive = git(root, "archive", commit)
    if archive is None:
        raise ValueError(f"git cannot read commit {commit} of this clone: see git fsck")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extraction_filter = getattr(tarfile, "data_filter", None)  # since Python 3.11.4
        files.extractall(folder)
    return folder


# --- command line ---------------------------------------------------------------------------------


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("stale", help="say what is stale, and why")
    commands.add_parser("check", help="check the evidence of accepted rows again")
    adding = commands.add_parser("accept", help="accept that results are those of today's code")
    adding.add_argument("results", nargs="+", help="such as studies/translation.json")
    adding.add_argument("--reason", required=True)
    evidence = adding.add_mutually_exclusive_group(required=True)
    evidence.add_argument("--same-code", metavar="COMMIT")
    evidence.add_argument("--pieces", nargs="+", metavar="PIECE")
    evidence.add_argument("--test", metavar="NODE_ID")
    options = parser.parse_args(arguments)
    found: list[str] = []
    if options.command == "accept":
        given = {key: getattr(options, key) for key in ("same_code", "pieces", "test")}
        accept(options.results, options.reason, {k: v for k, v in given.items() if v}, root)
    elif options.command == "check":
        found = unused(root) + evidence_violations(load_accepted(root), root)
    else:
        total = 0.0
        for result in results(root):
            stale = violations(result, root)
            found += stale
            if any("older than" in text for text in stale):
                total += minutes(result, root)
                how = "may take" if result.endswith(".ipynb") else "took"
                found.append(f"    {how} {minutes(result, root):.0f} minutes")
                found += [f"    {text}" for text in changes(result, root)]
        if total:
            found.append(f"By these figures, running all of it again takes {total:.0f} minutes.")
    print("\n".join(found) or "Nothing is stale." * (options.command == "stale"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
