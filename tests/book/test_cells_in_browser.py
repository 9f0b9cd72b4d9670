"""The cells of the pages against the NumPy cells, in Chromium, from disk: the same numbers."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru_course.cells import GRUWeights, LSTMWeights, SimpleRNNWeights, run

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
from classic_scripts import bundle
from live_figures import WEIGHTS, trained
from weight_scripts import LARGEST, digest_of, weight_script

pytestmark = [
    pytest.mark.browser,
    pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb"),
]

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "book" / "assets" / "js"
ALL_WEIGHTS = 3_000_000
"""Characters that the weights of all figures may have together."""
TOLERANCE = 1e-12
CELLS = {
    "gru": (GRUWeights, ("z", "r", "candidate", "h")),
    "lstm": (LSTMWeights, ("i", "f", "candidate", "o", "c", "h")),
    "simpleRNN": (SimpleRNNWeights, ("h",)),
}
RUN = """([kind, weights, x, options, one]) => {
  const c = gruCourse, m = Object.fromEntries(
    Object.entries(weights).map(([name, rows]) => [name, c.matrix(rows, name)]));
  const cell = c[kind](m, one), { steps, states } = c.run(cell, x, options);
  return { names: cell.names, states: states.map((s) => s.map((part) => [...part])),
    steps: steps.map((s) => Object.fromEntries(Object.entries(s).map(([n, v]) => [n, [...v]]))) };
}"""


def page_with(browser, folder, *scripts):
    """Open a page from disk with scripts; every error on it is raised."""
    tags = []
    for place, text in enumerate(scripts):
        (folder / f"{place}.js").write_text(text, encoding="utf-8")
        tags.append(f'<script src="{place}.js"></script>')
    (folder / "page.html").write_text(f"<!doctype html><title>t</title>{''.join(tags)}")
    page = browser.new_page()
    page.goto((folder / "page.html").as_uri())
    return page


@pytest.fixture(scope="module")
def library(browser, tmp_path_factory):
    page = page_with(browser, tmp_path_factory.mktemp("page"), bundle(SCRIPTS, "library"))
    yield page
    page.close()


def rows(weights):
    """Give the weights as rows, under the names that the script has for them."""
    names = {"kernel": "kernel", "recurrent_kernel": "recurrentKernel", "bias": "bias"}
    return {
        script: np.atleast_2d(getattr(weights, name)).tolist() for name, script in names.items()
    }


def in_page(page, kind, weights, x, one="keeps", **options):
    return page.evaluate(RUN, [kind, rows(weights), x.tolist(), options, one])


def largest_difference(page, kind, weights, x, mask=None, state=None):
    """Compare every output of every step, and every state, with NumPy's."""
    options = {} if mask is None else {"mask": mask.tolist()}
    if state is not None:
        options["state"] = [part.tolist() for part in state]
    found = in_page(page, kind, weights, x, **options)
    numpys = None if state is None else tuple(part[np.newaxis] for part in state)
    trace = run(x[np.newaxis], weights, numpys, None if mask is None else mask[np.newaxis])
    assert tuple(found["names"]) == CELLS[kind][1]
    pairs = [
        (ours[name], theirs[0])
        for ours, step in zip(found["steps"], trace.steps, strict=True)
        for name, theirs in zip(CELLS[kind][1], step, strict=True)
    ]
    pairs += [
        (ours, theirs[0])
        for parts, state in zip(found["states"], trace.states, strict=True)
        for ours, theirs in zip(parts, state, strict=True)
    ]
    return max(np.abs(np.asarray(ours) - theirs).max() for ours, theirs in pairs)


def drawn(kind, seed, reset_after=True, features=3, units=4, scale=0.5):
    variant = {"reset_after": reset_after} if kind == "gru" else {}
    return CELLS[kind][0].random(features, units, seed, scale=scale, **variant)


KINDS = [("gru", True), ("gru", False), ("lstm", True), ("simpleRNN", True)]


