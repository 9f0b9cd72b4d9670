import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as drawn_arrays

from gru_course.cells import GRUWeights, gru_step, logistic, run
from gru_course.cells.conventions import (
    CHO_V1,
    CHO_V3,
    CHUNG,
    CONVENTIONS,
    KERAS_RESET_AFTER,
    KERAS_RESET_BEFORE,
    ONNX_RESET_AFTER,
    ONNX_RESET_BEFORE,
    PYTORCH,
    with_constant_feature,
)

every_convention = pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda c: c.key)
numbers = st.floats(-3, 3)


def shape(axes, features, units):
    sizes = {"1": 1, "2": 2, "d": features, "u": units, "3u": 3 * units, "6u": 6 * units}
    return tuple(sizes[axis] for axis in axes.split(", "))


@st.composite
def layers(draw, convention):
    """Any weights of a convention, in its own arrays, with an input and a state to match."""
    features, units, batch = (draw(st.integers(1, 4)) for _ in range(3))
    stored = {
        name: draw(drawn_arrays(np.float64, shape(axes, features, units), elements=numbers))
        for name, axes in convention.shapes.items()
    }
    x = draw(drawn_arrays(np.float64, (batch, features), elements=numbers))
    h = draw(drawn_arrays(np.float64, (batch, units), elements=st.floats(-1, 1)))
    return stored, x, h


def book_weights(convention, scale=1.0, features=3, units=4):
    """Weights that the convention can express."""
    weights = GRUWeights.random(
        features, units, seed=5, reset_after=convention.reset_after, scale=scale
    )
    if convention.biases_per_gate:
        return weights
    return GRUWeights(weights.kernel, weights.recurrent_kernel, np.zeros_like(weights.bias))


def printed(convention, x, h, stored):
    if convention.columns:
        return convention.step(x.T, h.T, **stored).T
    return convention.step(x, h, **stored)


def equal(left, right):
    return all(
        np.array_equal(getattr(left, part), getattr(right, part))
        for part in ("kernel", "recurrent_kernel", "bias")
    )


# --- conversions hold for all weights ------------------------------------------------------------


@every_convention
@given(data=st.data())
def test_the_step_as_printed_is_the_step_of_the_book(convention, data):
    stored, x, h = data.draw(layers(convention))
    ours = gru_step(x, h, convention.to_book(stored)).hidden_state
    np.testing.assert_allclose(printed(convention, x, h, stored), ours, rtol=0, atol=1e-12)


@every_convention
@given(data=st.data())
def test_there_and_back_changes_no_bit(convention, data):
    stored, _, _ = data.draw(layers(convention))
    book = convention.to_book(stored)
    assert equal(convention.to_book(convention.from_book(book)), book)
    if convention is not ONNX_RESET_BEFORE:  # it has two biases where only their sum counts
        back = convention.from_book(book)
        assert list(back) == list(stored)
        assert all(np.array_equal(back[name], stored[name]) for name in stored)


@pytest.mark.parametrize("reset_after", [True, False])
def test_from_any_convention_to_any_other_of_the_same_kind(reset_after):
    kind = [c for c in CONVENTIONS if c.reset_after == reset_after]
    x = np.random.default_rng(1).normal(size=(2, 7, 3))
    weights = book_weights(kind[0])  # a paper: no biases, so that every convention takes them
    expected = run(x, weights).hidden
    for first in kind:
        for second in kind:
            carried = second.from_book(first.to_book(first.from_book(weights)))
            np.testing.assert_allclose(second.run(x, carried), expected, rtol=0, atol=1e-12)


@every_convention
def test_conversions_share_no_memory(convention):
    weights = book_weights(convention)
    before = weights.kernel.copy()
    stored = convention.from_book(weights)
    for array in stored.values():
        array += 1
    assert np.array_equal(weights.kernel, before)


def test_what_distinguishes_the_conventions():
    assert [c.key for c in CONVENTIONS if not c.z_keeps] == ["chung"]
    assert [c.key for c in CONVENTIONS if c.reset_after] == [
        "cho_v1",
        "keras_reset_after",
        "pytorch",
        "onnx_reset_after",
    ]
    assert {c.key: c.biases_per_gate for c in CONVENTIONS} == {
        "cho_v1": 0,
        "cho_v3": 0,
        "chung": 0,
        "keras_reset_after": 2,
        "keras_reset_before": 1,
        "pytorch": 2,
        "onnx_reset_after": 2,
        "onnx_reset_before": 2,
    }


