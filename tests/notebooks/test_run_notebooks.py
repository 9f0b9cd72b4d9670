"""What `make execute` and `make verify` do, on samples, some of them broken on purpose."""

import errno
import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import papermill
import pytest
import run_notebooks
from definitions import Reach
from notebook_runs import Run, longest_first, run_notebook, store
from plain_notebooks import METADATA
from provenance import notebook_stamp

from gru_course.course.bounds import load_bounds
from gru_course.course.metrics import read_records

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

SAMPLES = Path(__file__).parent / "samples"
NAMES = ("good", "shuffled_labels", "over_budget", "raising")


@pytest.fixture
def paths(tmp_path):
    shutil.copytree(SAMPLES, tmp_path, dirs_exist_ok=True)
    return [tmp_path / f"{name}.ipynb" for name in NAMES]


def lines_of(capsys):
    said = capsys.readouterr()
    assert said.err == ""
    return sorted(said.out.splitlines())


def test_execute_stores_what_keeps_its_promises_and_goes_on_after_a_failure(paths, capfd):
    good, *others = paths
    before = [path.read_bytes() for path in others]
    found = run_notebooks.execute(paths)
    stored = nbformat.read(good, as_version=4)
    assert stored.metadata["gru_course"] == notebook_stamp(stored, "full")
    assert read_records(stored) == {"test_accuracy": 0.945}
    assert [path.read_bytes() for path in others] == before
    for text in ("below its floor 0.9", "over its budget of 0.5 s", "ZeroDivisionError"):
        assert sum(text in violation for violation in found) == 1
    # A line a notebook, and nothing of what kernels print beside their outputs.
    first, budget, raising, shuffled = lines_of(capfd)
    assert first.startswith("good.ipynb: ")
    assert first.endswith(" s of CPU time, 1 records, 0 violations")
    assert raising == "raising.ipynb: FAILED"
    assert budget.endswith("1 violations")
    assert shuffled.endswith("1 violations")


def test_verify_stores_nothing_and_tells_what_is_not_as_stored(paths, capfd):
    good = paths[0]
    notebook = nbformat.read(good, as_version=4)
    notebook.cells[-1].outputs = [
        nbformat.v4.new_output(
            "display_data",
            {"application/papermill.record/text/plain": "0.94"},
            metadata={"scrapbook": {"name": "test_accuracy"}},
        )
    ]
    nbformat.write(notebook, good)
    before = good.read_bytes()
    assert run_notebooks.verify([good]) == []
    assert good.read_bytes() == before
    said = lines_of(capfd)
    assert said[0] == "1 outputs are not as stored; another machine may be the reason."
    assert said[2] == (
        "not as stored: good.ipynb, cell 3: record test_accuracy: '0.94' expected, not '0.945' "
        "(to 0.001)"
    )


def test_a_notebook_that_reads_stale_results_is_not_run(paths, monkeypatch, capfd):
    monkeypatch.setattr(run_notebooks, "violations", lambda result: [f"{result}: is stale"])
    good = paths[0]
    good.write_text(good.read_text().replace("profile = None", "read = '../studies/level.json'"))
    before = good.read_bytes()
    found = run_notebooks.execute([good])
    assert found == ["good.ipynb was not run: studies/level.json: is stale"]
    assert good.read_bytes() == before
    assert lines_of(capfd) == []


def test_a_raising_notebook_is_red(tmp_path):
    with pytest.raises(papermill.exceptions.PapermillExecutionError, match="ZeroDivisionError"):
        run_notebook(SAMPLES / "raising.ipynb", "quick", tmp_path)


def test_a_notebook_without_the_parameter_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no cell tagged 'parameters' that sets profile"):
        run_notebook(SAMPLES / "no_parameter.ipynb", "quick", tmp_path)


