"""ROCKET: convolutions as a plain loop computes them, and series told apart by their shape."""

import numpy as np
import pytest

from gru_course.apps.actions.gestures import gestures
from gru_course.apps.actions.model import motion
from gru_course.apps.actions.rocket import convolved, random_kernels, ridge_answers


def test_as_a_plain_loop():
    series = np.random.default_rng(0).normal(size=(3, 30, 2))
    kernels = random_kernels(20, 30, 2, seed=1)
    found = convolved(series, kernels)
    for place, kernel in enumerate(kernels):
        count, length = kernel.weights.shape
        half = (length - 1) * kernel.dilation // 2
        for row, one in zip(found, series, strict=True):
            outputs = []
            for middle in range(0 if kernel.padded else half, 30 if kernel.padded else 30 - half):
                total = kernel.bias
                for channel in range(count):
                    for k in range(length):
                        step = middle - half + k * kernel.dilation
                        if 0 <= step < 30:
                            value = one[step, kernel.channels[channel]]
                            total += kernel.weights[channel, k] * value
                outputs.append(total)
            assert row[2 * place] == np.mean(np.array(outputs) > 0)
            np.testing.assert_allclose(row[2 * place + 1], max(outputs), rtol=1e-9)


def test_kernels_fit_the_series_and_vary():
    kernels = random_kernels(300, 45, 4, seed=0)
    assert {k.weights.shape[1] for k in kernels} == {7, 9, 11}
    assert {len(k.channels) for k in kernels} == {1, 2, 3, 4}
    assert {k.padded for k in kernels} == {False, True}
    assert max((k.weights.shape[1] - 1) * k.dilation for k in kernels) <= 44
    assert len({k.dilation for k in kernels}) > 3
    same = random_kernels(300, 45, 4, seed=0)
    assert all((a.weights == b.weights).all() for a, b in zip(kernels, same, strict=True))


def test_it_tells_gestures_apart():
    data = gestures(per_class=6)
    found = convolved(motion(data.x), random_kernels(100, 45, 4, seed=0))
    train = np.arange(len(data)) % 6 < 4
    said = ridge_answers(found[train], data.labels[train], found[~train])
    assert (said == data.labels[~train]).mean() > 0.9


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="0 kernels"):
        random_kernels(0, 45, 4, seed=0)
    with pytest.raises(ValueError, match="expected at least 1"):
        random_kernels(3, 10, 4, seed=0)
    with pytest.raises(ValueError, match="expected"):
        convolved(np.ones((3, 45)), random_kernels(1, 45, 1, seed=0))
    with pytest.raises(ValueError, match="2 labels for training series"):
        ridge_answers(np.ones((3, 2)), np.array([0, 1]), np.ones((1, 2)))
