"""Run every notebook in the quick profile and hold it to its gates."""

import papermill
import pytest
from notebook_runs import NOTEBOOKS, run_notebook

from gru_course.gates import load_gates
from gru_course.metrics import read_records

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
GATES = load_gates(NOTEBOOKS / "gates.toml")


def test_every_notebook_has_gates_and_every_gate_a_notebook():
    assert {name for name, _ in GATES} == set(NAMES)
    assert all(gates.gates for gates in GATES.values())


# One group: trainings never run beside each other, or the time budgets would measure the neighbour.
@pytest.mark.xdist_group("notebooks")
@pytest.mark.parametrize("name", NAMES)
def test_notebook_passes_its_gates(name, tmp_path):
    notebook, seconds = run_notebook(NOTEBOOKS / f"{name}.ipynb", "quick", tmp_path)
    records = read_records(notebook)
    print(f"{name}: {seconds:.0f} s, {records}")
    assert GATES[name, "quick"].violations(records, seconds) == []


# --- the checker itself, on notebooks that are broken on purpose -------------------------------

SAMPLE_GATES = NOTEBOOKS.parent / "tests" / "notebooks" / "samples" / "gates.toml"
SAMPLES = SAMPLE_GATES.parent


def check_sample(name, tmp_path):
    notebook, seconds = run_notebook(SAMPLES / f"{name}.ipynb", "quick", tmp_path)
    return load_gates(SAMPLE_GATES)[name, "quick"].violations(read_records(notebook), seconds)


def test_a_good_notebook_is_green(tmp_path):
    assert check_sample("good", tmp_path) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shuffled_labels", "below its floor 0.9"),
        ("leaking_labels", "above its ceiling 0.99"),
        ("missing_metric", "test_accuracy was not recorded"),
        ("printed_metric", "test_accuracy was not recorded"),
        ("over_budget", "over its budget of 0.5 s"),
    ],
)
def test_a_bad_notebook_is_red(name, said, tmp_path):
    violations = check_sample(name, tmp_path)
    assert len(violations) == 1
    assert said in violations[0]


def test_a_raising_notebook_is_red(tmp_path):
    with pytest.raises(papermill.exceptions.PapermillExecutionError, match="ZeroDivisionError"):
        run_notebook(SAMPLES / "raising.ipynb", "quick", tmp_path)


def test_a_notebook_without_the_parameter_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no cell tagged 'parameters' that sets profile"):
        run_notebook(SAMPLES / "no_parameter.ipynb", "quick", tmp_path)
