import numpy as np
import pytest

from gru_course.cells import GRUWeights, gru_step, logistic, run
from gru_course.layers.backend import keras


def keras_layer(weights, **options):
    layer = keras.layers.GRU(weights.units, reset_after=weights.reset_after, **options)
    layer.build((None, None, weights.features))
    layer.set_weights([weights.kernel, weights.recurrent_kernel, weights.bias])
    return layer


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize(("batch", "timesteps", "features", "units"), [(1, 1, 1, 1), (3, 9, 4, 7)])
def test_equal_to_keras(reset_after, batch, timesteps, features, units):
    weights = GRUWeights.random(features, units, seed=3, reset_after=reset_after)
    rng = np.random.default_rng(4)
    x, h = rng.normal(size=(batch, timesteps, features)), rng.normal(size=(batch, units))
    ours = run(x, weights, h).hidden
    theirs = keras_layer(weights, return_sequences=True)(
        x.astype("float32"), initial_state=h.astype("float32")
    )
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)


def test_a_wrong_update_gate_is_seen():
    """The comparison above must fail for a GRU that reads z the other way round."""
    weights = GRUWeights.random(4, 7, seed=3)
    x = np.random.default_rng(4).normal(size=(3, 9, 4))
    swapped = GRUWeights(
        *(
            np.concatenate([-block[..., :7], block[..., 7:]], axis=-1)
            for block in (weights.kernel, weights.recurrent_kernel, weights.bias)
        )
    )
    theirs = keras_layer(weights)(x.astype("float32")).numpy()
    assert np.abs(run(x, swapped).hidden[:, -1] - theirs).max() > 0.1


def test_the_two_reset_variants_differ():
    after = GRUWeights.random(4, 5, seed=0, scale=1.5)
    zero_after = GRUWeights(after.kernel, after.recurrent_kernel, np.zeros((2, 15)))
    zero_before = GRUWeights(after.kernel, after.recurrent_kernel, np.zeros(15))
    x = np.random.default_rng(0).normal(size=(2, 6, 4))
    assert np.abs(run(x, zero_after).hidden - run(x, zero_before).hidden).max() > 0.1


def test_gates_at_their_ends():
    weights = GRUWeights.random(2, 3, seed=1)
    x, h = np.ones((1, 2)), np.full((1, 3), 0.7)
    for z_bias, expected in ((60.0, "h"), (-60.0, "candidate")):
        bias = weights.bias.copy()
        bias[0, :3] = z_bias
        step = gru_step(x, h, GRUWeights(weights.kernel, weights.recurrent_kernel, bias))
        np.testing.assert_allclose(step.hidden_state, h if expected == "h" else step.candidate)


def test_logistic_neither_overflows_nor_warns():
    with np.errstate(all="raise"):
        np.testing.assert_allclose(logistic([-1e4, 0, 1e4]), [0, 0.5, 1])


def test_parameters_as_keras_counts_them():
    for reset_after in (True, False):
        weights = GRUWeights.random(128, 64, seed=0, reset_after=reset_after)
        assert weights.parameters == keras_layer(weights).count_params()


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4, 15), (5, 14), (2, 15)), r"recurrent_kernel has shape \(5, 14\)"),
        (((4, 12), (5, 15), (2, 15)), r"kernel has shape \(4, 12\); expected \(features, 15\)"),
        (((4, 15), (5, 15), (3, 15)), r"bias has shape \(3, 15\); expected \(2, 15\)"),
    ],
)
def test_weights_that_do_not_belong_together(shapes, message):
    with pytest.raises(ValueError, match=message):
        GRUWeights(*(np.zeros(shape) for shape in shapes))


def test_inputs_that_do_not_fit():
    weights = GRUWeights.random(4, 5, seed=0)
    with pytest.raises(ValueError, match=r"x has shape \(1, 3\); expected \(batch, 4\)"):
        gru_step(np.zeros((1, 3)), np.zeros((1, 5)), weights)
    with pytest.raises(ValueError, match=r"h has shape \(1, 4\); expected \(batch, 5\)"):
        gru_step(np.zeros((1, 4)), np.zeros((1, 4)), weights)
    with pytest.raises(ValueError, match="timesteps >= 1"):
        run(np.zeros((1, 0, 4)), weights)
