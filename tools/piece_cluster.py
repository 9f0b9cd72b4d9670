"""Computing the pieces of a study with Dask: on the cores of this machine or on a cluster."""

import contextlib
import os
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

try:
    from distributed import Client, Future, LocalCluster, wait
    from distributed.comm.core import CommClosedError
except ModuleNotFoundError:
    sys.exit("Dask is not installed: run  .venv/bin/python -m pip install distributed")
import piece_worker
from piece_worker import RESOURCE, Refusal
from pieces import Outcome
from tqdm import tqdm

if TYPE_CHECKING:
    from study_runs import Run

SECONDS_TO_CONNECT, SECONDS_TO_LOOK = 5, 2
TRIES = 3
"""So many workers may refuse a piece before it counts as failed."""


def work_off(run: "Run", scheduler: str | None, local: int | None) -> None:
    """Compute all pieces that need not be computed alone, each by one worker.

    The piece of a worker that dies goes to another one; Dask gives a piece up that has taken
    four workers with it.

    Raises
    ------
    SystemExit
        If the scheduler does not answer, or none of its workers can compute.
    """
    try:
        with _client(scheduler, local) as client:
            _check(client, run)
            if not _workers(client):
                tqdm.write(f"No worker yet: make worker SCHEDULER={scheduler}", file=sys.stderr)
            _work_off(client, run)
    except (CommClosedError, CancelledError) as error:
        sys.exit(f"the scheduler has gone ({error}): run it again, finished pieces are kept")


def _work_off(client: Client, run: "Run") -> None:
    at_work: dict[Future[Any], str] = {}
    refusals: dict[str, list[Refusal]] = {}
    workers, looked = _workers(client), time.monotonic()
    while True:
        if time.monotonic() - looked > SECONDS_TO_LOOK:
            workers, looked = _workers(client), time.monotonic()
        for name in run.ready(len(workers) - len(at_work), alone=False):
            future = client.submit(
                piece_worker.compute,
                run.order(name),
                pure=False,
                resources={RESOURCE: 1},
            )
            at_work[future] = name
        if not at_work and not run.can_start(alone=False):
            return
        run.bar.set_postfix_str(f"{len(workers)} workers", refresh=False)
        for future in _finished(list(at_work)):
            name = at_work.pop(future)
            if future.status == "error":
                run.fail(name, "".join(traceback.format_exception(future.exception())))
                continue
            result = future.result()
            if isinstance(result, Outcome):
                run.finish(name, result)
                continue
            refusals.setdefault(name, []).append(result)
            if len(refusals[name]) < TRIES:
                run.waiting.insert(0, name)
            else:
                run.fail(name, "\n".join(map(str, refusals[name])))


def _finished(futures: list["Future[Any]"]) -> set["Future[Any]"]:
    """Wait for a piece to end, but not so long that a new worker is overlooked."""
    if not futures:  # there is no worker
        time.sleep(SECONDS_TO_LOOK)
        return set()
    try:
        done: set[Future[Any]] = wait(futures, SECONDS_TO_LOOK, "FIRST_COMPLETED").done
    except TimeoutError:
        return set()
    return done


@contextlib.contextmanager
def _client(scheduler: str | None, local: int | None) -> Iterator[Client]:
    if scheduler:
        try:
            client = Client(scheduler, timeout=SECONDS_TO_CONNECT)
        except (OSError, ValueError) as error:
            sys.exit(f"no Dask scheduler answers at {scheduler}: {error}")
        with client:
            yield client
    else:
        count = local or 1
        cluster = LocalCluster(
            n_workers=count,
            threads_per_worker=max(1, (os.cpu_count() or 1) // count),
            resources={RESOURCE: 1},
            preload=[piece_worker.__name__],
            dashboard_address=None,
        )
        with cluster, Client(cluster) as client:
            yield client


def _workers(client: Client) -> set[str]:
    """Give the addresses of the workers that compute pieces."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return {address for address, worker in workers.items() if worker["resources"].get(RESOURCE)}


def _check(client: Client, run: "Run") -> None:
    """Ask all workers before hours are spent whether they would compute with the same code."""
    found = client.run(
        piece_worker.refusal,
        *(run.study.place, run.codes, run.libraries),
        workers=sorted(_workers(client)),
        on_error="return",
    )
    if refused := [f"{address}: {why}" for address, why in found.items() if why]:
        sys.exit("workers that cannot compute:\n" + "\n".join(refused))
