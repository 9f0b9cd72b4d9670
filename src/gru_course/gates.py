"""Gates: what every notebook must reach, and the check that it did.

``notebooks/gates.toml`` declares, per notebook and profile, a time budget and for
each metric a floor, a ceiling or both. A floor says that the lesson works; a ceiling
says that nothing leaks and that a baseline is as weak as the text claims.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gru_course.metrics import Value

PROFILES = ("quick", "full")


@dataclass(frozen=True)
class Gate:
    """The bounds of one metric in one profile; ``because`` says how they were derived."""

    metric: str
    floor: float
    ceiling: float
    because: str

    def violation(self, value: Value | None) -> str | None:
        """Say what is wrong with a value, or return None.

        Examples
        --------
        >>> gate = Gate("test_accuracy", floor=0.9, ceiling=0.99, because="...")
        >>> gate.violation(0.95)
        >>> gate.violation(0.5)
        'test_accuracy is 0.5, below its floor 0.9'
        >>> gate.violation(None)
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
class NotebookGates:
    """Everything one notebook promises in one profile."""

    notebook: str
    profile: str
    budget_seconds: float
    gates: tuple[Gate, ...]

    def violations(self, records: Mapping[str, Value], seconds: float) -> list[str]:
        """List every broken promise; an empty list means that the notebook passes.

        Parameters
        ----------
        records : mapping
            What the notebook recorded, see :func:`gru_course.metrics.read_records`.
        seconds : float
            How long it ran.

        Returns
        -------
        list of str
        """
        found = [gate.violation(records.get(gate.metric)) for gate in self.gates]
        if seconds > self.budget_seconds:
            found.append(f"ran {seconds:.0f} s, over its budget of {self.budget_seconds:g} s")
        return [f"{self.notebook} ({self.profile}): {text}" for text in found if text]


def load_gates(path: Path) -> dict[tuple[str, str], NotebookGates]:
    """Read and check the declarations.

    Parameters
    ----------
    path : pathlib.Path
        The file ``gates.toml``.

    Returns
    -------
    dict
        ``(notebook, profile)`` to its gates, for both profiles of every notebook.

    Raises
    ------
    ValueError
        If a budget, a derivation or both bounds are missing, a key is unknown, or the floor
        is not below the ceiling.
    """
    declared: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    result = {}
    for notebook, profiles in declared.items():
        if set(profiles) != set(PROFILES):
            raise ValueError(f"{path.name}: [{notebook}] has {sorted(profiles)}, needs {PROFILES}")
        for profile, content in profiles.items():
            where = f"{path.name}: [{notebook}.{profile}]"
            if set(content) - {"gates"} != {"budget_seconds"}:
                raise ValueError(f"{where} needs budget_seconds and gates, nothing else")
            gates = tuple(_gate(where, metric, g) for metric, g in content["gates"].items())
            result[notebook, profile] = NotebookGates(
                notebook, profile, content["budget_seconds"], gates
            )
    return result


def _gate(where: str, metric: str, declared: dict[str, Any]) -> Gate:
    unknown = set(declared) - {"floor", "ceiling", "because"}
    if unknown:
        raise ValueError(f"{where} {metric}: unknown {sorted(unknown)}")
    if not declared.get("because", "").strip():
        raise ValueError(f"{where} {metric}: 'because' must say how the bounds were derived")
    if not {"floor", "ceiling"} & set(declared):
        raise ValueError(f"{where} {metric}: needs a floor or a ceiling")
    floor, ceiling = declared.get("floor", -math.inf), declared.get("ceiling", math.inf)
    if not floor < ceiling:
        raise ValueError(f"{where} {metric}: floor {floor} is not below ceiling {ceiling}")
    return Gate(metric, floor, ceiling, declared["because"])
