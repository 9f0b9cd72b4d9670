"""The same GRU elsewhere gives the answers of Keras, and a wrong one is noticed."""

from dataclasses import replace

import numpy as np
import pytest

from gru_course.cells import conventions
from gru_course.export import alone, c_form, litert, onnx_form
from gru_course.export.reader import GRUReader, keras_step, random_reader, read_all
from gru_course.layers.backend import keras, tf

pytestmark = pytest.mark.programs_leave("book/*.md", "notebooks/*.ipynb")

TOLERANCE = 1e-5
needs_compiler = pytest.mark.skipif(c_form.compiler() is None, reason="there is no C compiler")


def apart(step, words, expected, units=4):
    zeros = np.zeros(units, "f4")
    found = [read_all(step, word, zeros)[0] for word in words]
    return float(np.abs(np.stack(found) - expected).max())


def test_the_arrays_give_what_keras_gives(reader, words, expected):
    assert apart(reader.step, words, expected) < TOLERANCE


def test_a_step_of_keras_gives_what_keras_gives(model, words, expected):
    assert apart(keras_step(model), words, expected) < TOLERANCE


def test_padding_that_is_masked_changes_nothing(model, words, expected):
    padded = np.zeros((1, 30, 5), "f4")
    padded[0, : len(words[-1])] = words[-1]
    np.testing.assert_allclose(model(padded)[0], expected[-1], atol=TOLERANCE)


# --- ONNX -----------------------------------------------------------------------------------------


def test_the_arrays_of_onnx_are_those_of_the_conventions(reader):
    arrays = {"kernel": reader.kernel, "recurrent_kernel": reader.recurrent, "bias": reader.bias}
    book = conventions.KERAS_RESET_AFTER.to_book(arrays)
    for name, array in conventions.ONNX_RESET_AFTER.from_book(book).items():
        np.testing.assert_allclose(onnx_form.gru_arrays(reader)[name], array, atol=1e-6)


def onnx_apart(reader, words, expected):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    return apart(onnx_form.onnx_step(onnx_form.onnx_file(reader)), words, expected)


def test_onnx_gives_what_keras_gives(reader, words, expected):
    assert onnx_apart(reader, words, expected) < TOLERANCE


def test_onnx_reads_a_whole_word_at_once(reader, words, expected):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    session = onnx_form.onnx_session(onnx_form.onnx_file(reader))
    inputs = {"frames": words[-1][:, None], "state": np.zeros((1, 1, 4), "f4")}
    np.testing.assert_allclose(session.run(["scores"], inputs)[0][0], expected[-1], atol=TOLERANCE)


def swapped(reader):
    """Exchange update and reset gate."""
    u = reader.units
    order = np.r_[u : 2 * u, :u, 2 * u : 3 * u]
    names = ("kernel", "recurrent", "bias")
    return replace(reader, **{name: getattr(reader, name)[:, order] for name in names})


def without_bias(reader):
    """Drop the bias of the state, as in a form with one bias."""
    return replace(reader, bias=reader.bias * np.array([[1], [0]], "f4"))


WRONG = pytest.mark.parametrize("wrong", [swapped, without_bias])


@WRONG
def test_a_wrong_graph_of_onnx_is_seen(wrong, reader, words, expected):
    assert onnx_apart(wrong(reader), words, expected) > 100 * TOLERANCE


@WRONG
@needs_compiler
def test_a_wrong_header_is_seen(wrong, reader, words, expected):
    library = c_form.compiled(c_form.c_header(wrong(reader)))
    assert apart(c_form.c_step(library), words, expected) > 100 * TOLERANCE


def test_the_other_place_of_the_reset_gate_is_seen(reader, words, expected, monkeypatch):
    onnx = pytest.importorskip("onnx")
    make = onnx.helper.make_node

    def by_default(kind, *arguments, **options):
        options.pop("linear_before_reset", None)
        return make(kind, *arguments, **options)

    monkeypatch.setattr(onnx.helper, "make_node", by_default)
    assert onnx_apart(reader, words, expected) > 100 * TOLERANCE


# --- LiteRT ---------------------------------------------------------------------------------------


def test_litert_gives_what_keras_gives(model, words, expected):
    step = litert.litert_step(litert.litert_file(model))
    assert apart(step, words, expected) < TOLERANCE


def test_the_interpreter_of_tensorflow_gives_the_same(model, words, expected, monkeypatch):
    monkeypatch.setattr(litert, "_interpreter", lambda: tf.lite.Interpreter)
    step = litert.litert_step(litert.litert_file(model))
    assert apart(step, words, expected) < TOLERANCE


def test_eight_bits_are_smaller_and_close(words):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((None, 5)), keras.layers.GRU(32), keras.layers.Dense(3)]
    model = keras.Sequential(layers)
    expected = np.concatenate([np.asarray(model(word[None])) for word in words])
    whole, exact = litert.litert_file(model, words), litert.litert_file(model)
    assert len(whole) < 0.8 * len(exact)
    off = apart(litert.litert_step(whole), words, expected, units=32)
    assert 0 < off < 0.1


def test_examples_that_are_none_are_refused(model):
    with pytest.raises(ValueError, match="no example to measure the ranges on"):
        litert.litert_file(model, [])
    with pytest.raises(ValueError, match="example 0"):
        litert.litert_file(model, [np.full((2, 5), np.nan, "f4")])


