"""What counts as the same output, and how a reference finds its tolerances."""

import itertools

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_runs import NOTEBOOKS, reference_path
from references import (
    SHARE,
    TOLERANCES,
    Cell,
    Reference,
    Text,
    differences_from_stored,
    digest_of_sources,
    numbers_agree,
    reference_of,
    texts,
)

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))


def stream(text, name="stdout"):
    return new_output("stream", text=text, name=name)


def shown(**data):
    return new_output("execute_result", {k.replace("_", "/"): v for k, v in data.items()})


def recorded(name, value):
    return new_output(
        "display_data",
        {"application/papermill.record/text/plain": value},
        metadata={"scrapbook": {"name": name}},
    )


def cell(*outputs, source="x", **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def notebook(*cells):
    return new_notebook(cells=[new_markdown_cell("# Title"), *cells])


# --- what counts as the same ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "found", "tolerance", "agree"),
    [
        ("0.8436", "0.8440", 0.001, True),
        ("0.8436", "0.8450", 0.001, False),
        ("0.8436", "0.8536", 0.03, True),
        ("0.84", "0.85", 0.001, True),  # the border of two roundings
        ("0.84", "0.86", 0.001, False),
        ("0.04", "0.05", 0.001, False),  # one unit is a quarter of the number
        ("12.3", "12.4", 0.001, True),
        ("1.0", "0.9", 0.001, False),
        ("25,000", "25,000", 0.001, True),
        ("25,000", "25,001", 0.001, False),
        ("300", "310", 0.1, True),
        ("300", "350", 0.1, False),
        ("3e-16", "1e-15", 0.001, True),  # both are zero up to rounding
        ("3e-16", "1e-5", 0.1, False),
        ("5.81e-05", "5.82e-05", 0.01, True),
        ("0.02", "-0.02", 0.1, False),
        ("−0.8", "-0.8", 0.001, True),
    ],
)
def test_numbers_agree(expected, found, tolerance, agree):
    assert numbers_agree(expected, found, tolerance) == agree
    assert numbers_agree(found, expected, tolerance) == agree


TABLE = "| model   | accuracy |\n|---------|----------|\n| GRU     | 0.8436   |"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([shown(text_markdown=TABLE, text_plain="<Markdown object>")], None),
        ([shown(text_markdown=TABLE.replace("    ", " "))], None),  # spaces follow the widths
        ([shown(text_markdown=TABLE.replace("0.8436", "0.8437"))], None),
        ([shown(text_markdown=TABLE.replace("0.8436", "0.7436"))], "0.7436"),
        ([shown(text_markdown=TABLE.replace("GRU", "LSTM"))], "LSTM"),
        ([shown(text_markdown=TABLE + "\n| LSTM | 0.84 |")], "other rows"),
        ([shown(text_plain=TABLE)], "text/markdown expected, not text/plain"),
        ([shown(text_markdown=TABLE), stream("more")], "one output more than expected, stdout"),
        ([], "one output less than expected, text/markdown"),
        ([stream("Careful", "stderr"), shown(text_markdown=TABLE)], "not stderr: 'Careful'"),
    ],
)
def test_outputs_differ(found, said):
    kept = Cell(texts([shown(text_markdown=TABLE)]), TOLERANCES[0])
    differences = kept.differences(found)
    assert bool(differences) == (said is not None)
    assert said is None or said in differences[0]


def test_records_are_compared_by_name_and_value():
    kept = Cell(texts([recorded("accuracy", "0.8436")]), TOLERANCES[0])
    assert kept.differences([recorded("accuracy", "0.8436")]) == []
    assert kept.differences([recorded("accuracy", "0.9")]) != []
    assert kept.differences([recorded("loss", "0.8436")]) != []
    exact = Cell(texts([recorded("accuracy", "0.95")]), TOLERANCES[0])
    assert exact.differences([recorded("accuracy", "0.94")]) != []  # not rounded for print


def test_of_pictures_and_sounds_only_the_kind_is_kept():
    sound = '<audio src="data:audio/wav;base64,UklGRiQA"></audio>'
    assert texts([shown(image_png="AAAA", text_plain="<Figure>"), shown(text_html=sound)]) == (
        Text("image", ""),
        Text("text/html", '<audio src="data:audio/wav"></audio>'),
    )


def test_numbers_are_kept_to_six_digits_and_counts_whole():
    assert texts([stream("0.39120000000000005 of 1234567, 1.5e-09\n")]) == (
        Text("stdout", "0.3912 of 1234567, 1.5e-09"),
    )


# --- a reference ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "tolerance"),
    [
        (["accuracy 0.8436"], 0.001),
        (["accuracy 0.8437", "accuracy 0.8436"], 0.001),
        (["accuracy 0.8456"], 0.01),
        (["accuracy 0.8436", "accuracy 0.8456"], 0.01),
        (["accuracy 0.8636"], 0.1),
        (["accuracy 0.7436"], None),
        (["error 0.8436"], None),
        (["accuracy 0.8436\nand more"], None),
    ],
)
def test_a_tolerance_is_three_times_what_other_machines_differ(others, tolerance):
    runs = [notebook(cell(stream(text))) for text in ("accuracy 0.8436", *others)]
    assert reference_of(runs).cells[0].tolerance == tolerance


