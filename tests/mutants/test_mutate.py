"""The tool itself, on a small project: what it must call caught, survived or an error."""

import json
from dataclasses import replace
from xml.sax.saxutils import quoteattr

import mutate
import pytest
from mutate import Copy, Mutant, judge, load, read_results, sample

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

CODE = """
def largest(values):
    return max(values)
"""
TESTS = """
import pytest
from largest import largest

def test_largest():
    assert largest([1, 3, 2]) == 3

@pytest.mark.parametrize("values", [[5], [5, 5]])
def test_equal(values):
    assert largest(values) == 5

def test_nothing():
    with pytest.raises(ValueError, match="empty"):
        largest([])

@pytest.fixture
def found():
    return largest([1, 2])

def test_prepared(found):
    assert found == 2

@pytest.mark.skip
def test_left_out():
    assert False

def test_red_already():
    assert largest([1]) == 2
"""
GOOD = Mutant(
    name="smallest",
    kind="metrics",
    wrong="The smallest value is returned.",
    teaches="A test with one value cannot see it.",
    file="src/largest.py",
    old="max(values)",
    new="min(values)",
    test="tests/test_largest.py::test_largest",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    for name, text in {"src/largest.py": CODE, "tests/test_largest.py": TESTS}.items():
        (root / name).parent.mkdir()
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def copy(project, tmp_path_factory):
    return Copy(project, tmp_path_factory.mktemp("work") / "copy")


def named(test, **changed):
    return replace(GOOD, test=f"tests/test_largest.py::{test}", **changed)


@pytest.mark.parametrize(
    ("mutant", "verdict", "said"),
    [
        (GOOD, "caught", "assert 1 == 3"),
        (replace(GOOD, says="1 == 3"), "caught", "assert"),
        (named("test_nothing", new="max(values, default=0)"), "caught", "DID NOT RAISE"),
        # The test has only one value to choose from.
        (named("test_equal"), "survived", "2 tests passed"),
        # It fails, but the fault broke something before the check could see it.
        (named("test_largest", new="max(value)"), "error", "not by its check: NameError"),
        (named("test_prepared", new="max(value)"), "error", "not by its check: failed on setup"),
        (replace(GOOD, says="2 == 3"), "error", "not by its check: assert 1 == 3"),
        (replace(GOOD, old="def largest", new="def other"), "error", "pytest ended with 4"),
        (named("test_left_out"), "error", "did not run"),
        (named("test_equal[values7]"), "error", "pytest ended with 4"),
    ],
)
def test_verdicts(project, copy, mutant, verdict, said):
    assert mutant.problems(project) == []
    outcome = copy.try_out(mutant)
    assert (outcome.verdict, said in outcome.said) == (verdict, True), outcome
    assert (copy.folder / "src/largest.py").read_text() == CODE


def test_a_test_that_hangs_catches_nothing(copy, monkeypatch):
    monkeypatch.setattr(mutate, "LIMIT", 2)
    mutant = replace(GOOD, new="max(values, key=lambda _: __import__('time').sleep(60))")
    outcome = copy.try_out(mutant)
    assert (outcome.verdict, outcome.said) == ("error", "still running after 2 s")


def test_a_test_that_is_red_without_any_fault_is_named(copy):
    tests = [GOOD.test, "tests/test_largest.py::test_red_already"]
    assert list(copy.red_without_fault(tests)) == tests[1:]
    assert copy.red_without_fault(tests[:1]) == {}


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        ("AssertionError: Not equal to tolerance", "caught"),
        ("Failed: DID NOT RAISE ValueError", "caught"),
        ("07_first_gru (quick): test_accuracy is 0.5, below its floor 0.9", "caught"),
        ("001 Example\nExpected:\n    1\nGot:\n    2", "caught"),
        ("Failed: Timeout (>600.0s) from pytest-timeout.", "error"),
        ("ValueError: AssertionError", "error"),
    ],
)
def test_what_counts_as_a_check(message, verdict, tmp_path):
    (tmp_path / "report.xml").write_text(
        f"<testsuite><testcase><failure message={quoteattr(message)}/></testcase></testsuite>"
    )
    assert judge(tmp_path / "report.xml", "", 0).verdict == verdict


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"old": "sum(values)"}, "stands 0 times in src/largest.py"),
        ({"old": "values"}, "stands 2 times in src/largest.py"),
        ({"new": "max(values)"}, "and differ from the new one"),
        ({"file": "src/gone.py"}, "there is no file src/gone.py"),
        ({"test": "tests/test_largest.py::test_gone"}, "name the one that catches it now"),
        ({"test": "tests/test_gone.py::test_largest"}, "name the one that catches it now"),
        ({"new": "max(values"}, "would not even be read with the fault"),
        ({"kind": "luck"}, "kind is 'luck'; expected one of data"),
    ],
)
def test_what_cannot_be_tried_is_said(project, changed, said):
    (found,) = replace(GOOD, **changed).problems(project)
    assert found.startswith("smallest: ")
    assert said in found


