"""Training runs that are chosen by validation and repeated over seeds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gru_course.backend import keras, tf

Curves = dict[str, list[float]]
IntArray = NDArray[np.integer]


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
    """

    epochs: int
    batch_size: int
    learning_rate: float = 0.001

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1 or self.learning_rate <= 0:
            raise ValueError(f"{self}: every value must be positive")


def fit(
    model: keras.Model,
    x: IntArray,
    y: IntArray,
    recipe: Recipe,
    *,
    watch: tuple[IntArray, IntArray] | None = None,
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
        Epochs, batch size, learning rate.
    watch : tuple of numpy.ndarray, optional
        Held-out ``(x, y)`` measured after each epoch. Give the validation set, never the test set.

    Returns
    -------
    dict
        Per epoch: ``accuracy`` and ``loss``, with ``watch`` also ``val_accuracy`` and ``val_loss``.
    """
    # XLA compiles the loop over time; without it a CPU spends most of its time between the
    # small matrix products. On a GPU the cuDNN kernel is faster, and XLA cannot call it.
    on_gpu = bool(tf.config.list_physical_devices("GPU"))
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        jit_compile=not on_gpu,
    )
    history = model.fit(
        x,
        y.astype("float32"),
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        validation_data=watch and (watch[0], watch[1].astype("float32")),
        validation_batch_size=500,  # XLA compiles once per shape; 500 divides every set used here
        verbose=0,
    )
    return {name: [float(v) for v in values] for name, values in history.history.items()}


def best_epoch(curves: Curves) -> int:
    """Return the epoch, counted from 1, with the highest validation accuracy.

    Raises
    ------
    ValueError
        If the curves hold no validation accuracy.

    Examples
    --------
    >>> best_epoch({"val_accuracy": [0.81, 0.85, 0.84]})
    2
    """
    if not curves.get("val_accuracy"):
        raise ValueError("the curves hold no val_accuracy: call fit(..., watch=validation_set)")
    return int(np.argmax(curves["val_accuracy"])) + 1


def predict(model: keras.Model, x: IntArray) -> NDArray[np.float32]:
    """Return the probability of label 1, shape ``(n,)``, for token ids ``(n, timesteps)``."""
    probabilities: NDArray[np.float32] = model.predict(x, batch_size=500, verbose=0)[:, 0]
    return probabilities


def train_over_seeds(
    build: Callable[[], keras.Model], x: IntArray, y: IntArray, recipe: Recipe, seeds: int
) -> list[keras.Model]:
    """Train the same model from several random starts.

    Parameters
    ----------
    build : callable
        Returns a fresh model.
    x, y : numpy.ndarray
        Training data as for :func:`fit`.
    recipe : Recipe
        The same for all.
    seeds : int
        How many; the seeds are 0, 1, 2, ...

    Returns
    -------
    list of keras.Model
        Trained models in the order of the seeds.
    """
    models = []
    for seed in range(seeds):
        keras.utils.set_random_seed(seed)
        model = build()
        fit(model, x, y, recipe)
        models.append(model)
    return models
