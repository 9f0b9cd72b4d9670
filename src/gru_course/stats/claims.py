"""The ledger: what is commonly claimed about GRUs, and what the notebooks found.

``book/claims.toml`` lists the claims. Each names the recorded numbers that would have to come out
in a certain way if it were true. The verdict follows from those numbers alone, so that a
changed result cannot leave an old verdict standing: the tests compare the two.

Three rules keep chance and wording out of a verdict. No two expectations of a claim may exclude
each other. What was trained needs an interval, from stored seeds or recorded; one run supports
nothing. And where a claim has several numbers that are subject to chance, their p-values are
corrected for their number (Holm 1979).
"""

import itertools
import json
import math
import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scipy import stats

from gru_course.course.metrics import Value, read_records
from gru_course.course.parsing import about_file, of_kind, read_toml
from gru_course.course.studies import load_study
from gru_course.stats.comparisons import holm, welch_difference
from gru_course.stats.statistics import Interval

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

LEVEL = 0.05
"""Above this corrected p-value a number is undecided."""

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Recorded(NamedTuple):
    """A number of a notebook, and the count of the code cell that recorded it."""

    value: Value
    cell: int


Records = Mapping[str, Mapping[str, Recorded]]


@dataclass(frozen=True)
class Expectation:
    """What a number must be if a claim is true: one comparison or several.

    Parameters
    ----------
    comparisons : tuple of pair
        A sign, ``<``, ``<=``, ``>`` or ``>=``, and a number or the name of another metric.

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
        """Read comparisons with a number, or with another metric of the same notebook.

        Parameters
        ----------
        text : str
            Comparisons with " and " between them.

        Returns
        -------
        Expectation

        Raises
        ------
        ValueError
            If it cannot be read.
        """
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


class Seeds(NamedTuple):
    """Results of one model over its seeds, and the place in a study where they stand."""

    place: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Evidence:
    """A recorded number that speaks for or against a claim.

    It says how chance was taken into account: by an interval (``low`` and ``high``, or ``starts``
    or ``seeds``), by being a p-value (``tests``), by being free of chance (``exact``), or not at
    all (``once``), in which case it supports nothing.

    Parameters
    ----------
    notebook, metric : str
        Where the number was recorded, and under which name.
    expect : Expectation
        What it must be if the claim is true; with ``against``, what the difference must be.
    says : str
        What the number is, in words.
    low, high : str or None
        Metrics with the ends of its interval, which covers 95% unless ``starts`` is given.
    interval : str
        What that interval is, in words.
    starts : int or None
        The interval goes from the least to the greatest of that many independent starts.
    seeds, against : Seeds or None
        Stored results over seeds, of this model and of the one it is compared with. They take the
        place of the recorded number, which is then their mean or another summary of them.
    items : int or None
        The results over seeds are shares of that many test items, which are a sample, too.
    tests : int or None
        The number is a p-value, the smallest of that many tests.
    exact, once : str
        Why no interval is needed, or why there is none.
    format : str
        How to print the number, as Python's ``format`` does.
    """

    notebook: str
    metric: str
    expect: Expectation
    says: str
    low: str | None = None
    high: str | None = None
    interval: str = ""
    starts: int | None = None
    seeds: Seeds | None = None
    against: Seeds | None = None
    items: int | None = None
    tests: int | None = None
    exact: str = ""
    once: str = ""
    format: str = ".3g"

    def metrics(self) -> list[str]:
        """List every metric that it reads."""
        named = [self.metric, self.low, self.high, *self.expect.metrics()]
        return [name for name in named if name]

    def bounds(self) -> Iterator[tuple[str, str, str, float]]:
        """Write what is expected as ``left - right <sign> number``, left before right.

        Yields
        ------
        tuple
            Left, right (empty if there is none), sign and number.
        """
        left = self.seeds.place if self.seeds else f"{self.notebook} {self.metric}"
        for sign, other in self.expect.comparisons:
            right, number = "", 0.0
            if isinstance(other, str):
                right = f"{self.notebook} {other}"
            else:
                right, number = self.against.place if self.against else "", other
            if left <= right or not right:
                yield left, right, sign, number
            else:
                yield right, left, sign.translate(str.maketrans("<>", "><")), -number

    def value(self, records: Records, metric: str | None = None) -> float:
        """Look up its number, or another one of the same notebook.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.
        metric : str, optional
            Its own if None.

        Returns
        -------
        float

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

    def number(self, records: Records) -> float:
        """Give the number that is compared: recorded, a mean over seeds, or their difference."""
        return self.ends(records)[0] if self.seeds else self.value(records)

    def ends(self, records: Records) -> tuple[float, float, float]:
        """Give the number and the interval around it; without chance, its ends are the number.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.

        Returns
        -------
        tuple of float
            The number, the lower and the higher end.

        Raises
        ------
        ValueError
            If an end is not a finite number, or the lower one is the higher.
        """
        if self.seeds:
            found, _ = self._over_seeds(records)
            return found.estimate, found.low, found.high
        value = self.value(records)
        if not (self.low and self.high):
            return value, value, value
        low, high = self.value(records, self.low), self.value(records, self.high)
        if low > high:
            raise ValueError(f"{self.notebook}::{self.metric}: an interval from {low} to {high}")
        return value, low, high

    def p_value(self, records: Records) -> float | None:
        """Probability that chance alone puts the number this far from the border.

        That of Welch's test over seeds; for a 95% interval, the one of a normal distribution with
        such an interval (Altman and Bland 2011); for the range of independent starts, that of a
        sign test; for the smallest of several p-values, its multiple.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.

        Returns
        -------
        float or None
            None where there is no chance in it, or where nothing is known about it.
        """
        if self.tests:
            return min(1.0, self.tests * self.value(records))
        if not (self.seeds or self.low):
            return None
        value, low, high = self.ends(records)
        borders = self._borders(records)
        violated = [b for b, met in borders if not met(value)]
        found = [
            self._over_seeds(records, b)[1] if self.seeds else self._chance(value, low, high, b)
            for b in violated or [b for b, _ in borders]
        ]
        return min(found) if violated else max(found)

    def _over_seeds(self, records: Records, border: float = 0.0) -> tuple[Interval, float]:
        """Estimate the mean, or the difference, with its interval; test it against a border."""
        assert self.seeds is not None
        values, against = self.seeds.values, self.against.values if self.against else (0.0,)
        shares = [sum(v) / len(v) for v in ((values, against) if self.against else (values,))]
        shares += [self.value(records, metric) for metric in self.expect.metrics()]
        error = math.sqrt(sum(p * (1 - p) / self.items for p in shares)) if self.items else 0.0
        return welch_difference(values, [a + border for a in against], other_error=error)

    def _chance(self, value: float, low: float, high: float, border: float) -> float:
        if self.starts:
            return 1.0 if low <= border <= high else 2.0 ** (1 - self.starts)
        error = (high - low) / (2 * float(stats.norm.ppf(0.975)))
        return float(2 * stats.norm.sf(abs(value - border) / error)) if error else 0.0

    def _borders(self, records: Records) -> list[tuple[float, Any]]:
        numbers = [
            (sign, self.value(records, other) if isinstance(other, str) else other)
            for sign, other in self.expect.comparisons
        ]
        return [(n, lambda v, sign=sign, n=n: _COMPARE[sign](v, n)) for sign, n in numbers]

    def outcome(self, records: Records, p_value: float | None = None) -> str:
        """Compare the number, and both ends of its interval, with what was expected.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.
        p_value : float, optional
            Its p-value, corrected for the other numbers of the claim. Its own by default.

        Returns
        -------
        str
            ``"as claimed"`` or ``"not as claimed"``, if all of them agree and chance is unlikely;
            else ``"undecided"``.
        """
        values = set(self.ends(records))
        borders = self._borders(records)
        met = {all(meets(value) for _, meets in borders) for value in values}
        if len(met) > 1:
            return UNDECIDED
        p_value = self.p_value(records) if p_value is None else p_value
        if self.once or (p_value is not None and p_value >= LEVEL):
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
        """Say which of its numbers were not recorded.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.

        Returns
        -------
        list of str
        """
        found = [
            f"{self.id}: {item.notebook} records no {metric!r}"
            if item.notebook in records
            else f"{self.id}: there is no notebook {item.notebook!r}"
            for item in self.evidence
            for metric in item.metrics()
            if metric not in records.get(item.notebook, {})
        ]
        return list(dict.fromkeys(found))

    def outcomes(self, records: Records) -> list[str]:
        """Judge each of its numbers, with p-values corrected for how many there are.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.

        Returns
        -------
        list of str
        """
        found = [item.p_value(records) for item in self.evidence]
        corrected = iter(holm([p for p in found if p is not None]))
        return [
            item.outcome(records, None if p is None else next(corrected))
            for item, p in zip(self.evidence, found, strict=True)
        ]

    def computed_verdict(self, records: Records) -> str | None:
        """Derive the verdict from the numbers alone.

        All as claimed: it holds. None: it does not hold here. Some: it holds with conditions. An
        undecided number is no support, because whoever claims something has to show it.

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
        support = [outcome == AS_CLAIMED for outcome in self.outcomes(records)]
        if all(support):
            return HOLDS
        return CONDITIONAL if any(support) else FAILS


@dataclass(frozen=True)
class Ledger:
    """All claims in order, and the documents that make them, by a neutral name.

    Parameters
    ----------
    sources : mapping of str to str
        Neutral name to what it is.
    claims : tuple of Claim
    """

    sources: Mapping[str, str]
    claims: tuple[Claim, ...]

    def violations(self, records: Records) -> Iterator[str]:
        """Say which numbers are missing and which verdicts no longer follow.

        Parameters
        ----------
        records : mapping
            As :func:`read_notebooks` gives them.

        Yields
        ------
        str
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


