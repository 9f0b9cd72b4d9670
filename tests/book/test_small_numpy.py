"""The small NumPy of the pages agrees with NumPy, and runs the exercises that it is said to run."""

import json
import math
import operator
import re
import subprocess
import sys

import add_python
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from make_exercises import SOURCES, read
from passes import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import page_python.small_numpy as small
from python_in_page import ELSEWHERE, IN_PAGE

from gru_course.exercises.registry import EXERCISES

KINDS = {"b": "bool", "i": "int64", "f": "float64", "c": "complex128"}
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)
FINITE = st.floats(-5, 5, allow_subnormal=False)
ANY = st.one_of(FINITE, st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 1e300]))
WHOLE = st.integers(-4, 4)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def arrays(shape=SHAPES, elements=ANY):
    return hnp.arrays(np.float64, shape, elements=elements)


def whole_arrays(shape=SHAPES):
    return hnp.arrays(np.int64, shape, elements=WHOLE)


def truths(shape=SHAPES):
    return hnp.arrays(np.bool_, shape)


EITHER = st.one_of(arrays(), whole_arrays(), truths())
NUMBERS = st.one_of(arrays(elements=FINITE), whole_arrays())


def to_small(value):
    """Give an array, or what holds arrays, to the small NumPy."""
    if isinstance(value, np.ndarray):
        values = value.ravel().tolist()
        return small.ndarray(values, value.shape, value.dtype.kind)
    if isinstance(value, list | tuple):
        return type(value)(map(to_small, value))
    return value


def differs(expected, found, tolerance=1e-9):
    """Say in what the small NumPy gave something else; nothing if in nothing."""
    if isinstance(expected, list | tuple):
        if len(expected) != len(found):
            return f"{len(found)} parts instead of {len(expected)}"
        return next((d for pair in zip(expected, found, strict=True) if (d := differs(*pair))), "")
    expected, found = np.asarray(expected), small.asarray(found)
    if found.shape != expected.shape:
        return f"shape {found.shape} instead of {expected.shape}"
    if found.size and found.kind != expected.dtype.kind:
        return f"kind {found.kind} instead of {expected.dtype.kind}"
    values = np.array(found.values, expected.dtype).reshape(expected.shape)
    near = np.allclose(values, expected, rtol=tolerance, atol=tolerance, equal_nan=True) or (
        found.kind in "US" and values.tolist() == expected.tolist()
    )
    return "" if near else f"{values} instead of {expected}"


def outcome(function):
    """Return what a function gives, or that it refuses."""
    with np.errstate(all="ignore"):
        try:
            return function()
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            return "refused", type(error).__name__


def is_refused(made):
    return isinstance(made, tuple) and isinstance(made[0], str)


def agree(call, *given, tolerance=1e-9):
    """Hold a call with NumPy to the same call with the small one; either both refuse or none."""
    expected = outcome(lambda: call(np, *given))
    found = outcome(lambda: call(small, *map(to_small, given)))
    assert is_refused(expected) == is_refused(found), (expected, found)
    if not is_refused(expected):
        assert differs(expected, found, tolerance) == ""


def test_a_difference_is_seen():
    one = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert differs(one, to_small(one)) == ""
    assert "instead of" in differs(one, to_small(one + 0.001))
    assert "shape" in differs(one, to_small(one[:1]))
    assert "kind" in differs(one, to_small(one.astype(int)))
    with pytest.raises(AssertionError):
        agree(lambda np, a: np.maximum(a, 2) if np is small else np.minimum(a, 2), one)


UNARY = [
    *("exp", "log", "sqrt", "tanh", "abs", "sign", "floor", "ceil", "trunc", "negative", "isnan"),
    *("isinf", "isfinite", "square", "log1p", "expm1", "logical_not", "nan_to_num", "real"),
    *("imag", "cos", "sin", "log2", "log10", "rint", "conj"),
]


@pytest.mark.parametrize("name", UNARY)
@given(array=EITHER)
@settings(max_examples=25)
def test_values_one_by_one(name, array):
    # NumPy keeps truth values, and has small numbers of its own for functions of them.
    assume(array.dtype.kind != "b" or name in ("logical_not", "isnan", "isfinite", "real", "imag"))
    assume(name != "nan_to_num" or not np.isinf(array).any())
    agree(lambda np, a: getattr(np, name)(a), array)


