from dataclasses import replace

import numpy as np
import pytest

from gru_course.apps.translation import long_training
from gru_course.apps.translation.data import dates, english_words, french_words
from gru_course.apps.translation.deep import DeepConfig, DeepTranslator
from gru_course.apps.translation.learn import UNKNOWN, seed, translate
from gru_course.apps.translation.long_training import Plan, train_long
from gru_course.apps.translation.saving import (
    answer,
    load_translator,
    looked_at,
    save_translator,
)
from gru_course.apps.translation.subwords import Pieces, task_of_pieces
from gru_course.layers.backend import keras, tf

PLAN = Plan(
    passes=3, last=1, batch_size=16, rate=0.01, warmup=10,
    dropout=0.1, last_dropout=0.2, smoothing=0.1, averaging=0.9, seed=0,
)  # fmt: skip
SOURCE = np.array([[4, 5, 6, 0], [7, 8, 9, 10]], np.int32)
TARGET = np.array([[1, 4, 5, 6, 2, 0], [1, 7, 2, 0, 0, 0]], np.int32)


@pytest.fixture(scope="module")
def task():
    return task_of_pieces(dates(n=100).train, merges=60, longest=20)


def fresh(task, units=8, layers=1):
    seed(0)
    sizes = len(task.english.words), len(task.french.words)
    return DeepTranslator(DeepConfig(*sizes, units, units, layers))


def trained(task, plan, folder, model=None):
    pairs = task.source, task.target
    some = task.source[:20], task.target[:20]
    return train_long(model or fresh(task), plan, pairs, some, lambda _: 1.0, folder)


def test_pieces_become_the_same_words_again():
    pairs = dates(n=60).train
    for side, words in enumerate((english_words, french_words)):
        texts = [pair[side] for pair in pairs]
        pieces = Pieces.learn(texts, words, merges=30)
        assert len(pieces.merges) == 30
        for text in [*texts, "jamais vu, celui-là"]:
            joined = "".join(piece.removeprefix("##") for piece in pieces(text))
            assert joined == "".join(words(text))


def test_dates_that_were_not_seen_have_no_unknown_piece(task):
    asked = [pair.english for pair in dates(n=100).test]
    ids = task.english.ids(asked)
    assert UNKNOWN not in ids
    assert [task.english.text(row) for row in ids] == [text.lower() for text in asked]
    assert UNKNOWN in task.english.ids(["Ж"])  # the red light


@pytest.mark.parametrize("layers", [1, 2])
def test_word_by_word_is_the_same_as_at_once(layers):
    keras.utils.set_random_seed(0)
    made = DeepTranslator(DeepConfig(11, 9, units=6, embedding_dim=5, layers=layers))
    at_once = tf.nn.log_softmax(made.decoder.scores(made((SOURCE, TARGET))))
    encoded = made.encoder(tf.constant(SOURCE))
    state = encoded[1]
    for t in range(TARGET.shape[1]):
        log_p, state, weights = made.decoder.step(tf.constant(TARGET[:, t]), state, encoded)
        np.testing.assert_allclose(log_p, at_once[:, t], atol=1e-5)
        np.testing.assert_allclose(tf.reduce_sum(weights, axis=-1), 1, rtol=1e-5)
        assert not weights.numpy()[0, 3:].any()


def test_more_padding_changes_nothing():
    keras.utils.set_random_seed(0)
    made = DeepTranslator(DeepConfig(11, 9, units=6, embedding_dim=5, layers=2))
    wide = np.pad(SOURCE, ((0, 0), (0, 3)))
    np.testing.assert_allclose(made((SOURCE, TARGET)), made((wide, TARGET)), atol=1e-5)


def test_batches_hold_every_pair_once_and_little_padding(task):
    pairs = task.source, task.target
    found = list(long_training._batches(pairs, PLAN, 0))
    seen = {tuple(row[row != 0]) for _, target in found for row in target}
    assert len(found) == len(task.source) // PLAN.batch_size
    assert seen <= {tuple(row[row != 0]) for row in task.target}
    assert all(len(target) == PLAN.batch_size for _, target in found)
    other = next(iter(long_training._batches(pairs, PLAN, 1)))[1]
    assert other.shape != found[0][1].shape or (other != found[0][1]).any()
    assert all((target != 0)[:, -3:].any() for _, target in found)


def test_a_stopped_training_goes_on_as_if_it_had_not_been(task, tmp_path, monkeypatch):
    monkeypatch.setattr(long_training, "SAVED_EVERY", 5)
    whole, curves = trained(task, PLAN, tmp_path / "whole")
    assert curves["loss"][-1] < curves["loss"][0]
    trained(task, PLAN, tmp_path / "stopped")
    kept = sorted((tmp_path / "stopped").iterdir())
    for path in kept[7:]:  # the process was killed here, within a pass
        path.unlink()
    again, _ = trained(task, PLAN, tmp_path / "stopped")
    for one, other in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    other_seed, _ = trained(task, replace(PLAN, seed=1), tmp_path / "other")  # the red light
    assert np.abs(other_seed.get_weights()[0] - whole.get_weights()[0]).max() > 1e-3


