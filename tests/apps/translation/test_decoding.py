import itertools

import numpy as np
import pytest

from gru_course.apps.translation.decoding import beam_search, greedy

START, END, STEPS = 0, 1, 4


def chain(seed, words=5):
    """Make a step whose next word depends on the last one and on the sentence, and its table."""
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(words, 0.4), size=(3, words)) + 1e-6
    log_p = np.log(table / table.sum(axis=-1, keepdims=True)).astype(np.float32)
    log_p[:, :, START] = -np.inf

    def step(last, states, rows):
        return log_p[rows, last], states + 1, np.eye(3, dtype=np.float32)[rows]

    return step, log_p


def every_sentence(log_p, row):
    """Give the log probability of every sentence that ends within the steps."""
    found = {}
    for length in range(STEPS):
        for words in itertools.product(range(2, log_p.shape[-1]), repeat=length):
            path = (START, *words, END)
            found[words] = sum(log_p[row, a, b] for a, b in itertools.pairwise(path))
    return found


OPTIONS = {"start": START, "end": END, "steps": STEPS}
STATES = np.zeros((3, 2), np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy(seed):
    step, _ = chain(seed)
    one, other = greedy(step, STATES, **OPTIONS), beam_search(step, STATES, width=1, **OPTIONS)
    assert np.array_equal(one.ids, other.ids)
    np.testing.assert_allclose(one.log_probability, other.log_probability, rtol=1e-5)
    assert one.weights.shape == other.weights.shape == (3, STEPS, 3)


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_finds_the_most_probable_sentence(seed):
    step, log_p = chain(seed)
    found = beam_search(step, STATES, width=200, normalise=0.0, **OPTIONS)
    narrow = greedy(step, STATES, **OPTIONS)
    for row in range(3):
        best, value = max(every_sentence(log_p, row).items(), key=lambda item: item[1])
        if found.log_probability[row] > value + 1e-5:
            continue  # a sentence that was cut off: every one that ends is less probable
        assert tuple(found.ids[row][found.ids[row] != 0]) == best
        assert found.log_probability[row] == pytest.approx(value, abs=1e-5)
    assert (found.log_probability >= narrow.log_probability - 1e-5).all()


def test_the_score_is_that_of_the_words():
    """Following the parents of the beams wrongly would show here."""
    step, log_p = chain(7)
    for width in (1, 2, 3, 6):
        found = beam_search(step, STATES, width=width, **OPTIONS)
        for row in range(3):
            words = found.ids[row][found.ids[row] != 0].tolist()
            path = [START, *words] + ([END] if len(words) < STEPS else [])
            total = sum(log_p[row, a, b] for a, b in itertools.pairwise(path))
            assert found.log_probability[row] == pytest.approx(total, abs=1e-5)
            assert (found.weights[row, : len(words)].argmax(axis=-1) == row).all()


def test_without_normalisation_sentences_are_not_longer():
    step, _ = chain(3)
    short, long = (
        (beam_search(step, STATES, width=6, normalise=n, **OPTIONS).ids != 0).sum() for n in (0, 2)
    )
    assert short <= long


def test_a_width_must_be_one_or_more():
    with pytest.raises(ValueError, match="width is 0"):
        beam_search(chain(0)[0], STATES, width=0, **OPTIONS)


@pytest.mark.parametrize("search", [greedy, lambda *a, **o: beam_search(*a, width=2, **o)])
def test_what_is_no_log_probability_is_refused(search):
    def gives(value):
        log_p = np.log(np.full((3, 5), 0.2, np.float32))
        log_p[1, 2] = value

        def step(words, states, rows):
            return log_p[rows], states, None

        return step

    for value in (np.nan, np.inf, 3.0):
        message = f"step 0 gives hypothesis [12] the log probability {value} for word 2"
        with pytest.raises(ValueError, match=message):
            search(gives(value), STATES, **OPTIONS)
    found = search(gives(-np.inf), STATES, **OPTIONS)
    assert np.isfinite(found.log_probability).all()
    none = search(gives(-1.0), STATES[:0], **OPTIONS)
    assert none.ids.shape == (0, STEPS)
    assert none.log_probability.shape == (0,)
