"""What a Dask worker does: it checks that its checkout is the right one and computes a piece.

Workers load this module when they start: ``dask worker --preload piece_worker``.
"""

import contextlib
import functools
import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from pieces import Kept, Outcome, timed
from provenance import installed_versions, repository

ROOT = Path(__file__).resolve().parent.parent
STARTED = time.time()
RESOURCE = "training"
"""What a worker offers once and a piece takes, so that a worker never computes two at once."""


class Order(NamedTuple):
    """A piece to compute: a function of a script, its arguments, and what it is to be made of."""

    study: str
    key: str
    place: str
    function: str
    arguments: dict[str, Any]
    code: str
    libraries: dict[str, str]


class Refusal(NamedTuple):
    """A worker that would compute with other code or other libraries than it was asked to."""

    worker: str
    why: str


def dask_setup(worker: Any) -> None:
    """Leave TensorFlow as many threads as the worker has; Dask itself limits those of BLAS."""
    for which in ("INTRAOP", "INTEROP"):
        os.environ.setdefault(f"TF_NUM_{which}_THREADS", str(worker.state.nthreads))


def compute(order: Order) -> Outcome | Refusal:
    """Compute a piece, if this checkout and this environment are those that are meant."""
    libraries = tuple(order.libraries.items())
    if why := _objection(order.place, order.function, order.code, libraries):
        return _refuse(why)
    kept = Kept(order.study)
    with kept.claim(order.key):  # who ordered it before may have gone, and asks again
        outcome = kept.get(order.key)
        if not outcome:
            outcome = timed(getattr(_script(order.place), order.function), order.arguments)
            with contextlib.suppress(OSError):  # who ordered it keeps it, too
                kept.put(order.key, outcome)
    return outcome


@functools.cache
def _objection(
    place: str, function: str, code: str, libraries: tuple[tuple[str, str], ...]
) -> str | None:
    """Check a function once: when it is imported, what is on the disk does not count any more."""
    why = refusal(place, {function: code}, dict(libraries))
    if not why:
        _script(place)
    return why


def _refuse(why: str) -> Refusal:
    """Offer to compute nothing any more, so that the piece goes to another worker."""
    from distributed import get_worker  # only workers have it for sure
    from distributed.utils import sync

    worker = get_worker()
    sync(worker.loop, worker.set_resources, **{RESOURCE: 0})
    return Refusal(worker.address, why)


def refusal(place: str, codes: dict[str, str], libraries: dict[str, str]) -> str | None:
    """Compare this checkout and environment with those of who asks; say what differs."""
    if installed_versions() != libraries:
        return f"it has {installed_versions()}, expected {libraries}: install the same lock"
    if any(path.stat().st_mtime > STARTED for path in _sources()):
        return "its checkout has changed since it was started: start it again"
    if other := [name for name, code in codes.items() if _code(place, name) != code]:
        return (
            f"{', '.join(other)} of {place}, or what they reach, differ: bring its checkout to the "
            "same state and start it again"
        )
    return None


@functools.cache
def _script(place: str) -> ModuleType:
    name = place.removesuffix(".py").replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, ROOT / place)
    if not spec or not spec.loader:
        raise ImportError(f"{place} is not a script")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def _code(place: str, name: str) -> str:
    try:
        return repository(ROOT).digest_of(ROOT / place, name)
    except (OSError, ValueError) as error:
        return f"not there: {error}"


def _sources() -> list[Path]:
    places = ("src", "studies", "benchmarks", "tools")
    return [path for place in places for path in (ROOT / place).rglob("*.py")]
