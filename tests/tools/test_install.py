"""``.venv`` is whole where make uses it, whatever was done to it before."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import install
import pytest

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

ROOT = Path(install.__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a checkout with a real virtual environment, in a folder with a trying name."""
    root = tmp_path_factory.mktemp("made") / "Kurs für Ärzte 1's"
    root.mkdir()
    for name in install.INPUTS:
        (root / name).touch()
    with pytest.MonkeyPatch.context() as patch:
        pip = Pip(patch)
        install.install(root)
        assert len(pip.calls) == 2
        install.install(root)  # nothing is left to do
        assert len(pip.calls) == 2
    return root


class Pip:
    """Notes what is installed, and installs nothing; a new environment is a copy of one `made`."""

    def __init__(self, patch, made=None, status=0):
        self.calls, self.status = [], status
        run = install._run

        def instead(command, root, quiet=False):
            if made and command[0] == sys.executable:
                shutil.rmtree(root / ".venv", ignore_errors=True)
                shutil.copytree(made / ".venv", root / ".venv", symlinks=True)
                return 0
            if "pip" not in command:
                return run(command, root, quiet)
            self.calls.append(command)
            if isinstance(self.status, BaseException):
                raise self.status
            return self.status

        patch.setattr(install, "_run", instead)


@pytest.fixture
def root(made, tmp_path):
    """Give a copy that stands where it was made."""
    copy = tmp_path / "root"
    shutil.copytree(made, copy, symlinks=True)
    then = (copy / install.READY).stat().st_mtime
    (copy / install.READY).write_bytes(os.fsencode(copy))
    os.utime(copy / install.READY, (then, then))
    (copy / ".venv" / "of the old one").touch()
    return copy


def break_python(root):
    python = root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")


def take_pip_away(root):
    for folder in root.glob(".venv/lib*/python3*/site-packages/pip*"):
        if not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("harm", "anew", "installations"),
    [
        (lambda root: None, False, 0),
        (lambda root: (root / "requirements.txt").touch(), False, 2),
        (lambda root: (root / install.READY).write_text(str(root.parent)), True, 2),  # copied
        (lambda root: (root / install.READY).write_text("/nowhere"), True, 2),  # moved
        (lambda root: (root / install.READY).unlink(), True, 2),  # interrupted
        (break_python, True, 2),
        (take_pip_away, True, 2),
    ],
)
def test_what_cannot_work_is_made_anew(made, root, monkeypatch, capsys, harm, anew, installations):
    harm(root)
    pip = Pip(monkeypatch, made)
    install.install(root)
    assert (root / ".venv" / "of the old one").exists() == (not anew)
    assert ("it is made anew" in capsys.readouterr().out) == anew
    assert install.is_here(root)
    assert install.is_current(root)
    assert len(pip.calls) == installations
    asked = subprocess.run(
        [root / ".venv" / "bin" / "python", "-I", "-c", "import pip, sys; print(sys.prefix)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert asked.stdout.strip() == str(root / ".venv")


@pytest.mark.parametrize("status", [1, KeyboardInterrupt()])
def test_an_interrupted_installation_goes_on(root, monkeypatch, status):
    (root / "requirements.txt").touch()
    with monkeypatch.context() as patch:
        Pip(patch, status=status)
        with pytest.raises((SystemExit, KeyboardInterrupt)) as stopped:
            install.install(root)
    assert status != 1 or "run make again" in str(stopped.value)
    assert not install.is_current(root)
    pip = Pip(monkeypatch)
    install.install(root)
    assert len(pip.calls) == 2
    assert (root / ".venv" / "of the old one").exists()


def test_debian_without_python3_venv(made, tmp_path, monkeypatch):
    """There ``python3 -m venv`` leaves an environment without pip, and fails."""
    for name in install.INPUTS:
        (tmp_path / name).touch()
    python = tmp_path / "python3"
    python.write_text(f"#!/bin/sh\n{sys.executable} -m venv --without-pip .venv\nexit 1\n")
    python.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(python))
        for _ in range(2):
            with pytest.raises(SystemExit, match="install python3-venv"):
                install.install(tmp_path)
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    Pip(monkeypatch, made)
    install.install(tmp_path)  # python3-venv was installed
    assert install.is_current(tmp_path)


# --- what make does with it -----------------------------------------------------------------------

PYTHON = """\
#!/bin/sh
echo "$0 $@" >> '{log}'
case "$*" in
  *--check*) exec '{python}' "$@";;
  *"pip install"*) sleep 1;;
esac
"""


@pytest.fixture
def course(tmp_path):
    """Give a checkout whose Pythons note what they are asked."""
    root = tmp_path / "Kurs für Ärzte"
    (root / "tools").mkdir(parents=True)
    for name in ("Makefile", "tools/machine.py", "tools/install.py"):
        shutil.copy(ROOT / name, root / name)
    for name in install.INPUTS:
        (root / name).touch()
    for place in (root / ".venv" / "bin" / "python", root / "python3"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(PYTHON.format(log=tmp_path / "log", python=sys.executable))
        place.chmod(0o755)
    (root / install.READY).write_bytes(os.fsencode(root))
    return root


def make(root, *arguments):
    """Run make; return what the Pythons were asked."""
    log = root.parent / "log"
    log.write_text("")
    done = subprocess.run(
        ["make", "PYTHON=./python3", *arguments], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    asked = log.read_text().splitlines()
    return [line for line in asked if "--check" not in line and "sys.version_info" not in line]


def test_make_uses_what_is_whole(course):
    program = ".venv/bin/python -I tools/machine.py python tools/provenance.py stale"
    assert make(course, "stale") == [program]


def test_every_program_of_venv_runs_in_the_stated_environment():
    """With PYTHONHOME exported, Python alone does not even start."""
    commands = [line for line in (ROOT / "Makefile").read_text().splitlines() if line[:1] == "\t"]
    assert sum("$(RUN)" in command for command in commands) > 20
    assert not [command for command in commands if re.search(r"\$\(BIN\)|\.venv/", command)]


@pytest.mark.parametrize("kind", ["copied", "moved"])
def test_make_notices_that_venv_belongs_to_another_folder(course, tmp_path, kind):
    place = tmp_path / "other"
    shutil.copytree(course, place) if kind == "copied" else course.rename(place)
    installed, used = make(place, "stale")
    assert installed == "./python3 -I tools/install.py"
    assert used.startswith(".venv/bin/python -I tools/machine.py")


def test_two_makes_at_once_install_once(course):
    os.utime(course / install.READY, (0, 0))  # older than the lock, however coarse the clock
    command = [sys.executable, "-I", "tools/install.py"]
    both = [subprocess.Popen(command, cwd=course) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    log = (course.parent / "log").read_text()
    assert log.count("pip install") == 2  # the lock, and the course itself
