"""Readers of films: what they see, what they must not see, and what they refuse."""

import numpy as np
import pytest

from gru_course.backend import keras
from gru_course.data.clips import turning_dots
from gru_course.data.gestures import gestures
from gru_course.models.actions import clip_reader, disturbed, motion, path_reader
from gru_course.recognition import directions, kinds, learn_clips, learn_paths, running_answers


def test_motion_does_not_depend_on_place_and_size():
    paths = gestures(per_class=2).x
    np.testing.assert_allclose(motion(3 * paths + 7), motion(paths), atol=1e-3)
    assert np.isfinite(motion(np.zeros((1, 5, 2)))).all()  # a hand that rests
    with pytest.raises(ValueError, match=r"\(n, timesteps, 2\)"):
        motion(np.zeros((3, 45)))


def test_a_disturbed_path_is_still_near_the_path():
    paths = gestures(per_class=4).x
    moved = disturbed(paths, np.random.default_rng(0))
    off = np.linalg.norm(moved - paths, axis=2).mean()
    assert 0.005 < off < 0.5 * np.linalg.norm(paths - paths.mean(1, keepdims=True), axis=2).mean()


@pytest.fixture(scope="module")
def taught():
    data = gestures(per_class=12)
    data_train = np.arange(len(data)) % 3 > 0
    scores = {}
    for name in ("true", "shuffled"):
        keras.utils.set_random_seed(0)
        labels = data.labels[data_train]
        if name == "shuffled":
            labels = np.random.default_rng(0).permutation(labels)
        model = path_reader(45, 15, units=24)
        learn_paths(model, data.x[data_train], labels, versions=4, epochs=5)
        right = kinds(model, data.x[~data_train]) == data.labels[~data_train]
        scores[name] = right.mean()
    return scores


def test_paths_are_learnt(taught):
    assert taught["true"] > 0.8


def test_shuffled_labels_teach_nothing(taught):
    assert taught["shuffled"] < 0.3


def test_refusals():
    model = path_reader(45, 15, units=4)
    with pytest.raises(ValueError, match="2 labels for 3 paths"):
        learn_paths(model, np.zeros((3, 45, 2)), np.zeros(2, int))
    with pytest.raises(ValueError, match="at least 1"):
        learn_paths(model, np.zeros((3, 45, 2)), np.zeros(3, int), epochs=0)
    with pytest.raises(ValueError, match="order=True"):
        running_answers(clip_reader(12, 16, order=False), turning_dots(5).x)


def test_without_order_twins_are_the_same():
    keras.utils.set_random_seed(0)
    films = turning_dots(pairs=20)
    model = clip_reader(12, 16, order=False)
    learn_clips(model, films.x, films.labels, epochs=1)
    said = model.predict(films.x, verbose=0)[:, 0].reshape(-1, 2)
    np.testing.assert_allclose(said[:, 0], said[:, 1], atol=1e-5)
    assert np.mean(directions(model, films.x) == films.labels) == 0.5


def test_the_last_running_answer_is_the_answer():
    keras.utils.set_random_seed(0)
    films = turning_dots(pairs=10)
    model = clip_reader(12, 16)
    running = running_answers(model, films.x)
    assert running.shape == (20, 12)
    np.testing.assert_allclose(running[:, -1], model.predict(films.x, verbose=0)[:, 0], atol=1e-5)
    later = films.x.copy()
    later[:, 6:] = 0  # what comes later cannot change what was said before
    np.testing.assert_allclose(running_answers(model, later)[:, :6], running[:, :6], atol=1e-5)