def load_claims(path: Path, studies: Path | None = None) -> Ledger:
    """Read and check the ledger.

    Parameters
    ----------
    path : pathlib.Path
        The file ``claims.toml``.
    studies : pathlib.Path, optional
        The folder with the stored studies; ``studies`` beside the folder of the file by default.

    Returns
    -------
    Ledger

    Raises
    ------
    ValueError
        If the file is not TOML in UTF-8, a key is missing or unknown, something is not of its
        kind, an id occurs twice, a source or a verdict is unknown, an expectation cannot be read,
        two of them exclude each other, a number says nothing about chance, seeds are not where
        they should be, or a verdict stands where nothing was tested.
    """
    declared = read_toml(path)
    studies = studies or path.resolve().parents[1] / "studies"
    claims: dict[str, Claim] = {}
    with about_file(path):
        sources = of_kind(declared.get("sources", {}), dict, "sources")
        for name, said in sources.items():
            of_kind(said, str, f"source {name!r}")
        for entry in of_kind(declared.get("claim", []), list, "claim"):
            claim = _claim(of_kind(entry, dict, "a claim"), sources, studies)
            if claim.id in claims:
                raise ValueError(f"claim {claim.id!r} is there twice")
            claims[claim.id] = claim
    return Ledger(sources, tuple(claims.values()))


