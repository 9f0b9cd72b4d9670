"""Write the page on what the course depends on: why each package is there, its size, its import.

    make dependencies

The names and reasons are those of ``pyproject.toml``, where each dependency has a line of its own.
Size is what the distribution itself has installed; the import is the median of three fresh
processes, with everything that it brings along.
"""

import importlib.metadata
import re
import statistics
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path("book/dependencies.md")
OTHER_BUILDS = {"tensorflow": "tensorflow-cpu"}
"""Of which only one is installed: on other platforms the first, here the second."""
TIMED = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
HEAD = """(sec-dependencies)=
# What the course depends on

Each package that the course itself asks for: why it is there, how much space it takes, and how long
its import takes with everything that it brings along. `make dependencies` writes this page; these
are the figures of a machine with two cores. A GRU in NumPy, `gru_course.cells`, needs NumPy only.
What serves one application, such as `statsmodels`, `babel`, `mido` and `sacrebleu`, is no extra:
all of it together is small beside TensorFlow.
"""


@dataclass(frozen=True)
class Dependency:
    """What ``pyproject.toml`` asks for; the group is the extra, or empty."""

    group: str
    name: str
    why: str


def listed(project: str) -> list[Dependency]:
    """Return the direct dependencies, and the extra that asks for each.

    Parameters
    ----------
    project : str
        The text of ``pyproject.toml``.

    Raises
    ------
    ValueError
        If one of them has no reason beside or above it.
    """
    asked = tomllib.loads(project)["project"]
    groups = {"": asked["dependencies"], **asked.get("optional-dependencies", {})}
    lines = [line.strip() for line in project.splitlines()]
    found = []
    for group, texts in groups.items():
        for text in texts:
            name = re.split(r"[^\w.-]", text)[0]
            if name in OTHER_BUILDS or name == asked["name"]:
                continue
            place = next(n for n, line in enumerate(lines) if line.startswith(f'"{text}"'))
            beside, above = lines[place].rpartition('", ')[2], lines[place - 1]
            why = next((said[1:] for said in (beside.strip(), above) if said[:1] == "#"), None)
            if why is None:
                raise ValueError(f"{name} has no reason: say in pyproject.toml what it is for")
            found.append(Dependency(group, name, why.strip().rstrip(".")))
    return found


def size(name: str) -> float | None:
    """Return the megabytes that a distribution has installed; None if it is not here."""
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    places = [Path(str(file.locate())) for file in files]
    return sum(p.stat().st_size for p in places if p.is_file()) / 1e6


def modules(name: str) -> list[str]:
    """Return the modules that a distribution offers, by their top names."""
    tops = importlib.metadata.packages_distributions()
    wanted = re.sub(r"[-_.]+", "-", name).lower()
    return sorted(
        top
        for top, owners in tops.items()
        if wanted in {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners}
        and re.fullmatch(r"[a-z]\w*", top, re.IGNORECASE)
        and not top.endswith("_test")
    )


def seconds(module: str) -> float:
    """Return how long the import takes: the median of three processes."""
    command = [sys.executable, "-c", TIMED.format(module)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    return statistics.median(float(run.stdout.split()[-1]) for run in runs)


def main_module(name: str) -> str | None:
    """Return the module that is named as the distribution, or the only one; None for a program."""
    offered = modules(name)
    plain = re.sub(r"\W", "_", name).lower().removesuffix("_cpu")
    alike = [m for m in offered if m.lower() in (plain, plain.replace("_", ""))]
    return (alike or (offered if len(offered) == 1 else [None]))[0]  # type: ignore[list-item]


def page(dependencies: list[Dependency]) -> str:
    """Measure; return the text of the page."""
    lines = [HEAD, "| For | Package | Why | MB | Import, s |", "|---|---|---|--:|--:|"]
    for one in dependencies:
        module = main_module(one.name)
        took = f"{seconds(module):.2f}" if module else ""
        megabytes = size(one.name)
        taken = "not installed" if megabytes is None else f"{megabytes:.1f}"
        group = f"`{one.group}`" if one.group else "everything"
        cells = [group, f"`{one.name}`", one.why, taken, took]
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure what is installed, and write the page."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = page(listed(project))
    (ROOT / PAGE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