OPERATORS = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
]
BINARY = ["maximum", "minimum", "logical_and", "logical_or", "logical_xor"]


@st.composite
def pairs(draw, elements):
    shapes = draw(
        hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)
    ).input_shapes
    return tuple(draw(elements(shape)) for shape in shapes)


@pytest.mark.parametrize("name", [*OPERATORS, *BINARY])
@given(data=st.data())
@settings(max_examples=30)
def test_two_arrays_of_fitting_shapes(name, data):
    kinds = [whole_arrays, lambda shape: arrays(shape, FINITE)]
    one, other = data.draw(pairs(data.draw(st.sampled_from(kinds))))
    if name in BINARY:
        agree(lambda np, a, b: getattr(np, name)(a, b), one, other)
    else:
        agree(lambda np, a, b: getattr(operator, name)(a, b), one, other)
        agree(lambda np, a: getattr(operator, name)(a, 2), one)
        agree(lambda np, a: getattr(operator, name)(2.5, a), one)


@given(arrays(), arrays())
def test_shapes_that_do_not_fit_are_refused(one, other):
    agree(lambda np, a, b: a + b, one, other)


@pytest.mark.parametrize("name", ["and_", "or_", "xor"])
@given(both=pairs(truths))
@settings(max_examples=20)
def test_truth_values(name, both):
    agree(lambda np, a, b: getattr(operator, name)(a, b), *both)
    agree(lambda np, a, b: ~a, *both)


@given(NUMBERS, st.data())
def test_in_place(array, data):
    name = data.draw(st.sampled_from(["iadd", "isub", "imul", "itruediv", "ipow"]))
    step = data.draw(st.sampled_from([2, 0.5]))

    def call(np, a):
        whole = a.copy()
        part = whole[:1]
        getattr(operator, name)(part, step)
        return whole

    agree(call, array)


REDUCED = [
    *("sum", "prod", "mean", "max", "min", "std", "var", "argmax", "argmin", "any", "all"),
    *("median", "cumsum", "cumprod", "sort", "argsort", "count_nonzero", "diff"),
]


@pytest.mark.parametrize("name", REDUCED)
@given(array=EITHER, data=st.data())
@settings(max_examples=30)
def test_along_an_axis(name, array, data):
    assume(
        array.dtype.kind != "b" or name not in ("median", "diff", "cumsum", "cumprod", "std", "var")
    )
    if name in ("std", "var", "diff", "median", "cumsum", "cumprod", "prod", "sum", "mean"):
        assume(np.isfinite(array).all() and np.abs(array).max() < 1e100)
    if name in ("prod", "cumprod"):  # whole numbers of NumPy overflow in silence
        assume(array.dtype.kind == "f" or abs(array.astype(float)).prod() < 2**63)
    axis = data.draw(st.one_of(st.none(), st.integers(-array.ndim, array.ndim - 1)))
    if name in ("diff",):
        axis = -1 if axis is None else axis
    options = {"kind": "stable"} if name == "argsort" else {}
    agree(lambda np, a: getattr(np, name)(a, axis=axis, **options), array)
    if name in ("sum", "mean", "max", "std", "any"):
        agree(lambda np, a: getattr(a, name)(axis=axis, keepdims=True), array)


@given(arrays(), st.data())
def test_parts_are_views_and_lists_make_copies(array, data):
    key = data.draw(st.one_of(
        hnp.basic_indices(array.shape, allow_newaxis=True),
        hnp.integer_array_indices(array.shape),
        hnp.arrays(np.bool_, array.shape),
        hnp.arrays(np.bool_, array.shape[:1]),
    ))  # fmt: skip

    def keyed(np):
        return key if np is not small else to_small(key)

    def write_into_part(np, a):
        whole = a.copy()
        part = whole[keyed(np)]
        if getattr(part, "ndim", 0):
            part[...] = 7.0
        return [a[keyed(np)], whole]

    def write_through_key(np, a):
        whole = a.copy()
        whole[keyed(np)] = 7.0
        return whole

    agree(write_into_part, array)
    agree(write_through_key, array)


@pytest.mark.parametrize("key", [9, (0, 9), (0, 0, 0, 0), "a", 1.5, [9], (slice(None), 5)])
def test_a_wrong_key_is_refused(key):
    agree(lambda np, a: a[key], np.zeros((2, 3)))


