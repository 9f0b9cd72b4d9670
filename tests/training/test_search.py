"""A search that is killed in the middle goes on, and ends as if nothing had happened."""

import inspect
import subprocess
import sys
import textwrap

import optuna
import pytest
from optuna.trial import TrialState

from gru_course.training.checkpoints import Diverged
from gru_course.training.search import ended, finished, open_search, progress, search

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


def hills(trial):
    place = trial.suggest_float("place", -4, 4)
    kind = trial.suggest_categorical("kind", ["low", "high"])
    return (1.0 if kind == "high" else 0.0) - (place - 1) ** 2


def tried(study):
    return [(trial.params, trial.value) for trial in finished(study)]


def test_it_finds_the_hill_and_reports_every_trial(tmp_path):
    lines = []
    study = search(hills, tmp_path / "j.log", trials=25, report=lines.append)
    assert study.best_params["kind"] == "high"
    assert abs(study.best_params["place"] - 1) < 0.5
    assert len(lines) == 25
    assert lines[6].startswith("trial 7 of 25: ")
    assert "best so far" in progress(study, 25)


# The process is killed without a chance to clean up, in the middle of the fourth trial.
KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {folder!r})
    from gru_course.training.search import search
    from objective import hills
    calls = 0
    def dies(trial):
        global calls
        calls += 1
        value = hills(trial)
        if calls == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return value
    search(dies, Path({journal!r}), trials=8)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_in_the_middle_it_goes_on(tmp_path):
    (tmp_path / "objective.py").write_text(inspect.getsource(hills))
    journal = tmp_path / "j.log"
    program = textwrap.dedent(KILLED).format(folder=str(tmp_path), journal=str(journal))
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    assert killed.stdout.count("trial ") == 3  # what was finished has been reported
    assert len(finished(open_search(journal))) == 3  # and kept

    resumed = search(hills, journal, trials=8, report=None)
    whole = search(hills, tmp_path / "whole.log", trials=8, report=None)
    assert tried(resumed) == tried(whole)
    states = [trial.state for trial in resumed.trials]
    assert states.count(TrialState.FAIL) == 1
    assert TrialState.RUNNING not in states


def test_an_interruption_by_hand_keeps_what_is_finished(tmp_path):
    def interrupted(trial):
        if trial.number == 2:
            raise KeyboardInterrupt
        return hills(trial)

    with pytest.raises(KeyboardInterrupt):
        search(interrupted, tmp_path / "j.log", trials=6, report=None)
    resumed = search(hills, tmp_path / "j.log", trials=6, report=None)
    whole = search(hills, tmp_path / "whole.log", trials=6, report=None)
    assert tried(resumed) == tried(whole)


def test_a_finished_search_runs_nothing(tmp_path):
    search(hills, tmp_path / "j.log", trials=3, report=None)

    def never(trial):
        raise AssertionError

    assert len(search(never, tmp_path / "j.log", trials=3, report=None).trials) == 3


def test_another_seed_tries_something_else(tmp_path):
    values = [
        tried(search(hills, tmp_path / f"{seed}.log", trials=2, seed=seed, report=None))
        for seed in (0, 1)
    ]
    assert values[0] != values[1]


def test_bad_input_is_refused(tmp_path):
    with pytest.raises(ValueError, match="trials is 0; expected a whole number from 1 up"):
        search(hills, tmp_path / "j.log", trials=0)
    (tmp_path / "notes.txt").write_text("buy milk\n")
    with pytest.raises(ValueError, match=r"notes.txt is not the journal of a search"):
        search(hills, tmp_path / "notes.txt", trials=1)


def diverging(trial):
    """Fail wherever the place is on the left, as a training with a bad setting would."""
    place = trial.suggest_float("place", -4, 4)
    return float("nan") if place < 0 else place


def asked(study):
    return [(trial.params, trial.value) for trial in ended(study)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_without_one_number_it_ends_and_says_so(tmp_path, value):
    calls = []
    for _ in range(2):  # asked again it runs nothing more
        with pytest.raises(ValueError, match=r"none of the 3 trials in j\.log gave a finite"):
            search(lambda trial: calls.append(trial) or value, tmp_path / "j.log", 3, report=None)
    assert len(calls) == 3


def test_a_training_that_diverged_is_a_failed_trial(tmp_path):
    def raising(trial):
        value = diverging(trial)
        if value != value:
            raise Diverged("NaN")
        return value

    found, expected = (
        search(objective, tmp_path / f"{n}.log", trials=8, report=None)
        for n, objective in enumerate([raising, diverging])
    )
    assert asked(found) == asked(expected)
    assert TrialState.FAIL in [trial.state for trial in found.trials]


def test_a_trial_without_a_number_fails_and_the_search_goes_on(tmp_path):
    lines = []
    study = search(diverging, tmp_path / "j.log", trials=12, report=lines.append)
    states = [trial.state for trial in study.trials]
    assert len(states) == len(lines) == 12
    assert 0 < states.count(TrialState.FAIL) < 12
    assert study.best_value == max(value for _, value in tried(study))
    assert sum("no number" in line for line in lines) == states.count(TrialState.FAIL)


@pytest.mark.parametrize("stopped_in", range(1, 8))
def test_with_failed_trials_too_it_goes_on_as_if_nothing_had_happened(tmp_path, stopped_in):
    def stopped(trial):
        if trial.number == stopped_in:
            raise KeyboardInterrupt
        return diverging(trial)

    with pytest.raises(KeyboardInterrupt):
        search(stopped, tmp_path / "j.log", trials=8, report=None)
    resumed = search(diverging, tmp_path / "j.log", trials=8, report=None)
    whole = search(diverging, tmp_path / "whole.log", trials=8, report=None)
    assert asked(resumed) == asked(whole)


def test_pruned_trials_do_not_keep_it_going(tmp_path):
    def pruned(trial):
        if trial.number:
            raise optuna.TrialPruned
        return 1.0

    assert len(search(pruned, tmp_path / "j.log", trials=3, report=None).trials) == 3


def test_an_objective_that_returns_nothing_stops_it(tmp_path):
    with pytest.raises(TypeError, match="NoneType"):
        search(lambda trial: None, tmp_path / "j.log", trials=3, report=None)
