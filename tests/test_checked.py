"""Numbers from outside: what is let through, and where what is not finite is."""

import numpy as np
import pytest

from gru_course.checked import finite, several, whole_numbers

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    "values",
    [
        [],
        5,
        -0.0,
        True,
        [1, 2],
        np.zeros((2, 0, 3)),
        np.float32([[1e30, -1e-30]]),
        np.arange(3, dtype="uint8"),
        np.ma.masked_array([1.0, 2], mask=[False, False]),
    ],
)
def test_finite_numbers_come_back_unchanged(values):
    found = finite(values, "the values")
    np.testing.assert_array_equal(found, values)
    assert found.dtype == np.asarray(values).dtype


def test_an_array_is_not_copied():
    values = np.arange(3.0)
    assert finite(values, "the values") is values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (NAN, r"the x: 1 of 1 values is not finite, the first: nan; expected finite numbers\."),
        ([1.0, INF, NAN], "the x: 2 of 3 values are not finite, the first at 1: inf; expected"),
        ([[0.0, 1], [2, -INF]], r"1 of 4 values is not finite, the first at \(1, 1\): -inf"),
        (np.float16([1, NAN]), "the first at 1: nan"),
        (np.ma.masked_array([1.0, 2, 3], mask=[0, 1, 0]), "1 of 3 .* the first at 1: masked"),
        ([1, None], "the x are of type object, the first at 1: None; expected finite numbers"),
        (["1.5"], "the x are of type <U3, the first at 0: .*1.5"),
        ([1 + 2j], "the x are of type complex128"),
        (np.array(["2024-01-01"], "datetime64[D]"), r"the x are of type datetime64\[D\]"),
        ([[1.0], [2.0, 3.0]], "the x: setting an array element .* expected a rectangle of numbers"),
    ],
)
def test_what_is_not_finite_is_refused_with_its_place(values, message):
    with pytest.raises(ValueError, match=message):
        finite(values, "the x")


def test_the_advice_ends_the_message():
    with pytest.raises(ValueError, match=r"expected finite numbers\. Measure again\.$"):
        finite([NAN], "the x", what_to_do="Measure again.")
    with pytest.raises(ValueError, match=r"expected finite numbers\.$"):
        finite([NAN], "the x", what_to_do="")


@pytest.mark.parametrize("values", [[0, 3], np.array([2], "uint8"), [True, False], []])
def test_whole_numbers_come_back_unchanged(values):
    found = whole_numbers(values, 4, "the ids")
    assert found.tolist() == np.asarray(values).tolist()
    assert found.dtype.kind in "biu"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0, 4, 9], "the ids: 2 of 3 out of range, the first at 1: 4; .* from 0 to 3"),
        ([0, -1], "the first at 1: -1"),
        ([0.0, 1.0], "type float64; expected whole numbers from 0 to 3"),
        ([0.0, NAN], "the first at 1: nan"),
        ([[0], [1]], r"shape \(2, 1\)"),
        (2, r"shape \(\)"),
    ],
)
def test_other_numbers_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        whole_numbers(values, 4, "the ids")


def test_one_text_is_not_several():
    several([], "texts")
    several(("a", "b"), "texts")
    for text in ("ab", b"ab", ""):
        with pytest.raises(TypeError, match=r"texts is one .*each of its letters.*Give a list"):
            several(text, "texts")