@given(st.data())
def test_products(data):
    n, m, k = (data.draw(st.integers(1, 4)) for _ in range(3))
    shapes = data.draw(st.sampled_from(
        [((n, m), (m, k)), ((m,), (m, k)), ((n, m), (m,)), ((m,), (m,)), ((n, m), (k, m)),
         ((2, n, m), (m, k)), ((2, n, m), (2, m, k))]
    ))  # fmt: skip
    one, other = (data.draw(arrays(shape, FINITE)) for shape in shapes)
    agree(lambda np, a, b: a @ b, one, other)
    agree(lambda np, a, b: np.outer(a, b), one, other)
    if one.ndim < 3:
        agree(lambda np, a, b: np.dot(a, b), one, other)


SHAPED = {
    "split": lambda np, a: np.split(a, 2, axis=-1),
    "split at": lambda np, a: np.split(a, [1, 2]),
    "array_split": lambda np, a: np.array_split(a, 3, axis=-1),
    "concatenate": lambda np, a: np.concatenate([a, a[:1]]),
    "concatenate last": lambda np, a: np.concatenate([a, a], axis=-1),
    "stack": lambda np, a: np.stack([a, a], axis=1),
    "stack last": lambda np, a: np.stack([a, a], axis=-1),
    "vstack": lambda np, a: np.vstack([a, a]),
    "hstack": lambda np, a: np.hstack([a, a]),
    "reshape": lambda np, a: a.reshape(-1, a.shape[0]),
    "wrong reshape": lambda np, a: a.reshape(7, 11),
    "T": lambda np, a: a.T,
    "transpose": lambda np, a: np.transpose(a, list(range(a.ndim))[::-1]),
    "swapaxes": lambda np, a: a.swapaxes(0, -1),
    "squeeze": lambda np, a: np.squeeze(a),
    "ravel": lambda np, a: a.ravel(),
    "flip": lambda np, a: np.flip(a, 0),
    "roll": lambda np, a: np.roll(a, 2),
    "roll first": lambda np, a: np.roll(a, -1, axis=0),
    "repeat": lambda np, a: np.repeat(a, 2),
    "repeat last": lambda np, a: np.repeat(a, 2, axis=-1),
    "tile": lambda np, a: np.tile(a, 2),
    "take": lambda np, a: np.take(a, [0, 0], axis=-1),
    "delete": lambda np, a: np.delete(a, [0], axis=0),
    "expand_dims": lambda np, a: np.expand_dims(a, -1),
    "broadcast_to": lambda np, a: np.broadcast_to(a, (2, *a.shape)),
    "zeros_like": lambda np, a: np.zeros_like(a),
    "full_like": lambda np, a: np.full_like(a, 3),
    "where": lambda np, a: np.where(a > 0, a, 0),
    "clip": lambda np, a: np.clip(a, -1, 1),
    "round": lambda np, a: np.round(a, 2),
    "flatnonzero": lambda np, a: np.flatnonzero(a),
    "argwhere": lambda np, a: np.argwhere(a),
    "nonzero": lambda np, a: np.nonzero(a),
    "isin": lambda np, a: np.isin(a, [0, 1, 2]),
    "allclose": lambda np, a: np.allclose(a, a + 1e-9, rtol=1e-5, atol=1e-8),
    "array_equal": lambda np, a: [np.array_equal(a, a), np.array_equal(a, a[:1])],
    "list": lambda np, a: np.array(a.tolist()),
    "astype": lambda np, a: [a.astype(float), a.astype(bool)],
    "quantile": lambda np, a: np.quantile(a, [0.1, 0.5, 1.0]),
    "norm": lambda np, a: np.linalg.norm(a),
    "norms": lambda np, a: np.linalg.norm(a, axis=-1),
    "unravel": lambda np, a: np.unravel_index(np.argmax(a), a.shape),
    "running": lambda np, a: np.maximum.accumulate(a),
    "column_stack": lambda np, a: np.column_stack([a, a]),
    "iterated": lambda np, a: [row for row in a],
}


@pytest.mark.parametrize("what", SHAPED)
@given(array=NUMBERS)
@settings(max_examples=20)
def test_shapes(what, array):
    agree(SHAPED[what], array)


