"""One rule for ties: of equally good looks the earliest is the best, in every training."""

import numpy as np
import pytest

from gru_course.layers.backend import keras
from gru_course.training.checkpoints import BestWeights, Diverged, check_trained
from gru_course.training.fitting import best_epoch

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


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("curve", [[NAN], [NAN, NAN], [INF, NAN], [-INF]])
def test_no_best_look_is_none(curve):
    with pytest.raises(Diverged, match=r"the looks at the validation data gave \[.*look for NaN"):
        after(curve)


def test_weights_that_are_no_numbers_are_never_the_best():
    """An accuracy is a number even if no prediction is: NaN > 0.5 is "no"."""
    model = Model()
    best = BestWeights(model)
    for weight, score in ((1.0, 0.4), (NAN, 0.5), (INF, 0.6)):
        model.weights = [weight]
        best.look(score)
    best.restore()
    assert model.weights == [1.0]
    best = BestWeights(model)
    model.weights = [NAN]
    best.look(0.9)
    with pytest.raises(Diverged):
        best.restore()


def dense(weight):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[weight]])])
    return model


def test_what_keras_keeps_after_a_first_look_that_is_none():
    """The red light: `EarlyStopping` takes a NaN for the best look for ever if it is the first."""
    model = dense(0.0)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=9, restore_best_weights=True)
    stop.set_model(model)
    stop.on_train_begin()
    for look, loss in enumerate([NAN, 0.2, 0.1]):
        model.set_weights([np.array([[float(look)]])])
        stop.on_epoch_end(look, {"val_loss": loss})
    stop.on_train_end()
    assert model.get_weights()[0].item() == 0


@pytest.mark.parametrize("looks", [[NAN, 0.2], [INF, NAN]])
def test_such_a_training_is_refused(looks):
    with pytest.raises(Diverged, match="of which none is the best"):
        check_trained(dense(1.0), looks)


@pytest.mark.parametrize("weight", [NAN, INF])
def test_and_one_that_ends_without_numbers(weight):
    with pytest.raises(
        Diverged, match=r"1 of the 1 numbers in the weight .* the training diverged"
    ):
        check_trained(dense(weight))


@pytest.mark.parametrize("looks", [(), [0.3], [0.3, NAN], [INF, 0.3]])
def test_a_training_with_a_best_look_passes(looks):
    check_trained(dense(1.0), looks)


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
