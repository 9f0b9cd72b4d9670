"""Every bound follows from stored numbers, and every number in its reason has a source.

A bound that lets the opponent pass proves nothing, one that is far from what was measured notices
nothing, and a reason that names numbers of an older run explains nothing.
"""

import json
import math
from dataclasses import replace

import gate_limits as checked
import pytest
from gate_limits import Gate, load_gates, unexplained
from stored_numbers import Stored

STORED = Stored()
GATES, BECAUSE = load_gates()
LESSONS = sorted({gate.lesson for gate in GATES})


def of_metric(name):
    return [gate for gate in GATES if f"{gate.lesson}.{gate.metric}" == name]


def moved(gate, side, bound):
    return replace(gate, bounds={**gate.bounds, side: bound}).faults(STORED)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_bound_follows_from_what_was_measured(lesson):
    faults = [fault for gate in GATES if gate.lesson == lesson for fault in gate.faults(STORED)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_number_in_a_reason_has_a_source(lesson):
    reasons = {name: why for name, why in BECAUSE.items() if name.startswith(f"{lesson}.")}
    unknown = {name: unexplained(of_metric(name), why, STORED) for name, why in reasons.items()}
    assert not {name: numbers for name, numbers in unknown.items() if numbers}


def test_each_gate_is_red_where_it_is_looser_or_lets_the_opponent_pass():
    for gate in GATES:
        value, _ = gate.measured(STORED)
        for side, bound in gate.bounds.items():
            away = -1 if side == "floor" else 1
            if "cannot" not in gate.declared:
                looser = gate.limit(side, STORED) + away * (abs(value) + 1) * 1e-6
                assert any("is looser than" in fault for fault in moved(gate, side, looser))
            for opponent in gate.opponents(side, STORED):
                assert any("pass, which it must" in f for f in moved(gate, side, opponent))
            stricter = value - away * (abs(value - bound) + abs(value) + 1)
            assert any("refuses what was" in fault for fault in moved(gate, side, stricter))
            undeclared = replace(gate, declared={})
            assert "does not say where its numbers come from" in undeclared.faults(STORED)[0]


def test_few_gates_say_that_they_cannot_be_computed():
    """Times of a machine, and the size of a file that another program writes."""
    metrics = {
        f"{g.lesson}.{g.metric}": g.declared["cannot"] for g in GATES if "cannot" in g.declared
    }
    assert len(metrics) <= 24
    assert all(
        any(word in f"{name} {why}" for word in ("time", "version"))
        for name, why in metrics.items()
    )


def test_most_changed_numbers_in_a_reason_are_noticed():
    noticed = []
    for name, why in BECAUSE.items():
        written = checked.NUMBER.findall(checked.NO_NUMBERS.sub(" ", why))
        for text in filter(lambda text: "." in text, written):
            digits, _, exponent = text.partition("e")
            changed = digits.rstrip("%")[:-1] + str((int(digits.rstrip("%")[-1]) + 3) % 10)
            changed += "%" * text.endswith("%") + f"e{exponent}" * bool(exponent)
            noticed.append(
                changed in unexplained(of_metric(name), f"It is {changed} here.", STORED)
            )
    assert len(noticed) > 500
    assert sum(noticed) / len(noticed) > 0.85


# --- each fault of a small course -----------------------------------------------------------------

FOUND = [0.89, 0.90, 0.91]
RESULTS = {
    "seeds": [{"test": value, "said": [1, n, 3]} for n, value in enumerate(FOUND)],
    "base": 0.5,
    "labels": [1, 2, 3],
    "speakers": [{"a": {"test": 1}, "b": {"test": 2}}, {"a": {"test": 3}, "b": {"test": 4}}],
}
DECLARED = {"measured": "trained: seeds/*/test", "above": ["frequencies"], "given": [4]}


@pytest.fixture
def course(tmp_path):
    """Write a lesson that has recorded 0.9, its quick run, and the study behind it."""

    def output(name, value):
        data = {"application/papermill.record/text/plain": json.dumps(value)}
        return {"data": data, "metadata": {"scrapbook": {"name": name}}}

    cells = [{"outputs": [output("accuracy", 0.9), output("frequencies", 0.5)]}]
    texts = [["record accuracy", ["0.9"]], ["record frequencies", ["0.5"]], ["stdout", ["0.1"]]]
    files = {
        "notebooks/lesson.ipynb": {"cells": cells},
        "notebooks/quick/lesson.json": {"cells": [{"texts": texts}]},
        "studies/trained.json": {"results": RESULTS},
        "benchmarks/timed.json": {"results": [[1.0, 2.0], [2.0, 4.0]]},
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    return Stored(tmp_path)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (3, [3]),
        ("accuracy", [0.9]),
        ("lesson.frequencies", [0.5]),
        ("trained: seeds/*/test", FOUND),
        ("trained: seeds/0/test", FOUND[:1]),
        ("trained: labels", [1, 2, 3]),
        ("trained: seeds/*/test - base", [0.39, 0.40, 0.41]),
        ("trained: base / seeds/*/test", [0.5 / value for value in FOUND]),
        ("trained: seeds/*/said = labels", [2 / 3, 2 / 3, 1]),
        ("trained: speakers/*/~/test", [1.5, 3.5]),
        ("timed: */0 / */1", [0.5, 0.5]),
    ],
)
def test_a_source_names_numbers(course, source, found):
    assert course.values(source, "lesson", "full") == pytest.approx(tuple(found))


