import math
from dataclasses import replace

import pytest

from gru_course.course.gates import Gate, NotebookGates, load_gates

GATE = Gate("accuracy", floor=0.8, ceiling=0.9, because="measured")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.85, None),
        (0.8, None),
        (0.9, None),
        (0.79, "below its floor"),
        (0.91, "above its ceiling"),
        (None, "was not recorded"),
        (math.nan, "not a finite number"),
        (math.inf, "not a finite number"),
        ("0.85", "not a finite number"),
    ],
)
def test_violation(value, said):
    found = GATE.violation(value)
    assert (found is None) if said is None else (said in str(found))


def test_every_gate_counts():
    gates = tuple(replace(GATE, metric=name) for name in ("first", "second", "last"))
    records = {gate.metric: 0.5 for gate in gates}
    found = NotebookGates("01_x", "quick", 60, gates).violations(records)
    assert [text.split()[2] for text in found] == ["first", "second", "last"]


def test_budget():
    gates = NotebookGates("01_x", "quick", budget_cpu_seconds=60, gates=(GATE,))
    assert gates.over_budget(60) == []
    assert gates.over_budget(61) == ["01_x (quick): took 61 s of CPU time, over its budget of 60 s"]
    assert gates.violations({"accuracy": 0.85}) == []
    assert gates.violations({}) == ["01_x (quick): accuracy was not recorded"]


GOOD = """
[nb]
budget_cpu_seconds = {quick = 1, full = 2}
[nb.a]
quick = {floor = 0.5}
full = {ceiling = 0.5}
because = "chance"
[nb.b]
full = {floor = 1, ceiling = 2}
because = "arithmetic"
"""


def test_load(tmp_path):
    path = tmp_path / "gates.toml"
    path.write_text(GOOD)
    gates = load_gates(path)
    assert gates["nb", "quick"].gates == (Gate("a", 0.5, math.inf, "chance"),)
    assert gates["nb", "full"].budget_cpu_seconds == 2
    assert [gate.metric for gate in gates["nb", "full"].gates] == ["a", "b"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("quick = 1, ", "", "needs budget_cpu_seconds for each of quick, full"),
        ('because = "chance"', 'because = " "', "'because' must say"),
        ("{floor = 0.5}", "{minimum = 0.5}", "needs a floor or a ceiling and nothing else"),
        ("{floor = 0.5}", "{}", "needs a floor or a ceiling"),
        ("{floor = 1, ceiling = 2}", "{floor = 2, ceiling = 2}", "not below ceiling"),
        ("full = {ceiling", "slow = {ceiling", "unknown keys: slow"),
    ],
)
def test_bad_declarations(tmp_path, old, new, message):
    path = tmp_path / "gates.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_gates(path)
