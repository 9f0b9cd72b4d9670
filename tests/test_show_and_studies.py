import pytest

from gru_course.cells import gru_step
from gru_course.show import source, table
from gru_course.studies import load_study


def test_a_table_has_a_title_over_every_column():
    with pytest.raises(ValueError, match="every column needs a title"):
        table(["model", ""], [["GRU", 1]])
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        table(["model", "accuracy"], [["GRU"]])


def test_a_cell_that_looks_like_a_tag_is_shown():
    assert "&lt;start>" in table(["id", "word"], [[1, "<start>"]]).data


def test_source_leaves_the_docstring_out():
    text = source(gru_step).data
    assert text.startswith("```python\ndef gru_step(x: Array, h: Array")
    assert "Parameters" not in text
    assert "h_new = z * h + (1 - z) * candidate" in text


def test_a_missing_or_damaged_study_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="run 'make studies'"):
        load_study(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"results": {}}')
    with pytest.raises(ValueError, match="damaged"):
        load_study(tmp_path / "a.json")
