"""Times that can be compared: several calls in turn, in rounds, every sample kept.

Timing one thing after the other on a machine that warms up, or that somebody else uses as well,
gives differences that are not there. So each round times all calls once, in an order drawn anew.

Fix the number of threads before you measure, and say it: TensorFlow takes all cores by default.
``tf.config.threading.set_intra_op_parallelism_threads(n)`` must run before the first operation
and holds for the compiled (XLA) loops as well.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole
from gru_course.layers.backend import keras, tf

Times = dict[str, NDArray[np.float64]]


def interleaved(
    calls: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 9,
    repeats: int = 1,
    warm_up: int = 2,
    seed: int = 0,
) -> Times:
    """Time several calls in turn.

    Parameters
    ----------
    calls : mapping
        Name to a call without arguments that returns when its work is done.
    rounds : int
        How often each is timed.
    repeats : int
        Calls per sample; take more for calls shorter than about a millisecond.
    warm_up : int
        Untimed calls before the first round: compiling, caches.
    seed : int
        Seed of the random order.

    Returns
    -------
    dict
        Name to seconds per call, shape ``(rounds,)``; entry ``i`` of all comes from round ``i``.

    Raises
    ------
    ValueError
        If there is nothing to time, or a number is out of its range.

    Examples
    --------
    >>> times = interleaved({"sum": lambda: sum(range(10)), "nothing": lambda: None}, rounds=3)
    >>> times["sum"].shape, bool(times["sum"].min() > 0)
    ((3,), True)
    """
    if not calls:
        raise ValueError("there is nothing to time; expected at least one call")
    whole(rounds, "rounds")
    whole(repeats, "repeats")
    whole(warm_up, "warm_up", least=0)
    for call in calls.values():
        for _ in range(warm_up):
            call()
    rng = np.random.default_rng(seed)
    names = list(calls)
    times = {name: np.zeros(rounds) for name in names}
    for number in range(rounds):
        for name in rng.permutation(names):
            start = time.perf_counter()
            for _ in range(repeats):
                calls[name]()
            times[name][number] = (time.perf_counter() - start) / repeats
    return times


def steps(
    model: keras.Model, x: Any, y: Any, *, xla: bool = True
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Make the two calls to time for a model: one update, and one forward pass.

    The update is what ``fit`` does once per batch: forward, backward through time, Adam.

    Parameters
    ----------
    model : keras.Model
        Not yet compiled.
    x, y : array_like
        One batch; it stays the same, since only time is asked for.
    xla : bool
        Whether XLA compiles the step, as :func:`gru_course.training.fitting.train` has it.

    Returns
    -------
    tuple of callable
        ``train`` and ``forward``.

    Examples
    --------
    >>> train, forward = layer_steps(keras.layers.GRU(3), (2, 4, 5))
    >>> forward().shape
    (2, 1)
    """
    model.compile("adam", "mean_squared_error", jit_compile=xla)
    x, y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    return lambda: model.train_on_batch(x, y), lambda: model.predict_on_batch(x)


def layer_steps(
    layer: keras.layers.RNN, shape: tuple[int, int, int], *, xla: bool = True
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Make the two calls for one recurrent layer whose last state a ``Dense`` unit reads.

    Parameters
    ----------
    layer : keras.layers.RNN
        Not yet built; ``keras.layers.GRU(64)`` for example.
    shape : tuple of int
        ``(batch, timesteps, features)`` of the random sequences it reads.
    xla : bool
        As for :func:`steps`.

    Returns
    -------
    tuple of callable
        ``train`` and ``forward``.

    Raises
    ------
    ValueError
        If a size is below 1.
    """
    for size in shape:
        whole(size, "a size of the shape")
    rng = np.random.default_rng(0)
    model = keras.Sequential([keras.Input(shape[1:]), layer, keras.layers.Dense(1)])
    x, y = rng.normal(size=shape), rng.normal(size=(shape[0], 1))
    return steps(model, x.astype("float32"), y.astype("float32"), xla=xla)