ROWS = {
    "unique": lambda np, a: np.unique(a),
    "unique counts": lambda np, a: np.unique(a, return_counts=True),
    "searchsorted": lambda np, a: np.searchsorted(np.sort(a), [0, 1], side="right"),
    "convolve": lambda np, a: [np.convolve(a, [1, 2], mode) for mode in ("full", "same", "valid")],
    "diag": lambda np, a: [np.diag(a), np.diag(np.diag(a, 1), 1), np.tril(np.diag(a))],
    "trapezoid": lambda np, a: np.trapezoid(a),
    "r_": lambda np, a: np.r_[a, 0:3, 5],
    "len": lambda np, a: [len(a), a.size, a.ndim],
    "numbers": lambda np, a: [float(a[0]), int(a[0]), abs(a[0]), -a[0], a[0] / 2, 2 ** abs(a[0])],
    "round": lambda np, a: a.round(1),
}


@pytest.mark.parametrize("what", ROWS)
@given(array=st.one_of(arrays(st.integers(1, 6), FINITE), whole_arrays(st.integers(1, 6))))
@settings(max_examples=25)
def test_rows(what, array):
    agree(ROWS[what], array)


@pytest.mark.parametrize(
    "call",
    [
        lambda np: np.arange(5), lambda np: np.arange(1, 2, 0.25), lambda np: np.arange(5, 0, -2),
        lambda np: np.linspace(0, 1, 5), lambda np: np.linspace(0, 1, 4, endpoint=False),
        lambda np: np.eye(3), lambda np: np.eye(2, 3, k=1), lambda np: np.zeros((2, 3)),
        lambda np: np.ones(3, dtype=int), lambda np: np.full((2, 2), [1.5, 2]),
        lambda np: np.array([True, 2, 3.5]), lambda np: np.array([[1], [2, 3]]),
        lambda np: np.array([1, 2j]), lambda np: np.array(3.0) * 2, lambda np: np.log(0.0),
        lambda np: np.float64(1) / 0, lambda np: np.float64(0) / 0, lambda np: np.exp(1000.0),
        lambda np: np.tanh(0.5), lambda np: np.zeros((2, 0)).sum(axis=1), lambda np: np.pi,
        lambda np: np.array([]).max(), lambda np: np.concatenate([]), lambda np: bool(np.arange(2)),
        lambda np: np.arange(3)[np.newaxis, :], lambda np: np.arange(2) ** -1,
        lambda np: np.array([1, 2]) + "a", lambda np: np.array([True]) - np.array([True]),
    ],
    ids=range(28),
)  # fmt: skip
def test_single_calls(call):
    agree(call)


@given(hnp.arrays(np.float64, (4, 4), elements=st.one_of(WHOLE.map(float), FINITE)))
def test_eigenvalues(matrix):
    expected, found = np.linalg.eigvals(matrix), small.linalg.eigvals(to_small(matrix)).values
    left = list(expected)
    for (
        value
    ) in found:  # the order is free; a multiple one is found to the fourth root of a rounding
        nearest = min(left, key=lambda one: abs(one - value))
        assert abs(nearest - value) < 2e-3 * (1 + np.abs(matrix).max())
        left.remove(nearest)


@given(hnp.arrays(np.float64, (3, 3), elements=FINITE))
def test_qr(matrix):
    q, r = (np.array(part.tolist()) for part in small.linalg.qr(to_small(matrix)))
    assert np.allclose(q @ r, matrix)
    assert np.allclose(q @ q.T, np.eye(3))
    assert np.allclose(r, np.triu(r))


@pytest.mark.parametrize(
    "call",
    [
        lambda np: np.einsum("ij->i", np.eye(2)), lambda np: np.float32(1),
        lambda np: np.zeros(2, dtype="float32"), lambda np: np.linalg.norm(np.eye(2), "nuc"),
        lambda np: np.exp(np.zeros(2), out=None),
    ],
    ids=range(5),
)  # fmt: skip
def test_what_is_missing_says_where_it_is(call):
    with pytest.raises(
        small.NotInThisPage, match=r"not in the small NumPy of this page.*Jupyter Lab"
    ):
        call(small)


