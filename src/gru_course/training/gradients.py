"""How far a gradient reaches back in time, measured in our cells and in the framework.

Row vectors throughout: one step maps a small change of the state by its Jacobian from the right,
``d_state @ J``, and the Jacobian of many steps is their product in the order of time.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gru_course.cells import Trace
from gru_course.cells.layout import Array
from gru_course.course.checked import finite
from gru_course.layers.backend import keras, tf


def norms_by_distance(*parts: Array) -> Array:
    """Measure how long a gradient is, by distance from the last step.

    Parameters
    ----------
    *parts : numpy.ndarray
        Gradients with respect to one or more parts of the state, each
        ``(batch, timesteps, units)``, as in ``Gradients.states``. For an LSTM
        both parts give the norm of the whole state, one part gives the norm of that part.

    Returns
    -------
    numpy.ndarray
        Euclidean norms, shape ``(batch, timesteps)``; place 0 is the last step.

    Raises
    ------
    ValueError
        If no part is given, the shapes differ, or a number is not finite.

    Examples
    --------
    >>> hidden = np.array([[[0.3], [0.6]]])
    >>> cell = np.array([[[0.4], [0.8]]])
    >>> norms_by_distance(hidden, cell).round(6).tolist()
    [[1.0, 0.5]]
    """
    if not parts:
        raise ValueError("no gradient given; expected one array for each part of the state")
    for part in parts:
        if np.ndim(finite(part, "the gradients")) != 3 or part.shape[:2] != parts[0].shape[:2]:
            raise ValueError(
                f"parts of shape {[np.shape(each) for each in parts]}; expected (batch, timesteps, "
                "units), of the same batch"
            )
    norms: Array = np.linalg.norm(np.concatenate(parts, axis=-1), axis=-1)[:, ::-1]
    return norms


def framework_gradients(
    layer: keras.layers.RNN, x: Array, loss: Callable[[tf.Tensor], tf.Tensor]
) -> tuple[Array, ...]:
    """Let TensorFlow differentiate a loss with respect to the state after each step.

    The layer runs step by step. Each state goes through an identity, and the gradient is taken
    with respect to what comes out, so that it holds all that later steps and the loss ask of
    that part of the state and nothing from within the step that made it. That is also
    the meaning of ``Gradients.states``.

    Parameters
    ----------
    layer : keras.layers.RNN
        A built recurrent layer; computes in its own precision.
    x : numpy.ndarray
        Inputs, shape ``(batch, timesteps, features)``.
    loss : callable
        Maps the hidden states, a tensor ``(batch, timesteps, units)``, to one number.

    Returns
    -------
    tuple of numpy.ndarray
        One array for each part of the state, ``(batch, timesteps, units)``.

    Raises
    ------
    ValueError
        If ``x`` has another shape, or a number in it is not finite.

    Examples
    --------
    With every weight 0 and every gate at one half each step back halves the gradient:

    >>> layer = keras.layers.GRU(1, kernel_initializer="zeros", recurrent_initializer="zeros")
    >>> layer.build((None, None, 1))
    >>> (hidden,) = framework_gradients(layer, np.zeros((1, 3, 1)), lambda h: h[0, -1, 0])
    >>> hidden.ravel().tolist()
    [0.25, 0.5, 1.0]
    """
    if np.ndim(finite(x, "the inputs x")) != 3 or not np.size(x):
        raise ValueError(f"x has shape {np.shape(x)}; expected (batch, timesteps, features)")
    inputs = tf.convert_to_tensor(x, layer.compute_dtype)
    finite(inputs, f"the inputs x as {layer.compute_dtype}", what_to_do="Scale them.")
    state = layer.get_initial_state(len(x))
    history = []
    with tf.GradientTape() as tape:
        for t in range(x.shape[1]):
            _, new = layer.cell(inputs[:, t], state)
            state = [tf.identity(part) for part in new]
            history.append(state)
        value = loss(tf.stack([state[0] for state in history], axis=1))
    gradients = tape.gradient(value, history, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return tuple(np.stack(part, axis=1) for part in zip(*gradients, strict=True))


def jacobians(trace: Trace[Any], sequence: int = 0) -> Array:
    """Compute the Jacobian of every step of one sequence.

    Each of its columns is what one step back makes of the gradient of one number of the new state.

    Parameters
    ----------
    trace : Trace
        The forward pass, without a mask.
    sequence : int
        Which sequence of the batch.

    Returns
    -------
    numpy.ndarray
        Shape ``(timesteps, size, size)``: entry ``[t, i, j]`` is the derivative of number ``j`` of
        the state after step ``t`` by number ``i`` of the state before. ``size`` is the number of
        units; for an LSTM twice that, the hidden state before the cell state.

    Raises
    ------
    ValueError
        If the trace has a mask, or there is no such sequence.

    Examples
    --------
    >>> from gru_course.cells import SimpleRNNWeights, run
    >>> recurrent = np.array([[0.0, 2.0], [0.5, 0.0]])
    >>> weights = SimpleRNNWeights(np.zeros((1, 2)), recurrent, np.zeros(2))
    >>> jacobians(run(np.zeros((1, 1, 1)), weights)).tolist()  # tanh has slope 1 at 0
    [[[0.0, 2.0], [0.5, 0.0]]]
    """
    if trace.mask is not None:
        raise ValueError("the trace has a mask; expected whole sequences, where every step is live")
    if sequence not in range(-len(trace.x), len(trace.x)):
        raise ValueError(f"sequence is {sequence}; expected 0 to {len(trace.x) - 1}")
    parts = len(trace.states[0])
    ones = np.eye(parts * trace.weights.units)
    d_state = tuple(np.split(ones, parts, axis=1))

    def for_each_row(array: Array) -> Array:
        return np.repeat(array[[sequence]], len(ones), axis=0)

    found = []
    for t, step in enumerate(trace.steps):
        state = tuple(for_each_row(part) for part in trace.states[t])
        computed = type(step)(*(for_each_row(array) for array in step))
        back = trace.weights.step_backward(d_state, for_each_row(trace.x[:, t]), state, computed)
        found.append(np.concatenate(back.state, axis=1).T)
    return np.stack(found)


def products_by_distance(steps: Array) -> Array:
    """Multiply the last Jacobians: what a change of an earlier state makes of the last one.

    Parameters
    ----------
    steps : numpy.ndarray
        Jacobians in the order of time, shape ``(timesteps, size, size)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(timesteps + 1, size, size)``: place ``k`` holds the derivative of the last state by
        the state ``k`` steps before, the product of the last ``k`` Jacobians.

    Raises
    ------
    ValueError
        If the matrices are not square, or a number is not finite.

    Examples
    --------
    >>> products_by_distance(np.array([[[3.0]], [[0.5]]])).ravel().tolist()
    [1.0, 0.5, 1.5]
    """
    _check_square(steps, 3)
    products = [np.eye(steps.shape[-1])]
    for step in steps[::-1]:
        products.append(step @ products[-1])
    return np.stack(products)


def spectral_radius(matrix: Array) -> float:
    """Return the largest absolute value among the eigenvalues of a square matrix.

    Raises
    ------
    ValueError
        If the matrix is not square, or a number is not finite.

    Examples
    --------
    A rotation keeps every length; a shear keeps its radius of 1 and stretches all the same.

    >>> round(spectral_radius(np.array([[0.0, 1.0], [-1.0, 0.0]])), 6)
    1.0
    >>> shear = np.array([[1.0, 9.0], [0.0, 1.0]])
    >>> spectral_radius(shear), round(float(np.linalg.norm(shear, 2)), 1)
    (1.0, 9.1)
    """
    _check_square(matrix, 2)
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _check_square(array: Array, ndim: int) -> None:
    finite(array, "the derivatives")
    if np.ndim(array) != ndim or array.shape[-1] != array.shape[-2] or not array.shape[-1]:
        steps = "(timesteps, size, size)" if ndim == 3 else "(size, size)"
        raise ValueError(f"an array of shape {np.shape(array)}; expected {steps}")
