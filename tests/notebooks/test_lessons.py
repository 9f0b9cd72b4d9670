"""The run of the notebooks with nbval, on samples: what is broken on purpose must be red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

SAMPLES = Path(__file__).parent / "samples"


class Course:
    """A checkout with a few samples as its notebooks."""

    def __init__(self, root):
        self.root = root
        self.notebooks = root / "notebooks"

    @classmethod
    def of_samples(cls, root, *names):
        course = cls(root)
        shutil.copy(SAMPLES.parents[2] / "conftest.py", root)
        (course.notebooks / "quick").mkdir(parents=True)
        shutil.copy(SAMPLES / "bounds.toml", course.notebooks)
        for name in names:
            shutil.copy(SAMPLES / f"{name}.ipynb", course.notebooks)
            shutil.copy(SAMPLES / "quick" / f"{name}.json", course.notebooks / "quick")
        (root / "pytest.ini").write_text("[pytest]\n")
        (root / "src").mkdir()
        return course

    def copy_the_good_one(self, *names):
        """Let the good sample stand under further names, with the same promises."""
        bounds = (self.notebooks / "bounds.toml").read_text()
        for name in names:
            for place in ("{}.ipynb", "quick/{}.json"):
                good, copy = (self.notebooks / place.format(n) for n in ("good", name))
                shutil.copy(good, copy)
            bounds += bounds.partition("[shuffled_labels]")[0].replace("good", name)
        (self.notebooks / "bounds.toml").write_text(bounds)

    def change(self, name, old, new):
        """Replace a text in a file of the notebooks, once."""
        path = self.notebooks / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    def test(self, *options, **environment):
        """Run the notebooks as `make test` does: why what failed, how many ran, what was said."""
        report = self.root / "report.xml"
        tools = SAMPLES.parents[2] / "tools"
        paths = [str(self.root / "src"), str(tools), os.environ.get("PYTHONPATH", "")]
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", self.notebooks, "--nbval"),
                *(f"--junitxml={report}", *options),
            ],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        cases = list(ElementTree.parse(report).iter("testcase"))
        broken = {}
        for case in cases:
            place = f"{case.get('classname')} {case.get('name')}".strip()
            notebook, _, item = place.removeprefix("notebooks.").partition(".ipynb")
            for fault in case:
                if fault.tag in ("failure", "error"):
                    broken[notebook, item.strip()] = fault.text
        assert (ended.returncode == 0) == (not broken), ended.stdout + ended.stderr
        return broken, len(cases), ended.stdout


# --- each fault is red ----------------------------------------------------------------------------

PROMISES = "bounds and budget"
RED = {
    "shuffled_labels": (PROMISES, "below its floor 0.9"),
    "leaking_labels": (PROMISES, "above its ceiling 0.99"),
    "missing_metric": (PROMISES, "test_accuracy was not recorded"),
    "printed_metric": (PROMISES, "test_accuracy was not recorded"),
    "over_budget": (PROMISES, "over its budget of 0.5 s"),
    "raising": ("Cell 2", "ZeroDivisionError"),
    "other_number": ("Cell 2", "record test_accuracy: '0.93' expected, not '0.945'"),
    "other_words": ("Cell 2", "record accuracy expected, not record test_accuracy"),
    "no_reference": ("", "the reference no_reference.json is missing; make it with"),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Run all samples once, with copies of the good one that do not say what they said."""
    copies = ("other_number", "other_words", "no_reference")
    course = Course.of_samples(tmp_path_factory.mktemp("course"), "good", *(RED.keys() - copies))
    course.copy_the_good_one(*copies)
    course.change("quick/other_number.json", '"0.945"', '"0.93"')
    course.change("quick/other_words.json", "record test_accuracy", "record accuracy")
    (course.notebooks / "quick/no_reference.json").unlink()
    found, _, _ = course.test("--continue-on-collection-errors")
    return found


