"""What a recurrent layer costs on paper, and in the graph that Keras builds for it."""

from dataclasses import dataclass
from typing import Any

from gru_course.course.checked import whole
from gru_course.layers.backend import keras, tf

# The cells by the names used in results; "gru" is the default of Keras, reset after the product.
_BLOCKS = {"rnn": 1, "gru_reset_before": 3, "gru": 3, "lstm": 4}
_BIASES = {"rnn": 1, "gru_reset_before": 3, "gru": 6, "lstm": 4}
_STATES = {"rnn": 1, "gru_reset_before": 1, "gru": 1, "lstm": 2}
# The state h, and besides: z, r, candidate; the recurrent product of the candidate for reset
# after; i, f, o, candidate and the cell state for the LSTM.
_KEPT = {"rnn": 1, "gru_reset_before": 4, "gru": 5, "lstm": 6}

_FREE = {"Const", "Identity", "NoOp", "Placeholder"}  # they only name a value


@dataclass(frozen=True)
class Cost:
    """What one layer costs.

    Parameters
    ----------
    parameters : int
        Trainable numbers.
    multiply_adds : int
        In the matrix products of one timestep of one sequence, forward. Products by element are
        not counted: there are a few per unit, against ``features + units`` per unit and block.
    state : int
        Numbers that one sequence carries from step to step.
    kept : int
        Numbers that training keeps per timestep and sequence for the backward pass, besides the
        input: those that it needs and cannot get from the others without a matrix product.
    """

    parameters: int
    multiply_adds: int
    state: int
    kept: int


@dataclass(frozen=True)
class GraphCost(Cost):
    """What one layer costs in a graph: what :class:`Cost` has, and the operations.

    Parameters
    ----------
    operations : int
        Operations that one timestep runs one after the other, forward, when training. Without XLA
        each of them has a price of its own, however small its arrays are.
    """

    operations: int


def cost(cell: str, features: int, units: int) -> Cost:
    """Compute what a layer costs.

    With ``k`` blocks of weights (1, 3 or 4) there are ``k * units * (features + units)`` weights,
    each used in one multiply-add per timestep, and biases of ``units`` numbers: one per block, two
    per block for a GRU with the reset gate after the product.

    Parameters
    ----------
    cell : str
        ``"rnn"``, ``"gru"``, ``"gru_reset_before"`` (``reset_after=False``) or ``"lstm"``.
    features, units : int
        Width of the input and of the state.

    Returns
    -------
    Cost

    Raises
    ------
    ValueError
        If the cell is unknown or a width is not positive.

    Examples
    --------
    The puzzle of many forum threads, 150 or 165:

    >>> cost("gru_reset_before", 4, 5).parameters, cost("gru", 4, 5).parameters
    (150, 165)
    """
    if cell not in _BLOCKS:
        raise ValueError(f"there is no cell {cell!r}; expected one of {', '.join(_BLOCKS)}")
    whole(features, "features")
    whole(units, "units")
    weights = _BLOCKS[cell] * units * (features + units)
    return Cost(
        parameters=weights + _BIASES[cell] * units,
        multiply_adds=weights,
        state=_STATES[cell] * units,
        kept=_KEPT[cell] * units,
    )


def cost_in_graph(layer: keras.layers.RNN, features: int) -> GraphCost:
    """Count the same in the graph that TensorFlow makes of a layer and its gradient.

    TensorFlow runs the loop over time with one body for the step. Its matrix products are the
    multiply-adds; what the body pushes onto lists is what it keeps for the backward pass.

    Parameters
    ----------
    layer : keras.layers.RNN
        Not yet built.
    features : int
        Width of the input.

    Returns
    -------
    GraphCost

    Examples
    --------
    >>> found = cost_in_graph(keras.layers.GRU(5), features=4)
    >>> found.parameters, found.multiply_adds, found.state, found.kept
    (165, 135, 5, 30)
    """
    whole(features, "features")
    # A batch that no width equals by chance tells rows of a batch from weights.
    batch = features + layer.units + 1
    shape = (batch, 3, features)
    layer.build(shape)

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x) ** 2)
        return tape.gradient(loss, layer.trainable_weights)

    graph = tf.function(gradient).get_concrete_function(tf.TensorSpec(shape)).graph
    forward = next(op for op in graph.get_operations() if "While" in op.type)
    body = graph._get_function(forward.get_attr("body").name).graph.get_operations()
    products = [op.inputs[1].shape for op in body if op.type == "MatMul"]
    pushed = [op.inputs[1].shape for op in body if op.type == "TensorListPushBack"]
    states = layer.cell.state_size
    return GraphCost(
        parameters=layer.count_params(),
        multiply_adds=sum(rows * columns for rows, columns in products),
        state=sum(states) if isinstance(states, (list, tuple)) else states,
        kept=sum(width for rows, width in pushed if rows == batch) - features,
        operations=sum(op.type not in _FREE for op in body),
    )