def test_cpu_time_is_that_of_all_processes_of_the_kernel(tmp_path):
    busy = "sum(i * i for i in range(10**7))"
    source = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', '{busy}'], check=True)"
    cells = [("profile = None", ["parameters"]), (source, []), ("import time; time.sleep(3)", [])]
    path = tmp_path / "busy.ipynb"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(s, metadata={"tags": tags}) for s, tags in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    nbformat.write(notebook, path)
    (tmp_path / "out").mkdir()
    with_child = run_notebook(path, "quick", tmp_path / "out")
    notebook.cells[1].source = "import subprocess, sys"
    nbformat.write(notebook, path)
    without = run_notebook(path, "quick", tmp_path / "out")
    assert with_child.cpu_seconds > without.cpu_seconds + 0.2
    assert without.seconds > without.cpu_seconds + 1  # waiting costs nothing


def test_the_longest_notebook_is_begun_first(tmp_path):
    bounds = (SAMPLES / "bounds.toml").read_text()
    longer = bounds.replace("quick = 60, full = 60", "quick = 70, full = 60", 2)
    (tmp_path / "bounds.toml").write_text(longer.replace("quick = 70", "quick = 60", 1))
    read = load_bounds(tmp_path / "bounds.toml")
    assert read["shuffled_labels", "quick"].budget_cpu_seconds == 70
    paths = [tmp_path / f"{name}.ipynb" for name in ("over_budget", "good", "shuffled_labels")]
    order = [path.stem for path in longest_first(paths, "quick")]
    assert order == ["shuffled_labels", "good", "over_budget"]


