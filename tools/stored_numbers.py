"""Look up numbers that lessons, their quick runs, studies and benchmarks have stored."""

import functools
import json
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gru_course.course.metrics import read_records

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Stored:
    """The stored numbers of one course; each file is read once.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the course.
    """

    root: Path = ROOT

    def recorded(self, lesson: str, profile: str) -> Mapping[str, float]:
        """Return what a lesson recorded: in its stored outputs in full, in its reference in quick.

        Parameters
        ----------
        lesson : str
            Its name, such as ``00_gru_in_ten_minutes``.
        profile : str
            ``"quick"`` or ``"full"``.

        Returns
        -------
        mapping
            Metric to number; a truth value counts as 1 or 0. Texts are left out.

        Raises
        ------
        OSError
            If there is no such lesson.
        """
        return _recorded(self.root / "notebooks", lesson, profile)

    def values(self, source: object, lesson: str, profile: str) -> tuple[float, ...]:
        """Look up the numbers that a source names.

        Parameters
        ----------
        source : float or str
            A number; a metric of the lesson; ``lesson.metric`` for one of another lesson in full;
            or ``study: place/*/place``. A ``*`` stands for every entry of a list or table, a ``~``
            for their mean. Several places with `` - ``, `` / `` or `` = `` between them are
            subtracted, divided or compared entry by entry; `` = `` gives the share that is equal.
        lesson, profile : str
            Where metrics are looked up.

        Returns
        -------
        tuple of float

        Raises
        ------
        ValueError
            If nothing stands there.

        Examples
        --------
        >>> Stored().values(0.5, "00_gru_in_ten_minutes", "full")
        (0.5,)
        >>> len(Stored().values("actions: seeds/*/disturbed/test_accuracy", "", "full")) > 1
        True
        >>> Stored().values("actions: seeds/*/none", "24_actions", "full")
        Traceback (most recent call last):
        ...
        ValueError: nothing stands at 'actions: seeds/*/none'
        """
        if isinstance(source, (int, float)):
            return (float(source),)
        if not isinstance(source, str):
            raise ValueError(f"{source!r:.60} is no number and no source")
        if ": " not in source:
            return (self._metric(source, lesson, profile),)
        study, _, places = source.partition(": ")
        try:
            return _combined(_results(self.root, study), places)
        except (OSError, LookupError, TypeError, ValueError, ZeroDivisionError) as error:
            raise ValueError(f"nothing stands at {source!r:.90}") from error

    def _metric(self, source: str, lesson: str, profile: str) -> float:
        other, dot, metric = source.rpartition(".")
        where, when = (other, "full") if dot else (lesson, profile)
        try:
            return self.recorded(where, when)[metric]
        except (KeyError, OSError) as error:
            raise ValueError(
                f"{where!r:.60} recorded nothing as {metric!r:.60} in {when}"
            ) from error


@functools.cache
def _recorded(folder: Path, lesson: str, profile: str) -> Mapping[str, float]:
    if profile == "full":
        found: Mapping[str, Any] = read_records(_json(folder / f"{lesson}.ipynb"))
    else:
        found = {
            kind.removeprefix("record "): _value("\n".join(lines))
            for cell in _json(folder / "quick" / f"{lesson}.json")["cells"]
            for kind, lines in cell["texts"]
            if kind.startswith("record ")
        }
    return {name: float(value) for name, value in found.items() if not isinstance(value, str)}


def _value(text: str) -> float | str:
    if text in {"true", "false"}:
        return float(text == "true")
    try:
        return float(text)
    except ValueError:
        return text


@functools.cache
def _results(root: Path, study: str) -> Any:
    paths = [root / folder / f"{study}.json" for folder in ("studies", "benchmarks")]
    return _json(next((path for path in paths if path.exists()), paths[0]))["results"]


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _combined(results: object, places: str) -> tuple[float, ...]:
    first, *rest = re.split(r" ([-/=]) ", places)
    found = _at(results, first.split("/"))
    for sign, place in zip(rest[::2], rest[1::2], strict=True):
        others = _at(results, place.split("/"))
        if sign == "=":
            found = [_share_equal(values, others) for values in found]
            continue
        longest = max(len(found), len(others))
        found, others = (x * longest if len(x) == 1 else x for x in (found, others))
        pairs = zip(found, others, strict=True)
        found = [a - b if sign == "-" else a / b for a, b in pairs]
    return tuple(float(value) for value in found)


def _share_equal(values: list[Any], others: list[Any]) -> float:
    return statistics.fmean(a == b for a, b in zip(values, others, strict=True))


def _at(results: Any, steps: list[str]) -> list[Any]:
    if not steps:
        return list(results) if isinstance(results, list) else [results]
    step, *rest = steps
    if step in {"*", "~"}:
        entries = list(results.values() if isinstance(results, dict) else results)
        if step == "~":
            return [statistics.fmean(value for entry in entries for value in _at(entry, rest))]
        return [value for entry in entries for value in (_at(entry, rest) if rest else [entry])]
    return _at(results[step] if isinstance(results, dict) else results[int(step)], rest)
