"""What was handed in is found and read, whatever it is; nothing is lost."""

import json
import os
import unicodedata

import pytest
from handed_in import RIGHT, hand_in, notebook
from passes import ROOT
from submissions import (
    LARGEST,
    MIB,
    MOST_NOTEBOOKS,
    NUMBER,
    find_submissions,
    read_notebook,
    shown,
)


def problem_of(path):
    return read_notebook(path, path.name).problem


def test_a_notebook_is_read(tmp_path):
    text = notebook((RIGHT, "answer-1-1"), 'check("1.1", gru_step)')
    read = read_notebook(hand_in(tmp_path / "in", a=text) / "a.ipynb", "a.ipynb")
    assert read.problem is None
    assert [cell.exercise for cell in read.cells] == [None, "1.1", None]
    assert read.exercises == {"1.1"}
    assert read.cells[1].source == RIGHT


def test_lines_in_a_list_and_cells_of_text_are_read(tmp_path):
    content = json.loads(notebook("a = 1\nb = 2"))
    content["cells"][1]["source"] = ["a = 1\n", "b = 2"]
    content["cells"].append({"cell_type": "markdown", "source": "1 / 0"})
    read = read_notebook(hand_in(tmp_path / "in", a=json.dumps(content)) / "a.ipynb", "a")
    assert [cell.source for cell in read.cells][1:] == ["a = 1\nb = 2", ""]


@pytest.mark.parametrize(
    ("grade_id", "number"),
    [("answer-1-1", "1.1"), ("check-12.10", "12.10"), ("01_2", "1.2"), ("gru-2026-1-4", "1.4")],
)
def test_the_name_of_a_cell_names_an_exercise(grade_id, number):
    found = NUMBER.search(grade_id)
    assert f"{int(found[1])}.{int(found[2])}" == number


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON"),
        (b"\x89PNG\r\n\xff\xfe", "is not JSON"),
        (b"[" * 9_000_000, "is not JSON"),
        (b'{"cells": [' + b'{"a":' * 1_000_000, "is not JSON"),
        (b"[]", "no notebook of format 4"),
        (b"{}", "no notebook of format 4"),
        (b'{"cells": 1}', "no notebook of format 4"),
        (b'{"cells": [1]}', "no notebook of format 4"),
        (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "no notebook of format 4"),
        (b'{"cells": [{"cell_type": "code", "source": 7}]}', "no notebook of format 4"),
        (b'{"worksheets": [{"cells": []}]}', "no notebook of format 4"),
        (b'{"cells": [' + b'{"cell_type": "code", "source": ""},' * 2000
         + b'{"cell_type": "code", "source": ""}]}', "more than 2000 cells"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_says_so(tmp_path, content, said):
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    assert said in problem_of(path)


@pytest.mark.parametrize("metadata", [{"nbgrader": 1}, 1, None, {"nbgrader": {"grade_id": 5}}])
def test_odd_metadata_do_not_stop_anything(tmp_path, metadata):
    content = json.loads(notebook("a = 1"))
    content["cells"][1]["metadata"] = metadata
    path = hand_in(tmp_path / "in", a=json.dumps(content)) / "a.ipynb"
    assert problem_of(path) is None
    assert read_notebook(path, "a").exercises == set()


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(200 * MIB)
    assert "It has 200 MiB; at most 10 are read" in problem_of(path)
    os.truncate(path, LARGEST)
    assert "is not JSON" in problem_of(path)


def test_what_is_no_plain_file_is_not_opened(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(notebook())
    folder = tmp_path / "in"
    (folder / "in a folder").mkdir(parents=True)
    for place in (folder, folder / "in a folder"):
        (place / "link.ipynb").symlink_to(secret)
        os.mkfifo(place / "pipe.ipynb")
        (place / "loose.ipynb").symlink_to(tmp_path / "nowhere")
    (folder / "linked").symlink_to(tmp_path)
    found = {one.place: one for one in find_submissions(folder)}
    assert sorted(found) == ["in a folder", "link.ipynb", "linked", "loose.ipynb", "pipe.ipynb"]
    problems = {book.place: book.problem for one in found.values() for book in one.notebooks}
    for name in ("link", "loose"):
        assert "links are not followed" in problems[f"{name}.ipynb"]
        assert "links are not followed" in problems[f"in a folder/{name}.ipynb"]
    assert problems["pipe.ipynb"] == problems["in a folder/pipe.ipynb"] == "It is no plain file."
    assert "no notebook" in problems["linked"]


def test_everything_handed_in_is_a_submission(tmp_path):
    folder = hand_in(tmp_path / "in", anna=notebook(), ben="no JSON")
    (folder / "essay.pdf").write_bytes(b"%PDF")
    (folder / "empty").mkdir()
    hand_in(folder / "clara", one=notebook(), two=notebook())
    hand_in(folder / "clara" / ".ipynb_checkpoints", one=notebook())
    hand_in(folder / "copies", **{f"n{number}": notebook() for number in range(51)})
    (folder / ".DS_Store").touch()
    found = {one.place: one for one in find_submissions(folder)}
    assert list(found) == ["anna.ipynb", "ben.ipynb", "clara", "copies", "empty", "essay.pdf"]
    assert [book.place for book in found["clara"].notebooks] == [
        "clara/one.ipynb",
        "clara/two.ipynb",
    ]
    assert "more than 50 notebooks" in found["copies"].notebooks[0].problem
    assert found["empty"].notebooks[0].problem == "The folder has no notebook."
    assert "does not end in .ipynb" in found["essay.pdf"].notebooks[0].problem


def test_students_with_one_name_are_kept_apart(tmp_path):
    folder = hand_in(tmp_path / "in", anna=notebook(), zoe=notebook())
    hand_in(folder / "anna", work=notebook())
    (folder / "Anna.ipynb").write_text(notebook("1"))
    for form in ("NFC", "NFD"):
        (folder / f"{unicodedata.normalize(form, 'Zoë')}.ipynb").write_text(notebook())
    found = {one.place: one for one in find_submissions(folder)}
    assert len(found) == 6
    alone = [place for place, one in found.items() if not one.notes]
    assert alone == ["zoe.ipynb"]


def test_a_digest_sees_every_change(tmp_path):
    folder = hand_in(tmp_path / "in", a=notebook("1"), b=notebook("1"))
    first, second = (one.digest for one in find_submissions(folder))
    assert first != second
    (folder / "a.ipynb").write_text(notebook("2"))
    changed, same = (one.digest for one in find_submissions(folder))
    assert changed != first
    assert same == second


def test_no_folder_and_an_empty_one_are_refused(tmp_path):
    with pytest.raises(ValueError, match="there is no folder"):
        find_submissions(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="is empty"):
        find_submissions(tmp_path)


def test_what_is_shown_is_one_line():
    assert shown("Jürgen 李 \u200c") == "Jürgen 李 \u200c"
    assert shown("a\r\n\tb\x00\x1b[2J") == "a b??[2J"
    assert shown("\ud800\u202egnp.exe") == "??gnp.exe"
    assert len(shown("x" * 10**6)) == 600


def test_all_handouts_may_be_handed_in_at_once():
    handouts = list((ROOT / "notebooks" / "exercises").glob("*.ipynb"))
    assert 20 < len(handouts) <= MOST_NOTEBOOKS
