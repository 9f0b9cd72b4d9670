"""The reviews without labels: tried on three of them, and counted in full."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from gru_course.data.errors import DataError, DataUnavailable
from gru_course.data.loading import load
from gru_course.data.standin import order_reviews
from gru_course.reviews.imdb import load_imdb
from gru_course.reviews.unlabelled import UNLABELLED, load_unlabelled


def check(data):
    encoded = {text: data.reviews.ids(i).tolist() for i, text in enumerate(data.reviews.texts)}
    assert encoded == {
        "A film": [1, 7, 4],
        "Moving? <br />Unheard-of!": [1, 6, 10],
        "dull dull dull": [1, 5, 5, 5],
    }
    assert data.statement == (
        "Large Movie Review Dataset, unlabelled part, 3 reviews (full profile)"
    )
    assert data.reviews.window(maxlen=2).shape == (3, 2)


def test_downloaded_once_for_both_parts(tiny, server):
    labelled = load_imdb(tiny.source)
    data = load_unlabelled(tiny.source)
    check(data)
    assert data.vocabulary == labelled.vocabulary
    assert sorted(server.asked) == ["/aclImdb_v1.tar.gz", "/imdb_word_index.json"]


def test_second_time_from_the_cache_alone(tiny, server, cache):
    load_unlabelled(tiny.source)
    server.answers.clear()
    for path in [*cache.glob("*.gz"), *cache.glob("*.json")]:
        path.unlink()
    check(load_unlabelled(tiny.source))
    (path,) = cache.glob("*.npz")
    with np.load(path, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} == {"u", "i"}
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataUnavailable):  # a damaged cache counts for nothing
        load_unlabelled(tiny.source)


def test_every_form_gives_the_same_order(tiny, tmp_path, monkeypatch, cache):
    packed = list(load_unlabelled(tiny.source).reviews.texts)
    order = np.random.default_rng(113).permutation(3)
    by_number = ["Moving? <br />Unheard-of!", "A film", "dull dull dull"]
    assert packed == [by_number[place] for place in order]
    shutil.rmtree(cache)
    tiny.unpack(tmp_path)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    assert list(load_unlabelled(tiny.source).reviews.texts) == packed


@pytest.mark.parametrize(
    ("text", "said"),
    [("a Film", "unlabelled reviews in .* not the published ones"), (None, "holds 2 unlabelled")],
)
def test_altered_or_missing_in_the_folder(tiny, tmp_path, monkeypatch, kept, text, said):
    tiny.unpack(tmp_path)
    review = tmp_path / "aclImdb" / "train" / "unsup" / "2_0.txt"
    review.unlink()
    if text:
        review.write_text(text)
    monkeypatch.setenv("GRU_COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=said):
        load_unlabelled(tiny.source)
    assert not [name for name in kept() if ".npz" in name]
    assert len(load_imdb(tiny.source).train) == 4  # the labelled ones are none the worse


def test_the_stand_in_says_so_and_shares_the_vocabulary():
    data, labelled = load(UNLABELLED, "quick"), order_reviews()
    assert data.statement.startswith("STAND-IN, not real reviews")
    assert "without labels" in data.statement
    assert data.vocabulary == labelled.vocabulary
    assert len(data.reviews) > 5_000
    assert set(data.reviews.texts).isdisjoint([*labelled.train.texts, *labelled.test.texts])
    assert not hasattr(data.reviews, "labels")


@pytest.mark.full
def test_the_real_ones():
    data = load_unlabelled()
    start = time.perf_counter()
    again = load_unlabelled()
    assert time.perf_counter() - start < 2
    assert (again.reviews.flat_ids == data.reviews.flat_ids).all()
    assert len(data.reviews) == 50_000
    assert len(data.reviews.texts.block) == 66_506_794
    assert len(set(data.reviews.texts)) == 49_507
    assert len(data.vocabulary.words) == 88_584
    assert (data.vocabulary.encode(data.reviews.texts[7]) == data.reviews.ids(7)).all()


# ru_maxrss would count what the process that started this one needed, too.
MEMORY = """
from pathlib import Path
from gru_course.reviews.unlabelled import load_unlabelled
load_unlabelled()
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads memory in Linux' unit")
def test_parsing_needs_less_than_two_gigabytes(python):
    out, err = python(MEMORY).communicate(timeout=300)
    assert int(out) * 1024 < 2e9, err
