"""The reader as a graph of ONNX, which many programs can run."""

from typing import Any

import numpy as np

from gru_course.export.reader import Floats, GRUReader, Step, checked_frame

OPSET, IR_VERSION = 17, 8
"""Old enough for every runtime of the last years; the GRU operator has not changed since 14."""


def gru_arrays(reader: GRUReader) -> dict[str, Floats]:
    """Return the weights of the GRU as the operator of ONNX reads them.

    Parameters
    ----------
    reader : GRUReader

    Returns
    -------
    dict of ndarray of float32
        ``W`` (1, 3 * units, features), ``R`` (1, 3 * units, units) and ``B`` (1, 6 * units): rows
        where Keras has columns, and an axis for the direction in front. The order of the gates,
        z, r, h, is that of Keras.

    Notes
    -----
    See :cite:t:`onnx_gru`.

    Examples
    --------
    >>> from gru_course.export.reader import random_reader
    >>> {name: array.shape for name, array in gru_arrays(random_reader(3, 2, 4)).items()}
    {'W': (1, 6, 3), 'R': (1, 6, 2), 'B': (1, 12)}
    """
    return {
        "W": reader.kernel.T[np.newaxis],
        "R": reader.recurrent.T[np.newaxis],
        "B": reader.bias.reshape(1, -1),
    }


def onnx_file(reader: GRUReader) -> bytes:
    """Write the reader as a file of ONNX.

    Parameters
    ----------
    reader : GRUReader

    Returns
    -------
    bytes
        A graph from ``frames`` (timesteps, 1, features), as many timesteps as you like, and
        ``state`` (1, 1, units) to ``scores`` (1, classes) and ``new_state`` (1, 1, units).

    Raises
    ------
    ModuleNotFoundError
        If the package onnx is not installed.
    """
    import onnx
    from onnx import helper, numpy_helper

    weights = {**gru_arrays(reader), "head": reader.head, "head_bias": reader.head_bias}
    nodes = [
        helper.make_node(
            "GRU",
            ["frames", "W", "R", "B", "", "state"],  # the empty name: all sequences are whole
            ["", "new_state"],
            hidden_size=reader.units,
            linear_before_reset=1,  # as reset_after=True; the default of ONNX is the other one
        ),
        helper.make_node("Squeeze", ["new_state", "direction"], ["last"]),
        helper.make_node("Gemm", ["last", "head", "head_bias"], ["scores"]),
    ]

    def tensor(name: str, *shape: int | str) -> Any:
        return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    d, u, c = reader.features, reader.units, reader.classes
    graph = helper.make_graph(
        nodes,
        "gru_reader",
        [tensor("frames", "timesteps", 1, d), tensor("state", 1, 1, u)],
        [tensor("scores", 1, c), tensor("new_state", 1, 1, u)],
        [
            *(numpy_helper.from_array(np.ascontiguousarray(w), n) for n, w in weights.items()),
            numpy_helper.from_array(np.array([0], dtype=np.int64), "direction"),
        ],
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def onnx_session(content: bytes) -> Any:
    """Open a file of ONNX in onnxruntime, on one thread of the CPU.

    Parameters
    ----------
    content : bytes
        From `onnx_file`.

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    ModuleNotFoundError
        If the package onnxruntime is not installed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def onnx_step(content: bytes) -> Step:
    """Return one step of a file of ONNX.

    Parameters
    ----------
    content : bytes
        From `onnx_file`.

    Returns
    -------
    callable
        A `Step`.

    Raises
    ------
    ModuleNotFoundError
        If the package onnxruntime is not installed.
    """
    session = onnx_session(content)
    features, units = (place.shape[-1] for place in session.get_inputs())

    def step(frame: Floats, state: Floats) -> tuple[Floats, Floats]:
        frame, state = checked_frame(frame, features), checked_frame(state, units)
        inputs = {"frames": frame[None, None], "state": state[None, None]}
        scores, new = session.run(["scores", "new_state"], inputs)
        return scores[0], new[0, 0]

    return step
