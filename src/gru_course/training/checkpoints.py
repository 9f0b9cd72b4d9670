"""Which look at the validation set is the best one, and its weights: one rule for the course."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras


class Diverged(ValueError):
    """A training came to weights or scores that are no finite numbers."""


def check_weights(model: "keras.Model") -> None:
    """Refuse a model with weights that are not numbers.

    Parameters
    ----------
    model : keras.Model

    Raises
    ------
    Diverged
        If a weight is NaN or infinite; every prediction would be, too. The message names it.
    """
    for weight in model.weights:
        values = np.asarray(weight)
        if not np.isfinite(values).all():
            wrong = int(np.size(values) - np.isfinite(values).sum())
            raise Diverged(
                f"{wrong} of the {values.size} numbers in the weight {weight.path} are NaN or "
                "infinite: the training diverged; train again with a lower learning rate"
            )


def check_trained(model: "keras.Model", looks: Sequence[float] = ()) -> None:
    """Refuse what a training has left if it is no model, or not the best one.

    Parameters
    ----------
    model : keras.Model
        Trained.
    looks : sequence of float
        What ``keras.callbacks.EarlyStopping`` chose the weights by, if it did: the first look
        counts as the best for ever if it is NaN.

    Raises
    ------
    Diverged
        If a weight is not finite, or the first look, or none of the looks.
    """
    check_weights(model)
    if len(looks) and (math.isnan(looks[0]) or not np.isfinite(looks).any()):
        raise Diverged(_NO_BEST.format(looks=list(looks)))


_NO_BEST = (
    "the looks at the validation data gave {looks}, of which none is the best: look for NaN in "
    "these data; if there is none, the training diverged: train again with a lower learning rate"
)


class BestWeights:
    """The weights of a model at its best look; of equally good looks the earliest is the best.

    That is the rule of ``keras.callbacks.EarlyStopping``, which keeps them where ``model.fit`` runs
    all epochs in one call. This is for loops that train a while and then look for themselves.

    Parameters
    ----------
    model : keras.Model

    Notes
    -----
    A score that is not finite is no good look, and weights that are not are none of the best.

    Examples
    --------
    >>> class Counter(list):
    ...     get_weights, set_weights = list.copy, lambda self, weights: self.extend(weights)
    >>> model = Counter()
    >>> best = BestWeights(model)
    >>> for look, accuracy in enumerate([0.7, 0.8, 0.8]):
    ...     model[:] = [look]
    ...     best.look(accuracy)
    >>> best.restore()
    >>> model[-1]
    1
    """

    def __init__(self, model: "keras.Model") -> None:
        self._model = model
        self._score = float("-inf")
        self._weights: list[Any] = model.get_weights()
        self._looks: list[float] = []

    def look(self, score: float) -> None:
        """Keep the weights as they are now if this score is higher than every one before."""
        self._looks.append(score)
        if math.isfinite(score) and score > self._score:
            weights = self._model.get_weights()
            if all(np.isfinite(weight).all() for weight in weights):
                self._score, self._weights = score, weights

    def restore(self) -> None:
        """Give the model the weights of its best look, or those of the start if it never looked.

        Raises
        ------
        Diverged
            If it looked, and no look gave a finite score of finite weights.
        """
        if self._looks and self._score == float("-inf"):
            raise Diverged(_NO_BEST.format(looks=self._looks))
        self._model.set_weights(self._weights)
