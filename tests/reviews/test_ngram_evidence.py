from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gru_course.data.reviews import Reviews
from gru_course.data.tokenise import Vocabulary
from gru_course.reviews.ngram_evidence import (
    Grams,
    count,
    cross_fitted,
    evidence,
    fitted_ratios,
    log_count_ratios,
)


@pytest.fixture(scope="module")
def noise():
    """Texts of random words with random labels: there is nothing to learn."""
    rng = np.random.default_rng(0)
    words = tuple(f"w{n}" for n in range(500))
    texts = [" ".join(rng.choice(words, size=30)) for _ in range(400)]
    return Reviews.encoded(texts, rng.integers(0, 2, 400).tolist(), Vocabulary(words))


def right(values, labels):
    return np.mean((values.astype(float).sum(axis=(1, 2)) > 0) == labels)


def test_counts_are_those_of_a_plain_loop(noise):
    grams = Grams.of([noise], longest=2)
    texts = np.array([3, 7, 7 + 9, 200])
    counts = count(grams, texts, noise.labels[texts])
    seen = {}
    for text in texts:
        ids = noise.ids(int(text)).tolist()
        for pair in set(pairwise(ids)):
            seen.setdefault(pair, [0, 0])[noise.labels[text]] += 1
    assert sorted(map(tuple, counts[1].T[counts[1].sum(axis=0) > 0].astype(int).tolist())) == (
        sorted(map(tuple, seen.values()))
    )


def test_a_guess_counts_for_both_labels(noise):
    grams = Grams.of([noise], longest=1)
    q, p = count(grams, [0], [0.75])[0]
    assert np.allclose(p, 3 * q)


def test_evidence_stands_beside_the_window(noise):
    grams = Grams.of([noise])
    values = evidence(grams, fitted_ratios(grams, range(400), noise.labels), range(400), 50)
    assert values.shape == (400, 50, 3)
    assert (values[noise.window(maxlen=50) == 0] == 0).all()


def test_own_labels_leak_and_cross_fitting_stops_it(noise):
    grams, labels = Grams.of([noise]), noise.labels
    own = evidence(grams, fitted_ratios(grams, range(400), labels), range(400), 40)
    assert right(own, labels) > 0.95  # red: labels of pure noise "predicted"
    assert 0.4 < right(cross_fitted(grams, range(400), labels, 40), labels) < 0.6


def test_what_was_never_counted_is_no_evidence():
    counts = [np.array([[0.0, 3.0], [0.0, 9.0]])]
    for share in (0.2, 0.5, 0.8):
        assert log_count_ratios(counts, share)[0][0] == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda grams, data: Grams.of([data], longest=4), "longest is 4"),
        (lambda grams, data: Grams.of([]), "no text"),
        (lambda grams, data: count(grams, [0, 1], [1]), "expected one for each"),
        (lambda grams, data: count(grams, [0], [1.5]), "not between 0"),
        (lambda grams, data: count(grams, [-1], [1]), r"texts are \[-1\]; expected .* 0 to 399"),
        (lambda grams, data: count(grams, [0.5], [1]), "expected whole numbers"),
        (lambda grams, data: evidence(grams, [np.zeros(2)], [0], 5), r"\[2\] ratios; expected \["),
        (lambda grams, data: log_count_ratios([-np.ones((2, 1))]), "from 0 up"),
        (lambda grams, data: log_count_ratios([np.full((2, 1), np.nan)]), "the counts: 2 of 2"),
        (lambda grams, data: log_count_ratios([], 1.0), "both labels"),
        (lambda grams, data: log_count_ratios([], 0.5, 0), "smoothing is 0"),
        (lambda grams, data: cross_fitted(grams, [0], [1], 5), "5 folds of 1"),
    ],
)
def test_wrong_input_is_refused(noise, call, said):
    with pytest.raises(ValueError, match=said):
        call(Grams.of([noise], longest=1), noise)


def test_ids_that_would_run_into_each_other_are_refused():
    texts = Reviews.encoded(["a", "b"], [0, 1], Vocabulary(("a", "b")))
    with pytest.raises(ValueError, match=r"ids from 1 to 1048576; expected 0 to 1048575"):
        Grams.of([replace(texts, flat_ids=np.array([1, 2**20, 1, 5], np.int32))])
