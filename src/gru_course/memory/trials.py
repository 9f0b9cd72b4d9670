"""One harness for fair trials of recurrent cells: same task, same budget, same training.

Used with the tasks of `gru_course.memory.tasks`, or with any `Task` of the same form. A
trial is a cell, a number of units, a recipe and a seed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import finite, positive, whole
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras, tf
from gru_course.memory.tasks import Task
from gru_course.training.checkpoints import check_trained
from gru_course.training.fitting import Curves

# TensorFlow warns when functions are traced again and again. Every new model is, and that is meant.
tf.get_logger().setLevel("ERROR")


CELLS = ("rnn", "lstm", "gru")
_LAYERS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
_BLOCKS_AND_BIASES = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}


def recurrent_layer(
    cell: str, units: int, *, remember: float | None = None, **options: Any
) -> keras.Layer:
    """Make a recurrent layer by the name of its cell, as Keras initialises it.

    Parameters
    ----------
    cell : str
        ``"rnn"`` (a simple RNN), ``"lstm"`` or ``"gru"``.
    units : int
        Width of the hidden state.
    remember : float, optional
        Initial bias of the gate that keeps the old state: the update gate of a GRU, the forget
        gate of an LSTM. Without it Keras' own: 0 for the GRU, 1 for the LSTM.
    **options
        Whatever the Keras layer takes, such as ``return_sequences=True``.

    Returns
    -------
    keras.Layer

    Raises
    ------
    ValueError
        If there is no such cell, `units` is below 1, or `remember` is not finite or asked of a cell
        without gates.

    Examples
    --------
    >>> recurrent_layer("gru", 8, remember=2.0).units
    8
    """
    _check_cell(cell)
    whole(units, "units")
    if remember is not None:
        finite(remember, "the bias to remember by", what_to_do="")
        if cell == "rnn":
            raise ValueError("a simple RNN has no gate that remembers; use 'lstm' or 'gru'")
        gate = slice(0, units) if cell == "gru" else slice(units, 2 * units)

        def bias(shape: tuple[int, ...], dtype: Any = None) -> Any:
            values = np.zeros(shape)
            values.reshape(-1, shape[-1])[0, gate] = remember  # a GRU has two rows of biases
            return keras.ops.convert_to_tensor(values, dtype)

        options["bias_initializer"] = bias
        if cell == "lstm":
            options["unit_forget_bias"] = False
    return _LAYERS[cell](units, **options)


def parameters(cell: str, units: int, features: int, outputs: int = 0) -> int:
    """Count the parameters of a recurrent layer, and of a dense layer on its state.

    Parameters
    ----------
    cell : str
        ``"rnn"``, ``"lstm"`` or ``"gru"``; the GRU with ``reset_after=True``, as in Keras.
    units, features : int
        Width of the hidden state and of the input.
    outputs : int
        Width of the dense layer; 0 if there is none.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If there is no such cell, or a width is out of its range.

    Examples
    --------
    >>> [parameters(cell, units=64, features=128) for cell in CELLS]
    [12352, 49408, 37248]
    """
    _check_cell(cell)
    for name, width, least in (
        ("units", units, 1),
        ("features", features, 1),
        ("outputs", outputs, 0),
    ):
        whole(width, name, least)
    blocks, biases = _BLOCKS_AND_BIASES[cell]
    return blocks * units * (features + units + biases) + (units + 1) * outputs


def units_for_parameters(cell: str, budget: int, features: int, outputs: int = 0) -> int:
    """Find the widest cell within a budget of parameters.

    Parameters
    ----------
    cell : str
        ``"rnn"``, ``"lstm"`` or ``"gru"``.
    budget : int
        Parameters that the layer, and with `outputs` also the dense layer, may have.
    features, outputs : int
        As for `parameters`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If not even one unit fits, or a width is out of its range.

    Examples
    --------
    >>> {cell: units_for_parameters(cell, budget=49_408, features=128) for cell in CELLS}
    {'rnn': 166, 'lstm': 64, 'gru': 78}
    """
    whole(budget, "budget", least=0)
    units = 0
    while parameters(cell, units + 1, features, outputs) <= budget:
        units += 1
    if not units:
        raise ValueError(f"a budget of {budget} parameters does not hold one unit of {cell!r}")
    return units


def trial_model(cell: str, units: int, task: Task, **options: Any) -> keras.Model:
    """Build the smallest model for a task: one recurrent layer and one dense layer.

    Parameters
    ----------
    cell, units
        As for `recurrent_layer`.
    task : Task
        Says how many features come in, how many outputs go out, and whether at every step.
    **options
        As for `recurrent_layer`.

    Returns
    -------
    keras.Model
        Maps ``(batch, timesteps, features)`` to ``(batch, outputs)``, or to
        ``(batch, timesteps, outputs)``: numbers, or logits of the classes. Any length fits.

    Examples
    --------
    >>> from gru_course.memory.tasks import recall
    >>> trial_model("gru", 8, recall(n=1, lag=5)).output_shape
    (None, 8)
    """
    return keras.Sequential(
        [
            keras.Input((None, task.features)),
            recurrent_layer(cell, units, return_sequences=task.every_step, **options),
            keras.layers.Dense(task.outputs),
        ]
    )


@dataclass(frozen=True)
class TrialRecipe:
    """How to train in a trial; the same for all cells that are compared.

    Parameters
    ----------
    updates : int
        Steps of Adam, at most.
    batch_size : int
        Sequences per update.
    learning_rate : float
        Step size of Adam.
    clipnorm : float
        Each gradient is scaled down to this norm if it is longer.
    look_every : int
        Updates between two looks at the validation sequences.
    target : float, optional
        Stop at the first look that is this good: a share of right answers, or a squared error.
    keep_best : bool
        Whether the model ends with the weights of the look with the lowest validation loss.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    updates: int
    batch_size: int = 64
    learning_rate: float = 0.003
    clipnorm: float = 1.0
    look_every: int = 100
    target: float | None = None
    keep_best: bool = False

    def __post_init__(self) -> None:
        for name in ("updates", "batch_size", "look_every"):
            whole(getattr(self, name), name)
        for name in ("learning_rate", "clipnorm"):
            positive(getattr(self, name), name)
        if self.target is not None:
            finite(self.target, "the target", what_to_do="")


