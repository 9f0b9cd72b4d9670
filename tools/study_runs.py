"""Running studies and dating their results."""

import datetime
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provenance import locked_versions, reach_of_study, study_document, violations

ROOT = Path(__file__).resolve().parent.parent


def write_study(script: Path, run: Callable[[], Any], seeds: list[int]) -> None:
    """Run a study and store what it found beside its script, whole or not at all."""
    code = reach_of_study(script).digest  # before it can change
    start = time.perf_counter()
    results = run()
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=script.parent, capture_output=True, text=True, check=False
    ).stdout.strip()
    provenance = {
        "code": code,
        "commit": commit or "not in a git checkout",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "seconds": round(time.perf_counter() - start),
        "seeds": seeds,
        "versions": locked_versions(),
    }
    target = script.with_suffix(".json")
    temporary = target.with_suffix(".part")
    text = json.dumps(study_document(provenance, results), indent=2)
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(target)


def stale_studies(folder: Path, root: Path = ROOT) -> list[str]:
    """Name the studies whose code has changed since their results were stored."""
    stored = [script.with_suffix(".json") for script in sorted(folder.glob("*.py"))]
    return [t for path in stored for t in violations(path.relative_to(root).as_posix(), root)]
