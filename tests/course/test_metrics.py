import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gru_course.course.metrics import read_records, record, record_interval

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


def test_what_a_notebook_records_can_be_read(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "import numpy as np\n"
                "from gru_course.course.metrics import record\n"
                "record('share', np.float32(0.5)); record('epochs', np.int64(3))"
            ),
            nbformat.v4.new_code_cell(
                "record('winner', 'baseline'); print('test_accuracy = 0.99')"
            ),
        ]
    )
    NotebookClient(notebook, kernel_name="python3").execute()
    assert read_records(notebook) == {"share": 0.5, "epochs": 3, "winner": "baseline"}


def test_an_interval_is_recorded_with_its_ends(monkeypatch):
    recorded = {}
    monkeypatch.setattr("gru_course.course.metrics.record", recorded.__setitem__)
    record_interval("gain", (0.01234567, 0.0, 0.02))
    assert recorded == {"gain": 0.0123, "gain_low": 0.0, "gain_high": 0.02}
    with pytest.raises(ValueError, match="not 2 numbers"):
        record_interval("gain", (0.0, 0.02))


def test_a_name_recorded_twice_is_refused():
    output = {
        "data": {"application/papermill.record/text/plain": "1"},
        "metadata": {"scrapbook": {"name": "a"}},
    }
    with pytest.raises(ValueError, match="'a' is recorded twice"):
        read_records({"cells": [{"outputs": [output, output]}]})


@pytest.mark.parametrize("value", [float("nan"), np.float32("inf"), -np.inf])
def test_what_is_not_finite_is_not_published(value):
    with pytest.raises(ValueError, match=r"record\('a', .*; expected a finite number"):
        record("a", value)


def test_arrays_are_refused():
    with pytest.raises(TypeError, match="one number or text, not ndarray"):
        record("a", np.zeros(3))
