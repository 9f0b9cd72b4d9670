"""Readers of films: what they see, what they must not see, and what they refuse."""

import numpy as np
import pytest

from gru_course.apps.actions.clips import Clips, turning_dots
from gru_course.apps.actions.gestures import gestures
from gru_course.apps.actions.learn import (
    directions,
    kinds,
    running_answers,
    train_on_clips,
    train_on_paths,
)
from gru_course.apps.actions.model import clip_reader, disturbed, motion, path_reader
from gru_course.layers.backend import keras


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
        train_on_paths(model, data.x[data_train], labels, versions=4, epochs=5)
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
        train_on_paths(model, np.zeros((3, 45, 2)), np.zeros(2, int))
    with pytest.raises(ValueError, match="at least 1"):
        train_on_paths(model, np.zeros((3, 45, 2)), np.zeros(3, int), epochs=0)
    with pytest.raises(ValueError, match="order=True"):
        running_answers(clip_reader(12, 16, order=False), turning_dots(5).x)


def test_without_order_twins_are_the_same():
    keras.utils.set_random_seed(0)
    films = turning_dots(pairs=20)
    model = clip_reader(12, 16, order=False)
    train_on_clips(model, films.x, films.labels, epochs=1)
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


PATHS = gestures(per_class=1).x[:3]
FILMS = turning_dots(pairs=5)


@pytest.mark.parametrize("place", [0.0, 0.1, 1000.3, 1e9, -1e-9])
@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("timesteps", [1, 45])
def test_a_hand_at_rest_has_no_motion(place, kind, timesteps):
    """Its mean differs from it by rounding, and rounding is no size to divide by."""
    rest = np.full((2, timesteps, 2), place, kind)
    rest[1, timesteps // 2 :] *= 1 + np.finfo(kind).eps
    assert not motion(rest).any()


def test_motion_of_small_large_and_whole_numbers():
    expected = motion(PATHS.astype("float64"))
    for factor in (1e-9, 1e9):
        np.testing.assert_allclose(motion(factor * PATHS.astype("float64")), expected, atol=1e-4)
    whole = np.round(PATHS * 1000).astype(int)  # pixels
    np.testing.assert_allclose(motion(whole), motion(whole.astype("float64")))
    assert motion(PATHS[:0]).shape == (0, 45, 4)


def spoilt(values, value=np.nan):
    values = values.copy()
    values[(1, *[0] * (values.ndim - 1))] = value
    return values


def learnt(paths=PATHS, labels=(0, 1, 2)):
    train_on_paths(path_reader(45, 3, units=2), paths, np.array(labels), versions=1, epochs=1)


def learnt_clips(frames=FILMS.x, labels=FILMS.labels):
    train_on_clips(clip_reader(12, 16, units=2), frames, labels, epochs=1)


def with_nan_weights(model):
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    return model


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: motion(spoilt(PATHS)), r"the coordinates: .*\(1, 0, 0\): nan"),
        (lambda: motion(PATHS[:, :0]), r"\(3, 0, 2\)"),
        (lambda: disturbed(spoilt(PATHS, np.inf), np.random.default_rng(0)), "coordinates: .*inf"),
        (lambda: disturbed(PATHS[..., :1], np.random.default_rng(0)), r"\(n, timesteps, 2\)"),
        (lambda: learnt(paths=spoilt(PATHS)), "the coordinates: "),
        (lambda: learnt(PATHS[:0], []), "0 labels for 0 paths"),
        (lambda: learnt(labels=[0, 1, 3]), "the labels: .*at 2: 3; .* from 0 to 2"),
        (lambda: learnt(labels=[0, 1.5, 2]), "the labels .*float64"),
        (lambda: kinds(path_reader(45, 3, 2), spoilt(PATHS)), "the coordinates: "),
        (lambda: kinds(with_nan_weights(path_reader(45, 3, 2)), PATHS), "the answers of the model"),
        (lambda: learnt_clips(frames=FILMS.frames[..., None]), "uint8, from .*Divide grey values"),
        (lambda: learnt_clips(frames=FILMS.x * 255), "expected floats between 0 and 1"),
        (lambda: learnt_clips(frames=spoilt(FILMS.x)), "the frames: "),
        (lambda: learnt_clips(FILMS.x[:0], FILMS.labels[:0]), "one clip or more"),
        (lambda: learnt_clips(labels=FILMS.labels[:3]), "3 labels for 10 clips"),
        (lambda: learnt_clips(labels=FILMS.labels + 1), "the labels: .*: 2; .* from 0 to 1"),
        (lambda: directions(clip_reader(12, 16), FILMS.frames[..., None]), "uint8"),
        (lambda: directions(with_nan_weights(clip_reader(12, 16)), FILMS.x), "the answers"),
        (lambda: running_answers(clip_reader(12, 16), -FILMS.x), "expected floats between"),
        (lambda: Clips("floats", FILMS.x[..., 0], FILMS.labels), "type float32 with 10 labels"),
        (lambda: Clips("short", FILMS.frames, FILMS.labels[:2]), "with 2 labels"),
    ],
)
def test_what_is_no_film_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_dark_films_and_one_film_are_read():
    for frames in (0 * FILMS.x, FILMS.x[:1]):
        assert directions(clip_reader(12, 16), frames).shape == (len(frames),)
