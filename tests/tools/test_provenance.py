"""Stamps, seals and accepted differences, on small checkouts."""

import json
import subprocess

import nbformat
import provenance
import pytest
from provenance import NO_STAMP, notebook_stamp, reach_of_study, study_document

pytestmark = pytest.mark.programs_leave("book/*.md")

LOCK = (
    "keras==3.15.1 \\\n    --hash=sha256:00\nnumpy==2.4.6 \\\ntensorflow-cpu==2.21.0\nbabel==2.1\n"
)
STUDY, NOTEBOOK = "studies/s.json", "notebooks/n.ipynb"


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    provenance.repository.cache_clear()


def git(root, *arguments):
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-qm", "c")
    return git(root, "rev-parse", "HEAD").strip()


def make(root):
    """Store the results of a study and a notebook as the runners do."""
    stamp = {"code": reach_of_study(root / "studies/s.py", root).digest, "seconds": 600}
    write(root, STUDY, json.dumps(study_document(stamp, {"1250": 0, "10000": 1})))
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from gru_course.a import f\nprint(f(1))\nopen('../studies/s.json')",
                outputs=[nbformat.v4.new_output("stream", text="2\n")],
                execution_count=1,
            )
        ]
    )
    notebook.metadata["gru_course"] = notebook_stamp(notebook, "full", root)
    write(root, NOTEBOOK, nbformat.writes(notebook))


@pytest.fixture
def checkout(tmp_path, needs_git):
    write(tmp_path, "requirements.txt", LOCK)
    write(tmp_path, "src/gru_course/__init__.py", "")
    write(tmp_path, "src/gru_course/a.py", "def f(x):\n    return x + 1\ndef g():\n    ...\n")
    write(tmp_path, "studies/s.py", "from gru_course.a import f\nf(1)\n")
    write(tmp_path, "notebooks/bounds.toml", "[n]\nbudget_cpu_seconds = {full = 120}\n")
    git(tmp_path, "init", "-q")
    make(tmp_path)
    commit(tmp_path)
    return tmp_path


def stale(root):
    provenance.repository.cache_clear()
    return [text for name in provenance.results(root) for text in provenance.violations(name, root)]


def test_results_just_made_are_fresh(checkout):
    assert provenance.results(checkout) == [STUDY, NOTEBOOK]
    assert stale(checkout) == []
    assert provenance.main(["stale"], checkout) == 0


def test_a_module_that_is_renamed_makes_nothing_stale(checkout):
    for name in ("studies/s.py",):
        text = (checkout / name).read_text().replace("gru_course.a", "gru_course.new.b")
        write(checkout, name, text)
    notebook = (checkout / NOTEBOOK).read_text().replace("gru_course.a", "gru_course.new.b")
    write(checkout, NOTEBOOK, notebook)
    write(checkout, "src/gru_course/new/__init__.py", "")
    write(checkout, "src/gru_course/new/b.py", (checkout / "src/gru_course/a.py").read_text())
    (checkout / "src/gru_course/a.py").unlink()
    assert stale(checkout) == []


def test_a_changed_definition_is_named(checkout, capsys):
    write(
        checkout, "src/gru_course/a.py", "def f(x):\n    return x + h()\ndef h():\n    return 2\n"
    )
    assert [text.partition(":")[0] for text in stale(checkout)] == [STUDY, NOTEBOOK]
    assert provenance.main(["stale"], checkout) == 1
    said = capsys.readouterr().out
    assert said.count("    changed: f\n    new: h\n") == 2
    assert "    took 10 minutes\n" in said
    assert "    may take 2 minutes\n" in said
    assert said.endswith("running all of it again takes 12 minutes.\n")


@pytest.mark.parametrize(
    ("lock", "number"),
    [
        (LOCK.replace("2.4.6", "2.4.9"), 0),
        (LOCK.replace("2.4.6", "2.5.0"), 2),
        (LOCK.replace("2.21.0", "2.22.0"), 2),
        (LOCK.replace("babel==2.1", "babel==2.2"), 0),
        # The lock may hold a version for older and one for newer Python.
        (LOCK + "numpy==2.5.1 ; python_full_version >= '3.12'\n", 2),
    ],
)
def test_a_new_lock(checkout, lock, number):
    write(checkout, "requirements.txt", lock)
    assert len(stale(checkout)) == number


def test_versions_in_the_lock_that_changed_are_named(checkout):
    write(checkout, "requirements.txt", LOCK.replace("2.4.6", "2.5.0"))
    assert provenance.changes(STUDY, checkout) == ["changed: numpy of the lock"]


def test_results_of_a_study_that_changed_make_its_notebook_stale(checkout):
    stamp = {"code": reach_of_study(checkout / "studies/s.py", checkout).digest}
    write(checkout, STUDY, json.dumps(study_document(stamp, {"1250": 0, "10000": 2})))
    assert len(stale(checkout)) == 1
    assert provenance.changes(NOTEBOOK, checkout) == ["changed: the results in s.json"]


