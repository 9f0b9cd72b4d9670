"""Reviews of the same films."""

import numpy as np
import pytest

from gru_course.reviews.films import (
    BORDERS,
    GAP,
    Files,
    film_runs,
    rare_names,
    share_naming,
    training_files,
)
from gru_course.reviews.imdb import _split


def test_the_files_are_in_the_order_in_which_reviews_are_loaded():
    """The loader reads files whose text is their own class and number."""
    from gru_course.data.tokenise import Vocabulary

    files = {
        f"train/{name}/{n}_1.txt": f"{label} {n}".encode()
        for label, name in enumerate(("neg", "pos"))
        for n in range(20)
    }
    loaded = _split(files, "train", Vocabulary(("a",)))
    found = training_files(per_class=20)
    assert list(loaded.texts) == [f"{a} {b}" for a, b in zip(*found, strict=True)]
    assert loaded.labels.tolist() == found.labels.tolist()


def test_runs_share_no_number_and_keep_their_distance():
    files = training_files()
    run, near = film_runs(files)
    for part in range(5):
        held = run == part
        assert files.labels[held].mean() == 0.5
        assert near[held, part].all()
        assert (~near[:, part]).sum() >= 19_000  # what the study learns from
        for label, name in enumerate(("neg", "pos")):
            inside = files.numbers[held & (files.labels == label)]
            free = files.numbers[~near[:, part] & (files.labels == label)]
            distance = np.abs(inside[:, np.newaxis] - free).min()
            assert distance > GAP[name], name
    assert BORDERS["pos"][-1] == 12_500


def test_a_run_without_a_gap_is_seen():
    """The check above can fail: neighbours of a held-out review are one number away."""
    files = training_files()
    run, _ = film_runs(files)
    inside, free = (files.numbers[(files.labels == 1) & (run == part)] for part in (0, 1))
    assert np.abs(inside[:, np.newaxis] - free).min() == 1


def test_numbers_of_another_collection_are_refused():
    with pytest.raises(ValueError, match="the neg reviews are not 0 to 12499"):
        film_runs(training_files(per_class=10))
    files = training_files()
    with pytest.raises(ValueError, match="not 0 to 12499; give"):
        film_runs(Files(files.labels, np.zeros_like(files.numbers)))


def test_names_tell_films_apart():
    texts = ["I saw Keaton run", "and Keaton fell", "with Lloyd", "of Lloyd, again", "no name"]
    names = rare_names(texts)
    assert share_naming(names[:1], names[1:]) == 1
    assert share_naming(names[:2], names[2:]) == 0
    with pytest.raises(ValueError, match="no held-out text"):
        share_naming([], names)
