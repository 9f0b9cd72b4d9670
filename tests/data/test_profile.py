import pytest

from gru_course.data.profile import is_full


@pytest.mark.parametrize(
    ("asked", "variable", "full"),
    [("quick", "full", False), ("full", "quick", True), (None, "quick", False), (None, "", True)],
)
def test_the_argument_comes_before_the_variable(monkeypatch, asked, variable, full):
    monkeypatch.setenv("GRU_COURSE_PROFILE", variable)
    assert is_full(asked) == full


def test_an_unknown_profile_is_an_error():
    with pytest.raises(ValueError, match="'fast' is unknown; say quick or full"):
        is_full("fast")
