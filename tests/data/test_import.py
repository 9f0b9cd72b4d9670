import pytest

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")


def test_importing_the_data_layer_is_quick(python):
    """Every notebook imports it; what only some stand-ins need is imported when they are made."""
    slow = "{'keras', 'mido', 'scipy.signal', 'sklearn', 'tensorflow'}"
    code = f"import sys, gru_course.reviews.imdb; print({slow} & {{*sys.modules}})"
    out, err = python(code).communicate(timeout=120)
    assert out == "set()\n", err
