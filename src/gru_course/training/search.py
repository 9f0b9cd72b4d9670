"""A search of settings that shows how far it is and goes on where it was stopped."""

import math
import warnings
from collections.abc import Callable
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from gru_course.course.checked import whole
from gru_course.training.checkpoints import Diverged

optuna.logging.set_verbosity(optuna.logging.ERROR)  # it writes every trial and stop to stderr

Objective = Callable[[optuna.Trial], float]
_FAILED = "gave no finite number"


def say(line: str) -> None:
    """Print a line at once, also into a pipe or a file: what is killed later has said so far."""
    print(line, flush=True)


def search(
    objective: Objective,
    journal: Path,
    trials: int,
    *,
    seed: int = 0,
    at_random: int = 5,
    report: Callable[[str], None] | None = say,
) -> optuna.Study:
    """Try settings one after another and keep every result in a file at once.

    Called again with the same file, it goes on after the last finished trial, whatever ended the
    process. An interrupted search ends with the same trials as one that ran through: what is tried
    next depends on the finished trials and the seed only.

    Parameters
    ----------
    objective : callable
        Takes an ``optuna.Trial``, asks it for settings, trains, and returns what is to be as high
        as possible. A measure on *validation* data: whatever is searched on is used up by it. A
        trial that gives NaN or an infinity, or raises `Diverged`, counts as failed.
    journal : pathlib.Path
        File of the search; it is made if it is not there.
    trials : int
        How many there are to be in the end, finished and failed ones included.
    seed : int
        Of the settings that are proposed.
    at_random : int
        So many settings are drawn at random before the proposals learn from the results (TPE,
        Bergstra et al. 2011).
    report : callable or None
        Gets a line per finished trial.

    Returns
    -------
    optuna.Study
        ``best_value``, ``best_params``, ``trials``, ...

    Raises
    ------
    ValueError
        If no trial is asked for, all of them failed, or the journal is of something else.

    Examples
    --------
    >>> import tempfile
    >>> def hill(trial):
    ...     return -((trial.suggest_float("place", 0, 4) - 3) ** 2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     journal = Path(folder) / "hill.log"
    ...     first = len(search(hill, journal, trials=3, report=None).trials)
    ...     study = search(hill, journal, trials=12, report=None)
    ...     print(first, len(study.trials), abs(study.best_params["place"] - 3) < 0.5)
    3 12 True
    """
    whole(trials, "trials")
    whole(at_random, "at_random", least=0)
    study = open_search(journal)
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)  # the process that ran it is gone
    while (done := len(ended(study))) < trials:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            # A new sampler each time: one that is used on would be in another state after a stop.
            study.sampler = optuna.samplers.TPESampler(
                n_startup_trials=at_random, multivariate=True, seed=1000 * seed + done
            )
        study.optimize(_failing_without_number(objective), n_trials=1)
        if report:
            report(progress(study, trials))
    if not finished(study):
        raise ValueError(
            f"none of the {trials} trials in {journal.name} gave a finite number: look for what "
            "diverges, such as a learning rate that is too high, and begin with a new journal"
        )
    return study


def open_search(journal: Path) -> optuna.Study:
    """Open a search without running anything, for example to look at what was tried.

    Parameters
    ----------
    journal : pathlib.Path
        As for :func:`search`.

    Returns
    -------
    optuna.Study

    Raises
    ------
    ValueError
        If the file is not such a journal.
    """
    try:
        storage = JournalStorage(JournalFileBackend(str(journal)))
        return optuna.create_study(
            storage=storage, study_name="search", direction="maximize", load_if_exists=True
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{journal.name} is not the journal of a search ({error}): delete it or give another"
        ) from error


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Return the trials that gave a number, in order."""
    return list(study.get_trials(states=(TrialState.COMPLETE,)))


def ended(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Return the trials that are not run again: finished, pruned, or failed without a number.

    A trial that was cut short by an error or a stop is not among them.

    Parameters
    ----------
    study : optuna.Study

    Returns
    -------
    list of optuna.trial.FrozenTrial
    """
    return [
        trial
        for trial in study.get_trials()
        if trial.state in (TrialState.COMPLETE, TrialState.PRUNED) or _FAILED in trial.user_attrs
    ]


def progress(study: optuna.Study, trials: int) -> str:
    """Say in one line how far a search is.

    Parameters
    ----------
    study : optuna.Study
        With at least one trial that ended.
    trials : int
        How many there are to be.

    Returns
    -------
    str
    """
    last = ended(study)[-1]
    seconds = last.duration.total_seconds() if last.duration else 0.0
    result = "no number" if last.value is None else f"{last.value:.4f}"
    best = f"{study.best_value:.4f}" if finished(study) else "none"
    return f"trial {len(ended(study))} of {trials}: {result} in {seconds:.0f} s, best so far {best}"


def _failing_without_number(objective: Objective) -> Objective:
    """Mark trials without a finite number, so that a search does not try them for ever."""

    def measured(trial: optuna.Trial) -> float:
        try:
            value = float(objective(trial))
        except Diverged:
            value = math.nan
        if not math.isfinite(value):
            trial.set_user_attr(_FAILED, True)
            return math.nan  # Optuna lets such a trial fail; an infinity it would take for the best
        return value

    return measured