def test_a_longer_plan_begins_where_the_steady_part_of_a_shorter_one_ended(task, tmp_path):
    _, first = trained(task, PLAN, tmp_path)
    of_pass = len(task.source) // PLAN.batch_size
    assert (tmp_path / f"{2 * of_pass:06}.npz").exists()
    _, longer = trained(task, replace(PLAN, passes=4), tmp_path)
    assert len(longer["loss"]) == 4
    _, other = trained(task, replace(PLAN, last_dropout=0.0), tmp_path)  # another end
    assert first["loss"][:2] == longer["loss"][:2] == other["loss"][:2]
    assert other["loss"][2] != first["loss"][2]


def test_a_loss_that_is_no_number_is_not_kept(task, tmp_path):
    broken = fresh(task)
    broken.decoder.bias.assign(np.full(broken.decoder.bias.shape, np.nan))
    with pytest.raises(ValueError, match="lower the rate"):
        trained(task, PLAN, tmp_path, broken)
    assert not [path for path in tmp_path.iterdir() if "npz" not in path.suffix]


def test_pairs_that_are_all_padding(task, tmp_path):
    pairs = task.source, task.target
    with pytest.raises(ValueError, match="pair 0 for validation is all padding"):
        train_long(fresh(task), PLAN, pairs, (pairs[0], 0 * pairs[1]), lambda _: 1.0, tmp_path)
    with pytest.raises(ValueError, match="pair 0 for training is all padding"):
        train_long(fresh(task), PLAN, (0 * pairs[0], pairs[1]), pairs, lambda _: 1.0, tmp_path)
    assert not [*tmp_path.iterdir()]


def test_what_is_checked_before_a_training_changes_nothing_in_it(task, tmp_path, monkeypatch):
    plan = replace(PLAN, passes=1)
    model, curves = trained(task, plan, tmp_path / "checked")
    monkeypatch.setattr(long_training, "check_pairs", lambda *given: None)
    other, others = trained(task, plan, tmp_path / "unchecked")
    assert curves["loss"] == others["loss"]
    for one, again in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, again)


@pytest.fixture(scope="module")
def saved(task, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "translator.npz"
    model = fresh(task)
    return model, path, save_translator(path, model, task)


def test_what_is_saved_translates_the_same(task, saved):
    model, path, digest = saved
    again, known = load_translator(path, sha256=digest)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)
    rounded = [weight.astype(np.float16).astype(np.float32) for weight in model.get_weights()]
    model.set_weights(rounded)
    asked = [pair.english for pair in dates(n=100).test[:9]]
    assert translate(model, task, asked) == translate(again, known, asked)
    read, wrote, weights = looked_at(again, known, asked[0])
    assert weights.shape == (len(wrote), len(read))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-4)


def test_a_file_that_is_no_translator(saved, tmp_path):
    _, path, _ = saved
    with pytest.raises(FileNotFoundError, match="make studies"):
        load_translator(tmp_path / "none.npz")
    with pytest.raises(ValueError, match="not the file with the sha256 0000"):
        load_translator(path, sha256="0000")
    other = tmp_path / "other.npz"
    other.write_bytes(b"not a zip")
    with pytest.raises(ValueError, match="is not a translator"):
        load_translator(other)
    np.savez(other.open("wb"), one=np.ones(3))
    with pytest.raises(ValueError, match="is not a translator"):
        load_translator(other)
    other.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(ValueError, match="damaged or cut short"):
        load_translator(other)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no word"),
        ("  \n", "no word"),
        ("Где находится вокзал", "never seen in training"),
        ("今日は寒い", "never seen in training"),
        ("one two three four five six seven eight nine", "at most 8 words"),
        ("Mississippimississippi " * 3, "pieces"),
    ],
)
def test_what_cannot_be_translated_gets_a_clear_answer(saved, text, says):
    model, known = load_translator(saved[1])
    with pytest.raises(ValueError, match=says):
        answer(model, known, text)
    assert isinstance(answer(model, known, "March 5, 1994"), str)
    with pytest.raises(TypeError):
        answer(model, known, ["March 5"])


@pytest.mark.parametrize(
    "typed",
    [
        "\ufeffMarch 5, 1994\r\n",
        "<b>March</b>&nbsp;5, 1994",
        "Ｍａｒｃｈ ５， 1994",
        "Mar\u00adch 5, 1994",
    ],
)
def test_what_people_type_is_translated_and_looked_at_as_plain_text(saved, typed):
    model, known = load_translator(saved[1])
    plain = "March 5, 1994"
    assert answer(model, known, typed) == answer(model, known, plain)
    read, wrote, looked = looked_at(model, known, typed)
    expected = looked_at(model, known, plain)
    assert (read, wrote) == expected[:2]
    np.testing.assert_array_equal(looked, expected[2])
