"""Every task is what its docstring says, for every length and seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_course.memory.tasks import (
    BRACKETS,
    OPEN,
    Task,
    adding,
    brackets,
    copy,
    counting,
    digits,
    memoryless,
    recall,
)

small = st.integers(1, 12)


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: adding(5, 12, seed),
        lambda seed: copy(5, 6, seed=seed),
        lambda seed: recall(5, 6, seed=seed),
        lambda seed: brackets(5, 12, seed=seed),
    ],
)
def test_a_seed_gives_the_same_sequences_and_another_gives_others(make):
    np.testing.assert_array_equal(make(1).x, make(1).x)
    assert (make(1).x != make(2).x).any()
    assert make(1).x.dtype == np.float32


@given(timesteps=st.integers(2, 30), seed=small)
def test_adding_marks_one_step_in_each_half(timesteps, seed):
    task = adding(20, timesteps, seed)
    values, marks = task.x[:, :, 0], task.x[:, :, 1]
    half = timesteps // 2
    assert (marks[:, :half].sum(axis=1) == 1).all()
    assert (marks[:, half:].sum(axis=1) == 1).all()
    np.testing.assert_allclose((values * marks).sum(axis=1), task.y, rtol=1e-6)
    assert task.every_step is False
    assert task.outputs == 1


@given(lag=small, symbols=small, kinds=st.integers(2, 9))
def test_copy_asks_for_the_row_in_order_after_the_lag(lag, symbols, kinds):
    task = copy(4, lag, symbols, kinds)
    assert task.x.shape == (4, lag + 2 * symbols, kinds + 2)
    read = task.x.argmax(axis=2)
    np.testing.assert_array_equal(task.y[:, -symbols:], read[:, :symbols])
    assert (read[:, symbols + lag - 1] == kinds + 1).all()
    blanks = np.delete(read[:, symbols:], lag - 1, axis=1)
    assert (blanks == kinds).all()
    assert (task.weights.sum(axis=1) == symbols).all()
    assert (task.weights[:, -symbols:] == 1).all()


@given(lag=small, kinds=st.integers(2, 9))
def test_recall_asks_for_the_flagged_first_symbol(lag, kinds):
    task = recall(6, lag, kinds)
    assert task.timesteps == lag + 1
    assert task.x[:, 0, -1].all()
    assert not task.x[:, 1:, -1].any()
    np.testing.assert_array_equal(task.x[:, 0, :kinds].argmax(axis=1), task.y)
    assert (task.x[:, :, :kinds].sum(axis=2) == 1).all()


@given(timesteps=st.integers(1, 40), depth=st.integers(1, 6), seed=small)
def test_brackets_are_those_of_a_stack(timesteps, depth, seed):
    task = brackets(3, timesteps, depth, seed)
    for one, answers, counts in zip(task.x, task.y, task.weights, strict=True):
        stack = ["none"]
        for symbol, answer, count in zip(one.argmax(axis=1), answers, counts, strict=True):
            bracket = BRACKETS[symbol]
            if bracket in "([":
                stack.append("round" if bracket == "(" else "square")
            else:
                assert stack.pop() == ("round" if bracket == ")" else "square")
            assert len(stack) <= depth + 1
            assert OPEN[answer] == stack[-1]
            assert count == (bracket in ")]")


@given(numbers=st.lists(small, min_size=1, max_size=5))
def test_counting_ends_with_the_last_b(numbers):
    task = counting(numbers)
    for number, one, answers, counts in zip(numbers, task.x, task.y, task.weights, strict=True):
        text = "".join("_ab"[int(a + 2 * b)] for a, b in one).rstrip("_")
        assert text == "a" * number + "b" * number
        assert np.flatnonzero(answers).tolist() == [2 * number - 1]
        assert np.flatnonzero(counts).tolist() == list(range(number, 2 * number))


@pytest.mark.parametrize("pixelwise", [False, True])
def test_digits_do_not_leak(pixelwise):
    parts = digits(pixelwise)
    assert [len(part) for part in parts] == [1000, 297, 500]
    images = np.concatenate([part.x.reshape(len(part), 64) for part in parts])
    assert len(np.unique(images, axis=0)) == 1797  # no image twice, so none in two parts
    assert images.min() == 0
    assert images.max() == 1
    assert all(np.bincount(part.y).min() > 0.08 * len(part) for part in parts)


def test_reading_digits_by_pixels_changes_their_shape_only():
    np.testing.assert_array_equal(
        digits().test.x.reshape(500, 64), digits(pixelwise=True).test.x.reshape(500, 64)
    )


def test_memoryless_answers():
    assert memoryless(adding(50_000, 20)) == pytest.approx(1 / 6, rel=0.02)
    assert memoryless(copy(5_000, 5)) == pytest.approx(1 / 8, abs=0.01)
    assert memoryless(recall(20_000, 5)) == pytest.approx(1 / 8, abs=0.015)
    assert memoryless(counting([3])) == pytest.approx(2 / 3)  # always "another b comes"
    assert 1 / 3 < memoryless(brackets(2_000, 20)) < 0.6
    with pytest.raises(ValueError, match="not one-hot"):
        memoryless(digits().train)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: adding(0, 5), "n is 0"),
        (lambda: adding(5, 1), "timesteps is 1; expected a whole number from 2 up"),
        (lambda: copy(5, 0), "lag is 0"),
        (lambda: copy(5, 1, kinds=1), "kinds is 1"),
        (lambda: recall(5, 0), "lag is 0"),
        (lambda: brackets(5, 5, depth=0), "depth is 0"),
        (lambda: counting([]), "n is 0"),
        (lambda: counting([3, 0]), "number is 0"),
        (lambda: adding(5, float("nan")), "timesteps is nan"),
        (lambda: recall(2.5, 3), "n is 2.5"),
        (lambda: memoryless(brackets(1, 1)), "no answer of this task counts"),
    ],
)
def test_impossible_tasks_are_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (((2, 3), (2,), None), "x has shape"),
        (((2, 3, 1), (3,), None), "y has shape"),
        (((2, 3, 1), (2, 4), (2, 4)), "y has shape"),
        (((2, 3, 1), (2, 3), None), "weights belong"),
        (((2, 3, 1), (2,), (2,)), "weights belong"),
        (((2, 3, 1), (2, 3), (2,)), "weights have shape"),
    ],
)
def test_a_task_checks_its_shapes(shapes, said):
    x, y, weights = (None if s is None else np.zeros(s, dtype="float32") for s in shapes)
    with pytest.raises(ValueError, match=said):
        Task(x, y, 2, "a task", weights)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([[[np.nan]], [[0]]], [0, 1], "the inputs x: 1 of 2 values is not finite, the first at"),
        ([[[0]], [[0]]], [0, 2], "reach from 0 to 2; expected whole numbers from 0 to 1"),
        ([[[0]], [[0]]], [0, -1], "reach from -1 to 0"),
        ([[[0]], [[0]]], [0, 0.5], "reach from 0.0 to 0.5"),
        (np.zeros((0, 1, 1)), [], "expected at least one of each"),
        (np.zeros((2, 0, 1)), [0, 1], "expected at least one of each"),
    ],
)
def test_a_task_checks_its_numbers(x, y, said):
    with pytest.raises(ValueError, match=said):
        Task(np.array(x, dtype="float32"), np.array(y), 2, "a task")