# --- C --------------------------------------------------------------------------------------------


@needs_compiler
@pytest.mark.parametrize(("numbers", "most"), [("float", TOLERANCE), ("int8", 0.1)])
def test_c_gives_what_keras_gives(numbers, most, reader, words, expected, tmp_path):
    library = c_form.compiled(c_form.c_header(reader, "gru_digits", numbers), tmp_path)
    assert apart(c_form.c_step(library), words, expected) < most
    assert c_form.stored_bytes(library) == c_form.footprint(reader, numbers).flash


@needs_compiler
def test_extreme_weights_and_frames_stay_numbers(tmp_path):
    big = random_reader(3, 2, 4)
    big = replace(big, kernel=big.kernel * np.float32(1e6))
    step = c_form.c_step(c_form.compiled(c_form.c_header(big), tmp_path))
    given = np.full(3, 1e6, "f4"), np.zeros(2, "f4")
    np.testing.assert_allclose(step(*given)[0], big.step(*given)[0], atol=1e-5)


def test_a_number_is_written_so_that_it_is_read_again():
    values = np.random.default_rng(0).normal(size=1_000).astype("f4") * np.float32(1e-3)
    for value in (*values, np.float32(1), np.float32(-0.0), np.float32(1e-38)):
        text = c_form._number(value)
        assert np.float32(text.removesuffix("f")) == value
        assert set(text) & set(".e")


def test_rounding_is_to_the_nearest_by_rows():
    sizes = np.array([1e-3, 1, 1, 1, 1, 1])[:, None]
    matrix = (np.random.default_rng(0).normal(size=(6, 9)) * sizes).astype("f4")
    whole, scales = c_form.quantised(matrix)
    assert (np.abs(whole * scales[:, None] - matrix) <= 0.5001 * scales[:, None]).all()
    assert (np.abs(whole).max(axis=1) == 127).all()


def test_bad_headers_are_refused(reader, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="none for C"):
        c_form.c_header(reader, "9 lives")
    with pytest.raises(ValueError, match="'int4'; expected 'float' or 'int8'"):
        c_form.c_header(reader, numbers="int4")
    with pytest.raises(ValueError, match="defines no NAME_step"):
        c_form.compiled("int main;")
    with pytest.raises(FileNotFoundError, match=r"compiled\(\) makes one"):
        c_form.c_step(tmp_path / "none.so")
    monkeypatch.setattr(c_form.shutil, "which", lambda name: None)
    with pytest.raises(c_form.NoCompiler, match="install one"):
        c_form.compiled(c_form.c_header(reader))


@needs_compiler
def test_a_header_that_does_not_compile_says_why(reader, tmp_path):
    with pytest.raises(ValueError, match="does not compile"):
        c_form.compiled(c_form.c_header(reader).replace("expf(-a)", "expf(-b)"), tmp_path)


# --- what is no reader ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([keras.layers.LSTM(4), keras.layers.Dense(3)], "LSTM"),
        ([keras.layers.GRU(4, reset_after=False), keras.layers.Dense(3)], "reset_after is False"),
        ([keras.layers.GRU(4, go_backwards=True), keras.layers.Dense(3)], "go_backwards is True"),
        ([keras.layers.GRU(4), keras.layers.Dense(3, activation="softmax")], "softmax"),
        ([keras.layers.GRU(4, use_bias=False), keras.layers.Dense(3)], "use_bias is False"),
    ],
)
def test_another_model_is_refused(layers, said):
    with pytest.raises(ValueError, match=said):
        GRUReader.of(keras.Sequential([keras.Input((None, 5)), *layers]))


def test_a_frame_that_is_none_is_refused(reader):
    for frame, said in (
        ([1.0], "expected"),
        ([np.nan] * 5, "not finite"),
        ([1e300] * 5, "too large"),
    ):
        with pytest.raises(ValueError, match=said):
            reader.step(np.array(frame), np.zeros(4, "f4"))
    with pytest.raises(ValueError, match="no frame to read"):
        read_all(reader.step, np.zeros((0, 5), "f4"), np.zeros(4, "f4"))


# --- alone ----------------------------------------------------------------------------------------


@needs_compiler
def test_a_form_is_measured_in_a_process_of_its_own(reader, words, tmp_path):
    library = c_form.compiled(c_form.c_header(reader), tmp_path)
    np.save(tmp_path / "frames.npy", words[-1])
    found = alone.measured_alone("c", library, tmp_path / "frames.npy", reader.units, repeats=3)
    nothing = alone.measured_alone("nothing", library, tmp_path / "frames.npy", reader.units)
    assert 0 < found.milliseconds < 100
    assert 5 < nothing.megabytes < 500
    assert found.megabytes < nothing.megabytes + 50


def test_what_does_not_run_says_why(tmp_path):
    np.save(tmp_path / "frames.npy", np.zeros((2, 3), "f4"))
    with pytest.raises(RuntimeError, match="the form c did not run alone; it said: FileNotFound"):
        alone.measured_alone("c", tmp_path / "no.so", tmp_path / "frames.npy", 2)
    with pytest.raises(ValueError, match="'java' is unknown"):
        alone.measured_alone("java", tmp_path, tmp_path, 2)
    with pytest.raises(ValueError, match="unknown"):
        alone.step_of("nothing", tmp_path)
