"""What has passed runs again exactly if something that it needs has changed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import passes
import pytest
from passes import Passes, key_of

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

TOOLS = Path(__file__).resolve().parents[2] / "tools"
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--import-mode=importlib'\n",
    "src/pkg/__init__.py": "",
    "src/pkg/a.py": "def one():\n    return 1\ndef two():\n    return 2\n",
    "notes/facts.txt": "1",
    "tests/conftest.py": "import pytest\n@pytest.fixture(scope='session')\ndef fact(root):\n"
    "    return int((root / 'notes/facts.txt').read_text())\n"
    "@pytest.fixture(scope='session')\ndef root(pytestconfig):\n    return pytestconfig.rootpath\n",
    "tests/test_code.py": "import pytest\nfrom pkg.a import one\n"
    "@pytest.mark.parametrize('n', range(9))\ndef test_one(n):\n    assert one() == 1\n",
    "tests/test_fact.py": "def test_fact(fact):\n    assert fact == 1\n",
    "tests/test_also.py": "def test_also(fact):\n    assert fact < 2\n",
    "tests/test_names.py": "def test_names(root):\n"
    "    assert len(list(root.glob('notes/*'))) == 1\n",
    "tests/test_program.py": "import subprocess, sys\ndef test_program(root):\n"
    "    read = f\"assert open(r'{root}/notes/facts.txt').read() == '1'\"\n"
    "    assert subprocess.run([sys.executable, '-c', read]).returncode == 0\n",
    "src/pkg/b.py": "import pathlib\ndef read(path):\n"
    "    assert pathlib.Path(path).read_text() == '1'\n",
    "tests/test_spawned.py": "from multiprocessing import get_context\nfrom pkg.b import read\n"
    "def test_spawned(root):\n"
    "    process = get_context('spawn').Process(target=read, args=[root / 'notes/facts.txt'])\n"
    "    process.start()\n    process.join()\n    assert process.exitcode == 0\n",
    "tests/test_far.py": "def test_far():\n    assert 1\n",
    # As TensorFlow does: the import makes more packages, or other versions, visible.
    "tests/test_path.py": "import setuptools\ndef test_path():\n    assert 1\n",
    "tests/book/shared.py": "ONE = 1\n",
    "tests/book/test_shared.py": "import sys\nfrom pathlib import Path\n"
    "sys.path.insert(0, str(Path(__file__).parent))\nfrom shared import ONE\n"
    "def test_shared():\n    assert ONE == 1\n",
    "tests/unit/conftest.py": "import pytest\n@pytest.fixture\ndef own():\n    return 1\n",
    "tests/unit/test_inner.py": "def test_inner(own):\n    assert own == 1\n",
}
ANY = {"program", "spawned"}
"""Start programs, which may read anything."""
ALL = ANY | {"code", "fact", "also", "names", "far", "inner", "path", "shared"}


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
        file = r"tests/(?:\w+/)*test_(\w+)\.py"
        ran = set(re.findall(rf"{file}::\S+ (?:PASSED|FAILED)", run.stdout))
        ran |= set(re.findall(rf"(?:PASSED|FAILED) {file}", run.stdout))
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
    options = ("-p", "xdist", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    shutil.rmtree(checkout.root / ".passes")
    assert checkout.run(*options) == (ALL, 0)
    assert checkout.run(*options) == (set(), 0)
    checkout.write("src/pkg/a.py", FILES["src/pkg/a.py"].replace("return 1", "return 3"))
    assert checkout.run(*options) == ({"code", *ANY}, 1)


PROGRAM = """import subprocess, sys, pytest
{}
def test_marked():
    assert subprocess.run([sys.executable, "-c", "1"]).returncode == 0
def test_plain():
    pass