@pytest.mark.parametrize(
    "source",
    [
        *(
            "trained: labels = seeds/*/test/0",
            "trained: seeds/*/test - labels/*/x",
            "trained: base/0",
        ),
        *("trained: seeds/*/said = speakers", "trained: base / seeds/*/none", "trained: ", None),
    ],
)
def test_a_source_that_names_nothing_is_refused(course, source):
    with pytest.raises(ValueError, match=r"nothing stands at|is no number and no source"):
        course.values(source, "lesson", "full")


def gate(bounds, **declared):
    return Gate("lesson", "accuracy", "full", bounds, {**DECLARED, **declared})


def test_a_bound_that_follows_has_no_fault(course):
    assert gate({"floor": 0.86}).faults(course) == []
    assert gate({"floor": 0.86, "ceiling": 0.94}).faults(course) == []
    assert gate({"floor": 0.878}, errors=True).faults(course) == []


@pytest.mark.parametrize(
    ("bounds", "declared", "said"),
    [
        ({"floor": 0.84}, {}, "floor 0.84 is looser than 0.8587; measured 0.9"),
        ({"ceiling": 0.96}, {}, "ceiling 0.96 is looser than 0.9414"),
        ({"floor": 0.86}, {"errors": True}, "looser than 0.8756"),
        ({"floor": 0.45}, {}, "floor 0.45 lets 0.5 pass, which it must keep out"),
        ({"floor": 0.86}, {"above": [], "below": []}, "keeps nothing out: name an opponent"),
        ({"floor": 0.905}, {}, "refuses what was measured, 0.9"),
        ({"floor": 0.89}, {"of": "lowest"}, "the lesson recorded 0.9, 'trained: seeds/*/test'"),
        ({"floor": 0.86}, {"measured": "trained: seeds/*/score"}, "nothing stands at 'trained"),
        ({"floor": 0.86}, {"measured": "gone: seeds/*/test"}, "nothing stands at 'gone"),
        ({"floor": 0.86}, {"measured": "recall"}, "'lesson' recorded nothing as 'recall' in full"),
        ({"floor": 0.86}, {"measured": "other.recall"}, "'other' recorded nothing as 'recall'"),
        ({"floor": 0.86}, {"measured": 0.9}, "0.9 stands in none of 'pilot', 'published'"),
        ({"floor": 0.86}, {"above": [0.6]}, "0.6 stands in none of"),
        ({"floor": 0.86}, {"abvoe": ["frequencies"]}, "unknown keys: abvoe"),
        ({"floor": 0.86}, {"above": 0.5}, "above is 0.5; expected a list"),
        ({"floor": 0.86}, {"room": ""}, "room is ''; expected a reason in words"),
        ({"floor": 0.86}, {"of": "best"}, "of is 'best'; expected one of mean, median, lowest"),
        ({"floor": 0.86}, {"rounding": 16}, "rounding is 16; expected one of 32, 64"),
        ({"floor": 0.69}, {"room": "machines"}, "looser than 0.7; measured 0.9"),
        ({"floor": 0.86}, {"measured": "accuracy", "exact": "x", "room": "y"}, "than 0.882"),
        ({"ceiling": 0.86}, {"above": [], "alone": "x"}, "ceiling 0.86 refuses"),
    ],
)
def test_each_fault_is_said(course, bounds, declared, said):
    faults = gate(bounds, **declared).faults(course)
    assert any(said in fault for fault in faults), faults
    assert all(fault.startswith("[lesson.accuracy] full: ") for fault in faults)


