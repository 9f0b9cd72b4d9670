"""One small reader, a GRU and a dense layer, as plain arrays, and how its steps are called.

Every other form of the reader is a function that takes one frame and the state, and gives the
scores and the new state. So they can be compared, timed and streamed by the same code.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import axes, finite, whole

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float32]
Step = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""From a frame, shape (features,), and a state, shape (units,), to scores and the new state."""

_FORM = (
    "expected keras.Sequential of keras.layers.GRU, with its default settings, and "
    "keras.layers.Dense without activation; a Masking layer may come first"
)


@dataclass(frozen=True, eq=False)
class GRUReader:
    """The weights of a GRU and of the dense layer behind it, in the order of Keras: z, r, h.

    Parameters
    ----------
    kernel : ndarray of float32, shape (features, 3 * units)
        What the inputs are multiplied by.
    recurrent : ndarray of float32, shape (units, 3 * units)
        What the state is multiplied by; the reset gate acts behind this product.
    bias : ndarray of float32, shape (2, 3 * units)
        Added to the products of the inputs, and to those of the state.
    head : ndarray of float32, shape (units, classes)
    head_bias : ndarray of float32, shape (classes,)

    Raises
    ------
    ValueError
        If the shapes do not belong together, or a weight is not finite.

    Examples
    --------
    >>> reader = random_reader(features=3, units=2, classes=4)
    >>> reader.features, reader.units, reader.classes, reader.count
    (3, 2, 4, 54)
    """

    kernel: Floats
    recurrent: Floats
    bias: Floats
    head: Floats
    head_bias: Floats

    def __post_init__(self) -> None:
        for name, weight in vars(self).items():
            axes(weight, name, "numbers" if name == "head_bias" else "rows, columns")
            object.__setattr__(self, name, np.asarray(finite(weight, name), dtype=np.float32))
        d, u, c = self.features, self.units, self.classes
        expected = [(d, 3 * u), (u, 3 * u), (2, 3 * u), (u, c), (c,)]
        found = [weight.shape for weight in vars(self).values()]
        if found != expected or not min(d, u, c):
            raise ValueError(
                f"weights of shapes {found}; expected (d, 3u), (u, 3u), (2, 3u), (u, c), (c,) for "
                "d features, u units and c classes"
            )

    @classmethod
    def of(cls, model: "keras.Model") -> "GRUReader":
        """Take the weights out of a model of Keras.

        Parameters
        ----------
        model : keras.Model
            ``Sequential([Input((None, features)), Masking(), GRU(units), Dense(classes)])``;
            the masking may be missing.

        Returns
        -------
        GRUReader

        Raises
        ------
        ValueError
            If it is another kind of model: then this reader would compute something else.
        """
        layers = [
            one for one in model.layers if type(one).__name__ not in ("InputLayer", "Masking")
        ]
        kinds = [type(one).__name__ for one in layers]
        if kinds != ["GRU", "Dense"]:
            raise ValueError(f"a model of the layers {kinds}; {_FORM}")
        gru, dense = (one.get_config() for one in layers)
        settings = {
            "activation": (gru["activation"], "tanh"),
            "recurrent_activation": (gru["recurrent_activation"], "sigmoid"),
            "use_bias": (gru["use_bias"] and dense["use_bias"], True),
            "reset_after": (gru["reset_after"], True),
            "go_backwards": (gru["go_backwards"], False),
            "return_sequences": (gru["return_sequences"], False),
            "activation of the Dense layer": (dense["activation"], "linear"),
        }
        for name, (found, expected) in settings.items():
            if found != expected:
                raise ValueError(f"{name} is {found!r}, not {expected!r}; {_FORM}")
        return cls(*model.get_weights())

    @property
    def features(self) -> int:
        """Numbers in a frame."""
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        """Numbers in the state."""
        return int(self.recurrent.shape[0])

    @property
    def classes(self) -> int:
        """Scores after each frame."""
        return int(self.head.shape[1])

    @property
    def count(self) -> int:
        """All weights."""
        return sum(int(weight.size) for weight in vars(self).values())

    @property
    def digest(self) -> str:
        """The sha256 of the weights; another model has another one."""
        told = hashlib.sha256()
        for weight in vars(self).values():
            told.update(repr(weight.shape).encode() + weight.astype("<f4").tobytes())
        return told.hexdigest()

    def step(self, frame: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Read one frame.

        Parameters
        ----------
        frame : ndarray of float32, shape (features,)
        state : ndarray of float32, shape (units,)
            Zeros in front of the first frame.

        Returns
        -------
        scores, state : ndarray of float32, shapes (classes,) and (units,)

        Notes
        -----
        The GRU of Keras with ``reset_after=True``, :cite:t:`keras_gru`: an update gate near 1 keeps
        the old state.

        Examples
        --------
        >>> reader = random_reader(features=3, units=2, classes=4)
        >>> scores, state = reader.step(np.ones(3, "f4"), np.zeros(2, "f4"))
        >>> scores.shape, state.shape
        ((4,), (2,))
        """
        frame = checked_frame(frame, self.features)
        state = checked_frame(state, self.units)
        of_frame = frame @ self.kernel + self.bias[0]
        of_state = state @ self.recurrent + self.bias[1]
        z, r, candidate = np.split(of_frame, 3)
        z_state, r_state, candidate_state = np.split(of_state, 3)
        z, r = _sigmoid(z + z_state), _sigmoid(r + r_state)
        new = z * state + (1 - z) * np.tanh(candidate + r * candidate_state)
        return new @ self.head + self.head_bias, new


def _sigmoid(a: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * a)), dtype=np.float32)  # does not overflow


def random_reader(features: int, units: int, classes: int, seed: int = 0) -> GRUReader:
    """Make a reader with random weights, for examples and tests.

    Parameters
    ----------
    features, units, classes : int
    seed : int

    Returns
    -------
    GRUReader

    Examples
    --------
    >>> random_reader(3, 2, 4).digest == random_reader(3, 2, 4, seed=1).digest
    False
    """
    for name, size in (("features", features), ("units", units), ("classes", classes)):
        whole(size, name)
    rng = np.random.default_rng(seed)
    shapes = (
        (features, 3 * units),
        (units, 3 * units),
        (2, 3 * units),
        (units, classes),
        (classes,),
    )
    return GRUReader(*(rng.normal(0, 0.5, shape).astype("f4") for shape in shapes))


def checked_frame(frame: Any, features: int, name: str = "the frame") -> Floats:
    """Return a frame as 32-bit floats, or say why the reader cannot read it.

    Parameters
    ----------
    frame : array_like, shape (features,)
    features : int
    name : str
        For the error.

    Returns
    -------
    ndarray of float32, shape (features,)

    Raises
    ------
    ValueError
        If it has another shape, or a number in it is not finite or too large for 32 bits.

    Examples
    --------
    >>> checked_frame([1, 2], 3)
    Traceback (most recent call last):
    ...
    ValueError: the frame has the shape (2,); expected (3,)
    """
    numbers = finite(frame, name)
    if numbers.shape != (features,):
        raise ValueError(f"{name} has the shape {numbers.shape}; expected ({features},)")
    if np.abs(numbers).max() > np.finfo(np.float32).max:
        raise ValueError(f"{name} holds {np.abs(numbers).max():g}, too large for 32 bits")
    return np.asarray(numbers, dtype=np.float32)


def read_all(step: Step, frames: Floats, state: Floats) -> tuple[Floats, Floats]:
    """Read frames one after the other.

    Parameters
    ----------
    step : callable
        Such as `GRUReader.step`, or a form of the reader elsewhere.
    frames : ndarray of float32, shape (timesteps, features)
    state : ndarray of float32, shape (units,)
        Zeros at the beginning of a word.

    Returns
    -------
    scores, state : ndarray of float32, shapes (classes,) and (units,)
        After the last frame.

    Raises
    ------
    ValueError
        If there is no frame, or a number is not finite.

    Examples
    --------
    >>> reader = random_reader(features=3, units=2, classes=4)
    >>> scores, _ = read_all(reader.step, np.ones((5, 3), "f4"), np.zeros(2, "f4"))
    >>> scores.shape
    (4,)
    """
    axes(frames, "the frames", "timesteps, features")
    if not len(frames):
        raise ValueError("there is no frame to read; expected at least one")
    for frame in finite(frames, "the frames"):
        scores, state = step(frame, state)
    return scores, state


def keras_step(model: "keras.Model") -> Step:
    """Return one step of a model of Keras: its own cell and its own dense layer.

    Parameters
    ----------
    model : keras.Model
        As for `GRUReader.of`.

    Returns
    -------
    callable
        A `Step`; compiled when it is called first.

    Raises
    ------
    ValueError
        If it is another kind of model.
    """
    from gru_course.layers.backend import tf  # so that the other forms run without it

    reader = GRUReader.of(model)
    compiled = one_step(model)

    def step(frame: Floats, state: Floats) -> tuple[Floats, Floats]:
        frame, state = checked_frame(frame, reader.features), checked_frame(state, reader.units)
        scores, new = compiled(tf.constant(frame[None]), tf.constant(state[None]))
        return scores.numpy()[0], new.numpy()[0]

    return step


def one_step(model: "keras.Model") -> Any:
    """Return one step of a model as a function of TensorFlow, with the state as an argument.

    Parameters
    ----------
    model : keras.Model
        As for `GRUReader.of`.

    Returns
    -------
    tf.function
        From a frame, shape (1, features), and a state, shape (1, units), to scores and state.

    Raises
    ------
    ValueError
        If it is another kind of model.
    """
    from gru_course.layers.backend import tf

    reader = GRUReader.of(model)
    cell, dense = model.layers[-2].cell, model.layers[-1]

    def step(frame: Any, state: Any) -> Any:
        _, (new,) = cell(frame, [state])
        return dense(new), new

    frame = tf.TensorSpec((1, reader.features), tf.float32, name="frame")
    state = tf.TensorSpec((1, reader.units), tf.float32, name="state")
    return tf.function(step, input_signature=[frame, state])
