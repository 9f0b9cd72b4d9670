"""Running studies and dating their results."""

import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from code_digest import digest_of_code


def write_study(script: Path, run: Callable[[], Any], seeds: list[int]) -> None:
    """Run a study and store what it found beside its script, whole or not at all."""
    code = digest_of_code([script.read_text(encoding="utf-8")])  # before it can change
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
        "versions": {
            name: importlib.metadata.version(name) for name in ("keras", "numpy", "tensorflow-cpu")
        },
    }
    target = script.with_suffix(".json")
    temporary = target.with_suffix(".part")
    text = json.dumps({"provenance": provenance, "results": results}, indent=2)
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(target)


def stale_studies(folder: Path) -> list[str]:
    """Name the studies whose code has changed since their results were stored."""
    found = []
    for script in sorted(folder.glob("*.py")):
        stored = script.with_suffix(".json")
        if not stored.exists():
            found.append(f"{script.name}: has no stored results, run {folder.name}/{script.name}")
            continue
        provenance = json.loads(stored.read_text(encoding="utf-8"))["provenance"]
        if provenance["code"] != digest_of_code([script.read_text(encoding="utf-8")]):
            found.append(f"{stored.name}: older than its code, run {folder.name}/{script.name}")
    return found
