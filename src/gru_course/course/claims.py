"""The ledger: what is commonly claimed about GRUs, and what the notebooks found.

``book/claims.toml`` lists the claims. Each names the recorded numbers that would have to come out
in a certain way if it were true. The verdict follows from those numbers alone, so that a
changed result cannot leave an old verdict standing: the tests compare the two.
"""

import json
import math
import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gru_course.course.metrics import Value, read_records
from gru_course.course.parsing import about_file, of_kind, read_toml

HOLDS = "holds"
CONDITIONAL = "holds with conditions"
FAILS = "does not hold here"
VERDICTS = (HOLDS, CONDITIONAL, FAILS)

MEASURED = "measured"
LITERATURE = "literature only"
UNTESTED = "not tested yet"

AS_CLAIMED = "as claimed"
NOT_AS_CLAIMED = "not as claimed"
UNDECIDED = "undecided"

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Recorded(NamedTuple):
    """A number of a notebook, and the count of the code cell that recorded it."""

    value: Value
    cell: int


Records = Mapping[str, Mapping[str, Recorded]]


@dataclass(frozen=True)
class Expectation:
    """What a number must be if a claim is true: one comparison or several.

    Examples
    --------
    >>> Expectation.parse("> 0.74 and < other_metric").comparisons
    (('>', 0.74), ('<', 'other_metric'))
    >>> Expectation.parse("about 1")
    Traceback (most recent call last):
    ...
    ValueError: cannot read 'about 1': write '< 1', '>= other_metric' or '> 0.7 and < 0.8'
    """

    comparisons: tuple[tuple[str, float | str], ...]

    @classmethod
    def parse(cls, text: str) -> "Expectation":
        """Read comparisons with a number, or with another metric of the same notebook."""
        comparisons: list[tuple[str, float | str]] = []
        for part in text.split(" and "):
            match = re.fullmatch(
                r"(<=|>=|<|>) (?:(-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?)|([a-z]\w*))", part.strip()
            )
            if match is None:
                raise ValueError(
                    f"cannot read {text!r}: write '< 1', '>= other_metric' or '> 0.7 and < 0.8'"
                )
            sign, number, metric = match.groups()
            comparisons.append((sign, metric or of_kind(float(number), float, f"{number!r:.60}")))
        return cls(tuple(comparisons))

    def metrics(self) -> list[str]:
        """List the metrics that it compares with."""
        return [other for _, other in self.comparisons if isinstance(other, str)]


@dataclass(frozen=True)
class Evidence:
    """A recorded number that speaks for or against a claim.

    Parameters
    ----------
    notebook, metric : str
        Where the number was recorded, and under which name.
    expect : Expectation
        What it must be if the claim is true.
    says : str
        What the number is, in words.
    low, high : str or None
        Metrics with the ends of its interval.
    plus_minus : str or None
        Or a metric with half the width of an interval around it.
    interval : str
        What that interval is, in words.
    format : str
        How to print the number, as Python's ``format`` does.
    """

    notebook: str
    metric: str
    expect: Expectation
    says: str
    low: str | None = None
    high: str | None = None
    plus_minus: str | None = None
    interval: str = ""
    format: str = ".3g"

    def metrics(self) -> list[str]:
        """List every metric that it reads."""
        named = [self.metric, self.low, self.high, self.plus_minus, *self.expect.metrics()]
        return [name for name in named if name]

    def value(self, records: Records, metric: str | None = None) -> float:
        """Look up its number, or another one of the same notebook.

        Raises
        ------
        ValueError
            If nothing was recorded, or what was is not a finite number.
        """
        metric = metric or self.metric
        recorded = records.get(self.notebook, {}).get(metric)
        if recorded is None:
            raise ValueError(f"{self.notebook}::{metric} was not recorded")
        if isinstance(recorded.value, str):
            raise ValueError(
                f"{self.notebook}::{metric} is the text {recorded.value!r}, not a number"
            )
        if not math.isfinite(recorded.value):
            raise ValueError(
                f"{self.notebook}::{metric} is {recorded.value!r}, not a finite number"
            )
        return float(recorded.value)

    def ends(self, records: Records) -> tuple[float, float] | None:
        """Give the interval around the number, if there is one.

        Raises
        ------
        ValueError
            If an end is not a finite number, or the lower one is the higher.
        """
        if self.plus_minus:
            middle, half = self.value(records), self.value(records, self.plus_minus)
            low, high = middle - half, middle + half
        elif self.low and self.high:
            low, high = self.value(records, self.low), self.value(records, self.high)
        else:
            return None
        if low > high:
            raise ValueError(f"{self.notebook}::{self.metric}: an interval from {low} to {high}")
        return low, high

    def outcome(self, records: Records) -> str:
        """Compare the number, and both ends of its interval, with what was expected.

        Returns
        -------
        str
            ``"as claimed"`` or ``"not as claimed"``, if all of them agree; else ``"undecided"``.
        """
        values = {self.value(records), *(self.ends(records) or ())}
        met = {
            all(
                _COMPARE[sign](
                    value, self.value(records, other) if isinstance(other, str) else other
                )
                for sign, other in self.expect.comparisons
            )
            for value in values
        }
        if len(met) > 1:
            return UNDECIDED
        return AS_CLAIMED if met.pop() else NOT_AS_CLAIMED


