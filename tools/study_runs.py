"""Running studies, comparing their pieces with what is stored, and dating their results."""

import argparse
import contextlib
import datetime
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from machine import enter, git
from piece_again import again
from piece_worker import Order
from pieces import (
    Kept,
    Outcome,
    Piece,
    Study,
    through_json,
    timed,
)
from provenance import (
    check_libraries,
    installed_versions,
    reach_of_study,
    study_document,
    violations,
)
from tqdm import tqdm
from whole_files import whole_or_not

__all__ = ["Piece", "Study", "main", "stale_studies"]

ROOT = Path(__file__).resolve().parent.parent
enter()  # each study imports this module before it imports Keras


class Run:
    """One run of a study: what is finished, what failed, and what can be computed next.

    Parameters
    ----------
    study : Study
    silent : bool
        Whether to do without a progress bar.
    """

    def __init__(self, study: Study, silent: bool = False) -> None:
        self.study, self.kept = study, Kept(study.name)
        self.codes, self.libraries = study.codes(), installed_versions()
        self.keys = study.keys(self.codes, self.libraries)
        self.outcomes = {
            name: outcome for name, key in self.keys.items() if (outcome := self.kept.get(key))
        }
        self.waiting = [name for name in study.pieces if name not in self.outcomes]
        self.failed: list[str] = []
        total, done = len(study.pieces), len(self.outcomes)
        # In a file or a pipe, one line a minute is enough.
        interval = 0.2 if sys.stderr.isatty() else 60
        self.bar = tqdm(
            total=total,
            initial=done,
            desc=study.name,
            unit="piece",
            mininterval=interval,
            disable=silent,
        )

    def ready(self, count: int, alone: bool) -> list[str]:
        """Take up to `count` pieces that can be computed now, in the order of the study."""
        found: list[str] = []
        for name in self.waiting:
            if len(found) >= count:
                break
            if self._can_start(name, alone):
                found.append(name)
        for name in found:
            self.waiting.remove(name)
        return found

    def arguments(self, name: str) -> dict[str, Any]:
        """Return all that a piece is called with."""
        piece = self.study.pieces[name]
        handed = {argument: self.outcomes[other].result for argument, other in piece.needs.items()}
        return {**through_json(piece.arguments), **handed}

    def order(self, name: str) -> Order:
        """Return what a worker has to know to compute a piece."""
        function = self.study.pieces[name].run.__name__
        return Order(
            *(self.study.name, self.keys[name], self.study.place, function),
            *(self.arguments(name), self.codes[function], self.libraries),
        )

    def compute(self, name: str) -> Outcome:
        """Compute a piece in this process."""
        return timed(self.study.pieces[name].run, self.arguments(name))

    def finish(self, name: str, outcome: Outcome) -> None:
        """Keep what a piece gave."""
        try:
            self.kept.put(self.keys[name], outcome)
        except OSError as error:
            sys.exit(
                f"{self.study.name}: the result of {name} cannot be kept in {self.kept.folder} "
                f"({error}). Make room there, or name another folder in GRU_COURSE_CACHE, and run "
                "it again: what is kept is not computed again."
            )
        self.outcomes[name] = outcome
        self._record(name).unlink(missing_ok=True)
        self.bar.update()

    def fail(self, name: str, why: str) -> None:
        """Record that a piece has failed; the others go on."""
        record = self._record(name)
        with contextlib.suppress(OSError):  # it is also shown
            whole_or_not(record, why.encode())
        self.failed.append(name)
        tqdm.write(f"{name} failed ({record}):\n{why}", file=sys.stderr)

    def can_start(self, alone: bool) -> bool:
        """Say whether there is a piece that can be computed now."""
        return any(self._can_start(name, alone) for name in self.waiting)

    def work_off(self, alone: bool) -> None:
        """Compute pieces in this process, one after the other."""
        while names := self.ready(1, alone):
            (name,) = names
            self.bar.set_postfix_str(name, refresh=False)
            with self.kept.claim(self.keys[name]):  # a worker may still be at it
                try:
                    outcome = self.kept.get(self.keys[name]) or self.compute(name)
                except Exception:
                    self.fail(name, traceback.format_exc())
                else:
                    self.finish(name, outcome)

    def _can_start(self, name: str, alone: bool) -> bool:
        piece = self.study.pieces[name]
        return piece.alone == alone and self.outcomes.keys() >= set(piece.needs.values())

    def _record(self, name: str) -> Path:
        return self.kept.folder / f"{self.keys[name][:32]}.failed"