def test_without_history_it_is_said_that_nothing_can_be_said(checkout, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy")
    git(copy, "init", "-q")
    for name in ("requirements.txt", "src/gru_course/__init__.py", "studies/s.py", STUDY):
        write(copy, name, (checkout / name).read_text())
    write(copy, "src/gru_course/a.py", "def f(x):\n    return x + 2\n")
    assert "no commit of this clone" in provenance.changes(STUDY, copy)[0]


def edit(root, change):
    stored = json.loads((root / STUDY).read_text())
    change(stored)
    write(root, STUDY, json.dumps(stored))


def reorder(stored):
    stored["results"] = dict(reversed(stored["results"].items()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["results"].update({"1250": 9}), "its seal is broken"),
        (reorder, "its seal is broken"),
        (lambda s: s["provenance"].update(code="0" * 64), "its seal is broken"),
        (lambda s: s["provenance"].update(seconds=1), "its seal is broken"),
        (lambda s: s["provenance"].pop("seal"), "its seal is broken"),
        (lambda s: s["provenance"].pop("code"), "does not say what it came from"),
        (lambda s: s.pop("results"), "cannot be read"),
        (lambda s: s.update(provenance=[]), "cannot be read"),
    ],
)
def test_a_study_edited_by_hand_is_red(checkout, change, said):
    edit(checkout, change)
    assert said in provenance.violations(STUDY, checkout)[0]


def test_a_truncated_study_is_red(checkout):
    write(checkout, STUDY, (checkout / STUDY).read_text()[:-20])
    assert "cannot be read" in provenance.violations(STUDY, checkout)[0]
    (checkout / STUDY).unlink()
    assert "no stored results" in provenance.violations(STUDY, checkout)[0]


@pytest.mark.parametrize(
    ("old", "new"), [('"2\\n"', '"3\\n"'), ('"profile": "full"', '"profile": "quick"')]
)
def test_a_notebook_edited_by_hand_is_red(checkout, old, new):
    text = (checkout / NOTEBOOK).read_text()
    assert old in text
    write(checkout, NOTEBOOK, text.replace(old, new))
    assert "its seal is broken" in provenance.violations(NOTEBOOK, checkout)[0]


def test_a_stamp_set_to_that_of_today_by_hand_is_red(checkout):
    write(checkout, "src/gru_course/a.py", "def f(x):\n    return x + 2\n")
    today = reach_of_study(checkout / "studies/s.py", checkout).digest
    edit(checkout, lambda stored: stored["provenance"].update(code=today))
    assert "edited by hand" in provenance.violations(STUDY, checkout)[0]


# --- accepted differences -----------------------------------------------------------------------

TEST = "tests/test_a.py::test_equal[1]"


@pytest.fixture
def changed(checkout):
    """Give a checkout whose code was changed and gives the same results."""
    write(checkout, "src/gru_course/a.py", "def f(x):\n    return 1 + x\n")
    write(checkout, "tests/test_a.py", "def test_equal(n):\n    ...\n")
    return checkout


def accept(root, *arguments):
    return provenance.main(["accept", *arguments, "--reason", "sums commute"], root)


def test_an_accepted_result_is_fresh_until_the_next_change(changed):
    assert accept(changed, STUDY, NOTEBOOK, "--test", TEST) == 0
    assert stale(changed) == []
    assert provenance.main(["check"], changed) == 0
    write(changed, "src/gru_course/a.py", "def f(x):\n    return 1 + x + 0\n")
    assert len(stale(changed)) == 2
    accept(changed, STUDY, NOTEBOOK, "--pieces", "gru/0")
    assert stale(changed) == []  # along both rows
    assert len(provenance.load_accepted(changed)) == 4


def test_what_changed_since_a_result_was_accepted_is_named(changed):
    accept(changed, STUDY, "--test", TEST)
    commit(changed)
    write(changed, "src/gru_course/a.py", "from math import pi\ndef f(x):\n    return 1 + x + pi\n")
    assert provenance.changes(STUDY, changed) == ["changed: f"]


def test_nothing_is_accepted_twice_or_for_nothing(checkout):
    with pytest.raises(ValueError, match="is fresh: there is nothing to accept"):
        accept(checkout, STUDY, "--test", TEST)


def test_a_row_of_results_that_were_made_anew_is_red(changed):
    accept(changed, STUDY, "--test", TEST)
    make(changed)
    assert "never had the stamp" in provenance.unused(changed)[0]
    assert provenance.main(["check"], changed) == 1


def test_evidence_is_checked_again(changed):
    accept(changed, STUDY, "--test", "tests/test_a.py::test_of_another_name")
    assert provenance.main(["check"], changed) == 1


