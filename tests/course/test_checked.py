"""Numbers from outside: what is let through, and where what is not finite is."""

import numpy as np
import pytest

from gru_course.course.checked import (
    axes,
    finite,
    measured,
    negligible,
    positive,
    several,
    share,
    whole,
    whole_numbers,
)

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


def test_measured_values_may_be_missing_and_come_as_floats():
    np.testing.assert_array_equal(measured([1, NAN], "the x"), [1, NAN])
    assert measured(np.array([1, 2], "int8"), "the x").dtype == np.float64
    masked = np.ma.masked_array([1, 2], mask=[0, 1])
    np.testing.assert_array_equal(measured(masked, "the x"), [1, NAN])
    values = np.array([1.0, NAN])
    assert measured(values, "the x") is values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, NAN], [-INF, 2]], r"1 of 4 values is not finite, the first at \(1, 0\): -inf"),
        (["1"], "of type <U1"),
        ([1, None], "the first at 1: None"),
    ],
)
def test_what_is_infinite_or_no_number_was_not_measured(values, message):
    with pytest.raises(ValueError, match=message):
        measured(values, "the x")


@pytest.mark.parametrize("scale", [1e-290, 1e-9, 1.0, 1e9, 1e300])
def test_a_spread_is_nothing_or_something_at_any_scale(scale):
    constant = np.full(1000, 0.1 * scale)
    constant[::3] = np.nextafter(0.1 * scale, INF)  # the same number after another calculation
    assert np.ptp(constant) > 0
    assert negligible(np.ptp(constant), constant)
    assert not negligible(1e-9 * scale, constant)


def test_spreads_of_columns_and_of_short_floats():
    values = np.array([[1e9, 0.0, 1.0, NAN], [1e9, 0.0, 2.0, 3.0]])
    spread = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    assert negligible(spread, values, axis=0).tolist() == [True, True, False, True]
    short = np.float32([0.1, np.nextafter(np.float32(0.1), np.float32(1))])
    assert negligible(np.ptp(short), short)
    assert negligible(0, [5, 5])


@pytest.mark.parametrize("value", [0, 1, -0.1, 95, NAN, INF])
def test_a_share_lies_between_0_and_1(value):
    with pytest.raises(ValueError, match=r"confidence is .*; expected a share between 0 and 1"):
        share(value, "confidence")
    share(0.95, "confidence")


@pytest.mark.parametrize("value", [3, 3.0, np.int32(3), np.float32(3), 10**30])
def test_a_whole_number_is_let_through(value):
    whole(value, "units")


@pytest.mark.parametrize("value", [0, -1, 2.5, NAN, INF, "3", None, np.array([3])])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(ValueError, match=r"^units is .*; expected a whole number from 1 up$"):
        whole(value, "units")
    with pytest.raises(ValueError, match="from -2 up"):
        whole(-3, "shift", least=-2)


@pytest.mark.parametrize("value", [0, -1, NAN, INF, "3", None])
def test_what_is_not_above_zero_is_refused(value):
    positive(1e-300, "rate")
    with pytest.raises(ValueError, match=r"^rate is .*; expected a finite number above 0$"):
        positive(value, "rate")


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


def test_axes_are_counted():
    axes(np.zeros((2, 0)), "the ids", "n, timesteps")
    for values in (5, [1], np.zeros((1, 1, 1))):
        with pytest.raises(ValueError, match=r"the ids have shape .*; expected \(n, timesteps\)"):
            axes(values, "the ids", "n, timesteps")
