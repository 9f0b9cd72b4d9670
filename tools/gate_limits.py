"""Say where the numbers of each bound come from, and whether the bound follows from them.

``notebooks/gates.toml`` names, for every metric of ``bounds.toml``, what was measured, how far
seeds spread, and what the bound must keep out. From these, and from what studies and lessons have
stored, this module computes how loose a bound may be. It also reads the numbers in each ``because``
and asks where they are from. ``python tools/gate_limits.py LESSON`` prints what it found.
"""

import math
import re
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stored_numbers import ROOT, Stored

from gru_course.course.bounds import PROFILES
from gru_course.course.parsing import read_toml

SIDES = {"floor": "above", "ceiling": "below"}
"""The two bounds, and the key of what each must keep out."""

SPREADS = 4.0
"""A bound may lie this many standard deviations over seeds from what was measured."""

ROUNDING = 0.0015
"""Bounds have three or four digits: a bound may be this share of the measured number looser."""

ROOM = 0.02
"""Room for other machines and solvers, as a share of the measured number, if nothing is near it."""

RECORDED = 0.01
"""Lessons record rounded numbers; more than this share away, a source gives something else."""

EPSILON = {32: 2.0**-23, 64: 2.0**-52}
"""Rounding of one operation, for differences that are nothing else."""

OTHER_ROUNDING = 1000.0
"""Other processors round otherwise; more than this factor is another computation."""

OF: dict[str, Callable[[Iterable[float]], float]] = {
    "mean": statistics.fmean,
    "median": statistics.median,
    "lowest": min,
    "highest": max,
    "one": statistics.fmean,
}
"""What a metric is of the results over seeds; ``one`` is a run of its own with their settings."""

REASONS = ("exact", "alone", "cannot", "room")
TYPED = ("pilot", "published", "given")
LISTS = (*TYPED, *SIDES.values(), "cites")
KEYS = {*REASONS, *LISTS, "measured", "of", "spread", "errors", "scale", "rounding"}
CHOICES: dict[str, tuple[object, ...]] = {
    "of": tuple(OF),
    "rounding": tuple(EPSILON),
    "scale": ("log",),
    "errors": (True,),
}

NO_NUMBERS = re.compile(
    r"studies/\w+\.json|tests/[\w/.]+|\b\d+-(?:gram|bit)s?\b|[Ss]eeds \d+ to \d+|beam of \d+"
    r"|\[-1, 1\]|[Ll]esson \d+"
)
"""Digits in a reason that are part of a name."""

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?%?(?!\w)")


