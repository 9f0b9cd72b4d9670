"""Bounds of acceptance: what every notebook must reach, and the check that it did.

``notebooks/bounds.toml`` declares, per notebook and profile, a budget of CPU time and
for each metric a floor, a ceiling or both. A floor says that the lesson works; a ceiling
says that nothing leaks and that a baseline is as weak as the text claims.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gru_course.course.metrics import Value
from gru_course.course.parsing import about_file, of_kind, read_toml

PROFILES = ("quick", "full")


@dataclass(frozen=True)
class Bound:
    """The bounds of one metric in one profile.

    Parameters
    ----------
    metric : str
        The name under which the notebook records it.
    floor, ceiling : float
        Infinite where there is none.
    because : str
        How they were derived.
    """

    metric: str
    floor: float
    ceiling: float
    because: str

    def violation(self, value: Value | None) -> str | None:
        """Say what is wrong with a value, or return None.

        Parameters
        ----------
        value : bool, int, float, str or None
            What was recorded; None if nothing was.

        Returns
        -------
        str or None

        Examples
        --------
        >>> bound = Bound("test_accuracy", floor=0.9, ceiling=0.99, because="...")
        >>> bound.violation(0.95)
        >>> bound.violation(0.5)
        'test_accuracy is 0.5, below its floor 0.9'
        >>> bound.violation(None)
        'test_accuracy was not recorded'
        """
        if value is None:
            return f"{self.metric} was not recorded"
        if isinstance(value, str) or not math.isfinite(value):
            return f"{self.metric} is {value!r}, not a finite number"
        if value < self.floor:
            return f"{self.metric} is {value:.6g}, below its floor {self.floor:g}"
        if value > self.ceiling:
            return f"{self.metric} is {value:.6g}, above its ceiling {self.ceiling:g}"
        return None


@dataclass(frozen=True)
class NotebookBounds:
    """Everything one notebook promises in one profile.

    Parameters
    ----------
    notebook, profile : str
    budget_cpu_seconds : float
        CPU time of all cores that a run may take.
    bounds : tuple of Bound
    """

    notebook: str
    profile: str
    budget_cpu_seconds: float
    bounds: tuple[Bound, ...]

    def violations(self, records: Mapping[str, Value]) -> list[str]:
        """List every broken promise about the recorded numbers; empty if there is none."""
        found = (bound.violation(records.get(bound.metric)) for bound in self.bounds)
        return [f"{self.notebook} ({self.profile}): {text}" for text in found if text]

    def over_budget(self, cpu_seconds: float) -> list[str]:
        """Say that a run took more CPU time, over all its cores, than was promised."""
        if cpu_seconds <= self.budget_cpu_seconds:
            return []
        took = f"took {cpu_seconds:.0f} s of CPU time"
        budget = f"over its budget of {self.budget_cpu_seconds:g} s"
        return [f"{self.notebook} ({self.profile}): {took}, {budget}"]


def load_bounds(path: Path) -> dict[tuple[str, str], NotebookBounds]:
    """Read and check the declarations.

    Parameters
    ----------
    path : pathlib.Path
        The file ``bounds.toml``.

    Returns
    -------
    dict
        ``(notebook, profile)`` to its bounds, for both profiles of every notebook.

    Raises
    ------
    ValueError
        If the file is not TOML in UTF-8, a budget, a derivation or both bounds are missing, a key
        is unknown, something is not of its kind, or a floor is not below its ceiling.
    """
    declared = read_toml(path)
    with about_file(path):
        return {
            (bounds.notebook, bounds.profile): bounds
            for notebook, entries in declared.items()
            for bounds in _bounds(notebook, dict(of_kind(entries, dict, f"[{notebook}]")))
        }


def _bounds(notebook: str, declared: dict[str, Any]) -> Iterator[NotebookBounds]:
    where = f"[{notebook}] budget_cpu_seconds"
    budgets = of_kind(declared.pop("budget_cpu_seconds", {}), dict, where)
    if set(budgets) != set(PROFILES):
        raise ValueError(f"[{notebook}] needs budget_cpu_seconds for each of {', '.join(PROFILES)}")
    for profile, seconds in budgets.items():
        of_kind(seconds, float, f"{where}, {profile}")
        bounds = (_bound(f"[{notebook}.{m}]", m, d, profile) for m, d in declared.items())
        yield NotebookBounds(notebook, profile, seconds, tuple(bound for bound in bounds if bound))


def _bound(where: str, metric: str, declared: object, profile: str) -> Bound | None:
    declared = of_kind(declared, dict, where)
    if unknown := set(declared) - {*PROFILES, "because"}:
        raise ValueError(f"{where} has unknown keys: {', '.join(sorted(unknown))}")
    because = of_kind(declared.get("because", ""), str, f"{where}, 'because'")
    if not because.strip():
        raise ValueError(f"{where}: 'because' must say how the bounds were derived")
    bounds = declared.get(profile)
    if bounds is None:
        return None
    if not of_kind(bounds, dict, f"{where} {profile}") or set(bounds) - {"floor", "ceiling"}:
        raise ValueError(f"{where} {profile} needs a floor or a ceiling and nothing else")
    for name, bound in bounds.items():
        of_kind(bound, float, f"{where} {profile}, {name}")
    floor, ceiling = bounds.get("floor", -math.inf), bounds.get("ceiling", math.inf)
    if not floor < ceiling:
        raise ValueError(f"{where} {profile}: floor {floor} is not below ceiling {ceiling}")
    return Bound(metric, floor, ceiling, because)
