"""Run the notebooks in the full profile.

``execute`` stores the outputs, ``verify`` stores nothing and checks the gates, ``check`` runs
nothing and says whether the stored outputs are those of the full profile and as new as the code
and the data they came from.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from notebook_runs import (
    NOTEBOOKS,
    canonical,
    freshness_violations,
    run_notebook,
    store,
)
from provenance import notebook_stamp

from gru_course.gates import load_gates
from gru_course.metrics import read_records


def main(arguments: list[str]) -> int:
    """Carry out one command; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["execute", "verify", "check"])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all of notebooks/ if none given")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted(NOTEBOOKS.glob("*.ipynb"))

    violations: list[str] = []
    gates = load_gates(NOTEBOOKS / "gates.toml")
    for path in paths:
        if options.command == "check":
            violations += freshness_violations(path)
            continue
        with tempfile.TemporaryDirectory() as folder:
            notebook, seconds = run_notebook(path, "full", Path(folder))
        records = read_records(notebook)
        found = gates[path.stem, "full"].violations(records, seconds)
        said = f"{path.name}: {seconds:.0f} s, {len(records)} records, {len(found)} violations"
        print(said, flush=True)  # a log that is cut short still says how far it came
        violations += found
        if options.command == "execute" and not found:
            notebook = canonical(notebook, path.stem)
            notebook.metadata["gru_course"] = notebook_stamp(notebook, "full")
            store(notebook, path)
    for text in violations:
        print(f"RED  {text}", file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
