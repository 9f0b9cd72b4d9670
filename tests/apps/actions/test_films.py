"""Films of people: every way in, nobody in two parts, order that can be taken away."""

import hashlib
import io
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from scipy.io import savemat

from gru_course.apps.actions import films as module
from gru_course.apps.actions.films import (
    FILMS,
    FILMS_SOURCE,
    Films,
    FilmsSource,
    drawn_figures,
    grey_pictures,
    load_films,
)
from gru_course.apps.actions.learn import film_kinds, train_on_films
from gru_course.apps.actions.watching import (
    SMALL,
    STEPS,
    film_reader,
    pixels,
    sampled,
    shuffled,
)
from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.loading import load
from gru_course.data.sources import RemoteFile
from gru_course.layers.backend import keras

NAMES = [f"a{action:02}_s{person:02}_e01_sdepth.mat" for action in (1, 20) for person in (1, 2)]


def depth_map(name):
    content = io.BytesIO()
    rng = np.random.default_rng(len(name) + int(name[1:3]) + 7 * int(name[5:7]))
    depth = np.zeros((240, 320, 3), dtype=np.uint16)
    depth[60:160, 100:180] = rng.integers(330, 600, (100, 80, 3))
    savemat(content, {"depth": depth})
    return content.getvalue()


def archive_of(maps, folder="repository-a87f28f4"):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, body in {"README.md": b"Actions", **maps}.items():
            place = name if name.endswith(".md") else f"MSR-Action3D/{name}"
            member = tarfile.TarInfo(f"{folder}/{place}")
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return content.getvalue()


@pytest.fixture(scope="module")
def maps():
    return {name: depth_map(name) for name in NAMES}


@pytest.fixture
def source(maps, server):
    server.serve("films.tar.gz", archive_of(maps))
    lines = "".join(f"{hashlib.sha256(maps[n]).hexdigest()}  {n}\n" for n in sorted(maps))
    arrays = module._packed(maps)
    content = io.BytesIO()
    np.savez(content, **arrays)
    body = content.getvalue()
    found = FilmsSource(
        RemoteFile("video/films.npz", None, hashlib.sha256(body).hexdigest(), len(body)),
        "video/films.tar.gz",
        f"{server.url}/films.tar.gz",
        10_000_000,
        hashlib.sha256(lines.encode()).hexdigest(),
        module._digests(arrays),
        len(maps),
    )
    return found, body


def check(films):
    assert films.frames.shape == (12, 48, 48)
    assert films.start.tolist() == [0, 3, 6, 9, 12]
    assert [films.classes[label] for label in films.labels] == (
        ["high arm wave"] * 2 + ["pick up and throw"] * 2
    )
    assert films.people.tolist() == [1, 2, 1, 2]


def test_the_packed_file_is_enough(source, tmp_path, monkeypatch, server):
    (tmp_path / "video").mkdir()
    (tmp_path / "video" / "films.npz").write_bytes(source[1])
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    check(load_films(source[0]))
    assert not server.asked


def test_without_it_the_depth_maps_are_downloaded_once_and_converted_once(source, server):
    for _ in range(2):
        check(load_films(source[0]))
    assert server.asked == ["/films.tar.gz"]


def test_a_damaged_conversion_is_made_again(source, server, monkeypatch):
    load_films(source[0])
    kept = module.cache_folder() / "video/films.npz.converted"
    kept.write_bytes(kept.read_bytes()[:-200])
    check(load_films(source[0]))
    assert server.asked == ["/films.tar.gz"]


@pytest.mark.parametrize("what", ["another", "fewer"])
def test_other_depth_maps_are_refused(source, maps, server, what):
    other = {**maps, NAMES[0]: depth_map("a09_s09_e01_sdepth.mat")}
    if what == "fewer":
        other = dict(list(maps.items())[1:])
    server.serve("films.tar.gz", archive_of(other))
    with pytest.raises(DataUnavailable, match="depth maps"):
        load_films(source[0])
    assert not list(module.cache_folder().rglob("*.converted"))


def test_a_conversion_that_comes_out_otherwise_is_refused(source):
    changed = replace(source[0], arrays={**source[0].arrays, "frames": "0" * 64})
    with pytest.raises(DataError, match="not those that the course was computed with"):
        load_films(changed)


def test_an_altered_packed_file_is_refused(source, tmp_path, monkeypatch):
    (tmp_path / "video").mkdir()
    (tmp_path / "video" / "films.npz").write_bytes(source[1][:-1] + b"x")
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="altered or damaged"):
        load_films(source[0])


def test_near_is_bright_and_nobody_is_black():
    depth = np.zeros((240, 320, 1), dtype=np.uint16)
    depth[:5, 20:25], depth[5:10, 20:25], depth[10:15, 20:25] = 100, 600, 900
    assert grey_pictures(depth)[0, :4, 0].tolist() == [255, 30, 30, 0]
    with pytest.raises(ValueError, match="expected"):
        grey_pictures(depth[:, :100])


