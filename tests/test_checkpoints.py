"""One rule for ties: of equally good looks the earliest is the best, in every training."""

import numpy as np
import pytest

from gru_course.backend import keras
from gru_course.checkpoints import BestWeights
from gru_course.training import best_epoch

CURVE = [0.7, 0.9, 0.8, 0.9, 0.9]


class Model:
    """A model whose weights are the number of the look."""

    def __init__(self):
        self.weights = [-1]

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = weights


def after(curve):
    model = Model()
    best = BestWeights(model)
    for look, score in enumerate(curve):
        model.weights = [look]
        best.look(score)
    best.restore()
    return model.weights[0]


@pytest.mark.parametrize(
    ("curve", "kept"),
    [(CURVE, 1), ([-3.0, -2.0, -2.0], 1), ([0.0], 0), ([], -1), ([float("nan"), 0.1], 1)],
)
def test_the_earliest_of_the_best(curve, kept):
    assert after(curve) == kept


def test_keras_and_the_curves_follow_the_same_rule():
    """If Keras ever keeps another one of equally good looks, this is red."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    stop = keras.callbacks.EarlyStopping(
        "val_accuracy", mode="max", patience=9, restore_best_weights=True
    )
    stop.set_model(model)
    stop.on_train_begin()
    for look, score in enumerate(CURVE):
        model.set_weights([np.array([[float(look)]])])
        stop.on_epoch_end(look, {"val_accuracy": score})
    stop.on_train_end()
    assert model.get_weights()[0].item() == after(CURVE) == 1
    assert best_epoch({"epoch": [0.0, 1.0, 2.0, 3.0, 4.0], "val_accuracy": CURVE}) == 1.0