@pytest.mark.parametrize("name", RED)
def test_a_bad_notebook_is_red(name, broken):
    where, said = RED[name]
    faults = {item: text for (notebook, item), text in broken.items() if notebook == name}
    assert said in faults[where]
    assert faults.keys() - {where} <= ({PROMISES} if name == "raising" else set())


def test_a_good_notebook_is_green(broken):
    assert "good" not in {notebook for notebook, _ in broken}


# --- what has passed is remembered, until something changes that could make it fail --------------


BOUND = "[bound.test_accuracy]\nquick = {floor = 0.9"
BUDGET = "[budget]\nbudget_cpu_seconds = {quick = 60"
FAULTS = {
    "cell": ("cell.ipynb", "0.3 *", "30 *", "Cell 2"),
    "module": ("../src/level.py", "0.3", "30", "Cell 2"),
    "reference": ("quick/reference.json", "0.945", "0.93", "Cell 2"),
    "bound": ("bounds.toml", BOUND, BOUND.replace("0.9", "0.96"), PROMISES),
    "budget": ("bounds.toml", BUDGET, BUDGET.replace("60", "0.1"), PROMISES),
}


def test_what_changes_while_it_runs_is_not_remembered(tmp_path):
    course = Course.of_samples(tmp_path, "good")
    module = tmp_path / "src" / "level.py"
    module.write_text("NOISE = 0.3\n")
    course.change("good.ipynb", "import numpy", "from level import NOISE; import numpy")
    course.change("good.ipynb", "0.3 *", "NOISE *")
    changing = f"open({str(module)!r}, 'a').write('X = 1\\\\nNOISE = 30 * X\\\\n'); model ="
    course.change("good.ipynb", "model =", changing)
    assert course.test()[:2] == ({}, 4)
    module.write_text("NOISE = 0.3\n")  # as before: but what has run was another mixture
    assert course.test()[1] == 4


def test_a_pass_is_remembered_until_something_changes_that_could_undo_it(tmp_path):
    course = Course.of_samples(tmp_path, "good")
    course.copy_the_good_one(*FAULTS)
    (tmp_path / "src" / "level.py").write_text("NOISE = 0.3\n")
    course.change("module.ipynb", "import numpy", "from level import NOISE; import numpy")
    course.change("module.ipynb", "0.3 *", "NOISE *")

    assert course.test("-n", "2", "--dist", "loadscope")[:2] == ({}, 24)
    broken, count, said = course.test("-n", "2", "--dist", "loadscope")
    assert (broken, count) == ({}, 0)
    assert "6 notebooks have passed before" in said

    for name, old, new, _ in FAULTS.values():
        course.change(name, old, new)
    broken, count, _ = course.test()
    assert count == 20
    assert {name for name, _ in broken} == FAULTS.keys()
    assert {(name, where) for name, (*_, where) in FAULTS.items()} <= broken.keys()
    for name in FAULTS.keys() - {"bound"}:
        (course.notebooks / f"{name}.ipynb").unlink()
    broken, count, _ = course.test()  # a failure is not remembered
    assert ({name for name, _ in broken}, count) == ({"bound"}, 4)
    assert course.test(FRESH="1")[1] == 8


# --- run by hand ----------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [("-n", "2"), ("-n", "2", "--dist", "load"), ("-n", "0")])
def test_the_cells_of_a_notebook_stay_together(tmp_path, options):
    course = Course.of_samples(tmp_path, "good")
    course.copy_the_good_one("again")
    assert course.test(*options)[:2] == ({}, 8)


def test_what_the_reader_has_exported_changes_nothing(tmp_path):
    course = Course.of_samples(tmp_path, "good")
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("import os; os.environ['MINE'] = 'yes'")
    asserted = "import os; assert 'MINE' not in os.environ, 'startup'; "
    asserted += "assert 'inline' in os.environ['MPLBACKEND'], os.environ['MPLBACKEND']; "
    course.change("good.ipynb", "import numpy", f"{asserted}import numpy")
    broken, count, _ = course.test(MPLBACKEND="Agg", IPYTHONDIR=str(tmp_path / "ipython"))
    assert (broken, count) == ({}, 4)
