from dataclasses import replace

import numpy as np
import pytest

from gru_course.cells import GRUWeights, run
from gru_course.data.tokenise import Vocabulary
from gru_course.layers.backend import keras
from gru_course.reviews.baselines import bag_of_ngrams
from gru_course.reviews.classifiers import ClassifierConfig, classifier
from gru_course.reviews.inside import (
    Reader,
    agreement,
    drop_without,
    gates,
    gradient_norms,
    occlusion,
    saliency,
)
from gru_course.reviews.probes import Probe
from gru_course.reviews.probing import probe_results, share_by_group
from gru_course.reviews.reach import change_by_reach, effective_memory, half_life, keep_last
from gru_course.reviews.tracking import (
    correlations,
    find_tracker,
    position,
    recently,
    sentiment_so_far,
    shuffled,
    tracker_of,
    word_weights,
)

CONFIG = ClassifierConfig(
    embedding_dim=6, units=5, vocabulary_size=40, timesteps=None, mask=True, word_dropout=0.1
)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    model = classifier(CONFIG)
    rng = np.random.default_rng(0)  # biases and larger weights, so that no term is idle
    model.set_weights([rng.normal(scale=0.6, size=w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def reader(model):
    return Reader.of(model, CONFIG)


@pytest.fixture(scope="module")
def ids():
    ids = np.random.default_rng(1).integers(1, 40, size=(8, 12))
    ids[0, :5] = ids[1, :1] = 0
    return ids


# --- the model taken apart -----------------------------------------------------------------------


def test_states_and_answers_are_those_of_keras(model, reader, ids):
    (layer,) = (part for part in model.layers if isinstance(part, keras.layers.GRU))
    plain = keras.layers.GRU(5, return_sequences=True)
    vectors = reader.vectors[ids].astype("float32")
    plain.build(vectors.shape)
    plain.set_weights(layer.get_weights())
    trace = reader.read(ids)
    read = ids != 0
    expected = np.asarray(plain(vectors, mask=read))
    assert np.abs(trace.hidden - expected)[read].max() < 1e-5
    answers = model.predict(ids, verbose=0)[:, 0]
    assert np.abs(reader.running_probability(trace)[:, -1] - answers).max() < 1e-5
    assert np.abs(1 / (1 + np.exp(-reader.score(ids))) - answers).max() < 1e-5


def test_the_gradient_begins_with_the_weights_of_the_last_layer(reader, ids):
    norms = gradient_norms(reader, reader.read(ids))
    assert norms.shape == ids.shape
    np.testing.assert_allclose(norms[:, 0], np.linalg.norm(reader.output))


def test_a_unit_follows_itself_unless_its_states_are_dealt_out(reader, ids):
    def third(some):
        return reader.read(some).hidden[:, :, 3]

    assert tracker_of(reader, third, ids, ids[::-1]) == (3, 1.0, 1.0)
    assert abs(tracker_of(reader, third, ids, ids[::-1], deal=True).found) < 0.5


def test_gates_are_those_of_keras(model, reader, ids):
    """Keras keeps its gates to itself, so they are computed from its own states and weights."""
    ids = ids[2:]  # without padding
    (layer,) = (part for part in model.layers if isinstance(part, keras.layers.GRU))
    states = keras.layers.GRU(5, return_sequences=True)
    vectors = reader.vectors[ids].astype("float32")
    states.build(vectors.shape)
    states.set_weights(layer.get_weights())
    before = np.pad(np.asarray(states(vectors)), ((0, 0), (1, 0), (0, 0)))[:, :-1]
    kernel, recurrent, bias = layer.get_weights()
    sums = vectors @ kernel + bias[0] + before @ recurrent + bias[1]
    update, reset = gates(reader.read(ids))
    for gate, columns in ((update, slice(0, 5)), (reset, slice(5, 10))):
        expected = np.asarray(keras.activations.sigmoid(sums[..., columns]))
        assert np.abs(gate - expected).max() < 1e-5


@pytest.mark.parametrize(
    "change", [{"mask": False}, {"pooling": "mean"}, {"architecture": "lstm_gru"}]
)
def test_other_classifiers_are_refused(change):
    config = replace(CONFIG, **change)
    with pytest.raises(ValueError, match="expected 'gru', 'last' and mask=True"):
        Reader.of(classifier(config), config)


def test_ids_that_the_model_does_not_know_are_refused(reader):
    with pytest.raises(ValueError, match="the ids go up to 99"):
        reader.score(np.full((1, 12), 99))


# --- saliency and occlusion ----------------------------------------------------------------------


def test_occlusion_of_a_linear_model_is_its_weight(ids):
    weights = np.random.default_rng(2).normal(size=40)
    weights[0] = 0.0
    found = occlusion(lambda ids: weights[ids].sum(axis=1), ids)
    assert found == pytest.approx(weights[ids])


def test_covering_with_another_word_measures_the_difference_to_it(ids):
    weights = np.arange(40.0)
    found = occlusion(lambda ids: weights[ids].sum(axis=1), ids, cover=2)
    assert found[ids != 0] == pytest.approx(weights[ids[ids != 0]] - 2.0)
    assert not found[ids == 0].any()


def test_occlusion_skips_the_word(reader, ids):
    """The word left out by padding is the word never written."""
    found = occlusion(reader.score, ids)
    without = np.concatenate([np.zeros((1, 1), int), np.delete(ids[[3]], 4, axis=1)], axis=1)
    expected = reader.score(ids[[3]]) - reader.score(without)
    assert found[3, 4] == pytest.approx(expected[0], abs=1e-5)


def test_saliency_is_the_slope_along_the_word_vector(reader, ids):
    found = saliency(reader, ids)
    row, place, step = 3, 9, 1e-6
    vectors = reader.vectors[ids[[row]]]
    changed = vectors.copy()
    changed[0, place] *= 1 + step
    before, after = (run(v, reader.gru).hidden[0, -1] @ reader.output for v in (vectors, changed))
    assert found[row, place] == pytest.approx((after - before) / step, rel=1e-4)
    assert not found[ids == 0].any()


def test_saliency_and_occlusion_agree_where_the_model_is_nearly_linear(reader, ids):
    """With tiny word vectors and no biases, taking a word away is following the slope."""
    flat = replace(
        reader,
        vectors=reader.vectors * 1e-4,
        gru=GRUWeights(reader.gru.kernel, reader.gru.recurrent_kernel, np.zeros((2, 15))),
    )

    def score(ids):
        mask = ids != 0
        # A word of zeros still lets time pass; padding would skip its step.
        vectors = np.where(mask[..., None], flat.vectors[ids], 0.0)
        return run(vectors, flat.gru).hidden[:, -1] @ flat.output

    full = ids[2:]
    assert occlusion(score, full) == pytest.approx(saliency(flat, full), abs=1e-7)


def test_agreement_ignores_padding_and_scale():
    ids = np.array([[0, 0, 3, 4, 5], [1, 2, 3, 4, 5]])
    one = np.array([[9.0, -9.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
    assert agreement(one, one**3, ids) == pytest.approx([1.0, 1.0])
    assert agreement(one, -one, ids) == pytest.approx([-1.0, -1.0])
    with pytest.raises(ValueError, match="fewer than three words"):
        agreement(one[:, :3], one[:, :3], ids[:, :3])


def test_leaving_out_the_right_words_drops_most(ids):
    weights = np.random.default_rng(3).normal(size=40)
    weights[0] = 0.0

    def score(ids):
        return weights[ids].sum(axis=1)

    best = drop_without(score, ids, weights[ids], words=3)
    wrong = drop_without(score, ids, -weights[ids], words=3)
    random = drop_without(score, ids, np.random.default_rng(4).normal(size=ids.shape), words=3)
    assert (best >= random).all()
    assert (random >= wrong).all()
    assert (best > 0).all()


# --- how far back --------------------------------------------------------------------------------


def leaky(z):
    """A GRU of one unit that keeps z of its state and adds 1 - z of its input, nearly linearly."""
    gate = np.log(z / (1 - z))
    bias = np.array([[gate, 0.0, 0.0], [0.0, 0.0, 0.0]])
    kernel, recurrent = np.array([[0.0, 0.0, 1.0]]), np.zeros((1, 3))
    return GRUWeights(kernel, recurrent, bias)


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize(("z", "expected"), [(0.5, 4), (0.9, 22), (0.95, 45)])
def test_effective_memory_of_a_leaky_gru_is_as_calculated(z, expected, older):
    """The share of what is older than k words is z**k: a tenth at log 0.1 / log z."""
    assert expected == int(np.ceil(np.log(0.1) / np.log(z)))
    rng = np.random.default_rng(0)
    vectors = np.concatenate([[0.0], rng.choice([-1e-3, 1e-3], size=39)])
    weights = leaky(z)

    def score(ids):
        return run(vectors[ids][..., np.newaxis], weights, mask=ids != 0).hidden[:, -1, 0]

    ids, others = rng.integers(1, 40, size=(2, 2000, 120))
    kept = list(range(0, 121))
    changes = change_by_reach(score, ids, kept, older=others if older else None)
    assert changes[0] == 1.0
    assert changes[-1] == 0.0
    assert changes[10] == pytest.approx(z**10, rel=0.1)
    assert abs(effective_memory(kept, changes, level=0.1) - expected) <= 1
    update, _ = gates(run(vectors[ids][..., np.newaxis], weights))
    assert half_life(update[ids != 0]) == pytest.approx(np.log(0.5) / np.log(z))


def test_memory_that_does_not_come_back_counts_from_the_last_time():
    assert effective_memory([0, 1, 2, 3], [1.0, 0.05, 0.2, 0.0], level=0.1) == 3
    assert effective_memory([5], [0.0], level=0.1) == 5
    with pytest.raises(ValueError, match=r"with 2 words the change is still above 0\.1"):
        effective_memory([0, 1, 2], [1.0, 0.5, 0.4], level=0.1)


def test_keep_last_leaves_the_given_texts_alone(ids):
    before = ids.copy()
    assert not keep_last(ids, 4)[:, :-4].any()
    assert (keep_last(ids, 4)[:, -4:] == ids[:, -4:]).all()
    assert (keep_last(ids, 99) == ids).all()
    assert not keep_last(ids, 0).any()
    assert (ids == before).all()


# --- single units --------------------------------------------------------------------------------


def test_features_of_the_words():
    ids = np.array([[0, 5, 6, 5]])
    assert position(ids).tolist() == [[0, 1, 2, 3]]
    weights = np.array([0, 0, 0, 0, 0, 2.0, -1.0])
    assert sentiment_so_far(ids, weights).tolist() == [[0, 2, 1, 3]]
    assert recently(ids, [6], words=1).tolist() == [[0, 0, 1, 0]]
    assert recently(ids, [6], words=9).tolist() == [[0, 0, 1, 1]]


def test_word_weights_have_the_signs_of_the_texts():
    texts = ["a good film", "a bad film"] * 5
    vocabulary = Vocabulary(("film", "good", "bad", "unheard"))
    weights = word_weights(bag_of_ngrams(1, 10.0).fit(texts, [1, 0] * 5), vocabulary, size=8)
    film, good, bad, unheard = weights[4:]
    assert good > 0 > bad
    assert abs(film) < good / 10
    assert unheard == 0


def noisy_states(seed, words=3000, units=16):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(words, units)).cumsum(axis=0) % 7


def test_a_planted_tracker_is_found_and_confirmed():
    states, others = noisy_states(0), noisy_states(1)
    rng = np.random.default_rng(2)
    feature, other = rng.normal(size=3000), rng.normal(size=3000)
    states[:, 11] = -feature + rng.normal(size=3000)
    others[:, 11] = -other + rng.normal(size=3000)
    tracker = find_tracker(states, feature, others, other)
    assert tracker.unit == 11
    assert tracker.confirmed == pytest.approx(-(0.5**0.5), abs=0.05)


def test_the_shuffled_control_shows_no_unit(reader):
    """The best of many units on a shuffled feature is best by luck, and luck is not confirmed."""
    ids, others = np.random.default_rng(5).integers(1, 40, size=(2, 300, 30))
    weights = np.random.default_rng(6).normal(size=40)

    def tracker(dealt):
        values = []
        for part in (ids, others):
            feature = sentiment_so_far(part, weights)
            feature = shuffled(feature, part, seed=7) if dealt else feature
            values += [reader.read(part).hidden.reshape(-1, 5), feature.ravel()]
        return find_tracker(*values)

    by_chance = 3 / np.sqrt(ids.size)
    assert abs(tracker(dealt=False).confirmed) > by_chance
    assert abs(tracker(dealt=True).confirmed) < by_chance


def test_shuffling_keeps_the_values_and_the_padding(ids):
    feature = position(ids)
    dealt = shuffled(feature, ids, seed=0)
    assert (np.sort(dealt[ids != 0]) == np.sort(feature[ids != 0])).all()
    assert not dealt[ids == 0].any()
    assert (dealt != feature).any()


def test_units_and_features_that_never_change_get_zero():
    assert correlations(np.ones((5, 2)), np.arange(5)).tolist() == [0, 0]
    assert correlations(np.arange(10.0).reshape(5, 2), np.ones(5)).tolist() == [0, 0]


def test_what_changes_by_rounding_only_does_not_change():
    """A constant less its mean is rounding, and two roundings correlate perfectly."""
    constant = np.full((1000, 2), 0.1)
    constant[::2, 1] = np.nextafter(0.1, 1)
    for kind in ("float32", "float64"):
        states = constant.astype(kind)
        assert correlations(states, states[:, 0]).tolist() == [0, 0]
        assert correlations(states, np.arange(1000)).tolist() == [0, 0]
    small = 1e9 + np.arange(50.0)[:, None] * 1e-3  # a small change is one
    assert correlations(small, np.arange(50)).tolist() == [pytest.approx(1)]
    assert correlations(np.ones((1, 3)), [2.0]).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: correlations(np.array([[1.0], [np.nan]]), [1, 2]), r"the states: .*\(1, 0\)"),
        (lambda: correlations(np.ones((2, 1)), [1, np.inf]), "the feature: .*at 1: inf"),
        (lambda: correlations(np.ones((2, 1)), [1, 2, 3]), "of at least one word"),
        (lambda: correlations(np.ones((0, 1)), []), "of at least one word"),
        (lambda: sentiment_so_far(np.array([[0]]), np.array([np.nan])), "the weights: "),
        (lambda: recently(np.array([[1]]), [1], words=0), "words is 0"),
    ],
)
def test_what_cannot_be_tracked_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# --- probes --------------------------------------------------------------------------------------


def probe(labels, quality="good", kind="negation"):
    return Probe(kind, quality, ("It is good.", "It is not good."), labels)


@pytest.mark.parametrize(
    ("labels", "logits", "noticed", "flipped"),
    [
        ((1, 0), (2, -1), 1, 1),
        ((1, 0), (2, 1), 1, 0),  # moved, but not far enough
        ((1, 0), (-1, -2), 1, 0),  # the plain sentence was wrong already
        ((1, 0), (1, 2), 0, 0),
        ((0, 1), (-1, 2), 1, 1),
        ((0, 1), (2, -1), 0, 0),
        ((1, 0), (1, 1), 0.5, 0),  # a model that sees no difference guesses
        ((1, 1), (2, -1), 1, 1),  # a control that should have stayed
    ],
)
def test_a_pair_is_judged(labels, logits, noticed, flipped):
    (result,) = probe_results([probe(labels)], np.array([logits], dtype=float))
    assert result.noticed.estimate == noticed
    assert result.flipped.estimate == flipped
    assert result.is_control == (labels == (1, 1))


def test_probes_and_controls_are_kept_apart():
    probes = [probe((1, 0)), probe((1, 1)), probe((0, 1), kind="contrast"), probe((1, 0))]
    results = probe_results(probes, np.array([[1, -1]] * 4, dtype=float))
    assert [(r.kind, r.is_control, r.pairs) for r in results] == [
        ("negation", False, 2),
        ("negation", True, 1),
        ("contrast", False, 1),
    ]
    with pytest.raises(ValueError, match=r"expected \(4, 2\)"):
        probe_results(probes, np.zeros((3, 2)))


def test_an_interval_over_groups_is_wider_than_over_sentences():
    right = np.repeat([1, 0, 1, 1, 0, 1], 20)
    by_word = share_by_group(right, [f"word {n // 20}" for n in range(120)])
    by_sentence = share_by_group(right, [str(n) for n in range(120)])
    assert by_word.estimate == by_sentence.estimate == pytest.approx(4 / 6)
    assert by_word.high - by_word.low > 3 * (by_sentence.high - by_sentence.low)
    assert by_sentence.low < 4 / 6 < by_sentence.high


def test_what_was_balanced_on_purpose_is_drawn_balanced():
    """A model to which every "not" is bad is right for all good words and wrong for all others."""
    right, words = [1, 1, 1, 0, 0, 0], list("abcdef")
    drawn_freely = share_by_group(right, words)
    drawn_balanced = share_by_group(right, words, [1, 1, 1, 0, 0, 0])
    assert drawn_balanced == (0.5, 0.5, 0.5)
    assert drawn_freely.low < 0.3 < 0.7 < drawn_freely.high


def test_a_gate_that_is_always_one_never_forgets():
    assert half_life(np.array([[1.0, 0.0], [1.0, 0.5]])).tolist() == [np.inf, 0.0]
    with pytest.raises(ValueError, match=r"gates from -0\.5 to 1\.0; expected"):
        half_life(np.array([[1.0], [-0.5]]))


def test_words_of_equal_importance_have_no_order():
    ids, order = np.array([[0, 4, 5, 6]]), np.array([[0.0, 3.0, 1.0, 2.0]])
    with pytest.raises(ValueError, match="all words of text 0 are equally important by 'other'"):
        agreement(order, np.array([[9.0, 1.0, 1.0, 1.0]]), ids)


def test_nothing_but_padding_has_nothing_to_leave_out(reader):
    nothing = np.zeros((2, 4), dtype=int)
    assert not occlusion(reader.score, nothing).any()
    with pytest.raises(ValueError, match="the answer stays the same without any word"):
        change_by_reach(reader.score, nothing, [1])


@pytest.mark.parametrize(
    "ids", [np.array([[-1, 2]]), np.array([[0, 10**6]]), np.zeros((0, 2), int)]
)
def test_ids_out_of_the_vocabulary_are_not_read(reader, ids):
    with pytest.raises(ValueError, match="expected"):
        reader.read(ids)


def test_a_change_that_is_no_number_is_not_small():
    with pytest.raises(ValueError, match="the changes: 1 of 3 values is not finite"):
        effective_memory([0, 1, 2], [1.0, np.nan, 0.0], level=0.1)