def test_a_cell_with_seconds_is_not_compared():
    timed = notebook(cell(stream("3 s"), tags=["nbval-ignore-output"]))
    reference = reference_of([timed, timed])
    assert reference.cells[0] == Cell((Text("stdout", ""),), None)
    assert reference.cells[0].differences([stream("4 s"), stream("more")]) == []


def test_share():
    text, picture = stream("1"), shown(image_png="AA")
    ignored = {"tags": ["nbval-ignore-output"]}
    run = notebook(cell(text), cell(text, **ignored), cell(picture), cell(), cell(picture, text))
    assert reference_of([run]).share() == pytest.approx(2 / 3)
    assert reference_of([notebook(cell())]).share() == 1.0


def test_a_reference_is_read_as_it_was_written(tmp_path):
    run = notebook(cell(stream("a\n\nb")), cell(recorded("a", "0.5")), cell())
    path = tmp_path / "01_x.json"
    path.write_text(reference_of([run, run]).as_json())
    assert Reference.read(path) == reference_of([run, run])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sources": "", "cells": [{"texts": []}]}'])
def test_a_damaged_reference_is_refused(text, tmp_path):
    path = tmp_path / "01_x.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"01_x.json is damaged.*quick notebooks/01_x.ipynb"):
        Reference.read(path)


def test_papermills_cell_is_no_cell_of_the_notebook():
    injected = cell(source="profile = 'quick'", tags=["injected-parameters"])
    assert reference_of([notebook(injected, cell())]) == reference_of([notebook(cell())])


@pytest.mark.parametrize(
    ("source", "same"),
    [
        ("from a import b\nx = b(1)  # why", True),
        ("from c import b\nx = b(1)", True),
        ("from a import b\nx = b(2)", False),
    ],
)
def test_a_digest_is_of_what_the_cells_do(source, same):
    today = digest_of_sources(notebook(cell(source="from a import b\nx = b(1)")))
    assert (digest_of_sources(notebook(cell(source=source))) == today) == same


def test_two_runs_in_full_are_compared_to_the_tolerances_of_quick():
    quick = [notebook(cell(stream(text)), cell(stream(text))) for text in ("0.5", "0.502")]
    stored, fresh = (
        notebook(cell(stream(f"{a}")), cell(stream(f"{b}"))) for a, b in ((0.7, 0.7), (0.706, 0.75))
    )
    assert differences_from_stored(stored, fresh, reference_of(quick)) == [
        "cell 2: stdout: '0.7' expected, not '0.75' (to 0.03)"
    ]


# --- the references of the course ----------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_the_reference_is_of_todays_cells_and_compares_enough(path):
    assert reference_violations(nbformat.read(path, as_version=4), reference_path(path)) == []


def test_no_reference_is_left_over():
    kept = {path.stem for path in (NOTEBOOKS / "quick").iterdir()}
    assert kept == {path.stem for path in PATHS}


def reference_violations(today, path):
    reference = Reference.read(path)
    found = []
    if reference.sources != digest_of_sources(today):
        found.append("is of other cells: make quick-references")
    code = [c for c in today.cells if c.cell_type == "code"]
    ignored = ["nbval-ignore-output" in c.metadata.get("tags", []) for c in code]
    kept = [bool(c.texts) for c in reference.cells]
    shown = [bool(c.outputs) for c in code]
    pairs = list(itertools.zip_longest(kept, shown, ignored))
    if any(k != s and not i for k, s, i in pairs):
        found.append("its cells with outputs are others than in the notebook")
    if reference.share() < SHARE:
        found.append(f"compares only {reference.share():.0%} of the cells with text")
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda cells: cells, []),
        (lambda cells: [*cells[:-1], cell(stream("1"), source="y")], ["is of other cells"]),
        (lambda cells: [*cells[:-1], cell()], ["its cells with outputs are others"]),
        (lambda cells: cells[:-1], ["is of other cells", "its cells with outputs are others"]),
    ],
)
def test_a_reference_of_other_cells_is_red(change, said, tmp_path):
    cells = [cell(stream("1")) for _ in range(4)]
    path = tmp_path / "01_x.json"
    path.write_text(reference_of([notebook(*cells)]).as_json())
    found = reference_violations(notebook(*change(cells)), path)
    assert len(found) == len(said)
    assert all(text in violation for text, violation in zip(said, found, strict=True))


def test_a_reference_that_compares_little_is_red(tmp_path):
    path = tmp_path / "01_x.json"
    cells = [cell(stream("1"), tags=["nbval-ignore-output"]), cell(stream("1"))]
    path.write_text(reference_of([notebook(*cells)]).as_json())
    found = reference_violations(notebook(*cells), path)
    assert found == ["compares only 50% of the cells with text"]
