"""The numbers stored in the notebooks keep the promises of the full profile."""

import json
import math

import pytest
from notebook_runs import NOTEBOOKS

from gru_course.course.bounds import load_bounds
from gru_course.course.metrics import read_records

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
BOUNDS = load_bounds(NOTEBOOKS / "bounds.toml")


def stored(path):
    return read_records(json.loads(path.read_text(encoding="utf-8")))


def test_every_notebook_has_bounds_and_every_bound_a_notebook():
    assert {name for name, _ in BOUNDS} == {path.stem for path in PATHS}
    assert all(bounds.bounds for bounds in BOUNDS.values())


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_stored_numbers_keep_the_bounds_of_full(path):
    assert BOUNDS[path.stem, "full"].violations(stored(path)) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_each_stored_number_that_leaves_its_bounds_is_red(path):
    promises, records = BOUNDS[path.stem, "full"], stored(path)
    for bound in promises.bounds:
        bad = bound.floor - 1 if math.isfinite(bound.floor) else bound.ceiling + 1
        for changed in ({**records, bound.metric: bad}, {**records, bound.metric: math.nan}):
            assert len(promises.violations(changed)) == 1
        missing = {name: value for name, value in records.items() if name != bound.metric}
        assert len(promises.violations(missing)) == 1
