"""Bounds and the ledger: what was written, or an error that names the file and the entry."""

import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_course.course.bounds import Bound, load_bounds
from gru_course.stats.claims import Claim, load_claims

from .conftest import HOSTILE, altered, damaged, fuzzed

NUMBERS = st.one_of(st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False))
NAMES = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
REASONS = TEXTS.filter(str.strip)


def toml(tree):
    """Write a tree as TOML, every table in one line; what TOML cannot say becomes no value."""
    return "".join(f"{value(name)} = {value(node)}\n" for name, node in tree.items()).encode()


def value(node):
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, dict):
        return "{" + ", ".join(f"{value(k)} = {value(v)}" for k, v in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(value, node)) + "]"
    if isinstance(node, str):
        # JSON writes a character beyond U+FFFF as two halves, TOML as it is; DEL is escaped.
        return (
            json.dumps(node, ensure_ascii=False).replace("\x7f", "\\u007f")
            if is_text(node)
            else '"'
        )
    return "" if node is None else repr(node).lower()


def is_text(text):
    return not re.search("[\ud800-\udfff]", text)


@st.composite
def bounds(draw):
    low, high = sorted(draw(st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1])))
    return draw(
        st.sampled_from([{"floor": low}, {"ceiling": high}, {"floor": low, "ceiling": high}])
    )


METRICS = st.fixed_dictionaries(
    {"because": REASONS}, optional={"quick": bounds(), "full": bounds()}
)
BUDGETS = st.fixed_dictionaries({"quick": st.integers(1, 99), "full": st.integers(1, 99)})


@st.composite
def notebooks(draw):
    metrics = draw(st.dictionaries(NAMES, METRICS, max_size=3))
    return {**metrics, "budget_cpu_seconds": draw(BUDGETS)}


BOUNDS = st.dictionaries(NAMES, notebooks(), max_size=2)


@fuzzed
@given(
    st.one_of(
        altered(BOUNDS).filter(lambda t: isinstance(t, dict)).map(toml), damaged(BOUNDS.map(toml))
    )
)
def test_bounds_damaged(tried, tmp_path, body):
    path = tmp_path / "bounds.toml"
    path.write_bytes(body)
    found = tried(lambda: load_bounds(path), error=ValueError, names="bounds.toml: ")
    for promised in (found or {}).values():
        assert math.isfinite(promised.budget_cpu_seconds)
        for bound in promised.bounds:
            assert bound.floor < bound.ceiling
            assert bound.because.strip()
            assert bound.violation(0.5) is None or "0.5" in bound.violation(0.5)


@fuzzed
@given(BOUNDS, st.sampled_from(["", "\ufeff"]), st.sampled_from(["\n", "\r\n"]))
def test_bounds_sound(tried, tmp_path, tree, start, end):
    path = tmp_path / "bounds.toml"
    path.write_bytes(start.encode() + toml(tree).replace(b"\n", end.encode()))
    found = tried(lambda: load_bounds(path), error=ValueError)
    assert found.keys() == {(name, profile) for name in tree for profile in ("quick", "full")}
    for (name, profile), promised in found.items():
        assert promised.budget_cpu_seconds == tree[name]["budget_cpu_seconds"][profile]
        expected = {m: d for m, d in tree[name].items() if profile in d and "because" in d}
        assert promised.bounds == tuple(
            Bound(
                metric,
                declared[profile].get("floor", -math.inf),
                declared[profile].get("ceiling", math.inf),
                declared["because"],
            )
            for metric, declared in expected.items()
        )


EVIDENCE = st.fixed_dictionaries(
    {
        "notebook": NAMES,
        "metric": NAMES,
        "exact": st.just("counted"),
        "expect": st.sampled_from(["< 1", ">= other", "> 0.7 and < 0.8", "> -1e-3"]),
        "says": REASONS,
    },
    optional={"format": st.sampled_from([".3f", ",.0f", ".1%", ".1e"])},
)
CLAIMS = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True),
        "topic": REASONS,
        "question": REASONS,
        "claim": REASONS,
        "sources": st.just(["a lesson"]),
        "verdict": st.just("holds"),
        "evidence": st.lists(EVIDENCE, min_size=1, max_size=2),
    },
    optional={"conditions": REASONS, "literature": REASONS},
)
LEDGERS = st.fixed_dictionaries(
    {
        "sources": st.just({"a lesson": "where"}),
        "claim": st.lists(CLAIMS, max_size=2, unique_by=lambda claim: claim["id"]),
    }
)
SPECS = st.sampled_from(
    [".999999999f", "999999999", "1e999", "< 1e999", "> 1.2.3", "not tested yet"]
)


@fuzzed
@given(
    st.one_of(
        altered(LEDGERS, st.one_of(HOSTILE, SPECS)).filter(lambda t: isinstance(t, dict)).map(toml),
        damaged(LEDGERS.map(toml)),
    )
)
def test_ledger_damaged(tried, tmp_path, body):
    path = tmp_path / "claims.toml"
    path.write_bytes(body)
    ledger = tried(lambda: load_claims(path), error=ValueError, names="claims.toml: ")
    for claim in ledger.claims if ledger else ():
        assert isinstance(claim, Claim)
        assert all(isinstance(text, str) for text in (claim.id, claim.topic, *claim.sources))
        assert list(ledger.violations({})) or not claim.evidence


@fuzzed
@given(LEDGERS)
def test_ledger_sound(tried, tmp_path, tree):
    path = tmp_path / "claims.toml"
    path.write_bytes(toml(tree))
    ledger = tried(lambda: load_claims(path), error=ValueError)
    assert ledger.sources == tree["sources"]
    assert [claim.id for claim in ledger.claims] == [claim["id"] for claim in tree["claim"]]
    for claim, written in zip(ledger.claims, tree["claim"], strict=True):
        assert claim.topic == written["topic"].strip()
        assert [e.says for e in claim.evidence] == [e["says"] for e in written["evidence"]]


def test_a_file_of_an_old_windows(tmp_path):
    path = tmp_path / "bounds.toml"
    path.write_bytes("# für\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r"bounds\.toml: 'utf-8' codec can't decode byte 0xfc"):
        load_bounds(path)