def test_a_full_disk_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    store("old", path)

    def full(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        store("new", path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert path.read_text() == "old\n"


@pytest.fixture
def good_run(paths):
    run = Run(nbformat.read(paths[0], as_version=4), 1.0, 1.0)
    run.notebook.cells[-1].outputs = [
        nbformat.v4.new_output(
            "display_data",
            {"application/papermill.record/text/plain": "0.95"},
            metadata={"scrapbook": {"name": "test_accuracy"}},
        )
    ]
    return run


def test_a_notebook_that_cannot_be_stored_is_red(paths, good_run, monkeypatch):
    def full(text, path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_notebooks, "store", full)
    monkeypatch.setattr(run_notebooks, "run_side_by_side", lambda *_: iter([(paths[0], good_run)]))
    (found,) = run_notebooks.execute(paths[:1])
    assert "good.ipynb could not be stored, the old one is whole" in found


def test_what_is_edited_while_it_runs_is_not_overwritten(paths, good_run, monkeypatch):
    edited = paths[0].read_text().replace("# Good", "# Better")

    def editing(*_):
        paths[0].write_text(edited)
        yield paths[0], good_run

    monkeypatch.setattr(run_notebooks, "run_side_by_side", editing)
    (found,) = run_notebooks.execute(paths[:1])
    assert "good.ipynb was not stored: it, or its code, was edited meanwhile" in found
    assert paths[0].read_text() == edited


def test_what_has_run_with_other_code_than_there_is_now_is_not_stored(paths, good_run, monkeypatch):
    digests = iter(["before", "after"])
    monkeypatch.setattr(run_notebooks, "run_side_by_side", lambda *_: iter([(paths[0], good_run)]))
    monkeypatch.setattr(run_notebooks, "reach_of_notebook", lambda _: Reach(next(digests), {}))
    (found,) = run_notebooks.execute(paths[:1])
    assert "was edited meanwhile" in found


# --- what the reader has exported ----------------------------------------------------------------

DRAWING = [
    ("profile = None", {"tags": ["parameters"]}),
    (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        {"mystnb": {"image": {"alt": "A line"}}},
    ),
]


@pytest.fixture
def drawing(tmp_path):
    """Give a notebook whose second cell draws, and says so."""
    (tmp_path / "out").mkdir()
    (tmp_path / "bounds.toml").write_text(
        (SAMPLES / "bounds.toml").read_text().replace("over_budget", "drawing")
    )
    path = tmp_path / "drawing.ipynb"
    cells = [nbformat.v4.new_code_cell(source, metadata=said) for source, said in DRAWING]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), path)
    return path


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Export what takes figures away, starts another kernel, or runs code of the user in it."""
    kernel, startup = tmp_path / "kernels" / "python3", tmp_path / "i" / "profile_default/startup"
    for folder in (kernel, startup):
        folder.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python", "{connection_file}"], "display_name": "", "language": "p"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    (startup / "mine.py").write_text("import matplotlib; matplotlib.use('svg')")
    settings = kernel / "matplotlibrc"  # one beside the notebook is read by whoever works there
    settings.write_text("figure.dpi: 10")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("MATPLOTLIBRC", str(settings))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "i"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))


def picture_of(run):
    (picture,) = (o.data["image/png"] for o in run.notebook.cells[-1].outputs if "data" in o)
    return picture


def test_what_the_reader_has_exported_changes_no_page(drawing, request):
    (before,) = (run for _, run in run_notebooks.run_side_by_side([drawing], "quick"))
    request.getfixturevalue("hostile")
    (after,) = (run for _, run in run_notebooks.run_side_by_side([drawing], "quick"))
    assert picture_of(before) == picture_of(after)


def test_a_page_without_its_figure_is_not_stored(drawing, monkeypatch, capsys):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    run = run_notebook(drawing, "quick", drawing.parent / "out")  # the environment as it is
    before = drawing.read_bytes()
    monkeypatch.setattr(run_notebooks, "run_side_by_side", lambda *_: iter([(drawing, run)]))
    found = run_notebooks.execute([drawing])
    assert (
        sum("drawing.ipynb: a cell shows no picture: 'import matplotlib" in f for f in found) == 1
    )
    assert drawing.read_bytes() == before


def test_nothing_is_run_with_other_libraries_than_the_stamp_names(paths, monkeypatch, capsys):
    def other():
        raise ValueError("requirements.txt asks for numpy 2.4, not 1.26: install what it lists")

    monkeypatch.setattr(run_notebooks, "check_libraries", other)
    before = paths[0].read_bytes()
    assert "asks for numpy" in run_notebooks.execute(paths)[0]
    assert paths[0].read_bytes() == before


# --- what has changed ----------------------------------------------------------------------------


@pytest.fixture
def checkout(paths, needs_git):
    """The samples under git, and the revision of that."""
    folder = paths[0].parent
    (folder / "requirements.txt").write_text("numpy==2\n")

    def git(*command):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-m", "all")
    return paths


@pytest.mark.parametrize(
    ("name", "old", "new", "changed"),
    [
        ("good.ipynb", "# Good", "# Better", []),
        ("good.ipynb", "[400:] @ model", "[400:] @ -model", ["good"]),
        ("good.ipynb", '"outputs": []', '"outputs": [{"output_type": "error"}]', ["good"]),
        ("good.ipynb", '"name": "python3"', '"name": "python4"', ["good"]),
        ("requirements.txt", "numpy==2", "numpy==3", list(NAMES)),
    ],
)
def test_what_has_changed_is_run_in_full(name, old, new, changed, checkout):
    path = checkout[0].parent / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert [p.stem for p in run_notebooks.changed_since("HEAD", checkout)] == changed


def test_a_notebook_saved_in_jupyter_lab_has_not_changed(checkout):
    notebook = nbformat.read(checkout[0], as_version=4)
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info = {"name": "python", "version": "3.12.1"}
    notebook.cells[-1].metadata["scrolled"] = True
    nbformat.write(notebook, checkout[0])
    assert run_notebooks.changed_since("HEAD", checkout) == []


def test_a_new_notebook_has_changed(checkout):
    new = checkout[0].with_name("new.ipynb")
    shutil.copy(checkout[0], new)
    assert run_notebooks.changed_since("HEAD", [*checkout, new]) == [new]


def test_an_unknown_revision_is_refused(checkout):
    with pytest.raises(ValueError, match="git knows no revision 'nowhere'"):
        run_notebooks.changed_since("nowhere", checkout)


@pytest.mark.parametrize("count", [1, 2, 5, 30])
def test_every_notebook_has_its_turn(count):
    paths = [Path(f"{n}") for n in range(22)]
    days = -(-len(paths) // count)
    seen = {path for day in range(days) for path in run_notebooks.in_rotation(paths, count, day)}
    assert seen == set(paths)
