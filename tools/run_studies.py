"""Run the studies whose stored results are stale, or all of them; a failing one stops no other."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from machine import stated
from provenance import ROOT, violations


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Run studies one after the other; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Other options are passed on to the studies."
    )
    parser.add_argument("--all", action="store_true", help="also those that are fresh")
    options, passed_on = parser.parse_known_args(arguments)
    scripts = sorted((root / "studies").glob("*.py"))
    if not options.all:
        scripts = [script for script in scripts if _is_stale(script, root)]
    if not scripts:
        print("All studies are fresh; make studies ALL=1 runs them nevertheless.")
    failed = []
    for number, script in enumerate(scripts, 1):
        print(f"{script.name}, {number} of {len(scripts)}", flush=True)
        if subprocess.run(
            [sys.executable, script, *passed_on], env=stated(root=root), check=False
        ).returncode:
            failed.append(script.name)
    if failed:
        print(f"These studies failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _is_stale(script: Path, root: Path) -> bool:
    return bool(violations(script.with_suffix(".json").relative_to(root).as_posix(), root))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
