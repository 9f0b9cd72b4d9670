"""The reader as a file of LiteRT, the successor of TensorFlow Lite, for phones and the like."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gru_course.course.checked import axes, finite
from gru_course.course.quiet import standard_error_silenced
from gru_course.export.reader import Floats, Step, checked_frame, one_step

if TYPE_CHECKING:
    import keras


def litert_file(model: "keras.Model", examples: Sequence[Floats] | None = None) -> bytes:
    """Convert one step of a model, with the state as input and output.

    Parameters
    ----------
    model : keras.Model
        As for `gru_course.export.reader.GRUReader.of`.
    examples : sequence of ndarray of float32, each (timesteps of its own, features), optional
        Sequences of the training part. With them the file computes in whole numbers of 8 bits
        (*int8*): the ranges of all values inside are measured on the examples. Inputs and outputs
        stay 32-bit floats.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If it is another kind of model, or the examples are no sequences of finite frames.
    """
    from gru_course.layers.backend import tf

    step = one_step(model)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [step.get_concrete_function()], step
    )
    if examples is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = _seen(step, examples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    with standard_error_silenced(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # inputs and outputs stay floats on purpose
        return bytes(converter.convert())


def _seen(step: Any, examples: Sequence[Floats]) -> Callable[[], Iterator[list[Floats]]]:
    """Return what the step reads on the examples: each frame with the state in front of it."""
    if not len(examples):
        raise ValueError("there is no example to measure the ranges on; expected at least one")
    for number, frames in enumerate(examples):
        axes(finite(frames, f"example {number}"), f"example {number}", "timesteps, features")

    def pairs() -> Iterator[list[Floats]]:
        for frames in examples:
            state = np.zeros(step.input_signature[1].shape, dtype=np.float32)
            for frame in frames:
                yield [frame[None].astype("f4"), state]
                state = step(frame[None].astype("f4"), state)[1].numpy()

    return pairs


def _interpreter() -> Any:
    """Return the small interpreter where it is installed, and else that of TensorFlow."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError:
        from gru_course.layers.backend import tf

        return tf.lite.Interpreter
    return Interpreter


def litert_step(content: bytes) -> Step:
    """Return one step of a file of LiteRT, on one thread.

    Parameters
    ----------
    content : bytes
        From `litert_file`.

    Returns
    -------
    callable
        A `Step`.

    Raises
    ------
    ValueError
        If the file is none.
    """
    with standard_error_silenced(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow says that its interpreter moves elsewhere
        runner: Any = _interpreter()(model_content=content, num_threads=1)
        runner.allocate_tensors()
    frame_in, state_in = _by_name(runner.get_input_details())
    scores_out, state_out = (place["index"] for place in _by_name(runner.get_output_details()))
    features, units = int(frame_in["shape"][-1]), int(state_in["shape"][-1])

    def step(frame: Floats, state: Floats) -> tuple[Floats, Floats]:
        runner.set_tensor(frame_in["index"], checked_frame(frame, features)[None])
        runner.set_tensor(state_in["index"], checked_frame(state, units)[None])
        runner.invoke()
        return runner.get_tensor(scores_out)[0], runner.get_tensor(state_out)[0]

    return step


def _by_name(places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort inputs, frame and state, or outputs, which are called Identity and Identity_1."""
    return sorted(places, key=lambda place: str(place["name"]))
