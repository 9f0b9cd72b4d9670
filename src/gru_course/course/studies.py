"""Stored results of runs that are too long for a notebook, with where they came from.

A study is a script in ``studies/`` that writes one small JSON file beside itself. The file holds
the results and their provenance; notebooks show it, and a test turns red when the code that
made it has changed since.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Study:
    """What a study found, and how.

    Parameters
    ----------
    results : dict
        Whatever the study measures.
    provenance : dict
        Commit, versions, seeds, machine, date, seconds and the digest of the code.
    """

    results: dict[str, Any]
    provenance: dict[str, Any]


def load_study(path: Path) -> Study:
    """Read the stored results of a study.

    Parameters
    ----------
    path : pathlib.Path
        The JSON file.

    Returns
    -------
    Study

    Raises
    ------
    FileNotFoundError
        If the study was not run yet; the message says with which command.
    ValueError
        If the file is not what a study writes.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is missing: run 'make studies' to make it again")
    try:
        return Study(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name} is damaged ({error}): run 'make studies'") from error
