"""The table of faults, what is known of each, and a few of them tried again."""

import pytest
from mutate import KINDS, RESULTS, Copy, load, read_results, sample
from passes import ROOT, Passes, environment, key_of

MUTANTS = load()
SAMPLE, SECONDS = 5, 4.0
"""How many faults are tried in each test run, and how long each may have taken."""


def test_every_fault_can_be_tried():
    assert [text for mutant in MUTANTS for text in mutant.problems(ROOT)] == []


def test_faults_are_of_every_kind():
    assert {mutant.kind for mutant in MUTANTS} == set(KINDS)
    assert len(MUTANTS) >= 40


def test_every_fault_was_caught_as_it_stands():
    results = read_results(RESULTS)
    missing = {m.name for m in MUTANTS if results.get(m.name, {}).get("key") != m.key(ROOT)}
    assert missing == set(), f"run: python tools/mutate.py {' '.join(sorted(missing))}"
    assert list(results) == [mutant.name for mutant in MUTANTS]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(ROOT, tmp_path_factory.mktemp("mutants") / "copy")


@pytest.mark.parametrize(
    "mutant", sample(MUTANTS, ROOT, read_results(RESULTS), SAMPLE, SECONDS), ids=lambda m: m.name
)
def test_a_fault_is_caught_again(mutant, copy):
    passes, key = Passes(), key_of(mutant.key(ROOT), mutant.code(ROOT), environment())
    if not passes.has("mutants", mutant.name, key):
        outcome = copy.try_out(mutant)
        assert outcome.verdict == "caught", outcome.said
        passes.add("mutants", mutant.name, key)


def test_the_page_shows_every_kind(root):
    page = (root / "book" / "mutants.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"{{mutants}} {kind}\n" not in page] == []
