"""Make ``.venv`` whole: new, where it is missing or cannot work here, else what the lock has new.

``make`` calls it before anything else, with any Python that the course runs on. A virtual
environment works only in the folder that it was made in, with the Python that it was made of.
``.venv/.ready`` holds the name of that folder; it is as new as the lock once all is installed.
"""

import contextlib
import fcntl
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from machine import ROOT, stated

READY = ".venv/.ready"
INPUTS = ("requirements.txt", "pyproject.toml")
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def is_here(root: Path) -> bool:
    """Say whether the environment was made in this folder."""
    try:
        return os.path.samefile((root / READY).read_bytes(), root)
    except (OSError, ValueError):
        return False


def is_current(root: Path) -> bool:
    """Say whether all that the lock lists was installed since it last changed."""
    installed = (root / READY).stat().st_mtime
    return installed >= max((root / name).stat().st_mtime for name in INPUTS)


def install(root: Path) -> None:
    """Make or renew the environment of a checkout.

    Raises
    ------
    SystemExit
        If it cannot be done; the message says what to do.
    """
    venv, ready = root / ".venv", root / READY
    python = venv / "bin" / "python"
    if not is_here(root) or _run([python, "-I", "-c", "import pip"], root, quiet=True):
        if venv.exists():
            why = "was made in another folder, of another Python, or not to its end"
            print(f".venv {why}; it is made anew.", flush=True)
        if _run([sys.executable, "-I", "-m", "venv", "--clear", venv], root):
            sys.exit(
                f"No virtual environment could be made in {venv}: see above. On Debian and Ubuntu, "
                "install python3-venv; if the folder may only be read, copy the course to one of "
                "your own. Then run make again."
            )
        ready.write_bytes(os.fsencode(root))
        os.utime(ready, (0, 0))  # nothing is installed yet
    if is_current(root):  # another make was faster
        return
    for what in (
        ["--require-hashes", "-r", root / "requirements.txt"],
        ["--no-deps", "--no-build-isolation", "-e", root],
    ):
        if _run([python, *PIP, *what], root):
            sys.exit(
                "The installation has stopped: pip says above why. Nothing that it has downloaded "
                "is lost; put that right and run make again."
            )
    os.utime(ready)


def _run(command: Sequence[object], root: Path, quiet: bool = False) -> int:
    """Run a program in the stated environment; return its exit status."""
    environment = stated(root=root) | {"PIP_USER": "0"}
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(
            [str(part) for part in command],
            cwd=root,
            env=environment,
            stdout=output,
            stderr=output,
            check=False,
        ).returncode
    except OSError:  # there is no such program
        return 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        # Asked of .venv's own Python, which has lost its packages if it is newer than they are.
        print("here" if is_here(ROOT) and importlib.util.find_spec("pip") else "")
    else:
        # Two makes at once: the second one waits, and finds all done.
        with (ROOT / INPUTS[0]).open() as lock:
            with contextlib.suppress(OSError):  # some network drives have no locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            install(ROOT)