"""
MARK = "@pytest.mark.programs_leave('notes/f*')"


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        (PROGRAM.format(f"pytestmark = {MARK[1:]}"), False),
        (PROGRAM.format(MARK), True),  # what the others start is not known
        (PROGRAM.format(f"pytestmark = {MARK[1:]}\nopen('notes/facts.txt')"), True),
        (PROGRAM.format(f"pytestmark = {MARK[1:-1]}, but=['notes/facts.txt'])"), True),
    ],
)
def test_what_programs_leave_alone_by_their_mark(checkout, text, runs):
    checkout.write("tests/test_marked.py", text)
    checkout.run()
    assert checkout.run()[0] == set()
    checkout.write("notes/facts.txt", "7")
    assert ("marked" in checkout.run()[0]) == runs
    checkout.write("src/pkg/a.py", FILES["src/pkg/a.py"] + "ONE = 1\n")
    assert "marked" in checkout.run()[0]


@pytest.mark.parametrize(
    ("mark", "runs"),
    [("", True), (MARK[1:], False), (f"{MARK[1:-1]}, but=['notes/facts.txt'])", True)],
)
def test_what_fixtures_of_a_session_read_is_left_alone_by_the_mark_too(checkout, mark, runs):
    text = f"import pytest\npytestmark = [{mark}]\ndef test_marked(fact):\n    assert fact\n"
    checkout.write("tests/test_marked.py", text)
    checkout.run()
    checkout.write("notes/facts.txt", "7")
    assert ("marked" in checkout.run()[0]) == runs


def test_a_file_that_a_mark_names_is_there(checkout):
    mark = f"pytestmark = {MARK[1:-1]}, but=['notes/gone.txt'])"
    checkout.write("tests/test_marked.py", PROGRAM.format(mark))
    assert checkout.run() == (set(), pytest.ExitCode.USAGE_ERROR)


@pytest.mark.parametrize(
    ("name", "old", "new", "ran", "status"),
    [
        # Each a fault, found although all had passed before.
        ("src/pkg/a.py", "return 1", "return 3", {"code", *ANY}, 1),
        ("notes/facts.txt", "1", "7", {"fact", "also", *ANY}, 1),
        ("notes/more.txt", None, "1", {"fact", "also", "names", "path", *ANY}, 1),
        ("tests/test_far.py", "assert 1", "assert 0", {"far", *ANY}, 1),
        ("tests/conftest.py", "return int(", "return 1 + int(", ALL, 1),
        ("tests/unit/conftest.py", "return 1", "return 2", {"inner", *ANY}, 1),
        ("tests/book/shared.py", "1", "2", {"shared", *ANY}, 1),
        # Each no fault, and as little as possible runs.
        ("src/pkg/a.py", "return 2", "return 3", ANY, 0),
        ("src/pkg/a.py", "def one", "# why\ndef one", ANY, 0),
        ("tests/test_far.py", "assert 1", "assert 2", {"far", *ANY}, 0),
        ("pyproject.toml", "[tool", "[tool.other]\n[tool", ANY, 0),
        ("pyproject.toml", "'\n", " -rx'\n", ALL, 0),
    ],
)
def test_a_change_costs_what_it_touches(checkout, name, old, new, ran, status):
    text = FILES[name].replace(old, new) if old else new
    assert text != FILES.get(name)
    checkout.write(name, text)
    assert checkout.run() == (ran, status)


SCRIPTS = ("studies/zoo.py", "benchmarks/speed.py")


@pytest.mark.parametrize("changed", SCRIPTS)
def test_scripts_that_are_run_by_their_path(checkout, changed):
    checkout.write("book/figures/zoo.py", "")  # hides the study where modules are looked for
    checkout.write(
        "tests/test_scripts.py",
        f"import importlib.util\ndef test_scripts(root):\n    for name in {SCRIPTS}:\n"
        "        spec = importlib.util.spec_from_file_location('script', root / name)\n"
        "        module = importlib.util.module_from_spec(spec)\n"
        "        spec.loader.exec_module(module)\n        assert module.SIZE == 1\n",
    )
    for name in SCRIPTS:
        checkout.write(name, "SIZE = 1\n")
    assert "scripts" in checkout.run()[0]
    assert checkout.run() == (set(), 0)
    checkout.write(changed, "SIZE = 2\n")
    assert checkout.run() == ({"scripts", *ANY}, 1)


def test_what_failed_is_not_remembered(checkout):
    checkout.write("tests/test_far.py", "def test_far():\n    assert 0\n")
    assert checkout.run()[1] == 1
    assert checkout.run() == ({"far"}, 1)


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
    memory = Passes(tmp_path / "p")
    assert not memory.has("kind", "name", "key")
    memory.add("kind", "name", "key", ["a"])
    assert memory.has("kind", "name", "key")
    assert memory.reads("kind", "name") == ["a"]
    assert not memory.has("kind", "name", "other")
    assert not memory.has("kind", "other", "key")
    assert not memory.has("other", "name", "key")
    monkeypatch.setenv("FRESH", "1")
    assert not memory.has("kind", "name", "key")
    monkeypatch.delenv("FRESH")
    [file] = (tmp_path / "p" / "kind").iterdir()
    for damaged in ("", "[]", '{"name": "name"}', file.read_text()[:-5], "\xff"):
        file.write_text(damaged, encoding="latin-1")
        assert not memory.has("kind", "name", "key")
    assert capsys.readouterr().err == ""
    (tmp_path / "full").write_text("a file where the folder would be")
    Passes(tmp_path / "full").add("kind", "name", "key")
    assert "could not be kept" in capsys.readouterr().err


def test_another_program_of_the_same_name_is_another_environment(tmp_path, monkeypatch):
    def said():
        passes.environment.cache_clear()
        return passes.environment()

    monkeypatch.setenv("PATH", str(tmp_path))
    found = [said()]
    program = tmp_path / passes.BROWSERS[-1]
    for text in ("one", "another"):
        program.write_text(text)
        program.chmod(0o755)
        found.append(said())
    monkeypatch.setenv("PYTEST_ADDOPTS", "-W ignore")
    found.append(said())
    monkeypatch.undo()
    passes.environment.cache_clear()
    assert len(set(found)) == len(found)


def test_keys(tmp_path):
    assert key_of("a", "b") != key_of("ab")
    assert key_of(tmp_path / "missing") == key_of(tmp_path)
    (tmp_path / "f").write_text("x")
    assert key_of(tmp_path / "f") == key_of("x")