@pytest.mark.parametrize(("kind", "after"), KINDS)
@pytest.mark.parametrize("timesteps", [1, 1000])
def test_every_output_is_numpys(library, kind, after, timesteps):
    x = np.random.default_rng(timesteps).normal(size=(timesteps, 3))
    assert largest_difference(library, kind, drawn(kind, 1, after), x) < TOLERANCE


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 20)),
    scale=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_random_weights_and_states(library, kind, seed, shape, scale):
    features, units, timesteps = shape
    weights = drawn(*(kind[0], seed, kind[1]), features, units, scale)
    rng = np.random.default_rng(seed)
    state = [rng.uniform(-1, 1, units) for _ in weights.zero_state(1)]
    x = rng.normal(size=(timesteps, features))
    assert largest_difference(library, kind[0], weights, x, state=state) < TOLERANCE


@pytest.mark.parametrize(("kind", "after"), KINDS)
def test_masked_steps_carry_the_state_on(library, kind, after):
    weights = drawn(kind, 2, after)
    x = np.random.default_rng(2).normal(size=(9, 3))
    ends = np.arange(9) < 4
    for mask in (ends, ends[::-1], np.arange(9) % 2 == 0, np.zeros(9, bool)):
        assert largest_difference(library, kind, weights, x, mask) < TOLERANCE
    states = in_page(library, kind, weights, x, mask=ends.tolist())["states"]
    assert states[4] == states[9] != states[3]


@pytest.mark.parametrize(("kind", "after"), KINDS)
def test_saturated_gates(library, kind, after):
    weights = drawn(kind, 3, after, scale=500.0)
    x = np.random.default_rng(3).choice([-1e3, 0.0, 1e3], size=(20, 3))
    assert largest_difference(library, kind, weights, x) < TOLERANCE


def test_both_conventions_of_z(library):
    weights = drawn("gru", 4)
    x = np.random.default_rng(4).normal(size=(6, 3))
    signs = np.repeat([-1.0, 1.0, 1.0], weights.units)
    turned = GRUWeights(
        weights.kernel * signs, weights.recurrent_kernel * signs, weights.bias * signs
    )
    keeps, writes, mixed = (
        np.array(in_page(library, "gru", w, x, one)["states"])
        for w, one in ((weights, "keeps"), (turned, "writes"), (weights, "writes"))
    )
    assert np.abs(keeps - writes).max() < TOLERANCE
    assert np.abs(keeps - mixed).max() > 0.1


# --- what is held at a value, and what comes behind -----------------------------------------------


def test_anything_can_be_held(library):
    weights = drawn("gru", 5)
    x = np.random.default_rng(5).normal(size=(5, 3))
    for name in CELLS["gru"][1]:
        steps = in_page(library, "gru", weights, x, held={name: 0.25})["steps"]
        assert all(step[name] == [0.25] * 4 for step in steps)
        one = in_page(library, "gru", weights, x, held={name: [0.25, None, None, None]})["steps"]
        assert all(step[name][0] == 0.25 for step in one)
        assert one[0][name][1:] == in_page(library, "gru", weights, x)["steps"][0][name][1:]
    kept = in_page(library, "gru", weights, x, held={"z": 1}, state=[[0.1, 0.2, 0.3, 0.4]])
    assert kept["states"][-1] == [[0.1, 0.2, 0.3, 0.4]]