def train_trial(model: keras.Model, train: Task, validation: Task, recipe: TrialRecipe) -> Curves:
    """Train a model on a task with Adam and clipped gradients.

    Parameters
    ----------
    model : keras.Model
        From `trial_model`; trained in place.
    train, validation : Task
        To learn from, and to look at.
    recipe : TrialRecipe
        How to train.

    Returns
    -------
    dict
        Per look: ``updates``, ``loss`` (training, mean since the last look), ``val_loss``,
        ``val_score`` (share of right answers, or mean squared error) and ``score`` (the same while
        training).

    Raises
    ------
    ValueError
        If the tasks do not fit the model or each other, or a loss is not finite.
    """
    _check_fit(model, train)
    _check_fit(model, validation)
    compile_trial(model, train, recipe)
    arrays = tf.data.Dataset.from_tensor_slices(_arrays(train))
    batches = arrays.shuffle(len(train)).repeat().batch(recipe.batch_size).prefetch(2)
    callbacks = [_StopAt(recipe.target, higher_is_better=bool(train.classes))]
    if recipe.keep_best:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                "val_loss", patience=recipe.updates, restore_best_weights=True
            )
        )
    history = model.fit(
        batches,
        shuffle=False,  # the data set does it
        epochs=-(-recipe.updates // recipe.look_every),
        steps_per_epoch=recipe.look_every,
        validation_data=_arrays(validation),
        validation_batch_size=len(validation),  # XLA compiles once per shape
        callbacks=[*callbacks, *fit_bar()],
        verbose=0,
    )
    curves = {name: [float(v) for v in values] for name, values in history.history.items()}
    check_trained(model, curves["val_loss"] if recipe.keep_best else ())
    return {"updates": [recipe.look_every * (1.0 + look) for look in history.epoch], **curves}


def compile_trial(model: keras.Model, task: Task, recipe: TrialRecipe) -> None:
    """Attach the loss of the task and the optimizer of the recipe to a model.

    Parameters
    ----------
    model : keras.Model
        From `trial_model`.
    task : Task
        Squared error for numbers, cross-entropy for classes, averaged over the answers that count.
    recipe : TrialRecipe
        Learning rate and clipping.
    """
    if task.classes:
        loss = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        )
        score = keras.metrics.SparseCategoricalAccuracy(name="score")
    else:
        loss = keras.losses.MeanSquaredError()
        score = keras.metrics.MeanSquaredError(name="score")
    # XLA compiles the loop over time; on a GPU the cuDNN kernel is faster, and XLA cannot call it.
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate, clipnorm=recipe.clipnorm),
        loss=loss,
        weighted_metrics=[score],
        jit_compile=not tf.config.list_physical_devices("GPU"),
    )


