"""Weights and texts for the pages are kept whole, and another file is refused."""

import numpy as np
import pytest
from page_arrays import keep_arrays, read_arrays

ARRAYS = {"kernel": np.array([[0.1, -2.5], [6e-8, 65504.0]]), "bias": np.zeros(3)}


def test_what_is_kept_comes_back_rounded(tmp_path):
    path = tmp_path / "small.npz"
    digest = keep_arrays(path, ARRAYS, {"words": "a\ncafé"})
    found = read_arrays(path, digest)
    assert found.pop("words").tobytes().decode() == "a\ncafé"
    for name, array in ARRAYS.items():
        assert np.array_equal(found[name], array.astype(np.float16))
    assert keep_arrays(tmp_path / "again.npz", ARRAYS, {"words": "a\ncafé"}) == digest
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again.npz", "small.npz"]


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "small.npz"
    digest = keep_arrays(path, ARRAYS)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"small\.npz is not the file that its study made"):
        read_arrays(path, digest)