ENTRY = """
[[mutant]]
name = "smallest"
kind = "metrics"
wrong = "The smallest value is returned."
teaches = "A test with one value cannot see it."
file = "src/largest.py"
old = "max(values)"
new = "min(values)"
test = "tests/test_largest.py::test_largest"
"""


def test_the_table_is_read_and_checked(tmp_path):
    table = tmp_path / "mutants.toml"
    table.write_text(ENTRY)
    assert load(table) == [GOOD]
    for text, said in (
        (ENTRY * 2, "'smallest' stands there twice"),
        (ENTRY.replace('kind = "metrics"\n', ""), "smallest: .* 'kind'"),
        (ENTRY + 'because = "x"\n', "smallest: .* 'because'"),
    ):
        table.write_text(text)
        with pytest.raises(ValueError, match=said):
            load(table)


@pytest.fixture
def run(project, tmp_path, monkeypatch):
    """Return a function that runs the tool on some faults of the small project."""
    monkeypatch.setattr(mutate, "ROOT", project)
    monkeypatch.setattr(mutate, "RESULTS", tmp_path / "results.json")

    def with_mutants(*mutants, names=()):
        monkeypatch.setattr(mutate, "load", lambda: list(mutants))
        status = mutate.main(list(names))
        return status, sorted(read_results(tmp_path / "results.json"))

    return with_mutants


def test_only_what_is_caught_is_stored_and_a_survivor_is_red(run, capsys):
    weak = named("test_equal", name="weak")
    assert run(GOOD, weak) == (1, ["smallest"])
    said = capsys.readouterr().out
    assert "survived" in said
    assert "1 of 2 faults caught" in said
    assert run(GOOD, weak, names=["smallest"]) == (0, ["smallest"])
    assert run(replace(GOOD, name="weak")) == (0, ["weak"])  # what is not in the table is forgotten
    assert run(weak) == (1, [])  # and what is no longer caught


def test_nothing_runs_while_an_entry_does_not_fit(run, capsys):
    assert run(GOOD, replace(GOOD, name="moved", old="sum(values)")) == (1, [])
    assert "RED  moved: the old text stands 0 times" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(GOOD, names=["unheard-of"])


def test_a_red_test_catches_nothing(run, capsys):
    assert run(named("test_red_already")) == (1, [])
    assert "red without the fault" in capsys.readouterr().out


def test_the_age_of_a_result_shows(project):
    key, code = GOOD.key(project), GOOD.code(project)
    assert key == replace(GOOD, wrong="Said in other words.").key(project)
    assert key != replace(GOOD, new="values[0]").key(project)
    tests, source = project / "tests/test_largest.py", project / "src/largest.py"
    try:
        tests.write_text(TESTS.replace("[1, 3, 2]", "[2, 3]"))
        assert GOOD.key(project) != key
        tests.write_text(TESTS.replace("[5, 5]", "[5, 4]"))  # another test of the same file
        assert GOOD.key(project) == key
        assert GOOD.code(project) != code
        tests.write_text(TESTS)
        source.write_text(CODE + "\n")
        assert GOOD.key(project) == key
        assert GOOD.code(project) != code
    finally:
        tests.write_text(TESTS)
        source.write_text(CODE)


def test_the_sample_takes_quick_ones_and_those_whose_code_has_changed_first(project, tmp_path):
    mutants = [replace(GOOD, name=name) for name in "abcdef"]
    results = {m.name: {"seconds": 1.0, "code": m.code(project)} for m in mutants}
    results["b"]["seconds"] = 60.0
    results["e"]["code"] = "of an older file"
    del results["f"]  # never caught so far: nobody knows how long it takes
    path = tmp_path / "results.json"
    path.write_text(json.dumps(results))
    chosen = sample(mutants, project, read_results(path), size=3, seconds=5)
    names = [mutant.name for mutant in chosen]
    assert names[0] == "e"
    assert set(names[1:]) < {"a", "c", "d"}