@dataclass(frozen=True)
class Gate:
    """The bounds of one metric in one profile, and the declaration of where they come from.

    Parameters
    ----------
    lesson, metric, profile : str
    bounds : mapping
        ``floor``, ``ceiling`` or both.
    declared : mapping
        The entry of ``gates.toml``, with what it says of this profile alone in place of the rest.
    """

    lesson: str
    metric: str
    profile: str
    bounds: Mapping[str, float]
    declared: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name it for a message."""
        return f"[{self.lesson}.{self.metric}] {self.profile}"

    def numbers(self, source: object, stored: Stored) -> tuple[float, ...]:
        """Look up a source; a number that is typed must say of which kind it is."""
        typed = [number for kind in TYPED for number in self.declared.get(kind, ())]
        if isinstance(source, (int, float)) and source not in typed:
            raise ValueError(f"{source} stands in none of {', '.join(map(repr, TYPED))}")
        return stored.values(source, self.lesson, self.profile)

    def measured(self, stored: Stored) -> tuple[float, float]:
        """Return what was measured and how far it reaches by chance.

        Parameters
        ----------
        stored : Stored

        Returns
        -------
        tuple of float
            The number, and four standard deviations over seeds (four standard errors of their mean
            with ``errors = true``), both in the units of the metric; 0 where there are no seeds.

        Raises
        ------
        ValueError
            If a source is not there, or the lesson recorded something else than the source gives.
        """
        source = self.declared.get("measured", self.metric)
        values = self.numbers(source, stored)
        of = self.declared.get("of", "mean")
        value = OF[of](values)
        if isinstance(source, str) and ": " in source and of != "one":
            (recorded,) = stored.values(self.metric, self.lesson, "full")
            if abs(value - recorded) > RECORDED * abs(recorded) or not is_rounded(
                repr(recorded), value
            ):
                raise ValueError(f"the lesson recorded {recorded:g}, {source!r} gives {value:g}")
        if "spread" in self.declared:
            values = self.numbers(self.declared["spread"], stored)
            if len(values) == 1:
                return value, SPREADS * values[0]
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        per_mean = math.sqrt(len(values)) if self.declared.get("errors") else 1.0
        return value, SPREADS * spread / per_mean

    def opponents(self, side: str, stored: Stored) -> list[float]:
        """List the numbers that the floor, or the ceiling, must keep out."""
        sources = self.declared.get(SIDES[side], ())
        return [value for source in sources for value in self.numbers(source, stored)]

    def limit(self, side: str, stored: Stored) -> float:
        """Return how loose the floor or the ceiling may be at most.

        Parameters
        ----------
        side : str
            ``"floor"`` or ``"ceiling"``.
        stored : Stored

        Returns
        -------
        float
            The least floor or the greatest ceiling: what chance allows, or with ``room`` half of
            the way to the nearest opponent, or 2% of what was measured where there is none.
        """
        value, reach = self.measured(stored)
        sign = 1 if side == "ceiling" else -1
        known = self.opponents(side, stored)
        if "rounding" in self.declared:
            least = max(abs(value), EPSILON[self.declared["rounding"]])
            return math.sqrt(least * min(known)) if known else OTHER_ROUNDING * least
        if self.declared.get("exact", "").startswith("counted") and value == round(value):
            return value + sign * 0.5
        by_chance = (
            value * 10 ** (sign * reach) if "scale" in self.declared else value + sign * reach
        )
        limits = [by_chance + sign * ROUNDING * abs(value)]
        if "room" in self.declared:
            limits.append(self._with_room(side, value, stored))
        return max(limits) if side == "ceiling" else min(limits)

    def _with_room(self, side: str, value: float, stored: Stored) -> float:
        sign = 1 if side == "ceiling" else -1
        known = self.opponents(side, stored)
        if known and "scale" in self.declared:
            return math.sqrt(value * max(known, key=lambda opponent: -sign * opponent))
        if not known and "exact" not in self.declared:  # as far as on the other side
            known = [opponent for other in SIDES for opponent in self.opponents(other, stored)]
        rooms = [abs(opponent - value) / 2 for opponent in known]
        if "exact" in self.declared or not rooms:
            rooms.append(ROOM * abs(value))
        return value + sign * min(rooms)

    def faults(self, stored: Stored) -> list[str]:
        """Say what is wrong with these bounds, or with their declaration; empty if nothing is."""
        try:
            return [f"{self.name}: {text}" for text in self._faults(stored)]
        except (ValueError, KeyError) as error:
            return [f"{self.name}: {error}"]

    def _faults(self, stored: Stored) -> Iterator[str]:
        if not self.declared:
            yield "gates.toml does not say where its numbers come from"
            return
        misread = list(self._misread())
        yield from misread
        if misread:
            return
        value, _ = self.measured(stored)
        recorded = stored.recorded(self.lesson, self.profile).get(self.metric, value)
        kept_out = [side for side in self.bounds if self.opponents(side, stored)]
        if not kept_out and not {"exact", "rounding", "alone", "cannot"} & set(self.declared):
            yield "keeps nothing out: name an opponent 'above' or 'below', or say why there is none"
        for side, bound in self.bounds.items():
            sign = 1 if side == "ceiling" else -1
            for opponent in self.opponents(side, stored):
                if sign * (opponent - bound) <= 0:
                    yield f"{side} {bound:g} lets {opponent:g} pass, which it must keep out"
            for what, number in (("measured", value), ("recorded", recorded)):
                if sign * (number - bound) > 0:
                    yield f"{side} {bound:g} refuses what was {what}, {number:g}"
            limit = self.limit(side, stored)
            if "cannot" not in self.declared and sign * (bound - limit) > 1e-12:
                yield f"{side} {bound:g} is looser than {limit:.4g}; measured {value:.4g}"

    def _misread(self) -> Iterator[str]:
        """Say which keys of the declaration are unknown, or not of their kind."""
        if unknown := set(self.declared) - KEYS:
            yield f"unknown keys: {', '.join(sorted(unknown))}"
        for key, value in self.declared.items():
            if key in LISTS and not isinstance(value, list):
                yield f"{key} is {value!r:.60}; expected a list"
            if key in REASONS and not (isinstance(value, str) and value.strip()):
                yield f"{key} is {value!r:.60}; expected a reason in words"
            if key in CHOICES and value not in CHOICES[key]:
                known = ", ".join(str(choice) for choice in CHOICES[key])
                yield f"{key} is {value!r:.60}; expected one of {known}"


def load_gates(root: Path = ROOT) -> tuple[list[Gate], dict[str, str]]:
    """Read every gate of ``bounds.toml`` with its declaration in ``gates.toml``.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the course.

    Returns
    -------
    list of Gate
    dict
        ``lesson.metric`` to its ``because``.

    Raises
    ------
    ValueError
        If a file is not TOML, or something is declared that has no bound.
    """
    bounds, declared = (
        read_toml(root / "notebooks" / name) for name in ("bounds.toml", "gates.toml")
    )
    gates, because = [], {}
    for lesson, metrics in bounds.items():
        for metric, bound in metrics.items():
            if metric == "budget_cpu_seconds":
                continue
            because[f"{lesson}.{metric}"] = bound["because"]
            entry = declared.get(lesson, {}).pop(metric, {})
            common = {key: value for key, value in entry.items() if key not in PROFILES}
            gates += [
                Gate(lesson, metric, profile, bound[profile], {**common, **entry.get(profile, {})})
                for profile in PROFILES
                if profile in bound
            ]
    if left := [f"[{lesson}.{metric}]" for lesson, of in declared.items() for metric in of]:
        raise ValueError(f"gates.toml declares what has no bound: {', '.join(left)}")
    return gates, because


def unexplained(gates: Iterable[Gate], because: str, stored: Stored) -> list[str]:
    """List the numbers of a ``because`` that are no rounded number of its sources.

    Parameters
    ----------
    gates : iterable of Gate
        Those of one metric.
    because : str
        Its reason in ``bounds.toml``.
    stored : Stored

    Returns
    -------
    list of str
        The numbers as they are written.

    Examples
    --------
    >>> gate = Gate("07_first_gru_on_imdb", "m", "full", {"floor": 0.8}, {"measured": 0.9,
    ...             "pilot": [0.9]})
    >>> unexplained([gate], "0.9 over seeds; 0.8 is less, 0.7 is not said", Stored())
    ['0.7']
    """
    known = {number for gate in gates for number in _explained(gate, stored)}
    written = NUMBER.findall(NO_NUMBERS.sub(" ", because))
    return [text for text in written if not any(is_rounded(text, value) for value in known)]


def _explained(gate: Gate, stored: Stored) -> Iterator[float]:
    """Yield every number that the reason of a gate may name."""
    declared = gate.declared
    yield from gate.bounds.values()
    for kind in TYPED:
        yield from declared.get(kind, ())
    sources = [declared.get("measured", gate.metric), *declared.get("cites", ())]
    sources += [source for side in SIDES.values() for source in declared.get(side, ())]
    sources += [declared["spread"]] if "spread" in declared else []
    for source in sources:
        yield from _summaries(gate.numbers(source, stored))
    for profile in PROFILES:
        recorded = stored.recorded(gate.lesson, profile)
        yield from [recorded[gate.metric]] if gate.metric in recorded else []


def _summaries(values: tuple[float, ...]) -> Iterator[float]:
    """Yield numbers over seeds, and what a reason says of them."""
    yield from values
    if len(values) > 1:
        mean, spread = statistics.fmean(values), statistics.stdev(values)
        error = spread / math.sqrt(len(values))
        yield from (mean, statistics.median(values), spread, error)
        yield from (mean + sign * SPREADS * by for sign in (-1, 1) for by in (spread, error))


def is_rounded(text: str, value: float) -> bool:
    """Say whether a written number is a value, rounded to the digits that are written.

    Examples
    --------
    >>> is_rounded("0.85", 0.8472), is_rounded("85%", 0.8472), is_rounded("0.86", 0.8472)
    (True, True, False)
    """
    plain = text.replace(",", "")
    if plain.endswith("%"):
        return is_rounded(plain[:-1], 100 * value)
    digits, _, exponent = plain.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    return abs(float(plain) - value) <= 0.5001 * unit


def report(lessons: Iterable[str]) -> Iterator[str]:
    """Yield a line for each gate of some lessons, and one that begins with WRONG for each fault."""
    stored, (gates, because) = Stored(), load_gates()
    for name, reason in because.items():
        if not name.startswith(tuple(lessons)):
            continue
        of_metric = [gate for gate in gates if f"{gate.lesson}.{gate.metric}" == name]
        for gate in of_metric:
            if faults := gate.faults(stored):
                yield from (f"WRONG {fault}" for fault in faults)
                continue
            value, reach = gate.measured(stored)
            limits = {side: gate.limit(side, stored) for side in gate.bounds}
            bounds = ", ".join(f"{s} {b:g} (limit {limits[s]:.4g})" for s, b in gate.bounds.items())
            yield f"{gate.name}: measured {value:.4g}, four spreads {reach:.2g}; {bounds}"
        try:
            numbers = unexplained(of_metric, reason, stored)
        except (ValueError, KeyError) as error:
            numbers = [str(error)]
        if numbers:
            yield f"WRONG [{name}] because: no source for {', '.join(numbers)}"


def main() -> int:
    """Print the gates of the lessons that are named by their beginnings, or of all."""
    lines = list(report(sys.argv[1:] or [""]))
    print("\n".join(lines))
    return int(any(line.startswith("WRONG") for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
