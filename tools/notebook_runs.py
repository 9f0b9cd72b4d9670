"""Running, storing and dating notebooks; used by ``run_notebooks.py`` and by the tests."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import papermill
from machine import enter
from plain_notebooks import plain_metadata
from provenance import coalesced, violations
from whole_files import whole_or_not

from gru_course.course.bounds import NotebookBounds, load_bounds

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

ONE_THREAD = dict.fromkeys(
    (
        *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    ),
    "1",
)
"""What keeps kernels that run side by side from fighting for cores, for their environment."""

OTHER_MACHINES: tuple[Mapping[str, str], ...] = (
    {  # one without the wide registers of recent servers
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    },
    # One for which TensorFlow has no tuned products, with another number of threads.
    {"TF_ENABLE_ONEDNN_OPTS": "0", **dict.fromkeys(ONE_THREAD, "2")},
)
"""Settings under which this machine adds up numbers in the order of another."""


class Run(NamedTuple):
    """A notebook with the outputs of a run, and what the run took."""

    notebook: Any
    seconds: float
    cpu_seconds: float


class Failure(NamedTuple):
    """Why a notebook has no outputs."""

    text: str


def cpu_seconds_of_children() -> float:
    """Return the CPU time of all child processes that have ended, theirs included."""
    times = os.times()
    return times.children_user + times.children_system


def run_notebook(path: Path, profile: str, folder: Path) -> Run:
    """Run a notebook in a profile.

    Parameters
    ----------
    path : pathlib.Path
        The notebook; the file is not touched.
    profile : str
        ``"quick"`` or ``"full"``, injected as the parameter ``profile``.
    folder : pathlib.Path
        Where papermill may write.

    Raises
    ------
    papermill.exceptions.PapermillExecutionError
        If a cell raises.
    ValueError
        If the notebook has no parameter ``profile``: an unknown one would be ignored silently.
    """
    if "profile" not in papermill.inspect_notebook(str(path)):
        raise ValueError(f"{path.name} has no cell tagged 'parameters' that sets profile")
    start, cpu_start = time.perf_counter(), cpu_seconds_of_children()
    notebook = papermill.execute_notebook(
        str(path),
        str(folder / path.name),
        parameters={"profile": profile},
        kernel_name="python3",
        cwd=str(path.parent),
        progress_bar=False,
        execution_timeout=1800,
        start_timeout=120,
        log_output=False,
    )
    # The kernel, the only child of this process meanwhile, has ended.
    return Run(notebook, time.perf_counter() - start, cpu_seconds_of_children() - cpu_start)


def promises_of(path: Path, profile: str) -> NotebookBounds:
    """Read what is promised of a notebook from ``bounds.toml`` beside it.

    Raises
    ------
    ValueError
        If nothing is.
    """
    declared = path.parent / "bounds.toml"
    try:
        return load_bounds(declared)[path.stem, profile]
    except KeyError as error:
        raise ValueError(f"{declared.name} promises nothing of {path.stem}") from error


def reference_path(path: Path) -> Path:
    """Name the file beside a notebook that keeps what it says in the quick profile."""
    return path.parent / "quick" / f"{path.stem}.json"


def longest_first(paths: Sequence[Path], profile: str) -> list[Path]:
    """Order notebooks so that those that run side by side end together."""
    return sorted(paths, key=lambda path: -promises_of(path, profile).budget_cpu_seconds)


def run_side_by_side(
    paths: Sequence[Path], profile: str, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[Path, Run | Failure]]:
    """Run notebooks on all cores, one core each, and yield them as they end.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The longest is begun first.
    profile : str
        ``"quick"`` or ``"full"``.
    settings : mapping, optional
        Further variables for the environment of the kernels.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores(), mp_context=spawn) as pool:
        begun = {
            pool.submit(_run, path, profile, {**ONE_THREAD, **(settings or {})}): path
            for path in longest_first(paths, profile)
        }
        for ended in as_completed(begun):
            try:
                yield begun[ended], ended.result()
            except Exception as error:  # the process has died; the others have their say
                yield begun[ended], Failure(f"{type(error).__name__}: {error}")


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(path: Path, profile: str, settings: Mapping[str, str]) -> Run | Failure:
    enter()
    os.environ.update(settings)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "kernel.log"
        with log.open("w") as file:  # what a kernel prints beside its outputs is read if it fails
            os.dup2(file.fileno(), 2)
        try:
            return run_notebook(path, profile, Path(folder))
        except Exception as error:  # not every error of papermill survives the way to the parent
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
            return Failure("\n".join([f"{type(error).__name__}: {error}".rstrip(), *last]))


def canonical(notebook: Any, stem: str) -> Any:
    """Strip what differs between two equal runs; the stamp stays as it is."""
    notebook.cells = [
        c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])
    ]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{stem[:2]}-{number:03d}"
    notebook = coalesced(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    plain_metadata(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def store(text: str, path: Path) -> None:
    """Write a file so that an interruption or a full disk leaves the old one whole."""
    whole_or_not(path, f"{text}\n".encode())


def missing_pictures(notebook: Any) -> list[str]:
    """Name the cells that show no picture, though they have the words for one who cannot see it."""
    return [
        f"a cell shows no picture: {cell.source[:50]!r}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        and cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        and not any(kind.startswith("image/") for o in cell.outputs for kind in o.get("data", {}))
    ]


def freshness_violations(path: Path, root: Path = ROOT) -> list[str]:
    """Say why the stored outputs of a notebook cannot be trusted; empty if they can."""
    notebook = nbformat.read(path, as_version=4)
    found = []
    if notebook.metadata.get("gru_course", {}).get("profile") != "full":
        found.append("its stored outputs are not those of the full profile: run make execute")
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    if [c.execution_count for c in code] != list(range(1, len(code) + 1)):
        found.append("its cells were not run once each, from top to bottom")
    found += missing_pictures(notebook)
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        found.append("a stored output is an error")
    result = path.relative_to(root).as_posix()
    return [f"{path.name}: {text}" for text in found] or violations(result, root)
