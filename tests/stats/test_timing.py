import numpy as np
import pytest

from gru_course.layers.backend import keras
from gru_course.stats import timing
from gru_course.stats.statistics import ratio_of_medians


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the calls move, so that the tests do not depend on the machine."""

    class Clock:
        now = 0.0
        drift = 1.0

        def work(self, seconds):
            self.now += seconds * self.drift
            self.drift *= 1.02  # the machine gets slower all the time

    clock = Clock()
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock.now)
    return clock


def test_a_slower_call_is_seen_though_the_machine_drifts(clock):
    calls = {"slow": lambda: clock.work(2.0), "fast": lambda: clock.work(1.0)}
    times = timing.interleaved(calls, rounds=9)
    ratio = ratio_of_medians(times["slow"], times["fast"])
    assert ratio.low > 1.5
    assert ratio.high < 2.6


def test_equal_calls_stay_equal_though_the_machine_drifts(clock):
    calls = {"first": lambda: clock.work(1.0), "second": lambda: clock.work(1.0)}
    times = timing.interleaved(calls, rounds=9)
    ratio = ratio_of_medians(times["first"], times["second"])
    assert ratio.low < 1 < ratio.high

    one_after_the_other = [timing.interleaved({n: c}, rounds=9)[n] for n, c in calls.items()]
    assert ratio_of_medians(*one_after_the_other).high < 0.9, "the mistake that rounds avoid"


def test_every_call_runs_in_every_round_and_the_order_changes():
    seen = []
    calls = {name: lambda name=name: seen.append(name) for name in "abc"}
    times = timing.interleaved(calls, rounds=20, repeats=2, warm_up=1)
    assert all(len(samples) == 20 for samples in times.values())
    assert seen[:3] == ["a", "b", "c"]
    rounds = np.array(seen[3:]).reshape(20, 6)
    assert all(sorted(row) == list("aabbcc") for row in rounds)
    assert len({"".join(row) for row in rounds}) > 3


def test_nothing_to_time_is_refused():
    with pytest.raises(ValueError, match="at least one call"):
        timing.interleaved({})


@pytest.mark.parametrize("xla", [True, False])
def test_a_training_step_learns_and_a_forward_step_does_not(xla):
    layer = keras.layers.GRU(3)
    train, forward = timing.layer_steps(layer, (2, 4, 5), xla=xla)
    before = np.array(forward())
    assert np.array_equal(before, forward())
    train()
    assert not np.array_equal(before, forward())
