"""The numbers stored in the notebooks keep the promises of the full profile."""

import json
import math

import pytest
from notebook_runs import NOTEBOOKS

from gru_course.course.gates import load_gates
from gru_course.course.metrics import read_records

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
GATES = load_gates(NOTEBOOKS / "gates.toml")


def stored(path):
    return read_records(json.loads(path.read_text(encoding="utf-8")))


def test_every_notebook_has_gates_and_every_gate_a_notebook():
    assert {name for name, _ in GATES} == {path.stem for path in PATHS}
    assert all(gates.gates for gates in GATES.values())


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_stored_numbers_pass_the_gates_of_full(path):
    assert GATES[path.stem, "full"].violations(stored(path)) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_each_stored_number_that_leaves_its_gate_is_red(path):
    promises, records = GATES[path.stem, "full"], stored(path)
    for gate in promises.gates:
        bad = gate.floor - 1 if math.isfinite(gate.floor) else gate.ceiling + 1
        for changed in ({**records, gate.metric: bad}, {**records, gate.metric: math.nan}):
            assert len(promises.violations(changed)) == 1
        missing = {name: value for name, value in records.items() if name != gate.metric}
        assert len(promises.violations(missing)) == 1
