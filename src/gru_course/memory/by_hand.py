"""Training without a framework: a cell, a dense layer on its last state, and the chain rule.

Small enough to read in full, and fast enough for a few hundred updates of a few units. 64-bit
floats. :func:`differentiate` takes a window, so that truncated backpropagation can be tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from gru_course.cells import (
    CellWeights,
    Gradients,
    GRUWeights,
    LSTMWeights,
    SimpleRNNWeights,
    backpropagate,
    run,
)
from gru_course.cells.layout import Array, Weights
from gru_course.course.checked import finite, positive, whole
from gru_course.memory.tasks import Task

_CELLS: dict[str, type[CellWeights[Any]]] = {
    "SimpleRNN": SimpleRNNWeights,
    "LSTM": LSTMWeights,
    "GRU": GRUWeights,
}


@dataclass(frozen=True)
class Classifier(Generic[Weights]):
    """A recurrent layer, and a dense layer that turns its last hidden state into logits.

    Also what holds the gradient of a loss, laid out in the same way.

    Parameters
    ----------
    cell : CellWeights
        The recurrent layer.
    kernel : numpy.ndarray
        Weights of the dense layer, shape ``(units, classes)``.
    bias : numpy.ndarray
        Its biases, shape ``(classes,)``.

    Raises
    ------
    ValueError
        If the dense layer does not fit the recurrent one.

    Examples
    --------
    >>> cell = GRUWeights.random(features=3, units=4, seed=0)
    >>> sum(array.size for array in Classifier(cell, np.zeros((4, 2)), np.zeros(2)).arrays)
    118
    """

    cell: Weights
    kernel: Array
    bias: Array

    def __post_init__(self) -> None:
        if self.kernel.ndim != 2 or len(self.kernel) != self.cell.units:
            raise ValueError(
                f"kernel has shape {self.kernel.shape}; expected ({self.cell.units}, classes), "
                "a row for each unit of the cell"
            )
        if self.bias.shape != self.kernel.shape[1:]:
            raise ValueError(f"bias has shape {self.bias.shape}; expected {self.kernel.shape[1:]}")

    @classmethod
    def from_model(cls, model: Any) -> Self:
        """Copy a Keras model of one recurrent and one dense layer, in 64-bit floats.

        Parameters
        ----------
        model : keras.Model
            Built.

        Returns
        -------
        Classifier

        Raises
        ------
        ValueError
            If the model is built from other layers.
        """
        names = [type(layer).__name__ for layer in model.layers]
        if len(names) != 2 or names[0] not in _CELLS or names[1] != "Dense":
            raise ValueError(f"the layers are {names}; expected a recurrent one, then Dense")
        layer, dense = model.layers
        kernel, bias = (np.asarray(array, dtype=float) for array in dense.get_weights())
        return cls(_CELLS[names[0]].from_layer(layer), kernel, bias)  # type: ignore[arg-type]

    @property
    def arrays(self) -> list[Array]:
        """Those of the cell, then those of the dense layer."""
        return [*vars(self.cell).values(), self.kernel, self.bias]

    def with_arrays(self, arrays: Sequence[Array]) -> Self:
        """Return a classifier of the same layout with other numbers in it.

        Raises
        ------
        ValueError
            If there are not as many arrays, or a shape does not fit.
        """
        if len(arrays) != len(self.arrays):
            raise ValueError(f"there are {len(arrays)} arrays; expected {len(self.arrays)}")
        *cell, kernel, bias = arrays
        return type(self)(type(self.cell)(*cell), kernel, bias)

    @property
    def norm(self) -> float:
        """Euclidean length of all numbers together."""
        return float(np.sqrt(sum((array**2).sum() for array in self.arrays)))


class Derivative(NamedTuple):
    """A loss, and what it asks of the weights and of the states."""

    loss: float
    weights: Classifier[Any]
    through_time: Gradients[Any]


def cross_entropy(logits: Array, y: NDArray[np.integer]) -> tuple[float, Array]:
    """Compute the mean cross-entropy and its gradient with respect to the logits.

    Parameters
    ----------
    logits : numpy.ndarray
        Shape ``(batch, classes)``.
    y : numpy.ndarray
        Right classes, shape ``(batch,)``.

    Returns
    -------
    tuple
        The loss, and its gradient, ``(batch, classes)``: probabilities less the right answer.

    Raises
    ------
    ValueError
        If a logit is not finite, or there is not one of the classes for each row.

    Examples
    --------
    >>> loss, d_logits = cross_entropy(np.zeros((1, 2)), np.array([0]))
    >>> round(loss, 4), d_logits.tolist()
    (0.6931, [[-0.5, 0.5]])
    """
    _check_answers(logits, y)
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    right = np.eye(logits.shape[1])[y]
    return float(-(right * log_p).sum(axis=1).mean()), (np.exp(log_p) - right) / len(y)


def differentiate(
    model: Classifier[Weights], x: Array, y: NDArray[np.integer], window: int | None = None
) -> Derivative:
    """Run a classifier and carry the gradient of its loss back through time.

    Parameters
    ----------
    model : Classifier
        The layers.
    x : numpy.ndarray
        Inputs, shape ``(batch, timesteps, features)``.
    y : numpy.ndarray
        Right classes, shape ``(batch,)``, asked for after the last step.
    window : int, optional
        Truncate, see :func:`~gru_course.cells.sequence.backpropagate`.

    Returns
    -------
    Derivative
        The loss, its gradient with respect to the weights, and that of the states.

    Examples
    --------
    >>> cell = GRUWeights.random(features=3, units=4, seed=0)
    >>> model = Classifier(cell, np.zeros((4, 2)), np.zeros(2))
    >>> derivative = differentiate(model, np.ones((1, 5, 3)), np.array([1]))
    >>> derivative.weights.bias.tolist()
    [0.5, -0.5]
    """
    trace = run(x, model.cell)
    last = trace.hidden[:, -1]
    loss, d_logits = cross_entropy(last @ model.kernel + model.bias, y)
    d_hidden = np.zeros(trace.hidden.shape)
    d_hidden[:, -1] = d_logits @ model.kernel.T
    through_time = backpropagate(trace, d_hidden, window)
    weights = Classifier(through_time.weights, last.T @ d_logits, d_logits.sum(axis=0))
    return Derivative(loss, weights, through_time)


def clip(gradient: Classifier[Weights], limit: float) -> Classifier[Weights]:
    """Shorten a gradient that is longer than a limit (infinity: never), all arrays by one factor.

    Parameters
    ----------
    gradient : Classifier
        A number for each weight.
    limit : float

    Returns
    -------
    Classifier

    Raises
    ------
    ValueError
        If the gradient is not finite, or the limit not above 0.

    Examples
    --------
    >>> cell = GRUWeights(np.zeros((1, 3)), np.zeros((1, 3)), np.zeros(3))
    >>> gradient = Classifier(cell, np.array([[30.0]]), np.array([40.0]))
    >>> clip(gradient, 1.0).kernel.tolist(), clip(gradient, 99.0).kernel.tolist()
    ([[0.6]], [[30.0]])
    """
    if not limit > 0:
        raise ValueError(f"limit is {limit!r}; expected a number above 0, infinity for no limit")
    finite(gradient.norm, "the length of the gradient", what_to_do="Did the training diverge?")
    factor = min(1.0, limit / max(gradient.norm, np.finfo(float).tiny))
    return gradient.with_arrays([factor * array for array in gradient.arrays])


class Adam:
    """The optimizer of Kingma and Ba (2015), as Keras writes it.

    Each number moves along a running mean of its gradient, divided by the root of a running mean
    of the squares.

    Parameters
    ----------
    learning_rate : float
        About how far each number moves per update.

    Raises
    ------
    ValueError
        If it is not above 0.
    """

    def __init__(self, learning_rate: float) -> None:
        positive(learning_rate, "learning_rate")
        self.learning_rate = learning_rate
        self.updates = 0
        self.means: list[Any] = []
        self.squares: list[Any] = []

    def update(
        self, model: Classifier[Weights], gradient: Classifier[Weights]
    ) -> Classifier[Weights]:
        """Make one step against the gradient.

        Parameters
        ----------
        model, gradient : Classifier
            Of the same shapes.

        Returns
        -------
        Classifier
            The model after the step.

        Raises
        ------
        ValueError
            If the gradient is not finite.
        """
        arrays = gradient.arrays
        finite(gradient.norm, "the length of the gradient", what_to_do="Did the training diverge?")
        means, squares = self.means or [0.0] * len(arrays), self.squares or [0.0] * len(arrays)
        self.updates += 1
        self.means = [0.9 * m + 0.1 * g for m, g in zip(means, arrays, strict=True)]
        self.squares = [0.999 * s + 0.001 * g**2 for s, g in zip(squares, arrays, strict=True)]
        # Both means begin at 0; this makes up for it.
        rate = self.learning_rate * np.sqrt(1 - 0.999**self.updates) / (1 - 0.9**self.updates)
        steps = [
            rate * m / (np.sqrt(s) + 1e-7) for m, s in zip(self.means, self.squares, strict=True)
        ]
        return model.with_arrays([a - s for a, s in zip(model.arrays, steps, strict=True)])


def train(
    model: Classifier[Weights],
    task: Task,
    *,
    updates: int,
    window: int | None = None,
    batch_size: int = 32,
    learning_rate: float = 0.01,
    limit: float = 1.0,
    seed: int = 0,
) -> tuple[Classifier[Weights], list[float]]:
    """Train a classifier with Adam and clipped gradients.

    Parameters
    ----------
    model : Classifier
        Where to begin; not changed.
    task : Task
        Asks for a class after the last step.
    updates, batch_size : int
        How many steps of Adam, and sequences per step.
    window : int, optional
        Truncate backpropagation, see :func:`differentiate`.
    learning_rate, limit : float
        Step size, and the longest gradient that is not clipped.
    seed : int
        Which sequences are drawn.

    Returns
    -------
    tuple
        The trained classifier, and the loss before each update.

    Raises
    ------
    ValueError
        If the task asks for something else, a number is out of its range, or the training diverges.
    """
    _check_task(model, task)
    whole(updates, "updates")
    whole(batch_size, "batch_size")
    rng = np.random.default_rng(seed)
    optimizer, losses = Adam(learning_rate), []
    for _ in range(updates):
        batch = rng.integers(0, len(task), batch_size)
        found = differentiate(model, task.x[batch].astype(float), task.y[batch].astype(int), window)
        model = optimizer.update(model, clip(found.weights, limit))
        losses.append(found.loss)
    return model, losses


def accuracy(model: Classifier[Any], task: Task) -> float:
    """Return the share of right answers after the last step."""
    _check_task(model, task)
    last = run(task.x.astype(float), model.cell).hidden[:, -1]
    return float(((last @ model.kernel + model.bias).argmax(axis=1) == task.y).mean())


def _check_answers(logits: Array, y: NDArray[np.integer]) -> None:
    finite(logits, "the logits", what_to_do="Did the training diverge?")
    classes, y = logits.shape[-1], np.asarray(y)
    if logits.ndim != 2 or not logits.size or y.shape != logits.shape[:1]:
        raise ValueError(
            f"logits of shape {logits.shape} and y of shape {y.shape}; expected (batch, classes) "
            "and (batch,), and at least one of each"
        )
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= classes:
        raise ValueError(f"y holds {y.dtype} {y.min()} to {y.max()}; expected 0 to {classes - 1}")


def _check_task(model: Classifier[Any], task: Task) -> None:
    if task.every_step or not 0 < task.classes <= len(model.bias):
        raise ValueError(
            f"the task is '{task.description}' with {task.classes} classes; expected one of "
            f"{len(model.bias)} classes, asked for after the last step"
        )