def test_nobody_is_in_two_parts():
    films = drawn_figures(takes=1)
    train, validation, test = films.by_person()
    parts = [set(films.people[part].tolist()) for part in (train, validation, test)]
    assert parts == [{1, 3, 5}, {7, 9}, {2, 4, 6, 8, 10}]
    assert len(films.by_person(validation=()).train) == 30
    with pytest.raises(ValueError, match="even ones are tested"):
        films.by_person(validation=(2,))


def test_the_stand_in_says_so():
    films = load(FILMS, "quick")
    assert films.statement.startswith("STAND-IN, not real people")
    assert (films.frames == drawn_figures().frames).all()
    with pytest.raises(ValueError, match="0 takes"):
        drawn_figures(0)
    with pytest.raises(ValueError, match="clip 180 of 180"):
        films.clip(180)


def test_parts_that_do_not_fit_are_refused():
    films = drawn_figures(takes=1)
    for wrong in (
        {"frames": films.frames[:-1]},
        {"start": films.start[::-1]},
        {"people": films.people[:-1]},
        {"classes": films.classes[:2]},
        {"frames": films.frames.astype(float)},
    ):
        with pytest.raises(ValueError, match=r"expected|classes"):
            Films(**{**vars(films), **wrong})


def test_clips_are_sampled_evenly_and_disturbed_only_if_asked():
    films = drawn_figures(takes=1)
    places = np.array([3, 0])
    clips = sampled(films, places)
    assert clips.shape == (2, STEPS, SMALL, SMALL, 1)
    first = films.clip(3)[0].reshape(SMALL, 2, SMALL, 2).mean(axis=(1, 3)) / 255
    np.testing.assert_allclose(clips[0, 0, ..., 0], first, atol=1e-6)
    assert (sampled(films, places) == clips).all()
    other = sampled(films, places, np.random.default_rng(0))
    assert 0 <= other.min() < other.max() <= 1
    assert (other != clips).any()
    with pytest.raises(ValueError, match="places"):
        sampled(films, np.array([60]))


def test_sorted_pixels_lose_the_order_and_nothing_else():
    clips = sampled(drawn_figures(takes=1), np.arange(6))
    kept, backwards = pixels(clips), pixels(clips[:, ::-1])
    assert (kept != backwards).any()
    assert (pixels(clips, "sorted") == pixels(clips[:, ::-1], "sorted")).all()
    assert (
        np.sort(kept.reshape(6, 16, 144), axis=1).reshape(6, -1) == pixels(clips, "sorted")
    ).all()
    np.testing.assert_allclose(
        kept.reshape(6, 16, 144).mean(axis=1), pixels(clips, "mean"), atol=1e-6
    )
    with pytest.raises(ValueError, match="order is 'none'"):
        pixels(clips, "none")
    with pytest.raises(ValueError, match="clips of shape"):
        pixels(clips[:, :3])


def test_shuffled_clips_have_the_same_frames():
    clips = sampled(drawn_figures(takes=1), np.arange(6))
    mixed = shuffled(clips, np.random.default_rng(0))
    assert not np.array_equal(mixed, clips)
    frames = (np.sort(of.reshape(6, STEPS, -1).sum(axis=2), axis=1) for of in (clips, mixed))
    np.testing.assert_array_equal(*frames)
    with pytest.raises(ValueError, match=r"expected \(n, timesteps, rows"):
        shuffled(clips[..., 0], np.random.default_rng(0))


@pytest.mark.parametrize("three", [False, True])
def test_an_average_cannot_see_which_way_a_clip_runs(three):
    keras.utils.set_random_seed(0)
    clips = sampled(drawn_figures(takes=1), np.arange(12))

    def change(order):
        model = film_reader(6, order=order, three=three, units=4)
        answers = [model(x, training=False) for x in (clips, clips[:, ::-1])]
        return float(np.abs(np.asarray(answers[0]) - np.asarray(answers[1])).max())

    assert change(order=True) > 1e-4
    assert (change(order=False) < 1e-6) != three  # three frames hold the way of a step


def test_a_reader_learns_which_way():
    films = drawn_figures(takes=1)
    split = films.by_person(validation=())
    keras.utils.set_random_seed(0)
    model = film_reader(6, units=16)
    train_on_films(model, films, split.train, films.labels[split.train], epochs=40)
    right = film_kinds(model, sampled(films, split.test)) == films.labels[split.test]
    assert right.mean() > 0.5
    for wrong, said in (
        ({"labels": films.labels[:3]}, "3 labels for"),
        ({"epochs": 0}, "0 epochs"),
        ({"learning_rate": 0.0}, "expected a number above 0"),
        ({"labels": np.full(len(split.train), 6)}, "the labels"),
    ):
        arguments = {"places": split.train, "labels": films.labels[split.train], **wrong}
        with pytest.raises(ValueError, match=said):
            train_on_films(model, films, **arguments)


@pytest.mark.full
def test_the_real_films():
    films = load(FILMS, "full")
    assert len(films) == FILMS_SOURCE.count
    assert np.bincount(films.people)[1:].tolist() == [60, 59, 53, 37, 57, 58, 57, 60, 56, 59]
    assert np.bincount(films.labels).min() >= 20
    assert len(films.by_person().test) == 273
    edges = films.frames[:, [0, -1]].mean(), films.frames[:, :, [0, -1]].mean()
    assert max(edges) < 2  # nobody is cut off
