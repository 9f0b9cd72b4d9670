"""Studies in pieces, computed in one process."""

import errno
import json
import os
from pathlib import Path

import pytest
from pieces import Kept, Outcome, Piece, Study
from study_runs import Run
from whole_files import whole_or_not

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

ONCE = {"10": 1, "0": 1, "1": 1, "2": 1, "3": 1, "sum": 1}
SQUARES = {"square 10": 100, "square 0": 0, "square 1": 1, "square 2": 4, "square 3": 9}


def squares(checkout):
    stored = json.loads(checkout.stored.read_text())["results"]
    assert stored["sum"] == 13
    return {name: found["square"] for name, found in stored["squares"].items()}


def test_a_study_is_stored_in_order_and_nothing_is_computed_twice(checkout):
    assert checkout.run()[0] == 0
    assert list(squares(checkout).items()) == list(SQUARES.items())
    checkout.stored.unlink()
    assert checkout.run()[0] == 0
    assert squares(checkout) == SQUARES
    assert checkout.count("done") == ONCE


def test_seconds_are_those_of_all_pieces_in_all_runs(checkout):
    checkout.change('note("done", n)', 'note("done", n)\n    time.sleep(0.6)')
    assert checkout.run()[0] == 0
    assert checkout.run()[0] == 0
    assert json.loads(checkout.stored.read_text())["provenance"]["seconds"] == 3


@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b.replace(b"100", b"101"), len])
def test_a_damaged_result_is_computed_again(checkout, damage):
    assert checkout.run()[0] == 0
    damaged = checkout.pieces[0]
    changed = damage(damaged.read_bytes())
    damaged.write_bytes(changed if isinstance(changed, bytes) else b"")
    status, said = checkout.run()
    assert status == 0
    assert "is damaged" in said
    assert squares(checkout) == SQUARES
    assert checkout.count("done") == {**ONCE, "10": 2, "sum": 1}


def test_a_failing_piece_is_recorded_and_the_others_go_on(checkout):
    checkout.change("    pass", "    if n == 0: raise ZeroDivisionError('no luck')")
    status, said = checkout.run()
    assert status == 1
    assert "these pieces failed: square/0; 0 more need one" in said
    assert not checkout.stored.exists()
    (record,) = (checkout.cache / "pieces/trial").glob("*.failed")
    assert "ZeroDivisionError: no luck" in record.read_text()
    assert checkout.count("done") == {name: 1 for name in ONCE if name != "0"}
    checkout.change("if n == 0: raise ZeroDivisionError('no luck')", "pass")
    assert checkout.run()[0] == 0


def test_what_needs_a_failed_piece_waits(checkout):
    checkout.change("    pass", "    assert n != 2")
    status, said = checkout.run()
    assert status == 1
    assert "these pieces failed: square/2; 1 more need one" in said


def test_other_code_takes_no_old_results(checkout):
    assert checkout.run()[0] == 0
    checkout.change("return first", "return 1000 + first")
    assert checkout.run()[0] == 0
    assert json.loads(checkout.stored.read_text())["results"]["sum"] == 1013
    assert checkout.count("done") == {**ONCE, "sum": 2}  # the squares do not follow from it
    checkout.change("    pass", "    pass  # no trouble")
    checkout.change("[0], take_apart", "[0, 1], take_apart")
    assert checkout.run()[0] == 0
    assert checkout.count("done") == {**ONCE, "sum": 2}
    checkout.change('{"square": n * n', '{"square": n + n')
    assert checkout.run()[0] == 0
    assert checkout.count("done") == {name: 3 if name == "sum" else 2 for name in ONCE}


def test_code_that_changes_meanwhile_does_not_mix(checkout):
    process = checkout.start_study(SLEEP="0.5")
    checkout.wait_until(lambda: checkout.count("done"))
    checkout.change("return first", "return 1000 + first")
    checkout.change('{"square": n * n', '{"square": n + n')
    process.communicate()
    assert squares(checkout) == SQUARES  # all of them by the old code, and so says the stamp
    old = json.loads(checkout.stored.read_text())["provenance"]["code"]
    assert checkout.run()[0] == 0
    stored = json.loads(checkout.stored.read_text())
    assert stored["results"]["sum"] == 1010
    assert stored["provenance"]["code"] != old


def test_a_killed_run_goes_on(checkout):
    process = checkout.start_study(SLEEP="0.3")
    checkout.wait_until(lambda: len(checkout.pieces) == 2)
    process.kill()
    process.wait()
    assert not checkout.stored.exists()
    assert checkout.run()[0] == 0
    assert squares(checkout) == SQUARES
    assert checkout.count("done") == ONCE


