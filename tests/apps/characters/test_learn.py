"""Language models: distributions sum to one, only the past counts, order is what is learnt."""

import numpy as np
import pytest

from gru_course.apps.characters import learn
from gru_course.apps.characters.baselines import NGrams, bits
from gru_course.apps.characters.data import SHAKESPEARE
from gru_course.apps.characters.learn import (
    longest_copy,
    pieces,
    probabilities,
    write,
)
from gru_course.apps.characters.model import character_model
from gru_course.apps.characters.sampling import entropy, heated, top_p
from gru_course.data.loading import load
from gru_course.layers.backend import keras


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
    model = NGrams(2, np.array([1, 2, 1]), 5)
    for ids, said in (
        ([1, 9, 2], "the ids: 1 of 3 out of range, the first at 1: 9; .* from 0 to 4"),
        ([1, -1, 2], "the first at 1: -1"),
        ([1.0, 2.0, 3.0], "type float64"),
        ([1, np.nan, 2], "the ids: .*at 1: nan"),
        ([[1, 2, 3]], r"shape \(1, 3\)"),
    ):
        with pytest.raises(ValueError, match=said):
            NGrams(3, np.array(ids), 5)
        with pytest.raises(ValueError, match=said):  # they were taken for other characters
            model.probabilities(np.array(ids))
    with pytest.raises(ValueError, match="2 ids; expected at least 3"):
        NGrams(3, np.array([1, 2]), 5)
    assert model.probabilities(np.array([])).shape == (0,)
    one = NGrams(1, np.array([2, 2, 2]), 3).probabilities(np.array([2, 0]))
    assert one.sum() == pytest.approx(1 - one[1])


@pytest.mark.parametrize("p", [[], [np.nan], [0.5, np.inf], [-0.1], [1.5]])
def test_no_probabilities_to_be_surprised_by(p):
    with pytest.raises(ValueError, match=r"the probabilities|probabilities, up to"):
        bits(np.array(p))


def test_what_was_impossible_surprises_without_end():
    assert bits(np.array([0.5, 0.0])) == np.inf


@pytest.fixture(scope="module")
def taught(play):
    train, validation, characters = play
    found = {}
    for name in ("true", "shuffled"):
        keras.utils.set_random_seed(0)
        model = character_model(characters, units=48, dropout=0.0)
        ids = train if name == "true" else np.random.default_rng(0).permutation(train)
        learn.train(model, ids, epochs=3, lanes=8, learning_rate=0.01)
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
    (found,) = learn.train(model, text, epochs=1, lanes=2, timesteps=10)
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


def test_near_zero_only_the_likeliest_is_left():
    for temperature in (1e-3, 1e-300):
        assert heated(np.array([1.0, 9.0, -9.0]), temperature).tolist() == [0, 1, 0]
        assert heated(np.array([7.0, 7.0]), temperature).tolist() == [0.5, 0.5]
    assert heated(np.array([1.0, 9.0]), np.inf).tolist() == [0.5, 0.5]
    assert heated(np.array([1.0, -np.inf]), 1.0).tolist() == [1, 0]  # a choice that is forbidden
    assert heated(np.array([5]), 0.1).tolist() == [1]
    assert heated(np.full(3, 1e300), 1.0).tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: heated(np.array([0, np.nan]), 1.0), "the largest logits .*nan"),
        (lambda: heated(np.array([0, 1.0]), 5e-324), "the largest logits .*inf"),
        (lambda: heated(np.array([[0, 1], [0, np.inf]]), 1.0), "at 1: inf"),
        (lambda: heated(np.full(2, -np.inf), 1.0), "the largest logits .*-inf"),
        (lambda: heated(np.zeros(2), np.nan), "temperature is nan"),
        (lambda: top_p(np.array([0.5, np.nan]), 0.9), "the probabilities: .*at 1: nan"),
        (lambda: top_p(np.array([2.0, -1.0]), 0.9), "from -1, with sums from 1 to 1"),
        (lambda: top_p(np.array([3, 1]), 0.9), "sums from 4 to 4; .*through heated first"),
        (lambda: top_p(np.array([0.5, 0.5]), np.nan), "p is nan"),
        (lambda: entropy(np.array([0.5, np.nan])), "the probabilities: .*nan"),  # it was half a bit
        (lambda: entropy(np.array([1.5, -0.5])), "expected none below 0"),
        (lambda: entropy(np.array([[1.0, 0], [1, 1]])), "sums from 1 to 2"),
    ],
)
def test_what_is_no_distribution(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_what_is_no_text_for_a_model():
    model = character_model(5, units=2, embedding_dim=2)
    text, rng = np.arange(300) % 5, np.random.default_rng(0)
    wrong = np.where(np.arange(300) == 299, 5, text)
    for call in (
        lambda ids: learn.train(model, ids, lanes=2, timesteps=10),
        lambda ids: probabilities(model, ids, text),
        lambda ids: probabilities(model, text, ids),
        lambda ids: write(model, ids, 2, rng),
    ):
        with pytest.raises(ValueError, match=r"the ids: .*at 299: 5; .* from 0 to 4"):
            call(wrong)
        with pytest.raises(ValueError, match="type float64"):
            call(text.astype(float))
    assert probabilities(model, text[:0], text).shape == (0,)
    assert probabilities(model, text[:1], text).shape == (1,)
    with pytest.raises(ValueError, match=r"the losses: .*smaller learning rate"):
        learn.train(model, text, lanes=2, timesteps=10, learning_rate=float("nan"))
    with pytest.raises(ValueError, match="the largest logits"):
        write(model, text, 2, rng)  # its weights are NaN now


def test_refusals(taught, play):
    model = taught["true"][0]
    for call, said in (
        (lambda: heated(np.zeros(2), 0), "more than 0"),
        (lambda: top_p(np.ones(2) / 2, 0), "more than 0 and at most 1"),
        (lambda: write(model, np.array([]), 3, np.random.default_rng(0)), "empty"),
        (lambda: learn.train(model, play[0][:100]), "lanes of 32"),
        (lambda: probabilities(model, play[1], play[0][:9]), "9 characters of history"),
    ):
        with pytest.raises(ValueError, match=said):
            call()


def test_a_copy_is_found():
    assert longest_copy("xx the gate yy", "at the gate of") == " the gate "
    assert longest_copy("abc", "xyz") == ""


def test_what_is_checked_after_a_training_changes_nothing_in_it(play, monkeypatch):
    def trained():
        keras.utils.set_random_seed(7)
        model = character_model(play[2], units=4, embedding_dim=4)
        curve = learn.train(model, play[0][:4000], epochs=1, lanes=4, timesteps=16)
        return curve, model.get_weights()

    curve, weights = trained()
    monkeypatch.setattr(learn, "check_weights", lambda model: None)
    others = trained()
    assert others[0] == curve
    for one, other in zip(weights, others[1], strict=True):
        np.testing.assert_array_equal(one, other)
