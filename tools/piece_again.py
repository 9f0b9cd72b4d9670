"""Computing pieces of a study afresh, to see whether what is stored still comes out."""

import json
import math
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pieces import Study

if TYPE_CHECKING:
    from study_runs import Run


class Pair(NamedTuple):
    """A value that is stored, the one that came out now, and where they stand."""

    place: str
    stored: Any
    fresh: Any

    @property
    def difference(self) -> float:
        """How far apart the two are, as a share of the larger one; infinite if not numbers."""
        numbers = [v for v in self[1:] if isinstance(v, int | float) and not isinstance(v, bool)]
        if self.stored == self.fresh or (all(map(math.isnan, numbers)) and len(numbers) == 2):
            return 0.0
        if len(numbers) < 2:
            return math.inf
        return float(abs(self.stored - self.fresh) / max(abs(self.stored), abs(self.fresh)))


def again(study: Study, names: Sequence[str], work: "Run") -> None:
    """Compute pieces afresh; print for each, as a line of JSON, whether it is what is stored.

    What a piece needs is taken from the kept results, or computed and kept.

    Raises
    ------
    SystemExit
        If there is no such piece, or what it gave cannot be read from the stored results.
    """
    stored = json.loads(study.script.with_suffix(".json").read_text(encoding="utf-8"))["results"]
    parts = study.take_apart(stored)
    for name in names:
        if name not in parts:
            sys.exit(f"{name!r} cannot be compared; pieces that can: {', '.join(parts)}")
    for name in names:
        for needed in _needs(study, name):
            if needed not in work.outcomes:
                work.finish(needed, work.compute(needed))
        outcome = work.compute(name)
        found = list(pairs(parts[name], outcome.result, study.times))
        apart = [pair for pair in found if pair.difference]
        line = {
            "study": study.place,
            "piece": name,
            "outcome": "differs" if apart else "equal" if found else "nothing to compare",
            "values": len(found),
            "left out": list(study.times),
            "apart": {pair.place: [pair.stored, pair.fresh] for pair in apart[:5]},
            "largest_difference": max((pair.difference for pair in apart), default=0.0),
            "seconds": round(outcome.seconds, 1),
        }
        print(json.dumps(line), flush=True)


def pairs(stored: Any, fresh: Any, times: Sequence[str], place: str = "") -> Iterator[Pair]:
    """Give each stored value with its fresh counterpart, without the fields that hold a time.

    Examples
    --------
    >>> stored = {"accuracy": [0.5, 0.75], "seconds": 7}
    >>> fresh = {"accuracy": [0.5, 0.7], "seconds": 9, "not stored": 1}
    >>> [pair.place for pair in pairs(stored, fresh, ["seconds"]) if pair.difference]
    ['accuracy/1']
    """
    inside = f"{place}/" if place else ""
    if isinstance(stored, dict) and isinstance(fresh, dict):
        for name, value in stored.items():
            if name not in times:
                yield from pairs(value, fresh.get(name), times, f"{inside}{name}")
    elif isinstance(stored, list) and isinstance(fresh, list) and len(stored) == len(fresh):
        for number, (one, other) in enumerate(zip(stored, fresh, strict=True)):
            yield from pairs(one, other, times, f"{inside}{number}")
    else:
        yield Pair(place, stored, fresh)


def _needs(study: Study, name: str) -> Iterator[str]:
    """Name all that a piece needs, directly or not, the first to compute first."""
    for needed in study.pieces[name].needs.values():
        yield from _needs(study, needed)
        yield needed
