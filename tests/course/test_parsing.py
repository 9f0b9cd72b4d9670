from pathlib import Path

import pytest

from gru_course.course.parsing import about_file, field, of_kind, read_csv, read_toml
from gru_course.data.errors import DataError


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (None, str, "x is missing; expected a text"),
        (3, str, "x is 3; expected a text"),
        (True, int, "x is True; expected a whole number"),
        (1.0, int, "x is 1.0; expected a whole number"),
        (False, float, "x is False; expected a finite number"),
        (float("nan"), float, "x is nan; expected a finite number"),
        (float("-inf"), float, "x is -inf; expected a finite number"),
        (10**400, float, "expected a finite number"),
        ("", list, "x is ''; expected a list"),
        ([], dict, r"x is \[\]; expected names with values"),
        ("\ud800", str, "surrogates not allowed"),
        ([[[[[[[[1]]]]]]]] * 1_000, str, r"^.{,200}$"),
    ],
)
def test_other_kinds_are_refused(value, kind, said):
    with pytest.raises(ValueError, match=said):
        of_kind(value, kind, "x")


@pytest.mark.parametrize(
    ("value", "kind"), [("a", str), (3, float), (3, int), ([], list), ({}, dict)]
)
def test_the_kind_itself_passes_unchanged(value, kind):
    assert of_kind(value, kind, "x") is value
    assert field({"name": value}, "name", kind, "row 1") is value
    with pytest.raises(ValueError, match="row 1, 'other' is missing"):
        field({"name": value}, "other", kind, "row 1")
    with pytest.raises(ValueError, match=r"row 1 is \(\); expected names with values"):
        field((), "name", kind, "row 1")


def deep(n=0):
    return deep(n + 1)


def test_the_file_is_named():
    path = Path("a.json")
    with (
        pytest.raises(DataError, match=r"^a\.json: it is odd\. Save it again\.$"),
        about_file(path, DataError, "Save it again."),
    ):
        raise ValueError("it is odd")
    with pytest.raises(ValueError, match=r"^a\.json: it is nested too deeply$"), about_file(path):
        deep()
    with pytest.raises(TypeError, match="a fault of ours"), about_file(path):
        raise TypeError("a fault of ours")  # which no other file would cure


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_marks_and_line_ends_of_windows(tmp_path, start, end):
    path = tmp_path / "file"
    path.write_bytes(start + b"a = 1" + end + b"b = 'x'" + end)
    assert read_toml(path) == {"a": 1, "b": "x"}
    path.write_bytes(start + b"when,what" + end + b"1,x" + end + b'2,"y,z"' + end)
    assert read_csv(path, columns=2) == [["1", "x"], ["2", "y,z"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"a,b\n1,2\n3\n", "row 2 has 1 columns; expected 2"),
        (b"a,b\n1,2\n\n3,4\n", "row 2 has 0 columns"),
        (b"a,b\n", "no row below the header"),
        (b"", "no row below the header"),
        (b"a,b\n\xff,1\n", "'utf-8' codec can't decode"),
        (b"a,b\n1," + b"9" * 200_000, "it is no CSV file: field larger"),
    ],
)
def test_tables_that_are_none(tmp_path, body, said):
    (tmp_path / "t.csv").write_bytes(body)
    with pytest.raises(ValueError, match=said):
        read_csv(tmp_path / "t.csv", columns=2)
