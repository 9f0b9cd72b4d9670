"""The studies themselves: what they store can be taken apart into pieces and put together again."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted([*ROOT.glob("studies/*.py"), *ROOT.glob("benchmarks/*.py")])
# What each review's answer was is not stored, and such figures cannot be made from what is.
NOT_MADE_AGAIN = {
    "architecture_zoo",
    "better_gru",
    "forecasting",
    "looking_inside",
    "overfitting",
    "prices",
}


def study_of(path):
    spec = importlib.util.spec_from_file_location(f"study_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.study()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_stored_results_are_those_of_the_pieces(path):
    study = study_of(path)
    stored = json.loads(path.with_suffix(".json").read_text())["results"]
    parts = study.take_apart(stored)
    assert parts
    assert parts.keys() <= study.pieces.keys()
    if path.stem not in NOT_MADE_AGAIN:
        assert parts.keys() == study.pieces.keys()
        assert json.loads(json.dumps(study.assemble(parts))) == stored