def main(study: Study) -> None:
    """Run a study from the command line and store what it found beside its script."""
    parser = argparse.ArgumentParser(description=f"Run {study.place} and store what it finds.")
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--local", metavar="N", type=int, choices=range(1, (os.cpu_count() or 1) + 1),
        help="compute with N processes of Dask, each with its share of the cores",
    )  # fmt: skip
    way.add_argument(
        "--scheduler", metavar="URL", help="compute with the workers of a Dask cluster"
    )
    way.add_argument(
        "--again", metavar="PIECE", nargs="+",
        help="compute pieces afresh and compare them with what is stored, storing nothing",
    )  # fmt: skip
    arguments = parser.parse_args()
    try:
        with only_one(study):
            if arguments.again:
                again(study, arguments.again, Run(study, silent=True))
            else:
                run(study, arguments.scheduler, arguments.local)
    except KeyboardInterrupt:
        sys.exit(f"{study.place}: stopped; finished pieces are kept, so run it again to go on")


def run(study: Study, scheduler: str | None = None, local: int | None = None) -> None:
    """Compute the pieces of a study that are missing; store the results, whole or not at all.

    Parameters
    ----------
    study : Study
    scheduler : str, optional
        Address of a Dask scheduler whose workers compute.
    local : int, optional
        So many processes on this machine compute; by default it is this one alone.

    Raises
    ------
    SystemExit
        If a piece fails, or its result cannot be kept; finished pieces stay.
    """
    code = reach_of_study(study.script.resolve(), study.root).digest  # before it can change
    try:
        check_libraries(study.root)  # before hours are spent
    except ValueError as error:
        sys.exit(str(error))
    work = Run(study)
    with work.bar:
        waiting = -1
        while waiting != len(work.waiting):  # one kind of piece may wait for the other
            waiting = len(work.waiting)
            work.work_off(alone=True)
            if (scheduler or local) and work.can_start(alone=False):
                from piece_cluster import work_off  # Dask is only needed here

                work_off(work, scheduler, local)
            else:
                work.work_off(alone=False)
    if work.failed or work.waiting:
        sys.exit(
            f"{study.place}: nothing is stored, since these pieces failed: "
            f"{', '.join(work.failed)}; {len(work.waiting)} more need one of them. "
            "All others are kept: mend the code and run it again."
        )
    results = study.assemble({name: work.outcomes[name].result for name in study.pieces})
    store(study, results, code, list(work.outcomes.values()))


def store(study: Study, results: Any, code: str, outcomes: Sequence[Outcome]) -> None:
    """Store what a study found beside its script, whole or not at all."""
    commit = git(study.root, "rev-parse", "HEAD")
    provenance = {
        "code": code,
        "commit": commit.decode().strip() if commit else "not in a git checkout",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": "; ".join(sorted({outcome.machine for outcome in outcomes})),
        "seconds": round(sum(outcome.seconds for outcome in outcomes)),
        "seeds": list(study.seeds),
        "versions": installed_versions(),
    }
    text = json.dumps(study_document(provenance, through_json(results)), indent=2)
    whole_or_not(study.script.with_suffix(".json"), f"{text}\n".encode())


@contextlib.contextmanager
def only_one(study: Study) -> Iterator[None]:
    """Wait until no other run of the same study is at work on this machine."""
    folder = Kept(study.name).folder
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "run.lock")
    try:
        held = lock.acquire(timeout=0)
    except Timeout:
        print(f"Another run of {study.name} is at work: waiting for its end", file=sys.stderr)
        held = lock.acquire()
    with held:
        yield


def stale_studies(folder: Path, root: Path = ROOT) -> list[str]:
    """Name the studies whose code has changed since their results were stored."""
    stored = [script.with_suffix(".json") for script in sorted(folder.glob("*.py"))]
    return [t for path in stored for t in violations(path.relative_to(root).as_posix(), root)]
