"""FastGRU against keras.layers.GRU in random configurations, as many as $GRU_COURSE_STRESS says.

Each group shares the shapes that loops are compiled for; all else is drawn for each configuration.
"""

import os
from contextlib import nullcontext

import numpy as np
import pytest

from gru_course.layers import fast_gru as fast
from gru_course.layers.backend import keras, tf
from gru_course.layers.fast_gru import FastGRU

TOTAL, GROUP = int(os.environ.get("GRU_COURSE_STRESS", "200")), 50


def shapes_of(group):
    """Draw what loops are compiled for: batch, timesteps, features, units."""
    return [int(n) for n in np.random.default_rng([1, group]).integers(1, (6, 7, 5, 7))]


def drawn(group, number):
    """Draw one configuration and the generator of its numbers."""
    rng = np.random.default_rng([2, group, number])

    def coin(share=0.5):
        return bool(rng.random() < share)

    options = {
        "units": shapes_of(group)[3],
        "return_sequences": coin(),
        "return_state": coin(),
        "go_backwards": coin(),
        "use_bias": coin(0.8),
        "zero_output_for_mask": coin(),
        "stateful": coin(0.2),
        "dropout": float(rng.choice([0, 0, 0, 0.3, 1])),
        "recurrent_dropout": float(rng.choice([0, 0, 0, 0, 0.3])),
        "reset_after": coin(0.9),
        "implementation": int(rng.choice([2, 2, 2, 1])),
        "use_cudnn": rng.choice(np.array(["auto", False], object)),
        "activation": str(rng.choice(["tanh"] * 8 + ["relu"])),
        "recurrent_activation": str(rng.choice(["sigmoid"] * 8 + ["hard_sigmoid"])),
        "kernel_regularizer": rng.choice(np.array([None, None, "l2"], object)),
        "seed": int(rng.integers(1000)),
    }
    if options["implementation"] == 1 and options["dropout"]:
        options["use_cudnn"] = False  # Keras itself fails there with "auto"
    call = {
        "mask": str(rng.choice(["none", "random", "behind", "before", "all", "nothing", "float"])),
        "initial_state": coin(0.4),
        "training": rng.choice(np.array([True, False, None], object)),
        "scale": float(rng.choice([0.1, 1, 5])),
        "both_directions": coin(0.2),
        "merge_mode": rng.choice(np.array(["concat", "sum", "mul", "ave", None], object)),
        "tape": str(rng.choice(["plain"] * 6 + ["persistent", "penalty"])),
        "calls": int(rng.choice([1, 1, 1, 2])),
    }
    if call["both_directions"]:
        options["go_backwards"] = False
        options["return_state"] &= not options["stateful"]  # with both, Keras itself fails
    return options, call, rng


def mask_of(kind, rng, batch, timesteps):
    lengths = rng.integers(0, timesteps + 1, (batch, 1))
    steps = np.arange(timesteps)[None]
    return {
        "none": None,
        "random": rng.random((batch, timesteps)) > 0.4,
        "behind": steps < lengths,
        "before": steps >= lengths,
        "all": np.ones((batch, timesteps), bool),
        "nothing": np.zeros((batch, timesteps), bool),
        "float": (rng.random((batch, timesteps)) > 0.5).astype("float32"),
    }[kind]


def results(layer, x, states, call, mask):
    """Return everything that comes out of a layer, by name: outputs, states, gradients."""
    found = {}
    for again in range(call["calls"]):
        with tf.GradientTape(persistent=call["tape"] != "plain") as tape:
            tape.watch([x, *states])
            with tf.GradientTape() if call["tape"] == "penalty" else nullcontext() as inner:
                if inner:
                    inner.watch(x)
                options = {"mask": mask, "training": call["training"]}
                outputs = tf.nest.flatten(layer(x, initial_state=states or None, **options))
                weighted = [tf.reduce_sum(tf.sin(o * (k + 1))) for k, o in enumerate(outputs)]
                loss = sum(weighted) + sum(layer.losses)
            if inner:
                loss += tf.reduce_sum(inner.gradient(loss, x) ** 2)
        sources = [x, *states, *layer.trainable_variables]
        slopes = tape.gradient(loss, sources, unconnected_gradients="zero")
        found |= {f"output {k} of call {again}": o for k, o in enumerate(outputs)}
        found |= {f"gradient {k} of call {again}": g for k, g in enumerate(slopes)}
    return {name: np.asarray(tf.convert_to_tensor(value)) for name, value in found.items()}


def difference(group, number):
    """Say where the two layers differ in one configuration, or nothing."""
    options, call, rng = drawn(group, number)
    batch, timesteps, features, units = shapes_of(group)
    x = tf.constant(rng.normal(scale=call["scale"], size=(batch, timesteps, features)), "float32")
    mask = mask_of(call["mask"], rng, batch, timesteps)
    directions = 1 + call["both_directions"]
    states = [
        tf.constant(rng.normal(size=(batch, units)), "float32")
        for _ in range(directions if call["initial_state"] else 0)
    ]
    layers = [kind(**options) for kind in (keras.layers.GRU, FastGRU)]
    if call["both_directions"]:
        layers = [
            keras.layers.Bidirectional(layer, merge_mode=call["merge_mode"]) for layer in layers
        ]
    for layer in layers:
        layer.build(x.shape)
    weights = [rng.normal(scale=0.7, size=w.shape) for w in layers[0].trainable_weights]
    found = []
    for layer in layers:
        for variable, value in zip(layer.trainable_weights, weights, strict=True):
            variable.assign(value)
        found.append(results(layer, x, states, call, mask))
    for name, expected in found[0].items():
        scale = max(np.abs(expected).max(initial=0), 1)
        if not np.allclose(found[1][name], expected, rtol=1e-3, atol=1e-4 * scale):
            return f"{name} is {found[1][name]}; Keras: {expected}"
    return None


@pytest.mark.parametrize("group", range(-(-TOTAL // GROUP)))
def test_it_is_keras_gru_in_random_configurations(group):
    for number in range(min(GROUP, TOTAL - group * GROUP)):
        try:
            wrong = difference(group, number)
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            options, call, _ = drawn(group, number)
            pytest.fail(
                f"configuration {number} of group {group}, (batch, timesteps, features, units) = "
                f"{shapes_of(group)}:\n{options}\n{call}\n{wrong}"
            )


def test_a_difference_would_be_seen(monkeypatch):
    scan, ran = fast._scan, []
    monkeypatch.setattr(
        fast, "_scan", lambda *a, **options: ran.append(1) or 1.01 * scan(*a, **options)
    )
    taken = seen = 0
    for number in range(GROUP // 2):
        ran.clear()
        wrong = difference(0, number)
        assert ran or not wrong, wrong
        taken, seen = taken + bool(ran), seen + bool(wrong)
    assert 0 < 0.7 * taken < seen  # where all outputs are zero, none differs
