"""What the tools take from the machine that they run on: a stated environment, and git if there is.

What somebody has exported for other work must not change a page, a number or a figure of the
course: ``MPLBACKEND`` takes the figures out of the pages, ``JUPYTER_PATH`` puts another Python
behind the notebooks, ``PYTHONPATH`` brings other versions, ``GIT_DIR`` leads a test into another
repository. So whatever computes, builds or tests runs in the environment that is stated here.

    .venv/bin/python -I tools/machine.py PROGRAM ARGUMENT ...

runs a program of ``.venv`` in it; ``make`` does that for each of its commands.
"""

import functools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

REMOVED = re.compile(
    # Python, pip and the figures
    r"PYTHON|__PYVENV_LAUNCHER__$|PIP_(USER|TARGET|PREFIX|ROOT)$|MYPYPATH$|MPL|MATPLOTLIB"
    # kernels, and the backend and the arithmetic of the layers; XLA ends a process whose flags it
    # does not know, such as those of another JAX
    r"|JUPYTER(LAB)?_|JPY_|IPYTHON|KERAS_|TF_|XLA_|NPY_|OPENBLAS_|ONEDNN_|DNNL_"
    # what other libraries check and how they add up; which parts of pytest there are
    r"|SKLEARN_|SCIPY_|PANDAS_|PYTEST_(DISABLE_PLUGIN_AUTOLOAD|PLUGINS)$"
    # language, time, width and colour of what is printed; another repository
    r"|LANG$|LANGUAGE$|LC_|TZ$|SOURCE_DATE_EPOCH$|(COLUMNS|LINES|FORCE_COLOR|NO_COLOR|PY_COLORS)$"
    r"|GIT_"
)
"""Variables that are not taken over, by the beginning of their names ..."""

KEPT = re.compile(
    r"\w+_NUM_(INTRAOP_|INTEROP_)?THREADS|TF_FORCE_GPU_ALLOW_GROWTH|GIT_CONFIG\w*"
    r"|PYTHONDONTWRITEBYTECODE|PYTHONPYCACHEPREFIX|PYTHONUNBUFFERED|JUPYTER_(RUNTIME_DIR|TOKEN)"
)
"""... but for these: how much of a machine to use is its owner's choice."""

STATED = {
    "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of .venv before one in the user's folder
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}

FOLDERS = {
    "IPYTHONDIR": "ipython",  # start-up files of the user run in every kernel
    "KERAS_HOME": "keras",  # keras.json sets the precision
    "MPLCONFIGDIR": "matplotlib",  # matplotlibrc sets sizes and fonts
}
"""Settings in the user's home have no say either: these programs get empty folders for theirs."""

PLACES = ("GRU_COURSE_DATA", "GRU_COURSE_CACHE")
"""Folders that are meant from where the command is typed; a kernel starts elsewhere."""


def stated(environ: Mapping[str, str] | None = None, root: Path = ROOT) -> dict[str, str]:
    """Return the environment to compute in.

    Parameters
    ----------
    environ : mapping, optional
        What it is made from; by default the environment of this process.
    root : pathlib.Path
        The checkout whose code is imported, wherever the installed package points to.
    """
    environ = os.environ if environ is None else environ
    kept = {n: v for n, v in environ.items() if KEPT.fullmatch(n) or not REMOVED.match(n)}
    places = {n: str(Path(kept[n]).expanduser().absolute()) for n in PLACES if kept.get(n)}
    folders = {name: str(own_folder() / place) for name, place in FOLDERS.items()}
    if not os.access(Path.home(), os.W_OK):  # where kernels would leave word how to reach them
        folders["JUPYTER_RUNTIME_DIR"] = str(own_folder() / "runtime")
    code = dict.fromkeys(str(place) for place in (root / "src", ROOT / "src", ROOT / "tools"))
    return kept | places | folders | STATED | {"PYTHONPATH": os.pathsep.join(code)}


def enter(root: Path = ROOT) -> None:
    """Make the stated environment that of this process, for what it imports and starts."""
    environment = stated(root=root)
    os.environ.clear()
    os.environ.update(environment)


@functools.cache
def own_folder() -> Path:
    """Give a folder for what programs write beside their results; in a pinch a temporary one."""
    folder = ROOT / "_build" / "machine"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:  # a checkout that may only be read
        return Path(tempfile.mkdtemp(prefix="gru-course-"))


def git(root: Path, *command: str) -> bytes | None:
    """Ask git about a checkout; None where there is no git, no checkout or no answer."""
    environ = {n: v for n, v in os.environ.items() if KEPT.fullmatch(n) or n[:4] != "GIT_"}
    try:
        done = subprocess.run(
            ["git", *command], cwd=root, env=environ, capture_output=True, check=False
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


if __name__ == "__main__":
    program = Path(sys.executable).with_name(sys.argv[1])
    os.execve(program, [str(program), *sys.argv[2:]], stated())
