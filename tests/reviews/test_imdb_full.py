"""The real reviews against the figures published for them and for the Keras encoding."""

import hashlib
import json
import re
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest

from gru_course.data.fetch import data_folder, verified
from gru_course.data.loading import load
from gru_course.data.tokenise import tokenise
from gru_course.reviews.imdb import IMDB, IMDB_SOURCE, load_imdb, tree_sha256

pytestmark = pytest.mark.full

PUBLISHED_TREE = "97fbe4d65f1c1346c32aaebba7789b631eaebc584ed4590d44a5606a193beaa6"
"""Over all 100,002 files, as the README beside the data gives it."""


@pytest.fixture(scope="module")
def parsed_cache(tmp_path_factory):
    """A cache that the reviews have been parsed into."""
    folder = tmp_path_factory.mktemp("parsed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRU_COURSE_CACHE", str(folder))
        load_imdb()
    return folder


@pytest.fixture
def data(parsed_cache, monkeypatch):
    monkeypatch.setenv("GRU_COURSE_CACHE", str(parsed_cache))
    return load_imdb()


@pytest.fixture(scope="module")
def files():
    """Everything the README counts, by path inside aclImdb/."""
    for archive in IMDB_SOURCE.archives:
        path = data_folder() / archive.name
        if path.exists():
            break
    else:
        pytest.skip("no archive in the data folder")
    known = re.compile(r"aclImdb/(README|imdb\.vocab|(train|test)/(pos|neg|unsup)/\d+_\d+\.txt)")
    with tarfile.open(verified(path, archive), "r|*") as tar:
        return {
            member.name.removeprefix("aclImdb/"): tar.extractfile(member).read()
            for member in tar
            if known.fullmatch(member.name)
        }


def labelled(files):
    return {p: c for p, c in files.items() if re.match(r"(train|test)/(pos|neg)/", p)}


def test_our_hash_of_the_labelled_reviews_follows_from_the_published_one(files):
    assert len(files) == 100_002
    assert tree_sha256(files) == PUBLISHED_TREE
    assert tree_sha256(labelled(files)) == IMDB_SOURCE.labelled_sha256


def test_statement(data):
    assert data.statement == (
        "Large Movie Review Dataset, 25,000 training and 25,000 test reviews (full profile)"
    )
    assert load(IMDB, "full").statement == data.statement


@pytest.mark.parametrize(
    ("name", "mean", "longest", "shortest", "distinct"),
    [("train", 238.71364, 2_494, 11, 24_904), ("test", 230.8042, 2_315, 7, 24_801)],
)
def test_published_statistics(data, name, mean, longest, shortest, distinct):
    split = getattr(data, name)
    assert len(split) == 25_000
    assert split.labels.mean() == 0.5
    assert split.lengths.mean() == pytest.approx(mean, abs=1e-9)
    assert (split.lengths.max(), split.lengths.min()) == (longest, shortest)
    assert len(set(split.texts)) == distinct
    assert (split.flat_ids[split.id_offsets[:-1]] == 1).all()


def test_texts_shared_by_train_and_test(data):
    assert len(set(data.train.texts) & set(data.test.texts)) == 123


def test_texts_are_those_of_the_files(data, files):
    for name in ("train", "test"):
        split = getattr(data, name)
        for label, kind in enumerate(("neg", "pos")):
            ours = sorted(t for t, y in zip(split.texts, split.labels, strict=True) if y == label)
            assert ours == sorted(
                c.decode() for p, c in files.items() if p.startswith(f"{name}/{kind}/")
            )


def test_the_keras_word_index(data):
    index = json.loads((data_folder() / IMDB_SOURCE.word_index.name).read_text(encoding="utf-8"))
    assert len(index) == len(data.vocabulary.words) == 88_584
    assert {word: number - 3 for word, number in data.vocabulary.ids.items()} == index
    # It is the index of exactly these reviews: the same words, the frequent ones first.
    assert {word for text in data.train.texts for word in tokenise(text)} == set(index)
    counts = np.bincount(data.train.flat_ids, minlength=88_588)[4:]
    assert (np.diff(counts) <= 0).all()
    assert counts[-1] >= 1


def test_ids_are_those_of_the_texts(data):
    rng = np.random.default_rng(0)
    for split in (data.train, data.test):
        for number in rng.choice(25_000, size=300, replace=False):
            words = tokenise(split.texts[number])
            known = [word for word in words if word in data.vocabulary.ids]
            assert data.vocabulary.decode(split.ids(number)) == " ".join(["<start>", *known])
            assert (data.vocabulary.encode(split.texts[number]) == split.ids(number)).all()


@pytest.mark.parametrize(("num_words", "maxlen"), [(10_000, 100), (5_000, 400), (90_000, 30)])
def test_windows_equal_load_data_and_pad_sequences_of_keras(data, num_words, maxlen):
    keras = pytest.importorskip("keras")
    for split in (data.train, data.test):
        # the loop of keras.datasets.imdb.load_data, with its defaults
        ids = [
            [w if w < num_words else 2 for w in split.ids(i).tolist()] for i in range(len(split))
        ]
        window = split.window(num_words, maxlen)
        assert (window == keras.utils.pad_sequences(ids, maxlen=maxlen)).all()
        assert window.dtype == np.int32


def test_window_is_quick(data):
    start = time.perf_counter()
    data.train.window()
    assert time.perf_counter() - start < 1


def test_the_order_is_mixed_and_fixed(data):
    assert data.train.labels[-5_000:].mean() == pytest.approx(0.5, abs=0.03)
    sums = [
        hashlib.sha256(split.window().astype("<i4").tobytes() + split.labels.tobytes()).hexdigest()
        for split in (data.train, data.test)
    ]
    assert sums == [
        "6ac7d3aa5458f78363245f8807d939b79a3a70b3393640c05391172eb4ea5824",
        "fdb30c3ca1fa7427b23f4c96cd10adbb4ec89d9ef31d0dd29d51d94650631408",
    ]


def test_cache_loads_in_less_than_a_second(data, parsed_cache):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        load_imdb()
        times.append(time.perf_counter() - start)
    assert min(times) < 1
    (path,) = parsed_cache.glob("*.npz")
    assert path.stat().st_size < 120_000_000


def test_unpacked_folder_gives_the_same(data, files, tmp_path, monkeypatch):
    for path, content in labelled(files).items():
        target = tmp_path / "aclImdb" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    index = IMDB_SOURCE.word_index.name
    (tmp_path / index).write_bytes((data_folder() / index).read_bytes())
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    monkeypatch.setenv("GRU_COURSE_CACHE", str(tmp_path / "fresh"))
    again = load_imdb()
    assert Path(tmp_path / "fresh").is_dir()
    for one, other in ((data.train, again.train), (data.test, again.test)):
        assert (one.flat_ids == other.flat_ids).all()
        assert (one.texts.block == other.texts.block).all()
        assert (one.labels == other.labels).all()
