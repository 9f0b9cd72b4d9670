"""Language models: distributions sum to one, only the past counts, order is what is learnt."""

import numpy as np
import pytest

from gru_course.backend import keras
from gru_course.data import SHAKESPEARE, load
from gru_course.models.language import character_model
from gru_course.ngrams import NGrams, bits
from gru_course.sampling import entropy, heated, top_p
from gru_course.writing import learn_characters, longest_copy, pieces, probabilities, write


@pytest.fixture(scope="module")
def play():
    data = load(SHAKESPEARE, "quick")
    train, validation = data.encode(data.train[:60_000]), data.encode(data.validation[:4000])
    return train, validation, len(data.characters) + 1


@pytest.mark.parametrize("order", [1, 2, 4])
def test_counting_gives_a_distribution(play, order):
    train, validation, characters = play
    model = NGrams(order, train, characters)
    for past in ([3], validation[:7], [0, 0, 0]):  # the last was never seen
        total = sum(model.probabilities(np.array([*past, last]))[-1] for last in range(characters))
        assert total == pytest.approx(1)


def test_longer_contexts_tell_more_until_they_are_rare(play):
    train, validation, characters = play
    found = [bits(NGrams(n, train, characters).probabilities(validation)) for n in (1, 2, 3, 5)]
    assert found == sorted(found, reverse=True)
    shuffled = np.random.default_rng(0).permutation(train)  # order gone: contexts tell nothing
    lost = [bits(NGrams(n, shuffled, characters).probabilities(validation)) for n in (1, 5)]
    assert lost[1] > lost[0] - 0.01


def test_refused_counts(play):
    train, _, characters = play
    with pytest.raises(ValueError, match="order 0"):
        NGrams(0, train, characters)
    with pytest.raises(ValueError, match="expected at least 3, all of them from 0 to 4"):
        NGrams(3, np.array([1, 9, 2]), 5)


@pytest.fixture(scope="module")
def taught(play):
    train, validation, characters = play
    found = {}
    for name in ("true", "shuffled"):
        keras.utils.set_random_seed(0)
        model = character_model(characters, units=48, dropout=0.0)
        ids = train if name == "true" else np.random.default_rng(0).permutation(train)
        learn_characters(model, ids, epochs=3, lanes=8, learning_rate=0.01)
        found[name] = model, bits(probabilities(model, validation, train))
    return found


def test_a_gru_learns_the_order_and_nothing_from_disorder(taught, play):
    train, validation, characters = play
    one = bits(NGrams(1, train, characters).probabilities(validation))
    assert taught["true"][1] < 1.2
    assert taught["shuffled"][1] > one - 0.1


def test_lanes_change_nothing(taught, play):
    _, validation, _ = play
    model = taught["true"][0]
    some = validation[1000:1801]
    one, four = (probabilities(model, some, validation[:1000], lanes) for lanes in (1, 4))
    np.testing.assert_allclose(one, four, atol=0.02)  # they differ by what stood 256 back
    changed = some.copy()
    changed[400:] = 1
    later = probabilities(model, changed, validation[:1000], 1)
    np.testing.assert_allclose(later[:400], one[:400], atol=1e-6)  # the future is not read


def test_pieces_follow_each_other():
    x = np.concatenate([x for x, _ in pieces(np.arange(1000), 3, 50)], axis=1)
    assert (np.diff(x, axis=1) == 1).all()
    assert all((y == x + 1).all() for x, y in pieces(np.arange(1000), 3, 50))


def test_the_state_goes_on_from_piece_to_piece():
    """A model that knows every answer once its state is not the empty one any more."""
    ids, state = keras.Input((None,), dtype="int32"), keras.Input((1,))
    sure = state[:, None, :] * np.array([9.0, -9.0], "float32")
    logits = 0.0 * keras.layers.Embedding(2, 2)(ids) + sure
    model = keras.Model([ids, state], [logits, keras.ops.ones_like(state)])
    text = np.zeros(2 * 4 * 10 + 1, int)  # two lanes of four pieces: the first of each is a guess
    (found,) = learn_characters(model, text, epochs=1, lanes=2, timesteps=10)
    assert found == pytest.approx(1 / 4, abs=0.01)


def test_a_cold_writer_takes_the_likeliest(taught):
    model = taught["true"][0]
    opening = np.array([5, 6, 7])
    cold, greedy = (
        write(model, opening, 12, np.random.default_rng(seed), **options)
        for seed, options in ((0, {"temperature": 1e-3}), (1, {"p": 1e-9}))
    )
    np.testing.assert_array_equal(cold, greedy)


def test_temperature_and_top_p():
    logits = np.log(np.array([0.5, 0.3, 0.15, 0.05]))
    assert np.all(np.diff([entropy(heated(logits, t)) for t in (0.2, 0.5, 1, 2, 50)]) > 0)
    np.testing.assert_allclose(top_p(heated(logits, 1), 1.0), heated(logits, 1))
    assert (top_p(np.array([0.25] * 4), 0.5) > 0).sum() == 2


def test_refusals(taught, play):
    model = taught["true"][0]
    for call, said in (
        (lambda: heated(np.zeros(2), 0), "more than 0"),
        (lambda: top_p(np.ones(2) / 2, 0), "more than 0 and at most 1"),
        (lambda: write(model, np.array([]), 3, np.random.default_rng(0)), "empty"),
        (lambda: learn_characters(model, play[0][:100]), "lanes of 32"),
        (lambda: probabilities(model, play[1], play[0][:9]), "9 characters of history"),
    ):
        with pytest.raises(ValueError, match=said):
            call()


def test_a_copy_is_found():
    assert longest_copy("xx the gate yy", "at the gate of") == " the gate "
    assert longest_copy("abc", "xyz") == ""