def run_trial(
    cell: str,
    units: int,
    train: Task,
    validation: Task,
    recipe: TrialRecipe,
    seed: int,
    **options: Any,
) -> tuple[keras.Model, Curves]:
    """Build and train one model from one seed.

    Parameters
    ----------
    cell, units, **options
        As for `recurrent_layer`.
    train, validation, recipe
        As for `train_trial`.
    seed : int
        Of the weights and of the order of the sequences.

    Returns
    -------
    tuple
        The trained model and its curves.
    """
    keras.utils.set_random_seed(seed)
    model = trial_model(cell, units, train, **options)
    return model, train_trial(model, train, validation, recipe)


def answers(model: keras.Model, task: Task, batch_size: int = 500) -> NDArray[Any]:
    """Let a model answer: numbers, or the most likely classes.

    Parameters
    ----------
    model : keras.Model
        From `trial_model`.
    task : Task
        Of any length.
    batch_size : int
        Sequences at once.

    Returns
    -------
    numpy.ndarray
        In the shape of ``task.y``.

    Raises
    ------
    ValueError
        If the task does not fit the model, or an answer is not finite.
    """
    whole(batch_size, "batch_size")
    _check_fit(model, task)
    outputs = model.predict(task.x, batch_size=min(batch_size, len(task)), verbose=0)
    finite(outputs, "the answers", what_to_do="Did the training diverge?")
    result: NDArray[Any] = outputs.argmax(axis=-1) if task.classes else outputs[:, 0]
    return result


def score(model: keras.Model, task: Task) -> float:
    """Measure a model on a task.

    Parameters
    ----------
    model : keras.Model
        From `trial_model`, trained.
    task : Task
        Sequences that it has not seen, of any length.

    Returns
    -------
    float
        The share of right answers among those that count, or for numbers the mean squared error.

    Raises
    ------
    ValueError
        As `answers`, or if no answer counts.
    """
    if task.weights is not None and not task.weights.any():
        raise ValueError("no answer of this task counts; give it longer sequences")
    found = answers(model, task)
    if not task.classes:
        return float(np.mean((found - task.y) ** 2))
    return float(np.average(found == task.y, weights=task.weights))


def all_right(model: keras.Model, task: Task) -> NDArray[np.bool_]:
    """Say of every sequence whether each answer that counts is right.

    Parameters
    ----------
    model : keras.Model
        From `trial_model`, trained.
    task : Task
        With answers at every step.

    Returns
    -------
    numpy.ndarray
        bool, shape ``(n,)``.

    Raises
    ------
    ValueError
        If the task asks only at the end.
    """
    if task.weights is None:
        raise ValueError("all_right() is for tasks with an answer at every step; use score()")
    result: NDArray[np.bool_] = ((answers(model, task) == task.y) | (task.weights == 0)).all(axis=1)
    return result


class _StopAt(keras.callbacks.Callback):  # type: ignore[misc]
    """Stop the training at the first look that reaches a target."""

    def __init__(self, target: float | None, higher_is_better: bool) -> None:
        super().__init__()
        self.target, self.higher = target, higher_is_better

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Compare the validation score."""
        if self.target is not None and logs:
            found = logs["val_score"]
            self.model.stop_training = found >= self.target if self.higher else found <= self.target


def _check_fit(model: keras.Model, task: Task) -> None:
    """Refuse a task with other features or answers than the model has."""
    taken, given = model.input_shape, model.output_shape
    steps = [task.timesteps] if task.every_step else []
    fits = len(given) == 2 + len(steps) and taken[1] in (None, task.timesteps)
    if not fits or (taken[-1], given[-1]) != (task.features, task.outputs):
        raise ValueError(
            f"the model maps {taken} to {given}; the task '{task.description}' needs (None, "
            f"{task.timesteps}, {task.features}) to {(None, *steps, task.outputs)}"
        )


def _arrays(task: Task) -> tuple[Any, ...]:
    y = task.y if task.classes else task.y[:, None]
    return (task.x, y) if task.weights is None else (task.x, y, task.weights)


def _check_cell(cell: str) -> None:
    if cell not in _LAYERS:
        raise ValueError(f"there is no cell {cell!r}; expected one of {', '.join(CELLS)}")
