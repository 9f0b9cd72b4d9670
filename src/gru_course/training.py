"""Training a binary classifier, with the epoch chosen by validation."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.backend import keras, tf

Curves = dict[str, list[float]]
IntArray = NDArray[np.integer]
Split = tuple[IntArray, IntArray]


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
        Step size of Adam.
    looks_per_epoch : int
        How often in each epoch the curves get a point and the validation set is looked at.
    """

    epochs: int
    batch_size: int
    learning_rate: float = 0.001
    looks_per_epoch: int = 1

    def __post_init__(self) -> None:
        if min(vars(self).values()) <= 0:
            raise ValueError(f"{self}: every value must be positive")


SMALL_RECIPE = Recipe(epochs=5, batch_size=32, looks_per_epoch=4)
LARGE_RECIPE = Recipe(epochs=3, batch_size=64, looks_per_epoch=4)


def fit(
    model: keras.Model,
    x: IntArray,
    y: IntArray,
    recipe: Recipe,
    *,
    validation: Split | None = None,
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
        not with the last ones.

    Returns
    -------
    dict
        Per look: ``epoch`` (how many were done), ``accuracy`` and ``loss``, with ``validation``
        also ``val_accuracy`` and ``val_loss``.

    Raises
    ------
    ValueError
        If ``keep_best`` is asked for without validation data.
    """
    if keep_best and validation is None:
        raise ValueError("keep_best=True needs validation data to know what is best")
    looks = recipe.epochs * recipe.looks_per_epoch
    best = keras.callbacks.EarlyStopping(
        "val_accuracy", mode="max", patience=looks, restore_best_weights=True
    )
    # XLA compiles the loop over time; without it a CPU spends most of its time between the
    # small matrix products. On a GPU the cuDNN kernel is faster, and XLA cannot call it.
    on_gpu = bool(tf.config.list_physical_devices("GPU"))
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=not on_gpu,
    )
    batches = tf.data.Dataset.from_tensor_slices((x, y.astype("float32")))
    batches = batches.shuffle(len(x)).batch(recipe.batch_size).repeat()
    history = model.fit(
        batches,
        shuffle=False,  # the data set does it
        epochs=looks,
        steps_per_epoch=math.ceil(len(x) / recipe.batch_size / recipe.looks_per_epoch),
        validation_data=validation and (validation[0], validation[1].astype("float32")),
        validation_batch_size=500,  # XLA compiles once per shape; 500 divides every set used here
        callbacks=[best] if keep_best else [],
        verbose=0,
    )
    curves = {name: [float(v) for v in values] for name, values in history.history.items()}
    return {"epoch": [look / recipe.looks_per_epoch for look in range(1, looks + 1)], **curves}


def best_epoch(curves: Curves) -> float:
    """Return after how many epochs the validation accuracy was highest.

    Raises
    ------
    ValueError
        If the curves hold no validation accuracy.

    Examples
    --------
    >>> best_epoch({"epoch": [0.5, 1.0, 1.5], "val_accuracy": [0.81, 0.85, 0.84]})
    1.0
    """
    if not curves.get("val_accuracy"):
        raise ValueError("the curves hold no val_accuracy: give fit() validation data")
    return curves["epoch"][int(np.argmax(curves["val_accuracy"]))]


def predict(model: keras.Model, x: IntArray) -> NDArray[np.float32]:
    """Return the probability of label 1, shape ``(n,)``, for token ids ``(n, timesteps)``."""
    probabilities: NDArray[np.float32] = model.predict(x, batch_size=500, verbose=0)[:, 0]
    return probabilities


def hold_out(x: IntArray, y: IntArray, share: float) -> tuple[Split, Split]:
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
    cut = round(len(x) * (1 - share))
    if not 0 < cut < len(x):
        raise ValueError(f"holding out {share} of {len(x)} leaves one part empty")
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