def test_random_numbers_have_their_distributions():
    rng, n = small.random.default_rng(1), 4000
    for drawn, mean, spread in [
        (rng.normal(2, 3, n), 2, 3), (rng.uniform(1, 3, n), 2, 1 / math.sqrt(3)),
        (rng.random(n), 0.5, 1 / math.sqrt(12)), (rng.exponential(2, n), 2, 2),
        (rng.integers(0, 3, n), 1, math.sqrt(2 / 3)), (rng.gamma(4, size=n), 4, 2),
        (rng.beta(1, 1, n), 0.5, 1 / math.sqrt(12)), (rng.choice([0, 2], n), 1, 1),
    ]:  # fmt: skip
        assert abs(drawn.mean() - mean) < 5 * spread / math.sqrt(n)
        assert abs(drawn.std() / spread - 1) < 0.1
    assert sorted(rng.permutation(5).tolist()) == [0, 1, 2, 3, 4]
    assert sorted(rng.choice(5, 5, replace=False).tolist()) == [0, 1, 2, 3, 4]
    assert abs(rng.dirichlet([1, 2, 3]).sum() - 1) < 1e-12
    one, other = (small.random.default_rng(7).normal(size=3).tolist() for _ in range(2))
    assert one == other


# --- the exercises -------------------------------------------------------------------------------

# Runs in a Python that has the files of a page and nothing else.
RUN_ALL = """
import json, sys
sys.path[:0] = [sys.argv[1]]
import numpy
assert "small" in numpy.__version__
import session
from gru_course.exercises import answering
draw = answering.instances
answering.instances = lambda exercise, seed=None: draw(exercise, 1 if seed is None else seed)
for setup, number, code in json.load(sys.stdin):
    try:
        session._names.clear()
        session.start(setup, "[]")
        print(session.run(number, code))
    except Exception as error:  # it cannot even be asked here
        print(json.dumps({"said": str(error), "passed": False, "printed": ""}))
"""


def answers(cells, folder):
    """Run cells as a page would, and return what it says."""
    for name, content in add_python.course_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    command = [sys.executable, "-I", "-S", "-B", "-c", RUN_ALL, folder]
    done = subprocess.run(
        command, input=json.dumps(cells), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_page_judges_as_the_notebook_does(tmp_path):
    """Solutions pass, blanks and usual mistakes get their sentences; the others are known."""
    setups, cells, wanted = add_python.setups(), [], []
    for source in sorted((ROOT / SOURCES).glob("*.py")):
        for e in read(source).exercises:
            if not e.solution:
                continue
            blank = (e.start[0] if e.start else "still empty", e.blank)
            for says, code in [("✓", e.solved), blank, *e.wrong]:
                cells.append((setups[source.stem[:2]], e.number, code))
                wanted.append((e.number, says))
    found = answers(cells, tmp_path)
    assert len(found) == len(wanted) > 400
    missed = {
        number: (says, one["said"])
        for (number, says), one in zip(wanted, found, strict=True)
        if says not in one["said"] or one["passed"] is not (says == "✓")
    }
    assert {n: m for n, m in missed.items() if n in IN_PAGE} == {}
    assert missed.keys() == ELSEWHERE.keys(), "these run in a page by now"
    assert set(IN_PAGE) | ELSEWHERE.keys() == EXERCISES.keys()


@pytest.mark.parametrize(
    ("code", "said", "printed"),
    [
        ("def gru_step(:", "✗ 1.1: your cell stops in line 1: SyntaxError: invalid syntax.", ""),
        ("x = 1\nprint('a')\nx / 0", "your cell stops in line 3: ZeroDivisionError", "a\n"),
        ("print('b' * 50_000)", "still empty", "more is not shown"),
        ("raise SystemExit", "your cell stops in line 1: SystemExit.", ""),
        ("def gru_step(*a):\n    return np.einsum('i', 1)", "Jupyter Lab", ""),
        ("def gru_step(*a):\n    return 1 / 0", "stops in line 2 of its cell: ZeroDivision", ""),
        ("import js", "ModuleNotFoundError: No module named 'js'", ""),
    ],
)  # fmt: skip
def test_a_cell_that_goes_wrong_gets_a_sentence(tmp_path, code, said, printed):
    (found,) = answers([("import numpy as np", "1.1", code)], tmp_path)
    assert said in found["said"]
    assert "hint(" not in found["said"]
    assert printed in found["printed"]
    assert len(found["printed"]) < 11_000


def test_every_reason_is_one_line():
    assert all(re.fullmatch(r"[^\n.]{5,90}", reason) for reason in ELSEWHERE.values())
