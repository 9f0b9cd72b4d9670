"""The cache of encoded reviews: what was kept, or nothing, and then it is made anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_course.data.npz import read_arrays, write_arrays
from gru_course.data.reviews import ReviewData, Reviews, read, save
from gru_course.data.tokenise import Vocabulary

from .conftest import damaged, fuzzed

WORDS = Vocabulary(("film", "dull", "moving"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    path = tmp_path_factory.mktemp("cache") / "kept.npz"
    train, test = (Reviews.encoded(["A film", text], [1, 0], WORDS) for text in ("dull", "Où ?"))
    save(ReviewData("tiny", "full", train, test, WORDS), path)
    return path.read_bytes()


def content(data):
    return [
        (list(part.texts), part.flat_ids.tolist(), part.id_offsets.tolist(), part.labels.tolist())
        for part in (data.train, data.test)
    ] + [data.vocabulary]


@fuzzed
@given(st.data())
def test_damaged(tried, tmp_path, kept, data):
    path = tmp_path / "kept.npz"
    path.write_bytes(kept)
    sound = content(read(path, "tiny"))
    path.write_bytes(data.draw(damaged(st.just(kept))))
    found = tried(lambda: read(path, "tiny"))
    assert found is None or content(found) == sound


def test_a_shape_that_hides_the_damage(tmp_path):
    """A smaller shape leaves bytes unread, and numpy then compares no checksum."""
    path = tmp_path / "kept.npz"
    write_arrays({"a": np.arange(300_000)}, path)
    assert read_arrays(path, lambda arrays: arrays["a"].shape) == (300_000,)
    path.write_bytes(path.read_bytes().replace(b"(300000,)", b"(100000,)"))
    with np.load(path) as arrays:  # the red light: numpy alone sees nothing
        assert arrays["a"].shape == (100_000,)
    assert read_arrays(path, lambda arrays: arrays["a"].shape) is None
