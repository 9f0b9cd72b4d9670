"""The ledger: its rule, its file, and that its verdicts follow from what the notebooks stored."""

import dataclasses
import json
from collections import Counter

import pytest

from gru_course.course.claims import (
    AS_CLAIMED,
    CONDITIONAL,
    FAILS,
    HOLDS,
    LITERATURE,
    MEASURED,
    NOT_AS_CLAIMED,
    UNDECIDED,
    Evidence,
    Expectation,
    Recorded,
    load_claims,
    read_notebooks,
)

# --- the rule ----------------------------------------------------------------------------------


def numbers(**values):
    return {"nb": {name: Recorded(value, 1) for name, value in values.items()}}


def evidence(expect, **more):
    return Evidence("nb", "ratio", Expectation.parse(expect), "a ratio", **more)


@pytest.mark.parametrize(
    ("expect", "outcome"),
    [
        ("< 1", AS_CLAIMED),
        ("<= 0.75", AS_CLAIMED),
        ("> 1", NOT_AS_CLAIMED),
        (">= 0.76", NOT_AS_CLAIMED),
        ("> 7e-1 and < 0.8", AS_CLAIMED),
        ("> 0.7 and < 0.72", NOT_AS_CLAIMED),
        ("> other", AS_CLAIMED),
        ("< other", NOT_AS_CLAIMED),
        ("> -1", AS_CLAIMED),
    ],
)
def test_a_number_is_compared_with_what_was_claimed(expect, outcome):
    assert evidence(expect).outcome(numbers(ratio=0.75, other=0.5)) == outcome


@pytest.mark.parametrize(
    ("high", "outcome"), [(0.99, AS_CLAIMED), (1.01, UNDECIDED)], ids=["below", "across"]
)
def test_both_ends_of_an_interval_count(high, outcome):
    records = numbers(ratio=0.9, low=0.8, high=high, half=high - 0.9)
    assert evidence("< 1", low="low", high="high").outcome(records) == outcome
    assert evidence("< 1", plus_minus="half").outcome(records) == outcome
    assert evidence("> 2", low="low", high="high").outcome(records) == NOT_AS_CLAIMED


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_verdict_follows_from_what_is_not_finite(number):
    for records in (numbers(ratio=number, half=0.1), numbers(ratio=0.9, half=number)):
        with pytest.raises(ValueError, match="not a finite number"):
            evidence("< 1", plus_minus="half").outcome(records)
    with pytest.raises(ValueError, match="nb::ratio was not recorded"):
        evidence("< 1").outcome(numbers(half=0.1))
    with pytest.raises(ValueError, match="an interval from 1"):
        evidence("< 1", plus_minus="half").outcome(numbers(ratio=0.9, half=-0.1))


@pytest.mark.parametrize("text", ["> 1.2.3", "> .", ""])
def test_what_is_no_comparison_with_a_number(text):
    with pytest.raises(ValueError, match="cannot read"):
        Expectation.parse(text)
    assert Expectation.parse("> .5 and < 1.").comparisons == ((">", 0.5), ("<", 1.0))


def test_a_text_is_no_number():
    with pytest.raises(ValueError, match="nb::ratio is the text 'fast', not a number"):
        evidence("< 1").outcome(numbers(ratio="fast"))


ENTRY = """
[sources]
"source 1" = "a lesson"

[[claim]]
id = "small"
topic = "Size"
question = "Small?"
claim = "It is small."
sources = ["source 1"]
verdict = "holds with conditions"
conditions = "Without the attic."
literature = "None."
[[claim.evidence]]
notebook = "nb"
metric = "ratio"
expect = "< 1"
says = "First ratio"
[[claim.evidence]]
notebook = "nb"
metric = "other"
expect = "< 1"
says = "Second ratio"
"""


@pytest.fixture
def load(tmp_path):
    def write_and_load(text):
        (tmp_path / "claims.toml").write_text(text)
        return load_claims(tmp_path / "claims.toml")

    return write_and_load


@pytest.mark.parametrize(
    ("ratio", "other", "verdict"),
    [(0.5, 0.5, HOLDS), (0.5, 1.5, CONDITIONAL), (1.5, 1.5, FAILS)],
)
def test_the_verdict_follows_from_the_numbers(load, ratio, other, verdict):
    ledger = load(ENTRY)
    records = numbers(ratio=ratio, other=other)
    assert ledger.claims[0].computed_verdict(records) == verdict
    said = list(ledger.violations(records))
    if verdict == CONDITIONAL:
        assert said == []
    else:
        assert said == [f"small: declared 'holds with conditions', but the numbers say {verdict!r}"]


