"""Training the same classifier from many seeds, compiled once.

:func:`gru_course.training.fitting.train` compiles a model each time it is called. For one training
that is nothing; for a hundred short ones it would be half of the time.
"""

import numpy as np
from numpy.typing import NDArray

from gru_course.course.checked import whole
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras, tf
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.training.checkpoints import check_trained
from gru_course.training.fitting import Curves, Examples, IntArray, Recipe, batches, predict
from gru_course.training.ids import check_ids


class Repeated:
    """A classifier that is compiled once and trained from the start as often as one likes.

    Parameters
    ----------
    config : ClassifierConfig
        What to build; with a fixed number of timesteps.
    recipe : Recipe
        How to train. Its epochs and looks count passes over so many texts as `texts` says, and
        stay what they are in updates when fewer texts are given.
    texts : int
        Texts in one epoch.

    Raises
    ------
    ValueError
        If the model or the recipe has no fixed length, or there is no text.

    Examples
    --------
    >>> small = ClassifierConfig(vocabulary_size=9, timesteps=4, embedding_dim=2, units=2)
    >>> x, y = np.ones((8, 4), dtype="int32"), np.zeros(8, dtype="int32")
    >>> twice = Repeated(small, Recipe(epochs=2, batch_size=4), texts=8)
    >>> [twice.train(x, y, validation=(x, y), seed=seed)["epoch"] for seed in (0, 1)]
    [[1.0, 2.0], [1.0, 2.0]]
    """

    def __init__(self, config: ClassifierConfig, recipe: Recipe, texts: int) -> None:
        if config.timesteps is None or recipe.lengths:
            raise ValueError("several lengths are compiled again and again; give one to timesteps")
        whole(texts, "texts")
        self.config, self.recipe = config, recipe
        self.looks = recipe.epochs * recipe.looks_per_epoch
        self.updates = -(-texts // (recipe.batch_size * recipe.looks_per_epoch))  # for each look
        self.model = classifier(config)
        optimizer = recipe.optimizer(updates=self.looks * self.updates)
        optimizer.build(self.model.trainable_variables)
        self._optimizer_at_first = [keras.ops.convert_to_numpy(v) for v in optimizer.variables]
        self.model.compile(
            optimizer=optimizer,
            loss="binary_crossentropy",
            metrics=["accuracy"],
            jit_compile=not tf.config.list_physical_devices("GPU"),
        )

    def train(self, x: IntArray, y: IntArray, *, validation: Examples, seed: int) -> Curves:
        """Train from the start; the model ends with the weights of the best look.

        Parameters
        ----------
        x, y : numpy.ndarray
            Token ids ``(n, timesteps)``, padded in front, and labels ``(n,)``.
        validation : tuple of numpy.ndarray
            Held-out ``(x, y)``, which decides which look is best.
        seed : int
            Of the initial weights, the order of the texts and the dropout.

        Returns
        -------
        dict
            Curves as :func:`gru_course.training.fitting.train` returns them.

        Raises
        ------
        ValueError
            If the ids are not the model's, the labels not 0 and 1, or a loss is not finite.
        """
        if len(validation) != 2:
            raise ValueError(f"{len(validation)} arrays for validation; expected ids and labels")
        for ids, labels in ((x, y), validation):
            check_ids(self.model, ids)
            if np.shape(labels) != (len(ids),) or not np.isin(labels, (0, 1)).all():
                raise ValueError(
                    f"labels {np.unique(labels)} of shape {np.shape(labels)} for {len(ids)} texts; "
                    "expected 0 or 1 for each"
                )
        keras.utils.set_random_seed(seed)
        self._start_again()
        best = keras.callbacks.EarlyStopping(
            "val_accuracy", mode="max", patience=self.looks, restore_best_weights=True
        )
        average = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
        history = self.model.fit(
            batches(x, y.astype("float32"), self.recipe),
            shuffle=False,  # the data set does it
            epochs=self.looks,
            steps_per_epoch=self.updates,
            validation_data=(validation[0], validation[1].astype("float32")),
            validation_batch_size=500,  # XLA compiles once per shape, as in fitting.train
            callbacks=[*([average] if self.recipe.averaging else []), best, *fit_bar()],
            verbose=0,
        )
        curves = {name: [float(v) for v in values] for name, values in history.history.items()}
        check_trained(self.model, curves["val_accuracy"])
        each = self.recipe.looks_per_epoch
        return {"epoch": [look / each for look in range(1, self.looks + 1)], **curves}

    def predict(self, x: IntArray) -> NDArray[np.float32]:
        """Return the probability of label 1, shape ``(n,)``, for token ids ``(n, timesteps)``."""
        return predict(self.model, x)

    def _start_again(self) -> None:
        fresh = classifier(self.config)
        for layer, new in zip(self.model.layers, fresh.layers, strict=True):
            for variable, value in zip(layer.variables, new.variables, strict=True):
                variable.assign(value)  # the states of dropout are among them
        for variable, at_first in zip(
            self.model.optimizer.variables, self._optimizer_at_first, strict=True
        ):
            variable.assign(at_first)
