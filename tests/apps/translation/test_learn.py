from dataclasses import replace

import numpy as np
import pytest

from gru_course.apps.translation import learn
from gru_course.apps.translation.baselines import NearestSentence, WordByWord
from gru_course.apps.translation.bleu import bleu
from gru_course.apps.translation.data import Pair, dates, french_words, translations
from gru_course.apps.translation.learn import (
    END,
    START,
    UNKNOWN,
    Lexicon,
    Task,
    decode,
    lengths,
    seed,
    train,
    translate,
)
from gru_course.apps.translation.model import Translator
from gru_course.training.fitting import Recipe


@pytest.fixture(scope="module")
def learnt():
    """A small translator of short dates, trained for some seconds."""
    data = dates(n=150)
    pairs = [pair for pair in data.train if not pair.english[:3].isdigit()]
    task = Task.of(pairs, (400, 400))
    seed(0)
    config = task.config(units=32, embedding_dim=32, attention=True)
    recipe = Recipe(epochs=40, batch_size=32, learning_rate=0.01, decay=True, clipnorm=1.0)
    model, curves = train(task, config, recipe, task.encode(pairs[:64]))
    return task, model, curves, pairs


def test_it_learns_its_training_pairs_and_a_wrong_source_breaks_it(learnt):
    """The red light: with the sentences shuffled the same model must fail."""
    task, model, curves, pairs = learnt
    assert curves["loss"][-1] < 0.25 * curves["loss"][0]
    versions = translations(pairs)
    asked = sorted(versions)[:100]
    references = [versions[text] for text in asked]
    right = bleu(translate(model, task, asked), references).bleu
    wrong = bleu(translate(model, task, asked[1:] + asked[:1]), references).bleu
    assert right > 60
    assert wrong < 25


def test_what_people_type(learnt):
    task, model, _, pairs = learnt
    asked = next(pair.english for pair in pairs if "," in pair.english)
    typed = "\ufeff" + asked.replace(" ", "\u00a0").replace(",", "，") + "\r\n"
    assert task.english.coverage([typed]) < 1  # the red light
    assert translate(model, task, [typed]) == translate(model, task, [asked])
    with pytest.raises(TypeError, match="is one str"):
        translate(model, task, asked)


def test_decoding(learnt):
    task, model, _, pairs = learnt
    source, _ = task.encode(pairs[:30])
    one, wide = decode(model, source), decode(model, source, width=4)
    rest = decode(model, source, at_once=7)
    assert np.array_equal(one.ids, rest.ids)
    assert not np.isin(one.ids, [START, END, UNKNOWN]).any()
    written = one.ids != 0
    np.testing.assert_allclose(one.weights[written].sum(axis=-1), 1, rtol=1e-4)
    assert one.weights[written].min() >= 0
    padding = np.repeat(source == 0, written.sum(axis=1), axis=0)
    assert not one.weights[written][padding].any()
    assert (wide.ids != 0).any(axis=1).all()


def test_nothing_to_translate(learnt):
    task, model, _, pairs = learnt
    assert translate(model, task, []) == translate(model, task, [], width=4) == []
    assert NearestSentence(pairs).translate([]) == WordByWord(pairs).translate([]) == []
    with pytest.raises(ValueError, match="there is no sentence to translate"):
        decode(model, np.zeros((0, 5), np.int32))


@pytest.mark.parametrize("width", [1, 4])
def test_a_sentence_without_words_stays_empty(learnt, width):
    task, model, _, pairs = learnt
    texts = ["", pairs[0].english, "  \u200b", pairs[1].english]
    found = translate(model, task, texts, width=width)
    assert (found[0], found[2]) == ("", "")
    assert found[1::2] == translate(model, task, texts[1::2], width=width)
    assert translate(model, task, ["", ""], width=width) == ["", ""]
    assert NearestSentence(pairs).translate(texts)[0] == WordByWord(pairs).translate(texts)[0] == ""
    assert NearestSentence(pairs).translate(texts)[1] != ""


def test_padding_alone_is_read_without_nan(learnt):
    task, model, _, _ = learnt
    found = decode(model, np.zeros_like(task.source[:2]))
    assert np.isfinite(found.log_probability).all()
    assert np.isfinite(found.weights).all()


