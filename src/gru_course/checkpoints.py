"""Which look at the validation set is the best one, and its weights: one rule for the course."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


class BestWeights:
    """The weights of a model at its best look; of equally good looks the earliest is the best.

    That is the rule of ``keras.callbacks.EarlyStopping``, which keeps them where ``model.fit`` runs
    all epochs in one call. This is for loops that train a while and then look for themselves.

    Parameters
    ----------
    model : keras.Model

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

    def look(self, score: float) -> None:
        """Keep the weights as they are now if this score is higher than every one before."""
        if score > self._score:
            self._score, self._weights = score, self._model.get_weights()

    def restore(self) -> None:
        """Give the model the weights of its best look, or those of the start if none was good."""
        self._model.set_weights(self._weights)
