"""What all cells share: the layout of their weights, and the logistic function."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gru_course.course.checked import finite, whole

Array = NDArray[np.floating]
State = tuple[Array, ...]
"""What a cell carries on, each part ``(batch, units)``; the hidden state comes first."""

Step = TypeVar("Step")


def logistic(x: ArrayLike) -> Array:
    """Squash any number into (0, 1); written so that no large input overflows.

    Parameters
    ----------
    x : array_like
        Any shape.

    Returns
    -------
    numpy.ndarray
        ``1 / (1 + exp(-x))``, the same shape.

    Examples
    --------
    >>> logistic([-1000.0, 0.0, 1000.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(x)))


@dataclass(frozen=True)
class CellWeights(ABC, Generic[Step]):
    """The weights of one recurrent layer, in the layout of Keras: blocks side by side.

    Parameters
    ----------
    kernel : numpy.ndarray
        Input weights ``W``, shape ``(features, blocks * units)``.
    recurrent_kernel : numpy.ndarray
        Recurrent weights ``U``, shape ``(units, blocks * units)``.
    bias : numpy.ndarray
        Shape ``(blocks * units,)``; a GRU may have two rows of that.

    Raises
    ------
    ValueError
        If the three shapes do not belong to one layer.
    """

    kernel: Array
    recurrent_kernel: Array
    bias: Array

    blocks: ClassVar[int]

    def __post_init__(self) -> None:
        width = self.blocks * self.units
        if self.recurrent_kernel.shape != (self.units, width):
            times = f"{self.blocks} * units" if self.blocks > 1 else "units"
            raise ValueError(
                f"recurrent_kernel has shape {self.recurrent_kernel.shape}; "
                f"expected (units, {times}), here ({self.units}, {width})"
            )
        if self.kernel.ndim != 2 or self.kernel.shape[1] != width:
            raise ValueError(
                f"kernel has shape {self.kernel.shape}; expected (features, {width}), "
                f"{self.blocks} blocks of the {self.units} units of recurrent_kernel"
            )
        shapes = self._bias_shapes(width)
        if self.bias.shape not in shapes.values():
            expected = " or ".join(f"{shape}{meaning}" for meaning, shape in shapes.items())
            raise ValueError(f"bias has shape {self.bias.shape}; expected {expected}")

    @classmethod
    def _bias_shapes(cls, width: int) -> dict[str, tuple[int, ...]]:
        """Map what a shape of the bias means to that shape; the first is the default."""
        return {"": (width,)}

    @property
    def features(self) -> int:
        """Number of input features."""
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        """Number of units, the width of the hidden state."""
        return int(self.recurrent_kernel.shape[0])

    @property
    def parameters(self) -> int:
        """Number of trainable numbers."""
        return self.kernel.size + self.recurrent_kernel.size + self.bias.size

    @classmethod
    def random(cls, features: int, units: int, seed: int, *, scale: float = 0.5) -> Self:
        """Draw normal weights, biases included, so that no term of the equations is idle.

        Parameters
        ----------
        features, units : int
            Width of the input and of the hidden state.
        seed : int
            Seed of NumPy's generator.
        scale : float
            Standard deviation of every number.

        Returns
        -------
        CellWeights
            Of the cell that it is called on.

        Raises
        ------
        ValueError
            If a width is below 1, or the scale is no finite number from 0 up.
        """
        whole(features, "features")
        whole(units, "units")
        width = cls.blocks * units
        bias_shape = next(iter(cls._bias_shapes(width).values()))
        return cls._drawn([(features, width), (units, width), bias_shape], seed, scale)

    @classmethod
    def _drawn(cls, shapes: list[tuple[int, ...]], seed: int, scale: float) -> Self:
        finite(scale, "the scale", what_to_do="")
        rng = np.random.default_rng(seed)
        return cls(*(rng.normal(scale=scale, size=shape) for shape in shapes))

    @classmethod
    def from_layer(cls, layer: Any) -> Self:
        """Copy the weights of a built Keras layer of the same kind, in 64-bit floats.

        Parameters
        ----------
        layer : keras.layers.Layer
            Without biases (``use_bias=False``) these are zeros here.

        Returns
        -------
        CellWeights
            Of the cell that it is called on.

        Raises
        ------
        ValueError
            If it is a layer of another kind, has no weights yet, or has activations that the
            equations of this cell do not have.
        """
        kind, name = cls.__name__.removesuffix("Weights"), type(layer).__name__
        if hasattr(layer, "backward_layer"):
            raise ValueError(
                f"a {name} layer holds two layers; pass its forward_layer or its backward_layer"
            )
        cell = getattr(layer, "cell", layer)
        if f"{kind}Cell" not in (base.__name__ for base in type(cell).__mro__):
            raise ValueError(f"the layer is a {name}; expected a {kind} of Keras, or its cell")
        if not cell.built:
            raise ValueError(f"the {name} layer has no weights yet: call it or build() it first")
        for what, expected in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
            function = getattr(getattr(cell, what, None), "__name__", expected)
            if function != expected:
                raise ValueError(f"the layer has {what} {function}; this cell has {expected}")
        kernel, recurrent, *bias = (np.asarray(array, dtype=float) for array in cell.get_weights())
        if not bias:
            width = cls.blocks * recurrent.shape[0]
            bias = [np.zeros((2, width) if getattr(cell, "reset_after", False) else width)]
        return cls(kernel, recurrent, *bias)

    def zero_state(self, batch: int) -> State:
        """Return the state before the first time step."""
        return (np.zeros((batch, self.units)),)

    @abstractmethod
    def step(self, x: Array, state: State) -> tuple[Step, State]:
        """Carry the state over one time step; return what was computed, and the new state."""

    @abstractmethod
    def step_backward(
        self, d_state: State, x: Array, state: State, step: Step
    ) -> "StepGradients[Self]":
        """Carry the gradient of the loss back over one time step.

        Parameters
        ----------
        d_state : tuple of numpy.ndarray
            Gradient with respect to the state *after* the step.
        x : numpy.ndarray
            Input of the step, shape ``(batch, features)``.
        state : tuple of numpy.ndarray
            State *before* the step.
        step
            What :meth:`step` computed.
        """


Weights = TypeVar("Weights", bound=CellWeights[Any])


class StepGradients(NamedTuple, Generic[Weights]):
    """Gradients of the loss with respect to everything that went into one time step."""

    x: Array
    state: State
    weights: Weights


def check_finite(weights: Any) -> None:
    """Raise ValueError if a number in the arrays of a layer is not finite."""
    for name, array in vars(weights).items():
        finite(array, f"the weights in {name}", what_to_do="Did the training diverge?")


def check_last_axis(name: str, array: Array, width: int, meaning: str) -> None:
    """Refuse an array that is not ``(batch, width)``.

    Parameters
    ----------
    name : str
        What it is called in the error.
    array : ndarray
    width : int
    meaning : str
        What the width counts.

    Raises
    ------
    ValueError
    """
    if array.ndim != 2 or array.shape[1] != width:
        raise ValueError(
            f"{name} has shape {array.shape}; expected (batch, {width}): the weights have "
            f"{width} {meaning}"
        )