def _claim(entry: Mapping[str, Any], sources: Mapping[str, str], studies: Path) -> Claim:
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
    evidence = tuple(
        _evidence(f"{where}, evidence {n}", e, studies) for n, e in enumerate(items, start=1)
    )
    _check_compatible(where, evidence)
    plain = {key: entry[key].strip() for key in ("id", "topic", "question", "claim")}
    return Claim(
        **plain,
        sources=tuple(entry["sources"]),
        basis=basis,
        evidence=evidence,
        verdict=verdict,
        **texts,
    )


def _check_compatible(where: str, evidence: tuple[Evidence, ...]) -> None:
    """Refuse expectations of which one can only be met where another is not."""
    bounds: dict[tuple[str, str], dict[str, list[float]]] = {}
    for left, right, sign, number in itertools.chain.from_iterable(e.bounds() for e in evidence):
        bounds.setdefault((left, right), {"<": [], ">": []})[sign[0]].append(number)
    for (left, right), found in bounds.items():
        if found["<"] and found[">"] and max(found[">"]) >= min(found["<"]):
            pair = f"{left} and {right}" if right else left
            raise ValueError(f"{where}: its expectations about {pair} exclude each other")


def _seeds(where: str, text: str, studies: Path) -> Seeds:
    """Look up ``study: key/0/*/key``, where ``*`` stands for every entry of a list or table.

    Two places with `` - `` between them give the differences, seed by seed.
    """
    match = re.fullmatch(r"([a-z_]+): (.+)", text)
    if match is None:
        raise ValueError(f"{where}: {text!r:.60} is no 'study: place/in/it'")
    try:
        results = load_study(studies / f"{match[1]}.json").results
        first, *rest = [_at(results, place) for place in match[2].split(" - ")]
        for other in rest:
            first = [a - b for a, b in zip(first, other, strict=True)]
    except (OSError, KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{where}: no results in {text!r:.90} ({error})") from error
    if len(first) < 2:
        raise ValueError(f"{where}: {text!r:.90} is a single result; expected one per seed")
    return Seeds(text, tuple(first))


def _at(results: object, place: str) -> list[float]:
    found: list[Any] = [results]
    for step in place.split("/"):
        if step == "*":
            lists = [v.values() if isinstance(v, dict) else list(v) for v in found]
            found = list(itertools.chain.from_iterable(lists))
        else:
            found = [v[step] if isinstance(v, dict) else v[int(step)] for v in found]
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    return [of_kind(value, float, "a result") for value in found]


def _evidence(where: str, entry: object, studies: Path) -> Evidence:
    texts = {"low", "high", "interval", "seeds", "against", "exact", "once", "format"}
    counts = {"starts", "tests", "items"}
    entry = of_kind(entry, dict, where)
    _check_keys(where, entry, {"notebook", "metric", "expect", "says"}, texts | counts)
    for key, value in entry.items():
        of_kind(value, int if key in counts else str, f"{where}, {key}")
        if key in counts and not 0 < value < 10**9:
            raise ValueError(f"{where}, {key}: {value!r:.60} is no number of them")
    interval = {"low", "high"} & set(entry)
    if interval and interval != {"low", "high"}:
        raise ValueError(f"{where}: an interval is 'low' and 'high'")
    if bool(interval) != bool(entry.get("interval")):
        raise ValueError(f"{where}: 'interval' must say what the interval is")
    ways = [key for key in ("low", "seeds", "tests", "exact", "once") if entry.get(key)]
    if len(ways) != 1:
        raise ValueError(
            f"{where}: an interval ('low' and 'high', or 'seeds'), a number of 'tests', or a "
            f"reason why none is needed ('exact') or there is none ('once'); {ways or 'none'} given"
        )
    for key, needed in {"against": "seeds", "items": "seeds", "starts": "low"}.items():
        if key in entry and needed not in entry:
            raise ValueError(f"{where}: {key!r} stands beside {needed!r} only")
    try:
        expect = Expectation.parse(entry["expect"])
        spec = entry.get("format", "")
        if re.search(r"\d{3}", spec):  # as wide as the memory allows
            raise ValueError(f"Invalid format {spec!r:.60}: a number of three digits and more")
        format(1.0, spec)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    if "against" in entry and expect.metrics():
        raise ValueError(f"{where}: with 'against', 'expect' is about the difference: '> 0'")
    seeds = {k: _seeds(where, entry[k], studies) for k in ("seeds", "against") if k in entry}
    return Evidence(**{**entry, "expect": expect, **seeds})


def _check_keys(
    where: str, entry: Mapping[str, Any], required: set[str], optional: set[str]
) -> None:
    if missing := required - set(entry):
        raise ValueError(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := set(entry) - required - optional:
        raise ValueError(f"{where} has unknown keys: {', '.join(sorted(unknown))}")
