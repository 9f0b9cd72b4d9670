"""The ledger: its rule, its file, and that its verdicts follow from what the notebooks stored."""

import dataclasses
import json
from collections import Counter

import pytest

from gru_course.stats.claims import (
    AS_CLAIMED,
    CONDITIONAL,
    FAILS,
    HOLDS,
    LITERATURE,
    MEASURED,
    NOT_AS_CLAIMED,
    UNDECIDED,
    Claim,
    Evidence,
    Expectation,
    Recorded,
    Seeds,
    load_claims,
    read_notebooks,
)
from gru_course.stats.comparisons import welch_difference

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
    records = numbers(ratio=0.9, low=0.81, high=high)
    assert evidence("< 1", low="low", high="high").outcome(records) == outcome
    assert evidence("> 2", low="low", high="high").outcome(records) == NOT_AS_CLAIMED


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_verdict_follows_from_what_is_not_finite(number):
    interval = {"low": "low", "high": "ratio"}
    for records in (numbers(ratio=number, low=0.1), numbers(ratio=0.9, low=number)):
        with pytest.raises(ValueError, match="not a finite number"):
            evidence("< 1", **interval).outcome(records)
    with pytest.raises(ValueError, match="nb::ratio was not recorded"):
        evidence("< 1").outcome(numbers(low=0.1))
    with pytest.raises(ValueError, match="an interval from 1"):
        evidence("< 1", **interval).outcome(numbers(ratio=0.9, low=1.1))


# --- chance -------------------------------------------------------------------------------------

ONE, OTHER = Seeds("s: one", (0.90, 0.92, 0.91)), Seeds("s: other", (0.84, 0.85, 0.86))


def test_seeds_give_an_interval_and_a_p_value():
    found, p_value = welch_difference(ONE.values, OTHER.values)
    item = evidence("> 0", seeds=ONE, against=OTHER)
    assert item.ends({}) == tuple(found)
    assert item.p_value({}) == pytest.approx(p_value)
    assert item.outcome({}) == AS_CLAIMED
    assert evidence("< 0", seeds=ONE, against=OTHER).outcome({}) == NOT_AS_CLAIMED
    assert evidence("> 0.05", seeds=ONE, against=OTHER).outcome({}) == UNDECIDED
    assert evidence("> other", seeds=ONE).outcome(numbers(other=0.85)) == AS_CLAIMED
    assert evidence("> 0.89 and < 0.93", seeds=ONE).outcome({}) == UNDECIDED
    assert evidence("> 0.8 and < 1", seeds=ONE).outcome({}) == AS_CLAIMED


def test_a_small_test_set_widens_the_interval():
    few, many = (evidence("> 0", seeds=ONE, against=OTHER, items=n) for n in (100, 10**6))
    assert few.outcome({}) == UNDECIDED
    assert many.outcome({}) == AS_CLAIMED


def test_one_run_supports_nothing():
    assert evidence("< 1", once="one run").outcome(numbers(ratio=0.5)) == UNDECIDED
    assert evidence("< 1", exact="counted").outcome(numbers(ratio=0.5)) == AS_CLAIMED


def test_the_smallest_of_several_p_values_is_corrected():
    assert evidence("< 0.05", tests=1).outcome(numbers(ratio=0.02)) == AS_CLAIMED
    assert evidence("< 0.05", tests=6).outcome(numbers(ratio=0.02)) == UNDECIDED


def test_starts_are_compared_by_their_signs():
    records, interval = numbers(ratio=0.8, low=0.7, high=0.9), {"low": "low", "high": "high"}
    assert evidence("< 1", **interval, starts=8).p_value(records) == 2 / 2**8
    assert evidence("< 1", **interval, starts=3).outcome(records) == UNDECIDED