def test_the_same_code_by_other_rules(changed):
    before = git(changed, "rev-parse", "HEAD").strip()
    git(changed, "checkout", "--", "src")
    provenance.repository.cache_clear()
    edit(changed, lambda s: s.update(study_document({"code": "a stamp by other rules"}, [1])))
    rules = commit(changed)
    accept(changed, STUDY, "--same-code", rules)
    [row] = provenance.load_accepted(changed)
    assert provenance.evidence_violations([row], changed) == []
    # Of another commit, or with results that are not those of that commit, it is red.
    wrong = provenance.Acceptance(**{**vars(row), "evidence": {"same_code": before}})
    assert "its stamp was not" in provenance.evidence_violations([wrong], changed)[0]
    edit(changed, lambda s: s.update(results=[2]))
    assert "are not those of" in provenance.evidence_violations([row], changed)[0]
    unknown = provenance.Acceptance(**{**vars(row), "evidence": {"same_code": "0" * 40}})
    assert "is not in this clone" in provenance.evidence_violations([unknown], changed)[0]


def test_the_same_code_by_other_rules_after_another_row(changed):
    accept(changed, STUDY, "--test", TEST)
    rows = (changed / provenance.ACCEPTED).read_text()
    [row] = provenance.load_accepted(changed)
    write(changed, provenance.ACCEPTED, rows.replace(row.new, "a stamp by other rules"))
    rules = commit(changed)
    accept(changed, STUDY, "--same-code", rules)
    row = provenance.load_accepted(changed)[-1]
    assert row.old == "a stamp by other rules"
    assert provenance.evidence_violations([row], changed) == []
    assert stale(changed) == provenance.violations(NOTEBOOK, changed)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('reason = ""', "must not be empty"),
        ("evidence = { pieces = [] }", "must not be empty"),
        ("evidence = { hearsay = 'x' }", "evidence is same_code, pieces or test"),
        ("extra = 1", "needs result, old, new, reason and evidence"),
        ('result = "studies/t.json"', "there is no studies/t.json"),
    ],
)
def test_a_row_that_says_too_little_is_red(changed, change, said):
    accept(changed, STUDY, "--test", TEST)
    path = changed / provenance.ACCEPTED
    key = change.partition(" =")[0]
    lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{key} =")]
    write(changed, provenance.ACCEPTED, "\n".join([*lines, change]))
    with pytest.raises(ValueError, match=said):
        provenance.load_accepted(changed)


def test_nothing_half_written_is_left_where_nothing_can_be_accepted(changed):
    accept(changed, STUDY, "--test", TEST)
    before = (changed / provenance.ACCEPTED).read_text()
    with pytest.raises(ValueError, match="is fresh"):
        accept(changed, NOTEBOOK, STUDY, "--test", TEST)
    assert (changed / provenance.ACCEPTED).read_text() == before
    assert NO_STAMP not in before


# --- this checkout ------------------------------------------------------------------------------


def test_stored_results_are_those_of_the_code():
    provenance.repository.cache_clear()
    assert stale(provenance.ROOT) == []


def test_accepted_rows_are_used_and_their_evidence_holds():
    assert provenance.unused() == []
    found = provenance.evidence_violations(provenance.load_accepted())
    # A clone without history, such as that of a release, cannot look at old code.
    assert [text for text in found if "not in this clone" not in text] == []


# --- what is installed ----------------------------------------------------------------------------


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install nothing but distributions of given names and versions, without their code."""

    def write_metadata(name, version, package):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}")
        (folder / "top_level.txt").write_text(package)
        monkeypatch.setattr("sys.path", [str(tmp_path)])

    return write_metadata


@pytest.mark.parametrize(
    "build",
    ["tensorflow", "tensorflow-cpu", "tensorflow-macos", "tensorflow-cpu-aws", "intel-tensorflow"],
)
def test_any_build_of_tensorflow_counts_as_tensorflow(install, tmp_path, build):
    install(build, "2.21.0", "tensorflow")
    assert provenance.installed_versions() == {"tensorflow": "2.21"}
    (tmp_path / "requirements.txt").write_text("tensorflow-cpu==2.21.3\n")
    provenance.check_libraries(tmp_path)


@pytest.mark.parametrize(
    ("version", "said"), [("2.20.0", "tensorflow 2.21, not 2.20"), (None, "not there")]
)
def test_other_libraries_are_told(install, tmp_path, version, said):
    if version:
        install("tensorflow-macos", version, "tensorflow")
    else:
        install("babel", "2.17.0", "babel")
    (tmp_path / "requirements.txt").write_text("tensorflow-cpu==2.21.3\n")
    with pytest.raises(ValueError, match=said):
        provenance.check_libraries(tmp_path)


def test_without_git_it_is_said_that_nothing_can_be_said(checkout, monkeypatch):
    write(checkout, "src/gru_course/a.py", "def f(x):\n    return x + 2\n")
    monkeypatch.setenv("PATH", "")
    assert "cannot be said" in provenance.changes(STUDY, checkout)[0]