def test_missing_numbers_are_named(load):
    ledger = load(ENTRY)
    assert list(ledger.violations({})) == ["small: there is no notebook 'nb'"]
    assert list(ledger.violations(numbers(ratio=0.5))) == ["small: nb records no 'other'"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('question = "Small?"\n', "", "claim 'small' lacks question"),
        ("topic =", 'colour = "red"\ntopic =', "'small' has unknown keys: colour"),
        ('id = "small"', 'id = "Small one"', "small letters, digits and hyphens"),
        ('["source 1"]', '["source 9"]', "sources must be some of source 1"),
        ('["source 1"]', "[]", "sources must be some of source 1"),
        ('"holds with conditions"', '"true"', "verdict is one of holds, .* not 'true'"),
        ('conditions = "Without the attic."', "", "'conditions' must say when it holds"),
        ('verdict = "holds with conditions"', "", "a verdict if, and only if, it was tested"),
        ('expect = "< 1"', 'expect = "small"', "evidence 1: cannot read 'small'"),
        ('says = "First ratio"', "", "evidence 1 lacks says"),
        ('says = "First ratio"', 'says = "x"\nlow = "a"', "an interval is 'low' and 'high'"),
        (
            'says = "First ratio"',
            'says = "x"\nplus_minus = "a"',
            "'interval' must say what the interval is",
        ),
        ('says = "First ratio"', 'says = "x"\nformat = "two"', "evidence 1: Invalid format"),
    ],
)
def test_a_bad_entry_is_refused(load, old, new, said):
    assert old in ENTRY
    with pytest.raises(ValueError, match=said):
        load(ENTRY.replace(old, new, 1))


HEAD, _, EVIDENCE = ENTRY.partition("[[claim.evidence]]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY + ENTRY.partition('"a lesson"\n')[2], "claim 'small' is there twice"),
        (HEAD, "claim 'small' lacks evidence"),
        (HEAD + "evidence = []", "evidence is a list of measured numbers"),
        (HEAD + 'evidence = "hearsay"', "evidence is a list of measured numbers"),
        (HEAD + 'evidence = "not tested yet"', "a verdict if, and only if, it was tested"),
        (
            HEAD.replace('"None."', '""') + 'evidence = "literature only"',
            "rests on the literature, but cites none",
        ),
    ],
)
def test_a_bad_file_is_refused(load, text, said):
    with pytest.raises(ValueError, match=said):
        load(text)


def test_the_literature_alone_keeps_its_verdict(load):
    claim = load(HEAD + 'evidence = "literature only"').claims[0]
    assert (claim.basis, claim.computed_verdict({})) == (LITERATURE, CONDITIONAL)


def test_numbers_are_read_with_their_cells(tmp_path):
    record = {
        "data": {"application/papermill.record/text/plain": "0.91"},
        "metadata": {"scrapbook": {"name": "accuracy"}},
    }
    cells = [
        {"cell_type": "code", "outputs": []},
        {"cell_type": "markdown"},
        {"cell_type": "code", "outputs": [record]},
    ]
    (tmp_path / "nb.ipynb").write_text(json.dumps({"cells": cells}))
    assert read_notebooks(tmp_path) == {"nb": {"accuracy": Recorded(0.91, 2)}}


# --- the ledger of the book --------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger(root):
    return load_claims(root / "book" / "claims.toml")


@pytest.fixture(scope="module")
def records(root):
    return read_notebooks(root / "notebooks")


def test_every_verdict_follows_from_the_stored_numbers(ledger, records):
    assert list(ledger.violations(records)) == []


def test_a_changed_result_that_flips_a_verdict_is_seen(ledger, records):
    """Whatever claim holds: take its number to where it does not, and the check must complain."""
    claim = next(c for c in ledger.claims if c.basis == MEASURED and c.verdict == HOLDS)
    changed = {name: dict(metrics) for name, metrics in records.items()}
    for item in claim.evidence:
        sign, bound = item.expect.comparisons[0]
        if isinstance(bound, str):
            bound = item.value(records, bound)
        beyond = bound + (1e3 if "<" in sign else -1e3)
        changed[item.notebook][item.metric] = Recorded(beyond, 1)
    mine = dataclasses.replace(ledger, claims=(claim,))
    assert list(mine.violations(records)) == []
    said = list(mine.violations(changed))
    assert said == [f"{claim.id}: declared 'holds', but the numbers say 'does not hold here'"]


def test_most_claims_are_measured(ledger):
    count = Counter(claim.basis for claim in ledger.claims)
    assert count[MEASURED] >= 20
    assert count[LITERATURE] <= 7, "only pure facts may rest on the literature alone"
    assert {source for claim in ledger.claims for source in claim.sources} == set(ledger.sources)