def test_one_sentence_is_no_list(learnt):
    task, model, _, pairs = learnt
    for call in (
        lambda text: translate(model, task, text),
        lambda text: task.english.coverage(text),
        lambda text: Lexicon.of(text, french_words, size=9),
        NearestSentence(pairs).translate,
        WordByWord(pairs).translate,
    ):
        with pytest.raises(TypeError, match="sentences is one str, 'May'; each of its letters"):
            call("May")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Lexicon.of([], french_words, 9), "0 words in 0 sentences"),
        (lambda: Lexicon.of(["", " "], french_words, 9), "0 words in 2 sentences"),
        # A size below the markers would have counted from the end of the words.
        (lambda: Lexicon.of(["un chat dort"], french_words, 3), "for 3 ids; .* than the 4 markers"),
        (lambda: Lexicon.of(["un"], french_words, 5).coverage([""]), "there is no word"),
        (lambda: Lexicon.of(["un"], french_words, 5).coverage([]), "there is no word"),
        (lambda: Task.of([Pair("a", "un"), Pair("a", " ")], (9, 9)), "pair 1 has a side without"),
        (lambda: Task.of([], (9, 9)), "0 words in 0 sentences"),
        (lambda: NearestSentence([]), "no word in the 0 stored"),
        (lambda: NearestSentence([Pair("", "va")]), "no word in the 1 stored"),
    ],
)
def test_nothing_to_learn_from(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_no_pairs_for_validation_and_a_loss_that_is_no_number():
    pairs = dates(n=20).train
    task = Task.of(pairs, (50, 50))
    config = task.config(units=2, embedding_dim=2, attention=False)
    with pytest.raises(ValueError, match="no pairs for validation"):
        train(task, config, Recipe(1, 8), task.encode([]))
    with pytest.raises(ValueError, match=r"the losses: .*smaller learning rate"):
        train(task, config, Recipe(2, 8, learning_rate=1e38), task.encode(pairs))


@pytest.fixture(scope="module")
def tiny():
    pairs = dates(n=20).train
    task = Task.of(pairs, (50, 50))
    return task, task.config(units=2, embedding_dim=2, attention=True), task.encode(pairs[:9])


@pytest.mark.parametrize("side", [0, 1])
def test_a_loss_of_padding_would_be_perfect(tiny, side):
    task, config, held = tiny
    empty = [ids.copy() for ids in held]
    empty[side][3] = 0
    with pytest.raises(ValueError, match="pair 3 for validation is all padding"):
        train(task, config, Recipe(1, 8), tuple(empty))
    name = ("source", "target")[side]
    with pytest.raises(ValueError, match="pair 0 for training is all padding"):
        train(replace(task, **{name: 0 * getattr(task, name)}), config, Recipe(1, 8), held)


def test_what_is_checked_before_a_training_changes_nothing_in_it(tiny, monkeypatch):
    task, config, held = tiny

    def trained():
        seed(7)
        model, curves = train(task, config, Recipe(2, 8), held)
        return curves, model.get_weights()

    curves, weights = trained()
    monkeypatch.setattr(learn, "check_pairs", lambda *given: None)
    others = trained()
    assert others[0] == curves
    for one, other in zip(weights, others[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_lengths_of_nothing_and_of_one_text():
    assert lengths(["I am cold.", ""]).tolist() == [4, 0]
    assert lengths([]).dtype == np.int64
    with pytest.raises(TypeError, match="sentences is one str"):
        lengths("abc")


def test_spoilt_weights_do_not_translate(learnt):
    task, _, _, pairs = learnt
    model = Translator(task.config(units=2, embedding_dim=2, attention=True))
    model(task.encode(pairs[:2]))
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    for width in (1, 2):
        with pytest.raises(ValueError, match="the log probability nan"):
            translate(model, task, [pairs[0].english], width=width)


def test_lexicon():
    lexicon = Lexicon.of(["Il va.", "Il dort."], french_words, size=6)
    assert lexicon.words[4:] == (".", "il")
    marked = lexicon.ids(["Il part."], marked=True)
    assert marked.tolist() == [[START, 5, UNKNOWN, 4, END]]
    assert lexicon.text([5, 4, 0]) == "il."
    assert lexicon.coverage(["Il part."]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="has 4 words; at most 3 fit"):
        lexicon.ids(["Il va il."])


def test_too_few_pairs_for_a_batch():
    pairs = dates(n=3).train
    task = Task.of(pairs, (50, 50))
    with pytest.raises(ValueError, match="do not fill one batch of 64"):
        train(task, task.config(units=4, embedding_dim=4, attention=True), Recipe(1, 64), ())


def test_baselines_know_what_is_stored():
    pairs = dates(n=100).train
    asked = [pair.english for pair in pairs[:20]]
    found = NearestSentence(pairs).translate(asked)
    assert bleu(found, [[pair.french] for pair in pairs[:20]]).bleu > 90
    by_word = WordByWord(pairs)
    assert by_word.dictionary["march"] == "mars"
    assert by_word.translate(["zzz march"]) == ["zzz mars"]
    assert lengths(["March 5, 1994"]).tolist() == [4]