def test_biases_travel_as_a_constant_feature():
    weights = GRUWeights.random(3, 4, seed=0, reset_after=False)
    x = np.random.default_rng(0).normal(size=(2, 6, 3))
    x_and_one = np.concatenate([x, np.ones((2, 6, 1))], axis=-1)
    expected = run(x, weights).hidden
    carried = with_constant_feature(weights)
    np.testing.assert_allclose(run(x_and_one, carried).hidden, expected, rtol=0, atol=1e-12)
    for paper in (CHO_V3, CHUNG):
        states = paper.run(x_and_one, paper.from_book(carried))
        np.testing.assert_allclose(states, expected, rtol=0, atol=1e-12)


def test_a_new_convention_needs_only_its_description_and_its_step():
    def step(x, h, kernel, recurrent_kernel, bias):
        u = h.shape[-1]
        x_h, x_r, x_z = np.split(x @ kernel + bias, 3, axis=-1)
        h_r, h_z = np.split(h @ recurrent_kernel[:, u:], 2, axis=-1)
        r, z = logistic(x_r + h_r), logistic(x_z + h_z)
        candidate = np.tanh(x_h + (r * h) @ recurrent_kernel[:, :u])
        return (1 - z) * h + z * candidate

    ninth = dataclasses.replace(KERAS_RESET_BEFORE, gates="hrz", z_keeps=False, step=step)
    weights = book_weights(ninth)
    x = np.random.default_rng(0).normal(size=(2, 6, 3))
    states = ninth.run(x, ninth.from_book(weights))
    np.testing.assert_allclose(states, run(x, weights).hidden, rtol=0, atol=1e-12)
    assert equal(ninth.to_book(ninth.from_book(weights)), weights)


# --- what cannot be converted is refused ---------------------------------------------------------


@pytest.mark.parametrize("convention", [CHO_V3, CHUNG, KERAS_RESET_BEFORE, ONNX_RESET_BEFORE])
def test_the_side_of_the_reset_gate_cannot_be_converted(convention):
    with pytest.raises(
        ValueError, match=r"after the recurrent product.*applies it before.*two fun"
    ):
        convention.from_book(GRUWeights.random(3, 4, seed=0))


def test_the_other_side_neither():
    with pytest.raises(ValueError, match=r"before the recurrent product, PyTorch applies it after"):
        PYTORCH.from_book(GRUWeights.random(3, 4, seed=0, reset_after=False))


def test_biases_do_not_fit_into_a_paper():
    with pytest.raises(ValueError, match=r"Cho 2014, v1 prints no biases.*with_constant_feature"):
        CHO_V1.from_book(GRUWeights.random(3, 4, seed=0))


def test_a_recurrent_bias_of_the_candidate_does_not_fit_into_an_input():
    with pytest.raises(ValueError, match="recurrent bias that is not zero"):
        with_constant_feature(GRUWeights.random(3, 4, seed=0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("bias_hh_l0"), "PyTorch needs the arrays .*bias_hh_l0; got weight_ih_l0"),
        (lambda a: a.update(bias=a["bias_hh_l0"]), "got .*, bias$"),
        (
            lambda a: a.update(weight_ih_l0=a["weight_ih_l0"].T),
            r"weight_ih_l0 has shape \(3, 12\); expected \(3u, d\), here \(12, 12\)",
        ),
        (
            lambda a: a.update(bias_ih_l0=np.zeros(8)),
            r"bias_ih_l0 has shape \(8,\); expected \(3u\), here \(12,\) for d = 3 .* u = 4",
        ),
        (lambda a: a.update(weight_hh_l0=np.zeros(12)), r"weight_hh_l0 has shape \(12,\)"),
    ],
)
def test_arrays_that_are_not_of_the_convention(change, message):
    stored = PYTORCH.from_book(GRUWeights.random(3, 4, seed=0))
    change(stored)
    with pytest.raises(ValueError, match=message):
        PYTORCH.to_book(stored)


def test_inputs_that_do_not_fit():
    stored = PYTORCH.from_book(GRUWeights.random(3, 4, seed=0))
    with pytest.raises(
        ValueError, match=r"x has shape \(1, 2, 5\); expected \(batch, time.* >= 1, 3\)"
    ):
        PYTORCH.run(np.zeros((1, 2, 5)), stored)


