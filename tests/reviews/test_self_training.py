import numpy as np
import pytest

from gru_course.layers.backend import keras
from gru_course.reviews.evidence_reader import ReaderConfig, reader
from gru_course.reviews.self_training import (
    Inputs,
    accuracy,
    answers,
    guesses,
    similar_lengths,
    train,
)
from gru_course.training.fitting import Recipe

CONFIG = ReaderConfig(embedding_dim=4, units=4, vocabulary_size=30)
RECIPE = Recipe(epochs=4, batch_size=32, learning_rate=0.02, lengths=(4, 8))


@pytest.fixture(scope="module")
def data():
    """Texts whose evidence, and nothing else, tells the label."""
    rng = np.random.default_rng(0)
    ids = rng.integers(1, 30, size=(600, 8)).astype("int32")
    ids[::2, :5] = 0
    labels = rng.integers(0, 2, 600)
    channels = rng.normal(size=(600, 8, 3)) + (2 * labels - 1)[:, None, None]
    return Inputs(ids, np.where(ids[..., None] > 0, channels, 0).astype("float32")), labels


def part(inputs, rows):
    return Inputs(inputs.ids[rows], inputs.evidence[rows])


def trained(data, targets, labels):
    inputs, _ = data
    keras.utils.set_random_seed(0)
    model = reader(CONFIG)
    held = part(inputs, slice(400, 600)), labels[400:]
    found = train(model, part(inputs, slice(0, 400)), targets, RECIPE, held)
    return found, accuracy(answers(model, held[0], RECIPE.lengths), held[1])


def test_evidence_is_read_and_the_best_epoch_kept(data):
    found, kept = trained(data, data[1][:400], data[1])
    assert kept == max(found) > 0.9


def test_shuffled_labels_teach_nothing(data):
    # Those of validation, too: true ones would choose the epoch that is right by luck.
    shuffled = np.random.default_rng(1).permutation(data[1])
    assert trained(data, shuffled[:400], shuffled)[1] < 0.65


def test_every_text_is_dealt_once():
    words = np.random.default_rng(0).integers(1, 12, 103)
    dealt = similar_lengths(words, (4, 8), 16, np.random.default_rng(1))
    assert sorted(np.concatenate([rows for _, rows in dealt])) == list(range(103))
    assert all((words[rows] <= length).all() for length, rows in dealt if length == 4)


@pytest.mark.parametrize("targets", [np.ones(3), np.full(400, 2.0)])
def test_wrong_targets_are_refused(data, targets):
    with pytest.raises(ValueError, match="targets between 0 and 1"):
        trained(data, targets, data[1])


def test_inputs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="same n and timesteps"):
        Inputs(np.ones((2, 3), int), np.ones((2, 4, 1)))
    with pytest.raises(ValueError, match="whole number from 1 up"):
        ReaderConfig(units=0)


def test_a_text_that_is_all_padding_spoils_nothing(data):
    inputs, labels = data
    ids, evidence = inputs.ids[:64].copy(), inputs.evidence[:64].copy()
    ids[0], evidence[0] = 0, 0
    some = Inputs(ids, evidence)
    model = reader(CONFIG)
    assert some.words[0] == 0
    assert np.isfinite(answers(model, some, (4, 8))).all()
    train(model, some, labels[:64], RECIPE, (some, labels[:64]))
    assert all(np.isfinite(weights).all() for weights in model.get_weights())


def spoilt(data):
    model = reader(CONFIG)
    answers(model, data[0])
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    return answers(model, data[0])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda data: Inputs(np.ones((1, 2), int), np.full((1, 2, 1), np.nan)), "the evidence: "),
        (spoilt, "the logits: .*Train the model again"),
        (lambda data: accuracy([], []), "at least one"),
        (lambda data: accuracy([1.0, np.nan], [1, 1]), "the logits: .*at 1: nan"),
        (lambda data: accuracy([1.0, 2.0], [1]), r"labels of shape \(1,\)"),
        (lambda data: accuracy([1.0, 2.0], [1, 2]), r"the labels are \[1, 2\]; expected 0 and 1"),
        (lambda data: accuracy([1.0, 2.0], [[1], [0]]), r"labels of shape \(2, 1\)"),  # 4 answers
        (lambda data: guesses([]), "expected .models, n."),
        (lambda data: guesses([0.1, 0.2]), r"logits of shape \(2,\)"),
        (lambda data: guesses([[0.1, np.inf]]), r"the logits: .*\(0, 1\): inf"),
    ],
)
def test_what_is_no_answer_is_refused(data, call, said):
    with pytest.raises(ValueError, match=said):
        call(data)


def test_guesses_of_large_logits_are_sure():
    assert guesses([[-1e9, 1e9]]).tolist() == [0, 1]
    assert guesses(np.zeros((2, 0))).shape == (0,)


def test_accuracy_is_the_share_of_logits_on_the_side_of_their_label():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=999), rng.integers(0, 2, 999)
    assert accuracy(logits, labels) == np.mean((logits > 0) == (labels == 1))
