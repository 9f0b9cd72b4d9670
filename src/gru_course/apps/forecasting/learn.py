"""Training a forecaster on quantiles, and asking it; the epoch is chosen by validation."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gru_course.apps.forecasting.model import ForecasterConfig, gru_forecaster
from gru_course.apps.forecasting.task import Examples, Prepared
from gru_course.course.checked import finite, share
from gru_course.course.progress import fit_bar
from gru_course.layers.backend import keras
from gru_course.training.checkpoints import check_trained
from gru_course.training.fitting import Recipe


@keras.saving.register_keras_serializable("gru_course")
class Pinball(keras.losses.Loss):  # type: ignore[misc] # Keras is untyped
    r"""The loss whose minimum is a quantile.

    Parameters
    ----------
    quantiles : sequence of float
        One for each of the last outputs, between 0 and 1.

    Raises
    ------
    ValueError
        If a quantile is not between 0 and 1.

    Notes
    -----
    :math:`\max(q\,e, (q - 1)\,e)` with the error :math:`e = y - \hat y` (Koenker and Bassett 1978).
    For :math:`q = 0.5` it is half the absolute error.

    Examples
    --------
    >>> loss = Pinball([0.9])
    >>> round(float(loss(np.zeros((1, 1)), np.full((1, 1, 1), -1.0))), 3)  # one too low
    0.9
    """

    def __init__(self, quantiles: Any, name: str = "pinball", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.quantiles = [float(level) for level in quantiles]
        for level in self.quantiles:
            share(level, "a quantile")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each example and horizon."""
        levels = keras.ops.convert_to_tensor(self.quantiles, y_pred.dtype)
        error = keras.ops.expand_dims(keras.ops.cast(y_true, y_pred.dtype), -1) - y_pred
        return keras.ops.mean(keras.ops.maximum(levels * error, (levels - 1) * error), -1)

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make it again."""
        return {**super().get_config(), "quantiles": self.quantiles}


def train(
    data: Prepared, config: ForecasterConfig, recipe: Recipe, seed: int
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Build and train one forecaster, and keep the weights of its best epoch.

    Parameters
    ----------
    data : Prepared
    config : ForecasterConfig
        Its shape is set by the data; units, quantiles and dropout count.
    recipe : Recipe
        `lengths` and `looks_per_epoch` are not used.
    seed : int
        Decides the first weights and the order of the windows.

    Returns
    -------
    tuple
        The model and its losses, ``loss`` and ``val_loss``, one for each epoch.

    Raises
    ------
    ValueError
        If a window or an answer is not finite.
    Diverged
        If the training ends with weights that are no numbers.
    """
    for name, part in (("training", data.train), ("validation", data.validation)):
        finite(part.x, f"the windows for {name}")
        finite(part.y, f"the answers for {name}")
        finite(part.ahead, f"what is known ahead for {name}")
    _, history, features = data.train.x.shape
    _, horizon, ahead = data.train.ahead.shape
    shape = {"history": history, "features": features, "horizon": horizon, "ahead": ahead}
    config = replace(config, **shape)
    keras.utils.set_random_seed(seed)
    model = gru_forecaster(config)
    # Begin with how far the answers usually lie from the anchor, step by step: a band that starts
    # with no width takes more updates than a short series gives.
    usual = np.quantile(data.train.y, config.quantiles, axis=0)
    model.get_layer("answers").bias.assign(usual.T.ravel())
    updates = recipe.epochs * -(-len(data.train.x) // recipe.batch_size)
    model.compile(recipe.optimizer(updates), Pinball(config.quantiles), jit_compile=False)
    best = keras.callbacks.EarlyStopping(
        "val_loss", patience=recipe.epochs, restore_best_weights=True
    )
    curves = model.fit(
        data.train.inputs, data.train.y, batch_size=recipe.batch_size, epochs=recipe.epochs,
        validation_data=(data.validation.inputs, data.validation.y), validation_batch_size=512,
        callbacks=[best, *fit_bar()], verbose=0,
    )  # fmt: skip
    check_trained(model, curves.history["val_loss"])
    return model, {name: [float(v) for v in values] for name, values in curves.history.items()}


def forecast(model: keras.Model, data: Prepared, part: Examples) -> NDArray[np.float64]:
    """Forecast in the unit of the target, shape (examples, horizon, quantiles).

    Notes
    -----
    Trained apart, a low quantile can come out above a high one; they are put in order.
    """
    finite(part.x, "the windows")
    finite(part.ahead, "what is known ahead")
    scaled = np.sort(model.predict(part.inputs, batch_size=512, verbose=0), axis=-1)
    return data.in_unit(scaled, part)
