"""Training a binary classifier, with the epoch chosen by validation."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import axes, finite, whole
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras, tf
from gru_course.training.checkpoints import check_trained
from gru_course.training.ids import check_ids, check_labels

Curves = dict[str, list[float]]
IntArray = NDArray[np.integer]
Examples = tuple[IntArray, IntArray]


@dataclass(frozen=True)
class Recipe:
    """How to train: everything but the model and the data.

    Parameters
    ----------
    epochs : int
        Passes over the training data.
    batch_size : int
        Sequences per update.
    learning_rate : float
        Step size of Adam; with `decay` the largest one.
    looks_per_epoch : int
        How often in each epoch the curves get a point and the validation set is looked at.
    decay : bool
        Whether the step size rises in the first tenth of the training and then falls to zero along
        a cosine (Loshchilov & Hutter 2017).
    weight_decay : float
        By which share of the step size every weight shrinks at each update (AdamW, Loshchilov &
        Hutter 2019).
    averaging : float
        Momentum of a moving average of the weights over the updates (Polyak & Juditsky 1992), such
        as 0.99. The average is what is looked at and kept. 0 for none.
    clipnorm : float or None
        Each gradient is scaled down to this norm if it is longer.
    lengths : tuple of int
        Lengths to which batches are cut, ascending: texts of similar length are read together, so
        that less padding is read. Empty for none; for texts padded in front, longer ones keep
        their end.

    Raises
    ------
    ValueError
        If a value is not what is expected.
    """

    epochs: int
    batch_size: int
    learning_rate: float = 0.001
    looks_per_epoch: int = 1
    decay: bool = False
    weight_decay: float = 0.0
    averaging: float = 0.0
    clipnorm: float | None = None
    lengths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "looks_per_epoch"):
            whole(getattr(self, name), name)
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate is {self.learning_rate}; expected more than 0")
        if not 0 <= self.weight_decay < math.inf or not 0 <= self.averaging < 1:
            raise ValueError(f"{self}: expected weight_decay >= 0 and 0 <= averaging < 1")
        if self.clipnorm is not None and not 0 < self.clipnorm < math.inf:
            raise ValueError(f"clipnorm is {self.clipnorm}; expected more than 0, or None")
        if sorted(set(self.lengths)) != list(self.lengths) or min(self.lengths, default=1) < 1:
            raise ValueError(f"lengths is {self.lengths}; expected ascending whole numbers")

    def optimizer(self, updates: int) -> keras.optimizers.Optimizer:
        """Make Adam with everything the recipe says, for a training of so many updates.

        Parameters
        ----------
        updates : int
            How many the training will make.

        Returns
        -------
        keras.optimizers.Adam
        """
        whole(updates, "updates")
        rate = self.learning_rate
        if self.decay:
            warmup = updates // 10
            rate = keras.optimizers.schedules.CosineDecay(
                0.0, updates - warmup, warmup_target=rate, warmup_steps=warmup
            )
        return keras.optimizers.Adam(
            rate,
            weight_decay=self.weight_decay or None,
            clipnorm=self.clipnorm,
            use_ema=self.averaging > 0,
            ema_momentum=self.averaging or 0.99,
        )


SMALL_RECIPE = Recipe(epochs=5, batch_size=32, looks_per_epoch=4)
LARGE_RECIPE = Recipe(epochs=3, batch_size=64, looks_per_epoch=4)


def train(
    model: keras.Model,
    x: IntArray,
    y: IntArray,
    recipe: Recipe,
    *,
    validation: Examples | None = None,
    keep_best: bool = False,
) -> Curves:
    """Train a binary classifier with Adam on the cross-entropy.

    Parameters
    ----------
    model : keras.Model
        Maps ``x`` to probabilities of shape ``(n, 1)``; trained in place.
    x : numpy.ndarray
        Token ids, shape ``(n, timesteps)``.
    y : numpy.ndarray
        Labels 0 or 1, shape ``(n,)``.
    recipe : Recipe
        Epochs, batch size, learning rate, looks per epoch.
    validation : tuple of numpy.ndarray, optional
        Held-out ``(x, y)``, measured at every look.
    keep_best : bool
        Whether the model ends with the weights of the look with the best validation accuracy,
        of equally good ones the earliest, and not with the last ones.

    Returns
    -------
    dict
        Per look: ``epoch`` (how many were done), ``accuracy`` and ``loss``, with ``validation``
        also ``val_accuracy`` and ``val_loss``.

    Raises
    ------
    ValueError
        If ``keep_best`` is asked for without validation data, the model cannot read the ids, or a
        label is neither 0 nor 1.
    Diverged
        If the training ends with weights that are no numbers.
    """
    if keep_best and validation is None:
        raise ValueError("keep_best=True needs validation data to know what is best")
    for which, pair in (("", (x, y)), (" for validation", validation)):
        if pair is None:
            continue
        if len(pair) != 2 or not len(pair[0]) or len(pair[0]) != len(pair[1]):
            raise ValueError(
                f"arrays of length {[len(part) for part in pair]}{which}; expected sequences and "
                "as many labels, at least one"
            )
        check_ids(model, pair[0])
        check_labels(pair[1], f"the labels{which}")
    looks = recipe.epochs * recipe.looks_per_epoch
    steps = math.ceil(len(x) / recipe.batch_size / recipe.looks_per_epoch)
    callbacks = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if recipe.averaging else []
    if keep_best:
        best = keras.callbacks.EarlyStopping(
            "val_accuracy", mode="max", patience=looks, restore_best_weights=True
        )
        callbacks.append(best)
    # XLA compiles the loop over time; without it a CPU spends most of its time between the
    # small matrix products. On a GPU the cuDNN kernel is faster, and XLA cannot call it.
    # Around a model for any length it would compile again at every step (TensorFlow 2.21); the
    # loops of a FastGRU are compiled all the same.
    on_gpu = bool(tf.config.list_physical_devices("GPU"))
    model.compile(
        optimizer=recipe.optimizer(updates=looks * steps),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=not (on_gpu or recipe.lengths or model.input_shape[1] is None),
    )
    history = model.fit(
        batches(x, np.asarray(y, "float32"), recipe),
        shuffle=False,  # the data set does it
        epochs=looks,
        steps_per_epoch=steps,
        validation_data=validation and (validation[0], np.asarray(validation[1], "float32")),
        validation_batch_size=500,  # XLA compiles once per shape; 500 divides every set used here
        callbacks=[*callbacks, *fit_bar()],
        verbose=0,
    )
    curves = {name: [float(v) for v in values] for name, values in history.history.items()}
    check_trained(model, curves["val_accuracy"] if keep_best else ())
    return {"epoch": [look / recipe.looks_per_epoch for look in range(1, looks + 1)], **curves}


def batches(x: IntArray, y: NDArray[np.floating], recipe: Recipe) -> tf.data.Dataset:
    """Shuffle sequences into batches without end, of similar lengths if the recipe says so.

    Parameters
    ----------
    x : numpy.ndarray
        Token ids padded in front, shape ``(n, timesteps)``.
    y : numpy.ndarray
        Labels, shape ``(n,)``.
    recipe : Recipe
        Batch size and lengths.

    Returns
    -------
    tf.data.Dataset
        Pairs of shapes ``(batch_size, length)`` and ``(batch_size,)``.

    Raises
    ------
    ValueError
        If there is no sequence, or, read by their lengths, too few for one batch.

    Examples
    --------
    >>> x, y = np.ones((10, 6), "int32"), np.zeros(10)
    >>> [tuple(part.shape) for part in next(iter(batches(x, y, Recipe(epochs=1, batch_size=4))))]
    [(4, 6), (4,)]
    """
    x, y = np.asarray(x), np.asarray(y)  # a column of a table is read by its index
    axes(x, "the ids", "n, timesteps")
    if not x.size:
        raise ValueError(f"the ids have shape {x.shape}; expected at least one of each")
    if not recipe.lengths:
        pairs = tf.data.Dataset.from_tensor_slices((x, y))
        return _without_autotune(pairs.shuffle(len(x)).batch(recipe.batch_size).repeat())
    if len(x) < recipe.batch_size:
        raise ValueError(f"{len(x)} sequences do not fill one batch of {recipe.batch_size}")
    ends = np.minimum(recipe.lengths, x.shape[1])
    words = x.shape[1] - np.argmax(x != 0, axis=1)  # all but the padding in front
    groups = np.minimum(np.searchsorted(ends, words), len(ends) - 1)
    seed = int(tf.random.uniform((), maxval=2**31 - 1, dtype="int64"))  # set_random_seed decides

    def generate() -> Iterator[tuple[IntArray, NDArray[np.floating]]]:
        rng = np.random.default_rng(seed)
        while True:
            chosen = []
            left = np.array([], dtype=int)
            for group, end in enumerate(ends):
                # What does not fill a batch is read with the longer texts: one shape per length.
                rows = np.concatenate([left, rng.permutation(np.flatnonzero(groups == group))])
                full = len(rows) // recipe.batch_size * recipe.batch_size
                left = rows[full:]
                chosen += [(end, part) for part in rows[:full].reshape(-1, recipe.batch_size)]
            for place in rng.permutation(len(chosen)):
                end, rows = chosen[place]
                yield x[rows, -end:], y[rows]

    shapes = tf.TensorSpec((None, None), "int32"), tf.TensorSpec((None,), "float32")
    generated = tf.data.Dataset.from_generator(generate, output_signature=shapes)
    return _without_autotune(generated.prefetch(2))


def _without_autotune(data: tf.data.Dataset) -> tf.data.Dataset:
    # With it `fit` may return seconds after its last batch (TensorFlow 2.21; benchmarks/imdb.py):
    # it waits for a thread that tunes what these data sets do not have, parallel stages.
    options = tf.data.Options()
    options.autotune.enabled = False
    return data.with_options(options)


def best_epoch(curves: Curves) -> float:
    """Return after how many epochs the validation accuracy was highest, for the first time.

    Parameters
    ----------
    curves : dict
        As `train` returns them.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the curves hold no validation accuracy, or one that is not finite.

    Examples
    --------
    >>> best_epoch({"epoch": [0.5, 1.0, 1.5], "val_accuracy": [0.81, 0.85, 0.84]})
    1.0
    """
    if not curves.get("val_accuracy"):
        raise ValueError("the curves hold no val_accuracy: give train() validation data")
    if len(curves.get("epoch", ())) != len(curves["val_accuracy"]):
        raise ValueError("the curves hold not as many values of epoch as of val_accuracy")
    found = finite(curves["val_accuracy"], "the values of val_accuracy", what_to_do="Train again.")
    return curves["epoch"][int(np.argmax(found))]


def predict(model: keras.Model, x: IntArray) -> NDArray[np.float32]:
    """Return the probability of label 1, shape ``(n,)``, for token ids ``(n, timesteps)``."""
    check_ids(model, x)
    probabilities: NDArray[np.float32] = model.predict(x, batch_size=500, verbose=0)[:, 0]
    return finite(probabilities, "the probabilities", what_to_do="Look at the model's weights.")


def hold_out(x: IntArray, y: IntArray, share: float) -> tuple[Examples, Examples]:
    """Split off the end of the data, which must be in a mixed order.

    Parameters
    ----------
    x, y : numpy.ndarray
        Inputs and labels, the same first axis.
    share : float
        Between 0 and 1: how much is held out.

    Returns
    -------
    tuple
        ``(x, y)`` to train on and ``(x, y)`` held out.

    Raises
    ------
    ValueError
        If one part would be empty.

    Examples
    --------
    >>> (x, _), (held_x, _) = hold_out(np.arange(10), np.arange(10), share=0.2)
    >>> len(x), held_x.tolist()
    (8, [8, 9])
    """
    cut = round(len(x) * (1 - share)) if 0 < share < 1 else 0
    if not 0 < cut < len(x):
        raise ValueError(f"holding out {share} of {len(x)} leaves one part empty")
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
