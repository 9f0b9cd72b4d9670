"""What has passed runs again exactly if something that it needs has changed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from passes import Passes, key_of

TOOLS = Path(__file__).resolve().parents[2] / "tools"
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--import-mode=importlib'\n",
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "def one():\n    return 1\ndef two():\n    return 2\n",
    "notes/facts.txt": "1",
    "tests/conftest.py": "import pytest\n@pytest.fixture(scope='session')\ndef fact(root):\n"
    "    return int((root / 'notes/facts.txt').read_text())\n"
    "@pytest.fixture(scope='session')\ndef root(pytestconfig):\n    return pytestconfig.rootpath\n",
    "tests/test_code.py": "from pkg.a import one\ndef test_one():\n    assert one() == 1\n",
    "tests/test_fact.py": "def test_fact(fact):\n    assert fact == 1\n",
    "tests/test_also.py": "def test_also(fact):\n    assert fact < 2\n",
    "tests/test_names.py": "def test_names(root):\n"
    "    assert len(list(root.glob('notes/*'))) == 1\n",
    "tests/test_program.py": "import subprocess, sys\ndef test_program(root):\n"
    "    read = f\"assert open(r'{root}/notes/facts.txt').read() == '1'\"\n"
    "    assert subprocess.run([sys.executable, '-c', read]).returncode == 0\n",
    "tests/test_far.py": "def test_far():\n    assert 1\n",
}
ALL = {"code", "fact", "also", "names", "program", "far"}


class Checkout:
    def __init__(self, root):
        self.root = root
        if (root / ".git").exists():
            return
        for name, text in FILES.items():
            self.write(name, text)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        self.write(".gitignore", ".passes\n__pycache__\n.pytest_cache\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments, **settings):
        """Run the tests; return which files of them ran, and the exit status."""
        command = [sys.executable, "-m", "pytest", "-p", "remember", "-v", *arguments]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the other plugins take time to load
        environment["PYTHONPATH"] = os.pathsep.join(map(str, [TOOLS, self.root / "src"]))
        run = subprocess.run(
            command, cwd=self.root, env=environment | settings, capture_output=True, text=True
        )
        ran = set(re.findall(r"tests/test_(\w+)\.py::\w+(?:@\S+)? (?:PASSED|FAILED)", run.stdout))
        ran |= set(re.findall(r"(?:PASSED|FAILED) tests/test_(\w+)\.py", run.stdout))
        return ran, run.returncode


@pytest.fixture(scope="module")
def passed(tmp_path_factory, needs_git):
    """Give a checkout in which all tests have passed."""
    found = Checkout(tmp_path_factory.mktemp("passed"))
    assert found.run() == (ALL, 0)
    return found.root


@pytest.fixture
def checkout(passed, tmp_path):
    return Checkout(shutil.copytree(passed, tmp_path / "copy"))


def test_nothing_changed(checkout):
    assert checkout.run() == (set(), 0)
    assert checkout.run(FRESH="1") == (ALL, 0)
    assert checkout.run("tests/test_far.py") == ({"far"}, 0)


def test_with_two_workers(checkout):
    options = ("-p", "xdist", "-n", "2", "--dist", "loadgroup")
    assert checkout.run(*options, FRESH="1") == (ALL, 0)
    assert checkout.run(*options) == (set(), 0)
    checkout.write("src/pkg/a.py", FILES["src/pkg/a.py"].replace("return 1", "return 3"))
    assert checkout.run(*options) == ({"code", "program"}, 1)


@pytest.mark.parametrize(
    ("name", "old", "new", "ran", "status"),
    [
        # Each a fault, found although all had passed before.
        ("src/pkg/a.py", "return 1", "return 3", {"code", "program"}, 1),
        ("notes/facts.txt", "1", "7", {"fact", "also", "names", "program"} - {"names"}, 1),
        ("notes/more.txt", None, "1", {"fact", "also", "names", "program"}, 1),
        ("tests/test_far.py", "assert 1", "assert 0", {"far", "program"}, 1),
        ("tests/conftest.py", "return int(", "return 1 + int(", ALL, 1),
        # Each no fault, and as little as possible runs.
        ("src/pkg/a.py", "return 2", "return 3", {"program"}, 0),
        ("src/pkg/a.py", "def one", "# why\ndef one", {"program"}, 0),
        ("tests/test_far.py", "assert 1", "assert 2", {"far", "program"}, 0),
    ],
)
def test_a_change_costs_what_it_touches(checkout, name, old, new, ran, status):
    text = FILES[name].replace(old, new) if old else new
    assert text != FILES.get(name)
    checkout.write(name, text)
    assert checkout.run() == (ran, status)


def test_what_failed_is_not_remembered(checkout):
    checkout.write("tests/test_far.py", "def test_far():\n    assert 0\n")
    assert checkout.run()[1] == 1
    assert checkout.run() == ({"far", "program"} - {"program"}, 1)


def test_what_is_chosen_by_hand_runs(checkout):
    assert checkout.run("-k", "far") == ({"far"}, 0)
    assert checkout.run("tests/test_far.py::test_far") == ({"far"}, 0)


def test_half_a_file_is_no_pass_of_it(tmp_path, needs_git):
    checkout = Checkout(tmp_path)
    checkout.write(
        "tests/test_far.py", "def test_a():\n    assert 1\ndef test_b():\n    assert 0\n"
    )
    assert checkout.run("-k", "far and not test_b")[1] == 0
    assert "far" in checkout.run()[0]


def test_a_damaged_memory_is_not_trusted(checkout):
    for path in (checkout.root / ".passes").rglob("*.json"):
        path.write_text(path.read_text()[:-9])
    assert checkout.run() == (ALL, 0)


def test_a_file_that_changes_while_the_tests_run_is_not_remembered(tmp_path, needs_git):
    checkout = Checkout(tmp_path)
    text = "def test_far(root):\n    path = root / 'notes/facts.txt'\n"
    checkout.write("tests/test_far.py", f"{text}    path.write_text(path.read_text() + ' ')\n")
    checkout.run("tests/test_far.py")
    assert "far" in checkout.run()[0]


@pytest.mark.parametrize("cause", ["no git", "no history", "another repository"])
def test_where_git_does_not_know_the_files_nothing_is_remembered(checkout, cause):
    """A download without history; in a repository that ignores it, git would list nothing."""
    settings = {}
    if cause == "no git":
        settings["PATH"] = "/nowhere"
    else:
        shutil.rmtree(checkout.root / ".git")
    if cause == "another repository":
        subprocess.run(["git", "init", "-q"], cwd=checkout.root.parent, check=True)
        (checkout.root.parent / ".gitignore").write_text("*\n")
    for _ in range(2):
        assert checkout.run(**settings) == (ALL, 0)


# --- the memory itself --------------------------------------------------------------------------


def test_passes(tmp_path, monkeypatch, capsys):
    passes = Passes(tmp_path / "p")
    assert not passes.has("kind", "name", "key")
    passes.add("kind", "name", "key", ["a"])
    assert passes.has("kind", "name", "key")
    assert passes.reads("kind", "name") == ["a"]
    assert not passes.has("kind", "name", "other")
    assert not passes.has("kind", "other", "key")
    assert not passes.has("other", "name", "key")
    monkeypatch.setenv("FRESH", "1")
    assert not passes.has("kind", "name", "key")
    monkeypatch.delenv("FRESH")
    [file] = (tmp_path / "p" / "kind").iterdir()
    for damaged in ("", "[]", '{"name": "name"}', file.read_text()[:-5], "\xff"):
        file.write_text(damaged, encoding="latin-1")
        assert not passes.has("kind", "name", "key")
    assert capsys.readouterr().err == ""
    (tmp_path / "full").write_text("a file where the folder would be")
    Passes(tmp_path / "full").add("kind", "name", "key")
    assert "could not be kept" in capsys.readouterr().err


def test_keys(tmp_path):
    assert key_of("a", "b") != key_of("ab")
    assert key_of(tmp_path / "missing") == key_of(tmp_path)
    (tmp_path / "f").write_text("x")
    assert key_of(tmp_path / "f") == key_of("x")