def test_logits_and_probabilities(library):
    rng = np.random.default_rng(6)
    kernel, bias, h = rng.normal(size=(4, 3)), rng.normal(size=(1, 3)), rng.normal(size=4)
    ask = """([k, b, h, held]) => { const c = gruCourse;
      const l = c.logits({ kernel: c.matrix(k), bias: c.matrix(b) }, h, held);
      return [[...l], [...c.softmax(l)]]; }"""
    found, shares = library.evaluate(ask, [kernel.tolist(), bias.tolist(), h.tolist(), None])
    expected = h @ kernel + bias[0]
    assert np.abs(expected - found).max() < TOLERANCE
    assert np.abs(np.exp(expected) / np.exp(expected).sum() - shares).max() < TOLERANCE
    held = [kernel.tolist(), bias.tolist(), h.tolist(), {"logits": [1000, 0, None]}]
    logits, shares = library.evaluate(ask, held)
    assert (logits[:2], logits[2]) == ([1000, 0], found[2])
    assert shares == [1, 0, 0]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("c.matrix([[1, NaN]], 'kernel')", "kernel holds a number that is not finite"),
        ("c.matrix([[1, 2], [3]], 'kernel')", "kernel: row 1 has 1 numbers; expected 2"),
        ("c.gru({ kernel: m([[1, 1]]), recurrentKernel: u, bias: b })", "kernel has shape (1, 2)"),
        ("c.gru({ kernel: k, recurrentKernel: u, bias: m([[0, 0, 0], [0, 0, 0], [0, 0, 0]]) })",
         "bias has shape (3, 3); expected 1 or 2 rows"),
        ("c.run(cell, [[1, 2]])", "step 1 needs 1 finite numbers"),
        ("c.run(cell, [[1], [Infinity]])", "step 2 needs 1 finite numbers"),
        ("c.run(cell, [[1]], { mask: [true, true] })", "the mask has 2 steps; expected 1"),
        ("c.run(cell, [[1]], { state: [[1, 2]] })", "the state needs 1 parts of 1 numbers"),
        ("c.run(cell, [[1]], { held: { y: 1 } })", "cannot hold y; expected z, r, candidate, h"),
        ("c.run(cell, [[1]], { held: { z: [1, 2] } })", "z is held at 2 values; expected 1"),
        ("c.run(cell, [[1]], { held: { z: NaN } })", "z is held at NaN"),
        ("c.logits({ kernel: k, bias: b }, [1, 2])", "does not fit a state of 2 numbers"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(library, expression, said):
    ask = f"""() => {{ const c = gruCourse, m = c.matrix;
      const k = m([[1, 1, 1]]), u = m([[1, 1, 1]]), b = m([[0, 0, 0]]);
      const cell = c.gru({{ kernel: k, recurrentKernel: u, bias: b }});
      try {{ {expression}; return 'no error'; }} catch (error) {{ return error.message; }} }}"""
    assert said in library.evaluate(ask)


# --- faults on purpose ----------------------------------------------------------------------------

FAULTS = {
    "z and r swapped": ('"z", held);\n      const r = hold(gate(1)',
                        '"z", held);\n      const r = hold(gate(0)'),
    "z from the block of r": ("hold(gate(0)", "hold(gate(1)"),
    "a bias dropped": ("affine(x, kernel, inputBias)", "affine(x, kernel)"),
    "the second bias dropped": ("after ? rowOf(bias, 1) : nothing", "nothing"),
    "the reset gate before": ("const recurrent = after\n", "const recurrent = false\n"),
    "z writes": ('one === "keeps" ? z[j]', 'one !== "keeps" ? z[j]'),
    "the mask forgotten": ("mask && !mask[t]", "false"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_cells_is_red(fault, browser, tmp_path):
    text, (old, new) = bundle(SCRIPTS, "library"), FAULTS[fault]
    assert text.count(old) == 1
    page = page_with(browser, tmp_path, text.replace(old, new))
    x, mask = (
        np.random.default_rng(7).normal(size=(5, 3)),
        np.array([True, True, False, True, True]),
    )
    assert largest_difference(page, "gru", drawn("gru", 7), x, mask) > 1e-3
    page.close()


# --- weights from scripts -------------------------------------------------------------------------

ARRAYS = {"kernel": np.array([[0.1, -2.5], [6e-8, 65504.0]]), "bias": np.array([0.0, -1e-5])}
SOURCE = {"notebook": "07_first_gru_on_imdb"}
LOAD = """([name, digest]) => gruCourse.loadModel('weights.js', name, digest ?? undefined).then(
  (model) => ({ ...model, arrays: Object.fromEntries(Object.entries(model.arrays).map(
    ([n, m]) => [n, [m.rows, m.columns, [...m.data]]])) }),
  (error) => error.message)"""


@pytest.fixture
def load(browser, tmp_path):
    page = page_with(browser, tmp_path, bundle(SCRIPTS, "library"))

    def from_script(script, digest=None):
        if script is not None:
            (tmp_path / "weights.js").write_text(script)
        return page.evaluate(LOAD, ["small", digest])

    yield from_script
    page.close()


@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_weights_arrive_as_they_were_rounded(load, kind):
    model = load(weight_script("small", ARRAYS, SOURCE, kind))
    assert model["provenance"] == SOURCE
    for name, array in ARRAYS.items():
        table = np.atleast_2d(array).astype(kind).astype(float)
        assert model["arrays"][name] == [*table.shape, table.ravel().tolist()]


def test_texts_come_with_the_weights_and_count_in_the_digest(load):
    text = "café\n映画 🙂 </script>"
    words = [np.frombuffer(t.encode(), np.uint8) for t in (text, text.replace("c", "k", 1))]
    script, other = (weight_script("small", ARRAYS | {"words": w}, SOURCE) for w in words)
    assert digest_of(script) != digest_of(other)
    assert "the weights of another model" in load(script, digest_of(other))
    assert load(None, digest_of(script))["texts"] == {"words": text}


def test_all_sixteen_bits(library):
    bits = np.arange(2**16, dtype=np.uint16)
    read = "(bits) => bits.map((b) => { const v = gruCourse.fromFloat16(b); return `${v}`; })"
    found = np.array([float(text) for text in library.evaluate(read, bits.tolist())])
    assert np.array_equal(found, bits.view(np.float16).astype(float), equal_nan=True)


SCRIPT = weight_script("small", ARRAYS, SOURCE)


@pytest.mark.parametrize(
    ("script", "digest", "said"),
    [
        (None, None, 'The weights "small" are not there'),
        (SCRIPT.replace('"base64": "', '"base64": "AAAA', 1), None, "bytes; expected 8"),
        (SCRIPT.replace('"base64": "', '"base64": "!', 1), None, "they are no base64"),
        (SCRIPT.replace("[1, 2]", "[2, 1]"), None, "do not have the digest"),
        (SCRIPT.replace('"format": 1', '"format": 2'), None, "not in the format"),
        (SCRIPT.replace("small", "other"), None, "not in the format"),
        (SCRIPT, "0" * 64, "the weights of another model"),
        ("this is no script", None, "not in the format"),
    ],
)
def test_damaged_or_other_weights_are_refused(load, script, digest, said):
    assert said in load(script, digest)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"arrays": {"kernel": np.array([[1e6]])}}, "that fit float16"),
        ({"arrays": {"kernel": np.array([[np.nan]])}}, "that fit float16"),
        ({"arrays": {"kernel": np.zeros((1, 1, 1))}}, "one or two dimensions"),
        ({"arrays": {"kernel": np.zeros((1, LARGEST))}}, "may have 700,000"),
        ({"provenance": {}}, "where the weights come from"),
        ({"kind": "int8"}, "expected float16 or float32"),
    ],
)
def test_a_script_of_weights_is_checked(options, said):
    with pytest.raises(ValueError, match=said):
        weight_script(**({"name": "small", "arrays": ARRAYS, "provenance": SOURCE} | options))