@dataclass(frozen=True)
class Claim:
    """A claim, who makes it, and what is known about it.

    Parameters
    ----------
    id : str
        The chapters link to ``claim-<id>``.
    topic, question : str
        The section it stands in, and its own title.
    claim : str
        What is said, in our words.
    sources : tuple of str
        Who says it, by the names of the ledger.
    basis : str
        ``"measured"``, ``"literature only"`` or ``"not tested yet"``.
    evidence : tuple of Evidence
        Empty unless measured.
    verdict : str or None
        What the ledger declares; None as long as nothing was tested.
    conditions : str
        When it holds, or what is right instead.
    literature : str
        What others found, with citations.
    """

    id: str
    topic: str
    question: str
    claim: str
    sources: tuple[str, ...]
    basis: str
    evidence: tuple[Evidence, ...]
    verdict: str | None
    conditions: str
    literature: str

    def missing(self, records: Records) -> list[str]:
        """Say which of its numbers were not recorded."""
        found = [
            f"{self.id}: {item.notebook} records no {metric!r}"
            if item.notebook in records
            else f"{self.id}: there is no notebook {item.notebook!r}"
            for item in self.evidence
            for metric in item.metrics()
            if metric not in records.get(item.notebook, {})
        ]
        return list(dict.fromkeys(found))

    def computed_verdict(self, records: Records) -> str | None:
        """Derive the verdict from the numbers alone.

        All as claimed: it holds. None: it does not hold here. Some: it holds with conditions. An
        undecided number is no support, because who claims has to show.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.

        Returns
        -------
        str or None
            The declared verdict where nothing was measured.
        """
        if self.basis != MEASURED:
            return self.verdict
        support = [item.outcome(records) == AS_CLAIMED for item in self.evidence]
        if all(support):
            return HOLDS
        return CONDITIONAL if any(support) else FAILS


@dataclass(frozen=True)
class Ledger:
    """All claims in order, and the documents that make them, by a neutral name."""

    sources: Mapping[str, str]
    claims: tuple[Claim, ...]

    def violations(self, records: Records) -> Iterator[str]:
        """Say which numbers are missing and which verdicts no longer follow.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.
        """
        for claim in self.claims:
            missing = claim.missing(records)
            yield from missing
            if not missing and (computed := claim.computed_verdict(records)) != claim.verdict:
                yield f"{claim.id}: declared {claim.verdict!r}, but the numbers say {computed!r}"