def test_two_runs_at_once_double_nothing(checkout):
    first = checkout.start_study(SLEEP="0.8")
    checkout.wait_until(lambda: checkout.count("begun"))
    status, said = checkout.run()
    assert status == 0
    assert "waiting for its end" in said
    first.communicate()
    assert first.returncode == 0
    assert checkout.count("done") == ONCE


def test_other_libraries_than_the_lock_says_are_told_before_work_begins(checkout):
    (checkout.folder / "requirements.txt").write_text("keras==1.2.3\ntensorflow-cpu==99.1.0\n")
    status, said = checkout.run()
    assert status == 1
    assert "requirements.txt asks for keras 1.2, not 3." in said
    assert "tensorflow 99.1, not 2." in said
    assert not checkout.notes.exists()


def test_a_finished_study_is_stored_without_git(checkout):
    status, said = checkout.run(PATH="/nowhere")
    assert status == 0, said
    provenance = json.loads(checkout.stored.read_text())["provenance"]
    assert provenance["commit"] == "not in a git checkout"


def test_nothing_exported_reaches_a_study(checkout):
    checkout.change("    pass", "    note('backend', os.environ['KERAS_BACKEND'])")
    assert checkout.run(KERAS_BACKEND="jax")[0] == 0
    assert set(checkout.count("backend")) == {"tensorflow"}


def test_again_tells_whether_what_is_stored_comes_out(checkout):
    assert checkout.run()[0] == 0
    status, said = checkout.run("--again", "square/3", "sum")
    assert status == 0
    square, total = (json.loads(line) for line in said.splitlines())
    assert (square["outcome"], square["values"]) == ("equal", 1)  # the seconds are left out
    assert (total["outcome"], total["values"]) == ("equal", 1)
    stored = json.loads(checkout.stored.read_text())
    stored["results"]["squares"]["square 3"]["square"] = 10
    checkout.stored.write_text(json.dumps(stored))
    line = json.loads(checkout.run("--again", "square/3")[1])
    assert line["outcome"] == "differs"
    assert line["apart"] == {"square": [10, 9]}
    assert line["largest_difference"] == pytest.approx(0.1)
    del stored["results"]["squares"]["square 3"]["square"]
    checkout.stored.write_text(json.dumps(stored))
    line = json.loads(checkout.run("--again", "square/3")[1])
    assert (line["outcome"], line["values"]) == ("nothing to compare", 0)
    status, said = checkout.run("--again", "square/4")
    assert status == 1
    assert "pieces that can: sum, square/10" in said


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "kept").write_text("old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        whole_or_not(tmp_path / "kept", b"new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_result_that_cannot_be_kept_ends_the_run(checkout, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Kept, "put", full)
    work = Run(Study(checkout.script, {"a": Piece(square)}, dict, [], dict), silent=True)
    with pytest.raises(SystemExit, match=r"the result of a cannot be kept .* No space left"):
        work.finish("a", Outcome(1, 1.0, "this one"))


def square(n: int = 0) -> int:
    return n * n


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ({"a": Piece(square, needs={"n": "b"}), "b": Piece(square)}, "needs .'b'., which must"),
        ({"a": Piece(lambda: 1)}, "expected a function at the top level of a.py"),
        ({"a": Piece(Path("a").exists)}, "expected a function"),
    ],
)
def test_a_wrong_declaration_is_told(pieces, said):
    with pytest.raises(ValueError, match=said):
        Study(Path("a.py"), pieces, dict, [], dict)


def test_arguments_must_be_json():
    study = Study(Path("a.py"), {"a": Piece(square, {"n": {1, 2}})}, dict, [], dict)
    with pytest.raises(ValueError, match="arguments of piece 'a' must be JSON"):
        study.keys({"square": "code"}, {})


def test_only_stale_studies_are_run_and_a_failing_one_stops_no_other(checkout):
    def run(*options):
        process = checkout.start("tools/run_studies.py", *options)
        return process.communicate()[0], process.returncode

    broken = checkout.script.with_name("broken.py")
    broken.write_text("raise SystemExit('no good')\n")
    said, status = run()
    assert status == 1
    assert "no good" in said
    assert "These studies failed: broken.py" in said
    assert squares(checkout) == SQUARES
    broken.unlink()
    said, status = run()
    assert (said, status) == (
        "All studies are fresh; make studies ALL=1 runs them nevertheless.\n",
        0,
    )
    checkout.stored.write_text(checkout.stored.read_text().replace("13", "14"))
    assert run()[1] == 0
    assert squares(checkout) == SQUARES
    assert "trial.py, 1 of 1" in run("--all")[0]
    assert checkout.count("done") == ONCE