def test_the_weights_of_all_figures_fit():
    assert sum(len(trained(ROOT, name).script) for name in WEIGHTS) <= ALL_WEIGHTS


# --- modules become scripts -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"a": 'import { b } from "./b.js";\n'}, "no module b.js, which a needs"),
        ({"a": 'import { a } from "./a.js";\nexport const a = 1;\n'}, "imports itself"),
        ({"a": "export default 1;\n"}, "cannot turn this into a classic script: export default"),
        ({"a": 'import * as b from "./b.js";\n', "b": ""}, "import * as b"),
    ],
)
def test_other_forms_of_modules_are_refused(tmp_path, modules, said):
    for name, text in modules.items():
        (tmp_path / f"{name}.js").write_text(text)
    with pytest.raises(ValueError, match=said.replace("*", r"\*")):
        bundle(tmp_path, "a")


def test_a_script_leaves_no_name_behind_and_holds_each_module_once(browser, tmp_path):
    for name, text in {
        "c": "export const c = { count: 0 };\nc.count += 1;\n",
        "b": 'import { c } from "./c.js";\nexport function b() { return c.count; }\n',
        "a": 'import { b } from "./b.js";\nimport { c } from "./c.js";\n'
        "document.title = `${b()} ${c.count}`;\n",
    }.items():
        (tmp_path / f"{name}.js").write_text(text)
    text = bundle(tmp_path, "a")
    page = page_with(browser, tmp_path, text)
    assert page.title() == "1 1"
    assert page.evaluate("typeof c + typeof b + typeof module_c") == "undefined" * 3
    page.close()