def read_notebooks(folder: Path) -> dict[str, dict[str, Recorded]]:
    """Collect the stored numbers of all notebooks.

    Parameters
    ----------
    folder : pathlib.Path
        Where the notebooks are.

    Returns
    -------
    dict
        Notebook to metric to the number and its cell; code cells count from 1.
    """
    found: dict[str, dict[str, Recorded]] = {}
    for path in sorted(folder.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        found[path.stem] = {
            name: Recorded(value, number)
            for number, cell in enumerate(code, start=1)
            for name, value in read_records({"cells": [cell]}).items()
        }
    return found


def load_claims(path: Path) -> Ledger:
    """Read and check the ledger.

    Parameters
    ----------
    path : pathlib.Path
        The file ``claims.toml``.

    Returns
    -------
    Ledger

    Raises
    ------
    ValueError
        If the file is not TOML in UTF-8, a key is missing or unknown, something is not of its
        kind, an id occurs twice, a source or a verdict is unknown, an expectation cannot be read,
        or a verdict stands where nothing was tested.
    """
    declared = read_toml(path)
    claims: dict[str, Claim] = {}
    with about_file(path):
        sources = of_kind(declared.get("sources", {}), dict, "sources")
        for name, said in sources.items():
            of_kind(said, str, f"source {name!r}")
        for entry in of_kind(declared.get("claim", []), list, "claim"):
            claim = _claim(of_kind(entry, dict, "a claim"), sources)
            if claim.id in claims:
                raise ValueError(f"claim {claim.id!r} is there twice")
            claims[claim.id] = claim
    return Ledger(sources, tuple(claims.values()))


def _claim(entry: Mapping[str, Any], sources: Mapping[str, str]) -> Claim:
    where = f"claim {entry.get('id', '?')!r:.60}"
    required = {"id", "topic", "question", "claim", "sources", "evidence"}
    _check_keys(where, entry, required, {"verdict", "conditions", "literature"})
    for key in set(entry) - {"sources", "evidence"}:
        of_kind(entry[key], str, f"{where}, {key}")
    for name in of_kind(entry["sources"], list, f"{where}, sources"):
        of_kind(name, str, f"{where}, a source")
    if not re.fullmatch(r"[a-z0-9-]+", entry["id"]):
        raise ValueError(f"{where}: an id has small letters, digits and hyphens only")
    unknown = set(entry["sources"]) - set(sources)
    if unknown or not entry["sources"]:
        raise ValueError(f"{where}: sources must be some of {', '.join(sources)}")
    declared = entry["evidence"]
    basis = declared if isinstance(declared, str) else MEASURED
    if basis == MEASURED and not isinstance(declared, str):
        of_kind(declared, list, f"{where}, evidence")
    if basis not in {MEASURED, LITERATURE, UNTESTED} or not declared or declared == MEASURED:
        raise ValueError(
            f"{where}: evidence is a list of measured numbers, {LITERATURE!r} or {UNTESTED!r}"
        )
    verdict = entry.get("verdict")
    if (basis == UNTESTED) != (verdict is None):
        raise ValueError(f"{where}: needs a verdict if, and only if, it was tested")
    if verdict is not None and verdict not in VERDICTS:
        raise ValueError(f"{where}: verdict is one of {', '.join(VERDICTS)}, not {verdict!r}")
    texts = {key: entry.get(key, "").strip() for key in ("conditions", "literature")}
    if verdict in {CONDITIONAL, FAILS} and not texts["conditions"]:
        raise ValueError(f"{where}: 'conditions' must say when it holds, or what is right")
    if basis == LITERATURE and not texts["literature"]:
        raise ValueError(f"{where}: rests on the literature, but cites none")
    items = [] if isinstance(declared, str) else declared
    evidence = tuple(_evidence(f"{where}, evidence {n}", e) for n, e in enumerate(items, start=1))
    plain = {key: entry[key].strip() for key in ("id", "topic", "question", "claim")}
    return Claim(
        **plain,
        sources=tuple(entry["sources"]),
        basis=basis,
        evidence=evidence,
        verdict=verdict,
        **texts,
    )


def _evidence(where: str, entry: object) -> Evidence:
    optional = {"low", "high", "plus_minus", "interval", "format"}
    entry = of_kind(entry, dict, where)
    _check_keys(where, entry, {"notebook", "metric", "expect", "says"}, optional)
    for key, value in entry.items():
        of_kind(value, str, f"{where}, {key}")
    interval = {"low", "high", "plus_minus"} & set(entry)
    if interval and interval not in ({"low", "high"}, {"plus_minus"}):
        raise ValueError(f"{where}: an interval is 'low' and 'high', or 'plus_minus'")
    if bool(interval) != bool(entry.get("interval")):
        raise ValueError(f"{where}: 'interval' must say what the interval is")
    try:
        expect = Expectation.parse(entry["expect"])
        spec = entry.get("format", "")
        if re.search(r"\d{3}", spec):  # as wide as the memory allows
            raise ValueError(f"Invalid format {spec!r:.60}: a number of three digits and more")
        format(1.0, spec)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    return Evidence(**{**entry, "expect": expect})


def _check_keys(
    where: str, entry: Mapping[str, Any], required: set[str], optional: set[str]
) -> None:
    if missing := required - set(entry):
        raise ValueError(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := set(entry) - required - optional:
        raise ValueError(f"{where} has unknown keys: {', '.join(sorted(unknown))}")
