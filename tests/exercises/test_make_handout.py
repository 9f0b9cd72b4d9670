"""What is packed for a class: all lessons or some, without a solution or with all of them."""

from zipfile import ZipFile

import make_handout
import pytest
from make_exercises import read
from make_handout import notebooks_of
from make_zip import version_of
from passes import ROOT

SOURCE_09 = read(ROOT / "notebooks" / "exercises" / "09_overfitting.py")


def packed(what, *lessons):
    return {name: text.decode() for name, text in notebooks_of(what, lessons).items()}


def test_all_lessons_or_some():
    everything = packed("handout")
    assert len(everything) == len(list((ROOT / "notebooks").glob("*.ipynb")))
    assert list(packed("solutions", "9", "24")) == ["09_overfitting.ipynb", "24_actions.ipynb"]


def test_solutions_are_in_one_of_the_two_only():
    secret = "best = epoch"
    assert any(secret in exercise.solved for exercise in SOURCE_09.exercises)
    assert secret in packed("solutions", "09")["09_overfitting.ipynb"]
    assert secret not in packed("handout", "09")["09_overfitting.ipynb"]


def test_an_unknown_lesson_is_red():
    with pytest.raises(ValueError, match=r"no lesson 77 .* 00, 01"):
        notebooks_of("handout", ["77"])


def test_the_same_twice(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_handout, "notebooks_of", lambda *_: {"09_a.ipynb": b"{}"})
    (tmp_path / "course").mkdir()
    for name in ("CHANGELOG.md", "pyproject.toml", "CITATION.cff"):
        (tmp_path / "course" / name).write_text((ROOT / name).read_text(encoding="utf-8"))
    made = []
    for _ in range(2):
        make_handout.main(["handout", "09"], tmp_path / "course")
        (path,) = (tmp_path / "course" / "dist").glob("gru-course-handout-09-*.zip")
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert ZipFile(path).namelist() == [f"{path.stem}/START.txt", f"{path.stem}/09_a.ipynb"]
    assert "1 notebooks" in capsys.readouterr().out
    make_handout.main(["handout"], tmp_path / "course")
    assert len(list(path.parent.iterdir())) == 2, "all lessons do not overwrite some"


def test_who_gets_it_is_told_which_wheel_is_needed(tmp_path):
    for name in ("CHANGELOG.md", "pyproject.toml", "CITATION.cff"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"))
    wheel = f"gru_course-{version_of(tmp_path).number}-py3-none-any.whl[lab]"
    assert wheel in make_handout.START.format(version=version_of(tmp_path).number)