def test_counts_and_rounding_have_limits_of_their_own(course):
    counted = gate({"floor": 3.5}, measured=4, exact="counted", above=[])
    assert counted.faults(course) == [
        "[lesson.accuracy] full: floor 3.5 refuses what was recorded, 0.9"
    ]
    assert counted.limit("ceiling", course) == 4.5
    rounded = gate({"ceiling": 1e-4}, measured=4e-8, given=[4e-8], rounding=32, above=[])
    assert rounded.limit("ceiling", course) == pytest.approx(1.19e-4, rel=0.01)
    opposed = gate({}, measured=4e-8, given=[4e-8], rounding=32, below=["frequencies"])
    assert opposed.limit("ceiling", course) == pytest.approx(math.sqrt(1.19e-7 * 0.5), rel=0.01)


def test_powers_of_ten_are_compared_as_such(course):
    scattered = gate(
        {}, measured=4, spread=0.25, scale="log", given=[4, 0.25], above=["frequencies"]
    )
    assert scattered.limit("floor", course) == pytest.approx(0.4, rel=0.02)
    roomy = gate({}, measured=4, scale="log", room="x", above=["frequencies"])
    assert roomy.limit("floor", course) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize(
    ("because", "unknown"),
    [
        ("0.89 to 0.91 over 3 seeds, mean 0.900", ["3"]),
        ("mean 0.9 less four spreads of 0.01: 0.86", []),
        ("90% in quick, where frequencies get 0.50", []),
        ("mean 0.901", ["0.901"]),
        ("see seeds 0 to 2 in studies/trained_2.json, 32-bit floats, a beam of 4", []),
        ("5-grams get 0.51 and 0.97", ["0.51", "0.97"]),
    ],
)
def test_a_number_without_a_source_is_named(course, because, unknown):
    assert unexplained([gate({"floor": 0.86})], because, course) == unknown


def test_what_is_declared_needs_a_bound(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/bounds.toml").write_text(
        "[a]\nbudget_cpu_seconds = {quick = 1, full = 1}\n"
        '[a.b]\nfull = {floor = 1}\nbecause = "c"\n'
    )
    (tmp_path / "notebooks/gates.toml").write_text('[a.b]\nexact = "counted"\nfull.alone = "x"\n')
    gates, because = load_gates(tmp_path)
    assert gates == [Gate("a", "b", "full", {"floor": 1}, {"exact": "counted", "alone": "x"})]
    assert because == {"a.b": "c"}
    (tmp_path / "notebooks/gates.toml").write_text("[a.b\n")
    with pytest.raises(ValueError, match=r"gates.toml: "):
        load_gates(tmp_path)
    (tmp_path / "notebooks/gates.toml").write_text("[a.old]\n")
    with pytest.raises(ValueError, match=r"declares what has no bound: \[a.old\]"):
        load_gates(tmp_path)


def test_the_program_names_each_fault(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["gates.py", "01"])
    assert checked.main() == 0
    assert capsys.readouterr().out.count("[01_gru_from_scratch.") == 8
    monkeypatch.setattr(
        checked, "load_gates", lambda: ([gate({"floor": 0.1})], {"lesson.accuracy": ""})
    )
    monkeypatch.setattr("sys.argv", ["gates.py"])
    assert checked.main() == 1
    assert "WRONG [lesson.accuracy] full: " in capsys.readouterr().out