def test_several_chances_are_corrected():
    """Among ten numbers one is below 0.05 by chance: alone it would support the claim."""
    records = numbers(ratio=0.9, low=0.82, high=0.98, near=1.0, above=1.05, below=0.95)
    lucky = evidence("< 1", low="low", high="high")
    nothing = dataclasses.replace(lucky, metric="near", low="below", high="above")
    claim = Claim("a", "t", "q", "c", ("who",), MEASURED, (lucky,), HOLDS, "", "")
    assert claim.outcomes(records) == [AS_CLAIMED]
    many = dataclasses.replace(claim, evidence=(lucky, *[nothing] * 9))
    assert many.outcomes(records) == [UNDECIDED] * 10
    assert many.computed_verdict(records) == FAILS


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
exact = "counted"
expect = "< 1"
says = "First ratio"
[[claim.evidence]]
notebook = "nb"
metric = "other"
exact = "counted"
expect = "< 1"
says = "Second ratio"
"""


STUDY = {
    "a": [1, 2.5, 3],
    "b": [1, 1, 2],
    "one": [1],
    "runs": [{"x": 1, "name": "x"}, {"x": 2, "name": "y"}],
}


@pytest.fixture
def load(tmp_path):
    (tmp_path / "small.json").write_text(json.dumps({"results": STUDY, "provenance": {}}))

    def write_and_load(text):
        (tmp_path / "claims.toml").write_text(text)
        return load_claims(tmp_path / "claims.toml", studies=tmp_path)

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
            'says = "x"\nlow = "a"\nhigh = "b"',
            "'interval' must say what the interval is",
        ),
        ('exact = "counted"\n', "", "a reason why none is needed .* none given"),
        ('exact = "counted"', 'exact = "counted"\nonce = "one run"', r"\['exact', 'once'\] given"),
        ('exact = "counted"', 'seeds = "nowhere: a/b"', "no results in 'nowhere: a/b'"),
        ('exact = "counted"', 'seeds = "a/b"', "'a/b' is no 'study: place/in/it'"),
        ('exact = "counted"', 'seeds = "small: one"', "is a single result"),
        ('exact = "counted"', 'seeds = "small: runs/*/name"', "no results in .*a result"),
        ('exact = "counted"', 'exact = "counted"\nagainst = "small: a"', "beside 'seeds' only"),
        ('exact = "counted"', "tests = 0", "tests: 0 is no number of them"),
        (
            'exact = "counted"\nexpect = "< 1"',
            'seeds = "small: a"\nagainst = "small: b"\nexpect = "> other"',
            "'expect' is about the difference",
        ),
        ('says = "First ratio"', 'says = "x"\nformat = "two"', "evidence 1: Invalid format"),
    ],
)
def test_a_bad_entry_is_refused(load, old, new, said):
    assert old in ENTRY
    with pytest.raises(ValueError, match=said):
        load(ENTRY.replace(old, new, 1))


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ("small: a", (1, 2.5, 3)),
        ("small: runs/*/x", (1, 2)),
        ("small: a - b", (0, 1.5, 1)),
    ],
)
def test_seeds_are_found_in_a_study(load, place, values):
    ledger = load(ENTRY.replace('exact = "counted"', f'seeds = "{place}"', 1))
    assert ledger.claims[0].evidence[0].seeds == (place, values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('metric = "a"\nexact = "x"\nexpect = "> b"', 'metric = "b"\nexact = "x"\nexpect = ">= a"'),
        ('metric = "a"\nexact = "x"\nexpect = "> b"', 'metric = "a"\nexact = "x"\nexpect = "<= b"'),
        ('metric = "a"\nexact = "x"\nexpect = "> 1"', 'metric = "a"\nexact = "x"\nexpect = "<= 1"'),
        (
            'metric = "a"\nseeds = "small: a"\nagainst = "small: b"\nexpect = "> 0"',
            'metric = "b"\nseeds = "small: b"\nagainst = "small: a"\nexpect = ">= 0"',
        ),
    ],
    ids=["swapped", "negated", "number", "seeds"],
)
def test_expectations_that_exclude_each_other_are_refused(load, one, other):
    """A claim with two such expectations could never get another verdict than "conditions"."""
    where = '\n[[claim.evidence]]\nnotebook = "nb"\nsays = "x"\n'
    assert load(HEAD + where + one + where + one).claims
    with pytest.raises(ValueError, match="exclude each other"):
        load(HEAD + where + one + where + other)


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
    claim = next(
        c
        for c in ledger.claims
        if c.verdict == HOLDS and c.evidence and not any(item.seeds for item in c.evidence)
    )
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


def test_what_was_trained_has_an_interval(ledger):
    """A comparison without one is either free of chance, with the reason, or supports nothing."""
    for claim in ledger.claims:
        for item in claim.evidence:
            known = item.seeds or item.low or item.tests or item.exact or item.once
            assert known, f"{claim.id}: {item.metric}"
            assert not (item.exact and "accuracy" in item.metric), f"{claim.id}: {item.metric}"


def test_most_claims_are_measured(ledger):
    count = Counter(claim.basis for claim in ledger.claims)
    assert count[MEASURED] >= 20
    assert count[LITERATURE] <= 7, "only pure facts may rest on the literature alone"
    assert {source for claim in ledger.claims for source in claim.sources} == set(ledger.sources)
