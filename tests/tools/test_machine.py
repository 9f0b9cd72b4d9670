"""Nothing that a reader has exported for other work reaches what the course computes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import machine
import pytest
from machine import git, own_folder, stated
from whole_files import whole_or_not

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

TOOLS = Path(machine.__file__).parent
FOREIGN = {
    "MPLBACKEND": "Agg",
    "MATPLOTLIBRC": "/nowhere",
    "JUPYTER_PATH": "/nowhere",
    "JUPYTER_CONFIG_DIR": "/nowhere",
    "JUPYTERLAB_DIR": "/nowhere",
    "JPY_SESSION_NAME": "some.ipynb",
    "PYTHONHOME": "/nowhere",
    "PYTHONSTARTUP": "/nowhere.py",
    "PYTHONSAFEPATH": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONHASHSEED": "7",
    "PYTHONOPTIMIZE": "2",
    "TF_USE_LEGACY_KERAS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "0",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "XLA_FLAGS": "--of_another_tensorflow",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "AVX2",
    "SKLEARN_ASSUME_FINITE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "LC_ALL": "xx_YY",
    "LANGUAGE": "de",
    "COLUMNS": "20",
    "FORCE_COLOR": "1",
    "SOURCE_DATE_EPOCH": "0",
    "GIT_DIR": "/nowhere",
    "GIT_INDEX_FILE": "/nowhere",
    "PIP_TARGET": "/nowhere",
}
CHOSEN = {
    "PATH": "/bin",
    "HTTPS_PROXY": "http://proxy:1",
    "PIP_INDEX_URL": "http://mirror/",
    "PYTEST_ADDOPTS": "-x",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "0",
    "GIT_CONFIG_GLOBAL": "/nowhere",
    "PYTHONDONTWRITEBYTECODE": "1",
    "GRU_COURSE_PROFILE": "quick",
}


def test_what_is_foreign_goes_and_what_was_chosen_stays():
    found = stated(FOREIGN | CHOSEN)
    assert not FOREIGN.keys() & found.keys()
    assert found.items() >= CHOSEN.items()
    given = {"KERAS_BACKEND": "jax", "LANG": "de_DE", "TZ": "Asia/Tokyo", "IPYTHONDIR": "/nowhere"}
    assert stated(given) == stated({})
    assert stated(stated(CHOSEN)) == stated(CHOSEN)


def test_code_of_this_checkout_comes_first_and_no_other(tmp_path):
    paths = stated({"PYTHONPATH": "/opt/other"}, tmp_path)["PYTHONPATH"].split(os.pathsep)
    assert paths == [str(tmp_path / "src"), str(TOOLS.parent / "src"), str(TOOLS)]


def test_folders_of_data_are_meant_from_where_the_command_is_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = stated({"GRU_COURSE_DATA": "data", "GRU_COURSE_CACHE": "~/c"})
    assert found["GRU_COURSE_DATA"] == str(tmp_path / "data")
    assert found["GRU_COURSE_CACHE"] == str(Path.home() / "c")
    assert "GRU_COURSE_DATA" not in stated({})


def test_python_itself_starts_although_its_variables_lead_nowhere():
    """With PYTHONHOME as it is set here, Python does not even find its own library."""
    say = "import json, os, sys; print(json.dumps([sys.prefix, dict(os.environ)]))"
    command = ["-I", str(TOOLS / "machine.py"), "python", "-c", say]
    done = subprocess.run(
        [sys.executable, *command], env={**os.environ, **FOREIGN}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    prefix, environ = json.loads(done.stdout)
    assert prefix == sys.prefix
    assert not FOREIGN.keys() & environ.keys()
    red = subprocess.run(
        [sys.executable, "-c", say], env={**os.environ, **FOREIGN}, capture_output=True
    )
    assert red.returncode != 0


def test_a_checkout_that_may_only_be_read(tmp_path, monkeypatch):
    (tmp_path / "_build").write_text("a file where the folder would be")
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    own_folder.cache_clear()
    try:
        folder = own_folder()
        assert folder.is_dir()
        assert not folder.is_relative_to(tmp_path)
        assert stated({})["IPYTHONDIR"] == str(folder / "ipython")
        folder.rmdir()
    finally:
        own_folder.cache_clear()


def test_a_home_that_may_only_be_read(monkeypatch):
    assert "JUPYTER_RUNTIME_DIR" not in stated({})
    monkeypatch.setenv("HOME", "/nowhere")
    assert Path(stated({})["JUPYTER_RUNTIME_DIR"]).parent == own_folder()


def test_git_is_asked_about_this_checkout_and_no_other(tmp_path, monkeypatch, needs_git):
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder in (mine, other):
        folder.mkdir()
        assert git(folder, "init", "-q") == b""
        (folder / f"{folder.name}.txt").touch()
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))  # as it is inside a hook of that repository
    assert git(mine, "ls-files", "--others") == b"mine.txt\n"
    assert git(mine, "no-such-command") is None
    assert git(tmp_path, "ls-files") is None
    monkeypatch.setenv("PATH", "")
    assert git(mine, "ls-files") is None


def test_an_interrupted_writer_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    whole_or_not(tmp_path / "a.json", b"old")

    def stopped(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        whole_or_not(tmp_path / "a.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_bytes() == b"old"


def test_a_clone_with_windows_line_ends_has_the_same_bytes(tmp_path, root, needs_git):
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    names = (".ci/run", "Makefile", "requirements.txt", "notebooks/bounds.toml")
    figure = next((root / "book" / "figures").glob("*.svg")).relative_to(root).as_posix()
    for name in (".gitattributes", figure, *names):
        (origin / name).parent.mkdir(parents=True, exist_ok=True)
        (origin / name).write_bytes((root / name).read_bytes().replace(b"\r\n", b"\n"))
    (origin / "voice.wav").write_bytes(b"RIFF\r\n\n")
    windows = ("-c", "core.autocrlf=true", "-c", "core.eol=crlf")
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "c"]):
        assert git(origin, *command) is not None
    assert git(tmp_path, *windows, "clone", "-q", str(origin), str(clone)) is not None
    files = [path for path in origin.rglob("*") if path.is_file() and ".git" not in path.parts]
    assert len(files) == 7
    for path in files:
        assert (clone / path.relative_to(origin)).read_bytes() == path.read_bytes()
    (origin / ".gitattributes").unlink()  # the red light
    for command in (["add", "-A"], [*identity, "commit", "-qm", "c"]):
        assert git(origin, *command) is not None
    red = tmp_path / "red"
    assert git(tmp_path, *windows, "clone", "-q", str(origin), str(red)) is not None
    assert b"\r\n" in (red / ".ci/run").read_bytes()
