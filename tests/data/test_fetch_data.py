"""``make data``: every data set through its own loader, and a red line for each that is gone."""

from dataclasses import replace

import fetch_data
import pytest

from gru_course.apps.actions.data import LIBRAS
from gru_course.apps.actions.gestures import gestures
from gru_course.data.errors import DataUnavailable


def not_there():
    raise DataUnavailable("the server is down")


@pytest.mark.parametrize("missing", [0, 1])
def test_it_says_what_is_there_and_what_is_not(monkeypatch, capsys, missing):
    there = replace(LIBRAS, name="here", load_full=gestures)
    gone = replace(LIBRAS, name="gone", load_full=not_there)
    datasets = [gone, there] if missing else [there]
    monkeypatch.setattr(fetch_data, "DATASETS", {each.name: each for each in datasets})
    assert fetch_data.main() == missing
    out, err = capsys.readouterr()
    assert out.startswith("here: ")
    assert err == ("RED  gone: the server is down\n" if missing else "")