# --- the comparison can fail ---------------------------------------------------------------------


def exchange(stored, name, first, second):
    blocks = np.split(stored[name], 3)
    blocks[first], blocks[second] = blocks[second], blocks[first]
    stored[name] = np.concatenate(blocks)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s.update(W_z=-s["W_z"], U_z=-s["U_z"]),  # z read the wrong way round
        lambda s: s.update(W_z=s["W_r"], W_r=s["W_z"], U_z=s["U_r"], U_r=s["U_z"]),  # wrong order
        lambda s: s.update(U=s["U"].T.copy()),  # forgot to transpose
    ],
    ids=["wrong z", "wrong gate order", "not transposed"],
)
def test_a_wrong_conversion_is_seen(spoil):
    weights = book_weights(CHUNG)
    stored = CHUNG.from_book(weights)
    x = np.random.default_rng(2).normal(size=(2, 7, 3))
    expected = run(x, weights).hidden
    np.testing.assert_allclose(CHUNG.run(x, stored), expected, rtol=0, atol=1e-12)
    spoil(stored)
    assert np.abs(CHUNG.run(x, stored) - expected).max() > 0.1


# --- the libraries themselves --------------------------------------------------------------------


def sequences(features=3, units=4):
    rng = np.random.default_rng(3)
    return rng.normal(size=(2, 7, features)), rng.uniform(-1, 1, size=(2, units))


@pytest.mark.parametrize("convention", [KERAS_RESET_AFTER, KERAS_RESET_BEFORE], ids=lambda c: c.key)
def test_equal_to_keras(convention):
    from gru_course.layers.backend import keras

    weights = book_weights(convention)
    stored = convention.from_book(weights)
    x, h = sequences()
    layer = keras.layers.GRU(4, return_sequences=True, reset_after=convention.reset_after)
    layer.build((None, None, 3))
    layer.set_weights(list(stored.values()))
    theirs = layer(x.astype("float32"), initial_state=h.astype("float32")).numpy()
    np.testing.assert_allclose(convention.run(x, stored, h), theirs, rtol=0, atol=1e-6)
    np.testing.assert_allclose(run(x, weights, h).hidden, theirs, rtol=0, atol=1e-6)


def test_equal_to_pytorch():
    torch = pytest.importorskip("torch")
    weights = book_weights(PYTORCH)
    stored = PYTORCH.from_book(weights)
    x, h = sequences()
    layer = torch.nn.GRU(3, 4, batch_first=True, dtype=torch.float64)
    layer.load_state_dict({name: torch.tensor(array) for name, array in stored.items()})
    with torch.no_grad():
        theirs = layer(torch.tensor(x), torch.tensor(h)[None])[0].numpy()
    np.testing.assert_allclose(PYTORCH.run(x, stored, h), theirs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(run(x, weights, h).hidden, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("convention", [ONNX_RESET_AFTER, ONNX_RESET_BEFORE], ids=lambda c: c.key)
def test_equal_to_onnx_runtime(convention):
    onnx = pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    weights = book_weights(convention)
    stored = convention.from_book(weights)
    if not convention.reset_after:  # split the biases, so that both halves are at work
        stored["B"] = np.concatenate([stored["B"][:, :12] - 0.5, stored["B"][:, 12:] + 0.5], axis=1)
    x, h = sequences()
    node = onnx.helper.make_node(
        "GRU",
        ["X", "W", "R", "B", "", "initial_h"],
        ["Y"],
        hidden_size=4,
        linear_before_reset=int(convention.reset_after),
    )
    graph = onnx.helper.make_graph(
        [node],
        "one_gru",
        [
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
            for name in ("X", "initial_h")
        ],
        [onnx.helper.make_tensor_value_info("Y", onnx.TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(a.astype("float32"), name) for name, a in stored.items()],
    )
    opset = onnx.helper.make_opsetid("", 14)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    inputs = {"X": x.transpose(1, 0, 2).astype("float32"), "initial_h": h[None].astype("float32")}
    theirs = session.run(None, inputs)[0][:, 0].transpose(1, 0, 2)
    np.testing.assert_allclose(convention.run(x, stored, h), theirs, rtol=0, atol=1e-6)
    np.testing.assert_allclose(run(x, weights, h).hidden, theirs, rtol=0, atol=1e-6)
