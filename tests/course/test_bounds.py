import math
from dataclasses import replace

import pytest

from gru_course.course.bounds import Bound, NotebookBounds, load_bounds

BOUND = Bound("accuracy", floor=0.8, ceiling=0.9, because="measured")


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
    found = BOUND.violation(value)
    assert (found is None) if said is None else (said in str(found))


def test_every_bound_counts():
    bounds = tuple(replace(BOUND, metric=name) for name in ("first", "second", "last"))
    records = {bound.metric: 0.5 for bound in bounds}
    found = NotebookBounds("01_x", "quick", 60, bounds).violations(records)
    assert [text.split()[2] for text in found] == ["first", "second", "last"]


def test_budget():
    bounds = NotebookBounds("01_x", "quick", budget_cpu_seconds=60, bounds=(BOUND,))
    assert bounds.over_budget(60) == []
    said = "01_x (quick): took 61 s of CPU time, over its budget of 60 s"
    assert bounds.over_budget(61) == [said]
    assert bounds.violations({"accuracy": 0.85}) == []
    assert bounds.violations({}) == ["01_x (quick): accuracy was not recorded"]


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
    path = tmp_path / "bounds.toml"
    path.write_text(GOOD)
    bounds = load_bounds(path)
    assert bounds["nb", "quick"].bounds == (Bound("a", 0.5, math.inf, "chance"),)
    assert bounds["nb", "full"].budget_cpu_seconds == 2
    assert [bound.metric for bound in bounds["nb", "full"].bounds] == ["a", "b"]


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
    path = tmp_path / "bounds.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_bounds(path)
