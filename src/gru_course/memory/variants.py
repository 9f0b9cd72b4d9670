"""Models alike in everything but how they read: one way, both ways, in a stack, with attention.

All of them answer a task of `gru_course.memory.tasks` and are trained by
`gru_course.memory.trials.train_trial`, so that they can be compared at an equal number of
parameters.
"""

from collections.abc import Callable
from typing import Any

from gru_course.course.checked import whole
from gru_course.layers.attention_and_mingru import AttentionPooling, MinGRU
from gru_course.layers.backend import keras
from gru_course.memory.tasks import Task

GRU = keras.layers.GRU


def one_way(x: Any, units: int, every_step: bool) -> Any:
    """Read from the first step to the last with one GRU."""
    return GRU(units, return_sequences=every_step)(x)


def bidirectional(x: Any, units: int, every_step: bool) -> Any:
    """Read with one GRU forwards and one backwards, and join their states."""
    return keras.layers.Bidirectional(GRU(units, return_sequences=every_step))(x)


def stacked(x: Any, units: int, every_step: bool) -> Any:
    """Read with one GRU, and its states with another."""
    states = GRU(units, return_sequences=True)(x)
    return GRU(units, return_sequences=every_step)(states)


def attention(x: Any, units: int, every_step: bool) -> Any:
    """Read with one GRU, and take a weighted sum of all its states.

    Parameters
    ----------
    x : tensor, shape (batch, timesteps, features)
    units : int
    every_step : bool

    Returns
    -------
    tensor, shape (batch, units)

    Raises
    ------
    ValueError
        If an answer is wanted at every step: there is one for each sequence.
    """
    if every_step:
        raise ValueError("attention pooling answers once per sequence, not at every step")
    return AttentionPooling(units)(GRU(units, return_sequences=True)(x))


def mingru(x: Any, units: int, every_step: bool) -> Any:
    """Read with one minGRU."""
    return MinGRU(units, return_sequences=every_step)(x)


def mingru_stacked(x: Any, units: int, every_step: bool) -> Any:
    """Read with one minGRU, and its states with another."""
    states = MinGRU(units, return_sequences=True)(x)
    return MinGRU(units, return_sequences=every_step)(states)


Reader = Callable[[Any, int, bool], Any]
"""Takes inputs ``(batch, timesteps, features)``, a number of units and whether an answer is asked
at every step; gives ``(batch, timesteps, width)`` if so and ``(batch, width)`` if not."""
READERS: tuple[Reader, ...] = (one_way, bidirectional, stacked, attention, mingru, mingru_stacked)


def reader_model(
    reader: Reader, units: int, task: Task, vocabulary: int = 0, embedding_dim: int = 16
) -> keras.Model:
    """Build a model for a task around one way to read.

    Parameters
    ----------
    reader : callable
        One of `READERS`.
    units : int
        Width of each recurrent layer in it.
    task : Task
        Says what comes in and what goes out.
    vocabulary : int
        If the one feature of the task is a token id: how many there are.
    embedding_dim : int
        Width of a word vector, if the inputs are token ids.

    Returns
    -------
    keras.Model
        Maps ``(batch, timesteps, features)`` to numbers or logits, see `Task`.

    Raises
    ------
    ValueError
        If a width is below 1, or token ids do not lie from 0 to below `vocabulary`.

    Examples
    --------
    >>> from gru_course.memory.tasks import recall
    >>> reader_model(bidirectional, 8, recall(n=1, lag=5)).output_shape
    (None, 8)
    """
    whole(units, "units")
    whole(vocabulary, "vocabulary", least=0)
    whole(embedding_dim, "embedding_dim")
    x = inputs = keras.Input((task.timesteps, task.features))
    if vocabulary:
        if task.features != 1 or task.x.min() < 0 or task.x.max() >= vocabulary:
            raise ValueError(
                f"{task.features} features from {task.x.min()} to {task.x.max()}; expected one, "
                f"token ids from 0 to {vocabulary - 1}"
            )
        x = keras.layers.Reshape((task.timesteps,))(x)
        x = keras.layers.Embedding(vocabulary, embedding_dim)(x)
    x = reader(x, units, task.every_step)
    return keras.Model(inputs, keras.layers.Dense(task.outputs)(x))


def widest_model(reader: Reader, budget: int, task: Task, **options: int) -> keras.Model:
    """Build the widest model that has no more parameters than the budget.

    Parameters
    ----------
    reader : callable
        One of `READERS`.
    budget : int
        Parameters of the whole model, at most.
    task, **options
        As for `reader_model`.

    Returns
    -------
    keras.Model

    Raises
    ------
    ValueError
        If not even one unit fits, or a number is out of its range.

    Examples
    --------
    >>> from gru_course.memory.tasks import recall
    >>> task = recall(n=1, lag=5)
    >>> [widest_model(reader, 4_000, task).count_params() for reader in (one_way, mingru)]
    [3938, 3984]
    """
    whole(budget, "budget", least=0)

    def parameters(units: int) -> int:
        return int(reader_model(reader, units, task, **options).count_params())

    if parameters(1) > budget:
        raise ValueError(f"{budget} parameters do not hold one unit; it needs {parameters(1)}")
    low, high = 1, 2  # low fits; double high until it does not, then halve the gap
    while parameters(high) <= budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if parameters(middle) <= budget else (low, middle)
    return reader_model(reader, low, task, **options)
